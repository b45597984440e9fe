"""What surrounds a request: what it makes is removed, and what it must not have changed is looked at."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import TOP, action, plain, row, sample, trial
from workshop import CHANGE, DROP, EVERY, KNOWN, LABEL, LIST, MAKE, PROFILE, PULL, SERVER, SHOW, opened, tried

from conformance.engine.api.needs import Needs
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.kinds import Kind
from conformance.engine.execute.aftermath import creates
from conformance.engine.execute.arrangement import Request
from conformance.engine.judge.codes import Refused
from conformance.engine.model.binding import Binding
from conformance.engine.model.trial import Twice
from conformance.engine.provision.owned import Filled, Owned

EMPTY = plain("DELETE", "/gears/{gear_id}/teeth", normal=(204,))
BODY = {"gear": {"name": Binding("name", "value", "new")}}
REFUSAL = Refused((400,), "it is wrong", also_listed=True)


@pytest.fixture
def shop(tmp_path):
    return opened(tmp_path)


def make(opened_shop, operation, **more):
    evidence = opened_shop[1].make(tried(operation, **more))
    assert evidence.problem is None, evidence.problem
    return evidence


def judged(evidence):
    return REFUSAL.judge(evidence).verdict


def wrong(ask, shop):
    """Do what was asked, and say that it was refused."""
    parts = ask.path.strip("/").split("/")
    shop.usual(ask, parts, parts[-1] if len(parts) % 2 else parts[-2])
    return 400, {"badRequest": {"code": 400, "message": "no"}}


def test_what_a_trial_makes_is_written_down_and_removed(tmp_path, shop):
    evidence = make(shop, MAKE, body=BODY)
    assert evidence.status == 200
    assert shop[0].changes == ["POST /gears", "DELETE /gears/gear-1"]
    (name,) = shop[0].open_intents[0]
    assert name == shop[0].asked[0].body["gear"]["name"], "on disk when the request was sent"
    (entry,) = Journal.read(tmp_path)
    assert entry.settled


def test_what_is_put_by_a_trial_is_written_down_and_removed(tmp_path, shop):
    make(shop, LABEL)
    one, other = shop[0].changes
    assert one.removeprefix("PUT") == other.removeprefix("DELETE")
    assert Journal.read(tmp_path)[0].settled


def test_what_a_trial_has_deleted_is_used_no_more(tmp_path, shop):
    make(shop, DROP)
    make(shop, DROP)
    assert shop[0].changes == ["POST /gears", "DELETE /gears/gear-1", "POST /gears", "DELETE /gears/gear-2"]
    assert all(entry.settled for entry in Journal.read(tmp_path))


def test_what_a_trial_has_emptied_is_still_there_to_be_removed(tmp_path):
    shop = opened(tmp_path, *EVERY, EMPTY)
    shop[0].does["DELETE teeth"] = 204
    assert make(shop, EMPTY).status == 204
    (entry,) = Journal.read(tmp_path)
    assert not entry.settled


def test_what_a_trial_was_refused_to_delete_is_used_again(shop):
    shop[0].does["DELETE gears"] = 409
    for _ in range(2):
        make(shop, DROP)
    assert shop[0].changes == ["POST /gears", "DELETE /gears/gear-1", "DELETE /gears/gear-1"]


def test_what_should_have_been_refused_leaves_nothing_to_be_used_again(shop):
    make(shop, CHANGE, body={"gear": {"name": 7}}, accepted=False)
    assert shop[0].changes == ["POST /gears", "PUT /gears/gear-1", "DELETE /gears/gear-1"]


def test_what_is_accepted_as_promised_is_used_again(shop):
    make(shop, CHANGE, body=BODY)
    make(shop, CHANGE, body=BODY)
    assert shop[0].changes == ["POST /gears", "PUT /gears/gear-1", "PUT /gears/gear-1"]


def test_a_refused_post_that_made_something_is_seen(shop):
    shop[0].does["POST gears"] = lambda ask: wrong(ask, shop[0])
    evidence = make(shop, MAKE, body=BODY, accepted=False)
    assert (evidence.before, evidence.after) == ({"exists": False}, {"exists": True})
    assert judged(evidence) == "fail"


def test_a_refused_post_that_made_nothing_is_as_promised(shop):
    shop[0].does["POST gears"] = 400
    shop[0].things["/gears"] = {"g-7": {"id": "g-7", "name": "somebody else's"}}
    evidence = make(shop, MAKE, body=BODY, accepted=False)
    assert (evidence.before, evidence.after) == ({"exists": False}, {"exists": False})
    assert judged(evidence) == "pass"


def test_a_refused_post_with_a_name_that_is_not_ours_is_not_looked_for(shop):
    """Somebody else may have given the same name."""
    shop[0].does["POST gears"] = 400
    shop[0].things["/gears"] = {"g-7": {"id": "g-7", "name": "spare"}}
    evidence = make(shop, MAKE, body={"gear": {"name": "spare"}}, accepted=False)
    assert judged(evidence) == "pass"


def test_a_list_that_only_an_administrator_sees_shows_it_too(shop):
    shop[0].does["POST gears"] = lambda ask: wrong(ask, shop[0])
    shop[0].does["GET /gears"] = lambda ask: None if ask.role == "admin" else (200, {"gears": []})
    assert judged(make(shop, MAKE, body=BODY, accepted=False)) == "fail"


@pytest.mark.parametrize("operation", [CHANGE, DROP])
def test_a_refused_request_that_was_done_is_seen(shop, operation):
    shop[0].does[f"{operation.method} gears"] = lambda ask: wrong(ask, shop[0])
    evidence = make(shop, operation, body={"gear": {"name": "another"}}, accepted=False)
    assert evidence.before["exists"]
    assert judged(evidence) == "fail"


@pytest.mark.parametrize("operation", [CHANGE, DROP])
def test_a_refused_request_that_was_not_done_is_as_promised(shop, operation):
    shop[0].does[f"{operation.method} gears"] = 400
    evidence = make(shop, operation, body={"gear": {"name": "another"}}, accepted=False)
    assert evidence.before == evidence.after
    assert evidence.after["shown"]["id"] == "gear-1"
    assert judged(evidence) == "pass"


def test_what_changes_by_itself_is_no_change(shop):
    numbers = iter(range(9))
    shown = {"id": "gear-1", "name": "n"}
    shop[0].does["GET /gears/gear-1"] = lambda ask: (
        200,
        {"gear": {**shown, "updated_at": next(numbers), "progress": next(numbers)}},
    )
    shop[0].does["PUT gears"] = 400
    assert judged(make(shop, CHANGE, accepted=False)) == "pass"


def test_of_what_nothing_shows_a_refusal_says_enough(shop):
    shop[0].does["DELETE teeth"] = 400
    shop[0].does["POST teeth"] = 201, {}, {"Location": "http://x/gears/gear-1/teeth/t-1"}
    evidence = make(shop, PULL, accepted=False)
    assert (evidence.before, evidence.after) == (None, None)
    assert judged(evidence) == "pass"


def test_reading_has_nothing_before_it(shop):
    shop[0].does["GET gears"] = 400
    shop[0].does["GET /gears"] = 200, {"gears": [{"id": "g-1"}]}
    evidence = make(shop, SHOW, accepted=False)
    assert (evidence.before, evidence.after) == (None, None)


def test_an_empty_list_gets_an_element_and_is_asked_for_again(shop):
    evidence = make(shop, LIST)
    assert [text for text in shop[0].said if text.endswith("/gears")] == ["GET /gears", "POST /gears", "GET /gears"]
    assert [gear["id"] for gear in evidence.body["gears"]] == ["gear-1"]


def test_a_list_that_is_asked_for_by_a_filter_gets_no_element(shop):
    """Whatever is made, it may not be what the filter lets through."""
    make(shop, LIST, query=(("colour", "red"),))
    assert shop[0].changes == []


def test_a_list_that_is_to_be_refused_gets_no_element(shop):
    make(shop, LIST, accepted=False)
    assert shop[0].changes == []


NEW = plain(
    "POST",
    "/servers",
    row("server", "object", True),
    row("name", required=True),
    samples=(sample({"server": {"name": "n"}}),),
    answered=(sample({"server": {"id": "s-1"}}),),
)
ONE = plain("GET", "/servers/{server_id}", normal=(200,))
END = plain("DELETE", "/servers/{server_id}", normal=(204,))


def test_what_becomes_of_something_new_that_has_statuses_is_seen(tmp_path):
    shop = opened(tmp_path, *EVERY, NEW, ONE, END)
    shop[0].does["POST servers"] = lambda ask: (202, {"server": {"id": shop[0].create_server().id}})
    evidence = make(shop, NEW, body={"server": {"name": "n"}})
    assert (evidence.statuses, evidence.after["status"]) == (("IDLE",), "IDLE")
    assert (shop[0].changes, shop[0].dropped) == (["POST /servers"], ["server-1"])


@pytest.mark.parametrize("role", ["member", "admin"])
def test_something_new_is_followed_by_its_maker(tmp_path, role):
    """An administrator may have a project of its own, where a member sees nothing."""
    shop = opened(tmp_path, *EVERY, NEW, ONE, END)
    shop[0].does["POST servers"] = lambda ask: (202, {"server": {"id": shop[0].create_server().id}})
    make(shop, NEW, body={"server": {"name": "n"}}, role=role)
    assert shop[0].watching == [role]


def test_what_is_made_with_something_new_and_stays_after_it_is_written_down(tmp_path):
    wheeled_kind = replace(SERVER, brings={"wheels": "wheel"})
    kinds = {"server": wheeled_kind, "wheel": Kind("wheel", "/wheels")}
    service = replace(KNOWN, profile=replace(PROFILE, kinds=kinds))
    shop = opened(tmp_path, *EVERY, NEW, ONE, END, service=service)

    def wheeled(ask):
        name = shop[0].create_server().id
        shop[0].things["/servers"][name]["wheels"] = [{"id": "v-1"}]
        return 202, {"server": {"id": name}}

    shop[0].does["POST servers"] = wheeled
    make(shop, NEW, body={"server": {"name": "n"}})
    assert [entry.left[0][1] for entry in Journal.read(tmp_path)] == ["/servers/server-1", "/wheels/v-1"]


def test_an_attachment_is_gone_and_not_what_was_attached(tmp_path):
    badge = plain("PUT", "/servers/{server_id}/badges/{badge}", normal=(201,))
    unbadge = plain("DELETE", "/servers/{server_id}/badges/{badge}", normal=(204,))
    shop, executor = opened(tmp_path, *EVERY, badge, unbadge)

    def attached(ask):
        """What is attached has been made before, and is called as its attachment."""
        name = ask.path.rpartition("/")[2]
        shop.journal.made(shop.journal.intend("badge", "b"), name, f"/badges/{name}")

    shop.does["DELETE badges"] = attached
    assert executor.make(tried(unbadge, "IDLE")).status == 204
    assert [entry.settled for entry in Journal.read(tmp_path) if entry.intent.kind == "badge"] == [False]


def test_something_new_that_never_lasts_is_seen_to_take_too_long(tmp_path):
    shop = opened(tmp_path, *EVERY, NEW, ONE, END)

    def slow(ask):
        name = shop[0].create_server().id
        shop[0].things["/servers"][name]["status"] = "MOULDING"
        return 202, {"server": {"id": name}}

    shop[0].does["POST servers"] = slow
    evidence = make(shop, NEW, body={"server": {"name": "n"}})
    assert (evidence.statuses, evidence.timed_out) == (("MOULDING",), True)


def test_the_same_is_asked_for_twice_and_the_second_answer_counts(tmp_path, shop):
    answers = iter([None, 409])
    shop[0].does["POST gears"] = lambda ask: next(answers)
    evidence = make(shop, MAKE, body=BODY, accepted=None, exchange=Twice())
    assert evidence.status == 409
    assert shop[0].changes == ["POST /gears", "POST /gears", "DELETE /gears/gear-1"]
    one, two = [ask.body for ask in shop[0].asked if ask.method == "POST"]
    assert one == two, "the very same"
    entries = Journal.read(tmp_path)
    assert [entry.ids for entry in entries] == [("gear-1",), ()]
    assert all(entry.settled for entry in entries)


def test_where_the_same_is_accepted_twice_both_are_removed(tmp_path, shop):
    evidence = make(shop, MAKE, body=BODY, accepted=None, exchange=Twice())
    assert evidence.status == 200
    assert sorted(shop[0].changes[2:]) == ["DELETE /gears/gear-1", "DELETE /gears/gear-2"]
    assert all(entry.settled for entry in Journal.read(tmp_path))


def test_what_is_refused_at_first_is_not_asked_for_twice(shop):
    shop[0].does["POST gears"] = 400
    evidence = make(shop, MAKE, body=BODY, accepted=None, exchange=Twice())
    assert evidence.status == 400
    assert shop[0].changes == ["POST /gears"]


def test_what_a_member_may_not_do_twice_an_administrator_does(shop):
    shop[0].does["POST gears"] = lambda ask: 403 if ask.role == "member" else None
    evidence = make(shop, MAKE, body=BODY, accepted=None, exchange=Twice())
    assert evidence.role == "admin"
    assert shop[0].changes[:3] == ["POST /gears", "POST /gears as admin", "POST /gears as admin"]
    assert shop[0].changes[3].endswith(" as admin"), "removed by who made it"


def test_an_unknown_name_makes_nothing_and_is_not_written_down(tmp_path):
    shop = opened(tmp_path)
    make(shop, LABEL, target="unknown", accepted=False, role="no-token")
    assert len(shop[0].changes) == 1
    assert Journal.read(tmp_path) == ()


@pytest.mark.parametrize("described", [True, False])
def test_what_a_put_makes_at_an_unknown_name_is_written_down_where_no_description_says_so(tmp_path, described):
    """Before it is asked for. A service may take any name, and a thing that is put so must go as well."""
    shop = opened(tmp_path, service=replace(KNOWN, described=described))
    make(shop, LABEL, target="unknown", accepted=False)
    (put,) = shop[0].changes
    left = [entry.left for entry in Journal.read(tmp_path)]
    assert left == ([] if described else [((put.rpartition("/")[2], put.removeprefix("PUT ")),)])
    assert (shop[0].open_intents == [()]) is described
    assert shop[0].dropped == ([] if described else [put.rpartition("/")[2]]), "at once"
    shop[0].does["PUT labels"] = 404
    make(shop, LABEL, target="unknown", accepted=False)
    assert all(entry.left or entry.settled for entry in Journal.read(tmp_path))


def test_what_goes_on_changing_after_the_answer_is_used_no_more(shop):
    shop[0].does["PUT gears"] = 202
    make(shop, CHANGE, body=BODY)
    make(shop, CHANGE, body=BODY)
    assert [line for line in shop[0].changes if line.startswith("POST")] == ["POST /gears"] * 2
    shop[0].does["PUT gears"] = 200
    make(shop, CHANGE, body=BODY)
    make(shop, CHANGE, body=BODY)
    assert [line for line in shop[0].changes if line.startswith("POST")] == ["POST /gears"] * 3


def test_what_replaces_a_collection_leaves_none_of_its_elements_to_be_used_again(tmp_path):
    replace_all = plain("PUT", "/gears/{gear_id}/teeth", normal=(200,))
    shop = opened(tmp_path, *EVERY, replace_all)
    shop[0].does["DELETE teeth"] = 409
    make(shop, PULL, accepted=False)
    make(shop, PULL, accepted=False)
    collection = shop[0].things["/gears/gear-1/teeth"]
    assert len(collection) == 1
    shop[0].does["PUT teeth"] = lambda ask: collection.clear() or 200
    make(shop, replace_all)
    make(shop, PULL, accepted=False)
    assert len(collection) == 1


def test_a_thing_that_was_joined_to_another_one_is_neither_made_nor_gone_there(shop):
    journal, elements = shop[0].journal, shop[1].paths.elements
    own = Owned("gear-9", "/gears", "/gears/gear-9", "member", None)
    joined = Owned("gear-9", "/a/1/gears", "/a/1/gears/gear-9", "admin", None)
    elements.settle(journal.intend("gears", "n"), own)
    elements.settle(journal.intend("gears", ""), joined)
    elements.gone(joined)
    assert [one.left for one in journal.entries() if one.left] == [(("gear-9", "/gears/gear-9"),)]
    elements.gone(own)
    assert all(one.settled for one in journal.entries())


@pytest.mark.parametrize(
    "body", [{"name": "n"}, {}, {"name": 1}, None], ids=["named", "without a name", "another type", "no object"]
)
def test_a_thing_that_is_made_on_the_side_may_be_named_by_the_answer_alone(body):
    needs = Needs(TOP, creates=("copy", "name"))
    request = Request(needs, Filled("/widgets/w/action"), {"copy": body})
    assert creates(trial(action("copy")), request) == "copy"


COPY = action("copy", row("name", required=True), path="/gears/{gear_id}/action", normal=(202,))
FROM = plain("POST", "/images/from_gear", row("name", required=True), normal=(202,))


@pytest.mark.parametrize("copy", [COPY, FROM])
@pytest.mark.parametrize(("narrow", "removed"), [(True, ["/images/i-1"]), (False, [])])
def test_what_a_trial_makes_on_the_side_goes_after_it_where_room_is_needed(tmp_path, narrow, removed, copy):
    service = replace(KNOWN, also_creates=((copy.id, "image", "name"),))
    gone: list[str] = []
    there, executor = shop = opened(tmp_path, *EVERY, copy, service=service)
    executor.context.resources.remove_all = lambda things: gone.extend(thing.path for thing in things)
    there.does |= dict.fromkeys(("POST action", "POST /images/from_gear"), (202, {"image_id": "i-1"}))
    executor.context.places.most = 1 if narrow else None
    make(shop, copy, key="copy", body={"copy": {"name": Binding("name", "value", "new")}})
    assert executor.context.places.take_spent() == [], "the expectations of the trial may still look at it"
    make(shop, SHOW, key="show")
    executor.discard()
    assert gone == removed


def test_elements_that_are_forgotten_after_a_setup_go_where_room_is_needed(tmp_path, shop):
    make(shop, SHOW, key="show")
    assert shop[0].changes == ["POST /gears"]
    shop[1].context.places.most = 1
    shop[1].arrangement.paths.elements.clear()
    assert [thing.path for thing in shop[1].context.places.take_spent()] == ["/gears/gear-1"]
    make(shop, SHOW, key="show")
    assert shop[0].changes == ["POST /gears", "POST /gears"]
