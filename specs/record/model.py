"""The classes of a run record: a ``Result`` for each line of ``results.jsonl``, and ``RunInfo`` for ``run.json``.

The verdicts follow ISO 9646 / TTCN-3, with ``inapplicable`` in place of ``none``. Attribute names are the
keys of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

Verdict = Literal["pass", "fail", "inconclusive", "inapplicable", "error"]
VERDICTS: tuple[Verdict, ...] = ("fail", "error", "inconclusive", "pass", "inapplicable")
"""All verdicts, the gravest first: a requirement has the gravest verdict of its cases."""

DeviationClass = Literal["contradiction", "omission"]


@dataclass(frozen=True)
class Source:
    """A place in the reference; ``declared`` if the user's file of readings says what the sentence there promises."""

    path: str
    line: int
    declared: bool = False

    @property
    def plain(self) -> dict[str, Any]:
        """The place as in the file."""
        return {"path": self.path, "line": self.line, **({"declared": True} if self.declared else {})}


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
        service: the service of the case, in a run of several services; None in a run of one. Ids of cases are unique
            within a service only.
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
    service: str | None = None

    @property
    def name(self) -> str:
        """The id of the requirement, which is unique in the run: in a run of several services with the service."""
        return scoped(self.service, self.requirement)


SELECTS_SPECS = ("spec", "service")
"""The options of a run that select the specs to test."""


@dataclass(frozen=True)
class ServicePart:
    """One service of a run of several services.

    Attributes:
        service: its type, by os-service-types; it is unique in the run.
        endpoint, roles, spec: as in the head of a run of this service alone.
        totals: the totals of this part: as those of a run, but without the times, which the services share.
        options: the option that selects the specs of this service alone: ``service`` or ``spec``.
        lacking: the reason why this cloud offers nothing of the service, in one sentence; None if it does. All promises
            of the service are then inapplicable, and no case was tried.
    """

    service: str
    endpoint: dict[str, Any] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    spec: dict[str, Any] = field(default_factory=dict)
    totals: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    lacking: str | None = None


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
        services: the parts of a run of several services, in the order in which they were tried; empty for a run of
            one. ``endpoint`` and ``spec`` are then those of the first part, ``roles`` and ``totals`` those of all.
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
    services: tuple[ServicePart, ...] = ()

    @property
    def service(self) -> str:
        """The type of the service of a run, or of the first one; empty if the record does not say it."""
        return str(self.spec.get("service") or "")

    @property
    def heads(self) -> tuple[RunInfo, ...]:
        """The head of each service of the run, as of a run of this service alone."""
        return tuple(map(self.of, self.services)) or (self,)

    def head_of(self, service: str | None) -> RunInfo:
        """The head of a service of the run; the head itself if the run has no such part."""
        return next((self.of(part) for part in self.services if part.service == service), self)

    def of(self, part: ServicePart) -> RunInfo:
        """The head of one part of the run, as of a run of this service alone."""
        mine = (note for note in self.notes if note.get("service") in (None, part.service))
        options = {key: value for key, value in self.options.items() if key not in SELECTS_SPECS}
        return replace(
            self,
            endpoint=part.endpoint,
            roles=part.roles,
            spec=part.spec,
            options={**options, **part.options},
            totals=part.totals,
            notes=tuple({key: value for key, value in note.items() if key != "service"} for note in mine),
            services=(),
        )


def scoped(service: str | None, name: str) -> str:
    """Return an id of a record with the service before it, ``storage:groups.list/normal/200``.

    In a record of one service, which names no service beside an id, the id stays as it is.
    """
    return f"{service}:{name}" if service else name


def requirement_verdict(verdicts: list[Verdict]) -> Verdict:
    """Return the verdict of a requirement: the gravest of its cases' verdicts.

    Raises:
        ValueError: the list is empty.
    """
    for verdict in VERDICTS:
        if verdict in verdicts:
            return verdict
    raise ValueError("a requirement without a case has no verdict")
