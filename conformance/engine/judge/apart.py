"""The expectation that a normal code comes in its situation, of which a sentence of the reference tells."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.engine.judge.codes import Accepted
from conformance.engine.model.evidence import Evidence, Judgement, broken
from conformance.engine.model.expectation import Expectation


@dataclass(frozen=True)
class AcceptedWith(Expectation):
    """The one of several normal codes that belongs to the situation.

    Attributes:
        code: the code.
        situation: the situation, in words.
    """

    code: int
    situation: str

    @property
    def expected(self) -> str:
        return f"{self.code}: {self.situation}"

    def judge(self, evidence: Evidence) -> Judgement:
        if evidence.accepted and evidence.status != self.code:
            return broken(
                evidence.status, f"accepted with {evidence.status} instead of {self.code}, although {self.situation}"
            )
        return Accepted((self.code,)).judge(evidence)
