"""Finds the things of the cloud that trials need: the smallest that fit, unless the user names one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal

from conformance.engine.cloud.candidates import Attribute, Candidates, Fit, Limit, Lookup
from conformance.engine.cloud.fields import value
from conformance.engine.cloud.roles import Role

if TYPE_CHECKING:
    from conformance.engine.cloud.client import Cloud
    from conformance.engine.cloud.exchange import Answer

WIDTH = 8
"""The number of candidates of one name that are combined with those of other names; the first ones count."""

LACKING = "this cloud lacks an optional part: "
"""The beginning of the reason of a case about a part that a cloud lacks."""

OTHER = "other-"
"""The prefix of the name by which the user names the second thing of a kind."""


@dataclass(frozen=True)
class Missing:
    """A thing that the cloud does not have, with the reason. It is false as a condition."""

    reason: str

    def __bool__(self) -> Literal[False]:
        return False


@dataclass(frozen=True)
class Candidate:
    """A thing that the cloud has, with its id, its name and its attributes."""

    id: str
    name: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def value(self, attribute: str) -> Any:
        """An attribute; ``id`` and ``name`` are attributes, too. Raises KeyError: the description does not know it."""
        return {"id": self.id, "name": self.name, **self.values}[attribute]

    def key(self, attributes: tuple[str, ...]) -> tuple[Any, ...]:
        """Some attributes, for a comparison with those of another thing."""
        return tuple(self.value(attribute) for attribute in attributes)


class Discovery:
    """Looks each thing up once, when it is first needed. Safe to use from many threads.

    Args:
        cloud: the client of the cloud.
        wishes: ids or names of things that the user wants to be used, by the names of discovery; ``other-`` before a
            name stands for the second thing.
    """

    def __init__(self, cloud: Cloud, wishes: Mapping[str, str] | None = None) -> None:
        self._cloud = cloud
        self._wishes = dict(wishes or {})
        self._lock = RLock()
        self._found: dict[tuple[str, str], Any] = {}

    def knows(self, name: str) -> bool:
        """Whether the description of the service says how to find things of a name."""
        return name in self._cloud.profile.discovery

    def every(self, name: str) -> tuple[Candidate, ...] | Missing:
        """All things of a name that fit, the smallest first."""
        found: tuple[Candidate, ...] | Missing = self._once("every", name)
        return found

    def found(self, name: str) -> Candidate | Missing:
        """The thing of a name that is used: the smallest that fits, or the one that the user named."""
        found: Candidate | Missing = self._once("first", name)
        return found

    def other(self, name: str) -> Candidate | Missing:
        """A second thing of a name, which can replace the first."""
        found: Candidate | Missing = self._once("other", name)
        return found

    def named(self, name: str) -> bool:
        """Whether the user has named the thing that is used."""
        return name in self._wishes

    def combinations(self, names: Iterable[str]) -> list[dict[str, Candidate]] | Missing:
        """The combinations of one thing of each name that can be used together, the best first.

        A thing that the user named is in every combination. Missing, with a reason, if a name has no thing at all.
        """
        rules = self._cloud.profile.discovery
        found: list[tuple[int, dict[str, Candidate]]] = [(0, {})]
        # A name comes after the names whose things it must fit.
        for name in sorted(names, key=lambda one: (bool(rules[one].fits), one)):
            longer, missing = [], None
            for cost, taken in found:
                ranked = self._ranked(name, rules[name], {**self._taken(rules[name]), **taken})
                if isinstance(ranked, Missing):
                    missing = missing or ranked
                    continue
                longer += [(cost + place, {**taken, name: one}) for place, one in enumerate(ranked[:WIDTH])]
            if missing is not None and not longer:
                return missing
            found = longer
        return [taken for _, taken in sorted(found, key=lambda one: one[0])]

    def take(self, chosen: Mapping[str, Candidate]) -> None:
        """Use these things, by name, from now on."""
        with self._lock:
            self._found = {key: one for key, one in self._found.items() if key[0] == "every"}
            self._found.update({("first", name): one for name, one in chosen.items()})

    def room(self) -> int | None:
        """The number of further things like the smallest that the limits allow; None if it is unlimited or unknown."""
        return self.rooms()[0]

    def rooms(self) -> tuple[int | None, Mapping[str, int]]:
        """The same, and the number of further things of other collections, by the last part of their paths.

        The limits are requested each time. The description says how much of a limit one thing takes. Collections that
        the cloud does not limit, or whose limits it does not show, are left out.
        """
        where = self._cloud.profile.room
        if where is None or not (where.limits or where.others):
            return None, {}
        answer = self._cloud.get(where.path.replace("{project_id}", self._cloud.project_of(Role.MEMBER) or ""))
        shown = value(answer.json, where.field, {}) if answer.ok else {}
        return self._room(where.limits, shown), dict(_rooms(where.others, shown))

    def _room(self, limits: Iterable[Limit], shown: Any) -> int | None:
        rooms = []
        for one in limits:
            limit, each = value(shown, one.limit, None), 1
            if one.kind:
                taken = self.found(one.kind)
                each = taken.value(one.attribute) if isinstance(taken, Candidate) else 1
            if isinstance(limit, int) and limit >= 0 and each:
                rooms.append(max(0, limit - int(value(shown, one.used, 0))) // each)
        return min(rooms, default=None)

    def _once(self, which: Literal["every", "first", "other"], name: str) -> Any:
        rules = self._cloud.profile.discovery.get(name)
        if rules is None:
            return Missing(f"it is not known how to look for a {name}")
        find = {"every": self._every, "first": self._first, "other": self._other}[which]
        with self._lock:
            if rules.role is not None:
                return find(name, rules)
            if (which, name) not in self._found:
                self._found[which, name] = find(name, rules)
            return self._found[which, name]

    def _every(self, name: str, rules: Candidates) -> tuple[Candidate, ...] | Missing:
        if rules.role is not None and rules.role not in self._cloud.roles:
            return Missing(f"{rules.why_role}, and no such role was given")
        listed, trouble = False, "nothing lists them"
        for lookup in rules.lists:
            records, said = self._listed(lookup, rules.role or Role.MEMBER)
            if records is None:
                trouble = said or trouble
                continue
            listed = True
            found = [_candidate(one, rules) for one in records if all(c.holds(one) for c in lookup.where)]
            if found:
                return tuple(sorted(found, key=lambda one: one.key(rules.order)))
        many = self._cloud.profile.kind(name).many()
        lacks = f"{LACKING}{rules.empty}" if rules.optional_part else rules.empty
        return Missing(lacks if listed else f"{many} cannot be listed: {trouble}")

    def _listed(self, lookup: Lookup, role: Role) -> tuple[list[dict[str, Any]] | None, str]:
        """The records of a list; None and the answer if it was refused; no record if the cloud has no such service."""
        cloud, path = self._cloud, lookup.path
        if lookup.service:
            service = cloud.service(lookup.service)
            if service is None:
                return None, ""
            cloud = service
            last = service.url.rstrip("/").rpartition("/")[2]
            # A catalogue may name the root of the service, or that of one of its versions.
            path = path if last.startswith(lookup.root) and lookup.root else f"/{lookup.root}{path}"
        version = None
        if lookup.microversion is not None and cloud.microversions.max is not None:
            version = str(lookup.microversion) if cloud.microversions.max >= lookup.microversion else None
        answer = cloud.get(path, role=role, microversion=version, query=lookup.query)
        records = _list(answer, lookup.key)
        said = " and no list that can be read" if answer.ok else ""
        return records, "" if records is not None else answer.error or f"GET {path} gave {answer.status}{said}"

    def _first(self, name: str, rules: Candidates) -> Candidate | Missing:
        ranked = self._ranked(name, rules, self._taken(rules))
        return ranked if isinstance(ranked, Missing) else ranked[0]

    def _taken(self, rules: Candidates) -> dict[str, Candidate]:
        """The things in use that a candidate must fit."""
        found = {other: self.found(other) for other in rules.fits}
        return {other: one for other, one in found.items() if isinstance(one, Candidate)}

    def _ranked(self, name: str, rules: Candidates, taken: Mapping[str, Candidate]) -> tuple[Candidate, ...] | Missing:
        """The candidates that fit the things in use, the best first; only the user's if there is one."""
        found = self.every(name)
        wish = self._wishes.get(name)
        if wish is not None:
            wished = _wished(found, wish, name, rules)
            return wished if isinstance(wished, Missing) else (wished,)
        if isinstance(found, Missing):
            return found
        for other, fits in rules.fits.items():
            if other in taken:
                found = tuple(one for one in found if _fit(one, taken[other], fits))
                if not found:
                    return Missing(rules.unfit.replace("{name}", taken[other].name))
        return tuple(sorted(found, key=lambda one: one.key(rules.prefers))) if rules.prefers else found

    def _other(self, name: str, rules: Candidates) -> Candidate | Missing:
        found, wish, other = self.every(name), self._wishes.get(OTHER + name), rules.other
        if wish is not None:
            return _wished(found, wish, name, rules)
        first = self.found(name)
        if isinstance(found, Missing):
            return found
        if other is None:
            return Missing(f"it is not known which other {name} will do")
        if isinstance(first, Missing):
            return first
        rest = [one for one in found if one.id != first.id and _may_follow(one, first, rules)]
        for beside_name, fits in other.fits.items():
            beside = self.found(beside_name)
            rest = [one for one in rest if not isinstance(beside, Candidate) or _fit(beside, one, fits)]
        larger = [one for one in rest if one.key(other.larger_by) > first.key(other.larger_by)] or rest
        if not larger:
            return Missing(other.missing.replace("{first}", first.name))
        return min(larger, key=lambda one: one.key(other.prefers)) if other.prefers else larger[0]


