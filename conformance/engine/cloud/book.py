"""The sum of the lines of a run's journals: the things that were asked for, made, refused, removed and owed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from conformance.engine.cloud.carried import Carried
from conformance.engine.cloud.shared import Debt


@dataclass(frozen=True)
class Intent:
    """The intention to make a resource, already on disk.

    Attributes:
        key: its name within the journals of the run.
        kind: the kind of the resource, by the description of the service.
        name: a unique name, by which the resource can be found even without a response.
        role: the role that makes it, and whose project it is in.
        service: the type of the service that makes it; None in a run of one service.
    """

    key: str
    kind: str
    name: str
    role: str = "member"
    service: str | None = None


@dataclass(frozen=True)
class Before:
    """The things of a kind that were there before one was asked for.

    Attributes:
        ids: their ids.
        at: the time of that look, in seconds since 1970.
    """

    ids: frozenset[str]
    at: float


@dataclass(frozen=True)
class Entry:
    """The state of one intent in the journal.

    Attributes:
        ids: the ids of the resources that were made: usually one; none without a response.
        paths: for each id, the path that deletes it.
        gone: the ids that were deleted.
        refused: True if the cloud refused to make it.
        before: the things that were there before; None where nobody has looked.
    """

    intent: Intent
    ids: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    gone: frozenset[str] = frozenset()
    refused: bool = False
    before: Before | None = None

    @property
    def settled(self) -> bool:
        """True if nothing can be left: the cloud refused, or all resources are gone."""
        return all(id_ in self.gone for id_ in self.ids) if self.ids else self.refused

    @property
    def left(self) -> tuple[tuple[str, str], ...]:
        """The id and path of every resource that still exists."""
        return tuple((id_, path) for id_, path in zip(self.ids, self.paths, strict=True) if id_ not in self.gone)


@dataclass
class Book:
    """The sum of the lines of journals."""

    intents: dict[str, Intent] = field(default_factory=dict)
    made: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    before: dict[str, Before] = field(default_factory=dict)
    made_at: dict[str, float] = field(default_factory=dict)
    gone_at: dict[str, float] = field(default_factory=dict)
    owned: set[str] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)
    prefixes: list[str] = field(default_factory=list)
    debts: dict[str, Debt] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    paid: set[str] = field(default_factory=set)
    lists: dict[str | None, list[tuple[str, str, bool]]] = field(default_factory=dict)
    carried: dict[str | None, Carried] = field(default_factory=dict)

    def add(self, line: dict[str, Any]) -> None:
        """Add a line. Lines of several files may come in any order; one of an unknown kind counts for nothing."""
        if "service" in line and "key" in line:
            self.services[line["key"]] = line["service"]
        match line:
            case {"do": "run", "prefix": prefix}:
                if prefix not in self.prefixes:
                    self.prefixes.append(prefix)
            case {"do": "intend", "key": key, "kind": kind, "name": name}:
                self.intents[key] = Intent(key, kind, name, line.get("role", "member"), line.get("service"))
                self.made.setdefault(key, [])
            case {"do": "before", "key": key, "ids": [*ids]}:
                self.before[key] = Before(frozenset(map(str, ids)), line.get("at", 0.0))
            case {"do": "made", "key": key, "id": id_, "path": path}:
                self.made_at[id_] = max(line.get("at", 0.0), self.made_at.get(id_, 0.0))
                if (id_, path) not in self.made.setdefault(key, []):
                    self.made[key].append((id_, path))
                self.owned.update([id_, *line.get("alias", ())])
                self.paths.add(path)
            case {"do": "refused", "key": key}:
                self.refused.add(key)
            case {"do": "gone", "id": id_}:
                self.gone_at[id_] = max(line.get("at", 0.0), self.gone_at.get(id_, 0.0))
            case _:
                self._add_of_others(line)

    def _add_of_others(self, line: dict[str, Any]) -> None:
        """Add a line that is not about a thing of the run."""
        match line:
            case {"do": "lists", "lists": [*lists]}:
                self.lists[line.get("service")] = [(at, path, removable) for at, path, removable in lists]
            case {"do": "headers", "headers": [*headers]}:
                self.carried[line.get("service")] = Carried.read(headers)
            case {"do": "owe", "key": key} if (debt := Debt.read(line)) is not None:
                self.debts[key] = debt
            case {"do": "paid", "key": key}:
                self.paid.add(key)

    def unpaid(self, service: str | None = None) -> tuple[Debt, ...]:
        """The debts of a service that are still to be paid, the latest first; those of all for None."""
        debts = reversed(self.debts.items())
        return tuple(debt for key, debt in debts if key not in self.paid and self._is_of(service, key))

    def entries(self, service: str | None = None) -> tuple[Entry, ...]:
        """The entries of a service, in the order of their intents; those of all for None."""
        return tuple(self.entry(key) for key in self.intents if self._is_of(service, key))

    def _is_of(self, service: str | None, key: str) -> bool:
        """Whether a line belongs to a service; a line that names none belongs to every one, and every line to None."""
        return service is None or self.services.get(key, service) == service

    def entry(self, key: str) -> Entry:
        """The state of one intent. Raises KeyError: there is none with the key."""
        made = self.made.get(key, [])
        ids = tuple(id_ for id_, _ in made)
        return Entry(
            self.intents[key],
            ids,
            tuple(path for _, path in made),
            frozenset(id_ for id_ in ids if self._is_gone(id_)),
            key in self.refused,
            self.before.get(key),
        )

    def _is_gone(self, id_: str) -> bool:
        # By the clock: files come in any order, and an id can be made again (where it is the name).
        return self.gone_at.get(id_, -1.0) >= self.made_at.get(id_, 0.0)
