"""Makes an accepted trial again, with the fields that the cloud has demanded in its refusal."""

from __future__ import annotations

from collections.abc import Callable

from conformance.engine.model.evidence import Evidence
from conformance.engine.model.trial import Trial
from conformance.engine.provision.context import RunContext
from specs.microversion import Microversion


def heeded(context: RunContext, trial: Trial, version: Microversion, once: Callable[[], Evidence]) -> Evidence:
    """The evidence of a trial; if it should have been accepted, that with the fields that its refusal demands.

    Args:
        context: the objects that all lanes share; see ``Demanded``.
        trial: the trial.
        version: the microversion of its request.
        once: makes the trial once.
    """
    first = once()
    if trial.outcome.accepted is not True:
        return first
    return context.demanded.heeded(
        trial.operation, version, first, lambda one: (one.status or 0, one.sent, one.body), once
    )
