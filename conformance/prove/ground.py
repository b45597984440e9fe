"""The input and the output of the generators of breakages: the derived suite by requirement, and the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from conformance.engine.api.producers import Producers
from conformance.engine.api.service import ServiceDescription
from conformance.engine.model.case import Case, Requirement, Suite, id_part
from conformance.engine.model.setup import Ended, Locked
from conformance.prove.breakage import After, Breakage, Instead
from conformance.prove.where import Where, is_inner, shown_status
from specs.microversion import Microversion, VersionRange
from specs.model import Operation
from specs.record.ids import RequirementId, case_detail


@dataclass(frozen=True)
class Ground:
    """A suite, the description of its service, and the microversions at which the suite is tried.

    Attributes:
        suite: the suite that is proven.
        top: the highest microversion that reference and cloud share.
        service: the description of the service.
        vocabulary: the documented statuses of a server.
        templates: method and path template of every operation of the reference, those without a case included.
        one_version: True if the cloud has no microversions, so that no request names one.
    """

    suite: Suite
    top: Microversion
    service: ServiceDescription
    vocabulary: tuple[str, ...] = ()
    templates: frozenset[tuple[str, str]] = frozenset()
    one_version: bool = False

    @cached_property
    def by_requirement(self) -> dict[str, list[Case]]:
        """The cases of each requirement, in the order of the suite."""
        found: dict[str, list[Case]] = {}
        for case in self.suite.cases:
            found.setdefault(case.requirement.id, []).append(case)
        return found

    @cached_property
    def _by_operation(self) -> dict[str, list[Case]]:
        found: dict[str, list[Case]] = {}
        for case in self.suite.cases:
            found.setdefault(case.operation.id, []).append(case)
        return found

    def of(self, operation: Operation) -> list[Case]:
        """Return the cases of an operation, in the order of the suite."""
        return self._by_operation.get(operation.id, [])

    def requirements(self, *kinds: str) -> list[tuple[Requirement, list[Case]]]:
        """Return the requirements of some kinds with their cases, if they have any; ``error`` means every code."""
        return [
            (r, cases)
            for r in self.suite.requirements
            if (r.kind in kinds or r.kind.split("/")[0] in kinds) and (cases := self._cases(r.id))
        ]

    @cached_property
    def _templates(self) -> frozenset[tuple[str, str]]:
        """Method and path template of every operation that is known."""
        return self.templates | {(case.operation.method, case.operation.path) for case in self.suite.cases}

    @cached_property
    def _producers(self) -> Producers:
        return Producers((case.operation for case in self.suite.cases), self.service.producers)

    @cached_property
    def reasons(self) -> frozenset[str]:
        """The ids of cases that the suite does not have, and of which it tells the reason."""
        return frozenset(one.requirement.replace("[with-", "[") for one in self.suite.untested)

    def lists(self, operation: Operation, code: int) -> bool:
        """True if the reference lists an error code of the operation, so that an answer with it breaks no silence."""
        return any(one.code == code and one.listed for one in operation.responses.error)

    def names_below(self, operation: Operation) -> str | None:
        """Return the placeholder of the thing that an operation makes below its path; None for the path itself."""
        made = self._producers.made_by(operation)
        return made.name if made is not None and not made.chosen else None

    def _cases(self, requirement: str) -> list[Case]:
        return self.by_requirement.get(requirement, [])

    def default(self, operation: Operation) -> Microversion:
        """Return the microversion of a case that names none: the highest that the operation has."""
        own = operation.microversions.range.max
        return self.top if own is None else min(own, self.top)

    def lowest(self, operation: Operation) -> Microversion:
        """Return the first microversion at which the operation exists."""
        return operation.microversions.range.min or self.service.first_microversion

    def version(self, case: Case) -> Microversion:
        """Return the microversion at which a case is tried."""
        return case.trial.request.version or self.default(case.operation)

    def scoped(self, operation: Operation) -> bool:
        """True if the path names a resource that has statuses."""
        return f"{{{self.service.about(operation).identifier}}}" in operation.path

    def collection(self, operation: Operation) -> str:
        """Return the path of the collection of the resource with statuses that an operation's path names."""
        about = self.service.about(operation)
        return about.profile.kind(about.resource).collection

    def has_actions(self, operation: Operation) -> bool:
        """True if the resource with statuses has actions, by which its status and its lock can be changed at once."""
        identifier = self.service.about(operation).identifier
        return any(path.endswith(f"/{{{identifier}}}/action") for _, path in self._templates)

    def reads(self, operation: Operation) -> bool:
        """True if the operation changes nothing, so that a refusal of it can have no effect."""
        return operation.method in ("GET", "HEAD")

    def here(self, case: Case, **parts: Any) -> Where:
        """Return the exchanges in the situation of a case: state, lock and environment of the resource in its path.

        An action under way gives the resource a state of its own, so the state does not matter then.
        """
        situation = case.trial.situation
        said: dict[str, Any] = {}
        under_way = (
            self.service.passing(case.operation) and Ended() not in case.trial.setup and situation.target == "own"
        )
        if self.scoped(case.operation) and not under_way:
            said["states"] = frozenset({shown_status(case.trial)})
        if Locked() in case.trial.setup:
            said["locked"] = True
        if situation.environment:
            kind = self.service.about(case.operation).under_test.environments[situation.environment]
            said |= {"environment": situation.environment, "shown": tuple(kind.shown_by.items())}
        return Where.of(case.operation, **{**said, **parts})

    def roles(self, case: Case) -> frozenset[str]:
        """Return the roles that may send the request of a case: its own, and the fallback if that is forbidden."""
        request = case.trial.request
        return frozenset({request.role, request.fallback_role or request.role})

    def besides(self, operation: Operation) -> tuple[str, ...]:
        """Return the path templates of other operations whose paths match the operation's template, too."""
        return tuple(
            sorted(
                path
                for method, path in self._templates
                if method == operation.method and is_inner(path, operation.path)
            )
        )

    def normal_code(self, operation: Operation) -> int:
        """Return a status code that accepts the request: the first listed one, else 202."""
        return next((c.code for c in operation.responses.normal if c.listed), 202)

    def other_success(self, codes: Iterable[int]) -> int:
        """Return a success code other than the given ones, and never 204, which forbids a body."""
        known = set(codes)
        return next(code for code in (200, 202, 201) if code not in known)


