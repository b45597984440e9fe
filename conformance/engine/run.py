"""The run: lanes in threads, each case's result in its place, and a stop that cleans up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import cached_property

from conformance.engine.case import Case, Suite, Trial
from conformance.engine.context import RunContext
from conformance.engine.execute import Executor
from conformance.engine.judge.evidence import Evidence, Judgement
from conformance.engine.judge.statuses import RelatedReaches
from conformance.engine.lanes import NO_SERVER, lane_of, order
from conformance.engine.stage import Stage
from specs.record.model import Deviation, Result

Record = Callable[[Result], None]


class Stopped(Exception):
    """The run was stopped before the case was decided."""


@dataclass
class Run:
    """Runs the trials of chosen cases and gives each case's result.

    Attributes:
        suite: where the cases come from.
        context: what the lanes share.
        record: is told every result as it comes, from many threads.
        parallel: how many lanes run at a time, which bounds the servers that exist at a time.
    """

    suite: Suite
    context: RunContext
    record: Record
    parallel: int = 6
    servers_made: int = 0
    _futures: dict[str, Future[Result]] = field(default_factory=dict)
    _queue: list[list[Trial]] = field(default_factory=list)
    _cases: dict[str, list[Case]] = field(default_factory=dict)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lane(self, case_id: str) -> str:
        """The lane in which a case is tried: a function of the case. Raises KeyError."""
        return lane_of(self._by_id[case_id].trial, self.context.knowledge)

    @cached_property
    def _by_id(self) -> Mapping[str, Case]:
        return {case.id: case for case in self.suite.cases}

    def start(self, case_ids: Iterable[str]) -> None:
        """Begin the trials of some cases, in threads of their own; may be called again with others."""
        lanes: dict[str, dict[str, Trial]] = {}
        with self._lock:
            for case_id in case_ids:
                if case_id in self._futures:
                    continue
                case = self._by_id[case_id]
                self._futures[case_id] = Future()
                self._cases.setdefault(case.trial.key, []).append(case)
                lanes.setdefault(lane_of(case.trial, self.context.knowledge), {})[case.trial.key] = case.trial
            # The longest lanes first; what needs no server fills the time in which others wait.
            found = sorted(lanes.items(), key=lambda lane: (lane[0] != NO_SERVER, -len(lane[1])))
            self._queue += [list(trials.values()) for _, trials in found]
            for _ in range(min(self.parallel + 1, len(self._queue)) - sum(t.is_alive() for t in self._threads)):
                thread = threading.Thread(target=self._work, name=f"lane-{len(self._threads)}", daemon=True)
                self._threads.append(thread)
                thread.start()

    def wait(self, case_id: str) -> Result:
        """The result of a case, awaited.

        Raises:
            Stopped: the run was stopped before it was decided.
            KeyError: the case was not started.
        """
        future = self._futures[case_id]
        while True:
            try:
                return future.result(timeout=0.5)
            except TimeoutError:
                if self.context.stopping.is_set() and not self.active:
                    raise Stopped(case_id) from None

    @property
    def active(self) -> bool:
        """Whether a lane runs that can still decide something."""
        return any(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Begin no further trial, and wait for those under way."""
        self.context.stopping.set()
        for thread in self._threads:
            thread.join(timeout=90)

    def _work(self) -> None:
        while not self.context.stopping.is_set():
            with self._lock:
                if not self._queue:
                    return
                trials = self._queue.pop(0)
            self._run_lane(trials)

    def _run_lane(self, trials: list[Trial]) -> None:
        stage = Stage(self.context)
        executor = Executor(self.context, stage)
        pending = sorted(trials, key=lambda t: order(t, self.context.knowledge))
        try:
            while pending and not self.context.stopping.is_set():
                trial = self._next(pending, stage)
                self._try(trial, executor)
                pending.remove(trial)
        except Exception as error:
            for trial in pending:
                self._give_up(trial, f"this suite failed: {type(error).__name__}: {error}")
        finally:
            stage.discard()
            with self._lock:
                self.servers_made += stage.servers_made

    def _next(self, pending: list[Trial], stage: Stage) -> Trial:
        """The next trial: in the present status if there is one, else in the nearest."""
        status = stage.status or self.context.knowledge.initial
        here = [t for t in pending if t.situation.state in (None, status)]
        if here:
            same_lock = [t for t in here if t.situation.locked == stage.locked]
            return (same_lock or here)[0]

        def distance(trial: Trial) -> float:
            way = self.context.graph.way(status, trial.situation.state or "", roles=self.context.role_names)
            return sum(edge.cost for edge in way) if way is not None else 1000.0

        return min(pending, key=distance)

    def _try(self, trial: Trial, executor: Executor) -> None:
        cases = self._cases[trial.key]
        began = time.monotonic()
        results = self._judged(trial, cases, executor)
        # A deviation is only reported if it comes again, on a server that nothing else has touched.
        doubtful = [case for case, _, judgement in results if judgement.verdict == "fail"]
        if doubtful and not self.context.stopping.is_set():
            if trial.situation.state is not None:
                executor.stage.discard()
            again = {c.id: (e, j) for c, e, j in self._judged(trial, doubtful, executor)}
            results = [(c, *_confirmed((e, j), again.get(c.id))) for c, e, j in results]
        seconds = time.monotonic() - began
        for case, evidence, judgement in results:
            self._settle(_result(case, evidence, judgement, seconds / len(results)))

    def _give_up(self, trial: Trial, reason: str) -> None:
        for case in self._cases[trial.key]:
            if not self._futures[case.id].done():
                self._settle(_result(case, Evidence(trial), Judgement("error", "not tried", reason), 0.0))

    def _settle(self, result: Result) -> None:
        self.record(result)
        self._futures[result.case].set_result(result)

    def _judged(self, trial: Trial, cases: list[Case], executor: Executor) -> list[tuple[Case, Evidence, Judgement]]:
        wanted = {c.expectation.resource for c in cases if isinstance(c.expectation, RelatedReaches)}
        try:
            evidence = executor.make(trial, wanted)
            if evidence.problem is not None:
                problem = evidence.problem
                return [(c, evidence, Judgement(problem.verdict, "not tried", problem.reason)) for c in cases]
            return [(c, evidence, c.expectation.judge(evidence)) for c in cases]
        except Exception as error:
            reason = f"this suite failed: {type(error).__name__}: {error}"
            return [(c, Evidence(trial), Judgement("error", "not tried", reason)) for c in cases]


