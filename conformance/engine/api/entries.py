"""The entries of a service's description, as the engine knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from conformance.engine.api.patterns import means_one
from conformance.engine.model.binding import Step

FORMING = "ing"
"""The endings of transient statuses: creating, attaching, deleting."""


@dataclass(frozen=True)
class Transition:
    """A transition from status to status: its operation, the role of the sender, and the fields of the request."""

    operation: str
    source: str
    target: str
    role: str = "member"
    request: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Refusal:
    """A situation that provokes a documented refusal, although the reference does not describe the situation.

    Attributes:
        parameter: the wrong parameter, and binding: its value; None if the request is as documented.
        steps: requests that bring the situation about.
        cause: the attribute of ``specs.refusals.Cause`` that the situation brings about; empty if no sentence gives it.
        query: further parameters of the query, with their values.
    """

    operation: str
    code: int
    name: str
    parameter: str | None
    binding: Any = None
    role: str | None = None
    steps: tuple[Step, ...] = ()
    cause: str = ""
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Fault:
    """The form of the body of an error. Without any field in it, no form is promised.

    Attributes:
        list_key: the key of the list whose first element describes the error; None if the only key of the body does.
        code_field: the field that repeats the status code; None if none does.
        required_fields: the other required fields.
        others: shell patterns for the ids of the operations whose errors have another form.
    """

    list_key: str | None = None
    code_field: str | None = "code"
    required_fields: tuple[str, ...] = ("message",)
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """An optional part of a service, and the things of the reference that a cloud without it does not have.

    Attributes:
        name: its name in the cloud's list of parts.
        operations: shell patterns for the ids of its operations.
        fields: shell patterns for the names of its fields, in requests and answers.
        within: shell patterns for the ids of the operations whose fields these are.
    """

    name: str
    operations: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    within: tuple[str, ...] = ("*",)


@dataclass(frozen=True)
class OptionalParts:
    """The optional parts of a service, and the list in which a cloud names those that it has.

    Attributes:
        path, key, name_field: the path of the list, its key in the answer, and the field of an entry with its name.
        parts: the parts.
    """

    path: str = ""
    key: str = ""
    name_field: str = "name"
    parts: tuple[Part, ...] = ()

    def of(self, operation: str, field: str = "") -> frozenset[str]:
        """The names of the parts that an operation needs, or with a field the field; empty if none is needed."""
        found = {part.name for part in self.parts if means_one(part.operations, operation)}
        if field:
            short = field.rpartition(".")[2]
            found |= {
                part.name
                for part in self.parts
                if any(fnmatchcase(short, one) or fnmatchcase(field, one) for one in part.fields)
                and means_one(part.within, operation)
            }
        return frozenset(found)


@dataclass(frozen=True)
class Naming:
    """The source of the value of a placeholder that no collection lists, or only for a short time.

    Attributes:
        steps: requests; the last one makes the thing.
        field: the field of its response that names the thing; None if the collection lists the thing afterwards.
        pattern: the part of the text of the field that is the name.
        min_microversion: the first microversion that accepts such a name; None for all.
        statuses: statuses of the resource in which the steps are possible; empty for all.
        end_steps: requests that end the things of the steps.
    """

    steps: tuple[Step, ...]
    field: tuple[str, ...] | None = None
    pattern: str = "(.+)"
    min_microversion: str | None = None
    statuses: tuple[str, ...] = ()
    end_steps: tuple[Step, ...] = ()

    @property
    def passing(self) -> bool:
        """True if the thing is short-lived."""
        return self.field is None


@dataclass(frozen=True)
class Showing:
    """Preconditions of a response that shows the fields inside of a field that may be empty.

    Attributes:
        operation, fields: shell patterns for the id of the operation and for the names of the rows.
        existing: operations whose path must name an existing thing.
        steps: requests that fill the field.
        query: names and values of the query that shows the field.
        needs_resource: True if the run must have a resource.
        role: the role to which the response shows the field; None for the role of the operation.
    """

    operation: str
    fields: str
    existing: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    query: tuple[tuple[str, Any], ...] = ()
    needs_resource: bool = False
    role: str | None = None

    @property
    def asks_only_for_a_role(self) -> bool:
        """Whether the documented request of a role shows the fields."""
        return self.role is not None and self == Showing(self.operation, self.fields, role=self.role)


@dataclass(frozen=True)
class Environment:
    """A variant of the resource that is made only for cases about it.

    Attributes:
        words: the words of a reference for the variant.
        factory_arguments: arguments of the factory of the resource that make this variant.
        shown_by: fields of the resource with the values that show this variant.
    """

    words: tuple[str, ...]
    factory_arguments: Mapping[str, Any] = field(default_factory=dict)
    shown_by: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Byproduct:
    """A thing that a request may make of each thing that is attached to the resource.

    Attributes:
        resource: the word of a reference for the new thing.
        kind: the kind of the new thing, which the journal records.
        source_field: the field of the new thing that names the attached thing.
        attached_field: the field of the resource that lists the attached things.
        existing: operations whose path must name an existing thing, so that something is attached.
    """

    resource: str
    kind: str
    source_field: str
    attached_field: str
    existing: tuple[str, ...] = ()


@dataclass(frozen=True)
class ActionLog:
    """The log of the actions on a resource.

    Attributes:
        list_operation: lists the actions, the newest first; show_operation: the operation that shows one.
        steps_field: the field of an action with its steps; finished_field: a field that a step has after its end.
        name_field: the field of an action with its unique name.
        user_field: the field with the user who asked; empty if the cloud acted by itself.
        failure_field: the field with the reason of a failure.
        name_header: the header of an answer with the unique name of the action that the request has begun; empty if
            no header shows it.
    """

    list_operation: str = ""
    show_operation: str = ""
    steps_field: str = ""
    finished_field: str = ""
    name_field: str = ""
    user_field: str = ""
    failure_field: str = ""
    name_header: str = ""


@dataclass(frozen=True)
class EffectRule:
    """The list in which the API shows an effect that the reference promises: a resource exists, or no longer exists.

    Attributes:
        resource, effects: in the words of the facts.
        path: the path of a list of such resources; max_microversion: the last microversion of the list, None for all.
        query: names and values, or Bindings, that select those of the resource under test.
        resource_field: keys from an element of the list to the field that names the resource under test.
    """

    resource: str
    effects: tuple[str, ...]
    path: str
    resource_field: tuple[str, ...]
    query: tuple[tuple[str, Any], ...] = ()
    max_microversion: str | None = None


@dataclass(frozen=True)
class BindingRule:
    """The value of a request parameter: a Binding or a constant; operation and parameter are shell patterns."""

    operation: str
    parameter: str
    value: Any


@dataclass(frozen=True)
class ValueRule:
    """The needs of a value that the reference allows; operation, parameter and value are shell patterns.

    Attributes:
        value: an enumerated value, ``longest``, ``shortest``, ``lowest`` or ``highest``, or ``given`` for any at all.
        together_with: fields that must be sent with it.
        by_provider_choice: True if the provider of a cloud decides whether the value works; it works in the sandbox.
        reason, explanation: the reason why no case sends it, as a key of ``REASONS`` and in full; None if a case does.
    """

    operation: str
    parameter: str
    value: str = "*"
    together_with: Mapping[str, Any] = field(default_factory=dict)
    by_provider_choice: bool = False
    reason: str | None = None
    explanation: str = ""


@dataclass(frozen=True)
class Stock:
    """The way to make elements of a list, so that a page can leave some out.

    Attributes:
        factory: the kind whose factory makes the elements; None if changes of status make them.
        shown_in: the keys of the lists that show them.
        isolated_by: the query parameter that selects only them, by the common text of their names.
        fields: field, the first microversion that takes it, and a value for each of them, Bindings too.
        statuses: statuses that a resource passes through, in turn, for each element.
        apart: members of the request beside the element that place the two elements apart.
    """

    name: str
    factory: str | None
    shown_in: tuple[str, ...]
    isolated_by: str | None = None
    fields: tuple[tuple[str, str | None, tuple[Any, ...]], ...] = ()
    statuses: tuple[str, ...] = ()
    apart: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class QueryField:
    """The field by which a query parameter selects, if its name is not the name of the field.

    Attributes:
        field: of a listed element.
        part: the key of the value in each object below the field; None if the field itself holds the value.
        where: keys of such an object, with the values that they must have if they are present.
        exact: True if the field shows a moment to its last digit, so that a filter by it can be tried.
    """

    field: str
    part: str | None = None
    where: tuple[tuple[str, Any], ...] = ()
    exact: bool = False


@dataclass(frozen=True)
class ListRule:
    """The role and the further query without which a list ignores a parameter; the names are shell patterns.

    ``max_microversion`` is the last microversion with this rule; None if all have it.
    """

    operation: str
    parameters: tuple[str, ...]
    role: str | None = None
    query: tuple[tuple[str, str], ...] = ()
    max_microversion: str | None = None
