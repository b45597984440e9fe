"""A resource that goes on changing for longer than the run waits decides nothing."""

from __future__ import annotations

from types import SimpleNamespace

from subjects import Cloud, answer, subject_on
from widgets import evidence, trial

from conformance.engine.execute.settling import Settling
from conformance.engine.judge.statuses import Reaches


def followed(cloud):
    """The evidence of a request that promises SPINNING."""
    subject = subject_on(cloud)
    subject.reach("IDLE")
    seen = evidence(202, trial=trial(accepted=True, leads_to=("SPINNING",)))
    return Settling(subject.context, subject).followed(seen, answer(202), SimpleNamespace(body=None, filled=None))


def judged(cloud):
    found = Reaches("widget", ("SPINNING",)).judge(followed(cloud))
    return found.verdict, found.reason


def test_a_resource_whose_task_goes_on_decides_nothing_and_the_reason_names_the_task():
    cloud = Cloud()
    cloud.create = lambda *_, **__: made(cloud)
    verdict, reason = judged(cloud)
    assert verdict == "inconclusive"
    assert "the widget is IDLE and still under way, winding up," in str(reason)
    assert "--patience" in str(reason)


def made(cloud):
    """A widget whose task never ends once a request was accepted."""
    thing = Cloud.create(cloud)
    cloud.server["turning"] = "winding up"
    return thing


def test_a_resource_without_a_task_that_did_not_move_breaks_the_promise():
    assert judged(Cloud())[0] == "fail"
