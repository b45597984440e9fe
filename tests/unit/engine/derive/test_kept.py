"""Values that stay: which fields of an update are judged, and by which requests."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import KNOWLEDGE, case, ids, plain, row, sample, suite, untested

from conformance.engine.judge.equality import KeepsValue
from conformance.engine.model.binding import Binding, Step
from conformance.engine.model.probe import Kept
from conformance.engine.model.setup import Prepared

SHOWN = sample({"gear": {"id": "g", "name": "n", "label": "l", "note": "t", "size": 1, "on": True}})
ANSWERS = (*tuple(row(name) for name in ("id", "name", "label", "note")), row("size", "integer"), row("on", "boolean"))
MAKE = plain("POST", "/gears", row("name", required=True), samples=(sample({"gear": {"name": "n"}}),), name="make",
             normal=(201,), answers=ANSWERS, answered=(SHOWN,))  # fmt: skip
SHOW = plain("GET", "/gears/{gear_id}", name="show", normal=(200,), answers=ANSWERS, answered=(SHOWN,))
SENT = sample({"gear": {"name": "n", "label": "l", "note": "t", "size": 1, "on": True}})
ROWS = (row("gear", "object", required=True), row("name"), row("label"), row("note"))


def update(*rows, method="PUT", **more):
    return plain(method, "/gears/{gear_id}", *rows, samples=(SENT,), name="update", normal=(200,), answers=ANSWERS,
                 answered=(SHOWN,), **more)  # fmt: skip


def kept(*operations, **more):
    return ids(suite(*operations, **more), "/kept")


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_one_field_is_sent_alone_after_the_others_were_given_values(method):
    found = suite(MAKE, SHOW, update(*ROWS, method=method))
    assert ids(found, "/kept") == ["update/equality/label/kept", "update/equality/note/kept"]
    one = case(found, "update/equality/label/kept")
    assert one.trial.request.body == {"gear": {"name": Binding("name", "value", "new")}}
    assert one.trial.setup == (Prepared((Step("widgets.update", {"label": "l", "note": "t"}),)),)
    assert one.expectation == KeepsValue("label", ("gear", "label"), Kept("widgets.show"), "name")
    assert one.trial == case(found, "update/equality/note/kept").trial, "one exchange judges all of them"


def test_an_update_that_must_name_a_field_may_replace_all():
    assert kept(MAKE, SHOW, update(*ROWS, row("size", "integer", required=True))) == []


def test_switches_numbers_and_enumerations_may_depend_on_each_other():
    others = (row("gear", "object", required=True), row("name"), row("size", "integer"), row("on", "boolean"))
    assert kept(MAKE, SHOW, update(*others)) == []
    assert kept(MAKE, SHOW, update(*others, row("label", enum=("l", "m")))) == []


def test_a_field_that_is_not_shown_or_has_no_good_value_is_not_judged():
    assert kept(MAKE, SHOW, update(*ROWS[:3], row("hidden"))) == ["update/equality/label/kept"]
    silent = replace(update(*ROWS), request=replace(update(*ROWS).request, samples=(sample({"gear": {}}),)))
    assert kept(MAKE, SHOW, silent) == [], "the type alone gives no good value"


def test_things_of_others_are_left_alone():
    assert kept(SHOW, update(*ROWS)) == [], "the run makes no such element"


def test_a_description_excepts_a_field_with_its_reason():
    service = replace(KNOWLEDGE, not_returned=(("*", "note/kept", "a note counts the updates"),))
    found = suite(MAKE, SHOW, update(*ROWS), service=service)
    assert ids(found, "/kept") == ["update/equality/label/kept"]
    assert untested(found)["update/equality/note/kept"] == "not-returned"
