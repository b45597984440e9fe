"""The totals of a run, and its exit status.

The run, its report and its badge all use this module, so that they never disagree.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from specs.record.model import VERDICTS, Deviation, Result, Verdict
from specs.record.purposes import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ALLOW_UNDECIDED = 5.0
"""Percent of the applicable cases that may stay undecided, unless an option of the run changes it."""


def deviations_of(result: Result) -> tuple[Deviation, ...]:
    """Return every deviation of a result, the main one first."""
    return (() if result.deviation is None else (result.deviation,)) + result.omissions


def added(*figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sums of the figures of several processes, or of a run and its continuation.

    The figures are ``requests``; ``accepted``, of them those that the cloud has accepted; ``made``, the resources by
    name; ``purposes``, the requests by purpose; ``seconds`` of the clock; and ``processor_seconds`` of this suite.

    Other keys are left out; a missing key counts as zero.
    """
    made: Counter[str] = Counter()
    purposes: Counter[str] = Counter()
    for part in figures:
        made.update(part.get("made") or {})
        purposes.update(part.get("purposes") or {})
    return {
        "requests": sum(part.get("requests") or 0 for part in figures),
        "accepted": sum(part.get("accepted") or 0 for part in figures),
        "made": dict(sorted(made.items())),
        "purposes": {name: purposes[name] for name in Purpose if purposes[name]},
        "seconds": round(sum(part.get("seconds") or 0.0 for part in figures), 1),
        "processor_seconds": round(sum(part.get("processor_seconds") or 0.0 for part in figures), 1),
    }


OTHER_TOTALS = frozenset({*VERDICTS, "cases", "requirements", *added()})
"""The keys of a run's totals. An older record has one more: the plural of the one resource that a run counted then."""


@dataclass
class Tally:
    """Counts over results; fed one by one, so that a record need not be held in memory.

    Attributes:
        cases: verdict -> number of cases.
        waived: failed cases whose deviation is accepted in writing.
        omissions: cases with an omission that is not waived.
        requirements: id of a requirement, in a run of several services after its service -> its verdict.

    """

    cases: Counter[Verdict] = field(default_factory=Counter)
    waived: int = 0
    omissions: int = 0
    requirements: dict[str, Verdict] = field(default_factory=dict)

    @classmethod
    def of(cls, results: Iterable[Result]) -> Tally:
        """Count all results."""
        tally = cls()
        for result in results:
            tally.add(result)
        return tally

    @classmethod
    def total(cls, tallies: Iterable[Tally]) -> Tally:
        """Add the counts of the services of a run."""
        total = cls()
        for one in tallies:
            total.cases.update(one.cases)
            total.waived += one.waived
            total.omissions += one.omissions
            total.requirements.update(one.requirements)
        return total

    def add(self, result: Result) -> None:
        """Count one result."""
        self.cases[result.verdict] += 1
        if result.verdict == "fail" and result.waiver is not None:
            self.waived += 1
        if result.waiver is None and any(item.class_ == "omission" for item in deviations_of(result)):
            self.omissions += 1
        before = self.requirements.get(result.name, result.verdict)
        self.requirements[result.name] = min(before, result.verdict, key=VERDICTS.index)

    @property
    def undecided(self) -> int:
        """Number of cases whose verdict is inconclusive or error."""
        return self.cases["inconclusive"] + self.cases["error"]

    @property
    def applicable(self) -> int:
        """Number of cases that are not inapplicable."""
        return self.cases.total() - self.cases["inapplicable"]

    @property
    def undecided_percent(self) -> float:
        """Percent of the applicable cases that are undecided; 0 if there are no applicable cases."""
        return 100 * self.undecided / self.applicable if self.applicable else 0.0

    def nothing_shown(self, accepted: int | None = None) -> str | None:
        """Return why the results show nothing of the cloud; None if they do.

        Args:
            accepted: how many requests with a token the cloud has accepted in the run; None if nobody has counted.
        """
        if not self.cases:
            return None
        if accepted == 0:
            return (
                "not one request was accepted, so nothing shows that the API was reached: see that the URL is that of "
                "the API which the reference describes, and that the credentials may use it"
            )
        if not self.cases["pass"] + self.cases["fail"]:
            return "nothing was decided: see in the report why no case could be tried, or what it still needs"
        return None

    def exit_status(
        self, fail_on_omission: bool = False, allow_undecided: float = ALLOW_UNDECIDED, accepted: int | None = None
    ) -> int:
        """Return the exit status of a completed run with at least one case: 0, 1 or 3."""
        if self.cases["fail"] > self.waived or (fail_on_omission and self.omissions):
            return 1
        return 3 if self.undecided_percent > allow_undecided or self.nothing_shown(accepted) else 0

    def totals(self) -> dict[str, Any]:
        """Return the part of ``RunInfo.totals`` about results: cases by verdict, ``cases`` and ``requirements``."""
        counts: dict[str, Any] = {verdict: self.cases[verdict] for verdict in VERDICTS}
        return counts | {"cases": self.cases.total(), "requirements": len(self.requirements)}
