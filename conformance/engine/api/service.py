"""The description of a service: facts beyond its reference, without which its promises cannot be tried.

It is data (``conformance/services/<type>/``, see ``api.load``), so that no module names an operation; a run notes every
entry that it uses in its record. A service without a description is tried by its reference alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, Literal

from conformance.engine.api.entries import (
    BindingRule,
    Byproduct,
    EffectRule,
    Fault,
    ListRule,
    Naming,
    QueryField,
    Refusal,
    Showing,
    Stock,
    ValueRule,
)
from conformance.engine.api.given import GivenKind, RelatedStatus, ShownValue
from conformance.engine.api.stateful import NONE, StatefulResource
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.profile import Profile
from conformance.engine.model.binding import Binding, Step
from conformance.engine.model.trial import Trial
from specs.microversion import Microversion
from specs.model import Condition, Operation

PLAIN = "conformance"
"""The value for a thing that the description does not know, in a request that is to reach nothing."""

StepSection = Literal["steps_before", "steps_after", "before_refusal", "undo_refused"]
"""A section that gives steps by operations."""

FIRST = Microversion(1, 0)
"""The lowest microversion of an endpoint, where no description says another."""


@dataclass(frozen=True)
class ServiceDescription:
    """A description, section by section; each is described in ``conformance/services/schema.json``.

    Attributes:
        resources: those that have statuses; the first one is the resource under test.
        kinds: the kinds of things that requests speak of, by the names that bindings call them.
        profile: what the client must know of the service; it holds several sections.
        not_returned: operation, parameter and reason: values that no answer shows as they were sent; the first two are
            shell patterns, and ``/show`` after the parameter stands for a later view.
        returned_under: operation, parameter, and the keys from the top of the body to the field that shows the value
            where its name is not that of the parameter; the first two are shell patterns.
        unseen: shell patterns over breakages that no client can see, each with the reason.
        first_microversion: the lowest microversion of an endpoint, where an operation names none.
        root_is_operation: whether the root of the endpoint is an operation of the API itself.
        always_made: whether the run makes every element that a path names; others change what the cloud lists.
        unknown_id_path: where a random id is asked for, so that it is known to name nothing.
        error_body: the form of the body of an error.
        related_statuses: kind -> where the status of another resource is shown, which the reference speaks of.
        project_id: where the resource under test shows the id of its project; None where nothing is known to.
        bindings: the values of parameters; the first entry that fits counts.
        always_included: operation and optional field without which its request is of no use.
        value_rules: the needs of documented values, or why no case sends them.
        required_together: operation, field, and another field without which it is refused.
        required_queries: operation, query parameter and value that a request needs.
        chosen_keys: operation, place of an object in its request (``{}`` for such a key above it), and what names its
            members.
        password_form: of a new password, in which ``{token}`` stands for a random text.
        field_prefixes: beginnings of the name of a field where it is shown, beyond its name in a request.
        by_provider_choice: operations that are refused with 400 where the provider has not set up what they need.
        sandbox_only: operations that need what another service brings about, as the sandbox's stand-ins do.
        run_exclusively: operations that change, or list, what everybody shares.
        environment_satisfied: operations whose environment, which the API cannot show, everything that this suite makes
            has.
        unsafe_gets: operations that act although their method is GET.
        untestable: operation -> why it cannot be tried.
        tried_last: operations after which the resource under test is of no use.
        placeholder_values: placeholder -> its value, where it names no element of a collection.
        placeholder_sources: placeholder -> the requests whose answers name its value.
        producers: collection -> operation that makes its elements, where the reference lists no code that says so.
        made_by_factory: collection -> the kind whose factory makes its elements.
        usable_elements: operation, collection, and the fields that an element must show to stand in a path.
        elements_made_with: operation, collection, and the fields with which an element is made for the operation.
        user_owned: collections whose elements belong to a user and not to a project.
        steps_before, steps_after: requests that an accepted operation needs, and that undo it.
        before_refusal: requests before an operation that is to be refused; an execution despite the refusal shows then.
        undo_refused: requests that undo those of ``before_refusal``, beside those of ``steps_after``.
        quotas: kind -> the request that uses up the project's quota of it.
        refusals: situations in which a documented refusal is provoked.
        preconditions_to_show: preconditions without which an answer does not show some of its fields.
        effects: where the API shows what the reference calls an effect.
        also_creates: operation, the kind of thing that it makes beside its answer, and the field that names the thing.
        made_for_lists: things of which two are made so that a list shows them.
        list_rules: the role and the query that a parameter of a list needs to have an effect.
        understood_queries, query_fields: query parameters that filter nothing, and what others select by.
        marker_fields: key of a list -> the field that names an element as a marker; None where no field does.
    """

    resources: tuple[StatefulResource, ...] = ()
    kinds: Mapping[str, GivenKind] = field(default_factory=dict)
    profile: Profile = field(default_factory=Profile)
    unseen: tuple[tuple[str, str], ...] = ()
    not_returned: tuple[tuple[str, str, str], ...] = ()
    returned_under: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    first_microversion: Microversion = FIRST
    root_is_operation: bool = False
    always_made: bool = False
    unknown_id_path: str | None = None
    error_body: Fault = field(default_factory=Fault)
    related_statuses: Mapping[str, RelatedStatus] = field(default_factory=dict)
    project_id: ShownValue | None = None

    bindings: tuple[BindingRule, ...] = ()
    always_included: tuple[tuple[str, str], ...] = ()
    value_rules: tuple[ValueRule, ...] = ()
    required_together: tuple[tuple[str, str, str], ...] = ()
    required_queries: tuple[tuple[str, str, Binding], ...] = ()
    chosen_keys: tuple[tuple[str, str, Any], ...] = ()
    password_form: str = "{token}"  # noqa: S105 -- a form, and no password
    field_prefixes: tuple[str, ...] = ()

    by_provider_choice: tuple[str, ...] = ()
    sandbox_only: tuple[str, ...] = ()
    run_exclusively: tuple[str, ...] = ()
    environment_satisfied: tuple[str, ...] = ()
    unsafe_gets: tuple[str, ...] = ()
    untestable: Mapping[str, str] = field(default_factory=dict)
    tried_last: tuple[str, ...] = ()

    placeholder_values: Mapping[str, Any] = field(default_factory=dict)
    placeholder_sources: Mapping[str, Naming] = field(default_factory=dict)
    producers: Mapping[str, str] = field(default_factory=dict)
    made_by_factory: Mapping[str, str] = field(default_factory=dict)
    usable_elements: tuple[tuple[str, str, Mapping[str, Any]], ...] = ()
    elements_made_with: tuple[tuple[str, str, Mapping[str, Any]], ...] = ()
    user_owned: tuple[str, ...] = ()
    steps_before: tuple[tuple[str, Step], ...] = ()
    steps_after: tuple[tuple[str, Step], ...] = ()
    before_refusal: tuple[tuple[str, Step], ...] = ()
    undo_refused: tuple[tuple[str, Step], ...] = ()
    quotas: Mapping[str, Step] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()

    preconditions_to_show: tuple[Showing, ...] = ()
    effects: tuple[EffectRule, ...] = ()
    also_creates: tuple[tuple[str, str, str], ...] = ()
    made_for_lists: tuple[Stock, ...] = ()
    list_rules: tuple[ListRule, ...] = ()
    understood_queries: tuple[str, ...] = ()
    query_fields: Mapping[str, QueryField] = field(default_factory=dict)
    marker_fields: Mapping[str, str | None] = field(default_factory=dict)

    @cached_property
    def under_test(self) -> StatefulResource:
        """The resource under test; one without a kind where the service has none."""
        return self.resources[0] if self.resources else NONE

    @cached_property
    def resource(self) -> str:
        """The kind of the resource under test, which is the reference's word for it."""
        return self.under_test.kind

    @cached_property
    def identifier(self) -> str:
        """The placeholder of a path that names the resource under test."""
        return self.under_test.identifier

    @cached_property
    def failure_statuses(self) -> tuple[str, ...]:
        """Statuses of one that has failed."""
        return self.profile.kind(self.resource).status.failed

    @cached_property
    def task_field(self) -> str:
        """The field that shows what is under way in one."""
        return self.profile.kind(self.resource).status.task_field

    def plain(self, resource: str, attribute: str) -> Any:
        """The value for an attribute of a thing in a request that is to reach nothing."""
        if resource == "password":
            return self.password_form.replace("{token}", PLAIN)
        kind = self.kinds.get(resource)
        return kind.plain.get(attribute, PLAIN) if kind is not None else PLAIN

    def shown_value(self, resource: str, attribute: str) -> ShownValue | None:
        """Where the resource under test shows a value, None where nothing says so."""
        if (resource, attribute) == ("project", "id"):
            return self.project_id
        kind = self.kinds.get(resource)
        return kind.shown_values.get(attribute) if kind is not None else None

    def is_only_read(self, resource: str) -> bool:
        """Whether a request may name such a resource without changing it, and every role may look it up."""
        found = self.profile.discovery.get(resource)
        return resource == "project" or (found is not None and found.role is None)

    def environment_of(self, written: str | None) -> str:
        """The name of the environment for which a reference has this word; nothing where none can be made."""
        return next((name for name, one in self.under_test.environments.items() if written in one.words), "")

    def byproduct(self, post: Condition) -> Byproduct | None:
        """How the cloud shows what a postcondition is about, where it is made of what is attached to the resource."""
        return next(
            (one for one in self.under_test.byproducts if post.kind == "effect" and post.resource == one.resource), None
        )

    def key(self, operation: Operation, place: str) -> Any:
        """The name of the members of an object that the client names; ABSENT where they are documented fields."""
        for pattern, of, key in self.chosen_keys:
            if of == place and fnmatchcase(operation.id, pattern):
                return key
        return ABSENT

    def effect(self, resource: str, effect: str) -> EffectRule | None:
        """Where the API shows an effect on a resource, None where it does not."""
        return next((rule for rule in self.effects if rule.resource == resource and effect in rule.effects), None)

    def included(self, operation: Operation) -> tuple[str, ...]:
        """Optional fields without which the operation's request is of no use."""
        return tuple(name for pattern, name in self.always_included if fnmatchcase(operation.id, pattern))

    def is_by_choice(self, operation: Operation) -> bool:
        """Whether the provider chooses if the operation can be of use."""
        return _is_one(operation.id, self.by_provider_choice)

    def only_in_sandbox(self, operation: Operation) -> bool:
        """Whether what the operation needs can be brought about in the sandbox alone."""
        return _is_one(operation.id, self.sandbox_only)

    def with_companions(self, operation: Operation, names: Iterable[str]) -> list[str]:
        """Fields that some fields of a request need beside them; their names in the description are shell patterns."""
        given = set(names)
        fit = ((name, needed) for pattern, name, needed in self.required_together if fnmatchcase(operation.id, pattern))
        return [needed for name, needed in fit if needed not in given and any(fnmatchcase(one, name) for one in given)]

    def value_rule(self, operation: Operation, parameter: str, value: str) -> ValueRule | None:
        """The rule for a value of a parameter, None where it needs nothing; the first entry that fits counts."""
        for rule in self.value_rules:
            named = ((operation.id, rule.operation), (parameter, rule.parameter), (value, rule.value))
            if all(fnmatchcase(name, pattern) for name, pattern in named):
                return rule
        return None

    def query(self, operation: Operation) -> tuple[tuple[str, Any], ...]:
        """The query that an operation needs, as names and values or Bindings."""
        return tuple(
            (name, value) for pattern, name, value in self.required_queries if fnmatchcase(operation.id, pattern)
        )

    def list_rule(self, operation: Operation, parameter: str, version: Microversion) -> ListRule | None:
        """The rule without which a list ignores a parameter at a version, None where it needs nothing."""
        for rule in self.list_rules:
            if rule.max_microversion is not None and version > Microversion.parse(rule.max_microversion):
                continue
            if fnmatchcase(operation.id, rule.operation) and _is_one(parameter, rule.parameters):
                return rule
        return None

    def stock(self, array: str) -> Stock | None:
        """How elements of the list of a key are made, None where the description does not say."""
        return next((stock for stock in self.made_for_lists if array in stock.shown_in), None)

    def created_by(self, operation: Operation) -> tuple[str, str] | None:
        """The thing that an action makes beside its answer: its kind, and the request field that names it."""
        for pattern, resource, named_by in self.also_creates:
            if fnmatchcase(operation.id, pattern):
                return resource, named_by
        return None

    def fields_for(self, operation: Operation, collection: str) -> Mapping[str, Any]:
        """The fields with which an element of a collection is made for an operation."""
        return _fields(self.elements_made_with, operation, collection)

    def elements_for(self, operation: Operation, collection: str) -> Mapping[str, Any]:
        """The fields that an element of a collection must show to stand in a path of the operation."""
        return _fields(self.usable_elements, operation, collection)

    def steps(self, operation: Operation, which: StepSection) -> list[Step]:
        """The steps before or after a request of an operation, by one of the sections."""
        section: tuple[tuple[str, Step], ...] = getattr(self, which)
        return [step for pattern, step in section if fnmatchcase(operation.id, pattern)]

    def showing(self, operation: Operation, field: str) -> Showing | None:
        """The preconditions without which the operation's response shows no such field, None where it always does."""
        fit = (rule for rule in self.preconditions_to_show if fnmatchcase(operation.id, rule.operation))
        return next((rule for rule in fit if fnmatchcase(field, rule.fields)), None)

    def steps_before_refusal(self, trial: Trial) -> tuple[Step, ...]:
        """The steps before a request that is to be refused, so that a request executed despite its refusal is detected.

        A request that is refused only because of its sender needs all that it would need to be accepted.
        """
        if trial.outcome.accepted is True or trial.situation.target != "own":
            return ()
        operation, outcome = trial.request.operation, trial.outcome
        for_sender = outcome.refused_for == "sender" and outcome.accepted is False
        needed = self.steps(operation, "steps_before") if for_sender else []
        return (*needed, *self.steps(operation, "before_refusal"))

    def passing(self, operation: Operation) -> list[str]:
        """The placeholders of an operation's path that name something only while it lasts."""
        return [
            name for name, rule in self.placeholder_sources.items() if rule.passing and f"{{{name}}}" in operation.path
        ]

    def why_not_returned(self, operation: Operation, parameter: str) -> str | None:
        """The reason why an answer does not show a parameter as it was sent; None if it must."""
        fit = (r for o, p, r in self.not_returned if fnmatchcase(operation.id, o) and fnmatchcase(parameter, p))
        return next(fit, None)

    def returned_as(self, operation: Operation, parameter: str) -> tuple[str, ...] | None:
        """The keys to the field that shows a parameter under another name; None if the description names none."""
        entries = self.returned_under
        return next((f for o, p, f in entries if fnmatchcase(operation.id, o) and fnmatchcase(parameter, p)), None)

    def why_unseen(self, breakage: str) -> str | None:
        """Why no client can see a breakage of an id, None where one could."""
        # A bracket in a pattern is a set of characters; ids hold none.
        return next((reason for pattern, reason in self.unseen if fnmatchcase(breakage, pattern)), None)

    def is_alone(self, operation: str) -> bool:
        """Whether the operation of an id changes what all others share."""
        return _is_one(operation, self.run_exclusively)

    def binding(self, operation: Operation, parameter: str) -> tuple[bool, Any]:
        """Whether the description binds a parameter, and its Binding or constant."""
        for rule in self.bindings:
            if fnmatchcase(operation.id, rule.operation) and fnmatchcase(parameter, rule.parameter):
                return True, rule.value
        return False, None


def _is_one(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name fits one of some shell patterns."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _fields(
    entries: Iterable[tuple[str, str, Mapping[str, Any]]], operation: Operation, collection: str
) -> Mapping[str, Any]:
    """The fields of the first entry that is of a collection and fits an operation."""
    for pattern, of, fields in entries:
        if of == collection and fnmatchcase(operation.id, pattern):
            return fields
    return {}
