"""An element of a lane is used again while it lasts, given up in time, and settled when it is gone."""

from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from making import entries, own, produced
from workshop import EVERY, KNOWN, LABEL, LIST, MAKE, SHOW, TEETH, TOOTH, opened, tried

from conformance.engine.api.entries import BindingRule
from conformance.engine.api.given import GivenKind, MadeAs
from conformance.engine.api.needs import ElementNeeded
from conformance.engine.cloud.exchange import Answer
from conformance.engine.cloud.kinds import Kind, Status
from conformance.engine.cloud.roles import Role
from conformance.engine.model.binding import Binding
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.owned import FRESH, Owned


def test_what_is_made_is_kept_and_is_one_for_each_set_of_fields(shop):
    one = own(shop, SHOW)
    assert own(shop, SHOW) is one
    other = own(shop, SHOW, colour="red")
    assert (other.value, other.with_fields) == ("gear-2", (("colour", "red"),))
    several = own(shop, SHOW, colour=["red", "blue"])
    assert own(shop, SHOW, colour=["red", "blue"]) is several
    made = [ask.body["gear"].get("colour") for ask in shop[0].asked if ask.method == "POST"]
    assert made == [None, "red", ["red", "blue"]]


@pytest.mark.parametrize("sandbox", [True, False])
def test_what_no_request_removes_is_made_in_the_sandbox_alone(tmp_path, sandbox):
    shop = opened(tmp_path, *EVERY, service=replace(KNOWN, sandbox_only=(MAKE.id,)), sandbox=sandbox)
    if sandbox:
        assert own(shop, SHOW).value == "gear-1"
        return
    with pytest.raises(Unavailable, match="is tried only in the sandbox") as why:
        own(shop, SHOW)
    assert (why.value.optional, shop[0].asked) == (True, [])


def test_what_makes_something_is_not_used_to_make_what_it_needs(shop):
    """A second name under which the same may be put is enough; of a POST there is no such thing."""
    assert own(shop, MAKE) is None
    label = own(shop, LABEL, "/labels", "label_uuid")
    assert (len(label.value), label.producer, shop[0].asked) == (36, None, [])


def test_what_nothing_makes_is_none(shop):
    assert own(shop, SHOW, "/jobs", "job_id") is None


def test_a_factory_makes_what_the_reference_has_no_operation_for(tmp_path):
    made = []

    def job(of):
        made.append(of)
        return SimpleNamespace(id=7, role="member")

    shop = opened(tmp_path, service=replace(KNOWN, made_by_factory={"jobs": "job"}), factories={"job": job})
    owned = own(shop, SHOW, "/jobs", "job_id")
    assert (owned.value, owned.path, made) == ("7", "/jobs/7", ["server-1"])


def test_a_factory_without_a_server_leaves_the_trial_undecided(tmp_path):
    shop = opened(tmp_path, service=replace(KNOWN, made_by_factory={"jobs": "job"}), factories={"job": None})
    shop[1].context.stopping.set()
    with pytest.raises(Unavailable, match="the run was stopped"):
        own(shop, SHOW, "/jobs", "job_id")


def test_what_is_disposed_of_is_deleted_as_who_made_it_and_settled(tmp_path, shop):
    shop[0].does["POST gears"] = lambda ask: 403 if ask.role == "member" else None
    owned = own(shop, SHOW)
    shop[1].paths.elements.dispose(owned)
    assert shop[0].changes[-1] == "DELETE /gears/gear-1 as admin"
    assert all(entry.settled for entry in entries(tmp_path))
    assert own(shop, SHOW).value == "gear-2", "it is used no more"


def test_what_its_maker_sees_no_more_is_not_settled_while_an_administrator_sees_it(tmp_path, shop):
    """A request may have given it to another project."""
    owned = replace(produced(shop), value=(id_ := f"{shop[0].prefix}-gear"), path=f"/gears/{id_}")
    shop[0].journal.there("gears", id_, owned.path)
    shop[0].does["DELETE gears"] = 404
    shop[0].does["GET gears"] = lambda ask: (200, {"gear": {"id": id_}}) if ask.role == "admin" else 404
    shop[1].paths.elements.dispose(owned)
    assert [entry.left for entry in entries(tmp_path)][-1] == ((id_, owned.path),)