def _may_follow(one: Candidate, first: Candidate, rules: Candidates) -> bool:
    """Whether a thing can replace the first one, by its own attributes."""
    other = rules.other
    if other is None:
        return False
    if other.differs_in and one.key(other.differs_in) == first.key(other.differs_in):
        return False
    return all(one.value(attribute) >= first.value(attribute) for attribute in other.at_least)


def _fit(one: Candidate, beside: Candidate, fits: tuple[Fit, ...]) -> bool:
    return all(
        one.value(fit.attribute) >= beside.value(fit.least) or (fit.zero_fits and one.value(fit.attribute) == 0)
        for fit in fits
    )


def _wished(found: tuple[Candidate, ...] | Missing, wish: str, name: str, rules: Candidates) -> Candidate | Missing:
    """The thing that the user names."""
    for one in found or ():
        if wish in (one.id, one.name):
            return one
    if rules.unlisted:
        return Candidate(wish, wish)
    if isinstance(found, Missing):
        return found
    return Missing(f"the cloud does not show the {name} {wish!r} that was given")


def _list(answer: Answer, key: str) -> list[dict[str, Any]] | None:
    if not answer.ok or not isinstance(answer.json, dict) or not isinstance(answer.json.get(key), list):
        return None
    return [one for one in answer.json[key] if isinstance(one, dict)]


def _candidate(record: dict[str, Any], rules: Candidates) -> Candidate:
    id_ = str(_attribute(record, rules.id))
    name = str(_attribute(record, rules.name) or id_)
    return Candidate(id_, name, {called: _attribute(record, rule) for called, rule in rules.attributes.items()})


def _attribute(record: dict[str, Any], rule: Attribute) -> Any:
    if rule.test is not None:
        return rule.test.holds(record)
    if rule.members:
        held = next((one for name in rule.fields if isinstance(one := value(record, name), dict)), record)
        return sum(any(fnmatchcase(name, pattern) for pattern in rule.members) for name in held)
    found = next(filter(None, (value(record, name, None) for name in rule.fields)), "")
    if not rule.number:
        return found
    number = int(found or 0) * rule.times
    return number if rule.at_least is None else max(rule.at_least, number)


def _rooms(limits: Mapping[str, Limit], shown: Any) -> Iterator[tuple[str, int]]:
    """Yield the collections that limits are about, each with the room for further things."""
    for things, one in limits.items():
        limit, used = value(shown, one.limit, None), value(shown, one.used, 0)
        if isinstance(limit, int) and isinstance(used, int) and limit >= 0:
            yield things, max(0, limit - used)
