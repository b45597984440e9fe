"""Elements of a lane that serve no request any more, though nothing has said so.

An accepted request may have taken an element away, or given it to others, without naming it: a transfer names the
offer in its path and not the thing. The next request that names the element is answered 404. Another element may have
room for one thing of a kind alone, which an earlier request has made: the next one for such a thing is answered 409.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.fields import texts
from conformance.engine.cloud.roles import Role
from conformance.engine.model.evidence import Evidence
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.elements import Elements
from conformance.engine.provision.errors import CONFLICT
from conformance.engine.provision.owned import Owned

HIDDEN = 404
GONE = frozenset({HIDDEN, 410})


@dataclass
class Lost:
    """Gives up elements of one lane that a refusal shows to be lost or full, so that the request is made with others.

    Attributes:
        context: the objects that all lanes of the run share.
        pool: the elements of the lane.
    """

    context: RunContext
    pool: Elements
    _in_vain: set[str] = field(default_factory=set)

    def again(self, evidence: Evidence, path: str, body: Any = ABSENT) -> bool:
        """Whether a documented request that was refused is to be made again, since it gets other elements then.

        Args:
            evidence: the evidence of the request.
            path: the filled path of the request.
            body: the body of the request.
        """
        operation = evidence.trial.request.operation
        if evidence.accepted:
            self._in_vain.discard(operation.id)
        if evidence.problem or not evidence.trial.outcome.accepted:
            return False
        if evidence.status == HIDDEN:
            return self._forgotten({*map(unquote, path.split("/")), *texts(body)})
        full = self.pool.named(set(texts(body))) if evidence.status == CONFLICT and operation.method == "POST" else []
        if not full or self.context.service.described or operation.id in self._in_vain:
            return False
        self._in_vain.add(operation.id)  # until it is seen to help
        for owned in full:
            self.pool.dispose(owned)
        return True

    def _forgotten(self, named: set[str]) -> bool:
        """Forget the elements that their makers see no more. They stay in the journal: who sees one removes it."""
        lost = [owned for owned in self.pool.named(named) if self._is_away(owned)]
        for owned in lost:
            self.pool.forget(owned)
            self.pool.let_go(owned)
        return bool(lost)

    def _is_away(self, owned: Owned) -> bool:
        reader = owned.producer.reader if owned.producer is not None else None
        if reader is None:
            return False
        version = str(self.context.version_for(reader))
        return self.context.cloud.get(owned.path, role=Role(owned.role), microversion=version).status in GONE
