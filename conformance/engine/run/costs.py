"""The requests of one trial, by their reasons: itself, looks, things made and removed, locks, and earlier requests.

Each figure is an average over traced runs on the sandbox. The resources under test and their transitions are counted
apart, by ``forecast``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.engine.model.setup import Existing, Locked, Prepared, UnderWay
from conformance.engine.model.trial import Paged, Trial, Twice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.engine.api.needs import Needs

PAGES, CONTROLS_OF_A_LIST = 2.0, 0.6
"""The requests for the pages of a list, and those that show that it stays as it is meanwhile.

A run that changes nothing can put no elements into a list, and one that is too short for pages is asked for once."""

REMOVED, SEEN = 1.0, 0.5
"""A thing that an accepted request has made is removed; some are looked at first."""

FIRST_LOOKS, FURTHER_LOOKS = 2.5, 0.45
"""The looks at things that a refusal must have left as they were: for the first refusal of an operation in a lane, and
for each, since several share a view."""

SHARED_LOOK = 0.2
"""The same for an action on a resource under test, whose look a group of refusals shares."""

BELOW, BELOW_BY_A_SENDER, BELOW_SILENTLY = 0.8, 1.9, 1.8
"""The same for a request to a path below the resource, which has views of its own."""

EFFECTS, EFFECTS_BELOW = 0.8, 1.8
"""The looks at the effects of an accepted request, and polls until it has ended; those of a request to a path below."""

BEFORE, AFTER, MARK = 2.0, 4.0, 3.0
"""A request that makes an accepted one possible, one that takes its effects back, with the looks at both, and one that
would reveal that a refused one was executed."""

BY_ITSELF = 10.0
"""The requests until a thing is there that exists only for a while, and the looks whether it is still there."""

BY_ITSELF_IN_VAIN = 4.0
"""The same where the reference is silent: most statuses do not let such a thing come about."""

LOCK = 2.5
"""A lock, the look at it, and its end."""

LOCKED_LOOKS = 2.0
"""The looks of a request that must be refused because of a lock."""

UNDER_WAY = 1.0
"""The look whether a transition was still under way."""

THING = 3.0
"""A thing is sought, made, and looked at until it is there."""


def requests_of(trial: Trial, needs: Needs, marks: int = 0, changes: bool = True) -> float:
    """The requests of one trial in its situation, without those that make resources under test or change their status.

    Args:
        trial: the trial.
        needs: the needs of its operation.
        marks: the number of steps before it that would reveal its execution, if it must be refused.
        changes: False in a run that changes nothing.
    """
    count = 1.0
    if isinstance(trial.exchange, Twice):
        count = 2.0
    elif isinstance(trial.exchange, Paged):
        count = PAGES + CONTROLS_OF_A_LIST if changes else 1.0
    if trial.situation.target == "unknown":
        return count
    silent, below = trial.outcome.accepted is None, trial.situation.state is not None
    if not needs.only_reads:
        count += _of_resource(trial) if below else _alone(trial)
        count += BEFORE * len(needs.before) + AFTER * len(needs.after) if trial.outcome.accepted else MARK * marks
    if any(placeholder.passing for placeholder in needs.placeholders):
        count += BY_ITSELF_IN_VAIN if silent else BY_ITSELF
    for setup in trial.setup:
        if setup == Locked():
            count += LOCK if trial.outcome.accepted or needs.only_reads else LOCK + LOCKED_LOOKS
        elif isinstance(setup, UnderWay):
            count += UNDER_WAY
        elif isinstance(setup, Existing | Prepared):
            count += THING * max(1, len(setup.operations if isinstance(setup, Existing) else setup.steps))
    return count


def requests_beside(trials: Iterable[Trial], needs: Needs) -> float:
    """The requests that trials of one operation without a resource under test share in a lane.

    Args:
        trials: the trials of the operation in the lane.
        needs: the needs of the operation.
    """
    own = [trial for trial in trials if trial.situation.state is None and trial.situation.target != "unknown"]
    if not own:
        return 0.0
    things = sum(one.element.can_be_made and one.value is None for one in needs.placeholders)
    gone = sum(trial.outcome.accepted is True for trial in own) - 1 if needs.removes else 0
    looks = FIRST_LOOKS if not needs.only_reads and any(trial.outcome.accepted is not True for trial in own) else 0.0
    return THING * (things + max(0, gone)) + looks


def _alone(trial: Trial) -> float:
    """The looks at the consequences of a request without a resource under test, and the removals after it."""
    return REMOVED + SEEN if trial.outcome.accepted else FURTHER_LOOKS


def _of_resource(trial: Trial) -> float:
    """The looks at the consequences of a request on a resource under test."""
    outcome = trial.outcome
    if outcome.accepted:
        return EFFECTS if trial.operation.action is not None else EFFECTS_BELOW
    if trial.operation.action is not None:
        return SHARED_LOOK if outcome.accepted is False else EFFECTS
    if outcome.accepted is None:
        return BELOW_SILENTLY
    return BELOW_BY_A_SENDER if outcome.refused_for == "sender" else BELOW
