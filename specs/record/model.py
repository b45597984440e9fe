"""The classes of a run record: a ``Result`` for each line of ``results.jsonl``, and ``RunInfo`` for ``run.json``.

The verdicts follow ISO 9646 / TTCN-3, with ``inapplicable`` in place of ``none``. Attribute names are the
keys of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Verdict = Literal["pass", "fail", "inconclusive", "inapplicable", "error"]
VERDICTS: tuple[Verdict, ...] = ("fail", "error", "inconclusive", "pass", "inapplicable")
"""All verdicts, the gravest first: a requirement has the gravest verdict of its cases."""

DeviationClass = Literal["contradiction", "omission"]


@dataclass(frozen=True)
class Source:
    """A place in the reference."""

    path: str
    line: int


@dataclass(frozen=True)
class SentRequest:
    """A request as it was sent, with its secrets replaced."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True)
class ReceivedResponse:
    """A response. ``body`` is its JSON value, or its text if that is not JSON, or None if it is empty."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True)
class Exchange:
    """A request and its response (None if none came); ``ms`` is the time between them in milliseconds."""

    request: SentRequest
    response: ReceivedResponse | None
    ms: float


@dataclass(frozen=True)
class Deviation:
    """A contradiction or an omission, with an identity that stays the same from run to run.

    ``class_`` is the key ``class`` of the file.
    """

    id: str
    class_: DeviationClass
    observed: str

    @classmethod
    def of(cls, requirement: str, class_: DeviationClass, observed: str) -> Deviation:
        """Make the deviation of a requirement, with the id ``<requirement id>!<class>!<observed>``."""
        return cls(f"{requirement}!{class_}!{observed}", class_, observed)


@dataclass(frozen=True)
class Result:
    """The outcome of one case.

    Attributes:
        expected, observed: short texts for people, such as a code or a status. Programs do not parse them: each fact
            has a field of its own.
        role: the role that sent the judged request.
        status: the status code of the judged response; None if there is no response, or the record is older than this
            field.
        accepted: True if that response accepted the request (2xx); None if ``status`` is None.
        exchanges: the requests and their responses, the tried request first.
        reason: one sentence with the reason for any verdict but pass.
        observation: facts about the cloud's behaviour where the reference is silent or leaves the choice to the
            provider; never a verdict.
        omissions: deviations of class omission beyond the first, which is in ``deviation``.
        seconds: time spent on the case, in seconds.
    """

    case: str
    requirement: str
    operation: str
    verdict: Verdict
    source: Source
    expected: str
    observed: str
    microversion: str | None = None
    role: str | None = None
    status: int | None = None
    accepted: bool | None = None
    reason: str | None = None
    deviation: Deviation | None = None
    waiver: dict[str, Any] | None = None
    exchanges: tuple[Exchange, ...] = ()
    seconds: float = 0.0
    kind: str | None = None
    state: str | None = None
    omissions: tuple[Deviation, ...] = ()
    observation: dict[str, Any] | None = None


@dataclass(frozen=True)
class RunInfo:
    """The head of a run record (``run.json``).

    Attributes:
        format: format of the record, 1.
        started, finished: UTC times in ISO 8601; ``finished`` is None while the run goes on, or if it was killed.
        endpoint: the cloud: ``url``, ``release`` of a sandbox, ``min`` and ``max`` microversions.
        roles: the roles for which the run had tokens.
        environment: Python, platform, and versions of this distribution and of the libraries that it uses.
        spec: ``service``, ``package``, ``version``, ``operations``.
        options: the options of the run, without secrets.
        totals: counts by verdict, and ``cases``, ``requirements``, ``requests``, ``seconds``; ``made`` has the number
            of created resources, by the name of each resource with statuses; ``purposes`` has the number of requests
            by what they served; ``processor_seconds`` is the processor time of all processes of the suite.
        notes: facts about the run that the reader should know: entries of the bindings and of the state table that
            the run had to use, parts of the cloud that were missing.
    """

    started: str
    format: int = 1
    finished: str | None = None
    endpoint: dict[str, Any] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    environment: dict[str, Any] = field(default_factory=dict)
    spec: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    totals: dict[str, Any] = field(default_factory=dict)
    notes: tuple[dict[str, Any], ...] = ()
    exit_status: int | None = None


def requirement_verdict(verdicts: list[Verdict]) -> Verdict:
    """Return the verdict of a requirement: the gravest of its cases' verdicts.

    Raises:
        ValueError: the list is empty.
    """
    for verdict in VERDICTS:
        if verdict in verdicts:
            return verdict
    raise ValueError("a requirement without a case has no verdict")
