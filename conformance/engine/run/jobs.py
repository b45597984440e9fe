"""Jobs: trials with the cases that they decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from conformance.engine.model.case import Case
from conformance.engine.model.evidence import Evidence
from conformance.engine.model.probe import Probe
from conformance.engine.model.trial import Trial
from conformance.engine.provision.context import RunContext
from conformance.engine.run.lanes import order

ATTACHED, LOCKING, UNDOING, USUAL = range(4)
"""The order of refused trials in a status: those that need a thing attached, those of the request to lock, those that
could undo the effects of others, and all others."""


@dataclass(frozen=True)
class Job:
    """A trial, its cases that were started together, and the probes that their expectations need."""

    trial: Trial
    cases: tuple[Case, ...]
    probes: tuple[Probe, ...]

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of the cases."""
        return frozenset(case.id for case in self.cases)

    @classmethod
    def of(cls, cases: Sequence[Case]) -> Job:
        """The job of cases that share a trial."""
        probes = dict.fromkeys(probe for case in cases for probe in case.expectation.probes)
        return cls(cases[0].trial, tuple(cases), tuple(probes))


def jobs_of(cases: Iterable[Case]) -> list[Job]:
    """The jobs of cases, in the order of the first case of each."""
    trials: dict[str, list[Case]] = {}
    for case in cases:
        trials.setdefault(case.trial.key, []).append(case)
    return [Job.of(alike) for alike in trials.values()]


@dataclass(frozen=True, eq=False)
class Tried:
    """A job whose trial was made, with its seconds and its evidence, which may still lack the look of its group."""

    job: Job
    evidence: Evidence
    seconds: float


def in_order(jobs: Iterable[Job], context: RunContext) -> list[Job]:
    """Jobs in the order of their trials in a lane.

    Refusals share a look unless something comes between (see ``execute.looks``). So whatever would be preceded by a
    look is made while no refusal waits for one, or is not followed by anything that would be.
    """
    every = list(jobs)
    contexts: dict[str, RunContext] = {}
    refused: dict[tuple[str, str], set[str]] = {}
    for trial in (job.trial for job in every if job.trial.outcome.accepted is False):
        about = context.about(trial.operation)
        contexts[about.service.resource] = about
        refused.setdefault((about.service.resource, trial.situation.state or ""), set()).add(trial.operation.id)
    undoing = {(kind, state): contexts[kind].graph.undoing(ids, state) for (kind, state), ids in refused.items()}
    return sorted(every, key=lambda job: _place(job.trial, context, undoing))


def _place(
    trial: Trial, context: RunContext, undoing: Mapping[tuple[str, str], frozenset[str]]
) -> tuple[int, int, int, str, str]:
    """The place of a trial in a lane (see ``lanes.order``)."""
    rank, name, key = order(trial, context.service)
    if trial.situation.state is None or trial.outcome.accepted is not False:
        return rank, USUAL, rank, name, key
    about = context.about(trial.operation)
    known, operation = about.service.under_test, trial.operation.id
    attached = (known.attached_by.get(b.resource) for b in trial.request.bindings if b.relation == "attached")
    if any(how is not None and not how.background for how in attached):
        turn = ATTACHED
    elif operation == known.lock:
        turn = LOCKING
    else:
        alike = undoing[about.service.resource, trial.situation.state]
        turn = UNDOING if operation in alike else USUAL
    return (rank if rank > 1 else 0), turn, rank, name, key
