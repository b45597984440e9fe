"""Elements that are made so that a list has something to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from shelf import LIST, ROWS, SUITE, Shelf, made_of, paging, shelf, widget
from widgets import KNOWLEDGE, case, plain, suite

from conformance.engine.api.entries import Stock
from conformance.engine.cloud.errors import ResourceError
from conformance.engine.execute import stocks
from conformance.engine.model.trial import Situation
from conformance.engine.provision.errors import Unavailable


class Factory:
    def __init__(self, on: Shelf, works: bool = True, places: int = 2) -> None:
        self.on, self.works, self.made = on, works, []
        self.places = places
        self.apart: list[Any] = []

    def rand_name(self, kind: str) -> str:
        return f"run-{kind}"

    def make(
        self, kind: str, *, name: str, microversion: str, fields: Mapping[str, Any] | None = None, beside: Any = None
    ) -> str:
        assert kind == "widget"
        extra = {"name": name, **(fields or {})}
        if not self.works or (beside and len(self.apart) == self.places):
            raise ResourceError("no widget could be made: quota")
        self.apart += [beside] if beside else []
        self.made.append(extra)
        self.on.widgets.append(widget(5 + len(self.made), **extra))
        return name


STOCK = Stock("widgets", "widget", ("widgets",), "name", (("X:size", None, (7, 8)), ("flag", "2.99", (True, False))))


@pytest.fixture
def _no_tick(monkeypatch):
    monkeypatch.setattr(stocks, "TICK", 0.0)


@pytest.mark.usefixtures("_no_tick")
@pytest.mark.parametrize("works", [True, False])
def test_two_elements_are_made_once_and_shown_alone(works):
    service = replace(KNOWLEDGE, made_for_lists=(STOCK,))
    found = suite(LIST, service=service)
    on = shelf()
    factory = Factory(on, works)
    subject: Any = SimpleNamespace(view=None, bindings=SimpleNamespace(filled=lambda given: given))
    one = paging(on, service=service, resources=factory)
    one.subject = one.stocks.subject = subject
    for short in ("limit", "marker", "size"):
        shown = made_of(one, case(found, f"list/list/{short}").trial)
        assert (shown.problem is None) == works
        if works:
            assert case(found, f"list/list/{short}").expectation.judge(shown).verdict == "pass"
            assert shown.pages is not None
            assert len(shown.pages.before.names) == 2
    assert factory.made == [{"name": "run-list-b", "X:size": 8}, {"name": "run-list-a", "X:size": 7}][: 2 * works]
    assert all(query["name"] == "run-list" for query in on.asked)
    assert bool(one.context.notes.sorted()) != works


def test_a_run_that_changes_nothing_makes_none_and_uses_the_elements_of_the_cloud():
    service = replace(KNOWLEDGE, made_for_lists=(STOCK,))
    on = shelf()
    factory = Factory(on)
    one = paging(on, service=service, resources=factory)
    one.context.cloud.guard.read_only = True
    shown = made_of(one, case(suite(LIST, service=service), "list/list/limit").trial)
    assert shown.problem is None
    assert factory.made == []
    assert all("name" not in query for query in on.asked)


@pytest.mark.usefixtures("_no_tick")
@pytest.mark.parametrize("places", [1, 2])
def test_two_elements_are_made_in_different_places_where_the_cloud_has_more_than_one(places):
    stock = replace(STOCK, apart={"hints": {"group": "g-1"}})
    service = replace(KNOWLEDGE, made_for_lists=(stock,))
    on = shelf()
    factory = Factory(on, places=places)
    subject: Any = SimpleNamespace(view=None, bindings=SimpleNamespace(filled=dict))
    one = paging(on, service=service, resources=factory)
    one.subject = one.stocks.subject = subject
    assert made_of(one, case(suite(LIST, service=service), "list/list/limit").trial).problem is None
    assert factory.apart == [{"hints": {"group": "g-1"}}] * places
    second = "run-list-a" if places == 2 else "run-list-a-again"
    assert factory.made == [{"name": "run-list-b", "X:size": 8}, {"name": second, "X:size": 7}]
    assert bool(one.context.notes.sorted()) == (places == 1)


@pytest.mark.usefixtures("_no_tick")
def test_the_filter_that_shows_our_own_alone_is_tried_on_everybodys():
    service = replace(KNOWLEDGE, made_for_lists=(STOCK,))
    found = suite(LIST, service=service)
    for ignores, verdict in ((), "pass"), (("name",), "fail"):
        on = shelf(ignores=ignores)
        one = paging(on, service=service, resources=Factory(on))
        one.subject = one.stocks.subject = SimpleNamespace(view=None, bindings=SimpleNamespace(filled=dict))  # type: ignore[assignment]  # a stand-in
        shown = made_of(one, case(found, "list/list/name").trial)
        assert shown.pages is not None
        assert len(shown.pages.before.names) == 7
        assert shown.pages.value == "run-list-b"
        assert case(found, "list/list/name").expectation.judge(shown).verdict == verdict


def test_a_server_goes_through_statuses_for_what_comes_of_them():
    stock = Stock("widgets", None, ("widgets",), statuses=("SPINNING", "IDLE"))
    service = replace(KNOWLEDGE, made_for_lists=(stock,))
    reached: list[str] = []
    one = paging(shelf(), service=service, resources=SimpleNamespace(rand_name=str))
    subjects: list[Any] = []

    def another() -> Any:
        number = len(subjects)
        subjects.append(
            SimpleNamespace(
                resources_made=1,
                reach=lambda status: reached.append(f"{number} {status}"),
                discard=lambda: reached.append(f"{number} gone"),
            )
        )
        return subjects[-1]

    # A stand-in with what is asked of a resource under test here: hence the type.
    one.subject = one.stocks.subject = SimpleNamespace(view=None, resources_made=0, another=another)  # type: ignore[assignment]  # a stand-in
    assert made_of(one, case(suite(LIST, service=service), "list/list/limit").trial).problem is None
    assert reached == ["0 SPINNING", "0 IDLE", "1 SPINNING", "1 IDLE"], "what comes of a deleted one may not be listed"
    assert one.subject.resources_made == 2
    assert not any(subject.sparing for subject in subjects), "the usual way leaves the records that a query asks for"
    one.stocks.discard()
    one.stocks.discard()
    assert reached[4:] == ["1 gone", "0 gone"]


@pytest.mark.usefixtures("_no_tick")
def test_a_control_of_our_own_elements_alone_that_shows_too_little_is_not_asked_for_again():
    service = replace(KNOWLEDGE, made_for_lists=(replace(STOCK, fields=(("X:size", None, (7, 7)),)),))
    found = suite(LIST, service=service)
    on = shelf()
    one = paging(on, service=service, resources=Factory(on))
    one.together = True
    one.subject = one.stocks.subject = SimpleNamespace(view=None, bindings=SimpleNamespace(filled=dict))  # type: ignore[assignment]  # a stand-in
    sort = case(found, "list/list/sort_key[size]").trial
    problems = [made_of(one, sort).problem for _ in range(5)]
    assert {problem.verdict for problem in problems if problem} == {"inapplicable"}
    assert len(on.asked) == 1


@pytest.mark.usefixtures("_no_tick")
def test_what_was_made_to_be_listed_is_given_back_and_made_anew():
    service = replace(KNOWLEDGE, made_for_lists=(STOCK,))
    on, spent = shelf(), []
    factory = Factory(on)
    one = paging(on, service=service, resources=factory)
    one.context.places = SimpleNamespace(most=None, spend=spent.extend)
    one.subject = one.stocks.subject = SimpleNamespace(view=None, bindings=SimpleNamespace(filled=dict))  # type: ignore[assignment]  # a stand-in
    trial = case(suite(LIST, service=service), "list/list/limit").trial
    made_of(one, trial)
    one.stocks.discard()
    one.stocks.discard()
    assert spent == ["run-list-b", "run-list-a"], "each once"
    made_of(one, trial)
    assert len(factory.made) == 4


@pytest.mark.parametrize("works", [True, False])
def test_a_list_below_the_server_grows_by_what_makes_its_elements(works):
    below = plain("GET", "/servers/{server_id}/widgets", *ROWS, normal=(200,))
    made: Any = SimpleNamespace(name="widget_id", operation=LIST)
    on = Shelf([widget(1)])
    one = paging(on, producers=SimpleNamespace(of={below.path: made}.get))

    class Elements:
        def produce(self, producer: Any, collection: str, name: str, fields: Any) -> None:
            if not works:
                raise Unavailable("refused")
            assert (producer, collection, name) == (made, below.path, "widget_id")
            on.widgets.append(widget(2))

        def lend(self, _: Any) -> None:
            pass

    # Stand-ins for parts that nothing else of this test needs: hence the types.
    one.paths.elements = Elements()  # type: ignore[assignment]  # a stand-in with what paging uses
    one.subject.reach = lambda _: None  # type: ignore[method-assign]
    limit = case(SUITE, "list/list/limit").trial
    below = replace(below, response=LIST.response)
    on_a_server = replace(limit, request=replace(limit.request, operation=below), situation=Situation("IDLE"))
    shown = made_of(one, on_a_server)
    assert (shown.problem is None) == works
    assert len(on.widgets) == 1 + works


@pytest.mark.parametrize("named", [True, False])
def test_a_list_at_the_top_grows_once_where_no_element_has_a_value_to_select_by(named):
    made: Any = SimpleNamespace(name="widget_id", operation=LIST)
    on = Shelf([widget(1, name="")])
    one = paging(on, producers=SimpleNamespace(of={LIST.path: made}.get))
    one.context.cloud.guard = SimpleNamespace(read_only=False)  # type: ignore[misc]  # a stand-in

    class Elements:
        def produce(self, producer: Any, collection: str, name: str, fields: Any) -> None:
            on.widgets.append(widget(2, **({} if named else {"name": ""})))

        def lend(self, _: Any) -> None:
            pass

    one.paths.elements = Elements()  # type: ignore[assignment]  # a stand-in with what paging uses
    by_name = case(SUITE, "list/list/name").trial
    for _ in range(2):
        shown = made_of(one, by_name)
        assert (shown.problem is None) == named
    assert len(on.widgets) == 2


@pytest.mark.parametrize("sandbox", [True, False])
def test_what_is_made_in_a_sandbox_alone_lets_no_list_of_a_cloud_grow(sandbox):
    made: Any = SimpleNamespace(name="widget_id", operation=LIST)
    service = replace(KNOWLEDGE, sandbox_only=(LIST.id,))
    one = paging(Shelf([]), producers=SimpleNamespace(of={LIST.path: made}.get), service=service, sandbox=sandbox)
    one.paths.elements = SimpleNamespace(produce=lambda *_: None, lend=lambda _: None)  # type: ignore[assignment]  # a stand-in
    assert one.stocks.grow(case(SUITE, "list/list/name").trial, LIST.path, 1) == sandbox
