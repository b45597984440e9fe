"""Makes things of the kinds in a description. Each one is written into the journal, awaited, and removed at the end."""

from __future__ import annotations

import contextlib
import copy
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from threading import Event, RLock
from typing import TYPE_CHECKING, Any

from conformance.engine.cloud import fields as shown_fields
from conformance.engine.cloud.attempts import Attempts
from conformance.engine.cloud.cleanup import remove_entries
from conformance.engine.cloud.created import creation
from conformance.engine.cloud.discover import Missing
from conformance.engine.cloud.ending import end_changes
from conformance.engine.cloud.errors import CloudError, MissingError, ResourceError
from conformance.engine.cloud.exchange import ABSENT, NOT_THERE, Ask, said
from conformance.engine.cloud.faults import says_quota
from conformance.engine.cloud.made import Made
from conformance.engine.cloud.named import named_in, stands_on
from conformance.engine.cloud.poll import WaitResult, Watch
from conformance.engine.cloud.removal import Remover
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.spares import Spares
from conformance.engine.cloud.things import Thing
from conformance.engine.cloud.waiters import wait_for_status
from conformance.engine.cloud.waits import Waits
from conformance.engine.model.binding import Binding
from specs.microversion import Microversion

if TYPE_CHECKING:
    from conformance.engine.cloud.book import Intent
    from conformance.engine.cloud.client import Cloud
    from conformance.engine.cloud.discover import Discovery
    from conformance.engine.cloud.kinds import Factory, Kind, View

REMOVAL = 30.0
"""The longest wait, in seconds, until a thing that nobody needs any more is gone."""

NAME = "name"
"""The resource of the Binding, in the body of a factory, that stands for the name of the new thing."""


