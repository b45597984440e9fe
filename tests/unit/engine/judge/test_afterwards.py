"""Expectations about what is shown after a request: what holds, what breaks, and what shows nothing."""

from __future__ import annotations

import pytest
from widgets import evidence

from conformance.engine.judge.afterwards import BroughtBack, GoneAfterwards, InTheList, Switched
from conformance.engine.model.probe import Listed, Looked, Removed

PASS, FAIL = ("pass", None), ("fail", "contradiction")
UNDECIDED, UNSHOWN = ("inconclusive", None), ("inapplicable", None)
UNLOCKED = Switched("locked", False)
SHAPE = BroughtBack("shape")
GONE = GoneAfterwards(Removed("widgets.show"))
IN_LIST = InTheList(Listed("widgets.list"))


def said(expectation, code=202, **more):
    judgement = expectation.judge(evidence(code, **more))
    assert judgement.reason or judgement.verdict == "pass"
    return judgement.verdict, judgement.deviation


@pytest.mark.parametrize("expectation", [UNLOCKED, SHAPE, GONE, IN_LIST])
def test_nothing_follows_from_a_refusal(expectation):
    assert said(expectation, 409) == UNDECIDED


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"locked": True}, {"locked": False}, PASS),
        ({"locked": True}, {"locked": True}, FAIL),
        ({"locked": False}, {"locked": False}, UNDECIDED),
        ({}, {"locked": False}, UNSHOWN),
        ({"locked": True}, {}, UNSHOWN),
    ],
)
def test_a_field_is_switched_if_it_was_otherwise_before(before, after, expected):
    assert said(UNLOCKED, before=before, after=after) == expected


@pytest.mark.parametrize(
    ("earlier", "before", "after", "expected"),
    [
        ({"shape": "a"}, {"shape": "b"}, {"shape": "a"}, PASS),
        ({"shape": "a"}, {"shape": "b"}, {"shape": "b"}, FAIL),
        ({"shape": "a"}, {"shape": "b"}, {"shape": "c"}, FAIL),
        ({"shape": "a"}, {"shape": "a"}, {"shape": "a"}, UNSHOWN),
        (None, {"shape": "b"}, {"shape": "b"}, UNSHOWN),
        ({"shape": "a"}, {"shape": "b"}, None, UNSHOWN),
    ],
)
def test_a_field_is_brought_back_if_it_had_been_changed(earlier, before, after, expected):
    assert said(SHAPE, earlier=earlier, before=before, after=after) == expected


@pytest.mark.parametrize(
    ("looked", "expected"),
    [
        (Looked(404, before=200), PASS),
        (Looked(410, before=204), PASS),
        (Looked(200, before=200), FAIL),
        (Looked(200, before=200, shown={"widget": {"name": "delete it", "status": "IDLE"}}), FAIL),
        (Looked(200, before=200, shown={"widget": {"status": "DELETE_COMPLETE"}}), UNSHOWN),
        (Looked(200, before=200, shown={"widget": {"status": "SOFT_DELETED"}}), UNSHOWN),
        (Looked(200, before=200, shown={"widgets": [{"status": "deleting"}]}), UNDECIDED),
        (Looked(403, before=200), UNDECIDED),
        (Looked(None, before=200), UNDECIDED),
        (Looked(404, before=404), UNSHOWN),
        (Looked(404), UNSHOWN),
    ],
)
def test_a_thing_is_gone_if_it_was_shown_before(looked, expected):
    assert said(GONE, found={GONE.probe: looked}) == expected
    assert said(GONE) == UNSHOWN


@pytest.mark.parametrize(
    ("looked", "expected"),
    [
        (Looked(200, shown={"id": "w"}), PASS),
        (Looked(200), FAIL),
        (Looked(200, more=True), UNDECIDED),
        (Looked(403), UNDECIDED),
        (Looked(), UNDECIDED),
    ],
)
def test_a_new_thing_is_in_the_list_unless_a_later_page_may_hold_it(looked, expected):
    assert said(IN_LIST, found={IN_LIST.probe: looked}) == expected
    assert said(IN_LIST) == UNSHOWN
