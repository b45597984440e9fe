"""A refused request for a thing without a name, and what comes into the list all the same."""

from __future__ import annotations

import pytest
from widgets import plain, row, sample
from workshop import opened, tried

from conformance.engine.cloud.listing import ids_in_list
from conformance.engine.judge.codes import Refused, changed_by

ROLES = ("member", "admin", "reader")
NO = {"badRequest": {"code": 403, "message": "no"}}
RENT = plain(
    "POST",
    "/seats",
    row("pool"),
    samples=(sample({"pool": "p"}),),
    answered=(sample({"seat": {"id": "1", "pool": "p"}}),),
    normal=(200,),
    error=(403,),
)
SEATS = plain("GET", "/seats", normal=(200,))
SEAT = plain("GET", "/seats/{seat_id}", normal=(200,))
LEAVE = plain("DELETE", "/seats/{seat_id}", normal=(204,))
SORRY = "refused with 403, and yet the list shows a thing more, which nobody else of this run has made"


def refused(tmp_path, *comes, meanwhile=lambda shop: None, listed=200, body=lambda shop: {"pool": "p"}):
    """The evidence of a reader's request for a seat, with the seats that come into the list while it is refused."""
    shop, executor = opened(tmp_path, RENT, SEATS, SEAT, LEAVE, roles=ROLES)
    shop.things["/seats"] = {"old": {"id": "old", "pool": "p"}}

    def rent(ask):
        kind = shop.profile.kind(ask.intent.kind)
        shop.journal.before(ask.intent, ids_in_list(shop, kind, ask.role))
        shop.things["/seats"] |= {one["id"]: one for one in comes}
        shop.does["GET seats"] = None if listed == 200 else listed
        meanwhile(shop)
        return 403, NO

    shop.does["POST seats"] = rent
    return executor.make(tried(RENT, accepted=False, refused_for="sender", role="reader", body=body(shop)))


def judged(evidence):
    assert evidence.problem is None, evidence.problem
    judgement = Refused((evidence.status,), "the role may not").judge(evidence)
    return judgement.reason or judgement.verdict


def test_a_thing_that_comes_although_it_was_refused_is_seen(tmp_path):
    assert judged(refused(tmp_path, {"id": "new", "pool": "p", "colour": "red"})) == SORRY


def test_a_thing_that_shows_nothing_of_the_request_may_have_come_with_another(tmp_path):
    assert judged(refused(tmp_path, {"id": "new", "colour": "red"})) == "pass"


def test_a_request_that_gives_a_name_somewhere_makes_nothing_without_one(tmp_path):
    def body(shop):
        return {"seats": [{"name": f"{shop.prefix}-seat"}], "pool": "p"}

    assert judged(refused(tmp_path, {"id": "new", "pool": "p"}, body=body)) == "pass"


def test_the_list_as_it_was_shows_nothing(tmp_path):
    evidence = refused(tmp_path)
    assert judged(evidence) == "pass"
    assert changed_by(evidence) is None


@pytest.mark.parametrize("gone", ["old"])
def test_what_others_take_away_is_no_arrival(tmp_path, gone):
    assert judged(refused(tmp_path, meanwhile=lambda shop: shop.things["/seats"].pop(gone))) == "pass"


def test_what_shows_another_value_than_was_asked_for_is_somebody_elses(tmp_path):
    assert judged(refused(tmp_path, {"id": "new", "pool": "another"})) == "pass"


def test_what_the_run_itself_has_made_is_its_own(tmp_path):
    def make(shop):
        shop.journal.made(shop.journal.intend("seats", ""), "new", "/seats/new")

    assert judged(refused(tmp_path, {"id": "new", "pool": "p"}, meanwhile=make)) == "pass"


def test_while_another_lane_is_making_one_nothing_is_known(tmp_path):
    seat = {"id": "new", "pool": "p"}
    assert judged(refused(tmp_path, seat, meanwhile=lambda shop: shop.journal.intend("seats", ""))) == "pass"


def test_a_list_that_cannot_be_read_shows_nothing(tmp_path):
    assert judged(refused(tmp_path, {"id": "new", "pool": "p"}, listed=(503, NO))) == "pass"
