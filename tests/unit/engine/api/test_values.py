"""Values that the reference lets in: which ones a row's own words name, and the requests that give them."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from widgets import KNOWLEDGE, action, case, ids, plain, row, sample, suite, untested

from conformance.engine.api import values
from conformance.engine.api.entries import BindingRule, ListRule, ValueRule
from conformance.engine.api.request_fields import Field
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.judge.codes import LetIn
from conformance.engine.model.binding import Binding
from conformance.engine.model.trial import ProviderDependent
from conformance.prove.broken_constraints import violations
from specs.microversion import Microversion

FOREIGN = "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a10"

texts = st.builds(
    row,
    st.just("name"),
    st.just("string"),
    st.booleans(),
    max_length=st.none() | st.integers(4, 300),
    min_length=st.none() | st.integers(0, 4),
    format=st.sampled_from([None, "base64", "uuid", "date-time"]),
)
numbers = st.builds(
    row,
    st.just("size"),
    st.just("integer"),
    minimum=st.none() | st.integers(-5, 5),
    maximum=st.none() | st.integers(5, 2**40),
)
choices = st.builds(
    row,
    st.just("mode"),
    st.just("string"),
    enum=st.lists(st.text("abc", min_size=1), max_size=14, unique=True).map(tuple),
)


@given(texts | numbers | choices)
def test_what_is_let_in_breaks_nothing_that_the_row_states(one):
    for label, value in values.let_in(one):
        assert [name for name, broken in violations(one) if broken(value)] == [], label


@given(texts)
def test_a_text_at_a_limit_has_its_length(one):
    found = dict(values.let_in(one))
    if one.max_length is not None and one.format is None:
        assert len(found["longest"]) == one.max_length
    if one.min_length and one.format is None:
        assert len(found["shortest"]) == one.min_length


@given(st.integers(4, 70_000))
def test_the_longest_base64_is_one(most):
    length = values.longest(row("data", max_length=most, format="base64"))
    assert most - 4 < length <= most
    assert len(base64.b64decode("A" * length, validate=True)) == length * 3 // 4


@given(choices)
def test_each_enumerated_value_is_let_in_unless_they_are_a_vocabulary(one):
    several = 1 < len(one.enum) <= values.FREE_VALUES
    assert [value for _, value in values.let_in(one)] == (list(one.enum) if several else [])


def test_what_is_too_long_for_a_body_and_what_is_no_text_has_no_longest():
    assert values.longest(row("name", max_length=values.LONGEST)) == values.LONGEST
    assert values.longest(row("name", max_length=values.LONGEST + 1)) is None
    assert values.longest(row("names", "array", max_length=9)) is None
    assert values.longest(row("name")) is None


def test_a_list_of_enumerated_values_holds_one_at_a_time():
    assert values.let_in(row("modes", "array", enum=("a", "b"))) == [("a", ["a"]), ("b", ["b"])]


@pytest.mark.parametrize(
    ("one", "shown", "expected"),
    [
        (row("colourRef"), ABSENT, KNOWLEDGE.bindings[0].value),
        (row("mood"), "merry", "merry"),
        (row("mood"), FOREIGN, ABSENT),
        (row("mood"), ABSENT, ABSENT),
        (row("mood", enum=("a", "b")), ABSENT, "a"),
        (row("gloss", "boolean"), ABSENT, True),
        (row("size", "integer"), ABSENT, ABSENT),
        (row("gone"), ABSENT, ABSENT),
        (row("gone", nullable=True), ABSENT, None),
    ],
)
def test_a_value_is_known_where_somebody_says_that_it_is_good(one, shown, expected):
    samples = () if shown is ABSENT else (sample({"turn": {one.name: shown}}),)
    service = replace(KNOWLEDGE, bindings=(*KNOWLEDGE.bindings, BindingRule("*", "gone", None)))
    assert values.known_value(action("turn", one, samples=samples), Field(one, ("turn", one.name)), service) == expected


def details(*rows, service=KNOWLEDGE, **more):
    """The details of the cases that give a value, and the reasons of those that are not."""
    found = suite(action("turn", *rows, **more), service=service)
    given = [one for one in found.cases if isinstance(one.expectation, LetIn)]
    assert {one.requirement.id for one in given} <= {"widgets.turn/normal/202"}
    return {one.id.partition("[")[2][:-1]: one.trial.request.body["turn"] for one in given}, {
        name.partition("[")[2][:-1]: reason for name, reason in untested(found).items() if "/normal/" in name
    }


def test_each_optional_field_each_enumerated_value_and_each_limit_is_given_once():
    rows = [
        row("gloss", "boolean"),
        row("mode", required=True, enum=("a", "b")),
        row("mood", required=True, max_length=9),
    ]
    given, reasons = details(*rows)
    assert given == {
        "with-gloss": {"mode": "a", "mood": "conformance", "gloss": True},
        "mode-b": {"mode": "b", "mood": "conformance"},
        "mood-longest": {"mode": "a", "mood": "A" * 9},
    }
    assert reasons == {}


def test_what_a_sample_holds_is_not_given_again():
    shown = sample({"turn": {"gloss": True, "mode": "b"}})
    rows = [row("gloss", "boolean"), row("mode", enum=("a", "b", "c"))]
    assert set(details(*rows, samples=(shown,))[0]) == {"mode-a", "mode-c"}
    wrong = sample({"turn": {"gloss": "yes", "mode": "b"}})
    assert set(details(*rows, samples=(wrong,))[0]) == {"with-gloss", "mode-a", "mode-c"}


def test_nobody_guesses_a_value_and_no_quantity_is_tried_at_its_upper_limit():
    given, reasons = details(row("mood"), row("size", "integer", True, minimum=2, maximum=2**31))
    assert given == {"size-lowest": {"size": 2}}
    assert reasons == {"with-mood": "not-derivable", "size-highest": "provider"}


def test_a_table_says_what_goes_with_a_value_and_why_there_is_none():
    rules = (
        ValueRule("*.turn", "mode", "b", {"mood": "merry"}, by_provider_choice=True),
        ValueRule("*", "mode", "*", reason="provider", explanation="a driver has it"),
    )
    rows = [row("mood", required=True), row("mode", required=True, enum=("z", "a", "b"))]
    service = replace(KNOWLEDGE, value_rules=rules)
    assert details(*rows, service=service) == ({"mode-b": {"mood": "merry", "mode": "b"}}, {"mode-a": "provider"})
    found = suite(action("turn", *rows), service=service)
    assert case(found, "turn/normal/202[mode-b]").trial.gates == (ProviderDependent(),)
    assert "value_rules: widgets.turn mode=b" in found.used


def test_a_field_of_former_versions_is_tried_at_the_last_of_them():
    found = suite(action("turn", row("mode", max="2.5", enum=("a", "b"))))
    assert case(found, "turn/normal/202[mode-b-2.5]").trial.request.version == Microversion.parse("2.5")
    assert case(found, "turn/normal/202[mode-b-2.5]").trial.request.body == {"turn": {"mode": "b"}}


def test_a_part_stands_for_what_holds_it():
    shown = sample({"widget": {"name": "x"}})
    rows = [row("widget", "object", True), row("paint", "object"), row("paint.mode", enum=("a", "b"))]
    found = suite(plain("POST", "/widgets", *rows, samples=(shown,)))
    assert ids(found, "[with-paint") == ["post-widgets/normal/202[with-paint.mode]"]
    assert "post-widgets/normal/202[with-paint]" not in untested(found)


def test_a_field_without_a_place_is_not_tried():
    networks = BindingRule("*", "wheels", [{"id": Binding("wheel", "id")}])
    service = replace(KNOWLEDGE, bindings=(networks, *KNOWLEDGE.bindings))
    shown = sample({"wheels": [{"id": "x", "tag": "y"}]}, "2.19")
    rows = [row("wheels", "array", True), row("wheels.tag", min="2.20")]
    one = plain("POST", "/widgets", *rows, samples=(shown,))
    assert untested(suite(one, service=service))["post-widgets/normal/202[with-wheels.tag]"] == "no-place"


LIST = [row("sort_key", location="query", enum=("name", "age")), row("deep", "boolean", location="query")]


def test_each_value_of_a_query_is_asked_for_once():
    found = suite(plain("GET", "/gears", *LIST, row("mood", location="query"), normal=(200,)))
    asked = {
        one.id.partition("[")[2][:-1]: one.trial.request.query
        for one in found.cases
        if isinstance(one.expectation, LetIn)
    }
    assert asked == {
        "sort_key-name": (("sort_key", "name"),),
        "sort_key-age": (("sort_key", "age"),),
        "with-deep": (("deep", "True"),),
    }
    assert untested(found)["get-gears/normal/200[with-mood]"] == "not-derivable"


def test_a_value_of_a_query_is_asked_for_as_who_may_and_with_what_it_needs():
    service = replace(
        KNOWLEDGE,
        list_rules=(ListRule("*", ("deep",), "admin", (("all", "1"),)),),
        value_rules=(ValueRule("*", "deep", together_with={"from": "top"}),),
    )
    found = suite(plain("GET", "/gears", *LIST, normal=(200,)), service=service)
    trial = case(found, "get-gears/normal/200[with-deep]").trial
    assert (trial.request.role, trial.request.query) == ("admin", (("all", "1"), ("from", "top"), ("deep", "True")))


@given(st.lists(st.sampled_from("abcdef"), unique=True, min_size=2), st.integers(0, 5))
def test_every_value_is_in_some_request_that_should_be_accepted(enum, shown):
    assume(shown < len(enum))
    one = action("turn", row("mode", enum=tuple(enum)), samples=(sample({"turn": {"mode": enum[shown]}}),))
    bodies = [c.trial.request.body for c in suite(one).cases if c.trial.outcome.accepted]
    assert {body["turn"]["mode"] for body in bodies if body["turn"]} == set(enum)


def test_what_is_tried_on_a_list_is_asked_for_all_the_same():
    """Where the list shows nothing that it could be told by, it is not tried there."""
    order = row("sort_dir", location="query", enum=("asc", "desc"))
    more = [row("name", location="query", enum=("x", "y")), row("limit", "integer", location="query")]
    answers = (row("gears", "array"), row("gears.name"))
    shown = (sample({"gears": [{"name": "x"}]}),)
    service = replace(KNOWLEDGE, list_rules=(ListRule("*", ("limit",), None, (("deep", "1"),)),))
    gears = plain("GET", "/gears", *LIST, order, *more, answers=answers, answered=shown, normal=(200,))
    found = suite(gears, service=service)
    given = [one.id.partition("[")[2][:-1] for one in found.cases if isinstance(one.expectation, LetIn)]
    assert given == ["sort_key-name", "sort_key-age", "with-deep", "sort_dir-asc", "sort_dir-desc", "name-x", "name-y"]


def test_a_value_of_other_versions_is_not_that_of_a_former_field():
    rows = [row("mode", max="2.5", enum=("a", "b")), row("mode", min="2.6", enum=("a", "b"))]
    found = suite(action("turn", *rows, samples=(sample({"turn": {"mode": "b"}}, "2.7"),)))
    asked = [(c.trial.request.version, c.trial.request.body) for c in found.cases if c.trial.outcome.accepted]
    last, sampled = Microversion(2, 5), Microversion(2, 7)
    for version, mode in ((last, "a"), (last, "b"), (None, "a"), (sampled, "b")):
        assert (version, {"turn": {"mode": mode}}) in asked


@pytest.mark.parametrize(("shown", "sent"), [(0, 0), (True, True), (1.5, 1.5), ([1], "conformance"), ("x", "x")])
def test_a_number_in_the_sample_of_a_text_is_sent_as_the_sample_has_it(shown, sent):
    paint = plain("POST", "/paints", row("coat", required=True), samples=(sample({"coat": shown}),))
    field = Field(paint.request.parameters[0], ("coat",))
    assert values.value_for(paint, field, KNOWLEDGE) == sent
