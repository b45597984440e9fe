"""What shows that a request was done in spite of its refusal, and what of it may be somebody else's doing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import action, driving, plain, row, sample
from workshop import DROP, EVERY, KNOWN, MAKE, SPIN, opened, tried

from conformance.engine.api.entries import ActionLog
from conformance.engine.judge.codes import Refused
from conformance.engine.model.binding import Step
from conformance.engine.run.lanes import ALONE, lane_of

LOG = plain("GET", "/servers/{server_id}/deeds", normal=(200,))
KEEPS_A_LOG = driving(
    KNOWN, action_log=ActionLog(LOG.id, name_field="request_id", user_field="user_id", failure_field="message")
)
LOCK, UNLOCK = (action(name, path="/servers/{server_id}/action") for name in ("lock", "unlock"))
BADGES = plain("GET", "/servers/{server_id}/badges", normal=(200,))
PIN = plain("PUT", "/servers/{server_id}/badges/{badge}", normal=(201,))
UNPIN = plain("DELETE", "/servers/{server_id}/badges/{badge}", normal=(204,))
STRIP = plain("DELETE", "/servers/{server_id}/badges", normal=(204,))
LEND = action("lend", path="/gears/{gear_id}/action")
LENT = plain("GET", "/gears/{gear_id}/loans", normal=(200,))
SPEED = plain("PUT", "/jobs/{job_id}", row("speed"), samples=(sample({"speed": 2}),), normal=(200,))
SET = plain("PUT", "/limits/{limit_id}", row("most"), row("least"), samples=(sample({"most": 1}),), normal=(200,))
LIMIT = plain("GET", "/limits/{limit_id}", normal=(200,))
RESET = plain("DELETE", "/limits/{limit_id}", normal=(204,))
FROM_EVERYBODY = tuple(o for o in EVERY if o.path != "/jobs/{job_id}")

ROLES = ("member", "admin", "reader", "alt")
NO = {"badRequest": {"code": 403, "message": "no"}}


def judged(evidence):
    assert evidence.problem is None, evidence.problem
    judgement = Refused((evidence.status,), "the role may not").judge(evidence)
    return judgement.reason or judgement.verdict


def wrong(shop, code=403):
    """Do what was asked, and say that it was refused."""

    def answer(ask):
        parts = ask.path.strip("/").split("/")
        shop.usual(ask, parts, parts[-1] if len(parts) % 2 else parts[-2])
        return code, NO

    return answer


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


def test_a_part_of_the_runs_own_server_that_is_gone_is_missed(tmp_path):
    shop, executor = opened(tmp_path, *EVERY, BADGES, PIN, UNPIN, roles=ROLES)
    shop.does["DELETE badges"] = wrong(shop)
    evidence = executor.make(tried(UNPIN, "IDLE", accepted=False, role="reader"))
    assert judged(evidence) == "refused with 403, and yet the resource is gone"


def test_a_part_of_the_runs_own_server_that_is_there_is_as_promised(tmp_path):
    shop, executor = opened(tmp_path, *EVERY, BADGES, PIN, UNPIN, roles=ROLES)
    shop.does["DELETE badges"] = 403
    assert judged(executor.make(tried(UNPIN, "IDLE", accepted=False, role="reader"))) == "pass"


def test_what_a_list_of_the_runs_own_server_holds_is_compared_and_not_how_it_is(tmp_path):
    shop, executor = opened(tmp_path, *EVERY, BADGES, PIN, UNPIN, STRIP, roles=ROLES)
    shop.create_server()
    ticks = iter(range(9))
    held = [{"badge": "b-1"}]
    shop.does["GET badges"] = lambda ask: (200, {"badges": [{**one, "tick": next(ticks)} for one in held]})
    shop.does["DELETE badges"] = 403
    assert judged(executor.make(tried(STRIP, "IDLE", accepted=False, role="reader"))) == "pass"

    def strip(ask):
        held.clear()
        return 403, NO

    shop.does["DELETE badges"] = strip
    evidence = executor.make(tried(STRIP, "IDLE", accepted=False, role="reader"))
    assert judged(evidence) == "refused with 403, and yet shown changed"


def lending(tmp_path, loans):
    shop, executor = opened(tmp_path, *EVERY, LEND, LENT, roles=ROLES)
    pages = iter(loans)
    shop.does["GET loans"] = lambda ask: next(pages)
    shop.does["POST action"] = 403
    return shop, executor.make(tried(LEND, accepted=False, role="reader", body={"lend": {"to": "p"}}))


def test_what_stands_below_what_the_run_has_made_is_looked_at(tmp_path):
    _, evidence = lending(tmp_path, [(200, {"loans": []}), (200, {"loans": [{"to": "p"}]})])
    assert judged(evidence) == "refused with 403, and yet what is shown below it changed"


@pytest.mark.parametrize("after", [(200, {"loans": []}), (503, NO)])
def test_what_is_below_as_before_or_cannot_be_seen_says_nothing(tmp_path, after):
    assert judged(lending(tmp_path, [(200, {"loans": []}), after])[1]) == "pass"


def test_what_could_not_be_seen_before_says_nothing(tmp_path):
    assert judged(lending(tmp_path, [(404, NO), (200, {"loans": [{"to": "p"}]})])[1]) == "pass"


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"speed": 2}, "refused with 403, and yet shown changed"), ({"busy": True}, "pass"), ({}, "pass")],
)
def test_of_what_is_not_the_runs_own_the_fields_that_would_be_set_are_looked_at_in_its_list(tmp_path, changed, said):
    shop, executor = opened(tmp_path, *FROM_EVERYBODY, SPEED, roles=ROLES, sandbox=True)
    job = {"id": "j-1", "speed": 1, "busy": False}
    shop.does["GET /jobs"] = lambda ask: (200, {"jobs": [{"id": "j-0", "speed": 2}, dict(job)][::-1]})

    def speed(ask):
        job.update(changed)
        return 403, NO

    shop.does["PUT jobs"] = speed
    assert judged(executor.make(tried(SPEED, accepted=False, role="reader", body={"speed": 2}))) == said


@pytest.mark.parametrize("code", [503, 403, 400])
@pytest.mark.parametrize("state", [None, "IDLE"])
def test_what_cannot_be_looked_at_after_a_refusal_is_not_gone(tmp_path, code, state):
    """A cloud may be busy, whoever asks."""
    shop, executor = opened(tmp_path, *EVERY, roles=ROLES)

    def refuse(ask):
        shop.does["GET gears"] = code, NO
        return 403, NO

    shop.does["DELETE gears"] = refuse
    assert judged(executor.make(tried(DROP, state, accepted=False, role="reader"))) == "pass"


@pytest.mark.parametrize("state", [None, "IDLE"])
def test_what_names_nothing_after_a_refusal_is_gone(tmp_path, state):
    shop, executor = opened(tmp_path, *EVERY, roles=ROLES)
    shop.does["DELETE gears"] = wrong(shop)
    evidence = executor.make(tried(DROP, state, accepted=False, role="reader"))
    assert judged(evidence) == "refused with 403, and yet the resource is gone"


HALT = plain(
    "PUT", "/jobs/halt", row("task", required=True), row("state"), samples=(sample({"task": "t"}),), normal=(200,)
)
HALT = replace(HALT, response=replace(HALT.response, parameters=(row("state"),)))


def halting(tmp_path, halt):
    """Jobs of everybody's, one of which is named by what the body says of it; refused is whoever would halt it."""
    shop, executor = opened(tmp_path, *FROM_EVERYBODY, HALT, roles=ROLES, sandbox=True)
    jobs = [{"id": f"j-{n}", "task": f"t-{n}", "state": "on", "load": 1} for n in range(3)]
    shop.does["GET /jobs"] = lambda ask: (200, {"jobs": [dict(job) for job in jobs]})

    def act(ask):
        halt(jobs)
        return 403, NO

    shop.does["PUT /jobs/halt"] = act
    return executor.make(tried(HALT, accepted=False, role="reader", body={"task": "t-1", "state": "off"}))


