"""The words of the engine: requirement, situation, trial and case.

A *trial* is one exchange in one situation. Several *cases* can be judged by the same trial (the code of a response, its
body and its headers), so trials, not cases, are what a run plans and what costs a cloud anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from conformance.engine.listing import Listing
from specs.model import Operation
from specs.record.model import Source

if TYPE_CHECKING:
    from conformance.engine.entries import Step
    from conformance.engine.judge.expectation import Expectation

ID_CHARACTERS = re.compile(r"[^A-Za-z0-9._/+:~-]+")
"""What may not stand in a requirement's id (DESIGN: ids are shell words and the last part of a pytest node id)."""


def id_part(text: str) -> str:
    """The text as a part of an id: every run of characters that may not stand there becomes one dash."""
    return ID_CHARACTERS.sub("-", text).strip("-") or "-"


@dataclass(frozen=True)
class Requirement:
    """One checkable promise of the reference about an operation.

    Attributes:
        id: ``<operation id>/<kind>[/<detail>]``.
        kind: the first part after the operation; for errors with the code (``error/404``).
        source: the sentence's place.
    """

    id: str
    operation: str
    kind: str
    source: Source


@dataclass(frozen=True)
class Binding:
    """A value that only the cloud can give: an attribute of a resource in a relation to the server under test.

    ``relation`` is ``any`` (discovered, only read), ``free`` (made by this run, not attached), ``attached``, ``other``
    (one that the server does not use now) or ``new`` (a fresh value, such as a name). A resource that begins with a
    slash is a collection: the value names an element that the lane has made (``other``: a second one), or is what the
    element's own view shows now (``shown``). ``plain`` stands for it where nothing is to be made.
    """

    resource: str
    attribute: str = "id"
    relation: str = "any"
    plain: Any = None

    def __str__(self) -> str:
        return f"{self.resource}.{self.attribute} ({self.relation})"


@dataclass(frozen=True)
class Situation:
    """What must be so before the request is sent.

    Attributes:
        state: the status of the server, None where no server is needed.
        locked: whether its owner has locked it.
        target: ``own`` (the server of this lane), ``unknown`` (a random id that the cloud does not know), ``missing``
            (such an id for the last name of the path alone), ``any`` (own where there is one, else unknown) or None.
    """

    state: str | None = None
    locked: bool = False
    target: str | None = "own"


@dataclass(frozen=True)
class Trial:
    """One exchange in one situation.

    Attributes:
        key: unique in a suite, stable from run to run.
        operation: what is asked.
        role: ``member``, ``admin``, ``reader``, ``alt``, ``no-token`` or ``bad-token``.
        microversion: the version to ask for, or None for the highest that run and operation share.
        query: names and values of the query, Bindings too.
        body: the request body; ``Binding`` objects stand where the cloud gives the value.
        accepted: whether the reference lets one expect that the request is accepted: True, False or None (silent).
        leads_to: the statuses that the reference or the state table gives for afterwards; empty: the same as before.
        may_elevate: whether an administrator may take the place of a member who is refused with 403, because the
            promise is not about roles.
        beyond_base: whether the request holds more than the reference requires, so that the server is not what it was
            created as after it.
        effect_of: name and value of a request field whose effect is looked for afterwards in the resource.
        path: placeholders with texts that stand for them whatever exists.
        repeat: whether the request is sent twice, and the second answer is the one that counts: ``same`` for the same
            target, ``other`` for a second element of the collection, empty for once.
        listing: what is tried on a list, where the trial asks for it more than once.
        stands_in: whether what the request needs is there in the sandbox, and elsewhere by the provider's choice.
        barred: whether the request is as it should be, and is refused only for who asks, or for a lock.
        ended: whether what the path names while it lasts has come to its end before the request is sent.
        having: operations; what the path of each names is there when the request is sent.
        steps: what goes before the request beyond what its operation always needs: so that it is refused, or shows what
            it documents. After steps, and after what had to be there, the lane makes what it needs anew.
    """

    key: str
    operation: Operation
    situation: Situation
    role: str
    body: Any = None
    query: tuple[tuple[str, Any], ...] = ()
    microversion: str | None = None
    accepted: bool | None = True
    leads_to: tuple[str, ...] = ()
    may_elevate: bool = False
    beyond_base: bool = False
    effect_of: tuple[str, Any] | None = None
    path: tuple[tuple[str, str], ...] = ()
    repeat: Literal["", "same", "other"] = ""
    barred: bool = False
    listing: Listing | None = None
    ended: bool = False
    having: tuple[str, ...] = ()
    stands_in: bool = False
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Case:
    """One concrete test of one requirement: a trial and what is expected of it.

    ``fault`` is what is expected of the body besides, where the answer is a refusal that keeps the promise.
    """

    id: str
    requirement: Requirement
    trial: Trial
    expectation: Expectation
    fault: Expectation | None = None

    @property
    def operation(self) -> Operation:
        """The operation that the case is about."""
        return self.trial.operation


@dataclass(frozen=True)
class Untested:
    """A promise that has no case, with the reason in the fixed vocabulary of ``REASONS``."""

    requirement: str
    reason: str
    source: Source
    detail: str = ""


REASONS = {
    "no-constraint": "the reference states nothing about the request that a request could break",
    "not-through-api": "it speaks of something that the API neither shows nor sets",
    "no-field": "no documented field of the listed elements shows what the parameter selects by",
    "no-place": "neither the table nor a sample shows where in the body the field stands",
    "quota": "it needs a project at its quota",
    "provider": "the code depends on the cloud's drivers or configuration, which no request chooses",
    "not-derivable": "no resource that the operation needs can be inferred yet",
    "beyond-cloud": "it belongs to microversions that the run does not try",
    "transient": "the status lasts for a moment only and cannot be held",
}
"""Why a promise has no case."""


@dataclass(frozen=True)
class Suite:
    """All that a set of specs gives: requirements, cases, and promises without a case.

    ``used`` names the entries of the tables without which some of the cases would not be.
    """

    requirements: tuple[Requirement, ...]
    cases: tuple[Case, ...]
    untested: tuple[Untested, ...] = ()
    used: tuple[str, ...] = ()
