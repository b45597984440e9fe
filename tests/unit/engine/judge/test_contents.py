"""Expectations about headers, bodies and statuses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import evidence, plain, trial

from conformance.engine.api.types import is_of_type
from conformance.engine.judge.contents import (
    DocumentedKeys,
    EmptyBody,
    ErrorBody,
    FieldAbsent,
    FieldShown,
    HeaderAbsent,
    HeaderShown,
    OfMediaType,
)
from conformance.engine.judge.statuses import InVocabulary, Reaches, RelatedReaches, Unchanged
from conformance.engine.model.probe import StatusOf
from specs.record.model import Exchange, SentRequest


def field(type_="string", place=("widget", "name"), required=True, nullable=False, **more):
    return FieldShown("name", place, type_, required, nullable, **more)


SHOWN = [
    EmptyBody(),
    field(),
    FieldAbsent("name", ("widget", "name"), "from 2.5 on"),
    HeaderShown("Place", True),
    HeaderAbsent("Place", "from 2.5 on"),
    Reaches("widget", ("SPINNING",)),
    RelatedReaches("gear", ("ready",)),
    Unchanged("widget"),
]


def verdict(expectation, **more):
    assert expectation.expected
    judgement = expectation.judge(evidence(**more))
    assert (judgement.verdict == "fail") == (judgement.deviation is not None)
    return judgement.verdict


@pytest.mark.parametrize("expectation", SHOWN)
@pytest.mark.parametrize("code", [400, 409, 500])
def test_what_was_refused_decides_nothing_of_a_response(expectation, code):
    assert verdict(expectation, code=code) == "inconclusive"


@pytest.mark.parametrize(
    ("body", "expected"), [(None, "pass"), ("", "pass"), ({}, "fail"), ("<html>", "fail"), ([], "fail"), (0, "fail")]
)
def test_an_empty_body_is_empty(body, expected):
    assert verdict(EmptyBody(), body=body) == expected


@pytest.mark.parametrize(
    ("given", "body", "expected"),
    [
        (field(), {"widget": {"name": "w"}}, "pass"),
        (field(), {"widget": {"name": ""}}, "pass"),
        (field(), {"widget": {"nam": "w"}}, "fail"),
        (field(), {"widget": {"name": None}}, "fail"),
        (field(nullable=True), {"widget": {"name": None}}, "pass"),
        (field(), {"widget": {"name": 1}}, "fail"),
        (field(), {"widget": {"name": {}}}, "fail"),
        (field(required=False), {"widget": {}}, "inapplicable"),
        (field(required=False), {"widget": {"name": 1}}, "fail"),
        (field(required=False), None, "inapplicable"),
        (field(place=("name",), required=False), "", "inapplicable"),
        (field(place=("name",), required=False), "<html>", "fail"),
        (field(place=("name",)), None, "fail"),
        (field(place=("name",)), "<html>", "fail"),
        (field(), {"other": 1}, "inapplicable"),
        (field(wrapped=True), {"other": 1}, "fail"),
        (field(wrapped=True), "<html>", "fail"),
        (field(wrapped=True, required=False), {"other": 1}, "inapplicable"),
        (field(wrapped=True), {"widget": {"name": "w"}}, "pass"),
        (field(place=("w", "[]", "name")), {"w": [{"name": "a"}, {"name": "b"}]}, "pass"),
        (field(place=("w", "[]", "name")), {"w": [{"name": "a"}, {}]}, "fail"),
        (field(place=("w", "[]", "name")), {"w": [{"name": "a"}, {"name": 1}]}, "fail"),
        (field(place=("w", "[]", "name")), {"w": []}, "inapplicable"),
        (field(place=("w", "[]", "name"), wrapped=True), {"w": []}, "inapplicable"),
        (field(enum=("a", "b")), {"widget": {"name": "a"}}, "pass"),
        (field(enum=("a", "b")), {"widget": {"name": "c"}}, "fail"),
        (field(type_="array", enum=("a", "b")), {"widget": {"name": ["a", "b"]}}, "pass"),
        (field(type_="array", enum=("a", "b")), {"widget": {"name": ["a", "c"]}}, "fail"),
        (field(type_=None), {"widget": {"name": None}}, "pass"),
        (field(type_="a word of its own"), {"widget": {"name": 1}}, "pass"),
    ],
)
def test_a_field_is_there_and_of_its_type(given, body, expected):
    assert verdict(given, body=body) == expected


@pytest.mark.parametrize(
    ("value", "type_", "expected"),
    [
        (1, "integer", True),
        (True, "integer", False),
        (1.5, "integer", False),
        ("1", "integer", False),
        (1, "float", True),
        (True, "float", False),
        (True, "boolean", True),
        (1, "boolean", False),
        ([], "array", True),
        ({}, "array", False),
        ({}, "object", True),
        ([], "object", False),
        ("x", "uuid", True),
    ],
)
def test_types_are_those_of_json(value, type_, expected):
    assert is_of_type(value, type_) is expected


@pytest.mark.parametrize(
    ("body", "expected"), [({"widget": {}}, "pass"), (None, "pass"), ({"widget": {"name": None}}, "fail")]
)
def test_a_field_outside_its_versions_is_absent(body, expected):
    assert verdict(FieldAbsent("name", ("widget", "name"), "from 2.5 on"), body=body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"widgets": []}, "inapplicable"),
        ({"widgets": [{}]}, "pass"),
        ({"widgets": [{"name": "a"}]}, "fail"),
        (None, "pass"),
    ],
)
def test_an_empty_list_shows_no_field_absent(body, expected):
    assert verdict(FieldAbsent("name", ("widgets", "[]", "name"), "from 2.5 on"), body=body) == expected


@pytest.mark.parametrize(
    ("given", "headers", "expected"),
    [
        (HeaderShown("Place", True), {"place": "x"}, "pass"),
        (HeaderShown("Place", True), {}, "fail"),
        (HeaderShown("Place", False), {}, "pass"),
        (HeaderShown("Place", True, r"w-\d+"), {"place": "w-12"}, "pass"),
        (HeaderShown("Place", True, r"w-\d+"), {"place": "w-12x"}, "fail"),
        (HeaderShown("Place", False, r"w-\d+"), {"place": ""}, "fail"),
        (HeaderAbsent("Place", "up to 2.4"), {}, "pass"),
        (HeaderAbsent("Place", "up to 2.4"), {"place": ""}, "fail"),
    ],
)
def test_a_header_is_there_and_of_its_form(given, headers, expected):
    assert verdict(given, headers=headers) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"badRequest": {"code": 400, "message": "m"}}, "pass"),
        ({"anything": {"code": 400, "message": ""}}, "pass"),
        ({"badRequest": {"code": 404, "message": "m"}}, "fail"),
        ({"badRequest": {"code": "400", "message": "m"}}, "fail"),
        ({"badRequest": {"code": 400}}, "fail"),
        ({"badRequest": "m"}, "fail"),
        ({}, "fail"),
        ([], "fail"),
        ("<html>", "fail"),
        (None, "fail"),
    ],
)
def test_an_error_has_a_body_of_its_form(body, expected):
    assert verdict(ErrorBody(), code=400, body=body) == expected


def test_a_service_whose_errors_repeat_no_code_promises_the_other_fields_alone():
    form = ErrorBody(code=None, fields=("type", "message"))
    assert verdict(form, code=400, body={"Fault": {"type": "Odd", "message": "m"}}) == "pass"
    assert verdict(form, code=400, body={"Fault": {"message": "m"}}) == "fail"


def test_an_answer_to_head_has_no_body_to_judge():
    seen = replace(evidence(404, body=None), trial=trial(plain("HEAD", "/widgets/{widget_id}")))
    assert ErrorBody().judge(seen).verdict == "inapplicable"


def test_without_an_error_there_is_no_error_body():
    assert verdict(ErrorBody(), code=202, body={}) == "inapplicable"


def spun(last, *seen, before="IDLE", **more):
    return {
        "before": {"status": before},
        "after": {"status": last} if last else None,
        "statuses": seen or (before, last),
        **more,
    }


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (spun("SPINNING"), "pass"),
        (spun("SPINNING", "IDLE", "STARTING", "SPINNING"), "pass"),
        (spun("HALTED"), "fail"),
        (spun("IDLE", timed_out=True, waited=30.0), "fail"),
        (spun("SPINNING", timed_out=True), "fail"),
        (spun("ERROR"), "fail"),
        (spun("SPINNING", "IDLE", "ERROR", "SPINNING"), "fail"),
        (spun("SPINNING", "ERROR", "SPINNING", before="ERROR"), "pass"),
        (spun("ERROR", "ERROR", "SPINNING", "ERROR", before="ERROR"), "fail"),
        (spun("ERROR", "ERROR", before="ERROR", timed_out=True), "fail"),
        (spun(None, "IDLE", "DELETED"), "fail"),
        (spun("IDLE", timed_out=True, unseen="the poll broke"), "inconclusive"),
        (spun("SPINNING", unseen="stopped"), "inconclusive"),
    ],
)
def test_a_status_is_reached_without_failure(seen, expected):
    assert verdict(Reaches("widget", ("SPINNING",), ("ERROR",)), **seen) == expected


def test_a_failure_that_is_documented_as_the_end_is_none():
    assert verdict(Reaches("widget", ("ERROR",)), **spun("ERROR")) == "pass"


def test_another_status_than_the_documented_transient_ones_is_an_omission():
    given = Reaches("widget", ("SPINNING",), transient=("STARTING",))
    assert given.judge(evidence(**spun("SPINNING", "IDLE", "STARTING", "SPINNING"))).deviation is None
    judgement = given.judge(evidence(**spun("SPINNING", "IDLE", "SHAKING", "SPINNING")))
    assert (judgement.verdict, judgement.deviation, judgement.observed) == ("pass", "omission", "SHAKING")


@pytest.mark.parametrize(
    ("value", "expected"), [("ready", "pass"), ("READY", "pass"), ("failed", "fail"), (None, "inapplicable")]
)
def test_another_resource_reaches_its_status(value, expected):
    assert verdict(RelatedReaches("gear", ("ready",)), found={StatusOf("gear"): value}) == expected


def test_another_resource_that_could_not_be_followed_decides_nothing():
    found = {StatusOf("gear"): "failed"}
    assert verdict(RelatedReaches("gear", ("ready",)), found=found, unseen="stopped") == "inconclusive"


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (spun("IDLE"), "pass"),
        (spun("HALTED"), "fail"),
        (spun("IDLE", timed_out=True), "fail"),
        (spun(None), "fail"),
        (spun("IDLE", unseen="stopped"), "inconclusive"),
    ],
)
def test_a_status_is_again_what_it_was(seen, expected):
    assert verdict(Unchanged("widget"), **seen) == expected


@pytest.mark.parametrize(
    ("statuses", "after", "expected"),
    [
        (("IDLE", "SPINNING"), {"status": "SPINNING"}, "pass"),
        ((), {"status": "IDLE"}, "pass"),
        (("IDLE", "DIZZY", "SPINNING"), {"status": "SPINNING"}, "fail"),
        (("IDLE",), {"status": "DIZZY"}, "fail"),
        ((), None, "inconclusive"),
        (("IDLE", "DELETED"), None, "pass"),
        (("DELETED",), None, "inapplicable"),
    ],
)
def test_statuses_are_of_the_vocabulary(statuses, after, expected):
    assert verdict(InVocabulary(("IDLE", "SPINNING")), statuses=statuses, after=after) == expected


@pytest.mark.parametrize(("shown", "expected"), [("IDLE", "inconclusive"), ("ODD", "fail")])
def test_a_status_after_a_refusal_is_none_of_the_operation_unless_it_is_strange(shown, expected):
    vocabulary = InVocabulary(("IDLE", "SPINNING"))
    assert verdict(vocabulary, status=409, statuses=(), after={"status": shown}) == expected


def test_an_id_is_that_of_the_resource_that_the_request_names():
    own = field(place=("widget", "id"), identifies=True)
    before = {"id": "w1", "status": "IDLE"}
    assert verdict(own, body={"widget": {"id": "w1"}}, before=before) == "pass"
    assert verdict(own, body={"widget": {"id": "w2"}}, before=before) == "fail"
    assert verdict(field(place=("widget", "id")), body={"widget": {"id": "w2"}}, before=before) == "pass"


def test_after_a_question_it_is_the_address_that_names_the_resource():
    own = field(place=("widget", "id"), identifies=True)
    asked = (Exchange(SentRequest("GET", "http://127.0.0.1/v2.1/widgets/w1", {}, None), None, 1.0),)
    assert verdict(own, body={"widget": {"id": "w1"}}, before=None, exchanges=asked) == "pass"
    assert verdict(own, body={"widget": {"id": "w2"}}, before=None, exchanges=asked) == "fail"
    assert verdict(own, body={"widget": {"id": "w2"}}, before=None) == "pass"


KEYS = DocumentedKeys(((("widgets", "[]"), frozenset({"id", "name"})), ((), frozenset({"widgets"}))))


@pytest.mark.parametrize(
    ("body", "verdict", "observed"),
    [
        ({"widgets": [{"id": 1}]}, ("pass", None), "documented keys"),
        ({"widgets": [{"id": 1}, {"id": 2, "hue": 3}], "more": 1}, ("pass", "omission"), "more widgets.[].hue"),
        ({"widgets": {"id": 1, "hue": 2}}, ("pass", None), "documented keys"),
        (["a"], ("inapplicable", None), "not shown"),
        (None, ("inapplicable", None), "not shown"),
        ({"widgets": []}, ("inapplicable", None), "not shown"),
        ({"widgets": [], "more": 1}, ("pass", "omission"), "more"),
    ],
)
def test_a_key_that_no_document_has_is_an_omission(body, verdict, observed):
    judgement = KEYS.judge(evidence(200, body=body))
    assert ((judgement.verdict, judgement.deviation), judgement.observed) == (verdict, observed)
    assert KEYS.judge(evidence(404, body=body)).verdict == "inconclusive"


@pytest.mark.parametrize(
    ("told", "body", "verdict"),
    [
        ("application/json", {"a": 1}, "pass"),
        ("Application/JSON; charset=UTF-8", {"a": 1}, "pass"),
        ("text/html", {"a": 1}, "fail"),
        ("application/jsonp", {"a": 1}, "fail"),
        ("", {"a": 1}, "fail"),
        ("text/html", None, "inapplicable"),
    ],
)
def test_the_media_type_of_a_body(told, body, verdict):
    headers = {"content-type": told} if told else {}
    assert OfMediaType("application/json").judge(evidence(200, body=body, headers=headers)).verdict == verdict
    assert OfMediaType("application/json").judge(evidence(404, body=body, headers=headers)).verdict == "inconclusive"
