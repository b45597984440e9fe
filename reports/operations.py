"""Operations and their requirements as reports show them: with the cases, outcomes and states of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from reports.requirements import Parts
from reports.states import States
from specs.record.model import VERDICTS, Source, Verdict, requirement_verdict, scoped


@dataclass
class Requirement:
    """One requirement with its results.

    Attributes:
        cases: the id and the verdict of each case.
        outcomes: id, expectation, observation and reason of each case that did not pass.
        observed: the observations of the passed cases, each once, in order.
        deviations: number of cases with a deviation.

    """

    id: str
    parts: Parts
    source: Source
    expected: str
    cases: list[tuple[str, Verdict]] = field(default_factory=list)
    outcomes: list[tuple[str, str, str, str]] = field(default_factory=list)
    observed: dict[str, None] = field(default_factory=dict)
    deviations: int = 0

    @property
    def verdict(self) -> Verdict:
        """The gravest verdict of its cases."""
        return requirement_verdict([verdict for _, verdict in self.cases])

    @property
    def counts(self) -> dict[Verdict, int]:
        """Number of cases by verdict, the gravest first; verdicts without a case are left out."""
        found = Counter(verdict for _, verdict in self.cases)
        return {verdict: found[verdict] for verdict in VERDICTS if found[verdict]}

    @property
    def decided(self) -> bool:
        """True if a case of the requirement passed or failed."""
        return any(verdict in ("pass", "fail") for _, verdict in self.cases)


@dataclass(frozen=True)
class Untested:
    """A promise without a case; ``reason`` and ``source`` are from a note of the run."""

    id: str
    parts: Parts
    source: Source
    reason: str


@dataclass
class Operation:
    """One operation: its requirements, and the states in which it was tried.

    Attributes:
        service: the service of the operation, in the view of a run of several services; None in a view of one.
    """

    id: str
    service: str | None = None
    requirements: dict[str, Requirement] = field(default_factory=dict)
    states: States = field(default_factory=States)
    untested: dict[str, Untested] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The id, which is unique in the run: in a run of several services with the service before it."""
        return self.named(self.id)

    def named(self, name: str) -> str:
        """The id of a requirement or a case of the operation, unique in the run as ``key``."""
        return scoped(self.service, name)

    @property
    def counts(self) -> dict[Verdict, int]:
        """Number of requirements by verdict, the gravest first; verdicts without a requirement are left out."""
        found = Counter(requirement.verdict for requirement in self.requirements.values())
        return {verdict: found[verdict] for verdict in VERDICTS if found[verdict]}

    @property
    def gaps(self) -> dict[str, list[Untested]]:
        """The promises without a case, by the column of their kind."""
        gaps: dict[str, list[Untested]] = {}
        for untested in self.untested.values():
            gaps.setdefault(untested.parts.column, []).append(untested)
        return gaps

    @property
    def cells(self) -> dict[str, list[Requirement]]:
        """The requirements, by the column of their kind."""
        cells: dict[str, list[Requirement]] = {}
        for requirement in self.requirements.values():
            cells.setdefault(requirement.parts.column, []).append(requirement)
        return cells

    @property
    def codes(self) -> dict[str, bool]:
        """Documented error code -> True if it was decided."""
        codes: dict[str, bool] = {}
        for requirement in self.requirements.values():
            code = requirement.parts.code
            if code is not None:
                codes[code] = codes.get(code, False) or requirement.decided
        for untested in self.untested.values():
            if untested.parts.code is not None:
                codes.setdefault(untested.parts.code, False)
        return dict(sorted(codes.items()))

    def of_kind(self, kind: str) -> list[Requirement]:
        """Return the requirements of a kind."""
        return [item for item in self.requirements.values() if item.parts.kind == kind]


@dataclass
class Reason:
    """Cases with the same verdict and the same reason (names and ids aside), or promises without a case for one reason.

    For promises without a case, ``verdict`` is None and ``cases`` are ids of requirements.
    """

    verdict: Verdict | None
    text: str
    cases: list[str] = field(default_factory=list)
    operations: set[str] = field(default_factory=set)


@dataclass
class KindCount:
    """The totals of one kind of promise: requirements, promises without a case, and cases by verdict."""

    requirements: int = 0
    untested: int = 0
    cases: Counter[Verdict] = field(default_factory=Counter)
