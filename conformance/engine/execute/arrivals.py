"""Things without a name that a list shows after a refused request, though it did not show them before.

A thing that bears a name of the run is looked for by it. Of others the journal notes which were there before each
request for one, so that a request which is refused and carried out all the same shows a thing more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from conformance.engine.api.json_path import members
from conformance.engine.cloud.listing import things_in_list
from conformance.engine.cloud.roles import Role

if TYPE_CHECKING:
    from conformance.engine.cloud.book import Intent
    from conformance.engine.provision.context import RunContext


Lists = dict[tuple[str, str], list[dict[str, Any]]]
"""The things that were listed in one look, by kind and role."""


def arrived(context: RunContext, intent: Intent | None, body: Any, lists: Lists) -> tuple[str, ...]:
    """The ids of the things that came since a refused request asked for one, and that fit its body.

    Others may make things in the same project, and some things come with others. So a thing counts only if nothing of
    this run is still being made of the same kind, if the run has not made it, and if it shows a value of the request
    and no other one for a field of both. The project must be that of the sender: the list is read as the role that
    asked. A request that gives a name of the run anywhere would make something with this name.

    Args:
        context: the objects that all lanes of the run share.
        intent: the journal's line about the request; None if it would make nothing.
        body: the body of the request.
        lists: the lists of the present look, to which those that are read here are added.
    """
    journal = context.cloud.journal
    before = journal.before_of(intent) if intent is not None and journal is not None else None
    if intent is None or journal is None or before is None:
        return ()
    said = {name.rpartition(".")[2]: value for name, value in members("", body).items()}
    if not said or context.cloud.prefix in json.dumps(body, default=str):
        return ()
    kind, key = context.cloud.profile.kind(intent.kind), (intent.kind, intent.role)
    if key not in lists:
        lists[key] = things_in_list(context.cloud, kind, Role(intent.role)) or []
    came = {id_: one for one in lists[key] if (id_ := str(one[kind.id_field])) not in before.ids}
    if not came or any(one.intent.kind == kind.name and not one.settled and not one.ids for one in journal.entries()):
        return ()
    ours = {id_ for id_ in came if journal.owns(id_, kind.collection)}
    return tuple(sorted(id_ for id_, one in came.items() if id_ not in ours and _fits(one, said)))


def _fits(one: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether a thing shows a value of a request under the name that the request has for it, and no other value."""
    shown = [one[name] == value for name, value in said.items() if name in one]
    return bool(shown) and all(shown)
