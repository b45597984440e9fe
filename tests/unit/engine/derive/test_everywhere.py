"""What a guide promises of every operation, as cases of each operation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import KNOWLEDGE, TOP, action, case, evidence, ids, plain, row, sample, suite

from conformance.engine.api.description import Description
from conformance.engine.api.given import Everywhere
from conformance.engine.api.load import understood
from conformance.engine.api.strictness import DescriptionError
from conformance.engine.derive.everywhere import BEYOND
from conformance.engine.judge.codes import Refused, RefusedAsUnreadable
from conformance.engine.judge.contents import HeaderShown, OfMediaType, OfRefusal
from conformance.engine.model.api_version import ApiVersion
from conformance.engine.model.content import Content
from conformance.engine.model.trial import UnknownVersion
from specs.microversion import Microversion
from specs.model import Body, Code, Responses
from specs.record.model import Source

PLACE = {"document": "guide/answers.rst", "section": "Answers", "line": 7}
HEADER = Everywhere("header", name="API-Version", value="widgetry {version}", **PLACE)
TYPE = Everywhere("media_type", name="application/json", **PLACE)
UNKNOWN = Everywhere("unknown_version", code=406, **PLACE)
NO_JSON = Everywhere("not_json", **PLACE)
SHOW = plain("GET", "/gears/{gear_id}", name="show", answers=(row("size"),), answered=(sample({"size": 1}),))


def promised(*promises, operation=SHOW, **more):
    return suite(operation, service=replace(KNOWLEDGE, every_operation=promises), **more)


def test_a_header_and_a_media_type_are_judged_by_the_documented_request():
    found = promised(HEADER, TYPE)
    assert ids(found, "everywhere") == ["show/everywhere/API-Version", "show/everywhere/application/json"]
    header, media = (case(found, one) for one in ids(found, "everywhere"))
    assert header.expectation == HeaderShown("API-Version", True, rf"widgetry\ {TOP.major}\.{TOP.minor}")
    assert media.expectation == OfMediaType("application/json")
    assert header.trial == media.trial == case(found, "show/normal/202").trial, "no request of their own"
    assert header.requirement.source == Source("guide/answers.rst", 7)


def test_a_promise_holds_from_its_first_version_on_and_of_answers_that_have_a_body():
    assert ids(promised(replace(HEADER, min_microversion=TOP.next)), "everywhere") == []
    assert ids(promised(TYPE, operation=action(body=Body("empty", 40))), "everywhere") == []
    anything = case(promised(replace(HEADER, value="")), "show/everywhere/API-Version").expectation
    assert anything.form is None


def test_an_unknown_version_is_asked_for_where_nothing_can_be_changed():
    one = case(promised(UNKNOWN), "show/everywhere/unknown_version")
    assert isinstance(one.expectation, Refused)
    assert one.expectation.codes == (406,)
    assert (one.trial.request.version, one.trial.gates) == (Microversion(TOP.major, BEYOND), (UnknownVersion(),))
    assert (one.trial.situation.target, one.trial.outcome.accepted) == ("unknown", False)
    assert ids(promised(UNKNOWN, operation=action()), "everywhere") == []
    assert ids(promised(UNKNOWN, api=ApiVersion(only=True)), "everywhere") == []


def test_a_body_that_is_not_json_is_sent_where_a_body_is_documented():
    make = plain("POST", "/gears", row("name", required=True), name="make", samples=(sample({"name": "n"}),))
    one = case(promised(NO_JSON, operation=make), "make/everywhere/not_json")
    assert one.expectation == RefusedAsUnreadable("the body is not JSON")
    assert one.trial.request.body == Content("application/json", "{conformance")
    assert (one.trial.outcome.accepted, one.trial.situation.target) == (False, "own")
    asked = plain("GET", "/gears", row("name", required=True), name="ask", samples=(sample({"name": "n"}),))
    for other in (SHOW, asked, action(), plain("DELETE", "/gears/{gear_id}", name="drop")):
        assert ids(promised(NO_JSON, operation=other), "everywhere") == []


def test_a_description_says_what_is_promised_and_where():
    given = {"format": 1, "every_operation": [{"promise": "unknown_version", "code": 406, **PLACE}]}
    assert understood(Description(given)).every_operation == (UNKNOWN,)
    for wrong in ({"promise": "unknown"}, {"promise": "header", "nmae": "x", **PLACE}):
        with pytest.raises(DescriptionError):
            understood(Description({"format": 1, "every_operation": [wrong]}))


def test_a_refusal_that_another_case_asks_for_has_the_header_too():
    show = replace(SHOW, responses=Responses((Code(200, 10),), (Code(404, 11),)))
    found = promised(HEADER, TYPE, UNKNOWN, operation=show)
    header = case(found, "show/everywhere/API-Version[unknown-id]")
    assert header.trial == case(found, "show/error/404[unknown-id]").trial, "no request of its own"
    assert header.expectation == OfRefusal(HeaderShown("API-Version", True, rf"widgetry\ {TOP.major}\.{TOP.minor}"))
    assert "show/everywhere/application/json[unknown-id]" not in ids(found), "the cases of 404 judge the body"
    late = promised(replace(HEADER, min_microversion=TOP.next), operation=show)
    assert ids(late, "everywhere") == []


def test_a_header_of_a_refusal_is_judged_by_a_refusal_alone():
    promise = OfRefusal(HeaderShown("API-Version", True))
    assert promise.judge(evidence(404, headers={"api-version": "2.1"})).verdict == "pass"
    missing = promise.judge(evidence(404))
    assert (missing.verdict, missing.observed) == ("fail", "missing")
    assert promise.judge(evidence(200, headers={"api-version": "2.1"})).verdict == "inapplicable"
