"""All things of a kind that a role is shown."""

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
    """The things that the list of a kind shows; and the answer that ended it early, or None where it is whole.

    Args:
        cloud: that is asked.
        kind: whose list is known.
        role: as whom.
        prefix: of the names of those that are looked for, where the list can be asked for a name.
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
