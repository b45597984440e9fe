"""The log of actions that a cloud keeps tells whether a refused request was done all the same."""

from __future__ import annotations

import pytest
from in_spite import NO, ROLES, judged
from widgets import action, driving, plain
from workshop import EVERY, KNOWN, SPIN, opened, tried

from conformance.engine.api.entries import ActionLog

LOG = plain("GET", "/servers/{server_id}/deeds", normal=(200,))
KEEPS_A_LOG = driving(
    KNOWN, action_log=ActionLog(LOG.id, name_field="request_id", user_field="user_id", failure_field="message")
)
LOCK, UNLOCK = (action(name, path="/servers/{server_id}/action") for name in ("lock", "unlock"))
DONE = {"request_id": "r-2", "user_id": "u-2", "message": None}


def logging(tmp_path, code, entry, **more):
    """A service that refuses to spin, and has another entry in its log after that."""
    shop, executor = opened(tmp_path, *EVERY, LOG, LOCK, UNLOCK, roles=ROLES, service=KEEPS_A_LOG)
    log = [{"request_id": "r-1", "user_id": "u-1", "message": None}]
    shop.does["GET deeds"] = lambda ask: (200, {"deeds": list(log)})

    def act(ask):
        if "lock" in ask.body:
            shop.things["/servers"]["server-1"]["locked"] = True
            return 202
        log.extend([entry] if entry else [])
        return code, NO

    shop.does["POST action"] = act
    given = {"accepted": False, "refused_for": "sender", "role": "reader", "body": {"spin": None}} | more
    return shop, executor.make(tried(SPIN, "IDLE", **given))


@pytest.mark.parametrize(
    ("code", "more"), [(403, {}), (401, {}), (404, {"role": "alt"}), (409, {"role": "member", "locked": True})]
)
def test_what_is_refused_for_who_asks_and_is_recorded_was_done(tmp_path, code, more):
    said = judged(logging(tmp_path, code, DONE, **more)[1])
    assert said == f"refused with {code}, and yet the list of what was done with it has an entry more"


@pytest.mark.parametrize(
    "entry",
    [None, {**DONE, "user_id": None}, {**DONE, "message": "Error"}, {"request_id": "r-2"}],
    ids=["nothing", "of the cloud's own accord", "failed", "by nobody"],
)
def test_what_the_cloud_does_by_itself_and_what_has_failed_was_not_done_for_who_asks(tmp_path, entry):
    assert judged(logging(tmp_path, 403, entry)[1]) == "pass"


@pytest.mark.parametrize(("code", "role"), [(400, "reader"), (409, "reader"), (404, "reader")])
def test_what_is_recorded_and_refused_for_another_reason_may_not_have_been_done(tmp_path, code, role):
    """Nova writes down what it begins, and may find a conflict after that."""
    assert judged(logging(tmp_path, code, DONE, role=role)[1]) == "pass"


def test_only_what_is_refused_for_who_asks_is_looked_up_in_the_record(tmp_path):
    shop, evidence = logging(tmp_path, 403, DONE, refused_for="request")
    assert judged(evidence) == "pass"
    assert not [text for text in shop.said if "deeds" in text]


def test_a_record_that_cannot_be_read_says_nothing(tmp_path):
    shop, executor = opened(tmp_path, *EVERY, LOG, roles=ROLES, service=KEEPS_A_LOG)
    answers = iter([(200, {"deeds": []}), (503, NO)])
    shop.does["GET deeds"] = lambda ask: next(answers)
    shop.does["POST action"] = 403
    trial = tried(SPIN, "IDLE", accepted=False, refused_for="sender", role="reader", body={"spin": None})
    assert judged(executor.make(trial)) == "pass"


def test_a_request_that_may_be_accepted_reads_the_log_after_a_refusal_alone(tmp_path):
    shop, executor = opened(tmp_path, *EVERY, LOG, roles=ROLES, service=KEEPS_A_LOG)
    log = [{"request_id": "r-1", "user_id": "u-1", "message": None}]
    shop.does |= {"GET deeds": lambda ask: (200, {"deeds": list(log)}), "POST action": (403, NO)}
    shop.seen.done.add("r-1")
    silent = tried(SPIN, "IDLE", key="k", accepted=None, refused_for="sender", role="reader", body={"spin": None})
    executor.make(silent, together=True)
    assert executor.looks.joins
    assert not any("deeds" in text for text in shop.said)
    log.append({**DONE, "request_id": "r-2"})
    executor.looks.take()
    assert executor.looks.collect() == {"k": None}, "it is made again, alone, with a look at the log before it"


@pytest.mark.parametrize(("known", "entry"), [(True, None), (True, DONE), (False, None)])
def test_a_group_reads_the_log_after_it_alone_where_the_cloud_names_its_requests(tmp_path, known, entry):
    shop, executor = opened(tmp_path, *EVERY, LOG, roles=ROLES, service=KEEPS_A_LOG)
    log = [{"request_id": "r-1", "user_id": "u-1", "message": None}]
    shop.does["GET deeds"] = lambda ask: (200, {"deeds": list(log)})

    def act(ask):
        log.extend([{**entry, "request_id": f"r-{len(log) + 1}"}] if entry else [])
        return 403, NO

    shop.does["POST action"] = act
    if known:
        shop.seen.done.add("r-1")
    given = {"accepted": False, "refused_for": "sender", "role": "reader", "body": {"spin": None}}
    for key in ("one", "two"):
        executor.make(tried(SPIN, "IDLE", key=key, **given), together=True)
    before = sum("deeds" in text for text in shop.said)
    executor.looks.take()
    assert (before, sum("deeds" in text for text in shop.said)) == (0 if known else 1, before + 1)
    taken = executor.looks.collect()
    assert [evidence is None for evidence in taken.values()] == [entry is not None] * 2, "both are made again, alone"
    if entry is not None:
        again = executor.make(tried(SPIN, "IDLE", key="one", **given))
        assert "an entry more" in (judged(again) or "")
        shop.does["POST action"] = (403, NO)
        executor.make(tried(SPIN, "IDLE", key="three", **given), together=True)
        executor.looks.take()
        assert executor.looks.collect()["three"] is not None, "what was read once is known"
