"""The levels of a run: which of the cases are tried.

``full`` tries all cases. ``essential`` decides each requirement once, by its cheapest case, or by the next one if that
decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from conformance.engine.api.producers import SAFE
from conformance.engine.model.setup import Existing, Prepared
from conformance.engine.model.trial import Paged, Twice
from conformance.engine.run.lanes import NO_RESOURCE, lane_of

if TYPE_CHECKING:
    from conformance.engine.api.service import ServiceDescription
    from conformance.engine.model.case import Case
    from conformance.engine.model.trial import Trial

ESSENTIAL, FULL = "essential", "full"
LEVELS = (ESSENTIAL, FULL)

PER_RESOURCE, PER_TRANSITION = 8.0, 5.0
"""The price of a first trial on a resource under test, and of one in another status than the initial one."""

PER_ENVIRONMENT = 40.0
"""The price of a first trial on a special resource, in requests: few clouds can make one, and it serves few trials."""


def reads_only(trial: Trial) -> bool:
    """Whether a trial sends only GET or HEAD, and needs no resource under test and no earlier request."""
    alone = trial.situation.state is None and not trial.situation.environment and not trial.setup
    return alone and trial.request.operation.method in SAFE


def cheapest(
    cases: Sequence[Case], service: ServiceDescription, possible: Callable[[Trial], bool] = lambda _: True
) -> list[Case]:
    """Choose one case of each requirement, so that all of them together cost few requests.

    A case that judges less of its requirement than another is chosen only for want of others.

    Requirements with the least choice choose first. A trial or a status that one of them pays for is free for the
    others. The choice is the same for the same arguments, so that the processes of a run need not agree on it.

    Args:
        cases: the cases to choose from.
        service: the description of the service.
        possible: tells whether this run can make a trial. One that it cannot make is chosen only for want of others.

    Returns:
        The chosen cases, in the order of ``cases``.
    """
    offers: dict[str, list[Case]] = {}
    for case in cases:
        offers.setdefault(case.requirement.id, []).append(case)
    known = {case.trial.key: possible(case.trial) for case in cases}
    for name, offered in offers.items():
        whole = [case for case in offered if not case.beside] or offered
        offers[name] = [case for case in whole if known[case.trial.key]] or whole
    paid: set[str] = set()
    chosen: set[str] = set()

    def price(case: Case) -> float:
        trial = case.trial
        if trial.key in paid:
            return 0.0
        return price_of(trial) + sum(cost for part, cost in _shares(trial, service).items() if part not in paid)

    for offered in sorted(offers.values(), key=lambda found: len({case.trial.key for case in found})):
        case = min(offered, key=price)
        chosen.add(case.id)
        paid |= {case.trial.key, *_shares(case.trial, service)}
    return [case for case in cases if case.id in chosen]


def price_of(trial: Trial) -> float:
    """The price of one trial, about its requests: itself, the looks at its consequences, and its setups."""
    outcome, bare = trial.outcome, trial.situation.state is None
    count = 1.0
    if isinstance(trial.exchange, Twice):
        count += 2
    elif isinstance(trial.exchange, Paged):
        count += 3
    if trial.request.operation.method not in SAFE:
        if bare:
            count += 0 if outcome.accepted is False else 2
        else:
            count += 0.3 if outcome.accepted is False else 2.5
    if trial.situation.target in ("own", "any") and bare and "{" in trial.request.operation.path:
        count += 0.5  # a thing is made or found for several trials
    for setup in trial.setup:
        steps = setup.steps if isinstance(setup, Prepared) else ()
        count += 2 * (len(setup.operations) if isinstance(setup, Existing) else max(1, len(steps)))
    return count


def _shares(trial: Trial, service: ServiceDescription) -> dict[str, float]:
    """What a trial shares with others of its lane, with its price: a resource, and a status of it."""
    situation, lane = trial.situation, lane_of(trial, service)
    if situation.state is None:
        return {} if lane == NO_RESOURCE else {f"lane {lane}": PER_TRANSITION}
    about = service.about(trial.operation)
    status = f"{about.resource} in {situation.state}"
    if situation.environment:
        return {f"environment {situation.environment}": PER_ENVIRONMENT, status: PER_TRANSITION}
    away = situation.state != about.under_test.initial_status
    return {f"lane {lane}": PER_RESOURCE, **({status: 2 * PER_TRANSITION} if away else {})}
