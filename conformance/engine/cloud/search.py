"""Finds things by their unique names, after requests that were never answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.engine.cloud.exchange import said
from conformance.engine.cloud.guard import safe_in_path
from conformance.engine.cloud.listing import listed
from conformance.engine.cloud.removal import Thing
from conformance.engine.cloud.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.engine.cloud.client import Cloud
    from conformance.engine.cloud.journal import Entry, Intent, Journal
    from conformance.engine.cloud.kinds import Kind


@dataclass(frozen=True)
class Found:
    """The outcome of a search.

    Attributes:
        things: the things to remove, which are in the journal by now.
        lost: a sentence for each intent whose outcome nothing shows.
    """

    things: tuple[Thing, ...]
    lost: tuple[str, ...]


def search(cloud: Cloud, journal: Journal, entries: Iterable[Entry]) -> Found:
    """Look for all things that entries of a journal may have left: those with known ids, and those with known names.

    A thing is found by its name if its request was not answered, if one request made several things, or if another
    thing with the name has left it behind.
    """
    entries = tuple(entries)
    things = [Thing(entry.intent.kind, id_, path, _role(entry.intent)) for entry in entries for id_, path in entry.left]
    lost: list[str] = []
    wanted = _wanted(cloud, journal, entries)
    for (name, role), intents in wanted.items():
        if role not in cloud.roles:
            lost += [f"{one.kind} {one.name}: the role {role} is missing" for one in intents if one.kind == name]
            continue
        kind = cloud.profile.kind(name)
        found, trouble = _listing(cloud, journal, kind, role)
        for intent in intents:
            named = [(id_, called) for id_, called in found if _named_by(called, intent.name, journal)]
            mine = [(id_, called) for id_, called in named if safe_in_path(id_)]
            if len(mine) < len(named):
                lost.append(f"{name} {intent.name}: it is shown with an id that no request can hold safely")
                continue
            for id_, called in mine:
                if not journal.owns(id_, kind.collection):
                    owner = intent if intent.kind == name else journal.intend(name, called, role=role)
                    journal.made(owner, id_, kind.path_of(id_))
                    things.append(Thing(name, id_, kind.path_of(id_), role))
            if intent.kind != name or mine:
                continue
            if trouble:
                called = f"{name} {intent.name}".strip()
                lost.append(f"{called}: {trouble}")
            else:
                journal.refused(intent)
    unreachable = [thing for thing in things if thing.role not in cloud.roles]
    lost += [f"{thing}: the role {thing.role} is missing" for thing in unreachable]
    return Found(tuple(thing for thing in things if thing not in unreachable), tuple(lost))


def _wanted(cloud: Cloud, journal: Journal, entries: Iterable[Entry]) -> dict[tuple[str, Role], list[Intent]]:
    """The intents whose names must be found, by the kind of things and the role that lists them."""
    wanted: dict[tuple[str, Role], list[Intent]] = {}
    for entry in entries:
        intent = entry.intent
        kind, role = cloud.profile.kind(intent.kind), _role(intent)
        if not entry.ids and not entry.settled:
            if kind.goes_with:
                journal.refused(intent)  # it would be a part of a thing of the run, which is removed
            else:
                wanted.setdefault((intent.kind, role), []).append(intent)
        for left in kind.leaves if entry.ids else ():
            # An administrator of another project may have made things from it in that project.
            for each in dict.fromkeys((role, *sorted(cloud.roles - {Role.READER, Role.VISITOR}))):
                wanted.setdefault((left, each), []).append(intent)
    return wanted


def _role(intent: Intent) -> Role:
    return Role(intent.role) if intent.role in set(Role) else Role.MEMBER


def _named_by(name: str, intended: str, journal: Journal) -> bool:
    """Whether a name is the intended one or begins with it. A name without the prefix of the run proves nothing."""
    if not any(intended.startswith(prefix) for prefix in journal.prefixes):
        return False
    return name == intended or name.startswith(f"{intended}-")


def _listing(cloud: Cloud, journal: Journal, kind: Kind, role: Role) -> tuple[list[tuple[str, str]], str | None]:
    """The ids and names of all things of a kind, and the reason why they could not be listed."""
    how = kind.listing
    if not how.key:
        return [], f"it is not known how to look for a {kind.name}"
    records, ended = listed(cloud, kind, role, prefix=cloud.prefix)
    if kind.name_field:
        found = [(str(one[kind.id_field]), str(one.get(kind.name_field) or "")) for one in records]
        return found, said(f"GET {kind.collection}", ended) if ended else None
    if ended:
        return [], said(f"GET {kind.collection}", ended)
    # If all listed things are known to the run or in use by others, none is left behind.
    free = [
        str(one.get((*kind.alias_fields, kind.id_field)[0]))
        for one in records
        if not one.get(how.user_field) and not journal.owns(str(one[kind.id_field]), kind.collection)
    ]
    why = f"{kind.many()} cannot be found by a name; check whether the run has left one of {', '.join(free)}"
    return [], why if free else None
