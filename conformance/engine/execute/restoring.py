"""Makes a resource as it was before a request that should have been refused and was accepted, where that is simple.

Such a request may have changed anything, so as a rule its resource is given up. Some leave nothing behind but a thing
that they have attached, which can be taken away again, or a thing elsewhere. If the resource then shows all that it
showed before, it serves further trials. A thing that an accepted request has attached goes where it is in the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.engine.cloud.fields import alike
from conformance.engine.execute.snapshots import lasting

if TYPE_CHECKING:
    from conformance.engine.model.evidence import Evidence
    from conformance.engine.model.trial import Trial
    from conformance.engine.provision.subject import Subject


def spoiled(subject: Subject, evidence: Evidence) -> bool:
    """Whether later trials must not have a resource after an accepted request, because they would suffer from it.

    Args:
        subject: the resource under test, which has come to rest after the request.
        evidence: the evidence of the trial, with the views before and after the request.
    """
    return _spoiled(subject, evidence) or _unlike(subject)


def vacate(subject: Subject, trial: Trial) -> None:
    """Take the things away that keep the request of a trial from attaching others of their kinds.

    A cloud may admit one at a time, so that a request for a second one shows nothing of the first promise. A request
    that must be refused for a fault of its own never attaches anything.
    """
    free = {binding.resource for binding in trial.request.bindings if binding.relation == "free"}
    kinds = sorted(free & subject.bindings.attached.keys()) if trial.outcome.accepted is not False else []
    if [kind for kind in kinds if subject.bindings.detach(kind)]:
        subject.settle((), calm=True)


def _unlike(subject: Subject) -> bool:
    """Whether a resource shows something else than before, now that a thing attached in vain was taken away."""
    before = subject.bindings.as_before
    if before is None or subject.bindings.attached:
        return False
    subject.bindings.as_before = None
    return not alike(lasting(subject.view), lasting(before))


def _spoiled(subject: Subject, evidence: Evidence) -> bool:
    trial = evidence.trial
    if trial.operation.id in subject.context.service.tried_last:  # it has used the resource up
        return True
    if trial.outcome.accepted is None:
        # No document says which requests such a resource serves: a request that fails on it would blame the cloud.
        return subject.status != trial.situation.state
    return trial.outcome.accepted is False and not _restored(subject, evidence)


def _restored(subject: Subject, evidence: Evidence) -> bool:
    """Take the things away that an accepted request has attached; return whether the resource is as it was before."""
    trial, before = evidence.trial, evidence.before
    left = subject.view is None or before is None or evidence.timed_out or subject.locked
    if left or trial.request.uses_optional_fields or not subject.context.graph.is_calm(trial.operation.id):
        return False
    attached = subject.bindings.attached.keys() & {binding.resource for binding in trial.request.bindings}
    if attached and attached <= subject.bindings.wanted and (subject.again or not subject.lenient):
        # The trial that takes them away is next, and shows whether anything else has changed.
        subject.bindings.as_before = dict(before or {})
        return True
    for resource in sorted(attached):
        if not subject.bindings.detach(resource):
            return False
    if attached:
        subject.settle((), calm=True)
    return alike(lasting(subject.view), lasting(before))
