"""Fields that must be null or empty: which situations a run can tell, and by which requests."""

from __future__ import annotations

from dataclasses import replace

from widgets import KNOWLEDGE, case, ids, plain, row, sample, suite, untested

from conformance.engine.judge.blanks import IsBlank
from conformance.engine.model.probe import ViewOf
from specs.refusals import Blank

SHOWN = sample({"gear": {"id": "g", "name": "n", "worn": "w", "state": "on", "parts": [{"worn": "w"}]}})
SENT = sample({"gear": {"name": "n", "worn": "w"}})
ID = row("id", required=True)


def answers(*blanks, **more):
    return (ID, row("name"), row("worn", blanks=blanks, **more))


def show(*rows, path="/gears/{gear_id}"):
    return plain("GET", path, name="show", normal=(200,), answers=rows, answered=(SHOWN,))


ASKED = (row("name", required=True), row("worn"))


def make(*rows, asked=ASKED):
    return plain("POST", "/gears", row("gear", "object", required=True), *asked, samples=(SENT,), name="make",
                 normal=(201,), answers=rows, answered=(SHOWN,))  # fmt: skip


def cases(*operations):
    return [one for one in ids(suite(*operations)) if "/body/worn/" in one]


def test_a_thing_that_is_shown_has_not_been_removed():
    kept = Blank("null", never=("deleted",))
    found = suite(make(ID), show(*answers(kept)))
    one = case(found, "show/body/worn/null-never-deleted")
    assert one.expectation == IsBlank("worn", ("gear", "worn"), "null", "as long as it is not deleted")
    assert one.trial == case(found, "show/normal/200").trial, "no request of its own"
    gone = plain("DELETE", "/gears/{gear_id}", name="gone", normal=(200,), answers=answers(kept), answered=(SHOWN,))
    assert cases(make(ID), show(ID), gone) == []
    parts = (ID, row("parts", "array"), row("parts.worn", blanks=(kept,)))
    assert "show/body/parts.worn/null-never-deleted" in untested(suite(make(ID), show(*parts)))


def test_only_the_answer_to_the_request_that_makes_it_and_the_next_view_show_a_new_thing():
    fresh = Blank("null", never=("changed",))
    found = suite(make(*answers(fresh)), show(*answers(fresh)))
    assert ids(found, "/null-never") == ["make/body/worn/null-never-changed", "make/body/worn/null-never-changed/show"]
    assert untested(found)["show/body/worn/null-never-changed"] == "no-situation"
    seen = case(found, "make/body/worn/null-never-changed/show")
    assert seen.expectation.probes == (ViewOf("widgets.show"),)


def test_the_request_leaves_the_field_out():
    left = Blank("empty", absent=("worn",))
    one = case(suite(make(*answers(left)), show(ID)), "make/body/worn/empty-unless-worn")
    assert "worn" not in one.trial.request.body["gear"]
    always = make(*answers(left), asked=(row("name", required=True), row("worn", required=True)))
    assert untested(suite(always, show(ID)))["make/body/worn/empty-unless-worn"] == "no-situation"


def test_another_field_of_the_same_object_shows_the_situation():
    state, flag = row("state", enum=("on", "off")), row("on", "boolean")
    on = Blank("null", status=("on",))
    assert case(suite(make(ID), show(*answers(on), state)), "show/body/worn/null-if-on").expectation.beside == (
        ("state", "on"),
    )
    assert "show/body/worn/null-if-on" in untested(suite(make(ID), show(*answers(on), row("state"))))
    elsewhere = sample({"gear": {"worn": "w"}, "on": True})
    apart = plain("GET", "/gears/{gear_id}", name="show", normal=(200,), answers=(*answers(on), flag),
                  answered=(elsewhere,))  # fmt: skip
    assert "show/body/worn/null-if-on" in untested(suite(make(ID), apart))
    name = Blank("null", unset=("name",))
    assert case(suite(make(ID), show(*answers(name))), "show/body/worn/null-without-name").expectation.beside == (
        ("name", None),
    )


def test_what_is_always_so_is_asked_at_the_last_version_that_has_it():
    found = suite(make(ID), show(*answers(Blank("empty", always=True), max="2.5")))
    assert str(case(found, "show/body/worn/empty-always").trial.request.version) == "2.5"
    assert cases(make(ID), show(*answers(Blank("null", always=True), type_="none"))) == [], "the type says so"


