"""Required fields at an early version: which rows are judged there, and by which request."""

from __future__ import annotations

from widgets import case, ids, plain, row, sample, suite

from conformance.engine.judge.contents import FieldShown
from specs.microversion import Microversion

NEWER = row("hue", required=True, min="2.9")
SHOWN = sample({"gear": {"id": "g", "name": "n", "hue": "red"}})
LABEL = row("label", location="query", min="2.5")


def show(*answers, **more):
    fields = {"answered": (SHOWN,), "normal": (200,), **more}
    return plain("GET", "/gears/{gear_id}", name="show", answers=(row("id", required=True), *answers), **fields)


def early(*operations):
    return [one for one in ids(suite(*operations), "show/body/") if "[at-" in one]


def test_a_required_field_without_a_first_version_is_looked_for_in_the_earliest_answer():
    found = suite(show(row("name", enum=("n", "m"), required=True), NEWER))
    assert early(show(row("name", required=True), NEWER)) == ["show/body/id[at-2.1]", "show/body/name[at-2.1]"]
    one = case(found, "show/body/name[at-2.1]")
    assert one.expectation == FieldShown("name", ("gear", "name"), None, True, True, wrapped=True, open=True)
    assert str(one.trial.request.version) == "2.1"
    others = [c.trial for c in found.cases if "/body/" not in c.id]
    assert one.trial in others, "no request is made for it"


def test_fields_that_need_not_be_there_are_not_looked_for():
    assert early(show(row("name"), NEWER)) == ["show/body/id[at-2.1]"]
    late = show(row("name", required=True, min="2.2"), row("hue", required=True, required_min="2.9"))
    assert early(late) == ["show/body/id[at-2.1]"]


def test_without_an_older_request_there_is_no_case():
    found = suite(show(row("name", required=True)), top=Microversion(2, 1))
    assert not [one for one in ids(found) if "[at-" in one]
