"""The entries of a service's description, as the engine knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.engine.model.binding import Step

FORMING = "ing"
"""How the statuses end in which a thing is not yet what it will be: creating, attaching, deleting."""


@dataclass(frozen=True)
class Transition:
    """A way from status to status: the operation that goes it, with what role and which request fields."""

    operation: str
    source: str
    target: str
    role: str = "member"
    request: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Refusal:
    """A situation in which a documented refusal is provoked although the reference does not say when it comes.

    Attributes:
        parameter: which is not as it should be, and binding: its value; None where the request is as documented.
        steps: that bring the situation about.
    """

    operation: str
    code: int
    name: str
    parameter: str | None
    binding: Any = None
    role: str | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Fault:
    """The form of the body of an error.

    Attributes:
        list_key: of the list whose first element describes the error; None where the only key of the body does.
        code_field: repeats the code of the answer.
        required_fields: those that must be there beside it.
    """

    list_key: str | None = None
    code_field: str = "code"
    required_fields: tuple[str, ...] = ("message",)


@dataclass(frozen=True)
class Naming:
    """How a placeholder gets its value where no collection lists it for long, or at all.

    Attributes:
        steps: requests of which the last makes it.
        field: where its answer names it, None where the collection lists it then.
        pattern: which part of the field's text is the name.
        min_microversion: the first microversion at which such a name is of use, None for all.
        statuses: those in which the steps can be taken; empty for all.
        end_steps: requests that end what the steps have begun.
    """

    steps: tuple[Step, ...]
    field: tuple[str, ...] | None = None
    pattern: str = "(.+)"
    min_microversion: str | None = None
    statuses: tuple[str, ...] = ()
    end_steps: tuple[Step, ...] = ()

    @property
    def passing(self) -> bool:
        """Whether it names something only while that lasts."""
        return self.field is None


@dataclass(frozen=True)
class Showing:
    """Preconditions without which a response does not show the fields that are documented within one that may be empty.

    Attributes:
        operation, fields: shell patterns over its id and over the names of the rows.
        existing: operations whose path must name something that exists.
        steps: requests that bring it about.
        query: names and values that ask for it.
        needs_resource: whether there must be a resource of this run.
    """

    operation: str
    fields: str
    existing: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    query: tuple[tuple[str, Any], ...] = ()
    needs_resource: bool = False


@dataclass(frozen=True)
class Environment:
    """A kind of the resource that is made only where a case asks for it.

    Attributes:
        words: of a reference for it.
        factory_arguments: for the factory of the resource, so that it makes one.
        shown_by: fields of the resource, and the values by which it shows that it is one.
    """

    words: tuple[str, ...]
    factory_arguments: Mapping[str, Any] = field(default_factory=dict)
    shown_by: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Byproduct:
    """A thing that a request may make of each thing that is attached to the resource.

    Attributes:
        resource: as a reference calls it.
        kind: as the journal calls it, which says where it is listed and removed.
        source_field: of one, names the thing.
        attached_field: of the resource, lists the things.
        existing: operations whose path must name something that exists, so that something is attached.
    """

    resource: str
    kind: str
    source_field: str
    attached_field: str
    existing: tuple[str, ...] = ()


@dataclass(frozen=True)
class ActionLog:
    """How a resource shows what is done to it.

    Attributes:
        list_operation: lists its actions, the newest first; show_operation: shows one of them.
        steps_field: of an action, holds its steps; finished_field: of a step, has a value once the step has ended.
        name_field: of an action, distinguishes it from all others.
        user_field: says who asked; it is empty where the cloud acted of its own accord.
        failure_field: says why the action failed.
    """

    list_operation: str = ""
    show_operation: str = ""
    steps_field: str = ""
    finished_field: str = ""
    name_field: str = ""
    user_field: str = ""
    failure_field: str = ""


@dataclass(frozen=True)
class EffectRule:
    """Where the API shows an effect that the reference promises: that a resource is there, or is there no more.

    Attributes:
        resource, effects: in the words of the facts.
        path: of a list that shows such resources; max_microversion: the last at which it does, None for all.
        query: names and values, Bindings too, that ask for those of the resource under test alone.
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
    """The needs of a value that the reference lets in; operation, parameter and value are shell patterns.

    Attributes:
        value: an enumerated value, ``longest``, ``shortest``, ``lowest`` or ``highest``, or ``given`` for any at all.
        together_with: fields that are sent with it.
        by_provider_choice: whether the provider of a cloud chooses if the value is of use; it is in the sandbox.
        reason, explanation: why no case sends it, in the words of ``REASONS`` and in full; None where one does.
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
    """How elements of a list are made, so that a page has something to leave out.

    Attributes:
        factory: the kind whose factory makes them; None where statuses bring the elements about.
        shown_in: the lists that show them, by the key of the list.
        isolated_by: the query parameter that shows them alone, given the text that their names share.
        fields: field, the first microversion that takes it, and a value for each of them, Bindings too.
        statuses: which a resource is brought into, in turn, for each of them.
        apart: members of the request beside the element, by which the cloud puts the two in different places.
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
    """The field by which a query parameter selects, where its name does not tell.

    Attributes:
        field: of a listed element.
        part: the key that holds the value in each object below the field; None where the field holds it.
        where: keys of such an object, and the values that they must have where they are there.
    """

    field: str
    part: str | None = None
    where: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class ListRule:
    """The role and the further query without which a parameter of a list is ignored; the names are patterns.

    ``max_microversion`` is the last for which that holds, None where it holds for all.
    """

    operation: str
    parameters: tuple[str, ...]
    role: str | None = None
    query: tuple[tuple[str, str], ...] = ()
    max_microversion: str | None = None
