"""What a refused request would put is taken away first where it is there already, so that an execution shows."""

from __future__ import annotations

import pytest
from widgets import plain, row, sample
from workshop import EVERY, opened, tried

from conformance.engine.judge.codes import Refused

ROLES = ("member", "admin", "reader", "alt")
NOTE = plain(
    "PUT",
    "/gears/{gear_id}/notes/{key}",
    row("note", "object", True),
    samples=(sample({"note": {"colour": "red"}}),),
    normal=(200,),
)
SHOWN = plain("GET", "/gears/{gear_id}/notes/{key}", normal=(200,))
TAKE = plain("DELETE", "/gears/{gear_id}/notes/{key}", normal=(204,))


@pytest.fixture
def shop(tmp_path):
    """A service with notes on gears, which are held in ``notes`` by key."""
    shop, executor = opened(tmp_path, *EVERY, NOTE, SHOWN, TAKE, roles=ROLES)
    shop.notes = {}
    shop.does["GET notes"] = lambda ask: (
        (200, {"note": shop.notes[ask.path]}) if ask.path in shop.notes else (404, {"itemNotFound": {"message": "no"}})
    )
    shop.does["DELETE notes"] = lambda ask: (shop.notes.pop(ask.path, None), (204, None))[1]
    return shop, executor


def refused(shop, executor, done, there):
    """The judgement on a refused note. ``done``: it is made all the same; ``there``: it says the same already."""
    body = {"note": {"colour": "red"}}

    def answer(ask):
        if done:
            shop.notes[ask.path] = ask.body["note"]
        return 403, {"forbidden": {"message": "no"}}

    shop.does["PUT notes"] = answer
    if there:
        shop.notes["/gears/gear-1/notes/colour"] = body["note"]
    evidence = executor.make(tried(NOTE, body=body, role="reader", accepted=False))
    judgement = Refused((403,), "the role may not").judge(evidence)
    return judgement.reason or judgement.verdict


@pytest.mark.parametrize("there", [True, False])
def test_what_is_put_in_spite_of_a_refusal_is_seen(shop, there):
    assert refused(*shop, done=True, there=there).startswith("refused with 403, and yet")


PART = plain("POST", "/gears/{gear_id}/parts", row("id"), samples=(sample({"id": "p"}),), normal=(201,))
PARTS = plain("GET", "/gears/{gear_id}/parts", normal=(200,))
ONE = plain("GET", "/gears/{gear_id}/parts/{part_id}", normal=(200,))
SCRAP = plain("DELETE", "/gears/{gear_id}/parts/{part_id}", normal=(204,))
PAINT = plain("PUT", "/gears/{gear_id}/parts/{part_id}", row("id"), samples=(sample({"id": "p"}),), normal=(200,))


def test_what_a_post_has_made_is_not_taken_away_for_a_request_that_only_changes_it(tmp_path):
    shop, executor = opened(tmp_path, *EVERY, PART, PARTS, ONE, SCRAP, PAINT, roles=ROLES)
    shop.does["PUT parts"] = 403, {"forbidden": {"message": "no"}}
    evidence = executor.make(tried(PAINT, body={"id": "part-2"}, role="reader", accepted=False))
    assert evidence.status == 403
    assert not [text for text in shop.changes if text.startswith("DELETE")]
    assert shop.things["/gears/gear-1/parts"], "it is there still"


def test_what_was_taken_away_serves_no_later_request(shop):
    service, executor = shop
    refused(service, executor, done=False, there=True)
    told = []
    executor.paths.forget_below = told.append
    service.notes["/gears/gear-1/notes/colour"] = {"colour": "red"}
    executor.make(tried(NOTE, body={"note": {"colour": "red"}}, role="reader", accepted=False))
    assert told == ["/gears/gear-1/notes"]


@pytest.mark.parametrize("there", [True, False])
def test_a_refusal_that_does_nothing_passes(shop, there):
    assert refused(*shop, done=False, there=there) == "pass"
