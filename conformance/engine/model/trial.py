"""A trial: one exchange in one situation.

Several cases can be judged by the same trial (the code of a response, its body and its headers), so trials, not cases,
are the things that a run plans and that cost a cloud anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from conformance.engine.model.binding import Step
from conformance.engine.model.listing import Listing
from specs.model import Operation


@dataclass(frozen=True)
class Situation:
    """What must be so before the request is sent.

    Attributes:
        state: the status of the server, None where no server is needed.
        locked: whether its owner has locked it.
        target: ``own`` (the server of this lane), ``unknown`` (a random id that the cloud does not know), ``missing``
            (such an id for the last name of the path alone), ``any`` (own where there is one, else unknown) or None.
        environment: what kind of server it is, by a name of the table of environments; empty for the usual one.
    """

    state: str | None = None
    locked: bool = False
    target: str | None = "own"
    environment: str = ""


@dataclass(frozen=True)
class Trial:
    """One exchange in one situation.

    Attributes:
        key: unique in a suite, stable from run to run.
        operation: what is asked.
        role: ``member``, ``admin``, ``reader``, ``alt``, ``no-token`` or ``bad-token``.
        microversion: the version to ask for, or None for the highest that run and operation share.
        query: names and values of the query, Bindings too.
        body: the request body; ``Binding`` objects stand where the cloud gives the value.
        accepted: whether the reference lets one expect that the request is accepted: True, False or None (silent).
        leads_to: the statuses that the reference or the state table gives for afterwards; empty: the same as before.
        may_elevate: whether an administrator may take the place of a member who is refused with 403, because the
            promise is not about roles.
        beyond_base: whether the request holds more than the reference requires, so that the server is not what it was
            created as after it.
        effect_of: name and value of a request field whose effect is looked for afterwards in the resource.
        path: placeholders with texts that stand for them whatever exists.
        repeat: whether the request is sent twice, and the second answer is the one that counts: ``same`` for the same
            target, ``other`` for a second element of the collection, empty for once.
        listing: what is tried on a list, where the trial asks for it more than once.
        stands_in: whether what the request needs is there in the sandbox, and elsewhere by the provider's choice.
        barred: whether the request is as it should be, and is refused only for who asks, or for a lock.
        ended: whether what the path names while it lasts has come to its end before the request is sent.
        having: operations; what the path of each names is there when the request is sent.
        steps: what goes before the request beyond what its operation always needs: so that it is refused, or shows what
            it documents. After steps, and after what had to be there, the lane makes what it needs anew.
    """

    key: str
    operation: Operation
    situation: Situation
    role: str
    body: Any = None
    query: tuple[tuple[str, Any], ...] = ()
    microversion: str | None = None
    accepted: bool | None = True
    leads_to: tuple[str, ...] = ()
    may_elevate: bool = False
    beyond_base: bool = False
    effect_of: tuple[str, Any] | None = None
    path: tuple[tuple[str, str], ...] = ()
    repeat: Literal["", "same", "other"] = ""
    barred: bool = False
    listing: Listing | None = None
    ended: bool = False
    having: tuple[str, ...] = ()
    stands_in: bool = False
    steps: tuple[Step, ...] = ()
