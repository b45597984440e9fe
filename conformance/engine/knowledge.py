"""The tables of ``conformance/data``: bindings, and what the reference leaves unsaid about statuses.

They are data so that the generator names no operation; every entry that a run uses is noted in its record. Each service
has its own (``TABLES``); one without a table is tried by its reference alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

from conformance.engine.case import Binding, Trial
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.entries import BindingRule, Fault, ListRule, Naming, Record, Refusal, Step, Stock, Transition
from specs.microversion import Microversion
from specs.model import Operation

FIRST = Microversion(1, 0)
"""The lowest microversion of an endpoint, where no table says another."""


@dataclass(frozen=True)
class Knowledge:
    """Both tables.

    Attributes:
        resource, identifier: the resource that has statuses, and the path parameter that names one.
        initial: its status after creation; stable: statuses it keeps until somebody acts.
        accepts: operation id -> statuses in which it is tried where the reference names none.
        lock, unlock: operations by which the owner locks and unlocks; shown_by: the field that shows it.
        final: operations after which the resource is of no use.
        placeholders, makes, queries: what stands for a placeholder, which collections have a factory, and which query
            a list needs.
        elements, acting_reads, unsuited: which elements of a collection will do, operations with GET that act, and
            operations that need what cannot be made.
        includes: operation and optional field that its request is of no use without.
        made_with: operation, collection, and fields with which an element of the collection is made for it.
        before, after: steps that an accepted request of an operation needs, and that take its effects back.
        unlike: steps before a request that is to be refused, so that what is there differs from what it would become.
        back: steps that take back what those before a refused request have changed, beside the steps after it.
        record: where what was asked of the resource is written down.
        alone: operations that change what all others share.
        met: operations whose environment, which the API cannot show, is that of what this suite makes.
        named_by: placeholders whose values another request's answer names.
        companions: operation, field, and another field without which it is refused.
        sandbox_only: operations that need what another service brings about, which the sandbox's stand-ins do.
        per_user: collections whose elements belong to a user, not to a project, so that no role is below their owner's.
        attach: resource -> (operation, parameter) that attaches it to the server.
        listed, list_rules, list_names: how elements are made to be listed, what a parameter of a list needs to count,
            and which field names an element where the reference has no path to one.
        first: the lowest microversion of an endpoint, where an operation names none.
        fault: the form of an error's body.
        rooted: whether the root of the endpoint is an operation of the API itself.
        owned: whether what a path names is always made: what the cloud shows belongs to others, who change it.
        unknown_at: where a random id is asked for, so that it is known to name nothing.
        producers: collection -> operation that makes its elements, where the reference lists no code that says so.
        keys: operation, place of an object in its request (``{}`` for such a key above it), and what names its members.
    """

    resource: str = ""
    identifier: str = ""
    initial: str = ""
    stable: tuple[str, ...] = ()
    accepts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    transitions: tuple[Transition, ...] = ()
    lock: str = ""
    unlock: str = ""
    shown_by: str = ""
    final: tuple[str, ...] = ()
    rules: tuple[BindingRule, ...] = ()
    attach: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()
    creates: tuple[tuple[str, str, str], ...] = ()
    placeholders: Mapping[str, str] = field(default_factory=dict)
    makes: Mapping[str, str] = field(default_factory=dict)
    queries: tuple[tuple[str, str, Binding], ...] = ()
    elements: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    acting_reads: tuple[str, ...] = ()
    unsuited: Mapping[str, str] = field(default_factory=dict)
    includes: tuple[tuple[str, str], ...] = ()
    made_with: tuple[tuple[str, str, Mapping[str, Any]], ...] = ()
    before: tuple[tuple[str, Step], ...] = ()
    after: tuple[tuple[str, Step], ...] = ()
    unlike: tuple[tuple[str, Step], ...] = ()
    back: tuple[tuple[str, Step], ...] = ()
    record: Record | None = None
    alone: tuple[str, ...] = ()
    met: tuple[str, ...] = ()
    per_user: tuple[str, ...] = ()
    named_by: Mapping[str, Naming] = field(default_factory=dict)
    companions: tuple[tuple[str, str, str], ...] = ()
    sandbox_only: tuple[str, ...] = ()
    listed: tuple[Stock, ...] = ()
    list_rules: tuple[ListRule, ...] = ()
    list_names: Mapping[str, str | None] = field(default_factory=dict)
    first: Microversion = FIRST
    fault: Fault = field(default_factory=Fault)
    rooted: bool = False
    owned: bool = False
    unknown_at: str | None = None
    producers: Mapping[str, str] = field(default_factory=dict)
    keys: tuple[tuple[str, str, Any], ...] = ()

    def key(self, operation: Operation, place: str) -> Any:
        """What names the members of an object in a request, which the client chooses; ABSENT where fields do."""
        for pattern, of, key in self.keys:
            if of == place and fnmatchcase(operation.id, pattern):
                return key
        return ABSENT

    def included(self, operation: Operation) -> tuple[str, ...]:
        """Optional fields without which the operation's request is of no use."""
        return tuple(name for pattern, name in self.includes if fnmatchcase(operation.id, pattern))

    def only_in_sandbox(self, operation: Operation) -> bool:
        """Whether what the operation needs can be brought about in the sandbox alone."""
        return any(fnmatchcase(operation.id, pattern) for pattern in self.sandbox_only)

    def with_companions(self, operation: Operation, names: Iterable[str]) -> list[str]:
        """Fields that some fields of a request need beside them; the names of the table are shell patterns."""
        given = set(names)
        return [
            needed
            for pattern, name, needed in self.companions
            if needed not in given
            and fnmatchcase(operation.id, pattern)
            and any(fnmatchcase(one, name) for one in given - {needed})
        ]

    def query(self, operation: Operation) -> tuple[tuple[str, Any], ...]:
        """The query that an operation needs, as names and values or Bindings."""
        return tuple((name, value) for pattern, name, value in self.queries if fnmatchcase(operation.id, pattern))

    def list_rule(self, operation: Operation, parameter: str, version: Microversion) -> ListRule | None:
        """What a parameter of a list needs to count at a version, None where it needs nothing."""
        for rule in self.list_rules:
            if rule.until is not None and version > Microversion.parse(rule.until):
                continue
            if fnmatchcase(operation.id, rule.operation) and any(fnmatchcase(parameter, p) for p in rule.parameters):
                return rule
        return None

    def stock(self, array: str) -> Stock | None:
        """How elements of the list of a key are made, None where the table does not say."""
        return next((stock for stock in self.listed if array in stock.shown_in), None)

    def created_by(self, operation: Operation) -> tuple[str, str] | None:
        """What an action makes beside its answer: the kind of resource, and the request field that names it."""
        for pattern, resource, named_by in self.creates:
            if fnmatchcase(operation.id, pattern):
                return resource, named_by
        return None

    def fields_for(self, operation: Operation, collection: str) -> Mapping[str, Any]:
        """The fields with which an element of a collection is made for an operation."""
        for pattern, of, fields in self.made_with:
            if of == collection and fnmatchcase(operation.id, pattern):
                return fields
        return {}

    def elements_for(self, operation: Operation, collection: str) -> Mapping[str, Any]:
        """What an element of a collection must show to stand in a path of the operation."""
        for entry, wanted in self.elements.items():
            pattern, _, of = entry.rpartition(" ")
            if of == collection and fnmatchcase(operation.id, pattern or "*"):
                return wanted
        return {}

    def steps(self, operation: Operation, which: Literal["before", "after", "unlike", "back"]) -> list[Step]:
        """What goes before or after a request of an operation, by one of the tables."""
        table = {"before": self.before, "after": self.after, "unlike": self.unlike, "back": self.back}[which]
        return [step for pattern, step in table if fnmatchcase(operation.id, pattern)]

    def before_refusal(self, trial: Trial) -> list[Step]:
        """What goes before a request that is to be refused, so that it shows where it is done all the same.

        What is refused only for who asks needs all that it would need to be accepted.
        """
        if trial.accepted is True or trial.situation.target != "own":
            return []
        needed = self.steps(trial.operation, "before") if trial.barred and trial.accepted is False else []
        return [*needed, *self.steps(trial.operation, "unlike")]

    def is_alone(self, operation: Operation) -> bool:
        """Whether the operation changes what all others share."""
        return any(fnmatchcase(operation.id, pattern) for pattern in self.alone)

    def binding(self, operation: Operation, parameter: str) -> tuple[bool, Any]:
        """Whether the table binds a parameter, and its Binding or constant."""
        for rule in self.rules:
            if fnmatchcase(operation.id, rule.operation) and fnmatchcase(parameter, rule.parameter):
                return True, rule.value
        return False, None


