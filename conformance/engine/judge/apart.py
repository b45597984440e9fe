"""Expectations about accepted requests in a special form: the code of a situation, and one optional field alone."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.engine.judge.codes import Accepted, AnsweredAsListed
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


@dataclass(frozen=True)
class TakenAlone(Expectation):
    """A request with one optional field and no other: a normal code if it is accepted, else any listed refusal.

    Attributes:
        codes: the normal ones.
        field: the name of the field.
    """

    codes: tuple[int, ...]
    field: str

    @property
    def expected(self) -> str:
        return f"{Accepted(self.codes).expected}, or refused with a listed code: {self.field} alone"

    def judge(self, evidence: Evidence) -> Judgement:
        if evidence.accepted:
            return Accepted(self.codes).judge(evidence)
        return AnsweredAsListed(f"{self.field} without other optional fields").judge(evidence)
