"""Finding again, by its unique name, what was asked for but never answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.engine.cloud.created import path_of
from conformance.engine.cloud.removal import Thing, said
from conformance.engine.cloud.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.engine.cloud.client import Cloud
    from conformance.engine.cloud.journal import Entry, Intent, Journal

LISTS = {
    "image": ("/images", "images", ("id", "name")),
    "keypair": ("/os-keypairs", "keypairs", ("name", "name")),
    "security_group": ("/os-security-groups", "security_groups", ("id", "name")),
    "server": ("/servers", "servers", ("id", "name")),
    "server_group": ("/os-server-groups", "server_groups", ("id", "name")),
    "snapshot": ("/os-snapshots", "snapshots", ("id", "displayName")),
    "volume": ("/os-volumes", "volumes", ("id", "displayName")),
}
"""By kind: the path that lists it, the member of the answer that holds the list, and those that hold id and name."""


@dataclass(frozen=True)
class Found:
    """What a search came to.

    Attributes:
        things: to be removed; the journal holds them already.
        lost: a sentence for each intent of which it cannot be said whether anything came of it.
    """

    things: tuple[Thing, ...]
    lost: tuple[str, ...]


def search(cloud: Cloud, journal: Journal, entries: Iterable[Entry]) -> Found:
    """Look for all that these entries may have left: what the journal names, and what only a name can find.

    By name are found: what was asked for but not answered; the further servers of one request; the image that a
    shelved server leaves, which bears the server's name.
    """
    entries = tuple(entries)
    things = [Thing(entry.intent.kind, id_, path, _role(entry.intent)) for entry in entries for id_, path in entry.left]
    lost: list[str] = []
    wanted: dict[tuple[str, Role], list[Intent]] = {}
    for entry in entries:
        intent = entry.intent
        if not entry.ids and not entry.settled:
            wanted.setdefault((intent.kind, _role(intent)), []).append(intent)
        if intent.kind == "server" and entry.ids:
            wanted.setdefault(("image", _role(intent)), []).append(intent)
    for (kind, role), intents in wanted.items():
        if role not in cloud.roles:
            lost += [f"{one.kind} {one.name}: the role {role} is missing" for one in intents if one.kind == kind]
            continue
        found, trouble = _listing(cloud, kind, role)
        for intent in intents:
            mine = [(id_, name) for id_, name in found if _named_by(name, intent.name, journal)]
            for id_, name in mine:
                if not journal.owns(id_):
                    owner = intent if intent.kind == kind else journal.intend(kind, name, role=role)
                    journal.made(owner, id_, path_of(kind, id_))
                    things.append(Thing(kind, id_, path_of(kind, id_), role))
            if intent.kind != kind or mine:
                continue
            if trouble:
                lost.append(f"{kind} {intent.name}: {trouble}")
            else:
                journal.refused(intent)
    unreachable = [thing for thing in things if thing.role not in cloud.roles]
    lost += [f"{thing}: the role {thing.role} is missing" for thing in unreachable]
    return Found(tuple(thing for thing in things if thing not in unreachable), tuple(lost))


def _role(intent: Intent) -> Role:
    return Role(intent.role) if intent.role in set(Role) else Role.MEMBER


def _named_by(name: str, intended: str, journal: Journal) -> bool:
    """Whether a name is the intended one or made from it. A name without our prefix proves nothing."""
    if not any(intended.startswith(prefix) for prefix in journal.prefixes):
        return False
    return name == intended or name.startswith(f"{intended}-")


def _listing(cloud: Cloud, kind: str, role: Role) -> tuple[list[tuple[str, str]], str | None]:
    """Ids and names of all that there is of a kind; why it could not be listed."""
    if kind == "floating_ip":
        # It has no name. Where the project has none at all, none can be left.
        answer = cloud.get("/os-floating-ips", role=role)
        some = answer.json.get("floating_ips") if isinstance(answer.json, dict) else None
        if some == []:
            return [], None
        return [], "floating IPs have no name to be found by; see whether one is left that nobody uses"
    if kind not in LISTS:
        return [], f"it is not known how to look for a {kind}"
    path, member, (id_name, name_name) = LISTS[kind]
    found: list[tuple[str, str]] = []
    query: tuple[tuple[str, str], ...] = (("name", cloud.prefix),) if kind == "server" else ()
    paging = kind in {"server", "image"}
    marker: str | None = None
    while True:
        asked = (*query, ("marker", marker)) if marker else query
        answer = cloud.get(path, role=role, query=asked)
        body: Any = answer.json
        if not answer.ok or not isinstance(body, dict) or not isinstance(body.get(member), list):
            return found, said(f"GET {path}", answer)
        # Key pairs are wrapped once more.
        records = [one.get("keypair", one) for one in body[member] if isinstance(one, dict)]
        page = [(str(one.get(id_name, "")), str(one.get(name_name) or "")) for one in records]
        fresh = [one for one in page if one[0] and one not in found]
        found += fresh
        if not paging or not fresh or not body.get(f"{member}_links"):
            return found, None
        marker = fresh[-1][0]
