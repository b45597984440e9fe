"""What is derived of the queries of lists: a requirement for each row, its fields, versions, roles, or a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shelf import ANSWERS, BODY, ELEMENT, EVERY, LIST, ROWS, SUITE, operation
from widgets import KNOWLEDGE, TOP, case, ids, row, suite, untested

from conformance.engine.api.entries import ListRule, QueryField
from conformance.engine.derive.lists import collection, plain
from conformance.engine.model.case import REASONS
from specs.microversion import Microversion
from specs.model import Versions


def test_every_row_of_a_query_is_a_requirement_or_has_a_reason():
    named = {short.partition("[")[0] for short in EVERY}
    reasons = {name.rpartition("/")[2]: why for name, why in untested(SUITE).items() if "/list/list/" in f"/{name}"}
    assert named | set(reasons) == {r.name for r in ROWS}
    assert not named & set(reasons)
    assert reasons == {"weight": "no-field", "made_at": "not-through-api"}
    assert set(reasons.values()) <= set(REASONS)


def test_orders_are_tried_by_keys_that_are_shown():
    assert [s for s in EVERY if s.startswith("sort")] == [
        "sort_key[display_name]",
        "sort_key[size]",
        "sort_dir[asc]",
        "sort_dir[desc]",
        "sort_dir[default]",
    ]


def test_a_requirement_of_a_row_has_the_place_of_the_row():
    one = case(SUITE, "list/list/marker").requirement
    assert (one.kind, one.source.line) == ("list", 100 + len("marker"))


@pytest.mark.parametrize(
    ("bounds", "version", "reason"),
    [
        ({}, None, None),
        ({"min": "2.5"}, None, None),
        ({"max": "2.7"}, Microversion(2, 7), None),
        ({"min": "2.99"}, None, "beyond-cloud"),
    ],
)
def test_a_row_is_tried_within_its_versions(bounds, version, reason):
    found = suite(operation(row("limit", "integer", location="query", **bounds)), ceiling=TOP)
    assert untested(found).get("list/list/limit") == reason
    if reason is None:
        assert case(found, "list/list/limit").trial.request.version == version


def test_rows_of_one_name_are_told_apart_by_the_bound():
    rows = [row("marker", "integer", location="query", max="2.9"), row("marker", location="query", min="2.10")]
    found = suite(operation(*rows))
    assert ids(found, "/list/marker") == ["list/list/marker/max-2.9", "list/list/marker"]
    assert case(found, "list/list/marker/max-2.9").trial.request.version == Microversion.parse("2.9")


@pytest.mark.parametrize("name", ["ip", "not-ip"])
def test_the_description_says_by_what_a_filter_selects_where_its_name_does_not(name):
    listing = case(suite(operation(row(name, location="query"))), f"list/list/{name}").trial.exchange.listing
    assert (listing.field, listing.part, listing.where) == (("addresses",), "addr", (("version", 4),))
    silent = replace(KNOWLEDGE, query_fields={})
    assert untested(suite(operation(row(name, location="query")), service=silent))[f"list/list/{name}"] == "no-field"


def test_a_filter_is_tried_where_its_field_is_shown():
    answers = [replace(r, max="2.8") if r.name == "X:size" else r for r in ANSWERS]
    found = suite(operation(row("size", "integer", location="query"), answers=tuple(answers)))
    assert case(found, "list/list/size").trial.request.version == Microversion.parse("2.8")
    answers = [replace(r, min="2.8") if r.name == "X:size" else r for r in ANSWERS]
    found = suite(operation(row("size", "integer", location="query", max="2.7"), answers=tuple(answers)))
    assert untested(found)["list/list/size"] == "beyond-cloud"


def test_a_list_that_shows_little_looks_its_fields_up_in_its_neighbour():
    short = operation(answers=ANSWERS[:3], body={"widgets": [{"id": "w-1", "name": "first"}]})
    detail = replace(operation(path="/widgets/detail"), id="widgets.detail")
    found = suite(short, detail)
    assert case(found, "list/list/size").trial.exchange.listing.shown_at == "/widgets/detail"
    assert case(found, "list/list/name").trial.exchange.listing.shown_at is None
    assert case(found, "detail/list/size").trial.exchange.listing.shown_at is None


def test_what_names_an_element_is_read_from_its_path():
    one = replace(operation(row("x", location="path"), path="/widgets/{gadget_name}"), id="widgets.show")
    found = suite(operation(), one)
    assert case(found, "list/list/marker").trial.exchange.listing.name == "gadget_name"
    asked = operation(row("marker", location="query", format="uuid"), answers=(*ANSWERS, row("uuid")),
                      body={"widgets": [{"uuid": "u", **ELEMENT}]})  # fmt: skip
    assert case(suite(asked, one), "list/list/marker").trial.exchange.listing.name == "uuid"
    nameless = operation(row("marker", location="query"), answers=(ANSWERS[0], row("name")))
    assert untested(suite(nameless))["list/list/marker"] == "no-field"


def test_the_table_says_what_names_an_element_and_who_may_ask():
    rule = ListRule("*.list", ("size",), "admin", (("all", "1"),), max_microversion="2.19")
    service = replace(KNOWLEDGE, marker_fields={"widgets": "name"}, list_rules=(rule,))
    found = suite(LIST, service=service)
    assert case(found, "list/list/marker").trial.exchange.listing.name == "name"
    assert case(found, "list/list/size").trial.request.role == "member"
    found = suite(LIST, service=service, top=Microversion(2, 19))
    trial = case(found, "list/list/size").trial
    assert (trial.request.role, trial.exchange.listing.also) == ("admin", (("all", "1"),))


@pytest.mark.parametrize(("shown", "name"), [("gadget", "gadget"), ("name", "gadget_name"), ("title", "gadget_name")])
def test_elements_may_show_the_name_of_their_path_as_the_thing_itself(shown, name):
    answers, body = (row("widgets", "array", required=True), row(shown)), {"widgets": [{shown: "g"}]}
    asked = operation(row("marker", location="query"), answers=answers, body=body)
    one = replace(operation(path="/widgets/{gadget_name}"), id="widgets.show")
    assert case(suite(asked, one), "list/list/marker").trial.exchange.listing.name == name


@pytest.mark.parametrize(
    ("body", "rows", "expected"),
    [
        (BODY, ROWS, ("widgets",)),
        ({"report": {"widgets": [{}]}}, ROWS, ("report", "widgets")),
        ({"report": {"widgets": [{}]}}, (), None),
        ({"widget": {"widgets": 1}}, ROWS, None),
        ({"widgets_links": []}, ROWS, None),
    ],
)
def test_which_array_is_the_list(body, rows, expected):
    assert collection(operation(body=body), list(rows)) == expected


@pytest.mark.parametrize(
    ("body", "rows", "expected"),
    [
        (BODY, ROWS, ("widgets",)),
        ({**BODY, "widget_carts": [{"id": "c-1"}]}, ROWS, ("widgets",)),
        (BODY, (), None),
        ({"widgets": [], "size": 1}, ROWS, None),
        ({"widgets_links": BODY["widgets"]}, ROWS, None),
        ({"widgets": [{"id": "w-1"}], "name": "x", "colour": {}, "flag": True}, ROWS, None),
    ],
)
def test_a_list_that_only_samples_show_holds_most_of_the_documented_fields(body, rows, expected):
    answers = tuple(one for one in ANSWERS if one.type != "array" or one.name == "tags")
    assert collection(operation(answers=answers, body=body), list(rows)) == expected


def test_fields_that_only_samples_show_can_be_selected_by_and_ordered():
    found = suite(operation(answers=ANSWERS[:1]))
    names = {short.partition("[")[0].rpartition("/")[2] for short in ids(found, "/list/")}
    assert {"name", "size", "flag", "limit", "marker", "sort_key"} <= names
    dated = operation(row("made", location="query"), answers=ANSWERS[:1])
    assert untested(suite(dated))["list/list/made"] == "not-through-api"


def test_where_a_table_documents_one_field_samples_add_none():
    assert untested(suite(operation(answers=ANSWERS[:2])))["list/list/size"] == "no-field"


def test_what_lists_nothing_promises_nothing_of_lists():
    assert ids(suite(operation(answers=(), body={"widget": {}})), "/list/") == []
    assert "list/list/" not in str(ids(suite(operation(method="POST")), "list/list/"))
    period = operation(row("start", location="query"), row("end", location="query"), answers=(*ANSWERS, row("start")))
    assert untested(suite(period))["list/list/start"] == "no-field"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("OS-EXT-AZ:availability_zone", "availabilityzone"), ("accessIPv4", "accessipv4"), ("access_ip_v4", "accessipv4")],
)
def test_spellings_of_a_name(name, expected):
    assert plain(name) == expected


def test_specs_may_bound_the_operation_itself():
    found = suite(operation(row("limit", "integer", location="query"), microversions=Versions(max="2.3")))
    assert case(found, "list/list/limit").trial.request.version is None


def test_a_moment_selects_only_by_a_field_that_shows_all_of_it():
    exact = replace(KNOWLEDGE, query_fields={"made_at": QueryField("made", exact=True)})
    listing = case(suite(LIST, service=exact), "list/list/made_at").trial.exchange.listing
    assert (listing.field, listing.match) == (("made",), "equal")
    plainly = replace(KNOWLEDGE, query_fields={"made_at": QueryField("made")})
    assert untested(suite(LIST, service=plainly))["list/list/made_at"] == "not-through-api"
