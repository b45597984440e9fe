"""A refusal in a situation counts only if a request of the operation can be accepted in another one."""

from __future__ import annotations

import threading
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import fake_run
import pytest
from fake_run import SPUN, cloud, key, started
from widgets import KNOWLEDGE, action, evidence, status, suite, trial
from workshop import opened

from conformance.engine.cloud.exchange import Ask
from conformance.engine.model.case import Case, Suite
from conformance.engine.model.evidence import Judgement, holds
from conformance.engine.run.acceptable import NO_CASE, Acceptable
from conformance.engine.run.causes import Causes

__all__ = ["cloud"]

SPIN = action("spin", error=(400, 404, 409), preconditions=(status("IDLE"),))
SUITE = suite(SPIN)
FORBIDDEN = "widgets.spin needs something that no API client can do; it is tried only in the sandbox"


def one(kind: str, code: int, found: Suite = SUITE) -> Case:
    """A case of a kind that a refusal with a code decides."""
    return next(c for c in found.cases if c.requirement.kind == kind and c.trial.outcome.accepted is False)


def knows(tmp_path: Any, found: Suite = SUITE, sandbox: bool = False, only: tuple[str, ...] = (SPIN.id,)) -> Causes:
    service = replace(KNOWLEDGE, sandbox_only=only, described=True)
    _, executor = opened(tmp_path, SPIN, service=service, sandbox=sandbox)
    executor.context.cloud.seen = SimpleNamespace(of=lambda _: [])  # type: ignore[misc]  # a stand-in
    return Causes(executor.context, found, SimpleNamespace())  # type: ignore[arg-type]  # no lane asks for anything


@pytest.mark.parametrize("kind", ["precondition", "error/409"])
def test_what_is_never_accepted_on_this_cloud_is_refused_in_every_situation(tmp_path: Any, kind: str) -> None:
    """Nova lets services alone swap a volume, and its 409 to others says nothing of the status of the server."""
    case, refused = one(kind, 409), evidence(409, trial=trial(SPIN, accepted=False))
    causes = knows(tmp_path)
    why = causes.missing(case, refused, holds(409))
    assert why == FORBIDDEN
    assert causes.undecided(case, holds(409), FORBIDDEN) == Judgement("inapplicable", "409", FORBIDDEN)
    assert knows(tmp_path / "own", sandbox=True).missing(case, refused, holds(409)) is None, "tried there"
    assert knows(tmp_path / "other", only=()).missing(case, refused, holds(409)) is None, "its other cases are tried"


def test_without_a_case_that_is_to_be_accepted_no_situation_is_the_cause(tmp_path: Any) -> None:
    refusals = replace(SUITE, cases=tuple(c for c in SUITE.cases if c.trial.outcome.accepted is not True))
    case, refused = one("precondition", 409), evidence(409, trial=trial(SPIN, accepted=False))
    causes = knows(tmp_path, refusals, only=())
    assert causes.missing(case, refused, holds(409)) == NO_CASE
    assert causes.undecided(case, holds(409), NO_CASE).verdict == "inconclusive"


def test_an_accepted_request_shows_that_the_situation_is_the_cause(tmp_path: Any) -> None:
    case, refused = one("precondition", 409), evidence(409, trial=trial(SPIN, accepted=False))
    causes = knows(tmp_path)
    causes.contrasts.note(evidence(202, trial=trial(SPIN)))
    assert causes.missing(case, refused, holds(409)) is None
    causes = knows(tmp_path / "seen")
    answer = SimpleNamespace(ok=True, status=202)
    causes.context.cloud.seen = SimpleNamespace(of=lambda _: [(Ask("POST", "/p"), answer)])  # type: ignore[misc]  # a stand-in
    assert causes.missing(case, refused, holds(409)) is None


@pytest.mark.parametrize(
    ("kind", "code", "verdict"),
    [
        ("precondition", 404, "pass"),
        ("precondition", 202, "pass"),
        ("precondition", 409, "fail"),
        ("error/404", 404, "pass"),
        ("error/404", 409, "pass"),
    ],
)
def test_what_is_no_refusal_for_a_situation_is_left_alone(tmp_path: Any, kind: str, code: int, verdict: Any) -> None:
    found = Acceptable(knows(tmp_path).context, SUITE.cases)
    case = next(c for c in SUITE.cases if c.requirement.kind == kind)
    judgement = replace(holds(code), verdict=verdict)
    assert found.missing(case, evidence(code), judgement, accepted=False) is None
    passed = one("precondition", 409)
    assert found.missing(passed, evidence(409), holds(409), accepted=False) == FORBIDDEN


@pytest.mark.parametrize(("code", "verdict"), [(409, "inconclusive"), (202, "pass")])
def test_a_refusal_waits_for_the_documented_request_whichever_is_sent_first(
    cloud: Any, code: int, verdict: str
) -> None:
    """A reader was refused what nobody may do, and that counted, since it was tried before the documented role."""
    sent, ids = threading.Event(), [c.id for c in fake_run.SUITE.cases if c.operation.id == SPIN.id]
    refused = "widgets.spin/error/409[SPINNING]"

    def first(_: int) -> Any:
        sent.set()
        return evidence(409, body={"conflict": {"code": 409, "message": "no"}})

    def later(_: int) -> Any:
        assert sent.wait(10)
        return evidence(code, found=SPUN)

    sound = [c for c in fake_run.SUITE.cases if c.id in ids and c.trial.outcome.accepted is True]
    cloud.answers = {key(refused): first, **{c.trial.key: later for c in sound}}
    found = started(*ids).wait(refused)
    assert (found.verdict, found.reason is None) == (verdict, verdict == "pass"), found.reason