def test_what_a_body_names_in_a_list_is_seen_by_what_the_answer_documents(tmp_path):
    said = judged(halting(tmp_path, lambda jobs: jobs[1].update(state="off")))
    assert said == "refused with 403, and yet shown changed"


@pytest.mark.parametrize(
    "others",
    [
        lambda jobs: jobs[1].update(load=2),
        lambda jobs: jobs[2].update(state="off"),
        lambda jobs: jobs.pop(0),
        lambda jobs: (jobs.pop(1), jobs[0].update(state="off")),
    ],
    ids=["load", "another's state", "another gone", "gone and another's state"],
)
def test_what_others_do_with_such_a_list_is_no_change(tmp_path, others):
    assert judged(halting(tmp_path, others)) == "pass"


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


def test_a_list_that_a_role_may_not_see_is_not_asked_for_as_this_role_again(tmp_path):
    shop, executor = opened(tmp_path, *EVERY, roles=ROLES)
    shop.does |= {"POST gears": (403, NO)}
    shop.does["GET /gears"] = lambda ask: (403, NO) if ask.role == "member" else (200, {"gears": []})
    for number in range(2):
        trial = tried(MAKE, key=str(number), accepted=False, role="reader", body={"gear": {"name": shop.prefix}})
        assert judged(executor.make(trial)) == "pass"
    assert [text for text in shop.said if text.startswith("GET /gears")] == [
        "GET /gears as admin",
        "GET /gears",
        "GET /gears as admin",
    ]


