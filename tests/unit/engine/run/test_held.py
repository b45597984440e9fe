"""Results wait for answers that a run has anyway, and no request is sent for them as long as one may come."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from boats import BOAT, NAMED, SENT, boats, results
from fake_cloud import fake_cloud
from widgets import action, plain, spec, trial

from conformance.engine.run.held import Held, Unsettled

TURN, STOP = action("turn"), action("stop")


class Controls:
    """Tells what it was asked with."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, object]] = []

    def missing(self, operation: Any, harmless: object) -> str | None:
        self.asked.append(("missing", harmless))
        return None if harmless else "nothing shows it"

    def nowhere(self, operation: Any, harmless: object) -> str | None:
        self.asked.append(("nowhere", harmless))
        return None


def unsettled(operation: Any, verdict: str = "pass") -> Unsettled:
    case: Any = SimpleNamespace(trial=trial(operation, key=f"{operation.id}-refused", accepted=False))
    evidence: Any = None
    judgement: Any = SimpleNamespace(verdict=verdict)
    return Unsettled(case, evidence, judgement, 0.0)


def harmless(operation: Any) -> None:
    return None


@pytest.mark.parametrize("accepted", [True, None])
def test_no_request_is_sent_as_long_as_a_trial_is_left_that_may_be_accepted(accepted: bool | None) -> None:
    controls: Any = Controls()
    held = Held(controls)
    coming = trial(TURN, key="coming", accepted=accepted)
    held.expect([coming, trial(TURN, key="refused", accepted=False), trial(STOP, key="other", accepted=True)])
    assert held.hollow(unsettled(TURN), harmless) == "nothing shows it"
    assert held.tried(coming)
    assert held.hollow(unsettled(TURN), harmless) is None
    assert held.hollow(unsettled(TURN, "fail"), harmless) is None
    assert held.hollow(unsettled(TURN, "inconclusive"), harmless) is None
    assert controls.asked == [("missing", None), ("missing", harmless), ("nowhere", harmless)]


def test_only_trials_that_results_may_have_waited_for_are_told() -> None:
    held = Held(Controls())  # type: ignore[arg-type]  # a stand-in
    coming, refused = trial(TURN, key="coming", accepted=True), trial(TURN, key="refused", accepted=False)
    held.expect([coming, refused])
    assert [held.tried(refused), held.tried(coming), held.tried(coming)] == [False, True, False]


def test_results_are_taken_by_their_operation_and_all_at_the_end() -> None:
    held = Held(Controls())  # type: ignore[arg-type]  # a stand-in
    turned, stopped = unsettled(TURN), unsettled(STOP)
    for one in (turned, stopped):
        held.hold(one)
    assert held.take(TURN) == [turned]
    assert held.take(TURN) == []
    assert held.take() == [stopped]


def test_at_the_end_nothing_is_waited_for_even_if_a_trial_was_never_made() -> None:
    held = Held(Controls())  # type: ignore[arg-type]  # a stand-in
    held.expect([trial(TURN, key="coming", accepted=True)])
    held.take()
    assert held.hollow(unsettled(TURN), harmless) is None


ROPE = plain("POST", "/boats", *NAMED, samples=(SENT,), normal=(201,), error=(401,), answered=(BOAT,))


@pytest.mark.parametrize(("parts", "further"), [(("/error/401", "normal/201"), 0), (("/error/401",), 1)])
def test_a_run_with_an_accepted_request_sends_no_further_one_for_its_refusals(
    tmp_path: Any, parts: tuple[str, ...], further: int
) -> None:
    with fake_cloud() as fake:
        boats(fake)
        found, _ = results(fake, tmp_path, (replace(spec(ROPE), service="boating"),), *parts)
        bodies = [asked.json for asked in fake.asked if asked.method == "POST" and asked.path.endswith("/boats")]
    assert [result.verdict for result in found if "/error/401[no-token]" in result.case] == ["pass"]
    # A harmless request has a body with a single member of an invented name.
    assert sum(bool(body) and "boat" not in body for body in bodies) == further


def waiting(*names):
    held = Held(controls=None)
    for number, name in enumerate(names):
        held.hold(SimpleNamespace(operation=SimpleNamespace(id=name), number=number))
    return held


def numbers(results):
    return [one.number for one in results]


def test_the_results_of_an_operation_are_taken_once():
    held = waiting("a", "b", "a")
    assert numbers(held.take(SimpleNamespace(id="a"))) == [0, 2]
    assert numbers(held.take(SimpleNamespace(id="a"))) == []


def test_what_is_left_at_the_end_comes_in_its_order():
    held = waiting("b", "a", "c", "a", "b")
    held.take(SimpleNamespace(id="c"))
    assert numbers(held.take()) == [0, 1, 3, 4]
    assert numbers(held.take()) == []
