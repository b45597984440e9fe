"""The views before a refused request, of things that do not hide its execution.

Whoever puts a value into a thing that has it already changes nothing, whether refused or not.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from conformance.engine.api.json_path import members
from conformance.engine.api.producers import placeholders
from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.exchange import ABSENT, Ask
from conformance.engine.cloud.roles import Role
from conformance.engine.execute.snapshots import BEING, SHOWN, Snapshots
from specs.model import Operation

if TYPE_CHECKING:
    from conformance.engine.model.trial import Trial
    from conformance.engine.provision.context import RunContext
    from conformance.engine.provision.owned import Filled

BELOW_A_THING = 2
"""The fewest placeholders in the path of something below a thing."""


def before(
    context: RunContext,
    snapshots: Snapshots,
    trial: Trial,
    filled: Filled,
    body: Any,
    removed: Callable[[str], object],
) -> Mapping[str, Any] | None:
    """The views that a refused request must leave as they are; None if nothing can be seen.

    What a PUT puts into a thing of the run is removed first if it is there as the request says, where a documented
    DELETE has the same path. If it is not there, it must not come, since nobody else would put it there. A thing that
    a POST makes stays, since a PUT only changes it: without it, the request would be refused for another reason.

    Args:
        context: the objects that all lanes of the run share.
        snapshots: the views of the lane.
        trial: the trial.
        filled: the path of its request.
        body: the body of its request.
        removed: is told the path of the collection from which something was removed.
    """
    seen = snapshots.before(trial, filled, body)
    remover = _remover(context, trial.request.operation)
    if remover is None or trial.outcome.accepted is not False or not _is_in_own(context, filled):
        return seen
    if filled.owned is not None and filled.owned.path == filled.path:
        return seen
    if _says_it(seen, body):
        role = Role.ADMIN if Role.ADMIN in context.cloud.roles else Role.MEMBER
        with contextlib.suppress(CloudError):  # while it stays, less can be seen, and no more
            context.cloud.send(Ask("DELETE", filled.path, role, str(context.version_for(remover))))
        snapshots.forget()
        removed(filled.path.rpartition("/")[0])
        seen = snapshots.before(trial, filled, body)
    return {BEING: False} if seen is None and trial.situation.state is None else seen


def _remover(context: RunContext, operation: Operation) -> Operation | None:
    """The documented DELETE of what a PUT puts below a thing; None if there is none."""
    if (
        operation.method != "PUT"
        or not operation.path.endswith("}")
        or len(placeholders(operation.path)) < BELOW_A_THING
    ):
        return None
    at = (o for o in context.operations.values() if o.path == operation.path and o.method == "DELETE")
    return next((o for o in at if o.removed is None and o.action is None), None)


def _is_in_own(context: RunContext, filled: Filled) -> bool:
    """Whether a path leads below a thing of the run, or of a cloud that nobody else uses."""
    journal, above = context.cloud.journal, list(filled.values.values())[:-1]
    return context.sandbox or (journal is not None and any(map(journal.owns, above)))


def _says_it(seen: Mapping[str, Any] | None, body: Any) -> bool:
    """Whether a view shows a thing with all values of a body."""
    said = {name.rpartition(".")[2]: value for name, value in members("", body).items()}
    shown = seen.get(SHOWN) if seen is not None and seen.get(BEING) else None
    return bool(said) and isinstance(shown, Mapping) and all(shown.get(k, ABSENT) == v for k, v in said.items())
