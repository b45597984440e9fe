"""Expectations about the status and the fields of resources after a request."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.engine.cloud.kinds import GONE
from conformance.engine.judge.codes import Admitted, Refused
from conformance.engine.model.evidence import Evidence, Judgement, broken, holds, left_out, silent, undecided
from conformance.engine.model.expectation import Expectation
from conformance.engine.model.probe import Before, MadeOfAttached, Probe, StatusOf


def _or(words: tuple[str, ...]) -> str:
    return " or ".join(words)


def not_accepted(evidence: Evidence) -> Judgement | None:
    """Return the verdict if a trial decides nothing; None if it decides something."""
    if evidence.accepted:
        return undecided("unseen", evidence.unseen) if evidence.unseen else None
    return undecided(evidence.status, f"the request was answered {evidence.status}, so nothing follows from it")


@dataclass(frozen=True)
class Reaches(Expectation):
    """The resource reaches one of the documented statuses, through transient ones, and never through a failure status.

    If the reference names the transient statuses, any other status on the way is an omission.
    """

    resource: str
    values: tuple[str, ...]
    failure: tuple[str, ...] = ()
    transient: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        return f"{self.resource} becomes {_or(self.values)}"

    def judge(self, evidence: Evidence) -> Judgement:
        other = not_accepted(evidence)
        if other:
            return other
        seen = evidence.statuses
        final = evidence.after.get("status") if evidence.after is not None else "gone"
        failed = [s for s in seen if s in self.failure and s not in self.values]
        if failed and (evidence.before or {}).get("status") not in failed:
            return broken(failed[0], f"{self.resource} went to {failed[0]} instead of {_or(self.values)}")
        if final in self.values and not evidence.timed_out:
            known = {(evidence.before or {}).get("status"), *self.values, *self.transient}
            other_ways = [s for s in seen if s not in known]
            if self.transient and other_ways:
                return left_out(other_ways[0], f"{self.resource} was {other_ways[0]} on the way to {final}")
            return holds(final)
        if evidence.timed_out:
            return broken(
                final or "unknown",
                f"{self.resource} is {final} {evidence.waited:.0f} s after the request, and not {_or(self.values)}"
                + (f"; seen: {' '.join(seen)}" if seen else ""),
            )
        return broken(final or "unknown", f"{self.resource} became {final} instead of {_or(self.values)}")


@dataclass(frozen=True)
class RelatedReaches(Expectation):
    """Another resource that the operation makes or changes reaches a documented status."""

    resource: str
    values: tuple[str, ...]

    @property
    def expected(self) -> str:
        return f"{self.resource} becomes {_or(self.values)}"

    @property
    def probes(self) -> tuple[Probe, ...]:
        return (StatusOf(self.resource),)

    def judge(self, evidence: Evidence) -> Judgement:
        other = not_accepted(evidence)
        if other:
            return other
        value = evidence.found.get(StatusOf(self.resource))
        if value is None:
            return Judgement("inapplicable", "not shown", f"no status of the {self.resource} could be looked up")
        if str(value).lower() in {v.lower() for v in self.values}:
            return holds(value)
        return broken(value, f"the {self.resource} is {value} instead of {_or(self.values)}")


@dataclass(frozen=True)
class ByproductsMade(Expectation):
    """One more is made of each thing that is attached to the resource, or none of any."""

    resource: str
    made: bool

    @property
    def expected(self) -> str:
        return f"{self.resource}: {'one' if self.made else 'none'} is created of each that is attached"

    @property
    def probes(self) -> tuple[Probe, ...]:
        return (MadeOfAttached(self.resource),)

    def judge(self, evidence: Evidence) -> Judgement:
        other = not_accepted(evidence)
        if other:
            return other
        counts = evidence.found.get(MadeOfAttached(self.resource))
        if counts is None:
            return Judgement("inapplicable", "not shown", f"what is attached, or its {self.resource}, is not shown")
        those = [thing for thing, count in counts.items() if bool(count) != self.made]
        if not those:
            return holds("created" if self.made else "not created")
        observed = "not created" if self.made else "created"
        return broken(observed, f"a {self.resource} was {observed} of {len(those)} of {len(counts)}: {' '.join(those)}")


@dataclass(frozen=True)
class Unchanged(Expectation):
    """The status of the resource returns to the status before the request."""

    resource: str

    @property
    def expected(self) -> str:
        return f"the status of the {self.resource} is again what it was"

    def judge(self, evidence: Evidence) -> Judgement:
        other = not_accepted(evidence)
        if other:
            return other
        before = (evidence.before or {}).get("status")
        after = evidence.after.get("status") if evidence.after is not None else "gone"
        if before is None or after is None:
            return undecided("unknown", f"the status of the {self.resource} was not seen before and after")
        if before == after and not evidence.timed_out:
            return holds(after)
        return broken(after, f"the status of the {self.resource} was {before} and is {after}")


@dataclass(frozen=True)
class FieldRequired(Expectation):
    """A field of the resource must have one of some values: then the request is accepted, and otherwise refused.

    ``fits``: True if everything else is as documented, so the request must be accepted if the field has such a value.
    """

    field: str
    values: tuple[str, ...]
    fits: bool

    @property
    def expected(self) -> str:
        if self.fits:
            return f"accepted where {self.field} is {_or(self.values)}"
        return f"refused where {self.field} is not {_or(self.values)}"

    @property
    def probes(self) -> tuple[Probe, ...]:
        return (Before(),) if self.fits else ()

    def judge(self, evidence: Evidence) -> Judgement:
        before = evidence.before or {}
        if self.field not in before:
            return Judgement(
                "inapplicable", "not shown", f"no {self.field} of the resource was shown before the request"
            )
        shown = before[self.field]
        if shown not in self.values:
            why = f"{self.field} is {shown}, not {_or(self.values)}"
            return Refused((), why, any_refusal=True).judge(evidence)
        if self.fits:
            return Admitted(f"{self.field} is {shown}").judge(evidence)
        return Judgement("inapplicable", str(shown), f"{self.field} was {shown}, as it must be")


@dataclass(frozen=True)
class InVocabulary(Expectation):
    """Every status seen is one that the reference documents."""

    values: tuple[str, ...]

    expected = "statuses of the documented vocabulary only"

    def judge(self, evidence: Evidence) -> Judgement:
        # A resource that is gone has no status; the word for that is this suite's own.
        seen = [s for s in evidence.statuses if s and (s != GONE or GONE in self.values)]
        after = (evidence.after or {}).get("status")
        strange = [s for s in [*seen, *([after] if after else [])] if s not in self.values]
        if strange:
            return broken(strange[0], f"the status {strange[0]} is not one that the reference documents")
        if not evidence.accepted:  # the resource stays as it was, and shows nothing of the operation
            return undecided(evidence.status, f"the request was answered {evidence.status}, so nothing follows from it")
        if not seen and after is None:
            if GONE in evidence.statuses:
                return silent("gone", "the resource was gone before it showed a status", {})
            return undecided("none", "no status was seen")
        return holds(" ".join(seen) or after)