def _confirmed(
    first: tuple[Evidence, Judgement], second: tuple[Evidence, Judgement] | None
) -> tuple[Evidence, Judgement]:
    """What two tries of a failing case say together: a fail if both failed, else undecided."""
    if second is None or second[1].verdict == "fail":
        return second or first
    judgement = first[1]
    reason = f"seen once and not when tried again ({second[1].observed}): {judgement.reason}"
    return first[0], replace(judgement, verdict="inconclusive", reason=reason, deviation=None)


def _result(case: Case, evidence: Evidence, judgement: Judgement, seconds: float) -> Result:
    deviation = None
    if judgement.deviation is not None:
        deviation = Deviation.of(case.requirement.id, judgement.deviation, judgement.observed)
    return Result(
        case=case.id,
        requirement=case.requirement.id,
        operation=case.operation.id,
        verdict=judgement.verdict,
        source=case.requirement.source,
        expected=case.expectation.expected,
        observed=judgement.observed,
        microversion=str(evidence.version) if evidence.version else case.trial.microversion,
        role=evidence.role or case.trial.role,
        reason=judgement.reason,
        deviation=deviation,
        exchanges=evidence.exchanges,
        seconds=round(seconds, 3),
        kind=case.requirement.kind,
        state=case.trial.situation.state,
        observation=dict(judgement.observation) if judgement.observation else None,
    )
