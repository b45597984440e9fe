"""The index of the services of a run: the results of each in one row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports import words
from specs.record.model import VERDICTS

if TYPE_CHECKING:
    from reports.view import View
    from specs.record.model import RunInfo


@dataclass(frozen=True)
class Row:
    """One service of a run of several.

    Attributes:
        service: its type.
        head: the head of the record of this service.
        view: its results; None if the cloud lacks the service.
        lacking: the reason why the cloud lacks it; empty if it does not.
    """

    service: str
    head: RunInfo
    view: View | None
    lacking: str = ""

    @property
    def contradictions(self) -> int:
        """Number of deviations of class contradiction, without the waived ones."""
        return sum(len(cause.findings) for cause in self.view.contradictions) if self.view else 0

    @property
    def omissions(self) -> int:
        """Number of deviations of class omission, without the waived ones."""
        return sum(len(cause.findings) for cause in self.view.omissions) if self.view else 0

    @property
    def said(self) -> str:
        """The results in one sentence without its end."""
        if self.view is None:
            return f"{self.lacking}: its {words.count(self.operations, 'operation')} are inapplicable"
        counts = self.view.requirements
        verdicts = ", ".join(f"{words.number(counts[one])} {one}" for one in VERDICTS if counts[one])
        deviations = f"{words.count(self.contradictions, 'contradiction')}, {words.count(self.omissions, 'omission')}"
        return f"{words.count(sum(counts.values()), 'requirement')} ({verdicts or 'none was tried'}), {deviations}"

    @property
    def operations(self) -> int:
        """Number of operations of the reference; 0 if the record does not say it."""
        found = self.head.spec.get("operations")
        return found if isinstance(found, int) else 0


def index(view: View) -> list[Row]:
    """Return a row for each service of a run of several services, in the order of the run; none for a run of one."""
    found = {part.info.service: part for part in view.parts}
    return [
        Row(part.service, view.info.of(part), found.get(part.service), part.lacking or "")
        for part in view.info.services
    ]
