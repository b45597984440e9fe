"""The comparison of a run's deviations with those of an earlier run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.words import count
from specs.record.model import scoped

if TYPE_CHECKING:
    from reports.view import View


@dataclass(frozen=True)
class Comparison:
    """The ids of the deviations of a run and its baseline.

    Attributes:
        new: deviations of this run only.
        gone: deviations of the baseline only, whose requirement was decided in this run.
        unchanged: deviations of both.
        untried: deviations of the baseline only, whose requirement was not decided in this run: they may still exist.
    """

    new: tuple[str, ...]
    gone: tuple[str, ...]
    unchanged: tuple[str, ...]
    untried: tuple[str, ...]

    @property
    def parts(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The four attributes with their names, the most important first."""
        return (
            ("new", self.new),
            ("gone", self.gone),
            ("not tried this time", self.untried),
            ("unchanged", self.unchanged),
        )

    @property
    def sentence(self) -> str:
        """The counts in one sentence."""
        text = f"{count(len(self.new), 'deviation')} new, {len(self.gone)} gone, {len(self.unchanged)} unchanged"
        return f"{text}, {len(self.untried)} not tried this time." if self.untried else f"{text}."


def compare(now: View, baseline: View) -> Comparison:
    """Compare two runs by the ids of their deviations; each list is in the order of its record.

    A run of one service is compared with the same service of the baseline, if that is of several.
    """
    several = bool(now.parts)
    here, decided = _ids(now, several), _decided(now, several)
    earlier = baseline if several else baseline.of(now.info.service)
    before = _ids(earlier, several) if earlier is not None else {}
    lost = [(identity, requirement) for identity, requirement in before.items() if identity not in here]
    return Comparison(
        new=tuple(identity for identity in here if identity not in before),
        gone=tuple(identity for identity, requirement in lost if requirement in decided),
        unchanged=tuple(identity for identity in here if identity in before),
        untried=tuple(identity for identity, requirement in lost if requirement not in decided),
    )


def _ids(view: View, several: bool) -> dict[str, str]:
    """The deviations of a view, each with its requirement; with their services if the compared run is of several."""
    return {
        scoped(service, finding.id): scoped(service, finding.example.requirement)
        for part in view.services
        for service in [part.info.service if several else None]
        for finding in part.findings
    }


def _decided(view: View, several: bool) -> set[str]:
    return {
        scoped(part.info.service if several else None, requirement.id)
        for part in view.services
        for operation in part.operations
        for requirement in operation.requirements.values()
        if requirement.decided
    }
