"""Compare the deviations of a run with those of an earlier one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.words import count

if TYPE_CHECKING:
    from reports.view import View


@dataclass(frozen=True)
class Comparison:
    """The identities of the deviations of two runs.

    Attributes:
        new: in this run only.
        gone: in the baseline only, and their requirement was decided in this run.
        unchanged: in both.
        untried: in the baseline only, but this run did not decide their requirement: they may still be there.
    """

    new: tuple[str, ...]
    gone: tuple[str, ...]
    unchanged: tuple[str, ...]
    untried: tuple[str, ...]

    @property
    def parts(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """All four with their names, in the order in which they matter."""
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
    """Compare by identity; the order is that of each record."""
    here = {finding.id for finding in now.findings}
    before = {finding.id: finding.example.requirement for finding in baseline.findings}
    decided = {
        requirement.id
        for operation in now.operations
        for requirement in operation.requirements.values()
        if requirement.decided
    }
    lost = [(identity, requirement) for identity, requirement in before.items() if identity not in here]
    return Comparison(
        new=tuple(finding.id for finding in now.findings if finding.id not in before),
        gone=tuple(identity for identity, requirement in lost if requirement in decided),
        unchanged=tuple(finding.id for finding in now.findings if finding.id in before),
        untried=tuple(identity for identity, requirement in lost if requirement not in decided),
    )