def _binding(entry: Mapping[str, Any]) -> Any:
    return _value(entry if "resource" in entry else entry["value"])


def _value(given: Any) -> Any:
    """A value of a table: an object with a ``resource`` is a Binding, at any depth."""
    if isinstance(given, list):
        return [_value(inner) for inner in given]
    if not isinstance(given, Mapping):
        return ABSENT if given == "<left out>" else given
    if "resource" in given:
        return Binding(
            given["resource"], given.get("attribute", "id"), given.get("relation", "any"), given.get("plain")
        )
    return {_key(key): _value(inner) for key, inner in given.items()}


def _key(key: str) -> Any:
    """A key of a table: ``</things>`` is the name of an element of the collection."""
    return Binding(key[1:-1]) if key.startswith("</") and key.endswith(">") else key


def _step(entry: Mapping[str, Any]) -> Step:
    return Step(entry["step"], _value(entry.get("with", {})))


def _steps(entries: list[Mapping[str, Any]]) -> tuple[tuple[str, Step], ...]:
    return tuple((e["operation"], _step(e)) for e in entries)


def _refusal(entry: Mapping[str, Any]) -> Refusal:
    return Refusal(
        entry["operation"],
        entry["code"],
        entry["name"],
        entry.get("parameter"),
        _binding(entry) if "parameter" in entry else None,
        entry.get("role"),
        tuple(_step(step) for step in entry.get("steps", ())),
    )


