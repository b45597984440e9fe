"""Controls: answers that prove that the route of an operation exists. Without one, a kept promise proves nothing.

At a wrong address, or behind a front end that refuses everything, each request is answered 404 or 401, and each
documented 404 and 401 would seem to hold. So a case passes only if an answer to a request of its operation **tells**:
it differs from the answer to the same request at a route that cannot exist, in which a random name stands for the last
fixed word of the path, or for the action that the body names. The two answers are compared by their codes, and if these
are equal by their contents, without the words of the requests, and without ids, dates and numbers.

An answer never tells if a front end of the service may have given it: 401, 405, 413, 429, redirections and codes from
500 on. A choice of several things (300) tells where the reference lists it as a normal code. An accepted request tells
only if the route that cannot exist is refused.

The answers of the run itself are used first. If none of them tells, and no trial is left that may be accepted, one
further request is sent that changes nothing: with ids that name nothing, and with a body that no operation takes.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count, islice

from conformance.engine.api.producers import form, placeholders
from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.purpose import serving
from conformance.engine.cloud.seen import Manner, Sent, manner
from conformance.engine.provision.context import RunContext
from specs.model import Operation
from specs.record.purposes import Purpose

Harmless = Callable[[Operation], Sent | None]
"""Sends a request of an operation that changes nothing. Returns it with its answer, or None if there is none."""

_OF_NOBODY = frozenset({401, 405, 413, 429})
"""Codes that say nothing about a route: a request without a token, or with another method, need not reach it."""

_FAILED = 500
"""The code of a service that has failed; a front end has codes of its own for that."""

_CHOICE = 300
"""The code of an answer that lists choices, such as the versions of an API (RFC 9110, 15.4.1)."""

_OTHERS = 3
"""The highest number of operations that are tried to see whether any of the API exists at an address."""

_VARIES = re.compile(r"(?:req-)?[0-9a-f]{8,}(?:-[0-9a-f]{4,})*|\d+|\W+", re.IGNORECASE)
"""The parts of a content that differ from answer to answer, and the characters between words."""


@dataclass
class _Control:
    """The knowledge of the route of one operation.

    Attributes:
        shown: True if an answer has proved that it exists.
        why: the reason why none has.
        asked: True if the harmless request was sent.
        looked_at: the number of the run's answers that were compared.
        glanced_at: the number of those that were compared only if it needs no further request, or if they accept.
        answered: True if any answer was compared.
        lock: held while the route is looked for.
    """

    shown: bool = False
    why: str = "no request of the operation had an answer, and none is known that would change nothing"
    asked: bool = False
    looked_at: int = 0
    glanced_at: int = 0
    answered: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)


@dataclass
class _Contrast:
    """The requests of one kind to routes that cannot exist, with their answers; ``lock`` is held while one is sent."""

    sent: list[Sent] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


_Kind = tuple[str, str, tuple[str, ...], Manner, bool]
"""The requests that one request to a route that cannot exist stands for: the method, the form of its path, the names of
its query, its manner, and whether the request with which it is compared was accepted."""


@dataclass
class Controls:
    """Finds out whether the routes of operations exist. Shared by the lanes of a run, and safe to use from all."""

    context: RunContext
    _known: dict[str, _Control] = field(default_factory=dict)
    _contrasts: dict[_Kind, _Contrast] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def missing(self, operation: Operation, harmless: Harmless | None) -> str | None:
        """The reason why nothing proves that the route of an operation exists; None if something does.

        The route of an operation that a release has removed need not exist: that of another operation is enough.

        Args:
            operation: the operation whose promise seems to be kept.
            harmless: sends a request that changes nothing; None as long as a trial may still show the route.
        """
        control = self._of(operation)
        with control.lock:
            if not control.shown:
                self._look(control, operation, harmless)
            if control.shown or (operation.removed is not None and self._any_other(harmless)):
                return None
            return control.why

    def nowhere(self, operation: Operation, harmless: Harmless | None) -> str | None:
        """The reason why nothing proves that any of the API exists at the address; None if a route does.

        Args:
            operation: the operation whose promise seems to be broken.
            harmless: sends a request that changes nothing; None as long as a trial may still show the route.
        """
        why = self.missing(operation, harmless)
        return None if why is None or self._any_other(harmless) else why

    def answered(self, operation: Operation) -> bool:
        """Whether any request of an operation was looked at so far, that of the run's own included."""
        return self._of(operation).answered

    def _of(self, operation: Operation) -> _Control:
        with self._lock:
            return self._known.setdefault(operation.id, _Control())

    def _look(self, control: _Control, operation: Operation, harmless: Harmless | None) -> None:
        seen = self.context.cloud.seen.of(operation.id)
        if harmless is None:
            new, control.glanced_at = seen[control.glanced_at :], len(seen)
            # An accepted request shows a route for certain, while the first refusals may look like those elsewhere.
            for ask, answer in new:
                known = _kind(operation, ask, answer) in self._contrasts
                if (answer.ok or known) and self._tells(control, operation, ask, answer):
                    return
            return
        new = seen[control.looked_at :]
        # Answers that need no further request come first.
        for ask, answer in sorted(new, key=lambda sent: _kind(operation, *sent) not in self._contrasts):
            control.looked_at += 1
            if self._tells(control, operation, ask, answer):
                return
        if control.asked:
            return
        control.asked = True
        sent = harmless(operation)
        if sent is not None:
            self._tells(control, operation, *sent)

    def _any_other(self, harmless: Harmless | None) -> bool:
        """Whether the route of some other operation exists."""
        with self._lock:
            if any(control.shown for control in self._known.values()):
                return True
        if harmless is None:
            return False
        plain = (o for o in self.context.operations.values() if o.method == "GET" and not placeholders(o.path))
        return any(self.missing(o, harmless) is None for o in islice((o for o in plain if o.removed is None), _OTHERS))

    def _tells(self, control: _Control, operation: Operation, ask: Ask, answer: Answer) -> bool:
        """Whether an answer proves that the route exists."""
        code, control.answered = answer.status, True
        choice = code == _CHOICE and any(one.code == _CHOICE for one in operation.responses.normal)
        if answer.error or code in _OF_NOBODY or not (200 <= code < 300 or 400 <= code < 500 or choice):
            control.why = f"the answer {answer.error or code} may come from something in front of the service"
            return False
        contrasts = self._elsewhere(operation, ask, answer)
        first = next(contrasts, None)
        if first is None:
            control.why = "no request could be sent to a route that cannot exist, to compare the answers"
            return False
        told = first[1].status
        control.why = f"a route that cannot exist is answered in the same way ({told})"
        if first[1].error or not 400 <= told < 500:
            control.why = f"a route that cannot exist is answered with {first[1].error or told}"
            # A service may fail below its own words. Where it knows not even the first one, it has to say so.
            other = self._invented(operation, ask, first=True) if told == _FAILED and answer.ok else None
            control.shown = other is not None and 400 <= other[1].status < 500 and not other[1].error
        elif code != told:
            control.shown = True
        elif (said := _said(ask, answer)) != _said(*first):
            # Contents that differ between two invented routes prove nothing about a real one.
            second = next(contrasts, None)
            control.shown = second is not None and said != _said(*second) == _said(*first)
        return control.shown

    def _elsewhere(self, operation: Operation, ask: Ask, answer: Answer) -> Iterator[Sent]:
        """The same request at routes that cannot exist, with the answers; each is sent when it is needed.

        Operations whose requests differ in nothing but the replaced word share them.
        """
        with self._lock:
            contrast = self._contrasts.setdefault(_kind(operation, ask, answer), _Contrast())
        for number in count():
            with contrast.lock:
                sent = contrast.sent[number] if number < len(contrast.sent) else self._invented(operation, ask)
                if sent is None:
                    return
                passing = bool(sent[1].error) or sent[1].status >= 500  # a fault that need not come again
                if number == len(contrast.sent) and not passing:
                    contrast.sent.append(sent)
            yield sent
            if passing:
                return

    def _invented(self, operation: Operation, ask: Ask, first: bool = False) -> Sent | None:
        """Send the same request to a route that cannot exist. None if it may not be sent."""
        invented = elsewhere(operation, ask, self.context.cloud.invent(), first)
        try:
            with serving(Purpose.LOOKING):
                return invented, self.context.cloud.send(invented)
        except CloudError:
            return None


