"""Usual values: those that a new thing has although the request that makes it does not give them.

A value that comes back shows nothing if a service that ignores the field would show it as well. So it is compared with
the answers to accepted requests of the run that make such a thing without the field, and give no field that the request
itself does not give: another field may bring the value about. A request that makes several things at once is compared
with the one that makes a single thing, too.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from conformance.engine.api.response_fields import values_at
from conformance.engine.judge.equality import ComesBack, shows
from conformance.engine.model.case import Case
from conformance.engine.model.evidence import Evidence, Judgement
from conformance.engine.model.probe import Looked
from conformance.engine.model.trial import Once, Trial
from conformance.engine.provision.context import RunContext
from conformance.engine.run.contrast import members
from specs.model import Operation

SAME = "a request without {} was accepted, too, and the same is shown, so a service that ignores it shows it as well"
NOT_COMPARED = "no accepted request without {} was seen that tells whether a new thing has this value anyway"


@dataclass
class Usual:
    """The values that new things have without being given them. Safe to use from many threads.

    Attributes:
        cases: all cases of the suite.
        context: the objects that all lanes share, with the operations that make things.
    """

    cases: tuple[Case, ...]
    context: RunContext
    _shown: dict[tuple[str, str], list[tuple[frozenset[str], list[Any], list[Any]]]] = field(default_factory=dict)
    _sought: set[tuple[str, str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def _compared(self) -> dict[str, list[ComesBack]]:
        """The comparisons of each operation that makes a thing, by its id."""
        found: dict[str, dict[ComesBack, None]] = {}
        for case in self.cases:
            if isinstance(case.expectation, ComesBack) and self._maker(case.operation):
                found.setdefault(case.operation.id, {})[case.expectation] = None
        return {name: list(expectations) for name, expectations in found.items()}

    def _maker(self, operation: Operation) -> str:
        """The id of the operation that makes a thing of the same collection; empty if an operation makes none."""
        producers = self.context.producers
        producer = producers.made_by(operation) or producers.several_by(operation)
        return producer.operation.id if producer is not None else ""

    def note(self, evidence: Evidence) -> None:
        """Keep the values that an accepted request has not given and that answers show."""
        operation = evidence.trial.operation
        if not evidence.accepted or operation.id not in self._compared:
            return
        maker, given = self._maker(operation), _names(evidence.sent)
        for expectation in self._compared[operation.id]:
            body = evidence.body if expectation.probe is None else evidence.found.get(expectation.probe)
            body = body.shown if isinstance(body, Looked) else body
            if body in (None, "") or expectation.sent_at[-1] in given:  # at any place: other versions have others
                continue
            with self._lock:
                shown, _ = values_at(body, expectation.shown_at)
                sent, _ = values_at(evidence.sent, expectation.sent_at)  # there only if the field is the whole thing
                self._shown.setdefault((maker, expectation.name), []).append((given, sent, shown))

    def missing(self, case: Case, evidence: Evidence, judgement: Judgement) -> str | None:
        """The reason why a value that comes back shows nothing, or nothing so far; None if it counts."""
        expectation = case.expectation
        maker = self._maker(case.operation) if isinstance(expectation, ComesBack) else ""
        if judgement.verdict != "pass" or not maker or not isinstance(expectation, ComesBack):
            return None
        key = (maker, expectation.name)
        sent, _ = values_at(evidence.sent, expectation.sent_at)
        mine = _names(evidence.sent)
        with self._lock:
            others = [(shown, had) for given, had, shown in self._shown.get(key, ()) if given <= mine]
            known = [shown for shown, had in others if not had or had != sent]  # another request, not this one
            sought = key in self._sought
        if known:
            same = bool(sent) and any(shows(one, sent[0]) for shown in known for one in shown)
            return SAME.format(expectation.name) if same else None
        return None if sought or self.without(case) is None else NOT_COMPARED.format(expectation.name)

    def wanted(self, case: Case) -> bool:
        """Whether a request without the field of a case is still to be sent; True once for a field."""
        if not isinstance(case.expectation, ComesBack):
            return False
        key = (self._maker(case.operation), case.expectation.name)
        with self._lock:
            if key in self._sought:
                return False
            self._sought.add(key)
            return True

    def without(self, case: Case) -> Trial | None:
        """The simplest trial of a documented request of the operation that does not give the field; or None."""
        expectation = case.expectation
        if not isinstance(expectation, ComesBack):
            return None
        fit = [one.trial for one in self._documented(case.operation) if not _gives(one.trial, expectation)]
        wanted = case.trial.situation, case.trial.request.version
        return min(fit, key=lambda one: ((one.situation, one.request.version) != wanted, _size(one)), default=None)

    def _documented(self, operation: Operation) -> Iterable[Case]:
        return (
            one
            for one in self._normal.get(operation.id, ())
            if one.trial.outcome.accepted is True and one.trial.exchange == Once() and not one.parts
        )

    @cached_property
    def _normal(self) -> dict[str, list[Case]]:
        found: dict[str, list[Case]] = {}
        for case in self.cases:
            if case.requirement.kind == "normal":
                found.setdefault(case.operation.id, []).append(case)
        return found


def _gives(trial: Trial, expectation: ComesBack) -> bool:
    return bool(values_at(trial.request.body, expectation.sent_at)[0])


def _names(body: Any) -> frozenset[str]:
    """The names of the members of a body at any depth, without that of the whole thing."""
    wrapped = isinstance(body, dict) and len(body) == 1 and isinstance(next(iter(body.values())), dict | list)
    whole = frozenset(body) if wrapped else frozenset()
    return frozenset(key for place in members(body) for key in place if key != "[]") - whole


def _size(trial: Trial) -> int:
    return len(str(trial.request.body))
