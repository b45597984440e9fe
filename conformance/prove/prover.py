"""Runs the cases of a breakage against a sandbox, through a proxy that applies the breakage."""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from conformance.engine.api.service import ServiceDescription
from conformance.engine.model.case import Case
from conformance.engine.model.setup import Prepared
from conformance.engine.provision.context import Notes, Patience, RunContext
from conformance.engine.run.lanes import NO_RESOURCE, lane_of
from conformance.engine.run.run import Run, Stopped
from conformance.engine.run.session import Session, Settings
from conformance.prove.breakage import Breakage
from conformance.prove.gate import Gate
from conformance.prove.ground import Ground
from conformance.prove.hosts import bring_back
from conformance.prove.outcome import Outcome, Unbroken, judge, not_broken
from conformance.prove.stock import Stock, proxy_of, target_of
from conformance.sandbox.cloud.part import PartOfCloud
from conformance.sandbox.process import RunningSandbox
from specs.model import Spec
from specs.record.model import Result

PATIENCE = Patience(status=25.0, settle=0.3)
SHORT = Patience(status=4.0, settle=0.3)
"""Seconds to wait where only a timeout can show the breakage: longer than any action of the sandbox takes."""

CONTROLS = 3
"""Number of cases of the same operation that the breakage does not touch, run beside those that it touches."""


