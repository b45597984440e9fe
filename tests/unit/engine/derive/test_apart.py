"""Normal codes that sentences tell apart: a requirement of each, where its situation can be brought about."""

from __future__ import annotations

import pytest
from widgets import KNOWLEDGE, case, driving, evidence, ids, plain, row, suite, untested

from conformance.engine.model.trial import Once, Twice
from specs.model import Code, When
from specs.refusals import Cause, Refusal

LOADED = driving(KNOWLEDGE, lacking={"widget oil": ("HALTED",)})
RANGE = row("Range", location="header")


def codes(**situations):
    """Normal codes of line 10, each with its situation: ``c204=When(...)``."""
    return tuple(Code(int(name[1:]), 10, when=when) for name, when in situations.items())


def oil(*, service=LOADED, **situations):
    shown = plain("GET", "/widgets/{widget_id}/oil", RANGE, name="oil", normal=codes(**situations))
    return suite(shown, service=service)


FULL = When(exists=("widget oil",), absent=("Range",), line=61)
PART = When(exists=("widget oil",), present=("Range",), line=62)
NONE = When(missing=("widget oil",), line=63)


def test_the_thing_is_there_or_not_in_the_statuses_that_the_description_names():
    found = oil(c200=FULL, c204=NONE)
    there = case(found, "oil/normal/200/widget-oil-exists-without-Range")
    lacking = case(found, "oil/normal/204/no-widget-oil-exists")
    assert (there.trial.situation.state, lacking.trial.situation.state) == ("IDLE", "HALTED")
    assert [one.requirement.source.line for one in (there, lacking)] == [61, 63]
    assert there.trial == case(found, "oil/normal/200+204[IDLE]").trial  # no request of its own


def test_a_part_is_asked_for_by_a_header():
    found = oil(c200=FULL, c206=PART)
    one = case(found, "oil/normal/206/widget-oil-exists-with-Range")
    assert one.trial.request.headers == (("Range", "bytes=0-2"),)
    assert case(found, "oil/normal/200/widget-oil-exists-without-Range").trial.request.headers == ()


def test_without_a_description_of_the_thing_there_is_no_case():
    found = oil(service=KNOWLEDGE, c200=FULL, c204=NONE)
    assert ids(found, "exists") == []
    assert untested(found)["oil/normal/204/no-widget-oil-exists"] == "no-situation"


def test_a_header_of_no_known_value_is_not_sent():
    found = oil(c200=FULL, c206=When(present=("If-Match",), line=62))
    assert untested(found)["oil/normal/206/with-If-Match"] == "no-situation"


def test_a_single_code_is_no_choice():
    assert ids(oil(c200=FULL), "exists") == []


MADE = When(missing=("gear",), line=61)
FOUND = When(exists=("gear",), line=62)


def gears(method="PUT", **situations):
    return suite(
        plain(method, "/gears/{gear_id}", name="gear", normal=codes(**situations)),
        plain("GET", "/gears", name="list", normal=(200,)),
    )


def test_what_a_request_makes_is_found_by_the_second_one():
    found = gears(c201=MADE, c204=FOUND)
    assert case(found, "gear/normal/201/no-gear-exists").trial.exchange == Once()
    assert case(found, "gear/normal/204/gear-exists").trial.exchange == Twice()


def test_a_request_that_makes_nothing_names_an_element_that_is_there():
    shown = plain("GET", "/gears/{gear_id}", name="gear", normal=codes(c200=FOUND, c204=MADE))
    found = suite(shown, plain("POST", "/gears", name="make", normal=(201,)))
    assert case(found, "gear/normal/200/gear-exists").trial.exchange == Once()
    assert untested(found)["gear/normal/204/no-gear-exists"] == "no-situation"


@pytest.mark.parametrize(("status", "verdict"), [(204, "pass"), (201, "fail"), (404, "fail"), (500, "fail")])
def test_the_code_of_another_situation_breaks_the_promise(status, verdict):
    one = case(gears(c201=MADE, c204=FOUND), "gear/normal/204/gear-exists")
    judged = one.expectation.judge(evidence(status, trial=one.trial))
    assert judged.verdict == verdict
    assert one.expectation.expected == "204: gear exists"


def test_a_part_that_the_content_does_not_have_is_asked_for():
    refusal = Refusal(Cause(invalid=("Range",)), 416, 64)
    shown = plain("GET", "/gears/{gear_id}", RANGE, name="oil", normal=(200, 206), error=(416,), refusals=(refusal,))
    one = case(suite(shown), "oil/refusal/invalid-range")
    assert one.trial.request.headers == (("Range", "bytes=999999999-"),)
    assert one.expectation.codes == (416,)
    assert one.trial.outcome.accepted is False
