"""Reads the tables of ``conformance/data`` into what the engine knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from conformance.engine.api.entries import (
    Actions,
    BindingRule,
    Byproduct,
    EffectRule,
    Environment,
    Fault,
    ListRule,
    Naming,
    Refusal,
    Showing,
    Stock,
    Transition,
    ValueRule,
)
from conformance.engine.api.service import ServiceDescription
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.model.binding import Binding, Step
from specs.microversion import Microversion


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
    return Step(entry["step"], _value(entry.get("with", {})), entry.get("shown_by", ""), entry.get("seen_by", ""))


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


def _showing(entry: Mapping[str, Any]) -> Showing:
    return Showing(
        entry["operation"],
        entry["fields"],
        tuple(entry.get("having", ())),
        tuple(map(_step, entry.get("steps", ()))),
        tuple(entry.get("query", {}).items()),
        bool(entry.get("server")),
    )


def _effect(entry: Mapping[str, Any]) -> EffectRule:
    return EffectRule(
        entry["resource"],
        tuple(entry["effects"]),
        entry["list"],
        tuple(entry["of"].split(".")),
        tuple((name, _value(value)) for name, value in entry.get("query", {}).items()),
        entry.get("until"),
    )


def _value_rule(entry: Mapping[str, Any]) -> ValueRule:
    return ValueRule(
        entry["operation"],
        entry["parameter"],
        str(entry.get("value", "*")),
        _value(entry.get("with", {})),
        bool(entry.get("sandbox")),
        entry.get("reason"),
        entry.get("why", ""),
    )


def _stock(name: str, entry: Mapping[str, Any]) -> Stock:
    fields = tuple(
        (f["name"], f.get("from"), tuple(_binding(v) if isinstance(v, dict) else v for v in f["values"]))
        for f in entry.get("fields", ())
    )
    shown_in, statuses = tuple(entry["shown_in"]), tuple(entry.get("statuses", ()))
    apart = _value(entry.get("apart", {}))
    return Stock(name, entry.get("factory"), shown_in, entry.get("isolated_by"), fields, statuses, apart)


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
def load_service(service: str = SHIPPED) -> ServiceDescription:
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
    return ServiceDescription(
        resource=read.get("resource", ""),
        identifier=read.get("identifier", ""),
        initial=read.get("initial", ""),
        stable=tuple(lists["stable"]),
        accepts={k: tuple(v) for k, v in maps["accepts"].items()},
        transitions=transitions,
        lock=maps["lock"].get("set", ""),
        unlock=maps["lock"].get("unset", ""),
        shown_by=maps["lock"].get("shown_by", ""),
        actions=_actions(maps["actions"]),
        task=read.get("task", ""),
        final=tuple(lists["final"]),
        rules=tuple(BindingRule(b["operation"], b["parameter"], _binding(b)) for b in lists["bindings"]),
        attach={k: (v["operation"], v["parameter"]) for k, v in maps["attach"].items()},
        refusals=tuple(map(_refusal, lists["refusals"])),
        placeholders={name: _value(value) for name, value in maps["placeholders"].items()},
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
        quotas={resource: _step(step) for resource, step in maps["quotas"].items()},
        alone=tuple(lists["alone"]),
        met=tuple(lists["met"]),
        per_user=tuple(lists["per_user"]),
        named_by={
            n["placeholder"]: Naming(
                tuple(map(_step, n["steps"])),
                tuple(n["field"].split(".")) if "field" in n else None,
                n.get("pattern", "(.+)"),
                n.get("since"),
                tuple(n.get("within", ())),
                tuple(map(_step, n.get("ends", ()))),
            )
            for n in lists["named_by"]
        },
        showings=tuple(map(_showing, lists["shows"])),
        values=tuple(map(_value_rule, lists["values"])),
        by_choice=tuple(lists["by_choice"]),
        sandbox_only=tuple(lists["sandbox_only"]),
        companions=tuple((c["operation"], c["parameter"], n) for c in lists["companions"] for n in c["needs"]),
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
        made_with_server=tuple((m["field"], m["resource"]) for m in lists["made_with_server"]),
        first=Microversion.parse(read.get("first", "1.0")),
        fault=_fault(maps["fault"]),
        rooted=bool(read.get("rooted")),
        owned=bool(read.get("owned")),
        unknown_at=read.get("unknown_at"),
        producers=dict(maps["producers"]),
        effects=tuple(map(_effect, lists["effects"])),
        environments={
            name: Environment(tuple(e["written"]), e["made_with"], e["shown"])
            for name, e in maps["environments"].items()
        },
        byproducts=tuple(
            Byproduct(o["resource"], o["kind"], o["of"], o["attached"], tuple(o["having"])) for o in lists["offshoots"]
        ),
        keys=tuple((k["operation"], k["place"], _value(k["key"])) for k in lists["keys"]),
    )


def _actions(entry: Mapping[str, Any]) -> Actions:
    names = {"list": "listed", "show": "shown"}
    return Actions(**{names.get(key, key): value for key, value in entry.items()})


def _fault(entry: Mapping[str, Any]) -> Fault:
    if not entry:
        return Fault()
    return Fault(entry.get("listed"), entry["code"], tuple(entry["fields"]))
