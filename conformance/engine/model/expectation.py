"""The form that every expectation has."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from conformance.engine.model.evidence import Evidence, Judgement
from conformance.engine.model.probe import Probe


class Expectation(Protocol):
    """A promise of the reference about one trial.

    An expectation is asked only where the trial was made and an answer came (``Evidence.problem`` is None and
    ``Evidence.status`` is not).
    """

    @property
    @abstractmethod
    def expected(self) -> str:
        """A short text of what should come, for people and for the record."""

    @property
    def probes(self) -> tuple[Probe, ...]:
        """The things that must be looked up for it beside the answer and the resource."""
        return ()

    @abstractmethod
    def judge(self, evidence: Evidence) -> Judgement:
        """The verdict on what came."""