@dataclass
class Prover:
    """A proxy and a session that runs through it; tries one breakage at a time. A context manager for one thread.

    Attributes:
        sandbox: the cloud, which ends with the proof and takes with it whatever was made.
        specs, selected: all specs, and those whose operations are tried, as for a session.
        controls: number of untouched cases that are run with each breakage.
        unbroken: case id -> its result on the unbroken cloud; filled when a result is needed.
        stock: the servers that breakages are tried on; if None, the prover makes a stock of its own.
        alone: lock held while an operation is tried that changes something shared by all provers of a sandbox.
        gate: passed alone by a breakage whose cases use up the quota of the whole project for a moment.
    """

    sandbox: RunningSandbox | PartOfCloud
    specs: Sequence[Spec]
    selected: Sequence[Spec]
    controls: int = CONTROLS
    unbroken: dict[str, Result] = field(default_factory=dict)
    stock: Stock | None = None
    alone: threading.Lock = field(default_factory=threading.Lock)
    gate: Gate = field(default_factory=Gate)
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _session: Session | None = None
    _sessions: int = 0

    def __enter__(self) -> Prover:
        self._directory = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="prove-")))
        self._proxy = self._stack.enter_context(proxy_of(self.sandbox))
        if self.stock is None:
            own = Stock(self.sandbox, self.specs, self._directory / "stock")
            self.stock = self._stack.enter_context(own)
        self._stack.callback(self._close)
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def session(self) -> Session:
        """The open session. Raises RuntimeError outside of the ``with`` block."""
        if self._session is None:
            raise RuntimeError("the prover is not open")
        return self._session

    @property
    def ground(self) -> Ground:
        """The suite and its versions, as the generators of breakages need them."""
        return self._ground

    def _of_session(self, session: Session) -> Ground:
        context = session.context
        words = (v for spec in self.specs for v in spec.vocabulary)
        status = (v for v in words if v.resource == context.service.resource and v.attribute == "status")
        return Ground(
            session.suite,
            context.top,
            context.service,
            tuple(word for v in status for word in v.values),
            frozenset((operation.method, operation.path) for operation in context.operations.values()),
            session.api.only,
        )

    def run(self, case_ids: Iterable[str], patience: Patience = PATIENCE) -> list[Result]:
        """Run some cases with the proxy's present breakage, each on servers of its own, and return their results."""
        self.session.context.resources.attempts.forget()  # one breakage says nothing of the next
        return self._run(list(dict.fromkeys(case_ids)), replace(self.session.context, patience=patience))

    def _on_lent(self, case_ids: Iterable[str], patience: Patience) -> list[Result]:
        """Run some cases on lent servers that already have the status each case needs."""
        if self.stock is None:
            raise RuntimeError("the prover is not open")
        context = replace(self.session.context, patience=patience, discovery=self.stock.discovery)
        by_state: dict[str, list[str]] = {}
        for case_id in dict.fromkeys(case_ids):
            by_state.setdefault(lent_in(context.service, self._cases[case_id]), []).append(case_id)
        results = []
        for state, ids in by_state.items():
            lending = self.stock.lending(self._proxy.upstream, state, self.session.journal.rand_name)
            results += self._run(ids, replace(context, resources=lending))
        return results

    def _run(self, ids: Sequence[str], context: RunContext) -> list[Result]:
        context = replace(context, notes=Notes(), elevated=set(), stopping=threading.Event())
        run = Run(self.session.suite, context, _ignore, parallel=4)
        run.start(ids)
        try:
            return [run.wait(case_id) for case_id in ids]
        finally:
            run.stop()

    def learn(self, case_ids: Iterable[str]) -> None:
        """Run those of some cases on the unbroken cloud whose results there are not known yet."""
        unknown = [case_id for case_id in dict.fromkeys(case_ids) if case_id not in self.unbroken]
        if unknown:
            self._proxy.break_(None)
            self.unbroken.update((result.case, result) for result in self.run(unknown))
            if any(self._shared(self._cases[case_id].operation.id) for case_id in unknown):
                bring_back(self.sandbox)

    def needs(self, breakage: Breakage) -> list[str]:
        """Return the ids of the cases to run first: the most direct one, the others of its exchange, and controls."""
        touched, untouched = self._neighbours(breakage)
        direct = [case for case in breakage.cases if self._may_tell(case)][:1] or list(breakage.cases[:1])
        if not direct:  # no case of the requirement has the exchange: a case of another requirement may notice
            direct = [case.id for case in touched[:1]]
        own = [case for case in touched if case.id in direct]
        return [*direct, *self._same_exchange(own), *self._controls(untouched, own)]

    def try_(self, breakage: Breakage) -> Outcome:
        """Break one promise, run the cases that it touches and a few that it does not, and return the outcome.

        The most direct case comes first; the others of the requirement are run only if that case does not notice it.
        """
        with self.gate.passed(self._limits(breakage)):
            why = ""
            for _ in range(2):
                try:
                    return self._in_turn(breakage)
                except Stopped:
                    if (lost := self.session.cloud.lost) is None:
                        raise
                    # The session is of no use any more: an earlier breakage may be the cause, or this one.
                    why = f"the run takes the cloud for lost: {lost}"
                    self._close()
                    self._open()
            return Outcome.of(breakage, "inconclusive", observed=why)

    def _in_turn(self, breakage: Breakage) -> Outcome:
        """Try a breakage, alone if its operation changes something that all provers share."""
        if not self._shared(breakage.operation):
            return self._try(breakage)
        with self.alone:
            try:
                return self._try(breakage)
            finally:
                bring_back(self.sandbox)

    def _limits(self, breakage: Breakage) -> bool:
        """True if a case that may be run with the breakage sets a limit for the whole project."""
        trials = (self._cases[case_id].trial for case_id in (*self.needs(breakage), *breakage.cases))
        return any(step.seen_by for trial in trials for setup in trial.setups(Prepared) for step in setup.steps)

    def _shared(self, operation: str) -> bool:
        """True if an operation changes something that all provers of a sandbox share."""
        return self.session.context.service.is_alone(operation)

    def _try(self, breakage: Breakage) -> Outcome:
        began = time.monotonic()
        touched, _ = self._neighbours(breakage)
        chosen = self.needs(breakage)
        self.learn(chosen)
        patience = SHORT if breakage.waits else PATIENCE
        self._proxy.break_(breakage)
        try:
            tried = self.run if breakage.made_anew else self._on_lent
            results = tried(chosen, patience)
            outcome = self._judge(breakage, results, touched)
            refused, impossible = self._proxy.refused, self._proxy.impossible
            more = [case for case in breakage.cases if case not in chosen]
            if more and outcome.fate not in ("caught", "void"):
                self.learn(more)
                self._proxy.break_(breakage)
                results += tried(more, patience)
                outcome = self._judge(breakage, results, touched, outcome.touched)
                refused, impossible = refused + self._proxy.refused, self._proxy.impossible or impossible
        finally:
            self._proxy.break_(None)
        return replace(not_broken(outcome, refused, impossible), seconds=round(time.monotonic() - began, 2))

    def _judge(self, breakage: Breakage, results: list[Result], touched: Sequence[Case], earlier: int = 0) -> Outcome:
        related = {case.requirement.id for case in touched}
        met = self._proxy.touched + earlier
        unseen = self.session.context.service.why_unseen(breakage.id)
        outcome = judge(breakage, results, Unbroken(self.unbroken), related, met, unseen)
        impossible = self._proxy.impossible
        if outcome.fate == "not reached" and impossible:
            return replace(outcome, fate="void", observed=f"{impossible}; {outcome.observed}")
        return outcome

    def _may_tell(self, case_id: str) -> bool:
        known = self.unbroken.get(case_id)
        return known is None or known.verdict == "pass"

    def _neighbours(self, breakage: Breakage) -> tuple[list[Case], list[Case]]:
        """Return the operation's cases whose exchange the breakage may touch, and the other cases of the operation."""
        ground = self.ground
        touched: list[Case] = []
        untouched: list[Case] = []
        for case in ground.suite.cases:
            if case.operation.id == breakage.operation:
                meets = breakage.where.covers(case.trial, ground.version(case))
                (touched if meets else untouched).append(case)
        return touched, untouched

    def _same_exchange(self, cases: Sequence[Case]) -> list[str]:
        """Return the ids of the other cases that are judged by the same exchanges: they need no further request."""
        keys, ids = {case.trial.key for case in cases}, {case.id for case in cases}
        return [c.id for c in self.session.suite.cases if c.trial.key in keys and c.id not in ids]

    def _controls(self, untouched: Sequence[Case], beside: Sequence[Case]) -> list[str]:
        """Return a few cases of different kinds that need no server of their own."""
        service = self.session.context.service
        lanes = {NO_RESOURCE, *(lane_of(case.trial, service) for case in beside)}
        states = {None, *(case.trial.situation.state for case in beside)}
        kinds: dict[str, str] = {}
        for case in sorted(untouched, key=lambda c: c.trial.situation.state is None):
            trial = case.trial
            cheap = (
                trial.outcome.accepted is False and trial.situation.state in states and lane_of(trial, service) in lanes
            )
            if cheap and self._may_tell(case.id):
                kinds.setdefault(case.requirement.kind, case.id)
        return list(kinds.values())[: self.controls]

    def _open(self) -> None:
        target = target_of(self.sandbox, self._proxy.url)
        self._sessions += 1
        directory = self._directory / f"session-{self._sessions}"
        settings = Settings(target, directory, sandbox=True, release=self.sandbox.release)
        self._proxy.break_(None)
        self._session = Session(settings, self.specs, self.selected, _ignore)
        # Only the connection has found the version, where the address of the sandbox names none.
        self._proxy.upstream.root = urlsplit(self._session.cloud.url).path.rstrip("/")
        self._proxy.upstream.scope = self._session.cloud.scope
        self._proxy.upstream.kinds = tuple(self._session.context.service.profile.kinds.values())
        self._cases = {case.id: case for case in self._session.suite.cases}
        self._ground = self._of_session(self._session)

    def _close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close(cloud_ends=True)


def lent_in(service: ServiceDescription, case: Case) -> str:
    """Return the status of the resource that is lent to a case.

    Only resources of the usual kind are lent. Those of other kinds, such as the snapshots of volumes, are made of them,
    which needs the status after creation.
    """
    usual = service.about(case.operation).resource == service.resource
    return (case.trial.situation.state if usual else None) or service.under_test.initial_status


def _ignore(_: Result) -> None:
    """Keep no record: only the outcome of the breakage is used."""