@dataclass
class Catalogue:
    """Breakages by id, in the order in which they were added."""

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
        made_anew: bool = False,
        requirement: str | None = None,
        told_by: Callable[[Case], bool] = lambda _: True,
    ) -> None:
        """Add a breakage of the requirement of a case that should notice it, unless its id is there already.

        Args:
            case: the most direct case.
            mutation: name of the change.
            where: the exchanges that are changed.
            instead: called in place of sending the request on.
            after: changes the response.
            situation: name of the broken part of the promise; None or empty for all of it.
            waits: True if a case can notice it only by waiting until its time is over.
            made_anew: True if only a resource that the suite itself brings into its status can show it.
            requirement: id of the broken requirement, if it is not the case's.
            told_by: a test of the cases that could notice it: some judge less of the requirement than others.
        """
        broken = requirement or case.requirement.id
        id_ = f"{broken}#{mutation}" + (f"@{id_part(situation)}" if situation else "")
        if id_ in self.found:
            return
        where = replace(
            where,
            identifier=self.ground.service.about(case.operation).identifier,
            collection=self.ground.collection(case.operation),
            besides=self._besides(case.operation),
            versions=None if self.ground.one_version else where.versions,
        )
        others = [
            other.id
            for other in self.ground.by_requirement.get(broken, [])
            if other is not case and told_by(other) and where.covers(other.trial, self.ground.version(other))
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
            made_anew=made_anew,
        )

    def _besides(self, operation: Operation) -> tuple[str, ...]:
        key = (operation.method, operation.path)
        if key not in self._inner:
            self._inner[key] = self.ground.besides(operation)
        return self._inner[key]


def _kind(requirement: RequirementId) -> str:
    """Return the kind of a requirement; that of an error includes the code."""
    code = requirement.detail.split("/")[0]
    return f"{requirement.kind}/{code}" if requirement.kind == "error" else requirement.kind


def detail(case: Case) -> str:
    """Return the text in the brackets of a case's id, or an empty text."""
    return case_detail(case.id, case.requirement.id)


def exactly(version: Microversion) -> VersionRange:
    """Return the range that holds one version."""
    return VersionRange(version, version)
