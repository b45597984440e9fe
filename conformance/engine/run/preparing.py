"""Makes the first resource under test of a run, and requests others ahead where that takes long."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from conformance.engine.cloud.first import first
from conformance.engine.cloud.spares import ahead
from conformance.engine.run.lanes import lane_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.engine.model.trial import Trial
    from conformance.engine.provision.context import RunContext


def make_first(context: RunContext, trials: Sequence[Trial], parallel: int, tell: Callable[[str], None]) -> None:
    """Find things of the cloud that resources can be made of. The first lanes use the resources that come of it.

    Args:
        context: the objects that all lanes of the run share.
        trials: the trials of the run.
        parallel: the most lanes that run at a time.
        tell: a function that takes one sentence for each candidate that was tried in vain.

    Raises:
        ResourceError: no resource can be made.
        OSError: the journal cannot be written.
    """
    resources, kind, top = context.resources, context.kind, str(context.top)
    lanes = {lane_of(trial, context.service) for trial in trials if trial.situation.state is not None}
    asked: list[int] = []

    def others() -> int:
        """The number of lanes that will begin at once, beside the one that gets the first resource."""
        context.places.expect(context.discovery.room(), parallel)
        asked.append(min(context.places.most or parallel, len(lanes)) - 1)
        return asked[0]

    with ahead(partial(resources.make, kind.name, microversion=top, wait=False), others, resources.spares):
        made, what = first(resources, context.discovery, kind, top, tell)
    resources.spares.add(made, ready=True)
    if not asked:
        context.places.expect(context.discovery.room(), parallel)
    context.notes.add("first", f"a {kind.name} is made of {what}")
