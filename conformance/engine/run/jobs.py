"""Jobs: trials with the cases that they decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from conformance.engine.api.service import ServiceDescription
from conformance.engine.model.case import Case
from conformance.engine.model.evidence import Evidence
from conformance.engine.model.probe import Probe
from conformance.engine.model.trial import Trial
from conformance.engine.run.lanes import order


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


@dataclass(frozen=True, eq=False)
class Tried:
    """A job whose trial was made, with its seconds and its evidence, which may still lack the look of its group."""

    job: Job
    evidence: Evidence
    seconds: float


def in_order(jobs: Iterable[Job], service: ServiceDescription) -> list[Job]:
    """Jobs in the order of their trials in a lane."""
    return sorted(jobs, key=lambda job: order(job.trial, service))
