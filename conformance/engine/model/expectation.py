"""The form that every expectation has."""

from __future__ import annotations

from abc import ABC, abstractmethod

from conformance.engine.model.evidence import Evidence, Judgement
from conformance.engine.model.probe import Probe


class Expectation(ABC):
    """A promise of the reference about one trial.

    An expectation judges only trials that were made and answered (``Evidence.problem`` is None and
    ``Evidence.status`` is not).
    """

    @property
    @abstractmethod
    def expected(self) -> str:
        """A short text of the expected outcome, for people and for the record."""

    @property
    def probes(self) -> tuple[Probe, ...]:
        """The probes that the expectation needs beside the response and the resource."""
        return ()

    @abstractmethod
    def judge(self, evidence: Evidence) -> Judgement:
        """Return the verdict on the evidence."""
