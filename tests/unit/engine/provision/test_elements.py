"""An element is written down before a lane asks for it, made by a role that may, and named by the answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from making import entries, own, produced
from widgets import plain, row, sample
from workshop import EVERY, KNOWN, LABEL, MAKE, NOTE, SERVER, SHOW, TOOTH, opened

from conformance.engine.api.entries import BindingRule
from conformance.engine.api.producers import Producers
from conformance.engine.cloud.exchange import ABSENT, Answer
from conformance.engine.model.binding import Binding
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.owned import background, name_in, named_by
from specs.model import Condition, Policy

BADGE = plain("PUT", "/servers/{server_id}/badges/{badge}", normal=(201,))


def test_what_is_made_is_written_down_before_it_is_asked_for(tmp_path, shop):
    owned = produced(shop)
    assert (owned.value, owned.path, owned.role) == ("gear-1", "/gears/gear-1", "member")
    name = shop[0].asked[0].body["gear"]["name"]
    assert shop[0].open_intents == [(name,)], "the journal held it when the request was sent"
    assert name.startswith(shop[0].prefix)
    (entry,) = entries(tmp_path)
    assert (entry.intent.kind, entry.intent.name, entry.left) == ("gears", name, (("gear-1", "/gears/gear-1"),))
    assert shop[1].context.notes.sorted()[-1] == ("producer", f"{MAKE.id} makes an element for {{gear_id}}")


def test_what_is_put_is_written_down_by_the_name_that_the_client_chose(tmp_path, shop):
    owned = produced(shop, LABEL, "/labels", "label_uuid")
    assert shop[0].changes == [f"PUT /labels/{owned.value}"]
    assert shop[0].open_intents == [(owned.value,)]
    assert entries(tmp_path)[0].left == ((owned.value, f"/labels/{owned.value}"),)


def test_a_name_that_the_body_of_the_sample_holds_is_chosen(shop):
    assert produced(shop, NOTE, "/gears/g-1/notes", "key").value == "colour"
    assert shop[0].asked[0].body == {"note": {"colour": "red"}}


def test_a_name_that_the_table_binds_is_chosen(tmp_path):
    shop = opened(tmp_path, *EVERY, plain("PUT", "/marks/{name}", normal=(201,)))
    mark = shop[1].context.producers.of("/marks").operation
    shop[0].does["PUT marks"] = 201
    owned = produced(shop, mark, "/marks", "name")
    assert owned.value.startswith(shop[0].prefix)


def test_what_goes_with_the_lanes_server_is_not_written_down(tmp_path):
    """It goes with the server, which is."""
    shop = opened(tmp_path, *EVERY, BADGE)
    shop[1].subject.reach("IDLE")
    owned = produced(shop, BADGE, "/servers/server-1/badges", "badge")
    assert owned.path == f"/servers/server-1/badges/{owned.value}"
    assert entries(tmp_path) == ()
    shop[1].paths.elements.dispose(owned)
    assert all(not text.startswith("DELETE") for text in shop[0].changes)


def test_where_a_member_may_not_an_administrator_makes_it(tmp_path, shop):
    shop[0].does["POST gears"] = lambda ask: 403 if ask.role == "member" else None
    assert produced(shop).role == "admin"
    assert shop[0].changes == ["POST /gears", "POST /gears as admin"]
    assert MAKE.id in shop[1].context.elevated
    first, second = entries(tmp_path)
    assert first.settled, "the refused one is no debt"
    assert (second.intent.role, second.ids) == ("admin", ("gear-1",))
    produced(shop)
    assert shop[0].changes[2:] == ["POST /gears as admin"], "the member is not asked again"


def posts(opened_shop):
    return [ask for ask in opened_shop[0].asked if ask.method == "POST"]


OF_A_PROJECT = replace(KNOWN, project_field="project_id", bindings=(BindingRule("*", "project_id", "p-member"),))


@pytest.mark.parametrize("code", [201, 400, 403, 409])
def test_an_administrator_makes_it_for_the_project_of_the_member_if_that_is_allowed(tmp_path, code):
    post = replace(MAKE, request=replace(MAKE.request, parameters=(*MAKE.request.parameters, row("project_id"))))
    shop = opened(tmp_path, post, SHOW, service=OF_A_PROJECT)

    def answer(ask):
        if ask.role == "member":
            return 403
        return code if "project_id" in ask.body["gear"] and code > 201 else None

    shop[0].does["POST gears"] = answer
    if code == 409:
        with pytest.raises(Unavailable, match="was answered 409"):
            produced(shop, post)
    else:
        assert produced(shop, post).role == "admin"
    sent = [(ask.role, ask.body["gear"].get("project_id")) for ask in posts(shop)]
    again = [("admin", None)] if code in (400, 403) else []
    assert sent == [("member", None), ("admin", "p-member"), *again]


def test_a_project_that_a_request_names_stays(tmp_path):
    post = replace(MAKE, request=replace(MAKE.request, parameters=(*MAKE.request.parameters, row("project_id"))))
    shop = opened(tmp_path, post, SHOW, service=OF_A_PROJECT)
    shop[0].does["POST gears"] = lambda ask: 403 if ask.role == "member" else None
    produced(shop, post, project_id="p-other")
    assert [ask.body["gear"]["project_id"] for ask in posts(shop)] == ["p-other"] * 2


def test_without_a_documented_field_no_project_is_named(tmp_path):
    shop = opened(tmp_path, service=OF_A_PROJECT)
    shop[0].does["POST gears"] = lambda ask: 403 if ask.role == "member" else None
    assert produced(shop).role == "admin"
    assert all("project_id" not in ask.body["gear"] for ask in posts(shop))


def test_what_the_reference_leaves_to_administrators_is_made_by_one(tmp_path):
    post = replace(MAKE, policy=Policy(("admin",), 3))
    shop = opened(tmp_path, post, SHOW)
    assert produced(shop, post).role == "admin"
    alone = opened(tmp_path, post, SHOW, roles=("member",))
    assert produced(alone, post).role == "member", "who else"


@pytest.mark.parametrize("code", [400, 409, 500])
def test_a_refusal_leaves_the_trial_undecided(tmp_path, shop, code):
    shop[0].does["POST gears"] = code
    with pytest.raises(Unavailable, match=f"which makes an element for {{gear_id}}, was answered {code}") as caught:
        produced(shop)
    assert not caught.value.optional
    (entry,) = entries(tmp_path)
    assert entry.settled is (code < 500), "after a 500 nobody knows whether it was made"


def test_below_a_thing_that_members_do_not_see_an_administrator_makes_one(shop):
    shop[0].does["POST teeth"] = lambda ask: 404 if ask.role == "member" else (201, {"tooth": {"id": "tooth-1"}})
    gear = own(shop, SHOW)
    with pytest.raises(Unavailable, match="was answered 404"):
        produced(shop, TOOTH, f"{gear.path}/teeth", "tooth_id")
    shop[1].paths.elements.forget(gear)
    shop[0].does["POST gears"] = lambda ask: 403 if ask.role == "member" else None
    hidden = own(shop, SHOW)
    assert produced(shop, TOOTH, f"{hidden.path}/teeth", "tooth_id").role == "admin"


def test_403_to_an_administrator_is_a_refusal(shop):
    shop[0].does["POST gears"] = 403
    with pytest.raises(Unavailable, match="was answered 403"):
        produced(shop)
    assert shop[0].changes == ["POST /gears", "POST /gears as admin"]


def test_an_answer_that_does_not_name_it_leaves_the_trial_undecided_and_the_intent_open(tmp_path, shop):
    shop[0].does["POST gears"] = 202
    with pytest.raises(Unavailable, match="was answered 202 and did not name the new element"):
        produced(shop, MAKE, name="gear_number")
    assert not entries(tmp_path)[0].settled


def test_what_is_not_yet_what_it_will_be_is_waited_for(shop):
    shown = iter(["creating", "creating", "ready"])
    shop[0].does["GET /gears/gear-1"] = lambda ask: (200, {"gear": {"id": "gear-1", "status": next(shown)}})
    produced(shop)
    assert shop[0].said.count("GET /gears/gear-1") == 3


def answered(json=ABSENT, status=200, **headers):
    return Answer(status, headers, "", json, 1.0, None)


def test_the_address_of_what_was_made_names_it():
    """Below its own collection: a body may hold other addresses."""
    body = {"maker_ref": "http://x/v1/makers/m-1", "gear_ref": "http://x/v1/gears/g%201", "id_of": 1}
    assert named_by(answered(body), "gear_id", None, "", "/gears") == "g 1"
    assert named_by(answered(body), "gear_id", None, "", "/wheels") is None
    assert named_by(answered({**body, "id": "g-2"}), "gear_id", None, "", "/gears") == "g-2"


@pytest.mark.parametrize(
    ("answer", "sent", "expected"),
    [
        (answered({"gear": {"id": "g-1"}}, Location="http://x/gears/other"), None, "g-1"),
        (answered({"gear": {"id": 7}}), None, "7"),
        (answered(Location="http://x/v2/gears/g%201/"), None, "g 1"),
        (answered({"gear": {"size": 1}}, Location="/gears/g-1"), None, "g-1"),
        (answered(), {"gear": {"gearId": "g-9"}}, "g-9"),
        (answered({}), {"gear_id": "g-9"}, "g-9"),
        (answered({}), {"gear": {"name": "n"}}, None),
        (answered({}), ABSENT, None),
        (answered([]), None, None),
    ],
)
def test_what_was_made_is_named_by_the_body_the_location_or_what_was_sent(answer, sent, expected):
    assert named_by(answer, "gear_id", sent) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"gear": {"name": "n"}}, "n"),
        ({"display_name": "d"}, "d"),
        ({"gear": {"size": 1, "more": {"name": "n"}}}, "n"),
        ({"gear": {"name": 7}}, None),
        ({}, None),
        ({"gears": [{"name": "n"}, {"name": "m"}]}, "n"),
        ([{"size": 1}], None),
        (ABSENT, None),
    ],
)
def test_the_name_in_a_body(body, expected):
    assert name_in(body) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (answered(status=202), True),
        (answered({"gear": {"status": "creating"}}), True),
        (answered({"gear": {"name": "n"}}), False),
        (answered({}), False),
        (answered([]), False),
        (answered(status=204), False),
    ],
)
def test_what_goes_on_in_the_background(answer, expected):
    assert background(answer) is expected


def test_the_journal_calls_a_kind_by_its_collection():
    assert KNOWN.profile.kind_at("/servers") is SERVER
    assert KNOWN.profile.kind_at("/gears/g-1/teeth").name == "gears/g-1/teeth"
    assert KNOWN.profile.kind("gears/g-1/teeth").collection == "/gears/g-1/teeth"


def test_what_a_sample_cannot_show_is_told_by_its_row(tmp_path):
    tag = plain("PUT", "/tags/{tag}", row("tag", "uuid", location="path"), normal=(201,), samples=(sample({"a": "b"}),))
    shop = opened(tmp_path, *EVERY, tag)
    shop[0].does["PUT tags"] = 201
    assert len(produced(shop, tag, "/tags", "tag").value) == 36


def test_what_needs_itself_is_not_made(tmp_path):
    loop = replace(KNOWN, bindings=(BindingRule("*", "name", Binding("/gears")),))
    with pytest.raises(Unavailable, match="needs what it makes itself"):
        opened(tmp_path, service=loop)[1].paths.elements.element("/gears", None)


def test_a_status_that_the_reference_promises_is_not_waited_for(tmp_path):
    promised = replace(MAKE, postconditions=(Condition("status", "gear", 30, becomes=("pending",)),))
    shop = opened(tmp_path, promised, SHOW)
    send = shop[0].send

    def pending(ask):
        answer = send(ask)
        return replace(answer, json={"gear": {**answer.json["gear"], "status": "pending"}}) if answer.ok else answer

    shop[0].send = pending
    made = produced(shop, promised)
    assert [line for line in shop[0].said if line == f"GET {made.path}"] == [f"GET {made.path}"]


def test_a_request_that_joins_an_element_of_another_collection_makes_none(tmp_path):
    join = plain("PUT", "/racks/{rack_id}/gears/{gear_id}", normal=(201,))
    by_name = plain("PUT", "/tags/{tag}", normal=(201,))
    bound = replace(KNOWN, bindings=(BindingRule("*", "gear_id", Binding("/gears")),))
    elements = opened(tmp_path, service=bound)[1].paths.elements
    producers = Producers((join, by_name))
    assert elements.joins(producers.of("/racks/{rack_id}/gears"))
    assert not elements.joins(producers.of("/tags"))
    assert not elements.joins(None)


def test_a_thing_without_a_status_is_looked_at_after_the_first_one_of_its_kind_only(shop):
    for _ in range(3):
        produced(shop)
    assert [text for text in shop[0].said if text.startswith("GET")] == ["GET /gears/gear-1"]


def test_each_thing_with_a_status_is_waited_for(shop):
    for number in (1, 2):
        shop[0].does[f"GET /gears/gear-{number}"] = lambda ask: (200, {"gear": {"status": "ready"}})
        produced(shop)
    assert [text for text in shop[0].said if text.startswith("GET")] == ["GET /gears/gear-1", "GET /gears/gear-2"]
