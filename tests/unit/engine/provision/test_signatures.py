"""Requests that a client signs: the values in their header, the answers that give them, and the things used up."""

from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from widgets import plain, row
from workshop import EVERY, KNOWN, opened, tried

from conformance.engine.api.entries import BindingRule
from conformance.engine.api.headers import needed
from conformance.engine.api.producers import Producers
from conformance.engine.cloud.errors import GuardRefusal
from conformance.engine.cloud.exchange import Ask
from conformance.engine.cloud.guard import Guard
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.transport import Reply
from conformance.engine.model.binding import Binding, Step, Text, bindings_in
from conformance.engine.provision import callers
from conformance.engine.provision.errors import Unavailable

# A ticket is asked for at a counter, stamped, and changed for a pass; a pass shows the number under which it is kept.
ASK = plain("POST", "/counter", normal=(201,))
STAMP = plain("PUT", "/tickets/{ticket_id}", row("by", required=True), normal=(200,))
CHANGE = plain("POST", "/gate", row("Seal", location="header"), normal=(201,))
PASS = plain("GET", "/passes/{pass_id}", normal=(200,))
PASSES, DROP = plain("GET", "/passes", normal=(200,)), plain("DELETE", "/passes/{pass_id}", normal=(204,))
TICKET, PASS_OF = (ASK.id, "number"), (CHANGE.id, "number")
SAID = {"/tickets": TICKET, "/passes": PASS_OF}
SEAL = Text(
    "Seal {ticket}&{secret} {stamp} {now} {nonce}",
    {
        "ticket": Binding("/tickets", relation="spent"),
        "secret": Binding("/tickets", "secret", "answered"),
        "stamp": Binding("answered", "stamp"),
    },
)
OPERATIONS = (*EVERY, ASK, STAMP, CHANGE, PASS, PASSES, DROP)


@pytest.fixture
def shop(tmp_path):
    service = replace(
        KNOWN,
        bindings=(BindingRule(CHANGE.id, "Authorization", SEAL), *KNOWN.bindings),
        steps_before=((CHANGE.id, Step(STAMP.id, {})),),
        producers=SAID,
    )
    found = opened(tmp_path, *OPERATIONS, service=service, producers=Producers(OPERATIONS, SAID))
    count = iter(range(1, 99))

    def ticket(_):
        number = next(count)
        return 201, {"number": f"t-{number}", "secret": f"s/{number}"}

    found[0].does |= {
        "POST /counter": ticket,
        "PUT tickets": lambda ask: (200, {"stamped": {"stamp": f"of {ask.path[-1]}"}}),
        "POST /gate": lambda _: (201, {"number": f"p-{next(count)}"}),
    }
    return found


def test_an_element_may_be_made_at_another_path_and_be_named_by_another_field():
    producers = Producers(OPERATIONS, SAID)
    found = producers.of("/passes")
    assert (found.operation, found.elsewhere, found.id_field, found.name) == (CHANGE, "/passes", "number", "pass_id")
    assert (found.reader, found.lister, found.remover) == (PASS, PASSES, DROP)
    assert producers.made_by(CHANGE) == found
    assert Producers(OPERATIONS).of("/passes") is None


def test_a_signed_request_has_the_values_of_the_chain_before_it(shop):
    executor = shop[1]
    evidence = executor.make(tried(CHANGE, headers=tuple(needed(CHANGE, executor.context.service).items())))
    assert evidence.status == 201
    asked = [ask for ask in shop[0].asked if ask.method != "GET"]
    assert [f"{ask.method} {ask.path}" for ask in asked[:3]] == ["POST /counter", "PUT /tickets/t-1", "POST /gate"]
    header = dict(asked[2].headers)["Authorization"]
    seal, ticket, *stamp, now, nonce = header.split()
    assert (seal, ticket, stamp) == ("Seal", "t-1&s%2F1", ["of%201"])
    assert abs(int(now) - time.time()) < 600
    assert len(nonce) == 32
    assert asked[2].signed, "the guard must know it"


def test_what_a_request_has_used_up_is_not_used_again(shop):
    executor = shop[1]
    headers = tuple(needed(CHANGE, executor.context.service).items())
    for _ in range(2):
        executor.make(tried(CHANGE, headers=headers))
    gates = [dict(ask.headers)["Authorization"].split()[1] for ask in shop[0].asked if ask.path == "/gate"]
    assert len(set(gates)) == 2, gates


def test_what_a_signed_request_makes_can_stand_in_a_path(shop):
    executor = shop[1]
    assert executor.paths.fill(PASS, "member", executor.context.top).path != ""
    filled = executor.paths.fill(DROP, "member", executor.context.top)
    assert filled.path.startswith("/passes/p-")
    (gate,) = [ask for ask in shop[0].asked if ask.path == "/gate"]
    assert gate.signed
    assert dict(gate.headers)["Authorization"].startswith("Seal t-1&s%2F1")


def test_only_a_text_signs():
    named = replace(KNOWN, bindings=(BindingRule("*", "*", "value"),))
    assert needed(CHANGE, named) == {"Seal": "value"}
    assert needed(CHANGE, replace(KNOWN, bindings=(BindingRule("*", "Authorization", SEAL),))) == {
        "Authorization": SEAL
    }
    assert [str(one) for one in bindings_in(SEAL)] == [str(one) for one in SEAL.of.values()]


def test_a_signature_passes_the_guard_only_where_the_description_signs():
    guard = Guard(None, allow_disruptive=True)
    ask = Ask("POST", "/gate", headers=(("Authorization", "Seal t"),))
    guard.check(replace(ask, signed=True))
    with pytest.raises(GuardRefusal, match="by the header authorization"):
        guard.check(ask)
    with pytest.raises(GuardRefusal, match="by the header x-auth-token"):
        guard.check(replace(ask, headers=(("X-Auth-Token", "mine"),), signed=True))


def test_a_form_is_read_as_an_object():
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    assert Reply(201, "", {}, form, b"number=t-1&secret=s%2F1").json == {"number": "t-1", "secret": "s/1"}
    assert Reply(201, "", {}, {"content-type": "application/json"}, b'{"number": 1}').json == {"number": 1}
    assert not Reply(201, "", {}, form, b"").json


def test_the_administrator_has_a_project_and_a_user_of_his_own():
    cloud = SimpleNamespace(
        roles={Role.MEMBER, Role.ADMIN}, project_of={Role.ADMIN: "p-1"}.get, user_of={Role.ADMIN: "u-1"}.get
    )
    assert callers.admins_project(cloud) == "p-1"
    assert callers.user(cloud, callers.ADMIN) == "u-1"
    with pytest.raises(Unavailable, match="the token of the member does not show"):
        callers.user(cloud, "id")
    cloud.roles = {Role.MEMBER}
    for ask in (lambda: callers.admins_project(cloud), lambda: callers.user(cloud, callers.ADMIN)):
        with pytest.raises(Unavailable, match="no credentials of an administrator"):
            ask()
