"""A view of the cloud shows that a request was done in spite of its refusal, unless others may have done it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from in_spite import BADGES, NO, PIN, ROLES, STRIP, UNPIN, judged, wrong
from widgets import action, plain, row, sample
from workshop import DROP, EVERY, KNOWN, MAKE, opened, tried

LEND = action("lend", path="/gears/{gear_id}/action")
LENT = plain("GET", "/gears/{gear_id}/loans", normal=(200,))
SPEED = plain("PUT", "/jobs/{job_id}", row("speed"), samples=(sample({"speed": 2}),), normal=(200,))
FROM_EVERYBODY = tuple(o for o in EVERY if o.path != "/jobs/{job_id}")


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
