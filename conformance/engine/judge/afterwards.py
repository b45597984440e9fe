"""Expectations about what is shown after an accepted request: brought back, switched, gone, or in the list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.judge.equality import shows
from conformance.engine.judge.statuses import not_accepted
from conformance.engine.model.evidence import Evidence, Judgement, broken, holds, undecided
from conformance.engine.model.expectation import Expectation
from conformance.engine.model.probe import Before, Listed, Looked, Probe, Removed

_DELETED = re.compile(r"(soft.)?delet(e|ed|ing)(_.*)?", re.IGNORECASE)
_KEPT = re.compile(r"(soft.)?deleted(_.*)?|delete_complete", re.IGNORECASE)

MISSING = (404, 410)
"""Codes of a thing that does not exist, or no longer."""


@dataclass(frozen=True)
class Switched(Expectation):
    """A field of the resource under test has one value before the request, and another one after it."""

    field: str
    value: Any

    @property
    def expected(self) -> str:
        return f"{self.field} is {self.value} afterwards"

    @property
    def probes(self) -> tuple[Probe, ...]:
        return (Before(),)

    def judge(self, evidence: Evidence) -> Judgement:
        other = not_accepted(evidence)
        if other:
            return other
        before, after = ((view or {}).get(self.field, ABSENT) for view in (evidence.before, evidence.after))
        if before is ABSENT or after is ABSENT:
            return _not_shown(f"the resource does not show {self.field} before and after the request")
        if before == self.value:
            return undecided(before, f"{self.field} was {before} before the request, too")
        if after == self.value:
            return holds(after)
        return broken(after, f"{self.field} is still {after} after the request, and not {self.value}")


@dataclass(frozen=True)
class BroughtBack(Expectation):
    """A field of the resource is again as it was when the resource last had the status that it has now."""

    field: str

    @property
    def expected(self) -> str:
        return f"{self.field} is again what it was"

    @property
    def probes(self) -> tuple[Probe, ...]:
        return (Before(self.field),)

    def judge(self, evidence: Evidence) -> Judgement:
        other = not_accepted(evidence)
        if other:
            return other
        earlier, before, after = (
            (view or {}).get(self.field, ABSENT) for view in (evidence.earlier, evidence.before, evidence.after)
        )
        if earlier is ABSENT or after is ABSENT:
            return _not_shown(f"{self.field} was not seen both in this status earlier and after the request")
        if earlier == before:
            return _not_shown(f"{self.field} was not changed, so nothing shows whether it is brought back")
        if shows(after, earlier):
            return holds("as before")
        kept = "is still what it was before the request" if after == before else "has another value"
        return broken("kept" if after == before else "another value", f"{self.field} {kept}, and is not brought back")


@dataclass(frozen=True)
class GoneAfterwards(Expectation):
    """The thing that the request removes is shown before it, and 404 is answered for it afterwards."""

    probe: Removed

    @property
    def expected(self) -> str:
        return f"{self.probe.operation} is answered 404 afterwards"

    @property
    def probes(self) -> tuple[Probe, ...]:
        return (self.probe,)

    def judge(self, evidence: Evidence) -> Judgement:
        if not evidence.accepted:
            return undecided(evidence.status, f"the request was answered {evidence.status}, so nothing was removed")
        seen = evidence.found.get(self.probe)
        if not isinstance(seen, Looked) or seen.before is None or not 200 <= seen.before < 300:
            return _not_shown(f"{self.probe.operation} did not show the thing before the request")
        if seen.status in MISSING:
            return holds(seen.status)
        if seen.status is not None and 200 <= seen.status < 300:
            if kept_as_deleted(seen.shown):
                return _not_shown(f"{self.probe.operation} goes on to show it, as something that was deleted")
            if _says(_DELETED, seen.shown):
                return undecided(
                    "deleted", f"{self.probe.operation} still shows it, as something that is being deleted"
                )
            return broken(seen.status, f"{self.probe.operation} still shows what the request has removed")
        return undecided(seen.status or "no answer", f"{self.probe.operation} was answered {seen.status}")


@dataclass(frozen=True)
class InTheList(Expectation):
    """The thing that the request makes is in the list of its collection."""

    probe: Listed

    @property
    def expected(self) -> str:
        return f"{self.probe.operation} lists it afterwards"

    @property
    def probes(self) -> tuple[Probe, ...]:
        return (self.probe,)

    def judge(self, evidence: Evidence) -> Judgement:
        if not evidence.accepted:
            return undecided(evidence.status, f"the request was answered {evidence.status}, so nothing was made")
        seen = evidence.found.get(self.probe)
        if not isinstance(seen, Looked):
            return _not_shown("the response does not name what was made")
        if seen.shown is not None:
            return holds("listed")
        if seen.status is None or not 200 <= seen.status < 300:
            return undecided(seen.status or "no answer", f"{self.probe.operation} was answered {seen.status}")
        if seen.more:
            return undecided("not on the first page", f"{self.probe.operation} has more pages than were asked for")
        return broken("not listed", f"{self.probe.operation} does not list what the request has made")


def kept_as_deleted(shown: Any) -> bool:
    """Whether a view has a value such as ``SOFT_DELETED`` or ``DELETE_COMPLETE``: some services keep removed things."""
    return _says(_KEPT, shown)


def _says(word: re.Pattern[str], shown: Any) -> bool:
    if isinstance(shown, dict | list):
        return any(_says(word, one) for one in (shown.values() if isinstance(shown, dict) else shown))
    return isinstance(shown, str) and word.fullmatch(shown) is not None


def _not_shown(reason: str) -> Judgement:
    return Judgement("inapplicable", "not shown", reason)
