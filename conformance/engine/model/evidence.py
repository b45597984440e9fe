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
"""Status codes of front ends of the service: they say nothing about the operation. A 503 counts only with Retry-After;
without it, it is an ordinary error of the service. The other answers of a framework (405, 406, 415) mean that a
documented request was not understood, which is the operation's matter."""


@dataclass(frozen=True)
class Problem:
    """The reason why a trial could not be made or finished.

    ``verdict`` is ``inconclusive`` (the situation could not be set up), ``inapplicable`` (the cloud lacks an optional
    part, or a role is missing) or ``error`` (of this suite).
    """

    verdict: Literal["inconclusive", "inapplicable", "error"]
    reason: str


@dataclass(frozen=True)
class Evidence:
    """The evidence of one trial: the answer, and the resource before and after it.

    Attributes:
        status: the status code of the response; None if the request was not sent or not answered.
        body: the JSON value of the response, its text if it is not JSON, None if it is empty.
        headers: the headers of the response, with names in lower case.
        sent: the body of the request, secrets included; ABSENT or None where it has none. It is never recorded.
        version: the microversion of the request.
        before, after: the resource as it was shown before the request and after it had settled.
        earlier: the resource as it was shown before the request when it last had the status that it has after it.
        lasting_fields: fields of the resource that change only by a request.
        statuses: the statuses seen from the request on, in order, without repetition.
        timed_out: True if the documented status was not reached within ``waited`` seconds.
        found: the findings of the probes, by probe.
        unseen: the reason why the resource could not be followed until it had settled; None if it could.
        role: the role that sent the deciding request; None for the role of the trial.
        exchanges: the requests and responses, the request under test first.
        pages: the contents of the lists, if the trial asked for a list in pages.
    """

    trial: Trial
    status: int | None = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: Any = field(default=None, repr=False)
    version: Microversion | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    earlier: Mapping[str, Any] | None = None
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
        """True if the request was accepted (2xx)."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def framework(self) -> bool:
        """True if the response belongs to no operation: the reference does not list its code of the framework."""
        if self.status not in FRAMEWORK_CODES or self.status in self.listed():
            return False
        return self.status != 503 or "retry-after" in self.headers

    def listed(self) -> set[int]:
        """Return the codes that the reference lists for the operation at the microversion of the request."""
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
        status: the status code of the deciding response, if that is not the response to the request under test.
    """

    verdict: Verdict
    observed: str
    reason: str | None = None
    deviation: DeviationClass | None = None
    observation: Mapping[str, Any] | None = None
    status: int | None = None


def holds(observed: object, observation: Mapping[str, Any] | None = None) -> Judgement:
    """Return the judgement that the promise holds."""
    return Judgement("pass", str(observed), observation=observation)


def broken(observed: object, reason: str) -> Judgement:
    """Return the judgement that the promise is broken: a contradiction."""
    return Judgement("fail", str(observed), reason, "contradiction")


def left_out(observed: object, reason: str) -> Judgement:
    """Return the judgement that the promise holds, and that the cloud does something undocumented: an omission."""
    return Judgement("pass", str(observed), reason, "omission")


def undecided(observed: object, reason: str) -> Judgement:
    """Return the judgement that the exchange does not decide the promise."""
    return Judgement("inconclusive", str(observed), reason)


def silent(observed: object, reason: str, observation: Mapping[str, Any]) -> Judgement:
    """Return the judgement on behaviour that the reference leaves open: it is observed, and never fails."""
    return Judgement("inapplicable", str(observed), reason, observation=observation)
