"""Causes: whether the fault of a request, or its sender, is the cause of its refusal, by other answers of the run.

And whether a request is the cause of a value that comes back, and a version that of an absence: see modules ``usual``
and ``absences``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from conformance.engine.api.producers import SAFE
from conformance.engine.cloud.discover import LACKING
from conformance.engine.cloud.locks import Locks
from conformance.engine.cloud.seen import Sent
from conformance.engine.derive.situations import UNKNOWN
from conformance.engine.execute.executor import Executor
from conformance.engine.execute.senders import CLOSED
from conformance.engine.model.case import Case, Suite
from conformance.engine.model.evidence import Evidence, Judgement
from conformance.engine.model.probe import Probe
from conformance.engine.model.trial import Paged, Trial
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.demanded import REFUSED
from conformance.engine.run.absences import ABSENT, Absences
from conformance.engine.run.acceptable import Acceptable
from conformance.engine.run.another import decides, with_another
from conformance.engine.run.contrast import NO_CONTRAST, SAME_FOR_ALL, Contrasts, documented, members
from conformance.engine.run.jobs import Job
from conformance.engine.run.judging import Judged, judged
from conformance.engine.run.lanes import ALONE, lane_of
from conformance.engine.run.trying import made
from conformance.engine.run.undescribed import unproved_query, unproved_refusal
from conformance.engine.run.unknown_names import CRASH, UnknownNames
from conformance.engine.run.usual import Usual
from specs.record.model import Verdict

EQUALITY = "equality"
"""The kind of requirements that a value which is sent comes back."""


@dataclass
class Causes:
    """Finds out whether a refusal has the cause that its case asks for. Shared by all lanes, and safe to use from all.

    Attributes:
        context: the objects that all lanes share.
        suite: the suite of the cases.
        locks: the locks that the lanes of all processes take.
        contrasts: the answers to documented requests.
        names: the answers to requests with invented names.
        usual: the values that new things have without being given them.
        absences: the fields with versions that answers have shown.
        acceptable: the operations that this run can see accepted.
        lacking: operation -> the reason why its documented request could not be accepted: the cloud lacks a part,
            or its provider has closed it.
        unmade: operation -> the reason why its documented request could not be made, or its answer did not count.
        loose: operation -> whether it accepts a parameter of a query that nobody knows.
        heeded: operations and parameters of queries which they heed: they refuse a value, or a list shows an effect.
        others: the evidence of trials with another value of a field, by their keys.
    """

    context: RunContext
    suite: Suite
    locks: Locks
    contrasts: Contrasts = field(default_factory=Contrasts)
    names: UnknownNames = field(default_factory=UnknownNames)
    lacking: dict[str, str] = field(default_factory=dict)
    unmade: dict[str, str] = field(default_factory=dict)
    loose: dict[str, bool] = field(default_factory=dict)
    heeded: set[tuple[str, str]] = field(default_factory=set)
    others: dict[str, Evidence] = field(default_factory=dict)
    usual: Usual = field(init=False)
    absences: Absences = field(init=False)
    acceptable: Acceptable = field(init=False)

    def __post_init__(self) -> None:
        self.usual = Usual(self.suite.cases, self.context)
        self.absences = Absences(self.suite.cases)
        self.acceptable = Acceptable(self.context, self.suite.cases)

    def note(self, results: Iterable[Judged]) -> None:
        """Keep the answers to documented requests, and the parts of the cloud that they have shown to be missing."""
        results = tuple(results)
        for case, evidence, judgement in results:
            if UNKNOWN in case.trial.request.query and evidence.status is not None:
                self.loose[case.operation.id] = evidence.accepted
            elif evidence.status == REFUSED:
                self.heeded.update((case.operation.id, name) for name in self._asked(case))
            if isinstance(case.trial.exchange, Paged) and judgement.verdict == "pass":
                self.heeded.add((case.operation.id, case.trial.exchange.listing.parameter))
            reason = judgement.reason or ""
            if case.requirement.kind == "normal" and reason.startswith((LACKING, CLOSED)):
                self.lacking.setdefault(case.operation.id, reason)
        for one in {id(seen): seen for _, seen, _ in results}.values():
            self._note(one)
            self.usual.note(one)
            self.absences.note(one)

    def _note(self, evidence: Evidence) -> None:
        """Keep the answer to a documented request, or the reason why there is none that counts."""
        self.contrasts.note(evidence)
        if evidence.problem is not None and evidence.trial.outcome.accepted is True:
            self.unmade.setdefault(evidence.trial.operation.id, evidence.problem.reason)

    def undecided(self, case: Case, judgement: Judgement, why: str) -> Judgement:
        """The judgement of a case whose fault is not shown to be the cause: inapplicable if the cloud lacks a part."""
        if case.requirement.kind == EQUALITY or isinstance(case.expectation, ABSENT):
            return Judgement("inapplicable", "not shown", why)
        if self.context.service.described and self._unproved_query(case, judgement):
            return Judgement("inapplicable", "not shown", why)  # a service may accept any query: nobody forbids it
        lacking = self.lacking.get(case.operation.id) or self.acceptable.barred(case.operation.id)
        verdict: Verdict = "inapplicable" if lacking else "inconclusive"
        if why.startswith(NO_CONTRAST) and (unmade := self.unmade.get(case.operation.id)):
            why = f"the same request without the fault could not be made: {unmade}"
        return replace(judgement, verdict=verdict, reason=lacking or why, deviation=None)

    def missing(self, case: Case, evidence: Evidence, judgement: Judgement) -> str | None:
        """The reason why nothing shows that a request is the cause of its refusal, or of a value; None if it is."""
        if judgement.verdict != "pass":  # nothing else needs a proof, and most judgements are something else
            return None
        if case.requirement.kind == EQUALITY:
            return self.usual.missing(case, evidence, judgement)
        if isinstance(case.expectation, ABSENT):
            return self.absences.missing(case, judgement)
        seen = self.context.cloud.seen.of(case.operation.id)
        if not self.context.service.described:
            lacks = self.context.demanded.lacking(case.operation, evidence.version or self.context.top, evidence.sent)
            why = unproved_refusal(judgement, case, evidence, seen, lacks)
            why = why or self._unproved_query(case, judgement)
            return why or self.contrasts.missing(case, evidence, judgement, seen, strict=True)
        why = self._unproved_query(case, judgement) or self.contrasts.missing(case, evidence, judgement, seen)
        why = why or self._unknown(case, evidence, judgement, seen)
        return why or self.acceptable.missing(case, evidence, judgement, self._accepted(case, seen))

    def unclear(self, case: Case, evidence: Evidence, judgement: Judgement) -> bool:
        """Whether a later answer to the operation may still show that a refusal has another cause: all are refused."""
        status = judgement.status or evidence.status or 0
        if judgement.verdict != "pass" or case.requirement.kind not in SAME_FOR_ALL or not 400 <= status < 500:
            return False
        return not self._accepted(case, self.context.cloud.seen.of(case.operation.id))

    def _accepted(self, case: Case, seen: Iterable[Sent]) -> bool:
        """Whether a request of the operation of a case was accepted in the run."""
        return bool(self.contrasts.accepted(case.operation.id)) or any(answer.ok for _, answer in seen)

    def _unproved_query(self, case: Case, judgement: Judgement) -> str | None:
        """The reason why the acceptance of a query proves nothing of its parameters; None if it does."""
        asked = self._asked(case)
        if not asked or any((case.operation.id, name) in self.heeded for name in asked):
            return None
        return unproved_query(judgement, case, self.loose.get(case.operation.id))

    def _asked(self, case: Case) -> set[str]:
        """The parameters in the query of a case, but those that every request of the operation has."""
        if not case.trial.request.query:  # so it is with most
            return set()
        always = {name for name, _ in self.context.service.query(case.operation)}
        return {name for name, _ in case.trial.request.query} - always

    def learn(self, job: Job, executor: Executor) -> None:
        """Send the documented request that makes a thing before the first one with a fault, on a service not described.

        Its refusal may tell what all requests of the operation need, and its acceptance is a contrast to the others.
        Requests that make nothing may change or remove a thing that the next ones need.
        """
        case = job.cases[0]
        faulty = job.trial.outcome.accepted is not True and case.operation.method not in SAFE
        if self.context.service.described or not faulty or self.context.producers.made_by(case.operation) is None:
            return
        if not self.contrasts.wanted(case):
            return
        control = documented(case, self.suite.cases)
        same = control is not None and lane_of(control.trial, self.context.service) == lane_of(
            job.trial, self.context.service
        )
        if control is not None and same and not control.parts & self.context.lacking:
            executor.looks.take()
            self.contrasts.note(made(executor, Job.of([control]), together=True))

    def seek(
        self, case: Case, evidence: Evidence, judgement: Judgement, executor: Executor
    ) -> tuple[Evidence, Judgement]:
        """Send the requests that may show it where nothing does, and return the evidence and the judgement that count.

        The requests are the documented one, one with an invented name, and at last one with a good value; for a value
        that comes back, one without it, and one with another value.
        """
        if self.missing(case, evidence, judgement) is None:
            return evidence, judgement
        if case.requirement.kind == EQUALITY or isinstance(case.expectation, ABSENT):
            self._seek_accepted(case, executor)
            return self._with_another(case, evidence, judgement, executor)
        self._seek(case, evidence, judgement, executor)
        return evidence, judgement

    def _with_another(
        self, case: Case, evidence: Evidence, judgement: Judgement, executor: Executor
    ) -> tuple[Evidence, Judgement]:
        """The evidence and the judgement of a case by another value, if a new thing has its own without being asked."""
        compares = case.requirement.kind == EQUALITY and not self.context.stopping.is_set()
        trial = self._other(case, evidence) if compares else None
        if trial is None or self.missing(case, evidence, judgement) is None:
            return evidence, judgement
        if trial.key not in self.others:
            probes = self._probes(case, trial, evidence)
            self.others[trial.key] = self._made(Job(trial, (), probes), executor)
        seen = self.others[trial.key]
        ((_, _, told),) = judged([case], seen, self.context)
        if told.verdict == "fail" and decides(case, trial, told):  # as any other, it is only told if it comes again
            seen = self._made(Job(trial, (), case.expectation.probes), executor)
            ((_, _, told),) = judged([case], seen, self.context)
        return (seen, told) if decides(case, trial, told) else (evidence, judgement)

    def _other(self, case: Case, evidence: Evidence) -> Trial | None:
        return with_another(case, self.context.service.about(case.operation), evidence.sent)

    def _probes(self, case: Case, trial: Trial, evidence: Evidence) -> tuple[Probe, ...]:
        """The probes of all cases that the same trial with another value decides."""
        alike = ((one, self._other(one, evidence)) for one in self.suite.cases if one.trial.key == case.trial.key)
        fit = (one for one, other in alike if other is not None and other.key == trial.key)
        return tuple(dict.fromkeys(probe for one in fit for probe in one.expectation.probes))

    def _seek(self, case: Case, evidence: Evidence, judgement: Judgement, executor: Executor) -> None:
        if not self.context.stopping.is_set() and self.contrasts.wanted(case):
            control = documented(case, self.suite.cases)
            if control is not None and not control.parts & self.context.lacking:
                self._note(self._made(Job.of([control]), executor))
        if self._unproved_query(case, judgement) and case.operation.id not in self.loose:
            self._ask_loosely(case, executor)
        seen = self.context.cloud.seen.of(case.operation.id)
        if self.context.stopping.is_set() or self._unknown(case, evidence, judgement, seen) is None:
            return
        invented = self.context.cloud.invent()
        trial = self.names.wanted(case, invented)
        if trial is not None:
            executor.looks.expected.add(trial.key)  # its value is as faulty as that of the case, which was refused
            told = self._made(Job(trial, (), ()), executor)
            self.names.note(case, invented, self._made(Job(trial, (), ()), executor) if told.status == CRASH else told)
        if self._unknown(case, evidence, judgement, seen) is None:
            return
        about = self.context.service.about(case.operation)
        good = self.names.good(case, about, self.context.version_for(case.operation))
        if good is not None:
            self.contrasts.note(self._made(Job(good, (), ()), executor))

    def _seek_accepted(self, case: Case, executor: Executor) -> None:
        """Send a request without a field, or those within the versions, whose answers show what others do not show."""
        for within in () if self.context.stopping.is_set() else self.absences.wanted(case, self.context.lacking):
            self.absences.note(self._made(Job.of([within]), executor))
        if not self.context.stopping.is_set() and self.usual.wanted(case):
            trial = self.usual.without(case)
            if trial is not None:
                self.usual.note(self._made(Job(trial, (), case.expectation.probes), executor))

    def _ask_loosely(self, case: Case, executor: Executor) -> None:
        """Send a parameter that nobody knows with the query of an operation; else other operations tell of it, too."""
        own = (one for one in self.suite.cases if one.operation.id == case.operation.id)
        odd = next((one for one in own if UNKNOWN in one.trial.request.query), None)
        seen = self._made(Job.of([odd]), executor) if odd is not None and not self.context.stopping.is_set() else None
        answered = seen is not None and seen.status is not None
        self.loose[case.operation.id] = seen.accepted if answered and seen is not None else any(self.loose.values())

    def _unknown(self, case: Case, evidence: Evidence, judgement: Judgement, seen: Iterable[Sent]) -> str | None:
        also = {members(ask.body, ask.query) for ask, answer in seen if answer.ok}
        accepted = self.contrasts.accepted(case.operation.id) | also
        return self.names.missing(case, evidence, judgement, accepted)

    def _made(self, job: Job, executor: Executor) -> Evidence:
        with self.locks.taken(lane_of(job.trial, self.context.service) == ALONE, self.context.stopping):
            return made(executor, job, together=True)  # the answer alone counts, and it is there before any look
