"""The output of ``conformance list``: requirements and cases, and promises without a case."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from conformance.engine.derive.suite import derive
from conformance.engine.model.case import REASONS, Case
from conformance.engine.model.setup import Locked
from conformance.plugin.markers import markers_of
from conformance.plugin.reference import given_specs, read_reference
from conformance.plugin.selection import selection
from conformance.plugin.trouble import Trouble


def listing(place: Path | None, operation: str | None, keyword: str | None = None) -> Iterator[str]:
    """Yield every requirement with the number of its cases, or an operation with its cases.

    Args:
        place: the directory or file of the specs; None: the specs of this suite.
        operation: an operation or a requirement; only its requirements and cases are listed.
        keyword: an expression as for pytest's ``-k``; only the cases that it selects are listed.

    Raises:
        Trouble: no such specs, operations or cases exist.
    """
    reference = read_reference(given_specs(place))
    suite = derive(reference.specs, reference.selected)
    known = list(reference.files)
    if operation is not None and operation not in reference.files:
        near = (
            difflib.get_close_matches(operation, known, 3) or [i for i in known if operation.lower() in i.lower()][:3]
        )
        hint = f"did you mean {', '.join(near)}?" if near else "`conformance list` shows all"
        raise Trouble(f"there is no operation {operation}: {hint}")
    cases: dict[str, list[Case]] = {}
    chosen = selection(keyword) if keyword is not None else lambda _: True
    for case in filter(lambda case: chosen(_names(case)), suite.cases):
        cases.setdefault(case.requirement.id, []).append(case)
    count = 0
    for requirement in suite.requirements:
        own = cases.get(requirement.id, [])
        if operation not in (None, requirement.operation) or (keyword is not None and not own):
            continue
        count += 1
        yield f"{requirement.id}  {requirement.source.path}:{requirement.source.line}  {_cases(len(own))}"
        if operation is not None or keyword is not None:
            yield from (f"    {case.id}  {_situation(case)}" for case in own)
    if keyword is not None and not count:
        raise Trouble(f"no case matches -k {keyword!r}: `conformance list` without it shows all")
    without = [u for u in suite.untested if operation is None or _of(u.requirement, operation)]
    without = [u for u in without if chosen([u.requirement.lower()])]
    if without:
        yield ""
        yield "Promises without a case:"
    for one in without:
        detail = f" ({one.detail})" if one.detail else ""
        yield f"{one.requirement}  {one.source.path}:{one.source.line}  {REASONS.get(one.reason, one.reason)}{detail}"
    yield ""
    total = sum(len(found) for name, found in cases.items() if operation is None or _of(name, operation))
    yield f"{count} requirements, {total} cases, {len(without)} promises without a case"
    yield from (f"note: {sentence}" for sentence in reference.undocumented)


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
