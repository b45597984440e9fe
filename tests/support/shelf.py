"""A service in a function: a shelf of widgets, listed as its reference says, or with one promise broken."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

from widgets import KNOWLEDGE, TOP, action, case, ids, row, sample, suite

from conformance.engine.api.producers import Producers
from conformance.engine.cloud.exchange import Answer, Ask
from conformance.engine.cloud.roles import Role
from conformance.engine.execute.paging import Paging
from conformance.engine.model.evidence import Evidence
from conformance.engine.model.trial import Paged, Trial
from conformance.engine.provision.context import Notes, RunContext
from specs.model import Operation, Policy
from specs.record.model import Exchange, ReceivedResponse, SentRequest

ELEMENT = {
    "id": "w-1",
    "name": "first",
    "X:size": 3,
    "colour": {"id": "red"},
    "flag": True,
    "tags": ["old"],
    "addresses": {"net": [{"addr": "192.0.2.1", "version": 4}]},
}
ROWS = (
    *(row(name, "integer", location="query") for name in ("limit", "offset", "size", "min_size")),
    *(row(name, location="query") for name in ("marker", "name", "colour", "ip", "tags", "not-tags", "weight")),
    row("flag", "boolean", location="query"),
    row("changes-since", location="query", format="date-time"),
    row("changes-before", location="query", format="date-time"),
    row("made_at", location="query", format="date-time"),
    row("sort_key", location="query", enum=("display_name", "size", "weight")),
    row("sort_dir", location="query", enum=("asc", "desc"), default="asc"),
)
ANSWERS = (
    row("widgets", "array", required=True),
    row("id", required=True),
    row("name", required=True),
    row("X:size", "integer"),
    row("colour", "object"),
    row("flag", "boolean"),
    row("tags", "array"),
    row("addresses", "object"),
    row("made", "string"),
    row("widgets_links", "array"),
)
BODY = {
    "widgets": [{**ELEMENT, "made": "2020-01-01T00:00:00Z"}],
    "widgets_links": [{"rel": "next", "href": "http://x"}],
}


def operation(*rows: Any, answers: Any = ANSWERS, body: Any = BODY, path: str = "/widgets", **more: Any) -> Operation:
    """The operation that lists widgets; ``rows`` of its query, or all."""
    fields: dict[str, Any] = {
        "method": "GET",
        "path": path,
        "action": None,
        "normal": (200,),
        "error": (400,),
        "answers": answers,
        "answered": (sample(body),),
    }
    listed = action("list", **(fields | more))
    return replace(listed, request=replace(listed.request, parameters=rows or ROWS))


def widget(number: int, **more: Any) -> dict[str, Any]:
    """A widget that differs from others in everything."""
    return {
        "id": f"w-{number}",
        "name": f"widget-{chr(97 + number)}",
        "X:size": number,
        "colour": {"id": f"colour-{chr(97 + number)}"},
        "flag": number % 2 == 0,
        "tags": [f"tag-{chr(97 + number)}"],
        "addresses": {"net": [{"addr": f"192.0.2.{100 + number}", "version": 4}]},
    } | more


Query = dict[str, str]
Rule = Callable[[dict[str, Any], str], bool]

FILTERS: dict[str, Rule] = {
    "name": lambda w, v: v in w["name"],
    "size": lambda w, v: w["X:size"] == int(v),
    "min_size": lambda w, v: bool(w["X:size"] >= int(v)),
    "colour": lambda w, v: w["colour"]["id"] == v,
    "flag": lambda w, v: json.dumps(w["flag"]) == v,
    "tags": lambda w, v: v in w["tags"],
    "not-tags": lambda w, v: v not in w["tags"],
    "ip": lambda w, v: w["addresses"]["net"][0]["addr"] == v,
    "changes-since": lambda w, v: v < "2020",
    "changes-before": lambda w, v: v > "2020",
}


@dataclass
class Shelf:
    """The service. Each hook may break one thing; ``coming`` are other people's widgets, one more at each request."""

    widgets: list[dict[str, Any]]
    filters: dict[str, Rule] = field(default_factory=lambda: dict(FILTERS))
    ignores: tuple[str, ...] = ()
    order: Callable[[list[dict[str, Any]], Query], list[dict[str, Any]]] | None = None
    page: Callable[[list[dict[str, Any]], Query], list[dict[str, Any]]] | None = None
    link: Callable[[list[dict[str, Any]], Query], str | None] | None = None
    answer: Callable[[Query], int] = lambda _: 200
    coming: Iterator[dict[str, Any]] | None = None
    hides: tuple[str, ...] = ()
    asked: list[Query] = field(default_factory=list)

    def send(self, ask: Ask) -> Answer:
        query = dict(ask.query)
        self.asked.append(query)
        if self.coming is not None:
            self.widgets.insert(0, next(self.coming))
        code = self.answer(query)
        body = self.listed({k: v for k, v in query.items() if k not in self.ignores}) if code == 200 else {}
        sent = SentRequest("GET", f"http://shelf{ask.path}?{ask.query}", {}, None)
        exchange = Exchange(sent, ReceivedResponse(code, {}, body), 1.0)
        return Answer(code, {}, "", body, 1.0, exchange)

    def listed(self, query: Query) -> dict[str, Any]:
        found = [w for w in self.widgets if all(rule(w, query[n]) for n, rule in self.filters.items() if n in query)]
        found = (self.order or in_order)(found, query)
        shown = (self.page or paged)(found, query)
        href = (self.link or next_link)(found, query)
        links = {"widgets_links": [{"rel": "next", "href": href}]} if href else {}
        return {"widgets": [{k: v for k, v in w.items() if k not in self.hides} for w in shown], **links}


