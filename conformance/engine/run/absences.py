"""Absences: a field that is missing outside its versions shows nothing if no answer shows it within them either.

A cloud that lacks the field altogether answers so at every version. So an absence counts beside an answer of the run
that has the field, to an accepted request of the same operation.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from conformance.engine.api.response_fields import values_at
from conformance.engine.judge.contents import FieldAbsent, HeaderAbsent
from conformance.engine.model.case import Case
from conformance.engine.model.evidence import Evidence, Judgement

Absent = FieldAbsent | HeaderAbsent
"""An expectation about a field, or a header, outside its versions."""

ABSENT = (FieldAbsent, HeaderAbsent)

NEVER_SHOWN = "no answer shows {} in its versions either, so its absence outside them shows nothing"


@dataclass
class Absences:
    """The fields with versions that answers have shown. Safe to use from many threads.

    Attributes:
        cases: all cases of the suite.
    """

    cases: tuple[Case, ...]
    _shown: set[tuple[str, Absent]] = field(default_factory=set)
    _tried: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def _looked_for(self) -> dict[str, list[Absent]]:
        """The expectations of each operation that something is absent, by its id."""
        found: dict[str, dict[Absent, None]] = {}
        for case in self.cases:
            if isinstance(case.expectation, ABSENT):
                found.setdefault(case.operation.id, {})[case.expectation] = None
        return {name: list(expectations) for name, expectations in found.items()}

    @cached_property
    def _within(self) -> dict[str, list[Case]]:
        """The cases within the versions, by the id of the requirement."""
        bounded = {case.requirement.id for case in self.cases if isinstance(case.expectation, ABSENT)}
        found: dict[str, list[Case]] = {}
        for case in self.cases:
            if case.requirement.id in bounded and not isinstance(case.expectation, ABSENT):
                found.setdefault(case.requirement.id, []).append(case)
        return found

    def note(self, evidence: Evidence) -> None:
        """Keep the fields that the answer to an accepted request shows."""
        operation = evidence.trial.operation.id
        looked_for = self._looked_for.get(operation)
        if looked_for is None:
            return
        shown = {(operation, one) for one in looked_for if evidence.accepted and _shows(evidence, one)}
        with self._lock:
            self._tried.add(evidence.trial.key)
            self._shown |= shown

    def missing(self, case: Case, judgement: Judgement) -> str | None:
        """The reason why an absence shows nothing, or nothing so far; None if it counts."""
        expectation = case.expectation
        if judgement.verdict != "pass" or not isinstance(expectation, ABSENT):
            return None
        with self._lock:
            shown = (case.operation.id, expectation) in self._shown
        return None if shown else NEVER_SHOWN.format(expectation.name)

    def wanted(self, case: Case, lacking: frozenset[str]) -> Iterator[Case]:
        """The cases within the versions whose trials the run has not made; each is given once.

        Args:
            case: a case that something is absent.
            lacking: the optional parts that the cloud lacks.
        """
        for within in self._within.get(case.requirement.id, ()) if isinstance(case.expectation, ABSENT) else ():
            with self._lock:
                new = within.trial.key not in self._tried and not within.parts & lacking
                self._tried.add(within.trial.key)
            if new:
                yield within


def _shows(evidence: Evidence, expectation: Absent) -> bool:
    if isinstance(expectation, HeaderAbsent):
        return expectation.name.lower() in evidence.headers
    return bool(values_at(evidence.body, expectation.place)[0])
