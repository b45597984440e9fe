"""Chooses the trial that follows in a lane."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from conformance.engine.execute.executor import Executor
from conformance.engine.model.setup import Locked, Setup
from conformance.engine.model.trial import Trial
from conformance.engine.run.jobs import Job

FAR = 1000.0
"""The cost of a way to a status to which no way is known: more than that of any known one."""

SPENDS, ENDS, SETS = 1, 2, 3
"""How an accepted request wears a resource: it takes something from it, no document says which requests it serves
after it, or it sets optional fields."""


def following(pending: Sequence[Job], executor: Executor, *, bare: bool = False) -> Job:
    """The next trial: one in the present status, or else one in the status with the cheapest way to it.

    Where the reference is silent, trials that are expected to be refused come first, since they share a look, then
    those that may come before this look, and those that may change the status last. Trials after which the resource
    does not serve all others come after these: first those that were seen to take something from a resource, then those
    on which the reference is silent and that are expected to change the status, then those that set optional fields. A
    lock serves as many trials as it can.

    Args:
        pending: the trials that are still to be made, in the order of the lane; at least one.
        executor: the executor of the lane.
        bare: True if none of the trials has a resource with a status.
    """
    context = executor.context
    status = executor.subject.status or context.service.under_test.initial_status
    refused = _first_refused(pending, status, executor)
    if refused is not None:
        return refused
    least = _least_wear(pending, executor)

    def is_here(job: Job) -> bool:
        return job.trial.situation.state in (None, status) and _wear(job.trial, executor) == least

    # Only as many trials are looked at as it takes: a lane may have thousands, and each of them is chosen once.
    first = _by_lock(lambda: filter(is_here, pending), executor.subject.locked)
    if first is not None:
        silent = (job for job in _refused_too(() if bare else pending, status, first, executor) if is_here(job))
        if (refused := next(silent, None)) is not None:
            return refused
        if (rider := _rider(filter(is_here, pending), executor)) is not None:
            return rider
        if first.trial.outcome.accepted is None:
            alike = (job for job in pending if _is_silent(job, [first.trial.setup]))
            calm = (job for job in alike if context.graph.is_calm(job.trial.operation.id))
            return next(filter(is_here, calm), first)
        return _before_it_leaves(first, pending, executor)

    def distance(job: Job) -> float:
        way = context.graph.way(status, job.trial.situation.state or "", (), context.role_names, context.spending)
        return sum(edge.cost for edge in way) if way is not None else FAR

    return min((job for job in pending if _wear(job.trial, executor) == least), key=distance)


def _least_wear(pending: Iterable[Job], executor: Executor) -> int:
    """The least wear of some trials, of which there is at least one."""
    least = SETS
    for job in pending:
        least = min(least, _wear(job.trial, executor))
        if not least:
            break
    return least


def _first_refused(pending: Sequence[Job], status: str, executor: Executor) -> Job | None:
    """The first trial here that wears nothing, if it must be refused and no lock matters: then it is the next one.

    Most trials of a lane are such, and a lane may have more than a thousand: the others need not be looked at.
    """
    if executor.subject.locked:
        return None
    here = (job for job in pending if job.trial.situation.state in (None, status))
    first = next((job for job in here if not _wear(job.trial, executor)), None)
    if first is None or first.trial.outcome.accepted is not False or Locked() in first.trial.setup:
        return None
    bare = first.trial.situation.state is None
    return first if bare else _undoing(first, pending, executor) or first


def _undoing(first: Job, pending: Iterable[Job], executor: Executor) -> Job | None:
    """A trial that no document refuses, and that could undo the effect of the next refused one; None without one.

    After that one, it would have to wait for a look (see ``jobs.in_order``, which gives the others their places).
    """
    looks, graph, state = executor.looks, executor.context.graph, first.trial.situation.state
    undoing = graph.undoing({first.trial.operation.id}, state or "")
    here = (job for job in pending if undoing and job.trial.situation.state == state)
    silent = (job for job in here if job.trial.operation.id in undoing and _is_silent(job, [()]))
    known = (job for job in silent if looks.knows(job.trial) and looks.expects_refusal(job.trial))
    return next((job for job in known if not looks.parts(job.trial)), None)


def _rider(here: Iterable[Job], executor: Executor) -> Job | None:
    """A trial that may be made before the look that refusals wait for, although it may be accepted; None if none is."""
    if not executor.looks.waits():
        return None
    suiting = (job for job in here if (Locked() in job.trial.setup) == executor.subject.locked)
    return next((job for job in suiting if executor.looks.rides(job.trial)), None)


def _before_it_leaves(first: Job, pending: Iterable[Job], executor: Executor) -> Job:
    """The next trial, or another one that would bring the resource back to the status that the next one leaves.

    Where the reference is silent, what may change the status comes last. If it is likely to be refused, it is tried
    just before the last other trial that needs the status.
    """
    status, looks = executor.subject.status or "", executor.looks
    if executor.subject.locked or first.trial.situation.state != status or not _leaves(first, status, executor):
        return first
    here = [job for job in pending if job is not first and job.trial.situation.state == status]
    if any(_wear(job.trial, executor) < ENDS for job in here):
        return first
    unsure = (job for job in here if _is_silent(job, [()]) and _wear(job.trial, executor) == ENDS)
    return next((job for job in unsure if looks.may_be_refused(job.trial)), first)


def turn(pending: Sequence[Job], deviating: Sequence[Job], executor: Executor, *, bare: bool = False) -> Job:
    """The next trial of a lane of which some are expected to fail.

    Such a trial uses up two resources, so it comes after all others that this resource serves. But it comes before the
    resource leaves the status that it needs: no request has to bring a resource back for it, and the resource on which
    it is tried again serves the trials that lead on. One that attaches in vain a thing that another trial takes away
    follows the refusals, and this other trial follows it.

    Args:
        pending: the trials that are still to be made, in the order of the lane.
        deviating: those that are expected to fail, in the same order; one of the two lists is not empty.
        executor: the executor of the lane.
        bare: True if none of the trials has a resource with a status.
    """
    if deviating and wear_out(pending, executor):
        return following(deviating, executor, bare=bare)
    status, bindings = executor.subject.status, executor.subject.bindings
    if bindings.as_before is not None:
        taking = (job for job in pending if attached_for([job], status) & bindings.attached.keys())
        if (job := next((one for one in taking if not _is_refused(one, executor)), None)) is not None:
            return job
    job = following(pending, executor, bare=bare)
    if executor.looks.waits() and executor.looks.rides(job.trial):
        return job
    here = [one for one in deviating if status and one.trial.situation.state == status]
    if here and not _leaves(job, status or "", executor):
        taken = frozenset() if _is_refused(job, executor) else attached_for(pending, status)
        here = [one for one in here if taken & {b.resource for b in one.trial.request.bindings if b.relation == "free"}]
    return following(here, executor) if here else job


def _is_refused(job: Job, executor: Executor) -> bool:
    """Whether a trial is expected to be refused, so that it shares the look of a group."""
    accepted = job.trial.outcome.accepted
    return accepted is False or (accepted is None and executor.looks.expects_refusal(job.trial))


def attached_for(jobs: Iterable[Job], state: str | None = None) -> frozenset[str]:
    """The kinds of things that must be attached to the resource for trials in a status, or in any."""
    trials = (job.trial for job in jobs if state in (None, job.trial.situation.state))
    return frozenset(b.resource for trial in trials for b in trial.request.bindings if b.relation == "attached")


def _leaves(job: Job, status: str, executor: Executor) -> bool:
    """Whether a resource is not in a status any more after a trial, or serves no others."""
    trial = job.trial
    goes = bool(trial.outcome.accepted and trial.outcome.leads_to and trial.outcome.leads_to[0] != status)
    return goes or trial.situation.state not in (None, status) or _wear(trial, executor) >= ENDS


def wear_out(pending: Sequence[Job], executor: Executor) -> bool:
    """Whether the resource serves no other trials after any of these."""
    return all(_wear(job.trial, executor) >= ENDS for job in pending)


def _refused_too(pending: Iterable[Job], status: str, first: Job, executor: Executor) -> Iterable[Job]:
    """The trials here that are expected to be refused, although no document says so: they share the look before them.

    One of a kind that is the first of the run may be accepted all the same, and waits until that look has been taken.
    A trial without a status is never among them (see ``Looks.expects_refusal``), and a lane may have a thousand.
    """
    accepted, setup, locked = first.trial.outcome.accepted, first.trial.setup, executor.subject.locked
    if accepted is False and (locked or Locked() not in setup):
        return ()
    setups: list[tuple[Setup, ...]] = [(Locked(),) if locked else ()]
    setups += [setup] if accepted is None or locked or Locked() not in setup else []
    looks = executor.looks
    here = (job for job in pending if job.trial.situation.state == status)
    refused = (job for job in here if _is_silent(job, setups) and looks.expects_refusal(job.trial))
    return (job for job in refused if accepted is None or looks.knows(job.trial))


def _is_silent(job: Job, setups: Collection[tuple[Setup, ...]]) -> bool:
    """Whether no document says if a trial is accepted, and it has one of some setups."""
    return job.trial.outcome.accepted is None and job.trial.setup in setups


def _by_lock(here: Callable[[], Iterable[Job]], locked: bool) -> Job | None:
    """The first trial, but one that needs a lock follows others with a lock, or the last request that does without.

    Args:
        here: gives the trials from the first one on.
        locked: True if the resource is locked.
    """
    first = next(iter(here()), None)
    if first is None:
        return None
    if locked:
        return next((job for job in here() if Locked() in job.trial.setup), first)
    if Locked() in first.trial.setup and first.trial.outcome.accepted:
        free = (job for job in here() if Locked() not in job.trial.setup and job.trial.outcome.accepted)
        return next(free, first)
    return first


def _wear(trial: Trial, executor: Executor) -> int:
    """How much a trial wears the resource: 0 if it may serve all other trials afterwards."""
    context, accepted = executor.context, trial.outcome.accepted
    if accepted is False:
        return 0
    if trial.request.uses_optional_fields:
        return SETS
    if accepted is None and trial.situation.state is not None and not context.graph.is_calm(trial.operation.id):
        return 0 if executor.looks.expects_refusal(trial) else ENDS
    return SPENDS if accepted and trial.operation.id in context.spending else 0