TAGS = plain("GET", "/gears/{gear_id}/tags", normal=(200,))
TAG = plain("POST", "/gears/{gear_id}/tags", row("name"), samples=(sample({"name": "t"}),), normal=(201,))
UNTAG = plain("DELETE", "/gears/{gear_id}/tags/{tag_id}", normal=(204,))


@pytest.mark.parametrize(
    ("made", "said"), [(True, "refused with 403, and yet exists changed from False to True"), (False, "pass")]
)
def test_what_was_made_below_another_thing_in_spite_of_the_refusal_is_in_its_list(tmp_path, made, said):
    shop, executor = opened(tmp_path, *EVERY, TAGS, TAG, UNTAG, roles=ROLES)
    held = []
    shop.does["GET tags"] = lambda ask: (200, {"tags": list(held)})

    def tag(ask):
        held.extend([{"id": "t-1", **ask.body}] if made else [])
        return 403, NO

    shop.does["POST tags"] = tag
    body = {"name": f"{shop.prefix}-tag"}
    assert judged(executor.make(tried(TAG, accepted=False, role="reader", body=body))) == said


JOIN = plain("PUT", "/jobs/{job_id}/gears/{gear_id}", normal=(204,))
JOINED = plain("GET", "/jobs/{job_id}/gears/{gear_id}", normal=(204,))


@pytest.mark.parametrize(("done", "said"), [(True, "exists changed from False to True"), (False, "pass")])
def test_things_of_the_run_that_were_joined_in_spite_of_the_refusal_are_shown_so(tmp_path, done, said):
    shop, executor = opened(tmp_path, *EVERY, JOIN, JOINED, roles=ROLES, sandbox=True)
    shop.does["GET /jobs"] = 200, {"jobs": [{"id": "job-1"}]}
    joined = set()
    shop.does["GET /jobs/job-1/gears/gear-1"] = lambda ask: (204 if ask.path in joined else 404, NO)

    def join(ask):
        joined.update([ask.path] if done else [])
        return 403, NO

    shop.does["PUT /jobs/job-1/gears/gear-1"] = join
    found = judged(executor.make(tried(JOIN, accepted=False, role="reader")))
    assert found.removeprefix("refused with 403, and yet ") == said


STORE = plain("GET", "/store", normal=(200,))
KEEP = plain("PUT", "/store/{server_id}", normal=(202,))
CLEAR = plain("DELETE", "/store", normal=(204,))


