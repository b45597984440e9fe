"""The book of a suite: requirements, trials and cases, each written down once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from conformance.engine.api.entries import OptionalParts
from conformance.engine.model.case import Case, Requirement, Untested, id_part
from conformance.engine.model.expectation import Expectation
from conformance.engine.model.trial import Outcome, Situation, Trial
from specs.microversion import Microversion
from specs.model import Operation

FAULTS = frozenset({"error/400", "error/403", "error/404", "error/409", "refusal"})
"""Kinds of requirements whose refusals come from the service itself, and so have its form of an error body."""


_Sort = tuple[str, str, Microversion | None, tuple[tuple[str, str], ...], Situation, Outcome]
"""The parts of a trial that can be keys. Only trials that are alike in these are compared as a whole."""


@dataclass
class Book:
    """Requirements, trials and cases, each once.

    Attributes:
        fault: the form of the error bodies of the service.
        optional: the parts of the service that a cloud may lack.
    """

    requirements: dict[str, Requirement] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    trials: dict[str, Trial] = field(default_factory=dict)
    untested: list[Untested] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    fault: Expectation | None = None
    _of_operation: dict[str, list[Trial]] = field(default_factory=dict)
    _alike: dict[_Sort, list[Trial]] = field(default_factory=dict)
    _without: set[str] = field(default_factory=set)
    optional: OptionalParts = field(default_factory=OptionalParts)

    def trial(self, trial: Trial) -> Trial:
        """Return the trial that all cases of an exchange share: the first one that differs in nothing but its key.

        Raises:
            ValueError: a different trial has the key, so cases would be judged by the wrong exchange.
        """
        first = self.trials.get(trial.key)
        if first is not None and not trial.is_the_same_as(first):
            raise ValueError(f"two trials that are not the same have the key {trial.key}")
        if first is None:
            request = trial.request
            sort = request.operation.id, request.role, request.version, request.path, trial.situation, trial.outcome
            alike = self._alike.setdefault(sort, [])
            first = next((one for one in alike if trial.is_the_same_as(one)), trial)
            self.trials[trial.key] = first
            if first is trial:
                alike.append(trial)
                self._of_operation.setdefault(request.operation.id, []).append(trial)
        return first

    def trials_of(self, operation: Operation) -> Sequence[Trial]:
        """The trials of an operation so far, in order."""
        return self._of_operation.get(operation.id, ())

    def without_case(self, requirement: Requirement, reason: str, detail: str = "") -> None:
        """Note that a promise has no case, once, with a reason of ``REASONS``."""
        untested = Untested(requirement.id, reason, requirement.source, detail)
        if requirement.id not in self._without:
            self._without.add(requirement.id)
            self.untested.append(untested)

    def case(
        self,
        requirement: Requirement,
        detail: str,
        trial: Trial,
        expectation: Expectation,
        about: str = "",
        *,
        beside: bool = False,
    ) -> None:
        """Add a case. A second case of the same id is dropped with its trial, because it is the same test.

        Args:
            requirement: the promise.
            detail: the text that distinguishes the case from others of the promise; empty for the only one.
            trial: the trial that decides it.
            expectation: the expectation that judges the trial.
            about: the name of the field that the promise is about; empty if it is about none.
            beside: True if the case judges less of the promise than another one, by an answer that others ask for, or
            because it is more likely that its answer decides nothing.

        Raises:
            ValueError: as ``trial`` does.
        """
        requirement = self.requirements.setdefault(requirement.id, requirement)
        case_id = requirement.id + (f"[{id_part(detail)}]" if detail else "")
        if case_id not in self.cases:
            fault = self.fault if requirement.kind in FAULTS else None
            parts = self.optional.of(requirement.operation, about)
            own = self.trial(trial)
            self.cases[case_id] = Case(case_id, requirement, own, expectation, fault, parts, about, beside)