def test_a_situation_that_is_not_known_has_no_case():
    found = suite(make(ID), show(*answers(Blank("null"))))
    assert untested(found)["show/body/worn/null"] == "no-situation"
    traits = suite(make(ID), show(*answers(Blank("null", environment="of-wood"))))
    assert untested(traits)["show/body/worn/null-if-of-wood"] == "no-situation"


def test_a_sentence_of_the_operation_is_the_source():
    one = case(suite(make(ID), show(*answers(Blank("null", always=True, line=77)))), "show/body/worn/null-always")
    assert one.requirement.source.line == 77


def test_an_answer_to_a_query_without_a_parameter():
    counted = Blank("absent", absent=("with_count",))
    asked = row("with_count", "boolean", location="query")
    listed = sample({"gears": [{"id": "g", "name": "n"}], "worn": 1})
    rows = (row("gears", "array"), row("worn", "integer", blanks=(counted,)))
    every = plain("GET", "/gears", asked, name="list", normal=(200,), answers=rows, answered=(listed,))
    one = case(suite(make(ID), every), "list/body/worn/absent-unless-with_count")
    assert (one.trial.request.query, one.expectation.kind) == ((), "absent")


def test_in_every_status_but_some():
    gone = Blank("absent", outside=("IDLE", "BROKEN", "LOST"))
    body = sample({"widget": {"id": "w", "status": "IDLE", "fault": "f"}})
    rows = (ID, row("status"), row("fault", blanks=(gone,)))
    more = {"name": "view", "normal": (200,), "error": (404,), "answered": (body,)}
    view = plain("GET", "/widgets/{widget_id}", answers=rows, **more)
    found = suite(view)
    cases = [one for one in found.cases if "/body/fault/absent" in one.id]
    assert {one.requirement.id for one in cases} == {"widgets.view/body/fault/absent-outside-IDLE-BROKEN-and-1-more"}
    assert cases
    assert not {"IDLE", "BROKEN", "LOST"} & {one.trial.situation.state for one in cases}
    assert all(one.expectation.open and one.expectation.outside == ("status", gone.outside) for one in cases)
    bare = plain("GET", "/widgets/{widget_id}", answers=(ID, rows[2]), **more)
    assert "view/body/fault/absent-outside-IDLE-BROKEN-and-1-more" in untested(suite(bare))


def test_a_field_that_only_a_request_without_another_one_shows_is_asked_for_by_such_a_request():
    shown = Blank("shown", absent=("worn",))
    optional = case(suite(make(*answers(shown)), show(ID)), "make/body/worn/shown-unless-worn")
    assert "worn" not in optional.trial.request.body["gear"]
    assert optional.trial.key.endswith("|documented")
    demanded = (row("name", required=True), row("worn", required=True))
    found = suite(make(*answers(shown), asked=demanded), show(ID))
    assert untested(found)["make/body/worn/shown-unless-worn"] == "no-situation"
    unknown = suite(make(*answers(Blank("shown", absent=("torn",)))), show(ID))
    assert untested(unknown)["make/body/worn/shown-unless-torn"] == "no-situation"


def test_it_is_asked_for_at_a_version_that_shows_it_and_does_not_demand_the_other():
    demanded = (row("name", required=True), row("worn", required=True, required_min="2.9"))
    shown = answers(Blank("shown", absent=("worn",)), max="2.8")
    found = suite(make(*shown, asked=demanded), show(ID))
    one = case(found, "make/body/worn/shown-unless-worn")
    assert str(one.trial.request.version) == "2.8"
    assert one.trial.request.body == {"gear": {"name": one.trial.request.body["gear"]["name"]}}
    usual = case(found, "make/normal/201").trial
    assert "worn" in usual.request.body["gear"], "from 2.9 on it is demanded"
    at_once = make(*answers(Blank("shown", absent=("worn",))), asked=demanded)
    assert untested(suite(at_once, show(ID)))["make/body/worn/shown-unless-worn"] == "no-situation"


def test_a_form_leaves_out_an_optional_field_that_the_usual_request_has():
    shown = make(*answers(Blank("shown", absent=("worn",))))
    service = replace(KNOWLEDGE, always_included=((shown.id, "worn"),))
    found = suite(shown, show(ID), service=service)
    assert "worn" in case(found, "make/normal/201").trial.request.body["gear"]
    one = case(found, "make/body/worn/shown-unless-worn")
    assert "worn" not in one.trial.request.body["gear"]
    assert one.trial.key.endswith("|without-worn")
