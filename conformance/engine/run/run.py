"""The run: it makes the trials of lanes in threads, gives each case its result, and can be stopped at any time."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

from conformance.engine.cloud.locks import Locks
from conformance.engine.execute.controls import Controls
from conformance.engine.execute.executor import Executor
from conformance.engine.model.case import Case, Suite
from conformance.engine.model.evidence import Evidence, Judgement
from conformance.engine.provision.context import RunContext
from conformance.engine.run.causes import Causes
from conformance.engine.run.doubt import confirmed, in_doubt, in_question, tried_again, untold
from conformance.engine.run.executors import Executors
from conformance.engine.run.following import attached_for
from conformance.engine.run.held import Held, Unsettled
from conformance.engine.run.jobs import Job, Tried, in_order, jobs_of
from conformance.engine.run.judging import Judged, fault, parted, result_of
from conformance.engine.run.lanes import ALONE, NO_RESOURCE, lane_of
from conformance.engine.run.last import at_last
from conformance.engine.run.pending import Pending
from conformance.engine.run.preparing import make_ahead
from conformance.engine.run.queue import Queue
from conformance.engine.run.trying import judged_anew, judged_by, made
from conformance.engine.run.workers import Workers
from specs.record.model import Result

Record = Callable[[Result], None]

STOP_WITHIN, LOST_WITHIN = 90.0, 2.0
"""The seconds in which the current trials may end after a stop; and those when the cloud is lost: the trials decide
nothing then, and may wait for an answer that never comes."""


class Stopped(Exception):
    """The run was stopped before the case was decided."""


@dataclass
class Run:
    """Runs the trials of chosen cases and gives each case's result.

    Attributes:
        suite: the suite of the cases.
        context: the objects that all lanes share.
        record: a function that takes each result as it comes; it is called from many threads.
        parallel: the most lanes with a resource that run at a time, and so the most resources that exist at a time.
        locks: the lock that the lanes of all processes take.
        resources_made: the number of resources under test made so far, by kind.
        deviating: the ids of cases that are expected to fail. A lane tries them last: each uses up two resources.
    """

    suite: Suite
    context: RunContext
    record: Record
    parallel: int = 6
    locks: Locks = field(default_factory=Locks)
    resources_made: Counter[str] = field(default_factory=Counter)
    deviating: frozenset[str] = frozenset()
    _futures: dict[str, Future[Result]] = field(default_factory=dict)
    _workers: Workers = field(init=False)
    _held: Held = field(init=False)
    _questioned: set[str] = field(default_factory=set)
    _lanes: list[Executors] = field(default_factory=list)
    _controls: Controls = field(init=False)
    _causes: Causes = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._controls = Controls(self.context)
        self._held = Held(self._controls)
        queue = Queue(self.context, lambda: self.deviating)
        self._workers = Workers(queue, self._run_lane, self.parallel, self.context.stopping)
        self._causes = Causes(self.context, self.suite, self.locks)

    def lane(self, case_id: str) -> str:
        """The name of the lane of a case. Raises KeyError: the suite has no such case."""
        return lane_of(self._by_id[case_id].trial, self.context.service)

    @cached_property
    def _by_id(self) -> Mapping[str, Case]:
        return {case.id: case for case in self.suite.cases}

    @property
    def whole(self) -> bool:
        """Whether every case of the suite was started."""
        return len(self._futures) == len(self.suite.cases)

    @property
    def operations(self) -> frozenset[str]:
        """The operations of the cases that were started."""
        return frozenset(self._by_id[case_id].operation.id for case_id in self._futures)

    def start(self, case_ids: Iterable[str]) -> None:
        """Begin the trials of some cases, in threads of their own. More cases may be started later.

        Raises:
            KeyError: the suite lacks one of the cases; then none is started.
        """
        chosen = [self._by_id[case_id] for case_id in dict.fromkeys(case_ids)]
        with self._lock:
            lanes: dict[str, dict[str, list[Case]]] = {}
            for case in chosen:
                if case.id not in self._futures:
                    self._futures[case.id] = Future()
                    lane = lanes.setdefault(lane_of(case.trial, self.context.service), {})
                    lane.setdefault(case.trial.key, []).append(case)
            jobs = {name: [Job.of(cases) for cases in lane.values()] for name, lane in lanes.items()}
            self._held.expect(job.trial for lane in jobs.values() for job in lane)
            # Trials without a resource run while others wait for the cloud, and do not count for ``parallel``.
            alone, beside = jobs.pop(ALONE, None), jobs.pop(NO_RESOURCE, None)
            self._workers.add(jobs.values(), alone, beside)

    def wait(self, case_id: str) -> Result:
        """Wait for the result of a case.

        Raises:
            Stopped: the run was stopped before the case was decided.
            KeyError: the case was not started.
        """
        future = self._futures[case_id]
        while True:
            try:
                return future.result(timeout=0.5)
            except TimeoutError:
                if not self.active and not future.done():
                    raise Stopped(case_id) from None

    @property
    def active(self) -> bool:
        """Whether a lane is running that can still decide cases."""
        return self.context.cloud.lost is None and self._workers.active

    @property
    def _broken(self) -> bool:
        """Whether the cloud does not answer any more, or the journal cannot be written: then nothing is decided."""
        journal = self.context.cloud.journal
        return self.context.cloud.lost is not None or (journal is not None and journal.trouble is not None)

    def statuses(self) -> list[str]:
        """The status of each resource under test that a lane has now, as last seen."""
        with self._lock:
            lanes = list(self._lanes)
        return [status for lane in lanes for status in lane.statuses()]

    def stop(self) -> None:
        """Begin no further trial, and wait for the current trials."""
        self.context.stopping.set()
        deadline = time.monotonic() + (STOP_WITHIN if self.context.cloud.lost is None else LOST_WITHIN)
        for thread in list(self._workers.threads):
            thread.join(timeout=max(0.0, deadline - time.monotonic()))

    def _run_lane(self, jobs: list[Job], goes_on: bool) -> list[Job]:
        """Walk a lane, and others that may follow on its resource. Returns one that was taken and needs another kind.

        Args:
            jobs: the trials.
            goes_on: True if others may follow.
        """
        lane = Executors(self.context)
        with self._lock:
            self._lanes.append(lane)
        parts = lane.divided(in_order(jobs, self.context))
        alone = lane_of(jobs[0].trial, self.context.service) == ALONE
        rest: list[Job] = []
        self.context.places.take()
        try:
            with self.locks.taken(alone, self.context.stopping):
                while parts:
                    self._walk(*parts.pop(0), lane)
                    rest = self._workers.next(lane) if goes_on and not parts else []
                    if rest and lane.suits(rest):
                        parts, rest = lane.divided(in_order(rest, self.context)), []
                        self._workers.ended()
        except Exception as error:  # a defect of this suite gives the cases that are left the verdict error
            self._give_up([job for _, part in parts for job in part], error)
        finally:
            self._settle_held(lane)
            lane.leave()
            self.context.places.leave()
            with self._lock:
                self.resources_made += lane.resources_made()
                self._lanes.remove(lane)
            self._workers.left()
        return rest

    def _walk(self, executor: Executor, jobs: list[Job], lane: Executors) -> None:
        """Make the trials of a lane with one kind of resource under test, which come in order."""
        pending = Pending(jobs, self.deviating)
        group: list[Tried] = []
        under_way: Job | None = None
        if lane_of(jobs[0].trial, self.context.service) not in (ALONE, NO_RESOURCE):
            self._workers.walks(pending)
        try:
            while pending and not self.context.stopping.is_set():
                lane.make_way()
                self._workers.share()
                if (under_way := pending.begin(executor)) is None:
                    break
                if pending.is_late(under_way):
                    executor.looks.take()  # were it accepted, the refusals before it would have to be made again
                    make_ahead(executor.context, under_way.trial)
                    state = under_way.trial.situation.state
                    executor.subject.bindings.wanted = attached_for(pending.every(), state)
                pending.put_back(self._try(under_way, executor, group), executor)
            self._close(group, executor)
        except Exception as error:  # a defect of this suite must not end the other lanes
            started = [tried.job for tried in group] + ([under_way] if under_way else [])
            self._give_up([*started, *pending.take(pending.every())], error)

    def _called_in_question(self, executor: Executor) -> list[Job]:
        """The jobs of the promises that requests on the way to a status have called in question.

        Their cases are tried as others are, twice if they fail. Nobody has selected them, so only fails are recorded.
        """
        edges, executor.subject.unmet = executor.subject.unmet, []
        if not edges:  # so it is after nearly every trial, and the union of all ids takes long in a large run
            return []
        with self._lock:
            known = self._futures.keys() | self._questioned
            cases = [c for c in in_question(self.suite, edges, executor.subject.environment) if c.id not in known]
            self._questioned.update(case.id for case in cases)
        return jobs_of(cases)

    def _try(self, job: Job, executor: Executor, group: list[Tried]) -> list[Job]:
        """Make a trial and decide its cases, or let them wait for the look of the group. Returns jobs to make again."""
        began = time.monotonic()
        offered, others = parted(job, self.context.lacking)
        for result in others:
            self._settle(result)
        if not offered:
            self._note_tried(job, executor)
            return []
        job = Job.of(offered)
        self._causes.learn(job, executor)
        evidence = made(executor, job, together=True)
        group.append(Tried(job, evidence, time.monotonic() - began))
        keys = executor.looks.take_again() if not self.context.stopping.is_set() else frozenset()
        again = [tried.job for tried in group if tried.job.trial.key in keys]
        group[:] = [tried for tried in group if tried.job.trial.key not in keys]
        self._decide(group, executor)
        return again

    def _close(self, group: list[Tried], executor: Executor) -> None:
        """Take the looks that are still missing, and decide all cases of a group."""
        while group:
            executor.looks.take()
            self._decide(group, executor)

    def _decide(self, group: list[Tried], executor: Executor) -> None:
        """Decide the cases of a group whose evidence is complete, and take them out of the group."""
        seen = executor.looks.collect()
        for tried in [one for one in group if not executor.looks.waits(one.job.trial)]:
            evidence = seen.get(tried.job.trial.key, tried.evidence)
            if evidence is None and self.context.stopping.is_set():
                evidence = untold(tried.job.trial)
            self._conclude(tried.job, evidence, executor, tried.seconds)
            group.remove(tried)

    def _conclude(self, job: Job, evidence: Evidence | None, executor: Executor, seconds: float) -> None:
        """Decide the cases of a trial by its evidence. None: the trial is made again first, with a look of its own."""
        began = time.monotonic() - seconds
        results = self._judged(job, executor, job.cases, evidence)
        # A deviation is only reported if it occurs again, on a new resource.
        if doubted := in_doubt(results):

            def once_more(cases: Sequence[Case]) -> list[Judged]:
                judge = partial(self._judged, job, executor)
                return judged_anew(executor, job, cases, results, judge)

            tries = tried_again(doubted, once_more, self.context.stopping)
            results = [(c, *confirmed(tries[c.id])) if c.id in tries else (c, e, j) for c, e, j in results]
        seconds = time.monotonic() - began
        for questioned in self._called_in_question(executor):  # before the run can end with the last result
            self._conclude(questioned, None, executor, 0.0)
        if self._broken:
            return  # the loss may have ended a wait of this trial early, so it decides nothing
        for case, evidence, judgement in results:
            self._settle_or_hold(Unsettled(case, evidence, judgement, seconds / len(results)), executor)
        self._note_tried(job, executor)

    def _note_tried(self, job: Job, executor: Executor) -> None:
        """Note that the trial of a job is made, or will not be, and decide the results that have waited for it."""
        if self._held.tried(job.trial):
            for held in self._held.take(job.trial.request.operation):
                self._settle_or_hold(held, executor)

    def _settle_or_hold(self, one: Unsettled, executor: Executor) -> None:
        """Settle a case whose judgement stands. A later answer may serve as the control of another one, which is held.

        A case that is still held at the end is inconclusive.
        """
        seen = one.case, one.evidence, one.judgement
        early = self._held.comes(one.operation) and self._causes.unclear(*seen)
        if early or self._held.hollow(one, executor.harmless) or self._causes.missing(*seen):
            self._held.hold(one)
        else:
            self._settle(result_of(one.case, one.evidence, one.judgement, one.seconds))

    def _settle_held(self, lane: Executors) -> None:
        """After the last lane, decide the held cases, by what the answers of the whole run have shown."""
        held = self._held.take() if self._workers.ended() else []
        for number, one in enumerate(held, 1):
            try:
                self._settle(at_last(one, self._held, self._causes, lane.of(one.case.operation)))
            except Exception as error:  # such as that of a full disk: nobody waits for the rest for ever
                self._give_up((Job.of([left.case]) for left in held[number:]), error)
                break

    def _give_up(self, jobs: Iterable[Job], error: Exception) -> None:
        for case in (case for job in jobs if not self._broken for case in job.cases):
            if case.id not in self._questioned and not self._futures[case.id].done():
                judgement = Judgement("error", "not tried", fault(error))
                with contextlib.suppress(Exception):  # the record itself may have failed
                    self._settle(result_of(case, Evidence(case.trial), judgement, 0.0))

    def _settle(self, result: Result) -> None:
        if self.context.cloud.microversions.max is None:
            result = replace(result, microversion=None)  # no request named a microversion
        if result.case in self._questioned:
            if result.verdict == "fail":
                self.record(result)
            return
        try:
            self.record(result)
        finally:  # otherwise ``wait`` would never return
            self._futures[result.case].set_result(result)

    def _judged(self, job: Job, executor: Executor, cases: Sequence[Case], evidence: Evidence | None) -> list[Judged]:
        """Judge cases of a trial, and keep the answers to documented requests as contrasts."""
        results = judged_by(executor, job, cases, evidence)
        self._causes.note(results)
        return results
