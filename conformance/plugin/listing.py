"""The output of ``conformance list``: requirements and cases, and promises without a case."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.engine.derive.suite import derive
from conformance.engine.model.case import REASONS, Case, Requirement, Untested
from conformance.engine.model.setup import Locked
from conformance.plugin.expected import ExpectedDeviations, expected_of
from conformance.plugin.markers import markers_of
from conformance.plugin.reference import Reference, given_files_of, read_references
from conformance.plugin.selection import selection
from conformance.plugin.trouble import Trouble
from reports.words import place


def listing(
    places: Sequence[Path], services: Sequence[str], operation: str | None, keyword: str | None = None
) -> Iterator[str]:
    """Yield every requirement with the number of its cases, or an operation with its cases.

    Args:
        places: the directories and files of the specs.
        services: the services to list by the specs of this suite; without these and places, the first one.
        operation: an operation or a requirement; only its requirements and cases are listed.
        keyword: an expression as for pytest's ``-k``; only the cases that it selects are listed.

    Raises:
        Trouble: no such specs, operations or cases exist.
    """
    references = read_references(given_files_of(places, services))
    if operation is not None:
        _check_operation(operation, [name for one in references for name in one.files])
    lists = [_Listed.of(one, operation, keyword) for one in references]
    if keyword is not None and not any(one.requirements for one in lists):
        raise Trouble(f"no case matches -k {keyword!r}: `conformance list` without it shows all")
    shown = [one for one in lists if operation is None or operation in one.reference.files]
    for one in shown:
        if len(references) > 1:
            yield f"{one.reference.service}:"
            yield ""
        yield from one.lines()
        if one is not shown[-1]:
            yield ""


def _check_operation(operation: str, known: Sequence[str]) -> None:
    if operation not in known:
        near = (
            difflib.get_close_matches(operation, known, 3) or [i for i in known if operation.lower() in i.lower()][:3]
        )
        hint = f"did you mean {', '.join(near)}?" if near else "`conformance list` shows all"
        raise Trouble(f"there is no operation {operation}: {hint}")


@dataclass(frozen=True)
class _Listed:
    """The list of one service.

    Attributes:
        reference: the specs of the service.
        requirements: each requirement with its selected cases.
        without: the promises without a case.
        details: True if the cases are listed, too.
    """

    reference: Reference
    requirements: Sequence[tuple[Requirement, Sequence[Case]]]
    without: Sequence[Untested]
    details: bool

    @classmethod
    def of(cls, reference: Reference, operation: str | None, keyword: str | None) -> _Listed:
        """List a reference."""
        suite = derive(reference.specs, reference.selected)
        cases: dict[str, list[Case]] = {}
        chosen = selection(keyword) if keyword is not None else lambda _: True
        for case in filter(lambda case: chosen(_names(case)), suite.cases):
            cases.setdefault(case.requirement.id, []).append(case)
        requirements = [
            (requirement, cases.get(requirement.id, []))
            for requirement in suite.requirements
            if operation in (None, requirement.operation) and (keyword is None or requirement.id in cases)
        ]
        without = [u for u in suite.untested if operation is None or _of(u.requirement, operation)]
        without = [u for u in without if chosen([u.requirement.lower()])]
        return cls(reference, requirements, without, operation is not None or keyword is not None)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the list."""
        never = expected_of(self.reference.package, str(self.reference.specs[0].reference.version))
        for requirement, cases in self.requirements:
            yield f"{requirement.id}  {place(requirement.source)}  {_cases(len(cases))}"
            if self.details:
                yield from (f"    {case.id}  {_situation(case)}" for case in cases)
        if self.without:
            yield ""
            yield "Promises without a case:"
        for one in self.without:
            detail = f" ({one.detail})" if one.detail else ""
            why = never.why_never(one.requirement) if never is not None else None
            reason = why or f"{REASONS.get(one.reason, one.reason)}{detail}"
            yield f"{one.requirement}  {place(one.source)}  {reason}"
        yield from self._observed(never)
        yield ""
        total = sum(len(cases) for _, cases in self.requirements)
        yield f"{len(self.requirements)} requirements, {total} cases, {len(self.without)} promises without a case"
        yield from (f"note: {sentence}" for sentence in self.reference.undocumented)

    def _observed(self, never: ExpectedDeviations | None) -> Iterator[str]:
        """Yield the codes that have cases, and that the release of the reference never gives."""
        shown = ((one, never.why_never(one.id)) for one, _ in self.requirements) if never is not None else ()
        found = [f"{one.id}  {place(one.source)}  {why}" for one, why in shown if why is not None]
        yield from ("", "Codes that have cases and never come:", *found) if found else ()


def _names(case: Case) -> list[str]:
    """Return the texts that an expression is compared with: the id and the markers of a case, in lower case."""
    return [name.lower() for name in (case.id, *markers_of(case))]


def _of(requirement: str, operation: str) -> bool:
    return requirement == operation or requirement.startswith(f"{operation}/")


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count} cases"


def _situation(case: Case) -> str:
    trial = case.trial
    parts = [f"as {trial.request.role}", trial.situation.state or "no resource", f"expects {case.expectation.expected}"]
    if trial.request.version:
        parts.insert(2, str(trial.request.version))
    if Locked() in trial.setup:
        parts.insert(2, "locked")
    return ", ".join(parts)
