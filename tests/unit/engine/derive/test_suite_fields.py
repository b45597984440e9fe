"""A spec gives cases for the fields and headers of an answer, and for the samples of a request."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import KNOWLEDGE, PARAMETERS, TOP, action, case, ids, plain, row, sample, source, spec, suite, untested

from conformance.engine.derive.suite import derive
from conformance.engine.judge.contents import EmptyBody, FieldShown, HeaderShown
from specs.model import Body, Code, Common, Versions
from specs.record.model import Source


def test_body_rows_are_shown_at_their_places():
    rows = (
        row("widget", "object", True),
        row("name", "string", True),
        row("mood", "string", enum=("merry", "sad")),
        row("owner", "string", True),
        row("secret", "string", True, visible_to="admin"),
        row("maker", "object"),
        row("maker.name", "string", True),
    )
    inner = {"name": "n", "mood": "sad", "owner": None, "secret": "s", "maker": {"name": "m"}}
    found = suite(action(answers=rows, answered=(sample({"widget": inner}),)))
    bodies = [c for c in found.cases if isinstance(c.expectation, FieldShown) and "[at-" not in c.id]
    shown = {c.expectation.name: c.expectation for c in bodies}
    assert shown["widget"] == FieldShown("widget", ("widget",), "object", True, False)
    assert shown["name"] == FieldShown("name", ("widget", "name"), "string", True, False)
    assert shown["mood"] == FieldShown("mood", ("widget", "mood"), "string", False, False, ("merry", "sad"))
    assert shown["owner"].nullable
    assert not shown["secret"].required
    assert not shown["maker.name"].required
    assert source(found, "spin/body/name") == Source(PARAMETERS, 104)


def test_a_field_whose_wrapper_has_no_row_answers_for_it():
    found = suite(action(answers=(row("name", "string", True),), answered=(sample({"widget": {"name": "n"}}),)))
    assert case(found, "spin/body/name").expectation.wrapped


def test_a_long_enumeration_is_a_vocabulary_and_not_checked():
    many = tuple(f"v{n}" for n in range(20))
    found = suite(action(answers=(row("mood", enum=many),), answered=(sample({"mood": "v1"}),)))
    assert case(found, "spin/body/mood").expectation.enum == ()


def test_a_field_without_a_place_has_a_reason():
    assert untested(suite(action(answers=(row("name"),)))) == {"spin/body/name": "no-place"}


def test_a_row_that_stands_for_several_fields_has_no_case():
    shown = sample({"widget": {"limit_{kind}": 1, "limit": 2}})
    found = suite(action(answers=(row("limit_{kind}", "integer"), row("limit", "integer")), answered=(shown,)))
    assert [one for one in ids(found) if "/body/limit" in one] == ["spin/body/limit"]
    assert untested(found) == {"spin/body/limit_-kind": "no-place"}
    assert "spin/body/undocumented" not in ids(found)


def test_an_empty_body_is_promised_for_its_versions():
    found = suite(action(body=Body("empty", 40)))
    assert case(found, "spin/body/empty").expectation == EmptyBody()
    assert source(found, "spin/body/empty").line == 40
    early = suite(action(body=Body("empty", 40, max="2.5")))
    assert ids(early, "body/empty") == ["spin/body/empty[2.1]", "spin/body/empty[2.5]"]


def test_headers_of_the_operation_and_of_every_operation():
    request_id = row("X-Request-Id", location="header", required=True, min="2.3")
    found = suite(
        action(answers=(row("Location", location="header", required=True),)), common=Common(response=(request_id,))
    )
    assert case(found, "spin/header/Location").expectation == HeaderShown("Location", True, r"https?://\S+")
    assert source(found, "spin/header/X-Request-Id") == Source(PARAMETERS, 112)
    old = suite(action(microversions=Versions(max="2.2")), common=Common(response=(request_id,)))
    assert ids(old, "X-Request-Id") == []


def test_samples_of_a_request_are_requests_at_their_versions():
    shown = (
        sample({"paint": {"colourRef": "red"}}, None, "a/paint.json"),
        sample({"paint": {"coats": 1}}, "2.5", "a/v2.5/paint.json"),
        sample({"paint": {"coats": 1}}, "2.99", "a/v2.99/paint.json"),
        replace(sample(None, "2.6"), valid=False),
    )
    found = suite(action("paint", row("colourRef"), row("coats", "integer"), samples=shown), ceiling=TOP)
    assert ids(found, "sample") == ["paint/normal/202[sample-paint-2.1]", "paint/normal/202[sample-paint-2.5]"]
    assert case(found, "paint/normal/202[sample-paint-2.5]").trial.request.body == {"paint": {"coats": 3}}


def test_the_source_of_a_sample_is_that_of_the_code():
    found = suite(
        action(samples=(sample({"spin": None}, "2.3"),), normal=(Code(200, 10, max="2.4"), Code(202, 12, min="2.5")))
    )
    assert source(found, "spin/normal/200[sample-widget-sample-2.3]").line == 10


@pytest.mark.parametrize(("body", "alters"), [({"spin": None}, False), ({"spin": {"colour": "red"}}, True)])
def test_a_sample_with_the_required_fields_alone_sets_no_optional_fields(body, alters):
    found = suite(action("spin", samples=(sample(body, "2.5"),)))
    flags = {case.trial.request.uses_optional_fields for case in found.cases if "sample" in case.trial.key}
    assert flags == {alters}


def test_a_sample_of_null_speaks_for_rows_of_its_name_alone():
    def shows(name, path, field, value):
        return plain("GET", path, name=name, answers=(row(field, required=True, location="body"),),
                     answered=(sample({field: value}),), normal=(200,))  # fmt: skip

    def entry(operation):
        (shown,) = operation.response.parameters
        return replace(operation, response=replace(operation.response, parameters=(replace(shown, ref="gear"),)))

    found = suite(
        entry(shows("see", "/gears", "owner", None)),
        entry(shows("list", "/cogs", "owner", "x")),
        entry(shows("find", "/wheels", "id", "x")),
    )
    assert case(found, "list/body/owner").expectation.nullable
    assert not case(found, "find/body/id").expectation.nullable


def test_without_a_description_null_that_a_sentence_lets_in_is_let_in_where_the_same_entry_stands():
    def shows(name, **more):
        rows = (row("owner", required=True, location="body", **more),)
        return plain("GET", f"/{name}", name=name, answers=rows, answered=(sample({"owner": "x"}),), normal=(200,))

    def nullable(described, **more):
        service = replace(KNOWLEDGE, described=described)
        found = suite(shows("see", **more), shows("list"), service=service)
        return case(found, "list/body/owner").expectation.nullable

    assert nullable(described=False, nullable=True)
    assert not nullable(described=True, nullable=True)
    assert not nullable(described=False)


@pytest.mark.parametrize(
    ("described", "asked", "short", "required"),
    [
        (False, "detail", {"id": "1"}, False),
        (False, "fields", {"id": "1"}, False),
        (True, "detail", {"id": "1"}, True),
        (False, "limit", {"id": "1"}, True),
        (False, "detail", {"id": "1", "speed": 3}, True),
    ],
)
def test_what_a_short_sample_lacks_is_shown_only_if_details_are_asked_for(described, asked, short, required):
    listed = plain(
        "GET",
        "/gears",
        row(asked, "boolean", location="query"),
        name="list",
        answers=(row("gears", "array", True, location="body"), row("speed", "integer", True, location="body")),
        answered=(sample({"gears": [short]}), sample({"gears": [{"id": "1", "speed": 3}]})),
        normal=(200,),
    )
    found = derive([spec(listed)], service=replace(KNOWLEDGE, described=described))
    assert case(found, "list/body/speed").expectation.required is required
    assert case(found, "list/body/gears").expectation.required


def test_null_is_sent_where_a_row_lets_it_in():
    def normal(**more):
        return ids(suite(action("paint", row("hue", **more), samples=(sample({"paint": {"hue": "red"}}),))), "null")

    assert normal(nullable=True) == ["paint/normal/202[hue-null]"]
    assert normal(nullable=True, enum=("red", "blue")) == ["paint/normal/202[hue-null]"]
    assert normal() == []
    shown = action("paint", row("hue", nullable=True), samples=(sample({"paint": {"hue": None}}),))
    assert ids(suite(shown), "null") == [], "the sample is such a request"
    one = case(suite(action("paint", row("hue", nullable=True))), "paint/normal/202[hue-null]")
    assert one.trial.request.body == {"paint": {"hue": None}}
