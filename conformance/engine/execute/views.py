"""Views of the thing that an accepted request has made or changed, for the expectations that compare it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from conformance.engine.cloud.exchange import Ask
from conformance.engine.cloud.kinds import Kind
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.wait import until
from conformance.engine.execute.paging import SOON
from conformance.engine.model.evidence import Evidence
from conformance.engine.model.probe import Probe, ViewOf
from conformance.engine.provision.context import RunContext


def with_view(context: RunContext, evidence: Evidence, path: str, probes: Iterable[Probe]) -> Evidence:
    """Return evidence with the view of a thing, if a probe asks for it.

    The resource under test is not requested here: its view is taken after it has settled.

    Args:
        context: the context of the run.
        evidence: the evidence of an accepted request.
        path: the path of the thing that the request made, or else the path of the request.
        probes: the probes of the expectations.
    """
    wanted = [probe for probe in probes if isinstance(probe, ViewOf)]
    if evidence.trial.operation.action is not None:
        path = path.rpartition("/")[0]
    if not wanted or path.rpartition("/")[0] == context.kind.collection:
        return evidence
    role = Role(evidence.role or evidence.trial.request.role)
    seen = until(
        lambda: context.cloud.send(Ask("GET", path, role, str(evidence.version))),
        lambda view: view.ok,
        min(SOON, context.patience.status),
        context.stopping,
        pause=context.patience.settle,
    )
    found = {**evidence.found, **dict.fromkeys(wanted, seen.json if seen.ok else None)}
    return replace(evidence, found=found, exchanges=(*evidence.exchanges, seen.exchange))


def with_own_view(evidence: Evidence, kind: Kind, probes: Iterable[Probe]) -> Evidence:
    """Return evidence in which all other probed views are the view of the resource under test after it has settled.

    Args:
        evidence: the evidence, whose ``after`` is that view.
        kind: the kind of the resource.
        probes: the probes of the expectations.
    """
    if evidence.after is None:
        return evidence
    shown = evidence.after if kind.bare else {kind.key or kind.name: evidence.after}
    own: dict[Probe, Any] = {probe: shown for probe in probes if isinstance(probe, ViewOf)}
    return replace(evidence, found={**own, **evidence.found})
