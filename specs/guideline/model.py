"""The classes of a guideline file. Attribute names are the keys of the file (``schemas/guideline-1.json``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Literal

from specs.record.ids import RequirementId

FORMAT = 1

Status = Literal["required", "advisory", "deprecated", "removed"]
"""The standing of a capability: only ``required`` ones decide whether a cloud follows the guideline."""

MEMBER = "member"
"""The role that a capability needs unless it names others."""


@dataclass(frozen=True)
class Origin:
    """A document outside of the references: a standard, with its address and the section."""

    title: str
    url: str
    section: str | None = None


@dataclass(frozen=True)
class Scope:
    """A service that the guideline applies to.

    Attributes:
        service: the type of the service, by os-service-types.
        package, version: the release of the reference in which the requirements were chosen.
        min, max: the microversions that the guideline is about; None for an open end.
    """

    service: str
    package: str
    version: str
    min: str | None = None
    max: str | None = None


@dataclass(frozen=True)
class Selector:
    """A requirement by its id, or all requirements of one operation that fit a pattern.

    Attributes:
        id: the id of one requirement; None if the other attributes choose.
        operation: the id of the operation.
        kind: the kinds of requirements, such as ``normal``; empty for all.
        code: status codes that a requirement of kind ``normal`` or ``error`` is about; empty for all.
        parameter: names of fields, filters or headers that the requirement is about; empty for all.
        cases: patterns (``*`` stands for any text) of the details of the cases that are needed; ``""`` is the case
            without a detail. Empty for all cases.
        service: the service of the operation; None for that of the capability.
    """

    id: str | None = None
    operation: str | None = None
    kind: tuple[str, ...] = ()
    code: tuple[int, ...] = ()
    parameter: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    service: str | None = None

    def chooses(self, requirement: str) -> bool:
        """True if the requirement of this id is meant.

        A pattern never means an id with a part in brackets: that is a promise for which a requirement has no case.
        """
        if self.id is not None or "[" in requirement:
            return requirement == self.id
        parts = RequirementId.parse(requirement)
        subject = parts.detail.split("/")[0]
        codes = {int(part) for part in subject.split("+") if part.isdecimal()}
        return (
            parts.operation == self.operation
            and (not self.kind or parts.kind in self.kind)
            and (not self.code or bool(codes & set(self.code)))
            and (not self.parameter or subject in self.parameter)
        )

    def chooses_case(self, detail: str) -> bool:
        """True if a case with this detail is needed."""
        return not self.cases or any(fnmatchcase(detail, pattern) for pattern in self.cases)

    def __str__(self) -> str:
        if self.id is not None:
            return self.id
        kinds = "+".join(self.kind) or "*"
        about = "+".join((*map(str, self.code), *self.parameter)) or "*"
        return f"{self.operation}/{kinds}/{about}"


@dataclass(frozen=True)
class Foreign:
    """A requirement that no reference states. Nothing in this suite can prove it, and a certificate says so.

    Attributes:
        states: the requirement in one sentence.
        source: the document that states it.
    """

    states: str
    source: Origin


@dataclass(frozen=True)
class OldTest:
    """A test of an older programme that a capability stands for.

    Attributes:
        test: the name of the test.
        by: ids of the capability's requirements that cover the test; empty if none does.
        beyond: reasons (keys of ``Guideline.reasons``) why the test, or a part of it, is not covered.
    """

    test: str
    by: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()


@dataclass(frozen=True)
class Capability:
    """A capability of a cloud: a set of requirements that are proved or broken together.

    Attributes:
        service: the service of the requirements that name no other.
        since: the version of the guideline that first had the capability.
        roles: the roles whose cases may be used.
    """

    id: str
    title: str
    service: str
    status: Status
    since: str
    requirements: tuple[Selector, ...] = ()
    foreign: tuple[Foreign, ...] = ()
    tests: tuple[OldTest, ...] = ()
    roles: tuple[str, ...] = (MEMBER,)


@dataclass(frozen=True)
class Exemption:
    """An exception that a cloud may declare: under a condition, it need not have some capabilities."""

    id: str
    title: str
    condition: str
    capabilities: tuple[str, ...]


@dataclass(frozen=True)
class Flag:
    """A capability, a requirement or a case that does not count for a time.

    Attributes:
        of: the id of a capability, or after it and a colon the id of one of its requirements or of a case of one.
        since: the day of the decision.
        reason: why it does not count.
        until: the last day on which it does not count; None without an end.
    """

    of: str
    since: date
    reason: str
    until: date | None = None

    def holds(self, day: date) -> bool:
        """True if the flag counts on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Guideline:
    """A guideline.

    Attributes:
        version: the version of the guideline itself.
        status: its standing in its programme.
        replaces: the id and the version of the guideline that it takes the place of; None without one.
        source: the document that it puts into requirements.
        about: a paragraph for readers.
        applies_to: the services, with the releases of their references.
        reasons: key -> the reason why a test of old is not covered, or not wholly.
        left_out: tests of old that belong to no capability, because nothing that a reference states covers them.
    """

    id: str
    title: str
    version: str
    status: Literal["draft", "effective", "deprecated", "withdrawn"]
    source: Origin
    applies_to: tuple[Scope, ...]
    capabilities: tuple[Capability, ...]
    about: str = ""
    replaces: str | None = None
    reasons: tuple[tuple[str, str], ...] = ()
    exceptions: tuple[Exemption, ...] = ()
    flags: tuple[Flag, ...] = ()
    left_out: tuple[OldTest, ...] = ()

    @property
    def services(self) -> tuple[str, ...]:
        """The services that the guideline applies to, in its order."""
        return tuple(scope.service for scope in self.applies_to)
