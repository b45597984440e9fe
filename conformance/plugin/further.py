"""The cases that ``--level essential`` leaves out of a service, and those of them that are tried after all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.engine.run.levels import cheapest
from reports.words import count, number

if TYPE_CHECKING:
    from conformance.engine.api.service import ServiceDescription
    from conformance.engine.model.case import Case
    from conformance.engine.model.trial import Trial
    from specs.record.model import Result


@dataclass(frozen=True)
class Count:
    """How many cases the level has left out.

    Attributes:
        left: the number of cases that it left out at first.
        among: the number of cases among which it chose.
        further: the number of cases left out that were tried after all.
    """

    left: int
    among: int
    further: int = 0


@dataclass
class LeftOut:
    """The cases of a service that the level leaves out in this process.

    Attributes:
        service: the description of the service.
        possible: tells whether the run can make a trial.
        among: the number of cases among which the level has chosen.
        cases: the cases that are still left out.
    """

    service: ServiceDescription
    possible: Callable[[Trial], bool]
    among: int
    cases: list[Case]

    def __post_init__(self) -> None:
        self._at_first = len(self.cases)

    @property
    def count(self) -> Count:
        """How many cases the level has left out in this process, and how many of these were tried after all."""
        return Count(self._at_first, self.among, self._at_first - len(self.cases))

    def instead_of(self, results: Iterable[tuple[Case, Result]]) -> list[Case]:
        """Choose further cases of the requirements of which the tried cases have decided nothing.

        Args:
            results: the cases that were tried last, with their results.

        Returns:
            At most one case of each requirement; ``cases`` lacks them from now on.
        """
        wanted = {case.requirement.id for case, result in results if undecided(result)}
        offered = [case for case in self.cases if case.requirement.id in wanted and self.possible(case.trial)]
        more = cheapest(offered, self.service)
        taken = {case.id for case in more}
        self.cases = [case for case in self.cases if case.id not in taken]
        return more


def essential(left: int, cases: int) -> str:
    """The sentence about the cases that the level ``essential`` leaves out."""
    return (
        f"level essential: {number(left)} of {count(cases, 'case')} left out; each requirement is tried by its "
        "cheapest case, and by another one only if that decides nothing"
    )


def undecided(result: Result) -> bool:
    """Whether a case has decided nothing of its requirement, so that another case of it may."""
    return result.verdict == "inconclusive" or (result.verdict == "inapplicable" and result.observation is None)


def corrected(notes: Iterable[dict[str, Any]], counts: Sequence[Count]) -> tuple[dict[str, Any], ...]:
    """Correct the notes of a service by the cases that its processes tried although the level had left them out.

    Args:
        notes: the notes of all processes; those about the level count the cases that were left out at first.
        counts: the counts of the processes.
    """
    further = sum(count.further for count in counts)
    now = {essential(one.left, one.among): essential(one.left - further, one.among) for one in counts}
    return tuple({**note, "text": now.get(note["text"], note["text"])} if "text" in note else note for note in notes)
