"""What must be so that a response shows the fields that are documented within one that may be empty."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shipped import specs_of
from widgets import KNOWLEDGE, case, plain, row, sample, suite
from workshop import LIST, SHOW, SPIN, TEETH, TOOTH, opened, tried

from conformance.engine.api.entries import Showing
from conformance.engine.api.load import load_service
from conformance.engine.model.binding import Step
from conformance.engine.model.setup import Existing, Prepared
from specs.microversion import Microversion
from specs.model import Code

SHOWN = (row("widgets", "array"), row("widgets.wheels", "array"), row("widgets.wheels.size", "integer", min="2.5"))
LISTED = plain(
    "GET",
    "/widgets",
    answers=SHOWN,
    answered=(sample({"widgets": [{"wheels": [{"size": 1}]}]}),),
    normal=(Code(200, 1),),
)
RULE = Showing(
    "*.get*",
    "widgets.wheels.*",
    ("widgets.show",),
    (Step("widgets.roll", {}),),
    (("wheels", "1"),),
    needs_resource=True,
)


def derived(*rules):
    return suite(replace(LISTED, id="widgets.get-all"), service=replace(KNOWLEDGE, preconditions_to_show=rules))


def test_only_what_is_documented_within_is_asked_for_in_that_situation():
    found = derived(RULE)
    within, beside = (case(found, f"get-all/body/{name}").trial for name in ("widgets.wheels.size", "widgets"))
    assert (within.setup, within.request.query) == ((Existing(RULE.existing), Prepared(RULE.steps)), RULE.query)
    assert within.situation.state == KNOWLEDGE.under_test.initial_status
    assert (beside.setup, beside.request.query, beside.situation.state) == ((), (), None)
    assert within.key != beside.key
    assert found.used == (f"preconditions_to_show: {RULE.operation} {RULE.fields}",)


def test_both_sides_of_a_bound_are_asked_for_in_that_situation():
    found = derived(RULE)
    for version in ("2.4", "2.5"):
        one = case(found, f"get-all/microversion/widgets.wheels.size/min-2.5[{version}]").trial
        assert (one.setups(Existing), one.request.version) == ([Existing(RULE.existing)], Microversion.parse(version))


@pytest.mark.parametrize("rule", [replace(RULE, operation="*.put*"), replace(RULE, fields="gears.*")])
def test_what_no_entry_names_is_asked_for_as_documented(rule):
    assert derived(rule).cases == derived().cases


def test_what_is_to_be_shown_is_there_before_the_request_and_not_used_after(tmp_path):
    shop, executor = opened(tmp_path)
    executor.make(tried(LIST, setup=(Existing((SHOW.id,)),)))
    assert shop.said == ["GET /gears", "GET /gears as admin", "POST /gears", "GET /gears/gear-1", "GET /gears"]
    assert [len(v) for k, v in shop.things.items() if k == "/gears"] == [1]
    executor.make(tried(TEETH))
    assert shop.said.count("POST /gears") == 2


def test_a_step_before_it_shares_the_names_of_its_path(tmp_path):
    shop, executor = opened(tmp_path)
    executor.make(tried(TEETH, setup=(Prepared((Step(TOOTH.id, {}),)),)))
    (gear,) = shop.things["/gears"]
    assert shop.said[-2:] == [f"POST /gears/{gear}/teeth", f"GET /gears/{gear}/teeth"]


def test_a_server_to_which_something_was_done_is_given_up(tmp_path):
    shop, executor = opened(tmp_path)
    executor.make(tried(SPIN, "IDLE", setup=(Existing((SHOW.id,)),)))
    executor.make(tried(SPIN, "IDLE"))
    assert (shop.dropped, executor.subject.must_replace) == (["server-1"], False)


def test_trials_that_need_the_same_things_share_these_and_the_server(tmp_path):
    shop, executor = opened(tmp_path)
    for key in "ab":
        executor.make(tried(SPIN, "IDLE", setup=(Existing((SHOW.id,)),), key=key))
    assert (shop.dropped, shop.said.count("POST /gears")) == ([], 1)
    executor.leave()
    assert shop.dropped == ["server-1"], "no other lane gets a server to which something was done"


def test_the_shipped_table_names_operations_and_fields_of_the_reference():
    operations = {o.id: o for spec in specs_of("compute") for o in spec.operations}
    service = load_service("compute")
    assert service.preconditions_to_show
    for rule in service.preconditions_to_show:
        assert any(service.showing(o, r.name) is rule for o in operations.values() for r in o.response.parameters), rule
        assert set(rule.existing) | {s.operation for s in rule.steps} <= set(operations)


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("GET", "/widgets/{widget_id}", "admin"),
        ("PUT", "/widgets/{widget_id}", "admin"),
        ("PUT", "/gears/{gear_id}", "member"),
        ("POST", "/widgets", "member"),
    ],
)
def test_an_administrator_asks_for_what_only_administrators_see_and_makes_nothing_for_it(method, path, role):
    secret = (row("rank", "integer", visible_to="admin", min="2.5"), row("size", "integer"))
    shown = sample({"widget": {"rank": 1, "size": 1}})
    found = suite(plain(method, path, answers=secret, answered=(shown,), name="see", normal=(200,)))
    for name in ("body/rank", "microversion/rank/min-2.5[2.4]", "microversion/rank/min-2.5[2.5]"):
        assert case(found, f"see/{name}").trial.request.role == role
    assert not case(found, "see/body/rank").expectation.required, "a policy may hide it from administrators as well"
    assert case(found, "see/body/size").trial.request.role == "member"


def test_a_link_to_the_next_page_is_shown_by_a_page_of_one_where_pages_are_documented():
    links = (row("gears", "array", True), row("gears_links", "array", min="2.5"), row("more", "array"))
    shown = sample({"gears": [{"name": "n"}], "gears_links": [], "more": []})
    limit = row("limit", "integer", location="query", min="2.5")
    found = suite(plain("GET", "/gears", limit, answers=links, answered=(shown,), name="see", normal=(200,)))
    asked = {
        name: dict(case(found, f"see/{name}").trial.request.query)
        for name in ("body/gears_links", "body/more", "microversion/gears_links/min-2.5[2.4]")
    }
    assert asked == {"body/gears_links": {"limit": 1}, "body/more": {}, "microversion/gears_links/min-2.5[2.4]": {}}
    known = replace(KNOWLEDGE, preconditions_to_show=(replace(RULE, operation="see", fields="*"),))
    both = suite(
        plain("GET", "/gears", limit, answers=links, answered=(shown,), name="see", normal=(200,)), service=known
    )
    assert case(both, "see/body/gears_links").trial.request.query == (("wheels", "1"), ("limit", 1))
    assert case(both, "see/body/more").trial.request.query == (("wheels", "1"),)
    without = suite(plain("GET", "/gears", answers=links, answered=(shown,), name="see", normal=(200,)))
    assert case(without, "see/body/gears_links").trial.request.query == ()
