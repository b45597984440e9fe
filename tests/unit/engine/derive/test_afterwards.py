"""What a spec gives: cases about what an accepted request leaves behind."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import KNOWLEDGE, action, case, driving, ids, plain, row, sample, suite, untested

from conformance.engine.judge.afterwards import BroughtBack, GoneAfterwards, InTheList, Switched
from conformance.engine.judge.equality import ComesBack
from conformance.engine.model.probe import Listed, Removed
from conformance.engine.model.setup import Locked

GEAR = (row("gear", "object", required=True), row("name", required=True))
SHOWN = sample({"gear": {"id": "g", "name": "n"}})
MAKE = plain("POST", "/gears", *GEAR, samples=(sample({"gear": {"name": "n"}}),), answered=(SHOWN,))
SHOW = plain("GET", "/gears/{gear_id}", normal=(200,), error=(404,))
DROP = plain("DELETE", "/gears/{gear_id}", normal=(204,))
NAMED = (row("name", required=True),)
LIST = plain("GET", "/gears", normal=(200,), answers=NAMED, answered=(sample({"gears": [{"id": "g", "name": "n"}]}),))
WRAPPED = plain(
    "GET", "/gears", normal=(200,), answers=NAMED, answered=(sample({"gears": [{"gear": {"id": "g", "name": "n"}}]}),)
)


def test_a_removed_thing_is_gone():
    found = suite(MAKE, SHOW, DROP)
    one = case(found, "delete-gears-gear_id/postcondition/gone")
    assert one.expectation == GoneAfterwards(Removed("widgets.get-gears-gear_id"))
    assert (one.requirement.kind, one.requirement.source.line) == ("postcondition", 5)
    assert one.trial == case(found, "delete-gears-gear_id/normal/204").trial, "no request of its own"


@pytest.mark.parametrize(
    "shown",
    [
        (),
        (replace(SHOW, responses=replace(SHOW.responses, error=())),),
        (replace(SHOW, microversions=replace(SHOW.microversions, max="2.5")),),
    ],
)
def test_without_an_operation_that_lists_404_for_it_nothing_is_promised(shown):
    assert ids(suite(MAKE, DROP, *shown), "postcondition/gone") == []


def test_the_resource_under_test_is_gone_and_a_whole_collection_is_not_asked_for():
    both = suite(plain("DELETE", "/widgets/{widget_id}"), plain("GET", "/widgets/{widget_id}", error=(404,)))
    assert ids(both, "postcondition/gone") == ["delete-widgets-widget_id/postcondition/gone"]
    assert ids(suite(plain("DELETE", "/gears"), LIST), "postcondition/gone") == []


def test_a_new_thing_is_listed():
    one = case(suite(MAKE, LIST, SHOW), "post-gears/postcondition/listed")
    assert one.expectation == InTheList(Listed("widgets.get-gears"))
    assert ids(suite(MAKE, SHOW), "postcondition/listed") == []


def test_a_list_that_leaves_things_out_by_design_has_the_reason_in_the_description():
    service = replace(KNOWLEDGE, not_returned=(("widgets.post-gears", "listed", "old gears are hidden"),))
    found = suite(MAKE, LIST, SHOW, service=service)
    assert ids(found, "postcondition/listed") == []
    assert untested(found)["post-gears/postcondition/listed"] == "not-returned"


@pytest.mark.parametrize(("listed", "place"), [(LIST, ("name",)), (WRAPPED, ("gear", "name"))])
def test_a_value_that_was_sent_is_shown_in_the_list(listed, place):
    one = case(suite(MAKE, listed, SHOW), "post-gears/equality/name/list")
    assert one.expectation == ComesBack(
        "name", ("gear", "name"), place, required=True, probe=Listed("widgets.get-gears")
    )


def test_a_field_beside_the_elements_is_no_field_of_them():
    beside = replace(LIST, response=replace(LIST.response, samples=(sample({"name": "n", "gears": [{"id": "g"}]}),)))
    assert ids(suite(MAKE, beside, SHOW), "equality/name/list") == []


def test_a_lock_is_shown_and_no_longer_after_it_was_removed():
    found = suite(action("lock"), action("unlock"))
    lock, unlock = (case(found, f"{name}/postcondition/locked") for name in ("lock", "unlock"))
    assert (lock.expectation, lock.trial.setup) == (Switched("locked", True), ())
    assert (unlock.expectation, unlock.trial.setup) == (Switched("locked", False), (Locked(),))


def test_what_an_operation_brings_back_is_said_by_the_description():
    service = driving(KNOWLEDGE, brought_back={"widgets.undo": ("shape",)})
    found = suite(action("undo"), action("spin"), service=service)
    assert ids(found, "equality") == ["undo/equality/shape"]
    assert case(found, "undo/equality/shape").expectation == BroughtBack("shape")
