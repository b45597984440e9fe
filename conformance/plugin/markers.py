"""The markers of cases, by which ``-m`` selects them."""

from __future__ import annotations

from conformance.engine.model.case import Case
from conformance.engine.run.levels import reads_only

READONLY = "readonly"
"""The marker of cases that change nothing."""


def markers_of(case: Case) -> list[str]:
    """Return the markers of a case: its kind, its code, its role, the status of the resource, whether it only reads."""
    kind, _, code = case.requirement.kind.partition("/")
    names = [kind, *([f"{kind}_{code}"] if code else []), f"as_{case.trial.request.role.replace('-', '_')}"]
    state = case.trial.situation.state
    names.append(f"in_{state}" if state else "no_resource")
    return [*names, READONLY] if reads_only(case.trial) else names
