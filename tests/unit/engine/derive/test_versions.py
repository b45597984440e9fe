"""What a spec gives: microversions from both sides of each bound."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import (
    COLOUR,
    KNOWLEDGE,
    PARAMETERS,
    PATH,
    TOP,
    action,
    case,
    evidence,
    ids,
    plain,
    row,
    sample,
    suite,
    untested,
    view,
)

from conformance.engine.api.entries import Refusal
from conformance.engine.derive.versions import points
from conformance.engine.judge.codes import Accepted, OutsideVersions, Refused
from conformance.engine.judge.contents import FieldAbsent, FieldShown, HeaderAbsent, HeaderShown
from conformance.engine.model.probe import FieldTaken
from specs.microversion import Microversion
from specs.model import Body, Code, Versions
from specs.record.model import Source


def versions(operation, top=TOP):
    return [str(v) for v in points(view(operation, top))]


def test_an_operation_is_tried_at_its_ends():
    assert versions(action()) == ["2.1", "2.20"]
    assert versions(action(microversions=Versions("2.3", "2.7"))) == ["2.3", "2.7"]
    assert versions(action(microversions=Versions("2.3", "2.3"))) == ["2.3"]


def test_and_on_both_sides_of_every_change():
    changing = action(
        answers=(row("a", min="2.5"), row("b", max="2.7")),
        normal=(Code(200, 1, max="2.10"), Code(202, 1, min="2.11")),
        body=Body("empty", 2, max="2.15"),
    )
    assert versions(changing) == ["2.1", "2.4", "2.5", "2.7", "2.8", "2.10", "2.11", "2.15", "2.16", "2.20"]


def test_changes_beyond_the_operation_or_the_cloud_add_nothing():
    assert versions(action(answers=(row("a", min="2.30"),))) == ["2.1", "2.20"]
    assert versions(action(answers=(row("a", max="2.20"),))) == ["2.1", "2.20"]
    assert versions(action(answers=(row("a", min="2.1"),))) == ["2.1", "2.20"]
    assert versions(action(answers=(row("a", min="2.5"),), microversions=Versions(min="2.5"))) == ["2.5", "2.20"]


def test_the_operations_last_version_and_the_first_beyond():
    found = suite(action(microversions=Versions(max="2.7", line=6)))
    assert ids(found, "microversion") == [
        "spin/microversion/operation/max-2.7[2.8]",
        "spin/microversion/operation/max-2.7[2.7]",
    ]
    beyond = case(found, "spin/microversion/operation/max-2.7[2.8]")
    assert beyond.expectation == Refused((404, 400), "the operation exists only up to 2.7")
    assert (beyond.trial.request.version, beyond.trial.outcome.accepted) == (Microversion(2, 8), False)
    assert beyond.requirement.source == Source(PATH, 6)
    last = case(found, "spin/microversion/operation/max-2.7[2.7]")
    assert last.expectation == Accepted((202,))
    assert last.trial is case(found, "spin/normal/202[IDLE]").trial


def test_the_operations_first_version_and_the_last_before():
    found = suite(action(microversions=Versions(min="2.7", line=6)))
    assert ids(found, "microversion") == [
        "spin/microversion/operation/min-2.7[2.6]",
        "spin/microversion/operation/min-2.7[2.7]",
    ]
    assert case(found, "spin/microversion/operation/min-2.7[2.7]").trial.request.version == Microversion.parse("2.7")


@pytest.mark.parametrize("span", [Versions(min="2.1"), Versions(max="2.20"), Versions(max="2.25")])
def test_no_version_lies_outside_of_what_is_known(span):
    assert ids(suite(action(microversions=span), ceiling=TOP), "microversion") == []


def answered(*rows, common=(), **more):
    shown = sample({"widget": {r.name: None if r.nullable else "x" for r in rows}})
    return action(answers=rows, answered=(shown,), **more)


def test_a_field_appears_with_its_first_version():
    found = suite(answered(row("mood", required=True, min="2.5")))
    assert ids(found, "microversion") == ["spin/microversion/mood/min-2.5[2.5]", "spin/microversion/mood/min-2.5[2.4]"]
    inside = case(found, "spin/microversion/mood/min-2.5[2.5]")
    outside = case(found, "spin/microversion/mood/min-2.5[2.4]")
    assert isinstance(inside.expectation, FieldShown)
    assert outside.expectation == FieldAbsent("mood", ("widget", "mood"), "from 2.5 on")
    assert (inside.trial.request.version, outside.trial.request.version) == (Microversion(2, 5), Microversion(2, 4))
    assert inside.requirement.source == Source(PARAMETERS, 104)


def test_a_field_that_is_required_later_only_may_be_missing_before():
    found = suite(answered(row("mood", required=True, min="2.5", required_min="2.7")))
    assert not case(found, "spin/microversion/mood/min-2.5[2.5]").expectation.required
    assert case(found, "spin/body/mood").expectation.required


def test_an_optional_field_is_required_from_the_version_on_in_which_it_is_always_shown():
    found = suite(answered(row("mood", min="2.5", required_min="2.7"), row("age", required_min="2.99")))
    assert not case(found, "spin/microversion/mood/min-2.5[2.5]").expectation.required
    assert case(found, "spin/body/mood").expectation.required
    assert not case(found, "spin/body/age").expectation.required, "the cloud has no such version"


def test_a_field_goes_after_its_last_version():
    found = suite(answered(row("mood", required=True, max="2.5")))
    assert ids(found, "microversion/mood") == [
        "spin/microversion/mood/max-2.5[2.5]",
        "spin/microversion/mood/max-2.5[2.6]",
    ]
    assert case(found, "spin/microversion/mood/max-2.5[2.6]").expectation.bound == "up to 2.5"


def test_a_field_that_another_row_carries_on_does_not_go():
    found = suite(answered(row("mood", max="2.5"), row("mood", "integer", min="2.6")))
    assert ids(found, "microversion") == []


def test_a_field_that_is_asked_and_answered_has_bounds_of_both():
    found = suite(
        answered(row("mood", required=True, min="2.5"), request=action("spin", row("mood", min="2.5")).request)
    )
    assert ids(found, "microversion") == [
        "spin/microversion/response/mood/min-2.5[2.5]",
        "spin/microversion/response/mood/min-2.5[2.4]",
        "spin/microversion/mood/min-2.5[2.5]",
        "spin/microversion/mood/min-2.5[2.4]",
    ]
    assert isinstance(case(found, "spin/microversion/mood/min-2.5[2.4]").expectation, OutsideVersions)
    assert isinstance(case(found, "spin/microversion/response/mood/min-2.5[2.4]").expectation, FieldAbsent)


def test_a_bound_at_the_default_version_is_the_documented_trial():
    found = suite(answered(row("mood", min="2.20")))
    assert case(found, "spin/microversion/mood/min-2.20[2.20]").trial is case(found, "spin/normal/202[IDLE]").trial


def test_a_header_has_bounds_too():
    found = suite(action(answers=(row("Place", location="header", required=True, max="2.5"),)))
    assert case(found, "spin/microversion/Place/max-2.5[2.5]").expectation == HeaderShown("Place", True)
    assert case(found, "spin/microversion/Place/max-2.5[2.6]").expectation == HeaderAbsent("Place", "up to 2.5")


def test_a_bound_of_a_field_without_a_place_has_a_reason():
    found = suite(action(answers=(row("mood", max="2.5"),)))
    assert untested(found) == {"spin/microversion/mood/max-2.5": "no-place"}


def test_a_request_field_is_accepted_inside_and_idle_outside():
    found = suite(action("turn", row("note", min="2.5")))
    assert ids(found, "microversion") == ["turn/microversion/note/min-2.5[2.5]", "turn/microversion/note/min-2.5[2.4]"]
    inside = case(found, "turn/microversion/note/min-2.5[2.5]")
    outside = case(found, "turn/microversion/note/min-2.5[2.4]")
    assert inside.expectation == Accepted((202,))
    assert inside.trial.request.body == {"turn": {"note": "conformance 2.5"}}
    assert inside.expectation.probes == ()
    taken = FieldTaken("note", "conformance 2.4")
    assert outside.expectation == OutsideVersions(taken, "note", "from 2.5 on")
    assert outside.trial.request.body == {"turn": {"note": "conformance 2.4"}}
    assert outside.expectation.probes == (taken,)
    assert outside.expectation.probe.value == "conformance 2.4"
    assert outside.trial.outcome.accepted is None
    assert inside.requirement.source == Source(PARAMETERS, 104)


@pytest.mark.parametrize(
    ("rule", "sent"),
    [
        (Refusal("widgets.turn", 409, "stale", "note", 99), 99),
        (Refusal("widgets.turn", 400, "stale", "note", 99), "conformance 2.4"),
        (Refusal("widgets.spin", 409, "stale", "note", 99), "conformance 2.4"),
        (Refusal("widgets.turn", 409, "stale", "note", 99, cause="repeated"), "conformance 2.4"),
    ],
)
def test_outside_a_field_has_a_value_that_only_a_service_which_takes_it_refuses(rule, sent):
    """With the value that a thing has, a service that takes the field answers as one that ignores it."""
    turn = action("turn", row("note", min="2.5"))
    found = suite(turn, service=replace(KNOWLEDGE, refusals=(rule,)))
    outside = case(found, "turn/microversion/note/min-2.5[2.4]")
    assert outside.trial.request.body == {"turn": {"note": sent}}
    assert case(found, "turn/microversion/note/min-2.5[2.5]").trial.request.body == {
        "turn": {"note": "conformance 2.5"}
    }
    assert outside.expectation.judge(evidence(409, trial=outside.trial)).verdict == "fail"


SHOWN = {"answers": (row("id", required=True), row("note"), row("size", "integer")), "normal": (200,)}
SHOWN["answered"] = (sample({"gear": {"id": "g", "note": "n", "size": 1}}),)
GEAR = (sample({"gear": {"name": "n"}}),)


def seen_outside(method, path, *rows, shown=SHOWN, samples=GEAR, **more):
    """The probe of the field outside its versions, of a request of an operation beside the one that shows its thing."""
    asked = plain(method, path, row("gear", "object"), row("name"), *rows, samples=samples, **SHOWN)
    makes = plain("POST", "/gears", row("gear", "object"), row("name"), samples=GEAR, **SHOWN)
    show = plain("GET", "/gears/{gear_id}", **shown)
    found = suite(asked, show, *((makes,) if method != "POST" else ()), **more)
    (one,) = [c for c in found.cases if isinstance(c.expectation, OutsideVersions)]
    return one.expectation.probe, one.trial.request.body["gear"]


def test_a_thing_that_was_made_or_changed_is_looked_at_where_it_shows_the_field():
    for method, path in (("POST", "/gears"), ("PUT", "/gears/{gear_id}")):
        probe, sent = seen_outside(method, path, row("note", min="2.5"))
        assert (probe.version, probe.place) == (Microversion(2, 5), ("gear", "note"))
        assert probe.value == sent["note"] == "conformance 2.4"
    late = {**SHOWN, "answers": (row("id", required=True), row("note", min="2.6"))}
    assert seen_outside("POST", "/gears", row("note", min="2.5"), shown=late)[0].version is None, "not yet shown at 2.5"


def test_a_value_that_a_thing_may_have_without_the_field_is_not_looked_for():
    number = row("size", "integer", max="2.5", default=1)
    probe, sent = seen_outside("POST", "/gears", number)
    assert (probe.version, probe.place, probe.value, sent["size"]) == (Microversion(2, 5), ("gear", "size"), 2, 2)
    assert seen_outside("PUT", "/gears/{gear_id}", number)[0].version is None, "an earlier request may have set it"
    assert seen_outside("POST", "/gears", row("size", "integer", max="2.5"))[0].version is None, (
        "the default is not known"
    )
    only = row("size", "integer", max="2.5", default=1, maximum=1)
    assert seen_outside("POST", "/gears", only)[0].version is None, "no other value is permitted"
    assert not probe.contrasted


def test_of_words_without_a_default_another_thing_has_to_tell_what_is_shown_without_the_field():
    either = row("note", enum=("one", "two"), min="2.5")
    probe, sent = seen_outside("POST", "/gears", either)
    assert (probe.version, probe.contrasted, probe.value, sent["note"]) == (Microversion(2, 5), True, "two", "two")
    assert seen_outside("PUT", "/gears/{gear_id}", either)[0].version is None, "an earlier request may have set it"
    for told in (row("note", enum=("one",), min="2.5"), row("note", enum=("one", "two"), default="one", min="2.5")):
        assert seen_outside("POST", "/gears", told)[0].version is None


def test_a_request_field_that_has_ended():
    found = suite(
        action("turn", row("note", max="2.5"), row("colourRef", max="2.6"), row("mode", enum=("a",), max="2.7"))
    )
    assert ids(found, "microversion") == [
        "turn/microversion/note/max-2.5[2.5]",
        "turn/microversion/note/max-2.5[2.6]",
        "turn/microversion/colourRef/max-2.6[2.6]",
        "turn/microversion/colourRef/max-2.6[2.7]",
        "turn/microversion/mode/max-2.7[2.7]",
        "turn/microversion/mode/max-2.7[2.8]",
    ]
    assert case(found, "turn/microversion/colourRef/max-2.6[2.7]").trial.request.body == {"turn": {"colourRef": COLOUR}}
    assert case(found, "turn/microversion/mode/max-2.7[2.8]").trial.request.body == {"turn": {"mode": "a"}}


def test_a_request_field_that_is_described_twice_has_a_reason():
    found = suite(action("turn", row("size", "integer", max="2.5"), row("size", "string", min="2.6")))
    assert ids(found, "microversion") == []
    assert untested(found) == {
        "turn/microversion/size/max-2.5": "not-derivable",
        "turn/microversion/size/min-2.6": "not-derivable",
        "turn/normal/202[with-size]": "not-derivable",
        "turn/normal/202[with-size-2.5]": "not-derivable",
    }


def test_a_request_field_of_later_versions_than_the_clouds_has_a_reason():
    found = suite(action("turn", row("size", "integer", min="2.9")), ceiling=Microversion(2, 5))
    assert untested(found) == {"turn/constraint/size": "beyond-cloud"}
