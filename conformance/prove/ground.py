"""What the generators of breakages stand on: the derived suite, seen by requirement, and a way to write one down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from conformance.engine.api.service import ServiceDescription
from conformance.engine.model.case import Case, Requirement, Suite, id_part
from conformance.engine.model.setup import Ended, Locked
from conformance.prove.breakage import After, Breakage, Instead
from conformance.prove.where import NO_RESOURCE, Where, is_inner
from specs.microversion import Microversion, VersionRange
from specs.model import Operation
from specs.record.ids import RequirementId, case_detail


@dataclass(frozen=True)
class Ground:
    """A suite and the versions that it is tried at.

    Attributes:
        suite: what the proof is of.
        top: the highest microversion that reference and cloud share.
        knowledge: the tables of the engine.
        vocabulary: the documented statuses of a server.
        templates: method and path of every operation of the reference, those without a case among them.
    """

    suite: Suite
    top: Microversion
    service: ServiceDescription
    vocabulary: tuple[str, ...] = ()
    templates: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def by_requirement(self) -> dict[str, list[Case]]:
        """The cases of each requirement, in the order of the suite."""
        found: dict[str, list[Case]] = {}
        for case in self.suite.cases:
            found.setdefault(case.requirement.id, []).append(case)
        return found

    def requirements(self, *kinds: str) -> list[tuple[Requirement, list[Case]]]:
        """The requirements of some kinds that have cases, with them; ``error`` stands for every code."""
        return [
            (r, cases)
            for r in self.suite.requirements
            if (r.kind in kinds or r.kind.split("/")[0] in kinds) and (cases := self._cases(r.id))
        ]

    def _cases(self, requirement: str) -> list[Case]:
        return self.by_requirement.get(requirement, [])

    def default(self, operation: Operation) -> Microversion:
        """The version of a request that names none."""
        own = operation.microversions.range.max
        return self.top if own is None else min(own, self.top)

    def lowest(self, operation: Operation) -> Microversion:
        """The first version at which the operation exists."""
        return operation.microversions.range.min or self.service.first_microversion

    def version(self, case: Case) -> Microversion:
        """The version at which a case is tried."""
        return case.trial.request.version or self.default(case.operation)

    def scoped(self, operation: Operation) -> bool:
        """Whether the path names a resource that has statuses."""
        return f"{{{self.service.identifier}}}" in operation.path

    def reads(self, operation: Operation) -> bool:
        """Whether the operation changes nothing, so that a refusal of it can have no effect."""
        return operation.method in ("GET", "HEAD")

    def here(self, case: Case, **parts: Any) -> Where:
        """The situation of a case: the state of the resource that its path names, and the lock where it is locked.

        Something under way shows a state of its own, of which nothing is said.
        """
        situation = case.trial.situation
        said: dict[str, Any] = {}
        under_way = (
            self.service.passing(case.operation) and Ended() not in case.trial.setup and situation.target == "own"
        )
        if self.scoped(case.operation) and not under_way:
            said["states"] = frozenset({situation.state or NO_RESOURCE})
        if Locked() in case.trial.setup:
            said["locked"] = True
        if situation.environment:
            kind = self.service.environments[situation.environment]
            said |= {"environment": situation.environment, "shown": tuple(kind.shown_by.items())}
        return Where.of(case.operation, **{**said, **parts})

    def roles(self, case: Case) -> frozenset[str]:
        """As whom the request of a case may be sent: an administrator takes the place of a member who may not."""
        request = case.trial.request
        return frozenset({request.role, request.fallback_role or request.role})

    def besides(self, operation: Operation) -> tuple[str, ...]:
        """Templates of other operations whose paths fit the operation's template, too."""
        known = self.templates | {(case.operation.method, case.operation.path) for case in self.suite.cases}
        return tuple(
            sorted(path for method, path in known if method == operation.method and is_inner(path, operation.path))
        )

    def normal_code(self, operation: Operation) -> int:
        """A code that accepts."""
        return next((c.code for c in operation.responses.normal if c.listed), 202)

    def other_success(self, codes: Iterable[int]) -> int:
        """A success code that is none of some. 204 forbids a body, so it is never taken."""
        return next(code for code in (200, 202, 201) if code not in set(codes))


@dataclass
class Catalogue:
    """Breakages, each once, in the order found."""

    ground: Ground
    found: dict[str, Breakage] = field(default_factory=dict)
    _inner: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def add(
        self,
        case: Case,
        mutation: str,
        where: Where,
        *,
        instead: Instead | None = None,
        after: After | None = None,
        situation: str | None = None,
        waits: bool = False,
        requirement: str | None = None,
    ) -> None:
        """Write down a breakage of the requirement of a case, of which the case should tell.

        Args:
            case: the most direct one.
            mutation: what is done, in a word.
            where: the exchanges.
            instead: what is done in the place of handing the request on.
            after: what is done to the answer.
            situation: names the part of the promise that is broken, where that is not all of it.
            waits: whether it shows only by waiting in vain.
            requirement: the broken one, where that is not the case's.
        """
        broken = requirement or case.requirement.id
        id_ = f"{broken}#{mutation}" + (f"@{id_part(situation)}" if situation else "")
        if id_ in self.found:
            return
        where = replace(where, identifier=self.ground.service.identifier, besides=self._besides(case.operation))
        others = [
            other.id
            for other in self.ground.by_requirement.get(broken, [])
            if other is not case and where.covers(other.trial, self.ground.version(other))
        ]
        covers = where.covers(case.trial, self.ground.version(case))
        first = [case.id] if case.requirement.id == broken and covers else []
        self.found[id_] = Breakage(
            id=id_,
            requirement=broken,
            kind=_kind(RequirementId.parse(broken, case.operation.id)),
            operation=case.operation.id,
            mutation=mutation,
            where=where,
            cases=(*first, *others),
            instead=instead,
            after=after,
            waits=waits,
        )

    def _besides(self, operation: Operation) -> tuple[str, ...]:
        key = (operation.method, operation.path)
        if key not in self._inner:
            self._inner[key] = self.ground.besides(operation)
        return self._inner[key]


def _kind(requirement: RequirementId) -> str:
    """The kind of a requirement, an error's with its code."""
    code = requirement.detail.split("/")[0]
    return f"{requirement.kind}/{code}" if requirement.kind == "error" else requirement.kind


def detail(case: Case) -> str:
    """What stands in the brackets of a case's id, or nothing."""
    return case_detail(case.id, case.requirement.id)


def exactly(version: Microversion) -> VersionRange:
    """The range of one version."""
    return VersionRange(version, version)
