"""What a path names only while it lasts: it is under way when it is looked at, ends by itself, or is ended first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import action, plain, row, status
from workshop import EVERY, KNOWN, opened, tried

from conformance.engine.api.entries import Naming
from conformance.engine.model.binding import Step
from conformance.engine.model.probe import Before
from conformance.engine.model.setup import Ended
from conformance.engine.provision import fleeting

SPIN = action("spin", path="/servers/{server_id}/action", preconditions=(replace(status("IDLE"), resource="server"),))


def make(opened_shop, operation, state=None, **more):
    return opened_shop[1].make(tried(operation, state, **more))


def test_what_was_named_by_a_step_is_under_way_in_the_server_when_it_is_looked_at(tmp_path):
    token = plain("DELETE", "/servers/{server_id}/jobs/{job}", normal=(202,))
    step = plain("POST", "/servers/{server_id}/begin", row("job", required=True), normal=(200,))
    naming = Naming((Step(step.id, {}),), ("job",))
    shop = opened(tmp_path, *EVERY, token, step, service=replace(KNOWN, placeholder_sources={"job": naming}))

    def begin(ask):
        shop[0].things["/servers"]["server-1"]["progress"] = 1
        return 200, {"job": "j-1"}

    shop[0].does |= {"POST begin": begin, "DELETE jobs": 202}
    evidence = shop[1].make(tried(token, "IDLE"), (Before(),))
    assert evidence.before["progress"] == 1
    assert shop[0].changes[-1] == "DELETE /servers/server-1/jobs/j-1"
    assert shop[1].subject.must_replace


JOB_OF = plain("POST", "/servers/{server_id}/jobs/{job}/end", normal=(202,))
JOBS_OF = plain("GET", "/servers/{server_id}/jobs", normal=(200,))


def with_passing_jobs(tmp_path, lasting, end_of=JOB_OF):
    """A service whose servers have a job for a while; one has ended when its end is asked for, but on some servers."""
    naming = Naming((Step(SPIN.id, {}),))
    shop = opened(tmp_path, *EVERY, end_of, JOBS_OF, service=replace(KNOWN, placeholder_sources={"job": naming}))
    ended = set()

    def end(ask):
        server = ask.path.split("/")[2]
        if server not in lasting:
            ended.add(server)
        return 409 if server in ended else 202

    def listed(ask):
        return 200, {"jobs": [] if ask.path.split("/")[2] in ended else [{"job": "j-1"}]}

    shop[0].does |= {"POST end": end, "GET jobs": listed}
    return shop


def test_a_refusal_of_what_had_ended_meanwhile_says_nothing_and_another_one_is_made(tmp_path):
    shop = with_passing_jobs(tmp_path, {"server-3"})
    evidence = make(shop, JOB_OF, "IDLE")
    assert (evidence.status, evidence.problem) == (202, None)
    assert [text for text in shop[0].changes if text.endswith("/end")] == [
        f"POST /servers/server-{number}/jobs/j-1/end" for number in (1, 2, 3)
    ]


def test_what_always_ends_too_early_is_inconclusive(tmp_path):
    problem = make(with_passing_jobs(tmp_path, set()), JOB_OF, "IDLE").problem
    assert (problem.verdict, "had ended by itself" in problem.reason) == ("inconclusive", True)


def test_a_refusal_of_what_still_lasts_counts(tmp_path):
    shop = with_passing_jobs(tmp_path, {"server-1"})
    shop[0].does["POST end"] = 409
    evidence = make(shop, JOB_OF, "IDLE")
    assert (evidence.status, evidence.problem) == (409, None)


@pytest.mark.parametrize(("task", "decided"), [("spinning", True), (None, False)])
def test_a_refusal_of_what_is_listed_longer_than_its_task_lasts_says_nothing(tmp_path, task, decided):
    """Nova lists a live migration as running for a moment after its server has no task any more."""
    needs = replace(JOB_OF, preconditions=(replace(status("spinning"), resource="server", attribute="turning"),))
    shop = with_passing_jobs(tmp_path, {f"server-{number}" for number in range(9)}, needs)

    def refused(ask):
        shop[0].things["/servers"][ask.path.split("/")[2]]["turning"] = task
        return 409

    shop[0].does["POST end"] = refused
    evidence = make(shop, needs, "IDLE")
    assert (evidence.status, evidence.problem is None) == (409, decided)


@pytest.mark.parametrize(("task", "looks"), [(None, 4), ("spinning", 6)])
def test_what_came_and_went_between_two_looks_is_not_waited_for_any_more(tmp_path, monkeypatch, task, looks):
    """A quick live migration was waited for, five minutes each time, although its server had no task any more."""
    monkeypatch.setattr(fleeting, "SOON", 0.0)
    shop = with_passing_jobs(tmp_path, set())
    listed = []

    def jobs(ask):
        listed.append(ask.path)
        shop[0].things["/servers"]["server-1"]["turning"] = task if len(listed) <= 6 else None
        return 200, {"jobs": []}

    shop[0].does["GET jobs"] = jobs
    problem = make(shop, JOB_OF, "IDLE").problem
    assert "/servers/server-1/jobs" in problem.reason
    assert len(listed) == 2 * looks, "a member looks and an administrator, and it is begun twice"


def test_what_came_and_went_between_two_looks_is_begun_once_more(tmp_path, monkeypatch):
    monkeypatch.setattr(fleeting, "SOON", 0.0)
    shop = with_passing_jobs(tmp_path, {"server-1"})

    def jobs(ask):
        begun = sum(text.endswith("/action") for text in shop[0].changes)
        shop[0].things["/servers"]["server-1"]["turning"] = None
        return 200, {"jobs": [{"job": "j-2"}] if begun == 2 else []}

    shop[0].does["GET jobs"] = jobs
    assert make(shop, JOB_OF, "IDLE").status == 202
    assert shop[0].changes[-1] == "POST /servers/server-1/jobs/j-2/end"


def test_what_has_to_have_ended_is_brought_to_its_end_first(tmp_path):
    shop = with_passing_jobs(tmp_path, {"server-1"})
    stop = plain("DELETE", "/servers/{server_id}/jobs/{job}", normal=(202,))
    naming = Naming((Step(SPIN.id, {}),), end_steps=(Step(stop.id, {}),))
    shop = opened(tmp_path, *EVERY, JOB_OF, JOBS_OF, stop, service=replace(KNOWN, placeholder_sources={"job": naming}))
    jobs = [{"job": "j-1"}]
    shop[0].does |= {"GET jobs": lambda _: (200, {"jobs": list(jobs)}), "POST end": 409}
    for code in (202, 409):  # it may have ended by itself

        def stopped(_ask, code=code):
            jobs.clear()
            return code

        shop[0].does["DELETE jobs"] = stopped
        jobs[:] = [{"job": "j-1"}]
        evidence = make(shop, JOB_OF, "IDLE", accepted=False, setup=(Ended(),))
        assert (evidence.status, evidence.problem) == (409, None)
        assert [text.partition(" ")[0] for text in shop[0].changes[-2:]] == ["DELETE", "POST"]
        assert evidence.before["status"] == "IDLE"


def test_what_does_not_come_to_its_end_is_inconclusive(tmp_path):
    shop = with_passing_jobs(tmp_path, {"server-1"})
    problem = make(shop, JOB_OF, "IDLE", accepted=False, setup=(Ended(),)).problem
    assert (problem.verdict, "has not ended" in problem.reason) == ("inconclusive", True)
    assert not [text for text in shop[0].changes if text.endswith("/end")]
