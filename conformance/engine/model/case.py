"""Requirements, cases, and promises without a case."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.engine.model.expectation import Expectation
from conformance.engine.model.trial import Trial
from specs.model import Operation
from specs.record.model import Source

ID_CHARACTERS = re.compile(r"[^A-Za-z0-9._/+:~-]+")
"""Characters that a requirement's id must not hold (DESIGN: ids are shell words and end a pytest node id)."""


def id_part(text: str) -> str:
    """Return the text as a part of an id: every run of forbidden characters becomes one dash."""
    return ID_CHARACTERS.sub("-", text).strip("-") or "-"


@dataclass(frozen=True)
class Requirement:
    """One checkable promise of the reference about an operation.

    Attributes:
        id: ``<operation id>/<kind>[/<detail>]``.
        kind: the first part after the operation; for errors with the code (``error/404``).
        source: the place of the sentence.
    """

    id: str
    operation: str
    kind: str
    source: Source


@dataclass(frozen=True)
class Case:
    """One concrete test of one requirement: a trial and the expectation that judges it.

    Attributes:
        fault: the expectation about the body of the error, if a refusal keeps the promise.
        parts: the optional parts of a cloud that the case needs.
        about: the name of the field that the promise is about; empty if it is about none.
        beside: True if the case judges less of the promise than another one, by an answer that others ask for, or
            because it is more likely that its answer decides nothing.
    """

    id: str
    requirement: Requirement
    trial: Trial
    expectation: Expectation
    fault: Expectation | None = None
    parts: frozenset[str] = frozenset()
    about: str = ""
    beside: bool = False

    @property
    def operation(self) -> Operation:
        """The operation under test."""
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
    "not-returned": "the value is not shown as it was sent, for a reason that the description of the service gives",
    "not-through-api": "it speaks of something that the API neither shows nor sets",
    "no-field": "no documented field of the listed elements shows what the parameter selects by",
    "no-place": "neither the table nor a sample shows where in the body the field stands",
    "no-situation": "no request of the suite brings about the cause that the sentence gives",
    "quota": "it needs a project at its quota",
    "provider": "the code depends on the cloud's drivers or configuration, which no request chooses",
    "not-derivable": "no resource that the operation needs can be inferred yet",
    "beyond-cloud": "it belongs to versions that the run does not try",
    "transient": "the status lasts for a moment only and cannot be held",
}
"""The reasons why a promise has no case."""


@dataclass(frozen=True)
class Suite:
    """The requirements, the cases, and the promises without a case of a set of specs.

    ``used`` names the entries of the description that some of the cases depend on.
    """

    requirements: tuple[Requirement, ...]
    cases: tuple[Case, ...]
    untested: tuple[Untested, ...] = ()
    used: tuple[str, ...] = ()
