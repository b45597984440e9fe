"""The description of a service: facts beyond its reference, without which its promises cannot be tried.

It is data (``conformance/services/<type>/``, see ``api.load``), so that no module names an operation. A run notes every
entry that it uses in its record. A service without a description is tried by its reference alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from conformance.engine.api.entries import (
    BindingRule,
    Byproduct,
    EffectRule,
    Fault,
    ListRule,
    Naming,
    OptionalParts,
    QueryField,
    Refusal,
    Showing,
    Stock,
    ValueRule,
)
from conformance.engine.api.given import Everywhere, GivenKind, RelatedStatus, ShownValue
from conformance.engine.api.patterns import fields_of, fits, is_one, means, means_one
from conformance.engine.api.stateful import NONE, StatefulResource, named_first
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.profile import Profile
from conformance.engine.model.binding import Binding, Step
from conformance.engine.model.content import Content
from conformance.engine.model.trial import Trial
from specs.microversion import Microversion
from specs.model import Condition, Operation

PLAIN = "conformance"
"""The value for a thing that the description does not know, in a request whose target does not exist."""

PLAIN_ID = "5f1f35c19e5e4b0b9c0a0d8f0d1f4a10"
"""The same for an element of a collection: services tell an id by its form."""

StepSection = Literal["steps_before", "steps_after", "before_refusal", "undo_refused"]
"""A section that gives steps by operations."""

FIRST = Microversion(1, 0)
"""The lowest microversion of an endpoint, if the description does not say another one."""


@dataclass(frozen=True)
class ServiceDescription:
    """A description with all its sections, which ``conformance/services/schema.json`` explains.

    Attributes:
        resources: the kinds of resources with statuses.
        under_test: the kind whose resources are under test: of the requests of one operation, see ``about``.
        kinds: the kinds of things in requests, by their names in bindings.
        profile: the facts that the client needs; it combines several sections.
        not_returned: operation, parameter and reason of values that no answer shows as they were sent. The first two
            are shell patterns; ``/show`` after the parameter means a later view.
        returned_under: operation, parameter, and the keys from the top of the body to a field of another name that
            shows the value. The first two are shell patterns.
        unseen: shell patterns for breakages that no client can see, each with the reason.
        described: False if the service has no description, so that it is tried by its reference alone.
        first_microversion: the lowest microversion of an endpoint, for operations that name none.
        root_is_operation: True if the root of the endpoint is an operation of the API itself.
        always_made: True if the run makes every element that a path names, because others may change listed ones.
        every_operation: promises of a guide about every operation.
        unknown_id_path: a path at which a random id is requested, to prove that it names nothing.
        error_body: the form of the body of an error.
        optional_parts: the parts that a cloud may lack, and the list that shows which it has.
        related_statuses: kind -> the place that shows the status of another resource.
        project_id: the field of the resource under test with the id of its project; None if none is known.
        bindings: the values of parameters; the first entry that fits counts.
        contents: an operation, the media type of its body, and the body; ABSENT for the documented one.
        always_included: an operation and an optional field without which its request has no use.
        value_rules: the needs of documented values, or the reasons why no case sends them.
        required_together: an operation, a field, and another field without which the field is refused.
        required_queries: an operation, and a query parameter with the value that a request needs.
        chosen_keys: an operation, the place of an object in its request (``{}`` for a chosen key), and their source.
        password_form: the form of a new password, in which ``{token}`` stands for a random text.
        field_prefixes: prefixes that the name of a field may have in views, beyond its name in requests.
        by_provider_choice: operations that are refused with 400 if the provider has not set up the things they need.
        sandbox_only: operations that need an act of another service, which the stand-ins of the sandbox perform.
        run_exclusively: operations that change, or list, things that all users share.
        also_by_administrators: operations whose documented request an administrator sends as well.
        environment_satisfied: operations whose environment the API cannot show, and all things of this suite have.
        unsafe_gets: operations that act although their method is GET.
        without_token: operations that take no token.
        untestable: operation -> the reason why it cannot be tried.
        tried_last: operations after which the resource under test has no further use.
        placeholder_values: placeholder -> its value, if it names no element of a collection.
        placeholder_sources: placeholder -> the requests whose answers give its value.
        producers: collection -> the operation that makes its elements, if the reference lists no code that says so.
        made_by_factory: collection -> the kind whose factory makes its elements.
        usable_elements: operation, collection, and the fields that an element must show to stand in a path.
        elements_made_with: operation, collection, and the fields with which an element is made for the operation.
        project_field: the field of a request with which an administrator makes a thing for a project.
        user_owned: collections whose elements belong to a user and not to a project.
        steps_before, steps_after: requests that an accepted operation needs, and requests that undo it.
        before_refusal: requests before an operation that must be refused; they reveal that it was executed.
        undo_refused: requests that undo those of ``before_refusal``, beside those of ``steps_after``.
        quotas: kind -> the request that uses up the project's quota for it.
        refusals: situations that provoke a documented refusal.
        preconditions_to_show: preconditions without which an answer does not show some of its fields.
        effects: the lists in which the API shows the effects that the reference promises.
        also_creates: an operation, the kind of thing that it makes on the side, and the field that names the thing.
        made_for_lists: kinds of things of which two are made for a list.
        list_rules: the role and the query that a parameter of a list needs to have an effect.
        understood_queries, query_fields: query parameters that filter nothing, and the fields by which others select.
        marker_fields: the key of a list -> the field that names an element as a marker; None if no field does.
        field_choice: the query parameter that names the only fields that an answer shows.
    """

    resources: tuple[StatefulResource, ...] = ()
    under_test: StatefulResource = NONE
    kinds: Mapping[str, GivenKind] = field(default_factory=dict)
    profile: Profile = field(default_factory=Profile)
    unseen: tuple[tuple[str, str], ...] = ()
    not_returned: tuple[tuple[str, str, str], ...] = ()
    returned_under: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    first_microversion: Microversion = FIRST
    described: bool = True
    root_is_operation: bool = False
    always_made: bool = False
    unknown_id_path: str | None = None
    every_operation: tuple[Everywhere, ...] = ()
    error_body: Fault = field(default_factory=Fault)
    optional_parts: OptionalParts = field(default_factory=OptionalParts)
    related_statuses: Mapping[str, RelatedStatus] = field(default_factory=dict)
    project_id: ShownValue | None = None

    bindings: tuple[BindingRule, ...] = ()
    contents: tuple[tuple[str, str, Any], ...] = ()
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
    also_by_administrators: tuple[str, ...] = ()
    environment_satisfied: tuple[str, ...] = ()
    unsafe_gets: tuple[str, ...] = ()
    without_token: tuple[str, ...] = ()
    untestable: Mapping[str, str] = field(default_factory=dict)
    tried_last: tuple[str, ...] = ()

    placeholder_values: Mapping[str, Any] = field(default_factory=dict)
    placeholder_sources: Mapping[str, Naming] = field(default_factory=dict)
    producers: Mapping[str, str | tuple[str, str]] = field(default_factory=dict)
    made_by_factory: Mapping[str, str] = field(default_factory=dict)
    usable_elements: tuple[tuple[str, str, Mapping[str, Any]], ...] = ()
    elements_made_with: tuple[tuple[str, str, Mapping[str, Any]], ...] = ()
    project_field: str | None = None
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
    field_choice: str | None = None

    def __post_init__(self) -> None:
        if self.resources and self.under_test not in self.resources:
            object.__setattr__(self, "under_test", self.resources[0])

    def about(self, operation: Operation) -> ServiceDescription:
        """The description for the requests of an operation: the resource that its path names is under test."""
        return self.under(named_first(operation.path, self.resources)) if len(self.resources) > 1 else self

    def under(self, kind: str) -> ServiceDescription:
        """The description in which the resources of a kind are under test."""
        return self._under.get(kind, self)

    @cached_property
    def _under(self) -> Mapping[str, ServiceDescription]:
        """The description for each kind of resource under test."""
        return {one.kind: self if one is self.under_test else replace(self, under_test=one) for one in self.resources}

    @cached_property
    def resource(self) -> str:
        """The kind of the resource under test, in the words of the reference."""
        return self.under_test.kind

    @cached_property
    def identifier(self) -> str:
        """The placeholder of a path that names the resource under test."""
        return self.under_test.identifier

    @cached_property
    def failure_statuses(self) -> tuple[str, ...]:
        """The statuses of a resource under test that has failed."""
        return self.profile.kind(self.resource).status.failed

    @cached_property
    def task_field(self) -> str:
        """The field of the resource under test that shows its running task."""
        return self.profile.kind(self.resource).status.task_field

    def plain(self, resource: str, attribute: str) -> Any:
        """The value of an attribute in a request whose target does not exist."""
        if resource == "password":
            return self.password_form.replace("{token}", PLAIN)
        kind = self.kinds.get(resource)
        if kind is not None:
            return kind.plain.get(attribute, PLAIN)
        return PLAIN_ID if resource.startswith("/") or resource == "uuid" else PLAIN

    def shown_value(self, resource: str, attribute: str) -> ShownValue | None:
        """The place where the resource under test shows a value; None if it shows none."""
        if (resource, attribute) == ("project", "id"):
            return self.project_id
        kind = self.kinds.get(resource)
        return kind.shown_values.get(attribute) if kind is not None else None

    def is_only_read(self, resource: str) -> bool:
        """Whether requests only read things of this kind, and every role may look them up."""
        found = self.profile.discovery.get(resource)
        return resource == "project" or (found is not None and found.role is None)

    def environment_of(self, written: str | None) -> str:
        """The name of the environment that the reference calls by this word; empty if none can be made."""
        return next((name for name, one in self.under_test.environments.items() if written in one.words), "")

    def byproduct(self, post: Condition) -> Byproduct | None:
        """The rule for the byproducts that a postcondition promises; None if it promises none."""
        return next(
            (one for one in self.under_test.byproducts if post.kind == "effect" and post.resource == one.resource), None
        )

    def key(self, operation: Operation, place: str) -> Any:
        """The source of the chosen keys of an object; ABSENT if its keys are documented fields."""
        for pattern, of, key in self.chosen_keys:
            if of == place and means(pattern, operation.id):
                return key
        return ABSENT

    def effect(self, resource: str, effect: str) -> EffectRule | None:
        """The list in which the API shows an effect; None if it shows none."""
        return next((rule for rule in self.effects if rule.resource == resource and effect in rule.effects), None)

    def content(self, operation: Operation, documented: Any) -> Any:
        """The body of a request: the documented one, or a ``Content`` if the description gives a media type."""
        for pattern, media_type, body in self.contents:
            if means(pattern, operation.id):
                value = documented if body is ABSENT else body
                return documented if value is ABSENT else Content(media_type, value)
        return documented

    def included(self, operation: Operation) -> tuple[str, ...]:
        """Optional fields without which the operation's request has no use."""
        return tuple(name for pattern, name in self.always_included if means(pattern, operation.id))

    def is_by_choice(self, operation: Operation) -> bool:
        """Whether the provider of a cloud decides if the operation works."""
        return means_one(self.by_provider_choice, operation.id)

    def only_in_sandbox(self, operation: Operation) -> bool:
        """Whether only the sandbox has the things that the operation needs."""
        return means_one(self.sandbox_only, operation.id)

    def with_companions(self, operation: Operation, names: Iterable[str]) -> list[str]:
        """Fields that the given fields of a request need beside them; the description names these by patterns."""
        given = set(names)
        fit = ((name, needed) for pattern, name, needed in self.required_together if means(pattern, operation.id))
        return [needed for name, needed in fit if needed not in given and any(fits(one, name) for one in given)]

    def value_rule(self, operation: Operation, parameter: str, value: str) -> ValueRule | None:
        """The rule for a value of a parameter; None if there is none. The first entry that fits counts."""
        for rule in self.value_rules:
            named = ((parameter, rule.parameter), (value, rule.value))
            if means(rule.operation, operation.id) and all(fits(name, pattern) for name, pattern in named):
                return rule
        return None

    def query(self, operation: Operation) -> tuple[tuple[str, Any], ...]:
        """The query that an operation needs, as pairs of a name and a value or Binding."""
        return tuple((name, value) for pattern, name, value in self.required_queries if means(pattern, operation.id))

    def list_rule(self, operation: Operation, parameter: str, version: Microversion) -> ListRule | None:
        """The rule without which a list ignores a parameter at a version; None if there is none."""
        for rule in self.list_rules:
            if rule.max_microversion is not None and version > Microversion.parse(rule.max_microversion):
                continue
            if means(rule.operation, operation.id) and is_one(parameter, rule.parameters):
                return rule
        return None

    def stock(self, array: str) -> Stock | None:
        """The way to make elements for the list of this key; None if the description has none."""
        return next((stock for stock in self.made_for_lists if array in stock.shown_in), None)

    def created_by(self, operation: Operation) -> tuple[str, str] | None:
        """The kind of thing that an action makes on the side, and the request field that names it; None if none."""
        for pattern, resource, named_by in self.also_creates:
            if means(pattern, operation.id):
                return resource, named_by
        return None

    def placeholder_value(self, operation: Operation, collection: str, name: str) -> Any:
        """The described value of a placeholder in an operation's path; None if it names an element."""
        for key, value in self.placeholder_values.items():
            pattern, colon, of = key.rpartition(":")
            if colon and of == name and means(pattern, operation.id):
                return value
        table = self.placeholder_values
        return table.get(f"{collection.rpartition('/')[2]}.{name}", table.get(name))

    def takes_token(self, operation: Operation) -> bool:
        """Whether the requests of an operation need a token."""
        return not means_one(self.without_token, operation.id)

    def fields_for(self, operation: Operation, collection: str) -> Mapping[str, Any]:
        """The fields with which an element of a collection is made for an operation."""
        return fields_of(self.elements_made_with, operation, collection)

    def elements_for(self, operation: Operation, collection: str) -> Mapping[str, Any]:
        """The fields that an element of a collection must show to stand in a path of the operation."""
        return fields_of(self.usable_elements, operation, collection)

    def steps(self, operation: Operation, which: StepSection) -> list[Step]:
        """The steps of an operation in one of the sections."""
        section: tuple[tuple[str, Step], ...] = getattr(self, which)
        return [step for pattern, step in section if means(pattern, operation.id)]

    def showing(self, operation: Operation, field: str) -> Showing | None:
        """The preconditions of a response that shows the field; None if every response shows it."""
        fit = (rule for rule in self.preconditions_to_show if means(rule.operation, operation.id))
        return next((rule for rule in fit if fits(field, rule.fields)), None)

    def steps_before_refusal(self, trial: Trial) -> tuple[Step, ...]:
        """The steps before a request that must be refused, which reveal an execution despite the refusal.

        A request that is refused only because of its sender also has the steps that it would need to be accepted.
        """
        if trial.outcome.accepted is True or trial.situation.target != "own":
            return ()
        operation, outcome = trial.request.operation, trial.outcome
        for_sender = outcome.refused_for == "sender" and outcome.accepted is False
        needed = self.steps(operation, "steps_before") if for_sender else []
        return (*needed, *self.steps(operation, "before_refusal"))

    def passing(self, operation: Operation) -> list[str]:
        """The placeholders of an operation's path that name short-lived things."""
        return [
            name for name, rule in self.placeholder_sources.items() if rule.passing and f"{{{name}}}" in operation.path
        ]

    def why_not_returned(self, operation: Operation, parameter: str) -> str | None:
        """The reason why an answer does not show a parameter as it was sent; None if it must."""
        fit = (r for o, p, r in self.not_returned if means(o, operation.id) and fits(parameter, p))
        return next(fit, None)

    def returned_as(self, operation: Operation, parameter: str) -> tuple[str, ...] | None:
        """The keys to the field that shows a parameter under another name; None if the description names none."""
        entries = self.returned_under
        return next((f for o, p, f in entries if means(o, operation.id) and fits(parameter, p)), None)

    def why_unseen(self, breakage: str) -> str | None:
        """The reason why no client can see the breakage of an id; None if a client can."""
        # A bracket in a pattern is a set of characters; ids hold none.
        return next((reason for pattern, reason in self.unseen if fits(breakage, pattern)), None)

    def is_alone(self, operation: str) -> bool:
        """Whether the operation of an id changes things that all users share."""
        return means_one(self.run_exclusively, operation)

    def binding(self, operation: Operation, parameter: str) -> tuple[bool, Any]:
        """True and the Binding or constant of a parameter; False and None if the description has none."""
        key = operation.id, parameter
        if key not in self._bound:
            its = (rule for rule in self.bindings if fits(parameter, rule.parameter))
            rule = next((rule for rule in its if means(rule.operation, operation.id)), None)
            self._bound[key] = (False, None) if rule is None else (True, rule.value)
        return self._bound[key]

    @cached_property
    def _bound(self) -> dict[tuple[str, str], tuple[bool, Any]]:
        """The answers of ``binding`` so far: a suite asks for each of them many times."""
        return {}
