"""Hands a resource under test on: from a lane that ends to one that begins, if nothing but its status has changed."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.removal import WORKERS
from conformance.engine.cloud.things import Thing
from conformance.engine.provision.durations import SLOW, Durations, way_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.engine.cloud.kinds import Kind, View
    from conformance.engine.cloud.made import Made
    from conformance.engine.provision.actions import Actions
    from conformance.engine.provision.bindings import Bindings
    from conformance.engine.provision.context import RunContext

FAR = 3.5
"""The longest way from the status of a resource that is handed on, as a sum of the costs of its edges: a new resource
takes about as many requests, and begins in the initial status. On a slow cloud the seconds count instead."""

LONGER = 5.0
"""The seconds by which a way must be shorter to be taken in place of one with fewer requests."""


class Held(Protocol):
    """The members of ``provision.subject.Subject``, the resource under test, that tell whether it can be handed on."""

    context: RunContext
    made: Made | None
    view: View | None
    known_id: str
    begun: bool
    must_replace: bool
    altered: bool
    locked: bool
    outdated: bool
    under_way: str
    environment: str
    furnished: set[str]
    bindings: Bindings
    actions: Actions
    seen_in: dict[str, View]
    before_leaving: Callable[[], None]

    @property
    def status(self) -> str | None:
        """The status as last seen."""

    def discard(self) -> None:
        """Give the resource up."""

    def refresh(self) -> View | None:
        """Look at the resource. Returns its view; None if it is gone."""

    def stir(self, path: str = "", handed: bool = False) -> None:
        """Note that the resource may be changing although its status does not show it."""


def hand_on(subject: Held) -> bool:
    """Offer the resource of a lane that ends to the lanes after it. Returns False if it may be another one by now."""
    changed = subject.must_replace or subject.altered or subject.locked or subject.under_way
    apart = subject.environment or subject.furnished or subject.bindings.attached
    if subject.made is None or subject.view is None or changed or apart or not _lasts(subject):
        return False
    subject.before_leaving()
    made, subject.made = replace(subject.made, body=dict(subject.view)), None
    subject.context.places.last_actions[made.id] = subject.actions.last
    subject.discard()
    subject.context.places.offer(under_test(subject.context.kind), [made])
    return True


def taken_over(subject: Held, state: str) -> bool:
    """Let a lane begin with the resource that another one has left nearest to a status. Returns False if none is near.

    Later the lane makes new ones: what has failed is tried again on a new resource.
    """
    if subject.environment:
        return False
    context = subject.context

    durations = Durations.in_run(context.waits, context.service)

    def distance(made: Made) -> tuple[float, float] | None:
        """The seconds of the way, as far as the run has seen them, and its cost."""
        status = context.kind.state_of(made.body)[0]
        way = way_of(context, status, state)
        cost = None if way is None else sum(edge.cost for edge in way)
        if way is None or cost is None:
            return None
        seconds = durations.sum(edge.operation.id for edge in way)
        near = seconds < durations.new if durations.new >= SLOW else cost <= FAR
        return (round(seconds / LONGER), cost) if near else None

    made = context.places.take_offered(under_test(subject.context.kind), distance)
    if made is None:
        return False
    subject.made, subject.known_id, subject.begun, subject.outdated = made, made.id, True, True
    subject.view = dict(made.body)
    subject.seen_in = {str(subject.status): subject.view}
    subject.actions.last = context.places.last_actions.pop(made.id, "")
    subject.stir(handed=True)  # the last action of the other lane may not have ended
    if subject.status in context.unkept.optional and subject.refresh() is None:  # the cloud may have removed it
        subject.discard()
        return False
    return True


def give_up(context: RunContext, made: Made, kind: Kind, view: View | None) -> None:
    """Have a resource deleted, and then the earlier things whose deletion had to wait and is due by now."""
    gone = False
    with contextlib.suppress(CloudError):
        gone = context.resources.drop(made.id, made.role, kind, view)
    if not gone:
        context.places.refuse(Thing(made.kind, made.id, made.path, made.role))
    for thing in context.places.due():
        gone = False
        with contextlib.suppress(CloudError):
            gone = context.resources.drop_again(thing)
        if not gone:
            context.places.refuse(thing)


def withdraw(context: RunContext) -> None:
    """Have the resources that no lane will take any more removed together, as a lane removes its own.

    The end of the run waits until they are gone. It would request a usual deletion first, after which a cloud may keep
    them for a while.
    """
    names = dict.fromkeys((context.service.resource, *context.graphs))
    kinds = {under_test(kind): kind for kind in map(context.cloud.profile.kind, names)}
    things = context.places.withdraw(kinds)

    def drop(made: Made) -> None:
        with contextlib.suppress(CloudError, OSError):  # the end of the run removes it, or tells why it cannot
            context.resources.drop(made.id, made.role, context.cloud.profile.kind(made.kind), made.body)

    with ThreadPoolExecutor(WORKERS, "conformance-removal") as pool:
        list(pool.map(drop, things))


def _lasts(subject: Held) -> bool:
    """Whether a resource stays in its status until another lane takes it."""
    known, context = subject.context.service.under_test, subject.context
    left = (subject.environment, subject.status or "") in context.unkept.reasons
    return subject.status in known.stable_statuses and not left and subject.status not in context.kind.status.failed


def under_test(kind: Kind) -> str:
    """The name under which resources under test of a kind are offered."""
    return f"{kind.name} under test"
