"""Companions: things that came with a thing of the run. A list shows them, and no documented request makes them.

Where no description tells which changes can be undone, a request changes no other thing of a list: it may be somebody
else's, or one on which other lanes of the run stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.engine.api.producers import listed_by
from conformance.engine.api.references import singular
from conformance.engine.api.response_fields import elements, identity
from conformance.engine.cloud.fields import texts
from conformance.engine.cloud.guard import safe_in_path
from conformance.engine.cloud.holders import is_unique
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.wait import until
from conformance.engine.model.binding import Binding
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.elements import Elements
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.owned import FRESH
from specs.model import Operation

WITHIN = 5.0
"""Seconds in which a list shows the companion of a new thing."""


class Companions:
    """Finds things for the paths of one lane's requests that change something no request can make."""

    def __init__(self, context: RunContext, pool: Elements) -> None:
        self._context = context
        self._pool = pool
        self._alone: set[tuple[str, str]] = set()

    def one(self, collection: str, name: str, operation: Operation, role: str, version: str) -> str:
        """The id of a thing in a list that came with a new thing of this lane, or with one of the run that is gone.

        Args:
            collection: the path of the list.
            name: the placeholder that names one of its things.
            operation: the operation of the request.
            role: the role of the request.
            version: the microversion at which the list is asked for.

        Raises:
            Unavailable: the list shows things of others alone, or nothing.
        """
        senders = [one for one in _senders(role) if one in self._context.cloud.roles]
        for field, of in self._fields(collection, operation):
            if (collection, field) in self._alone:
                continue
            value = self._pool.element(of, f"{FRESH}companion").value
            found = self._shown(senders, collection, name, version, lambda one, v=value, f=field: one.get(f) == v)
            if found is not None:
                return found
            self._alone.add((collection, field))
        found = self._look(senders, collection, name, version, self._is_left_over)
        if found is None:
            raise Unavailable(
                f"{collection} shows nothing that came with a thing of this run, and no description tells how a change "
                "of a thing of others could be undone"
            )
        return found

    def _is_left_over(self, one: Any) -> bool:
        """Whether a thing of a user or project of the run names one of the run that is gone: nobody else needs it."""
        cloud = self._context.cloud
        entries = cloud.journal.entries() if cloud.journal is not None else ()
        gone = {id_ for entry in entries for id_ in entry.gone if cloud.journal and is_unique(id_, cloud.journal)}
        owners = {owner for role in cloud.roles for owner in (cloud.user_of(role), cloud.project_of(role)) if owner}
        named = set(texts(one))
        return not (gone.isdisjoint(named) or owners.isdisjoint(named))

    def _fields(self, collection: str, operation: Operation) -> Iterator[tuple[str, str]]:
        """The fields of the things of a list that name the thing with which they came, with its collection.

        It is called as they are, as ``gear_id`` of ``/gear-teeth``.
        """
        lister = listed_by(self._context.operations, collection)
        rows = lister.response.parameters if lister is not None else ()
        own = singular(collection.rpartition("/")[2]).replace("-", "_")
        for field in dict.fromkeys(row.name.rpartition(".")[2] for row in rows):
            bound, value = self._context.service.binding(operation, field)
            of = value.resource if bound and isinstance(value, Binding) and value.relation == "any" else ""
            if of.startswith("/") and own.startswith(f"{singular(of.rpartition('/')[2]).replace('-', '_')}_"):
                yield field, of

    def _shown(self, *look: Any) -> str | None:
        """What a look finds, which may be a moment after the thing was made."""
        return until(lambda: self._look(*look), bool, WITHIN, self._context.stopping, pause=0.2, growth=2.0)

    def _look(self, senders: list[Role], collection: str, name: str, version: str, fits: Any) -> str | None:
        """The id of the first thing in a list that fits; None without one."""
        cloud = self._context.cloud
        for sender in senders:
            answer = cloud.get(collection, role=sender, microversion=version)
            for one in elements(answer.json) if answer.ok else ():
                value = identity(one, name) if isinstance(one, Mapping) and fits(one) else None
                if value is not None and safe_in_path(value):
                    cloud.guard.came_along(value)
                    return value
        return None


def _senders(role: str) -> tuple[Role, ...]:
    return (Role.ADMIN,) if role == Role.ADMIN else (Role.MEMBER, Role.ADMIN)