@pytest.mark.parametrize(("code", "settled"), [(404, True), (410, True), (409, False), (500, False)])
def test_what_cannot_be_removed_stands_in_the_journal(tmp_path, shop, code, settled):
    owned = own(shop, SHOW)
    shop[0].does["DELETE gears"] = code
    shop[1].paths.elements.dispose(owned)
    assert entries(tmp_path)[0].settled is settled
    places = shop[1].context.places
    places.most = 1
    assert [one.path for one in places.take_spent()] == ([] if settled else ["/gears/gear-1"])


@pytest.mark.parametrize(("most", "grown_again", "gone"), [(None, 1, []), (1, 2, ["/gears/gear-1"])])
def test_what_a_list_has_grown_by_goes_when_room_is_needed_and_the_list_grows_again(shop, most, grown_again, gone):
    executor = shop[1]
    stocks, places, trial = executor.paging.stocks, executor.context.places, tried(LIST)
    assert stocks.grow(trial, "/gears", 1)
    assert not stocks.grow(trial, "/gears", 1), "once"
    places.most = most
    stocks.discard()
    assert [one.path for one in places.take_spent()] == gone
    assert stocks.grow(trial, "/gears", 1) == (grown_again == 2)


def test_requests_use_the_element_that_a_list_has_grown_by_where_a_cloud_holds_one_alone(shop):
    executor, given = shop[1], [(201, {"tooth": {"id": "tooth-1"}}), 409]
    shop[0].does["POST teeth"] = lambda _: given.pop(0)
    assert executor.paging.stocks.grow(tried(TEETH), "/gears/g-1/teeth", 1)
    executor.paging.stocks.discard()
    known = executor.context
    wanted = ElementNeeded.of(TEETH, "/gears/{gear_id}/teeth", "tooth_id", known.service, known.producers)
    assert executor.paths.elements.own(wanted, "/gears/g-1/teeth", TEETH).value == "tooth-1"


def test_the_last_element_that_a_path_names_is_given_up_for_a_new_one(shop):
    elements, gear = shop[1].paths.elements, own(shop, SHOW)
    assert not elements.renew("/gears/another/teeth")
    assert own(shop, SHOW) == gear
    assert elements.renew(f"/v2/{gear.path}/badges")
    assert shop[0].changes[-1] == f"DELETE {gear.path}"
    assert own(shop, SHOW).value != gear.value


def test_what_nothing_removes_is_left_for_the_end_of_the_run(tmp_path, shop):
    owned = produced(shop, TOOTH, "/gears/g-1/teeth", "tooth_id")
    without = replace(owned, producer=replace(owned.producer, remover=None))
    shop[1].paths.elements.dispose(without)
    assert not entries(tmp_path)[0].settled
    shop[1].paths.elements.dispose(Owned("x", "/gears", "/gears/x", "member"))
    assert not any(text.startswith("DELETE") for text in shop[0].changes)


def test_fresh_elements_are_removed_after_the_request_that_used_them(shop):
    elements = shop[1].paths.elements
    kept = elements.element("/gears", None)
    first, second = elements.element("/gears", f"{FRESH}1"), elements.element("/gears", f"{FRESH}2")
    assert len({kept.value, first.value, second.value}) == 3
    elements.drop_fresh()
    assert [line for line in shop[0].said if line.startswith("DELETE")] == [
        f"DELETE {first.path}",
        f"DELETE {second.path}",
    ]


def test_what_an_element_was_made_of_lasts_as_long_as_the_element(tmp_path):
    made_of = BindingRule("*gears*", "name", Binding("/labels", "id", "fresh"))
    shop = opened(tmp_path, service=replace(KNOWN, bindings=(made_of,)))
    shop[1].paths.elements.element("/gears", None)
    shop[1].paths.elements.drop_fresh()
    assert not [line for line in shop[0].said if line.startswith("DELETE")]


