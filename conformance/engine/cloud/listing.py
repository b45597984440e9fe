"""Lists all things of a kind that a role can see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from conformance.engine.cloud.addressed import addressed
from conformance.engine.cloud.exchange import said
from conformance.engine.cloud.names import is_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.engine.cloud.exchange import Answer
    from conformance.engine.cloud.kinds import Kind
    from conformance.engine.cloud.roles import Role
    from specs.microversion import VersionRange


OTHER_IDS = ("uuid",)
"""The fields that name a thing where no description says so, beside the usual one."""


PAGES = 100
"""The most pages of a list that are read."""


class Client(Protocol):
    """The client, as far as it is needed here."""

    @property
    def microversions(self) -> VersionRange:
        """The microversions of the endpoint."""

    def get(
        self, path: str, *, role: Role, microversion: str | None = None, query: tuple[tuple[str, str], ...] = ()
    ) -> Answer:
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
        if not fresh or not body.get(f"{how.key}_links"):  # a page that shows nothing new leads nowhere
            return list(found.values()), None
        marker = list(fresh)[-1]


def inferred(cloud: Client, kind: Kind, role: Role, path: str = "") -> tuple[list[dict[str, Any]], str | None]:
    """The things in the list of a kind of which no description says how it is listed.

    The list is the only list of objects at the path of the collection, or one of several that show the same things, at
    the highest microversion: some collections are new in one.

    Args:
        cloud: the client of the cloud.
        kind: the kind.
        role: the role that asks.
        path: the path of the list, if it is not that of the collection.

    Returns:
        The things, each with its id in the field of the kind, and a sentence on what the list does not show; None if it
        shows all things.
    """
    collection = path or kind.collection or f"/{kind.name}"
    highest = cloud.microversions.max
    version, query = str(highest) if highest is not None else None, _query_of("")
    things: dict[str, dict[str, Any]] = {}
    for _ in range(PAGES):
        answer = cloud.get(collection, role=role, microversion=version, query=query)
        body: Any = answer.json if answer.ok else None
        lists = [
            [{**one, kind.id_field: id_} for one in shown if (id_ := _id_of(one, kind))]
            for shown in (_lists(body) if isinstance(body, dict) else ())
        ]
        # A service may show its things by an old and a new key.
        if len({frozenset(str(one[kind.id_field]) for one in shown) for shown in lists}) != 1:
            why = said(f"GET {collection}", answer) if not answer.ok else f"GET {collection} shows no list"
            return list(things.values()), why
        fresh = {id_: one for one in lists[0] if (id_ := str(one[kind.id_field])) not in things}
        things |= fresh
        following = _next(body)
        if following is None:
            return list(things.values()), None
        query = _query_of(following)
        if not fresh or not query:  # a page that shows nothing new leads nowhere
            break
    return list(things.values()), f"GET {collection} shows only a part of the list"


def _id_of(one: dict[str, Any], kind: Kind) -> Any:
    """The id of a thing that a list shows: in the usual field, or the end of its own address; None if nothing is."""
    ids: Any = (one.get(name) for name in (kind.id_field, *OTHER_IDS))
    own = {name: value for name, value in one.items() if isinstance(value, str) and "://" in value}
    return next(filter(None, (*ids, addressed(own, kind.collection or f"/{kind.name}"))), None)


def ids_in_list(cloud: Client, kind: Kind, role: Role) -> list[str] | None:
    """The ids of all things of a kind that a role can see; None if no list shows them all."""
    records = things_in_list(cloud, kind, role)
    return None if records is None else [str(one[kind.id_field]) for one in records]


def things_in_list(cloud: Client, kind: Kind, role: Role) -> list[dict[str, Any]] | None:
    """All things of a kind that a role can see; None if no list shows them all."""
    trouble: object
    if kind.listing.key:
        records, trouble = listed(cloud, kind, role)
    else:
        records, trouble = inferred(cloud, kind, role)
    return None if trouble is not None else records


def _lists(body: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The lists of objects in an answer, without those of links."""
    found = (value for key, value in body.items() if isinstance(value, list) and not key.endswith("links"))
    return [value for value in found if all(isinstance(one, dict) for one in value)]


def _next(body: dict[str, Any]) -> str | None:
    """The address of the next page that an answer names, in one of the usual ways; None if it names none.

    An answer that names one without an address gives an empty text.
    """
    links = body.get("links")
    beside = [one for key, value in body.items() if key.endswith("_links") and isinstance(value, list) for one in value]
    named = [one for one in beside if isinstance(one, dict) and one.get("rel", "next") == "next"]
    for one in (body.get("next"), links.get("next") if isinstance(links, dict) else None, *named):
        address = one.get("href", "") if isinstance(one, dict) else one
        if address or isinstance(one, dict):
            return str(address or "")
    return None


def _query_of(address: str) -> tuple[tuple[str, str], ...]:
    """The query of an address: the page is asked for at the path of the list, whatever host and root are named."""
    return tuple(parse_qsl(urlsplit(address).query, keep_blank_values=True))


def name_of(one: Mapping[str, Any], kind: Kind) -> str:
    """The name that a list shows of a thing; of a kind that no description knows, it may stand in an object of it."""
    if not kind.name_field:
        return ""
    name, known = one.get(kind.name_field), bool(kind.listing.key)
    inner = (value.get(kind.name_field) for value in one.values() if isinstance(value, dict) and not known)
    return next((found for found in (name, *inner) if isinstance(found, str) and found), str(name or ""))


def found_by_name(kind: Kind, name: str, prefixes: Iterable[str]) -> bool:
    """Whether a thing can be found again by the name that was asked for: only a run's own name proves anything."""
    return bool(kind.name_field) and is_of(name, prefixes)
