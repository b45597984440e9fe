"""A trial: one exchange in one situation.

Several cases can be judged by the same trial (the code of a response, its body and its headers), so trials, not cases,
are the things that a run plans and that cost a cloud anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeVar

from conformance.engine.model.binding import Binding, bindings_in
from conformance.engine.model.listing import Listing
from conformance.engine.model.setup import Setup
from specs.microversion import Microversion
from specs.model import Operation

_Setup = TypeVar("_Setup", bound=Setup)

Target = Literal["own", "unknown", "missing", "any"]
"""The target of the path of a request: a thing of the run (``own``); nothing, by a random id that the cloud does not
know (``unknown``), or by such an id for the last name of the path alone (``missing``); a thing of the run if the cloud
has one, else nothing (``any``)."""


@dataclass(frozen=True)
class RequestTemplate:
    """A request whose values for bindings are not known yet.

    Attributes:
        operation: the operation that is asked.
        role: the role that sends it: ``member``, ``admin``, ``reader``, ``alt``, ``visitor``, ``no-token``,
            ``bad-token``.
        fallback_role: the role that sends it again where the first is refused with 403, because the promise is not
            about roles; None where the refusal counts.
        version: the microversion to ask for; None for the highest that cloud, reference and operation share.
        path: placeholders with fixed texts, which are used without a look at the cloud.
        query: names and values of the query, Bindings too.
        headers: names and values of headers that the reference asks for, beside those of tokens and versions; Bindings
            too.
        body: the body; ``Binding`` objects stand where the cloud gives the value.
        uses_optional_fields: True if the body has more than the required fields. Such fields may be open to fewer
            roles, and may change the resource under test.
    """

    operation: Operation
    role: str
    fallback_role: str | None = None
    version: Microversion | None = None
    path: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, Any], ...] = ()
    headers: tuple[tuple[str, Any], ...] = ()
    body: Any = None
    uses_optional_fields: bool = False

    @cached_property
    def bindings(self) -> tuple[Binding, ...]:
        """The bindings in the body and the headers. Most trials of a suite are only listed, or left out of a run."""
        return tuple(bindings_in([self.body, dict(self.headers)]))


@dataclass(frozen=True)
class Situation:
    """The resource that a request is about.

    Attributes:
        state: the status of the resource that has statuses, None where none is needed.
        target: the target of the path.
        environment: the kind of the resource, by a name of the service's description; empty for the usual one.
    """

    state: str | None = None
    target: Target = "own"
    environment: str = ""


@dataclass(frozen=True)
class Outcome:
    """The outcome that the reference lets one expect of the request.

    Attributes:
        accepted: True if the request must be accepted, False if refused, None if the reference is silent.
        leads_to: the statuses after the request by the reference or the description; empty for the status before it.
        refused_for: the reason of a refusal: ``request`` (the request or its target is wrong) or ``sender`` (the
            request is as documented, but the role of the sender or a lock forbids it).
    """

    accepted: bool | None = True
    leads_to: tuple[str, ...] = ()
    refused_for: Literal["request", "sender"] = "request"


@dataclass(frozen=True)
class Once:
    """The request is sent once."""


@dataclass(frozen=True)
class Twice:
    """The request is sent twice, and the second answer counts.

    ``of_another``: the second one is about another element of the collection.
    """

    of_another: bool = False


@dataclass(frozen=True)
class Paged:
    """A list is asked for several times, between two controls."""

    listing: Listing


Exchange = Once | Twice | Paged


@dataclass(frozen=True)
class ProviderDependent:
    """The sandbox can serve the request; whether another cloud can is the choice of its provider."""


@dataclass(frozen=True)
class UnknownVersion:
    """The request names a version that the cloud does not have, so the versions of the cloud are no hindrance."""


@dataclass(frozen=True)
class Trial:
    """One exchange in one situation.

    Attributes:
        key: unique in a suite, stable from run to run.
        request: the request that is tried.
        situation: the resource that the request is about.
        setup: further conditions that must hold before the request.
        outcome: the outcome that the reference promises.
        exchange: how often the request is sent.
        gates: facts that decide whether the trial is made on a cloud.
    """

    key: str
    request: RequestTemplate
    situation: Situation = Situation()
    setup: tuple[Setup, ...] = ()
    outcome: Outcome = Outcome()
    exchange: Exchange = Once()
    gates: tuple[ProviderDependent | UnknownVersion, ...] = ()

    @property
    def operation(self) -> Operation:
        """The operation under test."""
        return self.request.operation

    def is_the_same_as(self, other: Trial) -> bool:
        """Whether this trial differs from another one in nothing but its key. What differs most often is seen first."""
        return (
            self.situation == other.situation
            and self.outcome == other.outcome
            and self.setup == other.setup
            and self.exchange == other.exchange
            and self.gates == other.gates
            and self.request == other.request
        )

    def setups(self, kind: type[_Setup]) -> list[_Setup]:
        """Return the setups of a kind."""
        return [one for one in self.setup if isinstance(one, kind)]
