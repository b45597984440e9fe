"""Deviations, grouped by identity (one from run to run) and by cause (one in many operations)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from reports.requirements import Parts, parts_of
from reports.words import general
from specs.record.model import Deviation, DeviationClass, Result
from specs.record.totals import deviations_of

if TYPE_CHECKING:
    from collections.abc import Iterable

WHOLE = 3_000
"""So many deviations are kept with their exchanges. A cloud that breaks more of them needs no more examples."""


@dataclass
class Finding:
    """One deviation, by its identity.

    Attributes:
        example: the first result that shows it, whole.
        cases: the ids of all cases that show it.
        waiver: the waiver of the first case, if every case has one.

    """

    deviation: Deviation
    example: Result
    parts: Parts
    cases: list[str] = field(default_factory=list)
    waiver: dict[str, Any] | None = None

    @property
    def id(self) -> str:
        """The identity."""
        return self.deviation.id

    @property
    def class_(self) -> DeviationClass:
        """Whether it is a contradiction or an omission."""
        return self.deviation.class_

    @property
    def cause(self) -> tuple[str, ...]:
        """What deviations with one cause have in common.

        For a contradiction the kind, what was expected and what came; for an omission only what came, because a code
        that the reference leaves out comes to light wherever it is first provoked.
        """
        observed = general(self.deviation.observed)
        if self.class_ == "omission":
            return (self.class_, observed)
        return (self.class_, self.parts.column, general(self.example.expected), observed)


@dataclass(frozen=True)
class Cause:
    """Deviations that have one cause, as far as the record can tell."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The one to look at first."""
        return self.findings[0]

    @property
    def operations(self) -> int:
        """How many operations show it."""
        return len({finding.example.operation for finding in self.findings})

    @property
    def cases(self) -> int:
        """How many cases show it."""
        return len({case for finding in self.findings for case in finding.cases})


class Findings:
    """Collects deviations result by result; of each identity only the first result is kept whole."""

    def __init__(self) -> None:
        self._found: dict[str, Finding] = {}

    def add(self, result: Result) -> None:
        """Take the deviations of one result. A failure without one is a contradiction of its requirement."""
        deviations = deviations_of(result)
        if result.verdict == "fail" and not any(item.class_ == "contradiction" for item in deviations):
            deviations = (Deviation.of(result.requirement, "contradiction", result.observed), *deviations)
        for deviation in deviations:
            finding = self._found.get(deviation.id)
            if finding is None:
                if len(self._found) >= WHOLE:
                    result = replace(result, exchanges=())
                finding = Finding(deviation, result, parts_of(result), waiver=result.waiver)
                self._found[deviation.id] = finding
            elif result.waiver is None:
                finding.waiver = None
            if not finding.cases or finding.cases[-1] != result.case:
                finding.cases.append(result.case)

    def all(self) -> tuple[Finding, ...]:
        """Give every deviation, in the order of the record."""
        return tuple(self._found.values())

    def of(self, class_: DeviationClass, waived: bool = False) -> tuple[Cause, ...]:
        """Give those of a class by cause, the most frequent first."""
        return by_cause(
            finding
            for finding in self._found.values()
            if finding.class_ == class_ and (finding.waiver is not None) is waived
        )


def by_cause(findings: Iterable[Finding]) -> tuple[Cause, ...]:
    """Group by cause, the most frequent first, else in the order given."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.cause, []).append(finding)
    return tuple(Cause(tuple(group)) for group in sorted(groups.values(), key=len, reverse=True))
