"""What several runs do not agree on is found, and a sandbox can be made slow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from record_builder import omission, result

from conformance.sandbox.guest.slow import VARIABLE, Slow, slowed
from tests.steady import __main__ as steady
from tests.steady.compared import differing, undecided

LOCK = "servers-actions.lock/normal/202"
PAUSE = "servers-actions.pause/normal/202"


def test_runs_that_say_the_same_do_not_differ() -> None:
    run = [result(LOCK), omission(PAUSE, "409")]
    assert differing([run, list(reversed(run)), run]) == {}


def test_another_verdict_another_omission_and_a_case_that_is_missing_differ() -> None:
    third = "servers-actions.stop/normal/202"
    found = differing([
        [result(LOCK), omission(PAUSE, "409"), result(third)],
        [result(LOCK, "inconclusive"), omission(PAUSE, "500")],
    ])  # fmt: skip
    assert found == {
        LOCK: ("pass", "inconclusive"),
        PAUSE: ("pass (omission 409)", "pass (omission 500)"),
        third: ("pass", None),
    }


def test_what_was_not_decided_anywhere_is_told_with_its_reason() -> None:
    runs = [[result(LOCK), result(PAUSE, "error")], [result(LOCK, "inconclusive", reason="no host"), result(PAUSE)]]
    assert undecided(runs) == {LOCK: {2: "inconclusive: no host"}, PAUSE: {1: "error: so it came"}}


def application(said: list[str]) -> Callable[[Any, Any], list[bytes]]:
    def answer(_environ: Any, _start_response: Any) -> list[bytes]:
        said.append("handled")
        return [b"answer"]

    return answer


def test_one_request_in_so_many_is_late_before_or_after_it_is_handled() -> None:
    said: list[str] = []
    slow = Slow(application(said), 4, 5.0, seed=1, sleep=lambda seconds: said.append(f"slept {seconds:g}"))
    orders = []
    for _ in range(400):
        assert slow({}, None) == [b"answer"]
        orders.append(tuple(said))
        said.clear()
    late = {("slept 5", "handled"), ("handled", "slept 5")}
    assert set(orders) == {("handled",), *late}
    assert 50 < sum(order in late for order in orders) < 150


def test_the_generator_is_seeded() -> None:
    def late(seed: int) -> list[bool]:
        said: list[str] = []
        slow = Slow(application([]), 3, 1.0, seed, sleep=lambda _: said.append("slept"))
        return [bool((slow({}, None), said and said.pop())[1]) for _ in range(50)]

    assert late(1) == late(1) != late(2)


def test_the_variable_says_whether_and_how() -> None:
    app = application([])
    assert slowed(app, None, print) is app
    assert isinstance(slowed(app, "50:5:7", print), Slow)
    with pytest.raises(ValueError, match=rf"{VARIABLE}=often is not of the form"):
        slowed(app, "often", print)


def test_the_command_makes_the_runs_and_says_where_they_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    class Record:
        def __init__(self, directory: Path) -> None:
            self.results = [result(LOCK, "pass" if directory.name == "run-1" else "inconclusive")]

        @classmethod
        def read(cls, directory: Path) -> Record:
            return cls(directory)

    def run(directory: Path, more: list[str], slow: str | None) -> int:
        asked.append((directory.name, more, slow))
        return 0

    monkeypatch.setattr(steady, "RunRecord", Record)
    monkeypatch.setattr(steady, "run", run)
    options = ["--runs", "2", "--delay-one-in", "50", "--output", str(tmp_path), "--", "-n", "2"]
    assert steady.main(options) == 1
    assert asked == [("run-1", ["-n", "2"], "50:5.0:1"), ("run-2", ["-n", "2"], "50:5.0:2")]
    lines = capsys.readouterr().out.splitlines()
    assert lines[2:] == [
        f"undecided in run 2: {LOCK}: inconclusive: so it came",
        f"differs: {LOCK}: pass | inconclusive",
        "1 cases differ in 2 runs",
    ]
    assert steady.main([*options[:1], "1", *options[4:]]) == 0


def test_a_run_that_could_not_run_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(steady, "run", lambda *_: 2)
    assert steady.main(["--output", str(tmp_path)]) == 2
    assert "run 1 ended with status 2: see " in capsys.readouterr().err
