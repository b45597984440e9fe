"""Elements that a lane has lost: an accepted request has taken them away, or given them to others, without naming them.

As a transfer does, whose path names the offer and not the thing. The next request that names one is answered 404.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.fields import texts
from conformance.engine.cloud.roles import Role
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.elements import Elements

GONE = frozenset({404, 410})


def forget_lost(context: RunContext, pool: Elements, path: str, body: Any = ABSENT) -> bool:
    """Forget the elements that a request has named and that their makers see no more. Returns whether there are any.

    They stay in the journal, so that who sees one of them removes it.

    Args:
        context: the objects that all lanes of the run share.
        pool: the elements of the lane.
        path: the filled path of the request.
        body: the body of the request.
    """
    named = {*map(unquote, path.split("/")), *texts(body)}
    found = False
    for owned in pool.named(named):
        reader = owned.producer.reader if owned.producer is not None else None
        if reader is None:
            continue
        version = str(context.version_for(reader))
        if context.cloud.get(owned.path, role=Role(owned.role), microversion=version).status in GONE:
            pool.forget(owned)
            pool.let_go(owned)
            found = True
    return found
