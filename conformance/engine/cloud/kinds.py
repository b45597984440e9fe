"""Kinds of things of a service, by its description: their collections, and how one is made, shown and removed.

Other things have a kind as well: its name is the path of the collection without the first slash, and its things have
an ``id`` and a ``name`` (see ``Kind``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.fields import Condition, value
from specs.microversion import Microversion

GONE = "DELETED"
"""The status of a thing that does not exist."""

View = dict[str, Any]
"""A thing as the cloud shows it."""


@dataclass(frozen=True)
class Listing:
    """How the things of a kind are listed.

    Attributes:
        key: the member of the response that holds the list; empty if the kind is not listed.
        entry_key: the member of each entry that holds the thing, if there is such a wrapper.
        name_query: the query parameter that selects things by a part of their name.
        status_path: the path of a list that shows the statuses; empty if none does.
        query: further query parameters that the list needs to show everything.
        user_field: the field of a thing that names its user; empty if there is none.
    """

    key: str = ""
    entry_key: str = ""
    name_query: str = ""
    status_path: str = ""
    query: tuple[tuple[str, str], ...] = ()
    user_field: str = ""


@dataclass(frozen=True)
class Status:
    """The fields and statuses that show the state of a thing.

    Attributes:
        field: the field with the status; task_field: the field with the running task, if there is one.
        fault_field: the field with the reason of a failure.
        words: pairs of a value of the field, in small letters, and the name of the status that it means.
        ready: statuses of a new thing that is ready; empty if the kind has no status.
        failed: statuses of a new thing that will never be ready.
    """

    field: str = "status"
    task_field: str = ""
    fault_field: str = ""
    words: tuple[tuple[str, str], ...] = ()
    ready: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Act:
    """A request about one thing: ``{path}`` in its path stands for the path of the thing; ABSENT: it has no body."""

    body: Any = ABSENT
    method: str = "POST"
    path: str = "{path}/action"


@dataclass(frozen=True)
class Preparation:
    """A request before the removal of a thing in some statuses, such as detaching it, if it shows certain values."""

    statuses: tuple[str, ...]
    act: Act
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Base:
    """Things below a thing that only this thing lists, so they are removed before it.

    Attributes:
        field: the field with the list, or with its JSON text; of: the field of an entry that names one.
        kind: their kind.
    """

    field: str
    of: str
    kind: str


@dataclass(frozen=True)
class Contents:
    """Things that must be taken out of a thing before it can be removed.

    Attributes:
        field: the field of the thing that lists them, or the key of ``path``'s list.
        act: the request that takes one out: ``{value}`` in its path or body stands for it.
        path: the path of a list that shows them, where the thing does not; empty where it does.
        query: names and values of the query of this list; ``{id}`` stands here and in the path for the id of the thing.
        of: the field of an entry that stands for it; empty for the whole entry.
    """

    field: str
    act: Act
    path: str = ""
    query: tuple[tuple[str, str], ...] = ()
    of: str = ""


@dataclass(frozen=True)
class Change:
    """A change that must end before a thing is removed, because its removal in between would disturb other things.

    Attributes:
        statuses: the statuses of a thing that changes so.
        microversion: that of the requests about its changes.
        contents: how its changes are listed, and each of them ended.
    """

    statuses: tuple[str, ...]
    microversion: str
    contents: Contents


@dataclass(frozen=True)
class Deletion:
    """How things of a kind are removed.

    Attributes:
        slow: True if a thing still exists for a while after its deletion was accepted.
        going: statuses, and going_tasks: tasks, of a thing whose deletion was accepted: it must not be deleted twice.
        gone: statuses of a thing that counts as gone, although it is still shown.
        kept: statuses of a deleted thing that is kept for a while, unless it is removed by force.
        making: statuses of a thing that is still being made, and may not yet show all that is made with it.
        force: the request that removes a thing at once; unlock: the request that unlocks a locked thing.
        act: the request that removes a thing; None for a DELETE.
        final_codes: status codes of a refusal that will not change if the deletion is sent again.
        change: the change that must end first.
        before: requests before the removal.
        base: things that must be removed first.
        contents: things that must be taken out first.
    """

    slow: bool = False
    going: tuple[str, ...] = ()
    going_tasks: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    making: tuple[str, ...] = ()
    force: Act | None = None
    unlock: Act | None = None
    act: Act | None = None
    final_codes: tuple[int, ...] = ()
    change: Change | None = None
    before: tuple[Preparation, ...] = ()
    base: Base | None = None
    contents: Contents | None = None


@dataclass(frozen=True)
class OptionalField:
    """A field of a factory's body that is sent in some situations; of several with one name, the first to fit counts.

    Attributes:
        name, value: the name and the value of the field; it does not fit if the cloud cannot give a Binding of the
            value.
        min_microversion: the lowest microversion with the field; None for all.
        unless_single: a name of discovery: the field is left out if the cloud has exactly one such thing.
        if_named: a name of discovery: the field is sent only if the user has named such a thing.
    """

    name: str
    value: Any
    min_microversion: Microversion | None = None
    unless_single: str = ""
    if_named: str = ""


@dataclass(frozen=True)
class Instead:
    """A variant in which a thing is made if a discovered thing has an attribute.

    Attributes:
        variant: the name of the variant.
        resource: a name of discovery; has: an attribute of this thing, which must be true or filled.
    """

    variant: str
    resource: str
    has: str


@dataclass(frozen=True)
class Factory:
    """The way to make a thing of a kind.

    Attributes:
        body: the body of the request, with Bindings: ``name`` is a new name, a name of discovery is a thing of the
            cloud, and a kind is a new thing of that kind. In the relation ``free`` it is one thing that serves all
            factories of the run, and in the relation ``fresh`` it is removed when the thing is ready.
        path: empty for the collection; ``{of}`` stands for the thing that it is made of.
        optional: fields that are sent in some situations.
        variants: name -> the fields of a variant.
        instead: variants that are made before the usual one if a discovered thing needs it.
        microversion: that of the request; empty for the one that the caller names.
        role: the role that makes it, if the run has it; empty for the one that the caller names.
    """

    body: Any
    path: str = ""
    microversion: str = ""
    role: str = ""
    optional: tuple[OptionalField, ...] = ()
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    instead: tuple[Instead, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of things.

    Attributes:
        name: its name in the journal; plural: its plural in sentences.
        collection: the path of the collection, where things are made, shown and removed. Its requests name no
            microversion, except those for the kinds that a run watches.
        key: the member of a response that holds a thing; by default the name.
        bare: True if a response that shows a thing consists of it, without a member around it.
        id_field, name_field: the field that names a thing in a path, and the field with its name; empty if things have
            no name.
        alias_fields: other fields whose values name it in requests.
        batch_field: the field of a response that names several new things, and the query parameter that lists these.
        leaves: kinds of things that it may leave behind, under its name, in the project of every role that acted on it.
        goes_with: the kind of the thing that it is a part of, and is removed with.
        brings: field of a new thing -> kind of the things that were made with it, and that stay after it.
    """

    name: str
    collection: str = ""
    plural: str = ""
    key: str = ""
    bare: bool = False
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
        """Return the thing in the body of a response; None if there is none."""
        inner = body.get(self.key or self.name) if isinstance(body, Mapping) and not self.bare else body
        return dict(inner) if isinstance(inner, Mapping) else None

    def changing(self, view: Mapping[str, Any] | None) -> bool:
        """Whether a thing shows a change that must end before it is removed."""
        change = self.deletion.change
        return change is not None and self.state_of(view)[0] in change.statuses

    def stays(self, view: Mapping[str, Any] | None) -> bool:
        """Whether a thing whose deletion was accepted shows that it failed: the deletion is no longer under way.

        That can be told only for kinds whose description says how a deletion that is under way is shown.
        """
        status, task = self.state_of(view)
        told = bool(self.deletion.going or self.deletion.going_tasks)
        return told and status in self.status.failed and task is None

    def state_of(self, view: Mapping[str, Any] | None) -> tuple[str, str | None]:
        """Return the status of a thing, and its running task; GONE without a view."""
        if view is None:
            return GONE, None
        task = value(view, self.status.task_field, None) if self.status.task_field else None
        shown = str(value(view, self.status.field, ""))
        return next((word for said, word in self.status.words if said == shown.lower()), shown), task
