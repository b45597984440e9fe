"""A resource is as it was after a refusal in vain only if it shows so, and nothing but a thing attached was left."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import action, driving, row
from workshop import EVERY, KNOWN, opened, tried

from conformance.engine.api.given import Attachment
from conformance.engine.cloud.made import Made
from conformance.engine.cloud.roles import Role
from conformance.engine.model.binding import Binding

PATH = "/servers/{server_id}/action"
HOLD, DROP = (action(name, row("serial", required=True), path=PATH) for name in ("hold", "drop"))
COPY = action("copy", path=PATH)


@pytest.fixture
def shop(tmp_path):
    return opened_with(tmp_path, DROP.id)


def opened_with(tmp_path, detach):
    service = driving(KNOWN, attached_by={"wheel": Attachment(HOLD.id, "serial", detach=detach)})
    wheel = Made("wheel", "w-1", "n", "/wheels/w-1", Role.MEMBER, {}, None)
    shop = opened(tmp_path, *EVERY, HOLD, DROP, COPY, service=service, factories={"wheel": lambda **_: wheel})

    def act(ask):
        server = shop[0].things["/servers"][ask.path.split("/")[2]]
        server["wheels"] = {"hold": ["n"], "drop": []}.get(next(iter(ask.body)), server.get("wheels", []))
        return 202

    shop[0].does["POST action"] = act
    return shop


def holding(**more):
    wheel = Binding("wheel", "name", "free")
    return tried(HOLD, "IDLE", **({"key": "hold", "accepted": False, "body": {"hold": {"serial": wheel}}} | more))


def bodies(shop):
    return [next(iter(ask.body)) for ask in shop[0].asked if ask.method == "POST"]


def test_a_thing_that_was_attached_in_vain_is_taken_away_and_the_resource_serves_on(shop):
    shop[1].subject.reach("IDLE")
    shop[0].things["/servers"]["server-1"]["wheels"] = []
    evidence = shop[1].make(holding())
    assert (evidence.status, evidence.after["wheels"]) == (202, ["n"]), "the evidence is of the request alone"
    assert bodies(shop) == ["hold", "drop"]
    assert not shop[1].subject.must_replace


def dropping():
    wheel = Binding("wheel", "name", "attached")
    return tried(DROP, "IDLE", key="drop", accepted=None, body={"drop": {"serial": wheel}})


@pytest.mark.parametrize(("wheels", "spoilt"), [([], False), (["another"], True)])
def test_a_thing_that_was_attached_in_vain_serves_the_trial_that_takes_it_away(shop, wheels, spoilt):
    there, executor = shop
    executor.subject.reach("IDLE")
    server = there.things["/servers"]["server-1"]
    server["wheels"] = []
    executor.subject.refresh()
    executor.subject.bindings.wanted = frozenset({"wheel"})
    executor.make(holding())
    assert (bodies(shop), executor.subject.must_replace) == (["hold"], False)
    act = there.does["POST action"]
    there.does["POST action"] = lambda ask: (act(ask), server.update(wheels=wheels))[0]
    assert executor.make(dropping()).status == 202
    assert (bodies(shop), executor.subject.must_replace) == (["hold", "drop"], spoilt)


@pytest.mark.parametrize(("again", "sent"), [(False, ["hold", "drop"]), (True, ["hold"])])
def test_a_resource_that_other_lanes_may_have_keeps_nothing_that_was_attached_in_vain(shop, again, sent):
    shop[1].subject.again = again
    shop[1].subject.bindings.wanted = frozenset({"wheel"})
    shop[1].subject.reach("IDLE")
    shop[0].things["/servers"]["server-1"]["wheels"] = []
    shop[1].make(holding(), together=True)
    assert bodies(shop) == sent


@pytest.mark.parametrize("accepted", [True, None])
def test_a_thing_that_is_attached_gives_way_to_another_one_of_its_kind(shop, accepted):
    act, executor = shop[0].does["POST action"], shop[1]
    executor.subject.reach("IDLE")
    server = shop[0].things["/servers"]["server-1"]
    shop[0].does["POST action"] = lambda ask: 409 if "hold" in ask.body and server.get("wheels") else act(ask)
    assert executor.make(holding(accepted=True)).status == 202
    assert executor.make(holding(key="more", accepted=accepted)).status == 202
    assert bodies(shop) == ["hold", "drop", "hold"]


def test_a_thing_that_is_attached_stays_if_nothing_takes_it_away_or_the_next_request_is_faulty(tmp_path, shop):
    for there, accepted in ((shop, False), (opened_with(tmp_path / "other", ""), True)):
        there[1].subject.reach("IDLE")
        there[1].make(holding(accepted=True))
        there[1].arrangement.filled(holding(accepted=accepted), there[1].context.needs_of(HOLD), there[1].context.top)
        assert bodies(there) == ["hold"]


def test_what_leaves_no_trace_on_the_resource_needs_nothing_taken_away(shop):
    shop[1].make(tried(COPY, "IDLE", key="copy", accepted=False, body={"copy": None}))
    assert bodies(shop) == ["copy"]
    assert not shop[1].subject.must_replace


@pytest.mark.parametrize("why", ["shown", "kept", "unknown", "optional", "status", "spent"])
def test_a_resource_that_may_be_another_one_now_is_given_up(tmp_path, why):
    shop = opened_with(tmp_path, "" if why == "unknown" else DROP.id)
    shop[1].subject.reach("IDLE")
    server = shop[0].things["/servers"]["server-1"]
    server["wheels"] = []
    shop[1].subject.refresh()
    act, trial = shop[0].does["POST action"], holding()

    def spoilt(ask):
        if why == "kept" and "drop" in ask.body:
            return 409
        act(ask)
        if why == "shown" and "drop" in ask.body:
            server["wheels"] = ["another"]
        return 202

    shop[0].does["POST action"] = spoilt
    if why == "optional":
        trial = replace(trial, request=replace(trial.request, uses_optional_fields=True))
    if why == "status":
        shop[1].context.graph.is_calm = lambda operation: False
    if why == "spent":
        shop[1].subject.must_replace = True
        shop[1].subject.reach = lambda state: None
    shop[1].make(trial)
    assert shop[1].subject.must_replace
