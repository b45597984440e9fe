"""The answers of a run to the requests of each operation: they may show that the operation's route is there."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from conformance.engine.cloud.exchange import Answer, Ask
from conformance.engine.cloud.faults import quota_used_up, room_that_lacks, without_ids
from conformance.engine.cloud.purpose import purpose_of
from conformance.engine.cloud.roles import Sender
from specs.record.purposes import Purpose

ACTION = "/action"
"""The end of the path of an action, which may remove a thing as well."""

Sent = tuple[Ask, Answer]
"""A request and its answer."""

Manner = tuple[Sender, str | None, type]
"""How an operation is asked: by whom, at which version, and with which type of body."""

REQUEST_ID = "request-id"
"""The end of the name of each header in which services name a request, such as ``x-openstack-request-id``."""


def manner(ask: Ask) -> Manner:
    """How a request is asked. Only the answers to requests of one manner can be compared.

    A front end of the service may refuse a role, a version or a body before it looks for the route.
    """
    return ask.role, ask.microversion, type(ask.body)


@dataclass
class Seen:
    """Answers to requests of operations. Safe to use from many threads.

    Of each operation it keeps the first answer with each code to each manner of request.

    Attributes:
        done: the ids that the cloud has given to the accepted requests of the run which may have changed something.
        removed: the paths of things whose removal the cloud has accepted, so that they may be gone.
    """

    done: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    _answers: dict[str, dict[tuple[int, Manner], tuple[Ask, Answer]]] = field(default_factory=dict)
    _done_at: set[str] = field(default_factory=set)
    _lacking: dict[str, set[str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, operation: str, ask: Ask, answer: Answer) -> None:
        """Keep the answer to a request of an operation, given by its id."""
        with self._lock:
            self._answers.setdefault(operation, {}).setdefault((answer.status, manner(ask)), (ask, answer))

    def did(self, ask: Ask, answer: Answer) -> None:
        """Keep what a request has done: the ids that its answer gives to it, what it removed, the room it lacked."""
        if not answer.ok:
            self._lacked(ask, answer)
            return
        if ask.method.upper() == "DELETE" or (not ask.only_reads and purpose_of(ask) is Purpose.REMOVING):
            self.removed.add(ask.path.removesuffix(ACTION))
        if not ask.only_reads:
            self._done_at.add(without_ids(ask.path))
            self.done.update(value for name, value in answer.headers.items() if name.lower().endswith(REQUEST_ID))

    def _lacked(self, ask: Ask, answer: Answer) -> None:
        room = room_that_lacks(quota_used_up(answer.status, answer.json) or "")
        if room is not None:
            with self._lock:
                self._lacking.setdefault(room, set()).add(without_ids(ask.path))

    def found_room(self, room: str) -> bool:
        """Whether the run may have found a room of which a quota lets it have none now (see ``room_that_lacks``).

        That is so if a request of those that lacked it was accepted at another time, and if no such request is known.
        """
        with self._lock:
            return not (self._lacking.get(room) and self._lacking[room].isdisjoint(self._done_at))

    def every(self) -> list[tuple[Ask, Answer]]:
        """The requests and answers of all operations so far; those of each operation in their order."""
        with self._lock:
            return [one for answers in self._answers.values() for one in answers.values()]

    def of(self, operation: str) -> list[tuple[Ask, Answer]]:
        """The requests and answers of an operation so far, in their order."""
        with self._lock:
            return list(self._answers.get(operation, {}).values())
