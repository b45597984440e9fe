"""The changes of status that a reference promises, with what the cloud made of them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.requirements import parts_of
from specs.record.model import VERDICTS, Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

_PROMISE = re.compile(r"(?P<resource>.+) becomes (?P<ends>.+)")
"""The expectation of a promised status, such as ``widget becomes READY or IDLE``."""


@dataclass(frozen=True)
class Transition:
    """One way of a resource from a status to a documented one.

    Attributes:
        resource: the kind of thing.
        start, end: the statuses. Of several documented ends it is the one that was seen, else the first.
        operation, requirement: their ids.
        verdict: the gravest of its cases.
    """

    resource: str
    start: str
    end: str
    operation: str
    requirement: str
    verdict: Verdict

    @property
    def action(self) -> str:
        """The last part of the operation's id, such as ``pause``."""
        return self.operation.rpartition(".")[2]


class Transitions:
    """Collects the changes of status result by result."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str, str], tuple[str, list[Verdict]]] = {}

    def add(self, result: Result) -> None:
        """Add a result, if it is about a promised status and tells the status before."""
        if result.state is None or parts_of(result).kind != "postcondition":
            return
        promise = _PROMISE.fullmatch(result.expected)
        if promise is None:
            return
        ends = promise["ends"].split(" or ")
        end = result.observed if result.observed in ends else ends[0]
        key = (promise["resource"], result.state, end, result.operation)
        self._found.setdefault(key, (result.requirement, []))[1].append(result.verdict)

    def all(self) -> dict[str, tuple[Transition, ...]]:
        """Return the transitions by resource, the resource with most of them first.

        The status before is that of the resource under test. So a resource counts only if most of its statuses before
        are statuses that it can reach, too: a copy that becomes ACTIVE while its original is PAUSED has no such way.
        """
        groups: dict[str, list[Transition]] = defaultdict(list)
        for (resource, start, end, operation), (requirement, verdicts) in self._found.items():
            verdict = next(one for one in VERDICTS if one in verdicts)
            groups[resource].append(Transition(resource, start, end, operation, requirement, verdict))
        kept = {name: tuple(group) for name, group in groups.items() if _is_its_own(group)}
        return dict(sorted(kept.items(), key=lambda item: (-len(item[1]), item[0])))


def _is_its_own(group: Iterable[Transition]) -> bool:
    starts = {one.start for one in group}
    ends = {one.end for one in group}
    return 2 * len(starts & ends) >= len(starts)
