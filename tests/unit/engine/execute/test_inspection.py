"""Looks at the thing that a request makes or removes."""

from __future__ import annotations

import pytest
from workshop import CHANGE, DROP, EVERY, MAKE, opened, tried

from conformance.engine.model.binding import Binding
from conformance.engine.model.probe import FieldTaken, Kept, Listed, Looked, Removed, ViewOf
from specs.microversion import Microversion

GONE, LISTED = Removed("widgets.get-gears-gear_id"), Listed("widgets.get-gears")
BODY = {"gear": {"name": Binding("name", "value", "new")}}


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.setattr("conformance.engine.execute.inspection.SOON", 0.0)
    return opened(tmp_path, *EVERY)


def looked(shop, operation, probe, **more):
    evidence = shop[1].make(tried(operation, **more), (probe,))
    return evidence.found.get(probe)


def test_a_thing_is_looked_for_before_and_after_it_is_removed(shop):
    assert looked(shop, DROP, GONE) == Looked(404, before=200)


@pytest.mark.parametrize("hidden", [403, 404])
@pytest.mark.parametrize("removed", [True, False])
def test_what_the_sender_is_not_shown_an_administrator_looks_for_before_and_after(shop, hidden, removed):
    """A sender who is never shown it would find it missing whether it was removed or not."""
    shop[0].does["GET gears"] = lambda ask: hidden if ask.role == "member" else None
    if not removed:
        shop[0].does["DELETE gears"] = 204
        shop[1].context.stopping.set()  # ends the wait
    found = looked(shop, DROP, GONE)
    assert (found.status, found.before) == (404 if removed else 200, 200)


def test_a_thing_that_stays_is_still_shown(shop):
    shop[0].does["DELETE gears"] = 204
    shop[1].context.stopping.set()  # ends the wait
    found = looked(shop, DROP, GONE)
    assert (found.status, found.before, set(found.shown)) == (200, 200, {"gear"})


def test_nobody_waits_for_a_thing_that_is_kept_as_deleted(shop):
    shop[0].does["DELETE gears"] = 204
    shop[0].does["GET gears"] = (200, {"gear": {"status": "SOFT_DELETED"}})
    assert looked(shop, DROP, GONE) == Looked(200, before=200, shown={"gear": {"status": "SOFT_DELETED"}})


def test_nothing_is_asked_where_the_request_is_refused_or_no_probe_wants_it(shop):
    shop[0].does["DELETE gears"] = 409
    assert looked(shop, DROP, GONE) is None
    asked = len([line for line in shop[0].said if line.startswith("GET /gears/")])
    shop[1].make(tried(DROP))
    assert len([line for line in shop[0].said if line.startswith("GET /gears/")]) == asked


def test_a_new_thing_is_looked_for_in_the_list_and_taken_out_of_it(shop):
    found = looked(shop, MAKE, LISTED, body=BODY)
    assert (found.status, found.more) == (200, False)
    assert found.shown["name"].startswith("conformance")


def test_a_list_may_name_a_thing_by_its_address_alone(shop):
    listed = [{"gear_ref": "http://workshop/v1/gears/gear-9"}, {"gear_ref": "http://workshop/v1/gears/gear-1"}]
    shop[0].does["GET /gears"] = (200, {"gears": listed})
    assert looked(shop, MAKE, LISTED, body=BODY) == Looked(200, shown=listed[1])
    shop[0].does["GET /gears"] = (200, {"gears": listed[:1]})
    assert looked(shop, MAKE, LISTED, body=BODY) == Looked(200)


def test_where_its_maker_may_not_list_an_administrator_does(shop):
    shop[0].does["GET /gears"] = lambda ask: 403 if ask.role == "member" else None
    assert looked(shop, MAKE, LISTED, body=BODY).shown["name"].startswith("conformance")


