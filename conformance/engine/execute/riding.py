"""Which trials may share a look, and which may be made while others wait for it.

A request on which the reference is silent may be accepted. If it then leaves the resource as it is, so far as anybody
can see, it may come between refusals and the look that they wait for: the look shows no less after it than before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.engine.api.producers import SAFE, form
from conformance.engine.model.setup import Locked, UnderWay
from conformance.engine.model.trial import Once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.engine.model.trial import Trial
    from conformance.engine.provision.context import RunContext
    from conformance.engine.provision.silence import Sort
    from specs.model import Operation

FEW = 3
"""The most refusals between which and their look any such request may come: if it changes something after all, they
are made again."""


def leaves_nothing_behind(trial: Trial) -> bool:
    """Whether nothing has to be undone after a trial that is refused."""
    kept = (setup == Locked() or isinstance(setup, UnderWay) for setup in trial.setup)
    return trial.request.operation.method not in SAFE and trial.exchange == Once() and all(kept)


def undoes(context: RunContext, trial: Trial, earlier: Trial) -> bool:
    """Whether a trial, if it were executed, could take back the effects of an earlier trial."""
    one, other = trial.request.operation, earlier.request.operation
    if one.id == other.id:
        return False
    known = context.service.under_test
    if {one.id, other.id} == {known.lock, known.unlock}:
        return True
    if one.action is None and other.action is None:
        return one.method != other.method and _collection(one) == _collection(other)
    return context.graph.undoes(one.id, other.id, trial.situation.state or "")


def sort_of(trial: Trial) -> Sort:
    """The sort of a request on which the reference is silent: its operation, and why it may be refused."""
    under_way = " under way" if trial.setups(UnderWay) else ""
    return trial.request.operation.id, f"{trial.outcome.refused_for}{under_way}"


def wider_sort_of(context: RunContext, trial: Trial) -> Sort | None:
    """The sort of the requests of all operations that seem to be as unfit for the situation; None if none seems so."""
    operation, state = trial.request.operation.id, trial.situation.state
    if state is None:
        return None
    if trial.setup and not context.graph.is_calm(operation):
        return "", sort_of(trial)[1]
    return ("", "in another status") if context.graph.leads_elsewhere(operation, state) else None


def keeps(context: RunContext, trial: Trial) -> bool:
    """Whether a request leaves the resource under test as it is even if it is accepted, so far as documents tell."""
    known, operation = context.service.under_test, trial.request.operation
    attaches = any(binding.relation in ("attached", "free") for binding in trial.request.bindings)
    turns = operation.id in (known.lock, known.unlock, *context.service.tried_last)
    sets = attaches or turns or trial.request.uses_optional_fields or trial.setups(UnderWay)
    return trial.situation.state is not None and not sets and context.graph.is_calm(operation.id)


def rides(context: RunContext, trial: Trial, group: Sequence[Trial]) -> bool:
    """Whether a trial may be made while a group of refusals waits for its look, although it may be accepted.

    The more refusals would have to be made again if it changed something, the more must be known of its operation.
    """
    if trial.outcome.accepted is not None or not leaves_nothing_behind(trial) or not keeps(context, trial):
        return False
    silence, operation = context.silence, trial.request.operation.id
    if (quiet := silence.quiet(operation)) is False:
        return False
    apart = any(one.situation.state is None or undoes(context, trial, one) for one in group)
    return not apart and (quiet or len(group) <= FEW or silence.mostly_refused(sort_of(trial)))


def _collection(operation: Operation) -> str:
    path = form(operation.path)
    return path.rpartition("/")[0] if operation.path.endswith("}") else path
