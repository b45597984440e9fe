"""Controls: answers that show that a route is there, without which a promise that was kept proves nothing.

Where an address is wrong, or a front door refuses everything, each request gets 404 or 401, and each documented 404 and
401 would seem to hold. So a case passes only if an answer to a request of its operation **tells**: it differs from the
answer to the same request at a route that cannot exist, in which the last fixed word of the path (or the action that
the body names) is a random name. The two are compared by their codes, and where these are the same by their contents,
without all that was in the requests, and without ids, dates and numbers.

An answer does not tell, whatever the other one is, if something in front of the service may have given it: 401, 405,
413, 429, redirections and codes from 500 on. An accepted request tells only where a route that cannot exist is refused.

The answers of the run itself are looked at first. Where none of them tells, one further request is made that changes
nothing: with ids that name nothing, and with a body that nobody can execute.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from conformance.engine.api.producers import placeholders
from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.seen import Manner, manner
from conformance.engine.provision.context import RunContext
from specs.model import Operation

Sent = tuple[Ask, Answer]
"""A request and its answer."""

Harmless = Callable[[Operation], Sent | None]
"""Sends a request of an operation that changes nothing, and gives it with its answer; None where there is none."""

_OF_NOBODY = frozenset({401, 405, 413, 429})
"""Codes that say nothing of a route: who has no token, or another method, need not have reached it."""

_OTHERS = 3
"""How many operations are tried, at most, to see whether anything of the API is there."""

_VARIES = re.compile(r"(?:req-)?[0-9a-f]{8,}(?:-[0-9a-f]{4,})*|\d+|\W+", re.IGNORECASE)
"""The parts of a content that differ from answer to answer, and what stands between words."""


@dataclass
class _Control:
    """What is known of the route of one operation."""

    shown: bool = False
    why: str = "no request of the operation had an answer, and none is known that would change nothing"
    asked: bool = False
    looked_at: int = 0
    contrasts: dict[Manner, list[Sent]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)


@dataclass
class Controls:
    """Sees whether the routes of operations are there. Shared by the lanes of a run, and safe to use from all."""

    context: RunContext
    _known: dict[str, _Control] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def missing(self, operation: Operation, harmless: Harmless) -> str | None:
        """Why nothing shows that the route of an operation is there; None where something does.

        What a release has removed need not be there: then it is enough that another operation is.

        Args:
            operation: whose promise seems to be kept.
            harmless: makes a request of an operation that changes nothing; None where there is none.
        """
        control = self._of(operation)
        with control.lock:
            if not control.shown:
                self._look(control, operation, harmless)
            if control.shown or (operation.removed is not None and self._any_other(harmless)):
                return None
            return control.why

    def nowhere(self, operation: Operation, harmless: Harmless) -> str | None:
        """Why nothing shows that any of the API is at the address; None where an operation is there.

        Args:
            operation: whose promise seems to be broken.
            harmless: as of ``missing``.
        """
        why = self.missing(operation, harmless)
        return None if why is None or self._any_other(harmless) else why

    def _of(self, operation: Operation) -> _Control:
        with self._lock:
            return self._known.setdefault(operation.id, _Control())

    def _look(self, control: _Control, operation: Operation, harmless: Harmless) -> None:
        for ask, answer in self.context.cloud.seen.of(operation.id)[control.looked_at :]:
            control.looked_at += 1
            if self._tells(control, operation, ask, answer):
                return
        if control.asked:
            return
        control.asked = True
        sent = harmless(operation)
        if sent is not None:
            self._tells(control, operation, *sent)

    def _any_other(self, harmless: Harmless) -> bool:
        """Whether the route of some other operation is there."""
        with self._lock:
            if any(control.shown for control in self._known.values()):
                return True
        plain = (o for o in self.context.operations.values() if o.method == "GET" and not placeholders(o.path))
        return any(self.missing(o, harmless) is None for o in islice((o for o in plain if o.removed is None), _OTHERS))

    def _tells(self, control: _Control, operation: Operation, ask: Ask, answer: Answer) -> bool:
        """Whether an answer shows that the route is there."""
        code = answer.status
        if answer.error or code in _OF_NOBODY or not (200 <= code < 300 or 400 <= code < 500):
            control.why = f"the answer {answer.error or code} may come from something in front of the service"
            return False
        contrasts = self._contrasts(control, operation, ask)
        first = next(contrasts, None)
        if first is None:
            control.why = "no request could be sent to a route that cannot exist, to compare the answers"
            return False
        told = first[1].status
        control.why = f"a route that cannot exist is answered in the same way ({told})"
        if first[1].error or not 400 <= told < 500:
            control.why = f"a route that cannot exist is answered with {first[1].error or told}"
        elif code != told:
            control.shown = True
        elif (said := _said(ask, answer)) != _said(*first):
            # What differs from one invented route to the next tells nothing of a route that exists.
            second = next(contrasts, None)
            control.shown = second is not None and said != _said(*second) == _said(*first)
        return control.shown

    def _contrasts(self, control: _Control, operation: Operation, ask: Ask) -> Iterator[Sent]:
        """The answers to the same request at routes that cannot exist, each asked for when it is wanted."""
        known = control.contrasts.setdefault(manner(ask), [])
        yield from known
        while True:
            invented = elsewhere(operation, ask, self.context.cloud.invent())
            try:
                sent = invented, self.context.cloud.send(invented)
            except CloudError:
                return
            known.append(sent)
            yield sent


def elsewhere(operation: Operation, ask: Ask, name: str) -> Ask:
    """A request of an operation, sent to a route that cannot exist: a name in the place of its last fixed word."""
    if operation.action is not None:
        return replace(ask, body={name: None}, intent=None, expect_created=None, operation="")
    documented, parts = operation.path.split("/"), ask.path.split("/")
    fixed = [n for n, part in enumerate(documented) if part and "{" not in part and n < len(parts)]
    if fixed:
        parts[fixed[-1]] = name
    else:
        parts = [*(part for part in parts if part), name]
        parts.insert(0, "")
    return replace(ask, path="/".join(parts), intent=None, expect_created=None, operation="")


def _said(ask: Ask, answer: Answer) -> tuple[str, str]:
    """The content of an answer, to be compared: its type, and its words without those of the request."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    text = answer.text if answer.json is ABSENT else json.dumps(answer.json, sort_keys=True)
    own = [*ask.path.split("/"), *(ask.body if isinstance(ask.body, dict) else ())]
    for word in sorted((str(one) for one in own if len(str(one)) > 1), key=len, reverse=True):
        text = text.replace(word, " ")
    return kind, " ".join(_VARIES.sub(" ", text).lower().split())