def test_an_element_that_has_failed_is_not_used(tmp_path):
    failing = Kind("gear", "/gears", "gears", status=Status(failed=("error",)))
    known = replace(KNOWN, profile=replace(KNOWN.profile, kinds={**KNOWN.profile.kinds, "gear": failing}))
    shop = opened(tmp_path, service=known)
    send = shop[0].send

    def failed(ask):
        answer = send(ask)
        return replace(answer, json={"gear": {"id": "gear-1", "status": "error"}}) if answer.ok else answer

    shop[0].send = failed
    with pytest.raises(Unavailable, match="became error"):
        produced(shop)


def test_what_an_administrator_has_made_is_known(shop):
    made = own(shop, SHOW)
    elements = shop[1].paths.elements
    assert elements.made_by(Role(made.role), [made.value, "other"])
    assert not elements.made_by(Role(made.role), ["other"])
    assert not elements.made_by(Role.ALT, [made.value])


def test_only_the_answer_that_made_an_element_may_show_a_value(shop):
    shop[0].does["POST gears"] = 201, {"gear": {"id": "gear-7", "key": "k-1"}}
    bindings = shop[1].subject.bindings
    assert bindings.filled(Binding("/gears", "gear.key", "answered")) == "k-1"
    assert own(shop, SHOW).value == "gear-7", "the path names the same element"
    with pytest.raises(Unavailable, match=r"the answer that made /gears/gear-7 shows no gear.lock$"):
        bindings.filled(Binding("/gears", "gear.lock", "answered"))


LARGE = GivenKind(made_as=MadeAs("/gears", {"name": "large"}))
HELD = GivenKind(made_as=MadeAs("/gears", {"name": "held", "of": Binding("large")}, ("label",)))


def test_a_kind_may_be_an_element_that_is_made_in_an_unusual_way(tmp_path):
    """It is made once, after the others that it needs, and is none of the usual ones."""
    label = GivenKind(made_as=MadeAs("/labels"))
    kinds = {**KNOWN.kinds, "large": LARGE, "held": HELD, "label": label}
    shop, executor = opened(tmp_path, service=replace(KNOWN, kinds=kinds))
    bindings = executor.subject.bindings
    usual, large = bindings.filled(Binding("/gears")), bindings.filled(Binding("large"))
    assert usual != large == bindings.filled(Binding("large"))
    assert [ask.body["gear"]["name"] == "large" for ask in shop.asked if ask.method == "POST"] == [False, True]
    bindings.filled(Binding("held"))
    assert [line.split("/")[1] for line in shop.changes] == ["gears", "gears", "labels", "gears"]
    assert shop.asked[-1].body["gear"]["of"] == large


def test_rights_that_only_an_unusual_element_needs_are_not_used_for_the_others(tmp_path):
    kinds = {**KNOWN.kinds, "large": LARGE}
    shop, executor = opened(tmp_path, service=replace(KNOWN, kinds=kinds))
    send = shop.send

    def guarded(ask):
        large = ask.method == "POST" and ask.body["gear"]["name"] == "large"
        answer = send(ask)
        return replace(answer, status=403, json={}) if large and ask.role != Role.ADMIN else answer

    shop.send = guarded
    executor.subject.bindings.filled(Binding("large"))
    assert shop.asked[-1].role == Role.ADMIN
    executor.subject.bindings.filled(Binding("/gears"))
    assert shop.asked[-1].role == Role.MEMBER


def test_what_nobody_needs_stays_until_room_is_needed_or_the_end(shop, monkeypatch):
    pool, places = shop[1].paths.elements, shop[1].context.places
    pool.let_go(produced(shop))
    pool.aside.note("gears", "/gears", "member", Answer(201, {}, "", {"gear": {"id": "gear-9"}}, 1.0, None))
    pool.aside.release()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 1000)
    assert places.due() == [], "nobody asks for its removal meanwhile"
    places.most = 1
    assert {one.path for one in places.take_spent()} == {"/gears/gear-1", "/gears/gear-9"}