@pytest.mark.parametrize("among", ["kept", "waiting"])
@pytest.mark.parametrize(("done", "said"), [(True, "exists changed from False to True"), (False, "pass")])
def test_what_was_put_elsewhere_in_spite_of_the_refusal_shows_in_the_list_there(tmp_path, among, done, said):
    """The path of the request ends with the resource under test, and is not its own."""
    shop, executor = opened(tmp_path, *EVERY, STORE, KEEP, roles=ROLES)
    shop.journal.made(shop.journal.intend("server", "x"), "server-1", "/servers/server-1")
    store = {"kept": [{"server_id": "somebody-s"}], "waiting": ["another-s"]}
    shop.does["GET /store"] = lambda ask: (200, store)

    def keep(ask):
        if done:
            store[among].append({"server_id": "server-1"} if among == "kept" else "server-1")
        return 403, NO

    shop.does["PUT store"] = keep
    found = judged(executor.make(tried(KEEP, "IDLE", accepted=False, role="reader")))
    assert found.removeprefix("refused with 403, and yet ") == said


LABEL = plain("GET", "/servers/{server_id}/labels/{key}", normal=(200,))
STICK = plain("PUT", "/servers/{server_id}/labels/{key}", normal=(200,))


@pytest.mark.parametrize("owned", [True, False])
@pytest.mark.parametrize(("done", "said"), [(True, "exists changed from False to True"), (False, "pass")])
def test_what_was_put_below_a_thing_of_the_run_in_spite_of_the_refusal_shows(tmp_path, owned, done, said):
    """Below a thing of others, anybody may have put it."""
    named = replace(KNOWN, placeholder_values={"key": "red"})
    shop, executor = opened(tmp_path, *EVERY, LABEL, STICK, roles=ROLES, service=named)
    if owned:
        shop.journal.made(shop.journal.intend("server", "x"), "server-1", "/servers/server-1")
    stuck = set()
    shop.does["GET labels"] = lambda ask: (200, {"label": "x"}) if ask.path in stuck else (404, NO)

    def stick(ask):
        stuck.update([ask.path] if done else [])
        return 403, NO

    shop.does["PUT labels"] = stick
    found = judged(executor.make(tried(STICK, "IDLE", accepted=False, role="reader")))
    assert found.removeprefix("refused with 403, and yet ") == (said if owned else "pass")


def test_the_resource_under_test_is_not_looked_at_twice(tmp_path):
    end = plain("DELETE", "/servers/{server_id}", normal=(204,))
    shop, executor = opened(tmp_path, *EVERY, end, plain("GET", "/servers/{server_id}", normal=(200,)), roles=ROLES)
    shop.does["DELETE servers"] = (403, NO)
    assert judged(executor.make(tried(end, "IDLE", accepted=False, role="reader"))) == "pass"
    assert shop.said == ["DELETE /servers/server-1 as reader", "GET /servers/server-1"]


@pytest.mark.parametrize(("gone", "fails"), [(("server-1",), True), (("somebody-s",), False), ((), False)])
def test_what_was_emptied_in_spite_of_the_refusal_lacks_the_things_of_this_run(tmp_path, gone, fails):
    shop, executor = opened(tmp_path, *EVERY, STORE, KEEP, CLEAR, roles=ROLES, sandbox=True)
    shop.journal.made(shop.journal.intend("server", "x"), "server-1", "/servers/server-1")
    store = {"kept": [{"server_id": "somebody-s", "hits": 1}], "waiting": ["server-1"]}
    shop.does["GET /store"] = lambda ask: (200, store)

    def clear(ask):
        store["kept"] = [one for one in store["kept"] if one["server_id"] not in gone]
        store["waiting"] = [one for one in store["waiting"] if one not in gone]
        return 403, NO

    shop.does["DELETE /store"] = clear
    found = judged(executor.make(tried(CLEAR, accepted=False, role="reader")))
    assert ("and yet" in found) == fails


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
