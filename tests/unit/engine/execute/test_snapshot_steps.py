"""The steps before a refused request that let its effect be seen, and how they are taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from in_spite import BADGES, NO, PIN, ROLES, STRIP, UNPIN, judged
from widgets import plain, row, sample
from workshop import EVERY, KNOWN, MAKE, SPIN, opened, tried

from conformance.engine.model.binding import Step
from conformance.engine.run.lanes import ALONE, lane_of

SET = plain("PUT", "/limits/{limit_id}", row("most"), row("least"), samples=(sample({"most": 1}),), normal=(200,))
LIMIT = plain("GET", "/limits/{limit_id}", normal=(200,))
RESET = plain("DELETE", "/limits/{limit_id}", normal=(204,))
ASSERTIVE = replace(
    KNOWN,
    placeholder_values={"limit_id": "project"},
    before_refusal=((SET.id, Step(SET.id, {"most": 7})),),
    undo_refused=((SET.id, Step(RESET.id, {})),),
    run_exclusively=(SET.id,),
)


def limited(tmp_path, service=ASSERTIVE, bare=False):
    """A service with a limit that goes back to what it was at first where a wrong request is refused."""
    shop, executor = opened(tmp_path, *EVERY, SET, LIMIT, RESET, roles=ROLES, service=service)
    first = {"most": 1, "least": 0}
    held = dict(first)

    def put(ask):
        if isinstance(ask.body["most"], dict):
            held.update(first)
            return 400, NO
        held.update(ask.body)
        return 200, {"limit": dict(held)}

    def reset(ask):
        held.update(first)
        return 204

    shop.does |= {"PUT limits": put, "DELETE limits": reset}
    shop.does["GET limits"] = lambda ask: (200, dict(held) if bare else {"limit": dict(held)})
    evidence = executor.make(tried(SET, accepted=False, role="admin", body={"most": {}}))
    return shop, evidence, held == first


@pytest.mark.parametrize("bare", [False, True])
def test_what_is_there_is_made_unlike_what_a_refused_request_would_leave(tmp_path, bare):
    _, evidence, _ = limited(tmp_path, bare=bare)
    assert judged(evidence) == "refused with 400, and yet shown changed"
    assert (evidence.before["shown"]["most"], evidence.after["shown"]["most"]) == (7, 1)


def test_without_that_nothing_could_be_seen(tmp_path):
    assert judged(limited(tmp_path, replace(ASSERTIVE, before_refusal=()))[1]) == "pass"


def test_what_only_the_sandbox_can_bear_is_not_done_elsewhere_to_see_more(tmp_path):
    shop, _, as_first = limited(tmp_path, replace(ASSERTIVE, sandbox_only=(SET.id,)))
    assert as_first
    assert [text.partition(" ")[0] for text in shop.changes].count("PUT") == 1


def test_what_was_made_unlike_is_taken_back(tmp_path):
    shop, _, as_first = limited(tmp_path)
    assert as_first
    assert shop.changes[-1].startswith("DELETE /limits/")


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({}, False),
        ({"before_refusal": ((SET.id, Step(SET.id, {})),)}, True),
        ({"steps_before": ((SET.id, Step(SET.id, {})),)}, False),
    ],
)
def test_a_refusal_with_steps_that_others_would_feel_waits_until_nothing_else_runs(tables, expected):
    service = replace(KNOWN, run_exclusively=(SET.id,), **tables)
    assert (lane_of(tried(SET, accepted=False), service) == ALONE) is expected
    assert (lane_of(tried(SET, accepted=False, target="unknown"), service) == ALONE) is False
    forbidden = tried(SET, accepted=False, refused_for="sender")
    assert (lane_of(forbidden, service) == ALONE) is bool(tables)


def test_what_only_the_wrong_person_asks_for_could_be_done(tmp_path):
    """What the accepted request needs before it is there, and is taken back."""
    service = replace(
        KNOWN, steps_before=((STRIP.id, Step(PIN.id, {})),), undo_refused=((STRIP.id, Step(STRIP.id, {})),)
    )
    shop, executor = opened(tmp_path, *EVERY, BADGES, PIN, STRIP, roles=ROLES, service=service)
    shop.does["DELETE badges"] = 403
    shop.does["GET badges"] = lambda ask: (200, {"badges": []})
    executor.make(tried(STRIP, "IDLE", accepted=False, refused_for="sender", role="reader"))
    assert [text.split("/")[0].strip() for text in shop.changes][:2] == ["PUT", "DELETE"]
    shop.asked.clear()
    executor.make(tried(STRIP, "IDLE", accepted=False, role="reader"))
    assert [text.split("/")[0].strip() for text in shop.changes] == ["DELETE"]


def test_a_step_that_cannot_be_taken_before_a_refusal_does_not_stand_in_its_way(tmp_path):
    service = replace(KNOWN, before_refusal=((SPIN.id, Step(MAKE.id, {})),))
    shop, executor = opened(tmp_path, *EVERY, roles=ROLES, service=service)
    shop.does["POST gears"] = 409
    shop.does["POST action"] = 403
    trial = tried(SPIN, "IDLE", accepted=False, role="reader", body={"spin": None})
    assert judged(executor.make(trial)) == "pass"


def test_what_stood_below_a_path_whose_steps_were_taken_back_is_made_anew(tmp_path):
    """The steps may have removed it."""
    service = replace(
        KNOWN, before_refusal=((STRIP.id, Step(PIN.id, {})),), undo_refused=((STRIP.id, Step(STRIP.id, {})),)
    )
    shop, executor = opened(tmp_path, *EVERY, BADGES, PIN, UNPIN, STRIP, roles=ROLES, service=service)
    answers = iter([403, 204])
    shop.does["DELETE badges"] = lambda ask: next(answers) if ask.path.endswith("badges") else 403
    shop.does["GET badges"] = lambda ask: (200, {"badges": []}) if ask.path.endswith("badges") else None
    for operation in (UNPIN, STRIP, UNPIN):
        executor.make(tried(operation, "IDLE", accepted=False, role="reader"))
    one, *_, other = [ask.path for ask in shop.asked if ask.method == "DELETE"]
    assert one != other


def test_after_steps_are_taken_back_the_server_is_looked_at_again(tmp_path):
    service = replace(
        KNOWN,
        before_refusal=((SPIN.id, Step("widgets.name", {})),),
        undo_refused=((SPIN.id, Step("widgets.drop", {})),),
    )
    name = plain("PUT", "/servers/{server_id}/label", name="name", samples=(sample({"label": "x"}),))
    drop = plain("DELETE", "/servers/{server_id}/label", name="drop")
    shop, executor = opened(tmp_path, *EVERY, name, drop, roles=ROLES, service=service)

    def call(text, code):
        def answer(ask):
            shop.things["/servers"]["server-1"]["name"] = text
            return code

        return answer

    shop.does |= {"PUT label": call("x", 200), "DELETE label": call("", 204), "POST action": 403}
    for _ in range(2):
        trial = tried(SPIN, "IDLE", accepted=False, role="reader", body={"spin": None})
        evidence = executor.make(trial)
        assert (evidence.before["name"], judged(evidence)) == ("x", "pass")
    assert executor.subject.current()["name"] == ""


def limits(tmp_path):
    """A service with a limit, of which every wrong request is refused, and the requests on it."""
    shop, executor = opened(tmp_path, *EVERY, SET, LIMIT, RESET, roles=ROLES, service=ASSERTIVE)
    held = {"most": 1, "least": 0}
    shop.does["PUT limits"] = lambda ask: (
        (400, NO) if isinstance(ask.body["most"], dict) else (held.update(ask.body) or 200)
    )
    shop.does["GET limits"] = lambda ask: (200, {"limit": dict(held)})
    shop.does["DELETE limits"] = 204

    def wrong(number):
        return tried(SET, key=str(number), accepted=False, role="admin", body={"most": {}})

    def sent():
        asked = [ask for ask in shop.asked if ask.path.startswith("/limits/")]
        return [f"{ask.method} {ask.body}" if ask.method == "PUT" else ask.method for ask in asked]

    return executor, wrong, sent


def test_steps_that_are_the_same_for_a_group_are_taken_once_and_taken_back_after_its_look(tmp_path):
    executor, wrong, sent = limits(tmp_path)
    for number in range(3):
        executor.make(wrong(number), together=True)
    refused = ["PUT {'most': {}}"] * 3
    assert [one for one in sent() if one != "GET"][1:] == refused, "the first request is the step"
    executor.looks.take()
    assert [one for one in sent() if one != "GET"][4:] == ["DELETE"]
    assert sent().count("GET") == 2, "one look before the group, and one after it"
    assert [judged(evidence) for evidence in executor.looks.collect().values()] == ["pass"] * 3
    executor.looks.take()
    assert sent().count("DELETE") == 1


def test_steps_for_a_group_are_taken_back_before_any_other_trial(tmp_path):
    executor, wrong, sent = limits(tmp_path)
    executor.make(wrong(1), together=True)
    executor.make(tried(LIMIT), together=True)
    assert sent()[-2:] == ["DELETE", "GET"]
    executor.make(wrong(2), together=True)
    executor.discard()
    assert sent()[-1] == "DELETE"


def test_steps_for_a_trial_that_shares_no_look_are_taken_back_at_once(tmp_path):
    executor, wrong, sent = limits(tmp_path)
    executor.make(wrong(1))
    assert sent()[-1] == "DELETE"
