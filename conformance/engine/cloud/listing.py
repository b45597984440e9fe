"""Lists all things of a kind that a role can see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.engine.cloud.exchange import Answer
    from conformance.engine.cloud.kinds import Kind
    from conformance.engine.cloud.roles import Role


class Client(Protocol):
    """The client, as far as it is needed here."""

    def get(self, path: str, *, role: Role, query: tuple[tuple[str, str], ...] = ()) -> Answer:
        """Send a GET."""


def listed(cloud: Client, kind: Kind, role: Role, *, prefix: str = "") -> tuple[list[dict[str, Any]], Answer | None]:
    """The things in the list of a kind, and the answer that ended it early; None if the list is whole.

    Args:
        cloud: the client of the cloud.
        kind: a kind with a list.
        role: the role that asks.
        prefix: the start of the names to look for, if the list can be filtered by name.
    """
    how = kind.listing
    found: dict[str, dict[str, Any]] = {}
    query = (*how.query, *(((how.name_query, prefix),) if how.name_query and prefix else ()))
    marker: str | None = None
    while True:
        answer = cloud.get(kind.collection, role=role, query=(*query, ("marker", marker)) if marker else query)
        body: Any = answer.json
        if not answer.ok or not isinstance(body, dict) or not isinstance(body.get(how.key), list):
            return list(found.values()), answer
        entries = [one for one in body[how.key] if isinstance(one, dict)]
        page = [one.get(how.entry_key, one) if how.entry_key else one for one in entries]
        fresh = {id_: one for one in page if (id_ := str(one.get(kind.id_field, ""))) and id_ not in found}
        found |= fresh
        if not how.paged or not fresh or not body.get(f"{how.key}_links"):
            return list(found.values()), None
        marker = list(fresh)[-1]


def found_by_name(kind: Kind, name: str, prefixes: Iterable[str]) -> bool:
    """Whether a thing can be found again by the name that was asked for: only a run's own name proves anything."""
    return bool(kind.name_field) and any(name.startswith(prefix) for prefix in prefixes)