def _stock(name: str, entry: Mapping[str, Any]) -> Stock:
    fields = tuple(
        (f["name"], f.get("from"), tuple(_binding(v) if isinstance(v, dict) else v for v in f["values"]))
        for f in entry.get("fields", ())
    )
    shown_in, statuses = tuple(entry["shown_in"]), tuple(entry.get("statuses", ()))
    return Stock(name, entry.get("factory"), shown_in, entry.get("isolated_by"), fields, statuses)


TABLES: Mapping[str, tuple[str, ...]] = {"compute": ("states.yaml", "bindings.yaml"), "placement": ("placement.yaml",)}
"""The tables of each service."""

SHIPPED = "compute"
"""The service whose tables are meant where none is named."""


def _table(name: str) -> dict[str, Any]:
    text = resources.files("conformance.data").joinpath(name).read_text("utf-8")
    table = yaml.safe_load(text)
    if table.get("format") != 1:
        raise ValueError(f"conformance/data/{name}: format {table.get('format')!r} is not 1")
    return dict(table)


@cache
def load_knowledge(service: str = SHIPPED) -> Knowledge:
    """Read the tables of a service that are shipped; one that has none knows nothing beyond its reference."""
    read: dict[str, Any] = {}
    for name in TABLES.get(service, ()):
        read |= _table(name)
    lists: dict[str, list[Any]] = defaultdict(list, {k: v for k, v in read.items() if isinstance(v, list)})
    maps: dict[str, dict[str, Any]] = defaultdict(dict, {k: v for k, v in read.items() if isinstance(v, dict)})
    transitions = tuple(
        Transition(t["operation"], source, t["to"], t.get("role", "member"), tuple(t.get("request", {}).items()))
        for t in lists["transitions"]
        for source in t["from"]
    )
    return Knowledge(
        resource=read.get("resource", ""),
        identifier=read.get("identifier", ""),
        initial=read.get("initial", ""),
        stable=tuple(lists["stable"]),
        accepts={k: tuple(v) for k, v in maps["accepts"].items()},
        transitions=transitions,
        lock=maps["lock"].get("set", ""),
        unlock=maps["lock"].get("unset", ""),
        shown_by=maps["lock"].get("shown_by", ""),
        final=tuple(lists["final"]),
        rules=tuple(BindingRule(b["operation"], b["parameter"], _binding(b)) for b in lists["bindings"]),
        attach={k: (v["operation"], v["parameter"]) for k, v in maps["attach"].items()},
        refusals=tuple(map(_refusal, lists["refusals"])),
        placeholders=dict(maps["placeholders"]),
        makes=dict(maps["makes"]),
        elements=dict(maps["elements"]),
        acting_reads=tuple(lists["acting_reads"]),
        unsuited=dict(maps["unsuited"]),
        includes=tuple((i["operation"], i["parameter"]) for i in lists["includes"]),
        made_with=tuple((m["operation"], m["collection"], _value(m["fields"])) for m in lists["made_with"]),
        before=_steps(lists["before"]),
        after=_steps(lists["after"]),
        unlike=_steps(lists["unlike"]),
        back=_steps(lists["back"]),
        record=Record(**maps["record"]) if maps["record"] else None,
        alone=tuple(lists["alone"]),
        met=tuple(lists["met"]),
        per_user=tuple(lists["per_user"]),
        named_by={
            n["placeholder"]: Naming(
                tuple(map(_step, n["steps"])),
                tuple(n["field"].split(".")) if "field" in n else None,
                n.get("pattern", "(.+)"),
                n.get("since"),
            )
            for n in lists["named_by"]
        },
        sandbox_only=tuple(lists["sandbox_only"]),
        companions=tuple((c["operation"], c["parameter"], c["needs"]) for c in lists["companions"]),
        queries=tuple((q["operation"], q["parameter"], _binding(q)) for q in lists["queries"]),
        listed=tuple(_stock(name, entry) for name, entry in maps["listed"].items()),
        list_rules=tuple(
            ListRule(
                r["operation"], tuple(r["parameters"]), r.get("role"), tuple(r.get("also", {}).items()), r.get("until")
            )
            for r in lists["list_rules"]
        ),
        list_names=dict(maps["list_names"]),
        creates=tuple((c["operation"], c["resource"], c["named_by"]) for c in lists["creates"]),
        first=Microversion.parse(read.get("first", "1.0")),
        fault=_fault(maps["fault"]),
        rooted=bool(read.get("rooted")),
        owned=bool(read.get("owned")),
        unknown_at=read.get("unknown_at"),
        producers=dict(maps["producers"]),
        keys=tuple((k["operation"], k["place"], _value(k["key"])) for k in lists["keys"]),
    )


def _fault(entry: Mapping[str, Any]) -> Fault:
    if not entry:
        return Fault()
    return Fault(entry.get("listed"), entry["code"], tuple(entry["fields"]))
