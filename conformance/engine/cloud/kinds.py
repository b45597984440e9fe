"""Kinds of things that a service has, as its description says: where they are, how one is made, shown and removed.

What no description names is of a kind, too: it is called as the last part of its collection's path, and has an ``id``
and a ``name`` (see ``Kind``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from conformance.engine.cloud.fields import value
from specs.microversion import Microversion

GONE = "DELETED"
"""The status that stands for a thing that is not there."""

View = dict[str, Any]
"""A thing as the cloud shows it."""


@dataclass(frozen=True)
class Listing:
    """How the things of a kind are listed.

    Attributes:
        key: the member of the answer that holds the list; empty where the kind is not listed.
        entry_key: the member of each entry that holds the thing, where it is wrapped once more.
        paged: whether a long list comes in pages, which ``marker`` asks for.
        name_query: the query parameter that shows only those whose name holds a text.
        status_path: the path of a list that shows the statuses; empty where none does.
        query: further query parameters without which the list does not show all.
        user_field: the field of a thing that names who uses it, empty where nobody does.
    """

    key: str = ""
    entry_key: str = ""
    paged: bool = False
    name_query: str = ""
    status_path: str = ""
    query: tuple[tuple[str, str], ...] = ()
    user_field: str = ""


@dataclass(frozen=True)
class Status:
    """How a thing shows how it is.

    Attributes:
        field: that shows the status; task_field: the field that shows what is under way in it, if there is one.
        fault_field: the field that says why it failed.
        ready: statuses of one that is as it should be after its creation; empty where it has no status.
        failed: statuses of one that will not become so.
    """

    field: str = "status"
    task_field: str = ""
    fault_field: str = ""
    ready: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Act:
    """A request about one thing: in the path, ``{path}`` stands for the thing's own."""

    body: Any
    method: str = "POST"
    path: str = "{path}/action"


@dataclass(frozen=True)
class Preparation:
    """A request that must go before the removal of a thing in some statuses, such as detaching it."""

    statuses: tuple[str, ...]
    act: Act


@dataclass(frozen=True)
class Base:
    """Things that a thing stands on, of which only it knows, so that they are removed before it.

    Attributes:
        field: that lists them, as a list or as the text of one in JSON; of: the field of an entry that names one.
        kind: what they are.
    """

    field: str
    of: str
    kind: str


@dataclass(frozen=True)
class Contents:
    """Things that must be taken out of a thing before it can be removed.

    Attributes:
        field: of the thing, that lists them.
        act: takes one out: in its body, ``{value}`` stands for it.
    """

    field: str
    act: Act


@dataclass(frozen=True)
class Deletion:
    """How things of a kind are removed.

    Attributes:
        slow: whether one is still there for a while after its deletion was accepted.
        going: statuses, and going_tasks: tasks, of one whose deletion was accepted: it must not be asked for twice.
        gone: statuses of one that is as good as gone, although it is still shown.
        kept: statuses of one that was deleted and is kept for a while, until it is removed by force.
        force: removes one at once; unlock: lets one be removed that its owner has locked.
        final_codes: codes of an answer that will not change, however often deletion is asked for.
        before: what must be done first.
        base: what must be removed first.
        contents: what must be taken out first.
    """

    slow: bool = False
    going: tuple[str, ...] = ()
    going_tasks: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    force: Act | None = None
    unlock: Act | None = None
    final_codes: tuple[int, ...] = ()
    before: tuple[Preparation, ...] = ()
    base: Base | None = None
    contents: Contents | None = None


@dataclass(frozen=True)
class OptionalField:
    """A field of a factory's body that is given in some situations; the first of one name that fits counts.

    Attributes:
        name, value: what is given; a value whose Bindings the cloud cannot give does not fit.
        min_microversion: the lowest of the request at which it is given; None for all.
        unless_single: a name of discovery: it is not given where the cloud has exactly one of these.
        if_named: a name of discovery: it is given only where the user has named the one to take.
    """

    name: str
    value: Any
    min_microversion: Microversion | None = None
    unless_single: str = ""
    if_named: str = ""


@dataclass(frozen=True)
class Instead:
    """A variant in which a thing is made where what was found has an attribute.

    Attributes:
        variant: by name.
        resource: a name of discovery; has: an attribute of it, which must be true or filled.
    """

    variant: str
    resource: str
    has: str


@dataclass(frozen=True)
class Factory:
    """How a thing of a kind is made.

    Attributes:
        body: of the request, with Bindings: ``name`` is a new name, a name of discovery what the cloud has, and a kind
            a new thing of that kind.
        path: empty for the collection; ``{of}`` stands for what the thing is made of.
        optional: fields that are given in some situations.
        variants: name -> fields that make one of another sort.
        instead: variants that are tried before the usual sort where something that was found needs it.
    """

    body: Any
    path: str = ""
    optional: tuple[OptionalField, ...] = ()
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    instead: tuple[Instead, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of things.

    Attributes:
        name: as the journal calls it; plural: as a sentence calls many.
        collection: the path of the collection, at which one is made, shown and removed. It is asked without a
            microversion, but for the kind that a run watches.
        key: the member of an answer that holds one; the name where empty.
        id_field, name_field: what names one in a path, and what a client calls it; no name_field where it has no name.
        alias_fields: other fields by which requests name it.
        batch_field: the field of an answer that names several made at once, and the query parameter that lists these.
        leaves: kinds of what it may leave behind, which bear its name; in the project of whoever has acted on it.
        goes_with: the kind of the thing of which it is a part, and with which it goes.
        brings: field of a new one -> kind of what was made with it, and stays after it.
    """

    name: str
    collection: str = ""
    plural: str = ""
    key: str = ""
    id_field: str = "id"
    name_field: str = "name"
    alias_fields: tuple[str, ...] = ()
    batch_field: str = ""
    leaves: tuple[str, ...] = ()
    goes_with: str = ""
    brings: Mapping[str, str] = field(default_factory=dict)
    listing: Listing = field(default_factory=Listing)
    status: Status = field(default_factory=Status)
    deletion: Deletion = field(default_factory=Deletion)
    factory: Factory | None = None

    def path_of(self, id_: str) -> str:
        """The path at which a thing is read and removed."""
        return f"{self.collection or '/' + self.name}/{quote(id_, safe='')}"

    def many(self) -> str:
        """The plural for sentences."""
        return self.plural or f"things of the kind {self.name}"

    def shown_in(self, body: Any) -> View | None:
        """The thing that the body of an answer shows; None where it shows none."""
        inner = body.get(self.key or self.name) if isinstance(body, Mapping) else None
        return dict(inner) if isinstance(inner, Mapping) else None

    def state_of(self, view: Mapping[str, Any] | None) -> tuple[str, str | None]:
        """The status of a thing, and what is under way in it; GONE where there is no view."""
        if view is None:
            return GONE, None
        task = value(view, self.status.task_field, None) if self.status.task_field else None
        return str(value(view, self.status.field, "")), task