class Resources:
    """Makes and removes the things of one run. Raises ResourceError: a thing cannot be made or removed.

    Args:
        timeout: the seconds until one thing must be ready, or gone.
        stopping: the event that ends the run, and the waits for things to be ready.

    Attributes:
        usual: kind -> the variant of its usual things on this cloud.
        waits: the waits of the run so far, which bound later ones.
        spares: things without an owner, which ``make`` returns instead of new ones of their kind.
        attempts: the requests that the cloud accepted in vain.
    """

    def __init__(
        self,
        cloud: Cloud,
        discovery: Discovery,
        watch: Watch,
        *,
        timeout: float = 300.0,
        stopping: Event | None = None,
    ) -> None:
        if cloud.journal is None:
            raise ValueError("resources need a cloud with a journal")
        self._cloud = cloud
        self._journal = cloud.journal
        self._discovery = discovery
        self._watch = watch
        self._timeout = timeout
        self._stopping = stopping or Event()
        self._commons: dict[tuple[str, Role], Made] = {}
        self._commons_lock = RLock()
        self.usual: dict[str, str] = {}
        self.waits = Waits()
        self.spares = Spares()
        self.attempts = Attempts(self._stopping)
        self._made_of: dict[str, list[Made]] = {}  # a thing -> those that were made for it, and that it needs

    def rand_name(self, kind: str = "") -> str:
        """A new name that begins with the prefix of the run."""
        return self._journal.rand_name(kind)

    def can_make(self, kind: str) -> bool:
        """Whether the description says how to make things of a kind."""
        return self._cloud.profile.kind(kind).factory is not None

    @property
    def lost(self) -> str | None:
        """The reason why the run can send no more requests; None as long as it can."""
        return self._cloud.lost

    def make(
        self,
        kind: str,
        *,
        role: Role = Role.MEMBER,
        microversion: str | None = None,
        name: str | None = None,
        variant: str = "",
        fields: Mapping[str, Any] | None = None,
        beside: Mapping[str, Any] | None = None,
        query: tuple[tuple[str, str], ...] = (),
        of: str = "",
        wait: bool = True,
    ) -> Made:
        """Make a thing, and wait until it is ready if its kind has a status for that.

        Args:
            kind: the name of the kind.
            role: the role that makes it.
            microversion: the microversion of the request.
            name: the name of the thing; None for a new one.
            variant: the name of a variant in the factory; empty for the usual one.
            fields: further fields of the thing, which win over those of the factory.
            beside: members of the body beside the thing.
            query: the query of the request.
            of: the id of the thing from which it is made, if the path of the factory has a place for that.
            wait: True to wait until it is ready.

        Raises:
            ResourceError: the thing cannot be made, or is not ready in time.
        """
        known = self._cloud.profile.kind(kind)
        if known.factory is None:
            raise ResourceError(f"this suite cannot make a {kind}")
        if not (name or variant or fields or beside or query or of) and wait:
            while (spare := self.spares.take(kind, role)) is not None:
                with contextlib.suppress(ResourceError):  # another one is made in its place
                    return spare[0] if spare[1] else self._ready_or_removed(known, spare[0])
        microversion = microversion or known.factory.microversion or None
        role = Role(known.factory.role) if known.factory.role in self._cloud.roles else role
        variant = variant or self.usual.get(kind, "")
        name = name or self.rand_name(kind)
        more = {**known.factory.variants.get(variant, {}), **(fields or {})}
        for_it: list[tuple[Made, bool]] = []
        path = known.factory.path.replace("{of}", of) or known.collection
        try:
            body = self._body(known.factory, name, role, microversion, more, beside or {}, for_it)
            ask = Ask("POST", path, role, microversion, body=body, query=query)
            make = self._made_ready if wait and known.status.ready else self._make
            made = make(known, name, role, ask)
            self._made_of[made.id] = [one for one, fresh in for_it if not fresh]
            return made
        except ResourceError:  # each further try makes others, and a quota of theirs would be used up in the end
            self.remove_all(one for one, fresh in for_it if not fresh)
            raise
        finally:
            for one in (one for one, fresh in for_it if fresh):
                with contextlib.suppress(CloudError):  # the journal lists it
                    self.drop(one.id, one.role, self._cloud.profile.kind(one.kind))

    def delete(self, made: Made, *, wait: bool = True) -> None:
        """Delete one thing and wait until it is gone; by force if the cloud would keep it for a while."""
        removal = self._remover().remove(Thing(made.kind, made.id, made.path, made.role), wait=wait)
        if removal.trouble:
            raise ResourceError(f"{made.kind} {made.id} could not be removed: {removal.trouble}")

    def remove_all(self, things: Iterable[Made | Thing]) -> None:
        """Remove things that nobody needs any more, and those of which they alone were made.

        A thing that cannot be removed now is removed at the end of the run.
        """
        remover = Remover(self._cloud, self._watch, self._journal, timeout=min(self._timeout, REMOVAL))
        every = list(things)
        for one in every:  # the list grows, since what a thing was made of may have been made of others
            every += self._made_of.pop(one.id, [])
        remover.remove_all(Thing(one.kind, one.id, one.path, one.role) for one in every)

    def undo(self, intent: Intent) -> None:
        """Remove what came of an intent, by the journal."""
        came = [entry for entry in self._journal.entries(own=True) if entry.intent == intent]
        remover = Remover(self._cloud, self._watch, self._journal, timeout=min(self._timeout, REMOVAL))
        remover.remove_all(
            Thing(intent.kind, id_, path, Role(intent.role)) for entry in came for id_, path in entry.left
        )

    def drop(self, id_: str, role: Role, kind: Kind | None = None, view: View | None = None) -> bool:
        """Have a thing deleted, of the kind that the run watches unless another one is given, without a wait.

        The deletion is forced if that is allowed: a cloud that keeps deleted things for a while also keeps the things
        attached to them, and becomes slower with each. The last view of the thing tells the requests that must come
        before. One that changes in a way that must end first is asked to end it, and is removed later.

        Returns:
            False if the thing must be removed later.
        """
        kind, remover = kind or self._watch.kind, self._remover()
        thing = Thing(kind.name, id_, kind.path_of(id_), role)
        if kind.changing(view):
            end_changes(self._cloud, thing, kind)
            return False
        return remover.force(thing, view) or remover.remove(thing, wait=False).trouble is None

    def drop_again(self, thing: Thing) -> bool:
        """Have a thing deleted that had to wait before. Returns False if it must be removed later still."""
        kind, view = self._cloud.profile.kind(thing.kind), None
        if kind.deletion.change is not None:
            answer = self._cloud.get(thing.path, role=thing.role)
            view = kind.shown_in(answer.json) if answer.ok else None
            if answer.status in NOT_THERE:
                self._journal.gone(thing.id)
            if view is None:
                return answer.status in NOT_THERE
        return self.drop(thing.id, thing.role, kind, view)

    def close(self, *, own: bool = True) -> tuple[str, ...]:
        """Delete the remaining things of this process in the journal, several at a time; or those of all processes.

        Returns:
            A sentence for each thing that could not be removed.
        """
        for made in self.spares.forget():
            if self._stopping.is_set():  # one look is enough to note the things that came with it
                with contextlib.suppress(CloudError):
                    self._ready(self._cloud.profile.kind(made.kind), made)
        entries = self._journal.entries(own=own)
        report = remove_entries(
            self._cloud, self._watch, self._journal, entries, timeout=self._timeout, whole_run=not own
        )
        return report.left

    def _remover(self) -> Remover:
        return Remover(self._cloud, self._watch, self._journal, timeout=self._timeout)

    def _body(
        self,
        factory: Factory,
        name: str,
        role: Role,
        microversion: str | None,
        more: Mapping[str, Any],
        beside: Mapping[str, Any],
        for_it: list[tuple[Made, bool]],
    ) -> Any:
        """The body of a request: that of the factory with further fields, and with values for its Bindings.

        The things that were made for it are added to ``for_it``, each with True if only this request needs it.
        """
        body = copy.deepcopy(factory.body)
        inner = next(iter(body.values())) if len(body) == 1 else None
        thing = inner if isinstance(inner, dict) else body
        thing.update(more)
        body = {**self._filled(body, name, role, for_it), **beside}
        inner = next(iter(body.values()))
        thing = inner if isinstance(inner, dict) else body
        for option in factory.optional:
            if option.name in thing or not _reaches(microversion, option.min_microversion):
                continue
            if option.unless_single and len(self._discovery.every(option.unless_single) or ()) == 1:
                continue
            if option.if_named and not self._discovery.named(option.if_named):
                continue
            if not any(isinstance(found, Missing) for found in self._found_in(option.value)):
                thing[option.name] = self._filled(option.value, name, role, for_it)
        return body

    def _found_in(self, value: Any) -> list[object]:
        """The discovered things for the Bindings in a value."""
        if isinstance(value, Binding):
            return [self._discovery.found(value.resource)] if self._discovery.knows(value.resource) else []
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return [found for one in inner for found in self._found_in(one)]

    def _filled(self, value: Any, name: str, role: Role, for_it: list[tuple[Made, bool]]) -> Any:
        if isinstance(value, Binding):
            return self._bound(value, name, role, for_it)
        if isinstance(value, dict):
            return {key: self._filled(inner, name, role, for_it) for key, inner in value.items()}
        return [self._filled(inner, name, role, for_it) for inner in value] if isinstance(value, list) else value

    def _bound(self, binding: Binding, name: str, role: Role, for_it: list[tuple[Made, bool]]) -> Any:
        if binding.resource == NAME:
            return name
        if not self._discovery.knows(binding.resource):
            made = self._common(binding.resource, role) if binding.relation == "free" else None
            if made is None:
                made = self.make(binding.resource, role=role)
                for_it.append((made, binding.relation == "fresh"))
            return made.id if binding.attribute == "id" else made.body.get(binding.attribute)
        found = self._discovery.found(binding.resource)
        if isinstance(found, Missing):
            raise MissingError(found.reason)
        return found.value(binding.attribute)

    def _common(self, kind: str, role: Role) -> Made:
        """The one thing of a kind from which all things of this run are made that need no more than any such thing."""
        with self._commons_lock:
            if (kind, role) not in self._commons:
                self._commons[kind, role] = self.make(kind, role=role)
            return self._commons[kind, role]

    def give_commons_up(self) -> None:
        """Remove the things from which all things of this run are made: a later thing is made from another one."""
        with self._commons_lock:
            commons = [*self._commons.values()]
            self._commons.clear()
        self.remove_all(commons)

    def _make(self, kind: Kind, name: str, role: Role, ask: Ask) -> Made:
        ask = replace(ask, intent=self._journal.intend(kind.name, name, role=role))
        answer = self._cloud.send(ask)
        if not answer.ok:
            raise ResourceError(f"no {kind.name} could be made: {said(f'POST {ask.path}', answer)}", answer)
        found = creation(kind, ask, answer)
        if found is None:
            was = f"POST {ask.path} gave {answer.status} and did not name it by an id that a path can hold"
            raise ResourceError(f"a {kind.name} was made, but {was}", answer)
        return Made(kind.name, found.id, name, found.path, role, kind.shown_in(answer.json) or {}, answer)

    def _made_ready(self, kind: Kind, name: str, role: Role, ask: Ask) -> Made:
        """Make a thing and wait until it is ready; for a while not again if the same request fails again and again."""
        alike = json.dumps([ask.path, str(role), ask.body], sort_keys=True, default=str).replace(name, "")
        if (why := self.attempts.refused(alike)) is not None:
            raise ResourceError(why)
        made = self._make(kind, name, role, ask)
        try:
            ready = self._ready_or_removed(kind, made)
        except ResourceError as error:
            if not self._stopping.is_set() and not says_quota(str(error)):
                self.attempts.failed(alike, str(error))
            raise
        self.attempts.worked(alike)
        return ready

    def _ready_or_removed(self, kind: Kind, made: Made) -> Made:
        """Wait until a new thing is ready. If it fails, nobody gets it, and it would count against the quota."""
        try:
            return self._ready(kind, made)
        except ResourceError:
            self._remover().remove(Thing(kind.name, made.id, made.path, made.role), wait=False)
            raise

    def _ready(self, kind: Kind, made: Made) -> Made:
        """Wait until a new thing is ready, and write the things made with it into the journal."""
        making, began = f"a new {kind.name}", time.monotonic()
        if pause := self.waits.brief(making):
            self._stopping.wait(pause)
        result = wait_for_status(
            self._watch,
            made.id,
            kind.status.ready,
            self.waits.bound(making, self._timeout),
            kind=kind,
            role=made.role,
            stopping=self._stopping,
            expected=self.waits.soonest(making),
        )
        reached = result.status.casefold() in {one.casefold() for one in kind.status.ready}
        if (reached or result.timed_out) and not self._stopping.is_set():
            self.waits.ended(making, time.monotonic() - began, well=not result.timed_out)
            if pause and len(result.statuses) == 1:
                self.waits.sufficed(making, pause)
        if not reached or result.timed_out or result.view is None:
            wanted = " or ".join(kind.status.ready)
            raise ResourceError(
                f"{kind.name} {made.id} did not become {wanted}: {_course(kind, result)}"
                + (f" after {result.seconds:.0f} s" if result.timed_out else "")
                + (f" ({result.problem})" if result.problem else "")
                + (" (the run was stopped)" if self._stopping.is_set() else ""),
                made.answer,
            )
        for shown, brought in kind.brings.items():
            # The deletion of the thing does not remove those that were made with it.
            self._note(brought, named_in(result.view, shown, "id"), made.role)
        if kind.deletion.base is not None:
            # A request under test may delete the thing, and nothing names these any more then.
            self._note(kind.deletion.base.kind, stands_on(kind, result.view), made.role)
        return replace(made, body={**made.body, **result.view})

    def _note(self, kind: str, ids: Iterable[str], role: Role) -> None:
        """Write things into the journal that came about without a request for them."""
        for id_ in ids:
            path = self._cloud.profile.kind(kind).path_of(id_)
            self._journal.there(kind, id_, path, role=role)


def _reaches(microversion: str | None, lowest: Microversion | None) -> bool:
    """Whether a microversion is the lowest allowed one or a higher one; no microversion counts as the lowest of all."""
    if lowest is None or microversion == "latest":
        return True
    return microversion is not None and Microversion.parse(microversion) >= lowest


def _course(kind: Kind, result: WaitResult) -> str:
    """The statuses of a thing in order, and the reason that it shows for its failure."""
    course = " -> ".join(result.statuses) or "it was never seen"
    fault = shown_fields.value(result.view, kind.status.fault_field) if kind.status.fault_field else ABSENT
    return course if fault in (ABSENT, None) else f"{course} ({fault})"
