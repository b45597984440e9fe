"""Finds things by their unique names, after requests that were never answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from conformance.engine.cloud.exchange import said
from conformance.engine.cloud.guard import safe_in_path
from conformance.engine.cloud.journal import holds_above
from conformance.engine.cloud.listing import found_by_name, inferred, listed, name_of
from conformance.engine.cloud.names import is_of
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.things import Thing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.engine.cloud.book import Entry, Intent
    from conformance.engine.cloud.client import Cloud
    from conformance.engine.cloud.journal import Journal
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


def search(cloud: Cloud, journal: Journal, entries: Iterable[Entry], claimed: frozenset[str] = frozenset()) -> Found:
    """Look for all things that entries of a journal may have left: those with known ids, and those with known names.

    A thing is found by its name if its request was not answered, if one request made several things, or if another
    thing with the name has left it behind. Of the things without a name that may be the run's, those are taken whose
    ids (or addresses) the user has claimed for the run.
    """
    entries = tuple(entries)
    things = [Thing(entry.intent.kind, id_, path, _role(entry.intent)) for entry in entries for id_, path in entry.left]
    lost: list[str] = []
    wanted = _wanted(cloud, journal, entries)
    for (name, role), those in wanted.items():
        if role not in cloud.roles:
            asked = (one.intent for one in those if one.intent.kind == name)
            lost += [f"{one.kind} {one.name}: the role {role} is missing" for one in asked]
            continue
        kind = cloud.profile.kind(name)
        records, trouble = _records(cloud, journal, kind, role, those)
        for entry in those:
            intent = entry.intent
            named = [
                (str(one[kind.id_field]), called)
                for one in records
                if _named_by(called := name_of(one, kind), intent.name, journal)
            ]
            mine = [(id_, called) for id_, called in named if safe_in_path(id_)]
            if len(mine) < len(named):
                lost.append(f"{name} {intent.name}: it is shown with an id that no request can hold safely")
                continue
            for id_, called in mine:
                if not journal.owns(id_, kind.collection):
                    if intent.kind == name:
                        journal.made(intent, id_, kind.path_of(id_))
                    else:
                        journal.there(name, id_, kind.path_of(id_), name=called, role=role)
                    things.append(Thing(name, id_, kind.path_of(id_), role))
            if intent.kind != name or mine:
                continue
            unproved = _candidates(journal, kind, entry, records)
            ours = [one for one in unproved if claimed & {one.id, one.called}]
            for each in ours:
                journal.made(intent, each.id, kind.path_of(each.id))
                things.append(Thing(name, each.id, kind.path_of(each.id), role))
            if ours:
                continue
            doubt = trouble or _nameless(journal, kind, entry) or _doubt(kind, entry, unproved)
            if doubt:
                called = f"{name} {intent.name}".strip() if kind.name_field else name
                lost.append(f"{called}: {doubt}")
            else:
                journal.refused(intent)
    unreachable = [thing for thing in things if thing.role not in cloud.roles]
    lost += [f"{thing}: the role {thing.role} is missing" for thing in unreachable]
    return Found(tuple(thing for thing in things if thing not in unreachable), tuple(lost))


def _wanted(cloud: Cloud, journal: Journal, entries: Iterable[Entry]) -> dict[tuple[str, Role], list[Entry]]:
    """The entries whose names must be found, by the kind of things and the role that lists them."""
    wanted: dict[tuple[str, Role], list[Entry]] = {}
    for entry in entries:
        intent = entry.intent
        kind, role = cloud.profile.kind(intent.kind), _role(intent)
        if not entry.ids and not entry.settled:
            if kind.goes_with or (not kind.listing.key and holds_above(journal, kind.collection)):
                journal.refused(intent)  # it would be a part of a thing of the run, which is removed
            else:
                wanted.setdefault((intent.kind, role), []).append(entry)
        for left in kind.leaves if entry.ids else ():
            # An administrator of another project may have made things from it in that project.
            for each in dict.fromkeys((role, *sorted(cloud.roles - {Role.READER, Role.VISITOR}))):
                wanted.setdefault((left, each), []).append(entry)
    return wanted


def _role(intent: Intent) -> Role:
    return Role(intent.role) if intent.role in set(Role) else Role.MEMBER


def _named_by(name: str, intended: str, journal: Journal) -> bool:
    """Whether a name is the intended one or begins with it. A name without the prefix of the run proves nothing."""
    if not is_of(intended, journal.prefixes):
        return False
    return name == intended or name.startswith(f"{intended}-")


def _records(
    cloud: Cloud, journal: Journal, kind: Kind, role: Role, those: Iterable[Entry]
) -> tuple[list[dict[str, Any]], str | None]:
    """The things of a kind, or only those with names of the run; and the reason why they could not be listed."""
    if not kind.listing.key:
        records, why = inferred(cloud, kind, role)
        return records, _unlisted(journal, kind, why) if why else None
    by_name = all(found_by_name(kind, one.intent.name, journal.prefixes) for one in those)
    records, ended = listed(cloud, kind, role, prefix=cloud.prefix if by_name else "")
    return records, said(f"GET {kind.collection}", ended) if ended else None


def _nameless(journal: Journal, kind: Kind, entry: Entry) -> str | None:
    """The reason why a thing of a kind that no description lists cannot be found.

    None if its name finds it, or a comparison with the list just before it was asked for.
    """
    if kind.listing.key or entry.before is not None or found_by_name(kind, entry.intent.name, journal.prefixes):
        return None
    where = kind.collection or f"/{kind.name}"
    return _unlisted(journal, kind, f"this one was asked for at {where} without a name of the run")


def _unlisted(journal: Journal, kind: Kind, why: str) -> str:
    named = " or ".join(journal.prefixes)
    return f"no description lists {kind.many()}, and {why}: look yourself for names that begin with {named}"


@dataclass(frozen=True)
class _Candidate:
    """A thing that a run may have made, though nothing shows it.

    Attributes:
        called: its address or another field by which users know it; else its id.
    """

    id: str
    called: str


def _candidates(journal: Journal, kind: Kind, entry: Entry, records: Iterable[Mapping[str, Any]]) -> list[_Candidate]:
    """The things to which an intent without a findable name may have led.

    Such a thing is new since the intent, is not known to be of the run, is used by nobody, and has the requested name
    if the kind has names. Another user of the project may have made it, so the user has to decide.
    """
    intent, user, before = entry.intent, kind.listing.user_field, entry.before
    if found_by_name(kind, intent.name, journal.prefixes):
        return []
    found = []
    for one in records:
        id_ = str(one[kind.id_field])
        if (before and id_ in before.ids) or (user and one.get(user)) or journal.owns(id_, kind.collection):
            continue
        # Nobody knows which name a service gives to a thing that was asked for with a name of another type.
        named = kind.name_field and kind.listing.key
        if safe_in_path(id_) and (not named or name_of(one, kind) == intent.name):
            called = next((str(one[name]) for name in kind.alias_fields if one.get(name)), id_)
            found.append(_Candidate(id_, called))
    return found


def _doubt(kind: Kind, entry: Entry, candidates: list[_Candidate]) -> str | None:
    """A sentence about the things to which an intent without a findable name may have led; None if there are none."""
    if not candidates:
        return None
    shown = [one.called if one.called == one.id else f"{one.called} (id {one.id})" for one in candidates]
    many = len(shown) > 1
    who, it, is_ = (f"one of {', '.join(shown)}", "them", "they are") if many else (shown[0], "it", "it is")
    unused = f"{is_} used by nobody, and " if kind.listing.user_field else ""
    sentence = f"{who} may be the run's, but nothing shows who made {it}: {unused}"
    advice = "if nobody else in the project made it, remove it with"
    claim = f"`conformance cleanup RUN --claim {'ID' if many else candidates[0].called}`"
    if entry.before is None:
        return f"{sentence}no look tells since when {is_} there; {advice} {claim}"
    when = datetime.fromtimestamp(entry.before.at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    asked = "just before the run asked for one"
    which = "remove the one that nobody else in the project made with" if many else advice
    return f"{sentence}{is_} new since {when}, {asked}; {which} {claim}"
