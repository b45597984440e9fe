"""Makes the first resource under test of a run, requests others ahead where that takes long, and reads the limits."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING

from conformance.engine.cloud.errors import CloudError, NoRoomError
from conformance.engine.cloud.first import first
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.spares import ahead
from conformance.engine.cloud.waits import Waits
from conformance.engine.provision.durations import SLOW
from conformance.engine.provision.places import EACH
from conformance.engine.run.lanes import lane_of
from conformance.engine.run.needed import users

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from conformance.engine.model.trial import Trial
    from conformance.engine.provision.context import RunContext

LEFT = 2
"""The things of a kind that must be left so that one more lane may need one: one is for the project's other users."""


def prepare(
    context: RunContext, trials: Sequence[Trial], parallel: int, tell: Callable[[str], None], shared: bool = False
) -> None:
    """Find things of the cloud that resources can be made of, and as many lanes as the limits have room for.

    The first lanes use the resources that come of it. In a project without room for one, trials that need none go on,
    and each of the others says why it is not decided.

    Args:
        context: the objects that all lanes of the run share.
        trials: the trials of the run.
        parallel: the most lanes that run at a time.
        tell: a function that takes one sentence for each candidate that was tried in vain.
        shared: True if other processes try the other trials of the run.

    Raises:
        ResourceError: no resource can be made, and all trials of the run need one or a quota is not the reason.
        OSError: the journal cannot be written.
    """
    needed = any(one.situation.state is not None and context.about(one.operation) is context for one in trials)
    # A cloud may keep resources of another role to itself, and the others are tried all the same.
    if needed and context.service.under_test.role is Role.MEMBER:
        try:
            _make_first(context, trials, parallel, tell)
        except NoRoomError as error:
            if not shared and all(one.situation.state is not None for one in trials):
                raise
            context.places.kept_by_others(error.room)
            context.notes.add("missing", str(error))
    elif (where := context.cloud.profile.room) is not None:
        several = {things for things, lanes in _users(context, trials).items() if lanes > 1}
        if not several.isdisjoint(where.others):
            _expect_room(context, trials, parallel)


def _make_first(context: RunContext, trials: Sequence[Trial], parallel: int, tell: Callable[[str], None]) -> None:
    resources, kind, top = context.resources, context.kind, str(context.top)
    lanes = {lane_of(trial, context.service) for trial in trials if trial.situation.state is not None}
    asked: list[int] = []

    def others() -> int:
        """The number of lanes that will begin at once, beside the one that gets the first resource."""
        _expect_room(context, trials, parallel)
        asked.append(min(context.places.most or parallel, len(lanes)) - 1)
        return asked[0]

    with ahead(partial(resources.make, kind.name, microversion=top, wait=False), others, resources.spares):
        made, source = first(resources, context.discovery, kind, top, tell)
    resources.spares.add(made, ready=True)
    # The lanes begin with what is there already, and so do not see how long a resource takes.
    if took := context.waits.expected(f"a new {kind.name}"):
        context.waits.ended(Waits.NEW, took, well=True)
    if not asked:
        _expect_room(context, trials, parallel)
    context.notes.add("first", f"a {kind.name} is made of {source}")


def make_ahead(context: RunContext, trial: Trial) -> None:
    """Have a resource made, while a trial is expected to show a deviation, on which it will be tried again.

    Only on a cloud that takes long for a resource and has room, so that the second try does not wait for it. Resources
    of a special environment, and further ones while one is still spare, are not made ahead.
    """
    slow = context.waits.expected(Waits.NEW) >= SLOW and context.places.most is None
    if not slow or trial.situation.state is None or trial.situation.environment:
        return
    known, spares = context.service.under_test, context.resources.spares
    if not spares.count(context.kind.name, known.role):
        with contextlib.suppress(CloudError, OSError):  # the second try makes one, and says why it cannot
            top = str(context.top)
            made = context.resources.make(context.kind.name, role=known.role, microversion=top, wait=False)
            spares.add(made, ready=False)


def _expect_room(context: RunContext, trials: Sequence[Trial], parallel: int) -> None:
    """Let as many lanes begin as the limits of the project, where the cloud shows them, have room for."""
    room, others = context.discovery.rooms()
    context.places.expect(room, parallel)
    lanes = _users(context, trials) if others else {}
    for things, left in others.items():
        context.places.bound(left, min(lanes.get(things, 0), parallel))
    context.places.one_more = partial(_one_more, context, {things for things in others if lanes.get(things, 0) > 1})


def _one_more(context: RunContext, several: AbstractSet[str]) -> bool:
    """Whether the limits, as the cloud shows them now, have room for one more lane beside those that hold things.

    Args:
        context: the objects that all lanes of the run share.
        several: the collections, by the last part of their paths, of which several lanes need things.
    """
    try:
        room, others = context.discovery.rooms()
    except CloudError:
        return False
    # As when lanes begin: as many resources as a lane holds, and the last one of other things is left.
    return (room is None or room >= EACH) and all(others.get(things, LEFT) >= LEFT for things in several)


def _users(context: RunContext, trials: Sequence[Trial]) -> Mapping[str, int]:
    """The number of lanes that need things of each collection, by the last part of its path."""
    lanes: dict[str, list[Trial]] = {}
    for trial in trials:
        lanes.setdefault(lane_of(trial, context.service), []).append(trial)
    return users(lanes.values(), context)
