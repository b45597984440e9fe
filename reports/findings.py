"""Deviations, grouped by identity (the same from run to run) and by cause (the same in many operations)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from reports.requirements import Parts, parts_of
from reports.words import general
from specs.record.model import Deviation, DeviationClass, Result, scoped
from specs.record.totals import deviations_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.quotes import Line

WHOLE = 3_000
"""Largest number of deviations that are kept with their exchanges."""


@dataclass
class Finding:
    """One deviation, with all its cases.

    Attributes:
        example: the first result with the deviation, with its exchanges.
        cases: the ids of all cases with the deviation.
        waiver: the waiver of the first case, if every case has one.
        quote: the lines of the reference that it is about; () if the reference is not at hand.
        examined: the cause in words, if a person has found it; empty for a deviation that nobody has examined.

    """

    deviation: Deviation
    example: Result
    parts: Parts
    cases: list[str] = field(default_factory=list)
    waiver: dict[str, Any] | None = None
    quote: tuple[Line, ...] = ()
    examined: str = ""

    @property
    def id(self) -> str:
        """The id, which is the same from run to run."""
        return self.deviation.id

    @property
    def key(self) -> str:
        """The id, which is unique in the run: in a run of several services with the service before it."""
        return scoped(self.example.service, self.deviation.id)

    @property
    def class_(self) -> DeviationClass:
        """``contradiction`` or ``omission``."""
        return self.deviation.class_

    @property
    def causes(self) -> tuple[tuple[str, ...], ...]:
        """The values that it has in common with other deviations of the same cause; any of them is enough.

        If a person has found the cause, it is the cause in that person's words. The values of all others are guesses.
        For an omission it is the observation, because an unlisted code may be observed first at any requirement. For a
        contradiction these are: kind, expectation and observation; the sentence and the observation, so that an entry
        of a parameter file counts once for all operations that use it; and for a field that is null, the operation and
        the field's type, so that all the numbers that are null until there is something to count are one finding.
        """
        if self.examined:
            return ((self.class_, "examined", self.examined),)
        observed = general(self.deviation.observed)
        if self.class_ == "omission":
            return ((self.class_, observed),)
        column, expected, source = self.parts.column, general(self.example.expected), self.example.source
        found: list[tuple[str, ...]] = [(self.class_, column, expected, observed)]
        if source.line > 0:
            # One line may list several codes, but an entry of a parameter file is one fact, whatever asks for it.
            one_fact = source.path.endswith((".yaml", ".yml"))
            found.append(("place", source.path, str(source.line), "" if one_fact else column, observed))
        if observed == "null" and ": " in expected:
            found.append(("null", self.example.operation, expected.rpartition(": ")[2]))
        return tuple(found)


@dataclass(frozen=True)
class Cause:
    """Deviations that probably have one cause, by the values in the record."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The finding to show first."""
        return self.findings[0]

    @property
    def operations(self) -> int:
        """Number of operations with the deviations."""
        return len({finding.example.operation for finding in self.findings})

    @property
    def cases(self) -> int:
        """Number of cases with the deviations."""
        return len({case for finding in self.findings for case in finding.cases})


class Findings:
    """Collects deviations result by result; only the first result of each deviation is kept with its exchanges."""

    def __init__(self) -> None:
        self._found: dict[str, Finding] = {}

    def add(self, result: Result) -> None:
        """Add the deviations of one result. A failure without one counts as a contradiction of its requirement."""
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
        """Return every deviation, in the order of the record."""
        return tuple(self._found.values())

    def of(self, class_: DeviationClass, waived: bool = False) -> tuple[Cause, ...]:
        """Return the deviations of a class by cause, the most frequent first."""
        return by_cause(
            finding
            for finding in self._found.values()
            if finding.class_ == class_ and (finding.waiver is not None) is waived
        )


def by_cause(findings: Iterable[Finding]) -> tuple[Cause, ...]:
    """Group findings by cause: the most frequent first, equally frequent ones in the given order."""
    groups: list[list[Finding]] = []
    group_of: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        held: list[Finding] = []
        for other in {id(group): group for key in finding.causes if (group := group_of.get(key))}.values():
            if held:  # the finding joins two groups
                held += other
                groups = [group for group in groups if group is not other]
                group_of = {key: held if group is other else group for key, group in group_of.items()}
            else:
                held = other
        if not held:
            groups.append(held)
        held.append(finding)
        group_of.update(dict.fromkeys(finding.causes, held))
    return tuple(Cause(tuple(group)) for group in sorted(groups, key=len, reverse=True))
