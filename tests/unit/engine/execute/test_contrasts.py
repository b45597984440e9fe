"""Orders that show their key: a list comes in another order without it, or the case is not decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from shelf import LIST, ROWS, SUITE, Query, Shelf, made_of, operation, paging, widget
from widgets import KNOWLEDGE, TOP, case, plain, row, sample, suite

from conformance.engine.api.entries import Stock
from conformance.engine.cloud.names import ending
from conformance.engine.execute import stocks
from conformance.engine.model.evidence import Judgement
from specs.model import Policy


@pytest.fixture(autouse=True)
def _no_tick(monkeypatch):
    monkeypatch.setattr(stocks, "TICK", 0.0)


def ordered(by: str, alone: bool = True, hears: tuple[str, ...] = ("name", "X:size")) -> Any:
    """An order of a service that sorts by ``by`` without a key, in a direction if ``alone``, and hears some keys."""
    keys = {"display_name": "name", "size": "X:size", "id": "id"}

    def order(found: list[dict[str, Any]], query: Query) -> list[dict[str, Any]]:
        key = keys.get(query.get("sort_key", ""), "")
        if key not in hears:
            key = by
            query = query if alone or "sort_key" in query else {}
        return sorted(found, key=lambda w: w[key], reverse=query.get("sort_dir") == "desc")

    return order


def told(on: Shelf, short: str, found: Any = SUITE, one: Any = None) -> Judgement:
    one = one or paging(on)
    which = case(found, f"list/list/{short}")
    shown = made_of(one, which.trial)
    if shown.problem is not None:
        return Judgement(shown.problem.verdict, "not tried", shown.problem.reason)
    return which.expectation.judge(shown)


TWO = [widget(0, name="widget-z"), widget(1, name="widget-y")]
"""Made one after another, with names that fall."""


def test_an_order_that_the_list_has_without_the_key_shows_nothing():
    alike = [widget(0), widget(1)]
    for hears in (("name", "X:size"), ()):
        judgement = told(Shelf(list(alike), order=ordered("id", hears=hears)), "sort_key[display_name]")
        assert (judgement.verdict, judgement.observed) == ("inapplicable", "no other order")
        assert "without the key" in judgement.reason


@pytest.mark.parametrize(("hears", "verdict"), [(("name", "X:size"), "pass"), (("X:size",), "fail"), ((), "fail")])
def test_two_elements_show_a_key_that_disagrees_with_the_order_without_it(hears, verdict):
    on = Shelf(list(TWO), order=ordered("id", hears=hears))
    assert told(on, "sort_key[display_name]").verdict == verdict


def test_a_direction_that_is_not_heard_alone_may_be_heard_beside_a_key():
    on = Shelf(list(TWO), order=ordered("id", alone=False))
    assert told(on, "sort_key[display_name]").observed == "no other order"
    three = [*TWO, widget(2, name="widget-zz")]
    assert told(Shelf(three, order=ordered("id", alone=False)), "sort_key[display_name]").verdict == "pass"
    refusing = Shelf(list(TWO), answer=lambda query: 400 if "sort_dir" in query and "sort_key" not in query else 200)
    assert told(refusing, "sort_key[display_name]").observed == "no other order"


def test_a_list_that_shows_another_order_itself_is_not_asked_for_in_others():
    on = Shelf([widget(number) for number in (2, 0, 1)])
    assert told(on, "sort_key[display_name]").verdict == "pass"
    assert all("sort_key" in query or "sort_dir" not in query for query in on.asked)


def test_the_other_orders_serve_all_cases_of_an_operation():
    on = Shelf(list(TWO), order=ordered("id"))
    one = paging(on)
    for short in ("sort_key[display_name]", "sort_key[size]", "sort_key[display_name]"):
        told(on, short, one=one)
    assert sum("sort_dir" in query and "sort_key" not in query for query in on.asked) == 2
    on.widgets.append(widget(2))
    one.last = None
    told(on, "sort_key[size]", one=one)
    assert sum("sort_dir" in query and "sort_key" not in query for query in on.asked) == 4


def test_a_neighbour_that_shows_the_values_does_not_tell_the_order_of_the_list():
    class Short(Shelf):
        def send(self, ask):
            self.hides = () if ask.path.endswith("/detail") else ("name",)
            self.order = ordered("id" if ask.path.endswith("/detail") else "name")
            return super().send(ask)

    short = operation(answers=[r for r in LIST.response.parameters if r.name != "name"],
                      body={"widgets": [{"id": "w-1"}]})  # fmt: skip
    found = suite(short, replace(operation(path="/widgets/detail"), id="widgets.detail"))
    three = [*TWO, widget(2, name="widget-zz")]
    assert told(Short(three), "sort_key[display_name]", found).observed == "no other order"


def _by_default(default: str) -> Any:
    rows = [replace(r, default=default) if r.name == "sort_key" else r for r in ROWS]
    return suite(operation(*rows, policy=Policy(("owner",), 9)))


@pytest.mark.parametrize(("hears", "verdict"), [(("name", "X:size"), "pass"), ((), "inapplicable")])
def test_the_documented_default_is_shown_by_another_key_that_is_heard(hears, verdict):
    on = Shelf(list(TWO), order=ordered("X:size", hears=hears))
    assert told(on, "sort_key[size]", _by_default("size")).verdict == verdict


@pytest.mark.parametrize(("heard", "verdict"), [(True, "pass"), (False, "inapplicable")])
def test_the_direction_of_a_key_shows_where_the_list_without_it_has_another_order(heard, verdict):
    three = [widget(0), widget(1), widget(2)] if not heard else [*TWO, widget(2)]
    assert told(Shelf(three, order=ordered("id")), "sort_dir[default]").verdict == verdict


class Factory:
    """Makes widgets with the ids that a service chooses."""

    def __init__(self, on: Shelf, ids: Callable[[int, str], str]) -> None:
        self.on, self.ids, self.made = on, ids, []

    def rand_name(self, kind: str) -> str:
        return f"run-{kind}"

    def make(self, kind: str, *, name: str, microversion: str, fields: Any = None) -> str:
        self.made.append(name)
        self.on.widgets.append(widget(len(self.made), name=name, id=self.ids(len(self.made), name)))
        return name


BY_ID = operation(
    row("sort_key", location="query", enum=("id",)), row("sort_dir", location="query"), row("name", location="query")
)
MADE = replace(KNOWLEDGE, made_for_lists=(Stock("widgets", "widget", ("widgets",), "name"),))


def _making(on: Shelf, ids: Callable[[int, str], str]) -> tuple[Any, Factory]:
    factory = Factory(on, ids)
    one = paging(on, service=MADE, resources=factory)
    one.subject = one.stocks.subject = SimpleNamespace(view=None, bindings=SimpleNamespace(filled=dict))  # type: ignore[assignment]  # a stand-in
    return one, factory


def test_a_list_grows_by_elements_until_another_order_shows():
    on = Shelf([], order=ordered("name", hears=("id",)))
    one, factory = _making(on, lambda number, _: {1: "w-7", 2: "w-6", 3: "w-8", 4: "w-0"}[number])
    assert told(on, "sort_key[id]", suite(BY_ID, service=MADE), one).verdict == "pass"
    assert factory.made == ["run-list-b", "run-list-a", "run-list-c", "run-list-d"]


def test_a_list_does_not_grow_for_ever_and_not_in_a_run_that_changes_nothing():
    on = Shelf([], order=ordered("name", hears=("id",)))
    one, factory = _making(on, lambda _, name: name)
    found = suite(BY_ID, service=MADE)
    for _ in range(2):
        assert told(on, "sort_key[id]", found, one).observed == "no other order"
    assert len(factory.made) == 2 + stocks.MORE
    one.stocks._more.clear()
    one.context.cloud.guard.read_only = True
    assert told(on, "sort_key[id]", found, one).observed == "no other order"
    assert len(factory.made) == 2 + stocks.MORE


@pytest.mark.parametrize("times", [True, False])
def test_a_list_does_not_grow_by_times_or_by_values_that_elements_share(times):
    values = ["2026-01-01T00:00:00", "2026-01-01T00:00:01"] if times else ["one", "two", "two"]
    on = Shelf([widget(n, name=value) for n, value in enumerate(values)], order=ordered("id"))
    one = paging(on)
    one.context.producers = SimpleNamespace(of=lambda path: pytest.fail("nothing may be made"))  # type: ignore[assignment]  # a stand-in
    assert told(on, "sort_key[display_name]", one=one).observed == "no other order"


def test_what_lets_a_list_grow_by_the_operation_of_the_api_has_a_name_behind_all_others():
    """Two names fall, as those of all things do; the third rises, so that no direction explains all three."""
    on = Shelf([widget(n, name=ending()) for n in range(2)], order=ordered("id", alone=False))
    made: list[str] = []

    def produce(producer, collection, name, fields):
        made.append(ending())
        on.widgets.append(widget(2, name=made[-1]))

    assert told(on, "sort_key[display_name]", one=_producing(on, produce, LIST)).verdict == "pass"
    assert len(made) == 1
    assert made[0] > max(w["name"] for w in on.widgets[:2])


def _producing(on: Shelf, produce: Any, operation: Any) -> Any:
    one = paging(on, version_for=lambda _: TOP, resources=SimpleNamespace(rand_name=lambda kind: ending()))
    producer = SimpleNamespace(operation=operation, name="widget_id")
    one.context.producers = SimpleNamespace(of=lambda path: producer)  # type: ignore[assignment]  # a stand-in
    one.paths.elements = SimpleNamespace(produce=produce, lend=lambda owned: None)  # type: ignore[assignment]  # a stand-in
    return one


@pytest.mark.parametrize(
    ("field", "verdict"),
    [
        (row("name"), "pass"),
        (row("name", enum=("one", "two")), "inapplicable"),
        (row("name", format="uuid"), "inapplicable"),
        (row("name", "integer"), "inapplicable"),
        (row("colour"), "inapplicable"),
    ],
)
def test_a_list_grows_by_elements_with_texts_of_the_client_in_the_field_of_the_key(field, verdict):
    """Without them, all widgets have the same name. A direction alone is not heard, so that three names are needed."""
    on = Shelf([widget(n, name="") for n in range(2)], order=ordered("id", alone=False))

    def produce(producer, collection, name, fields):
        on.widgets.append(widget(len(on.widgets), name=fields.get("name", "")))

    make = plain("POST", "/widgets", field, samples=(sample({field.name: "x"}),), normal=(201,))
    one = _producing(on, produce, make)
    assert told(on, "sort_key[display_name]", one=one).verdict == verdict
    assert len(on.widgets) == (5 if verdict == "pass" else 2)
