"""The evidence of a trial, and the judgement on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from conformance.engine.model.listing import Pages
from conformance.engine.model.probe import Probe
from conformance.engine.model.trial import Trial
from specs.microversion import Microversion
from specs.record.model import DeviationClass, Exchange, Verdict

FRAMEWORK_CODES = frozenset({413, 429, 503})
"""Codes of what stands before the service: they say nothing of the operation. A 503 does so only with Retry-After:
without it, it is an error of the service like any other. The other answers of a framework (405, 406, 415) mean that a
documented request was not understood, which is the operation's matter."""


@dataclass(frozen=True)
class Problem:
    """Why a trial could not be made or finished.

    ``verdict`` is ``inconclusive`` (the situation could not be set up), ``inapplicable`` (the cloud lacks an optional
    part, or a role is missing) or ``error`` (of this suite).
    """

    verdict: Literal["inconclusive", "inapplicable", "error"]
    reason: str


@dataclass(frozen=True)
class Evidence:
    """The evidence of one trial: the answer, and the resource before and after it.

    Attributes:
        status: the code of the answer, None where the request was not sent or no answer came.
        body: its JSON value, its text where it is no JSON, None where it is empty.
        headers: its headers, names in lower case.
        sent: the body of the request, secrets included; ABSENT or None where it has none. It is never recorded.
        version: the microversion that was asked for.
        before, after: the resource as it was shown before the request and after it had settled.
        lasting_fields: fields of it that nothing but a request changes.
        statuses: the statuses seen from the request on, in order, without repetition.
        timed_out: whether the wait for the documented status ran out, after ``waited`` seconds.
        found: what was looked up beside them, by the probe of an expectation.
        unseen: why the resource could not be followed until it had settled, None where it was.
        role: as whom the request was sent in the end, None for the role of the trial.
        exchanges: what was sent and received, the tried request first.
        pages: what the lists showed, where the trial asked for a list in pages.
    """

    trial: Trial
    status: int | None = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: Any = field(default=None, repr=False)
    version: Microversion | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    lasting_fields: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    timed_out: bool = False
    waited: float = 0.0
    found: Mapping[Probe, Any] = field(default_factory=dict)
    exchanges: tuple[Exchange, ...] = ()
    problem: Problem | None = None
    unseen: str | None = None
    role: str | None = None
    pages: Pages | None = None

    @property
    def accepted(self) -> bool:
        """Whether the request was accepted (2xx)."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def framework(self) -> bool:
        """Whether the answer belongs to no operation: a code of the framework that the reference does not list."""
        if self.status not in FRAMEWORK_CODES or self.status in self.listed():
            return False
        return self.status != 503 or "retry-after" in self.headers

    def listed(self) -> set[int]:
        """The codes that the reference lists for the operation at the version asked for."""
        responses = self.trial.operation.responses
        return {
            code.code
            for code in (*responses.normal, *responses.error)
            if self.version is None or self.version in code.range
        }


@dataclass(frozen=True)
class Judgement:
    """The verdict on one case.

    Attributes:
        deviation: None, ``contradiction`` (verdict fail) or ``omission`` (verdict pass).
        status: the code of the answer that decided, where that is not the answer to the tried request.
    """

    verdict: Verdict
    observed: str
    reason: str | None = None
    deviation: DeviationClass | None = None
    observation: Mapping[str, Any] | None = None
    status: int | None = None


def holds(observed: object, observation: Mapping[str, Any] | None = None) -> Judgement:
    """The promise held."""
    return Judgement("pass", str(observed), observation=observation)


def broken(observed: object, reason: str) -> Judgement:
    """The promise is broken: a contradiction."""
    return Judgement("fail", str(observed), reason, "contradiction")


def left_out(observed: object, reason: str) -> Judgement:
    """The promise held, and the cloud does something that the reference leaves out."""
    return Judgement("pass", str(observed), reason, "omission")


def undecided(observed: object, reason: str) -> Judgement:
    """The exchange does not decide the promise."""
    return Judgement("inconclusive", str(observed), reason)


def silent(observed: object, reason: str, observation: Mapping[str, Any]) -> Judgement:
    """The reference is silent or leaves the choice to the provider: observed, never failed."""
    return Judgement("inapplicable", str(observed), reason, observation=observation)