def in_order(found: list[dict[str, Any]], query: Query) -> list[dict[str, Any]]:
    keys = {"display_name": "name", "size": "X:size"}
    if query.get("sort_key") in keys:
        key = keys[query["sort_key"]]
        return sorted(found, key=lambda w: w[key], reverse=query.get("sort_dir") == "desc")
    return found


def paged(found: list[dict[str, Any]], query: Query) -> list[dict[str, Any]]:
    if "marker" in query:
        ids = [w["id"] for w in found]
        found = found[ids.index(query["marker"]) + 1 :]
    found = found[int(query.get("offset", 0)) :]
    return found[: int(query["limit"])] if "limit" in query else found


def next_link(found: list[dict[str, Any]], query: Query) -> str | None:
    shown = paged(found, query)
    if not shown or shown[-1] is found[-1]:
        return None
    return f"http://elsewhere/widgets?limit={query['limit']}&marker={shown[-1]['id']}"


def paging(shelf: Shelf, **more: Any) -> Paging:
    """What makes trials on the lists of a shelf, in a run with a member and an administrator."""
    fields: dict[str, Any] = {
        "cloud": SimpleNamespace(
            send=shelf.send, roles=frozenset({Role.MEMBER, Role.ADMIN}), guard=SimpleNamespace(read_only=False)
        ),
        "service": KNOWLEDGE,
        "top": TOP,
        "notes": Notes(),
        "elevated": set(),
        "role_names": frozenset({"member", "admin"}),
        "patience": SimpleNamespace(status=0.0, settle=0.0),
        "stopping": threading.Event(),
        "producers": Producers(()),
        "sandbox": False,
    }
    context: Any = SimpleNamespace(**(fields | more))
    context.elevate = lambda operation, name: RunContext.elevate(context, operation, name)
    subject: Any = SimpleNamespace(view=None)
    paths: Any = SimpleNamespace(fill=lambda operation, *_: SimpleNamespace(path=operation.path))
    return Paging(context, subject, paths)


LIST = operation(policy=Policy(("owner",), 9))
SUITE = suite(LIST)
EVERY = [case_id.removeprefix("list/list/") for case_id in ids(SUITE, "list/list/")]
"""The details of the cases of kind list."""

FILTERED = ["size", "min_size", "name", "colour", "ip", "tags", "not-tags", "flag", "changes-since", "changes-before"]
"""The query parameters that select elements."""


def shelf(**more: Any) -> Shelf:
    """Five widgets, in no order of theirs."""
    return Shelf([widget(number) for number in (2, 0, 4, 1, 3)], **more)


def made_of(one: Paging, trial: Trial) -> Evidence:
    """What comes of a trial on a list."""
    assert isinstance(trial.exchange, Paged)
    roles = (trial.request.role, trial.request.fallback_role) if trial.request.fallback_role else (trial.request.role,)
    return one.make(trial, trial.exchange.listing, TOP, roles)


def judged(on: Shelf, short: str, found: Any = SUITE, **more: Any) -> Any:
    """What a case says of a shelf."""
    one = case(found, f"list/list/{short}")
    shown = made_of(paging(on, **more), one.trial)
    if shown.problem is not None:
        return SimpleNamespace(verdict=shown.problem.verdict, reason=shown.problem.reason, observed="not tried")
    judgement = one.expectation.judge(shown)
    assert one.expectation.expected
    assert (judgement.verdict == "fail") == (judgement.deviation == "contradiction")
    assert judgement.reason or judgement.verdict == "pass"
    return judgement
