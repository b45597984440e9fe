"""Expectations about resources that exist, or no longer exist, after a request."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.engine.judge.statuses import not_accepted
from conformance.engine.model.evidence import Evidence, Judgement, Problem, broken, holds, undecided
from conformance.engine.model.expectation import Expectation
from conformance.engine.model.probe import EffectOn, Probe
from specs.record.model import Exchange

_SAID = {"created": "is there", "deleted": "is listed no more", "unlisted": "is listed no more"}
"""Effect -> its consequence, in words."""


@dataclass(frozen=True)
class Seen:
    """The ids of the resources that an effect is about, as the API showed them.

    Attributes:
        before, after: the ids that were shown before the request, and after it.
        named: the id in the response; None if it has none.
        problem: the reason why the resources could not be seen; None if they could.
        exchange: the last exchange that looked for them.
    """

    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    named: str | None = None
    problem: Problem | None = None
    exchange: Exchange | None = None

    def shows(self, effect: str) -> bool:
        """Return whether the effect has happened."""
        if self.problem is not None:
            return False
        if effect == "created":
            return self.named in self.after if self.named else bool(self.after - self.before)
        return not self.before & self.after


@dataclass(frozen=True)
class Effect(Expectation):
    """A resource exists after the request (``created``), or is no longer listed (``deleted``, ``unlisted``)."""

    resource: str
    effect: str

    @property
    def expected(self) -> str:
        return f"afterwards the {self.resource} {_SAID[self.effect]}"

    @property
    def probes(self) -> tuple[Probe, ...]:
        return (EffectOn(self.resource, self.effect),)

    def judge(self, evidence: Evidence) -> Judgement:
        other = not_accepted(evidence)
        if other:
            return other
        seen = evidence.found.get(EffectOn(self.resource, self.effect))
        if not isinstance(seen, Seen):
            return Judgement(
                "inapplicable", "not shown", f"nothing shows whether the {self.resource} {_SAID[self.effect]}"
            )
        if seen.problem is not None:
            return Judgement(seen.problem.verdict, "not shown", seen.problem.reason)
        if seen.shows(self.effect):
            return holds("there" if self.effect == "created" else "not listed")
        if self.effect == "created":
            which = f"{seen.named}, which the answer names" if seen.named else "that would be new"
            return broken("not there", f"no {self.resource} is shown after the request: {which}")
        left = seen.before & seen.after
        if left != seen.before:
            return undecided("some listed", f"some of the {self.resource}s are listed, and which it was is not known")
        return broken("listed", f"the {self.resource} {' '.join(sorted(left))} is still listed after the request")
