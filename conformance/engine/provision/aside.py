"""Things that requests make beside those that their paths name. No later trial needs them."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.engine.cloud.created import creation
from conformance.engine.cloud.exchange import Answer, Ask
from conformance.engine.cloud.guard import safe_in_path
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.things import Thing
from conformance.engine.provision.context import RunContext


class Aside:
    """The things that the last trial of a lane has made on the side. Its expectations may look at them till it ends."""

    def __init__(self, context: RunContext) -> None:
        self._context = context
        self._things: list[Thing] = []

    def note(self, kind: str, path: str, role: str, answer: Answer) -> None:
        """Note the thing of a kind that the accepted request at a path has made, if the answer names it."""
        known = self._context.cloud.profile.kind(kind)
        made = creation(known, Ask("POST", path), answer)
        if made is not None:
            self._things.append(Thing(known.name, made.id, made.path, Role(role)))

    def release(self) -> None:
        """Have the things removed as soon as room is needed where a quota is narrow, else at the end of the run."""
        for thing in self._things:
            self._context.places.let_stay(thing)
        self._things.clear()

    def came_along(self, kind: str, ids: Iterable[str], role: str) -> None:
        """Record further resources that a request has made, so that the end of the run removes them."""
        cloud = self._context.cloud
        for id_ in ids if cloud.journal is not None else ():
            if cloud.journal is not None and safe_in_path(id_) and not cloud.journal.owns(id_):
                cloud.journal.there(kind, id_, cloud.profile.kind(kind).path_of(id_), role=role)