@pytest.mark.parametrize(
    ("body", "more"),
    [
        ({"gears": []}, False),
        ({"gears": [], "next": None}, False),
        ({"gears": [], "next": "http://workshop/gears?marker=1"}, True),
        ({"gears": [], "gears_links": [{"rel": "next", "href": "x"}]}, True),
        ({"gears": [], "gears_links": [{"rel": "self", "href": "x"}]}, False),
    ],
)
def test_a_list_with_a_next_page_does_not_show_that_a_thing_is_missing(shop, body, more):
    shop[0].does["GET /gears"] = (200, body)
    assert looked(shop, MAKE, LISTED, body=BODY) == Looked(200, more=more)


def test_a_request_that_makes_nothing_is_in_no_list(shop):
    assert looked(shop, CHANGE, LISTED, body=BODY) is None


def test_a_thing_is_shown_before_and_after_it_is_changed(shop):
    found = looked(shop, CHANGE, Kept("widgets.get-gears-gear_id"), body={"gear": {"name": "conformance-changed"}})
    assert (found.status, found.before) == (200, 200)
    assert found.was["gear"]["name"] != "conformance-changed"
    assert found.shown["gear"]["name"] == "conformance-changed"


def test_a_view_that_was_just_asked_for_is_not_asked_for_again(shop):
    view, kept = ViewOf("widgets.get-gears-gear_id"), Kept("widgets.get-gears-gear_id")
    changed = tried(CHANGE, body={"gear": {"name": "conformance-changed"}})
    alone = len(shop[1].make(changed, (kept,)).exchanges)
    evidence = shop[1].make(changed, (view, kept))
    assert evidence.found[kept].shown == evidence.found[view]
    assert evidence.found[kept].was is not None
    assert len(evidence.exchanges) == alone, "one view after the request"


@pytest.mark.parametrize(
    ("shown", "taken"),
    [
        ((200, {"gear": {"note": "conformance 2.4"}}), True),
        ((200, {"gear": {"note": "another"}}), False),
        ((200, {"gear": {}}), None),
        (404, None),
    ],
)
@pytest.mark.parametrize("operation", [MAKE, CHANGE])
def test_a_field_that_was_sent_outside_its_versions_is_looked_for_inside_of_them(shop, operation, shown, taken):
    cloud = shop[0]
    at = []

    def show(ask):
        at.append(ask.microversion)
        return shown

    cloud.does["GET gears"] = show
    probe = FieldTaken("note", "conformance 2.4", Microversion(2, 5), ("gear", "note"))
    assert looked(shop, operation, probe, body=BODY, version=Microversion(2, 4)) is taken
    assert at[-1:] == ["2.5"]
    at.clear()
    assert looked(shop, operation, FieldTaken("note", "conformance 2.4"), body=BODY, version=Microversion(2, 4)) is None
    assert "2.5" not in at


@pytest.mark.parametrize(("usual", "taken"), [("mild", True), ("wild", None), (None, None)])
def test_a_word_outside_its_versions_took_effect_only_if_a_usual_thing_shows_another(shop, usual, taken):
    """A thing may show the word without the field, too. ``usual`` is what the second one shows, made without it."""
    cloud, made = shop[0], []

    def show(ask):
        made.extend([ask.path] if ask.path not in made else [])
        return 200, {"gear": {"mood": ("wild", usual)[made.index(ask.path)]} if usual or len(made) < 2 else {}}

    cloud.does["GET gears"] = show
    probe = FieldTaken("mood", "wild", Microversion(2, 5), ("gear", "mood"), contrasted=True)
    assert looked(shop, MAKE, probe, body=BODY, version=Microversion(2, 4)) is taken
    assert len(made) == 2


def test_what_is_shown_as_pairs_has_no_element_that_could_be_missing(shop):
    """The answer to a request for several pairs names none of them, whatever its keys are called."""
    shop[0].does["GET /gears"] = (200, {"gears": {"colour": "red", "id": "1"}})
    assert looked(shop, MAKE, LISTED, body=BODY) is None
    shop[0].does["GET /gears"] = (200, {"gears": []})
    assert looked(shop, MAKE, LISTED, body=BODY) == Looked(200)
