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
        listed: the key of the list whose first element tells of the error; None where the one key of the body does.
        code: the field that repeats the code of the answer.
        fields: those that must be there beside it.
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
        since: the first microversion at which such a name is of use, None for all.
        within: the statuses in which that can be done; empty where nobody says so.
        ends: steps that bring what it names to its end.
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
        having: operations; what the path of each names is there.
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
        written: the words of a reference for it.
        made_with: what the factory of the resource is given so that it makes one.
        shown: fields of the resource, and the values by which it shows that it is one.
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
        of: the field of one that names the thing.
        attached: the field of the resource that lists the things.
        having: operations; what the path of each names is there, so that something is attached.
    """

    resource: str
    kind: str
    source_field: str
    attached_field: str
    existing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Actions:
    """How a resource shows what is done to it.

    Attributes:
        listed: the operation that lists its actions, the newest first; shown: the one that shows an action.
        steps: the list in an action, and ended: the field that has a value in each that has ended.
        named_by: the field of an entry of the list that tells it from all others.
        asked_by: who has asked; nothing where the cloud did it of its own accord.
        failure: why it was not done.
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
        path: of a list that shows such resources; until: the last microversion at which it does, None for all.
        query: names and values, Bindings too, that ask for those of the resource under test alone.
        of: the place in an element of the list that names its resource.
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
        beside: fields that are given with it.
        sandbox: whether what it needs is there in the sandbox, and on other clouds by their provider's choice.
        reason, why: why no case gives it, in the words of ``REASONS`` and in full; None where one does.
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
        factory: of ``Resources``; None where statuses bring the elements about.
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

    ``until`` is the last microversion for which that holds, None where it holds for all.
    """

    operation: str
    parameters: tuple[str, ...]
    role: str | None = None
    query: tuple[tuple[str, str], ...] = ()
    max_microversion: str | None = None