def _kind(operation: Operation, ask: Ask, answer: Answer) -> _Kind:
    """The kind of requests to routes that cannot exist with which an answer is compared."""
    path = operation.path if operation.action is not None else _elsewhere(operation.path, operation.path, "*")
    return ask.method, form(path), tuple(name for name, _ in ask.query), manner(ask), answer.ok


def elsewhere(operation: Operation, ask: Ask, name: str, first: bool = False) -> Ask:
    """The request of an operation at a route that cannot exist: a name replaces the last fixed word of its path.

    With ``first`` it replaces the first fixed word, if the path has several.
    """
    if operation.action is not None:
        return replace(ask, body={name: None}, intent=None, expect_created=None, operation="")
    path = _elsewhere(operation.path, ask.path, name, 0 if first else -1)
    return replace(ask, path=path, intent=None, expect_created=None, operation="")


def _elsewhere(documented: str, path: str, name: str, which: int = -1) -> str:
    """A path with a name in place of one of its fixed words, or at its end if it has none."""
    parts = path.split("/")
    fixed = [n for n, part in enumerate(documented.split("/")) if part and "{" not in part and n < len(parts)]
    if not fixed:
        return "/".join(["", *(part for part in parts if part), name])
    parts[fixed[which]] = name
    return "/".join(parts)


def _said(ask: Ask, answer: Answer) -> tuple[str, str]:
    """The content of an answer for a comparison: its type, and its words without those of the request."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    text = answer.text if answer.json is ABSENT else json.dumps(answer.json, sort_keys=True)
    return kind, wording(text, [*ask.path.split("/"), *(ask.body if isinstance(ask.body, dict) else ())])


def wording(text: str, own: Iterable[object]) -> str:
    """The words of an answer, for a comparison: without ids, dates, numbers, and the words ``own`` of the request."""
    for word in sorted((str(one) for one in own if len(str(one)) > 1), key=len, reverse=True):
        text = text.replace(word, " ")
    return " ".join(_VARIES.sub(" ", text).lower().split())
