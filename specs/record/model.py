"""The classes of a run record: one ``Result`` a line of ``results.jsonl``, and ``RunInfo`` for ``run.json``.

Verdicts are those of ISO 9646 / TTCN-3 with ``none`` split by its two causes. Attribute names are the keys of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Verdict = Literal["pass", "fail", "inconclusive", "inapplicable", "error"]
VERDICTS: tuple[Verdict, ...] = ("fail", "error", "inconclusive", "pass", "inapplicable")
"""All verdicts, weightiest first: a requirement has the first that any of its cases has."""

DeviationClass = Literal["contradiction", "omission"]


@dataclass(frozen=True)
class Source:
    """A place in the reference."""

    path: str
    line: int


@dataclass(frozen=True)
class SentRequest:
    """A request as it went out. Secrets are replaced before it gets here."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True)
class ReceivedResponse:
    """An answer as it came. ``body`` is the JSON value, or the text where it is no JSON, or None where it is empty."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True)
class Exchange:
    """A request and its answer (None where none came); ``ms`` is the time between them in milliseconds."""

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
        """The deviation of a requirement: ``<requirement id>!<class>!<observed>``."""
        return cls(f"{requirement}!{class_}!{observed}", class_, observed)


@dataclass(frozen=True)
class Result:
    """The outcome of one case.

    Attributes:
        expected, observed: short texts for people, such as a code or a status. No program takes facts out of them: each
            fact has a field.
        role: as whom the judged request was sent.
        status: the code of the answer that was judged; None where nothing was sent or no answer came, and in records
            that were written before the field existed.
        accepted: whether that answer accepted the request (2xx); None as ``status`` is.
        exchanges: what was sent and received, the tried request first.
        reason: why, wherever the verdict is not pass; one sentence.
        observation: what the cloud does where the reference is silent or leaves the choice: facts, never a verdict.
        omissions: deviations of class omission beyond the first, which stands in ``deviation``.
        seconds: time spent on the case.
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
        format: of the record, 1.
        started, finished: UTC times in ISO 8601; ``finished`` is None while it runs or if it was killed.
        endpoint: what was tried: ``url``, ``release`` of the sandbox if it is one, ``min`` and ``max`` microversions.
        roles: the roles that the run had.
        environment: Python, platform and versions of this distribution and of what it uses.
        spec: ``service``, ``package``, ``version``, ``operations``.
        options: the options of the run, without secrets.
        totals: counts by verdict, and ``cases``, ``requirements``, ``requests``, ``seconds``; ``made`` says of each
            resource with statuses how many the run made, by the resource's name.
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
    """The verdict of a requirement from those of its cases: the weightiest present.

    Raises:
        ValueError: there is none.
    """
    for verdict in VERDICTS:
        if verdict in verdicts:
            return verdict
    raise ValueError("a requirement without a case has no verdict")
