"""The answers of a run to the requests of each operation: they may show that the operation's route is there."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.engine.cloud.exchange import Answer, Ask
from conformance.engine.cloud.roles import Sender

Sent = tuple[Ask, Answer]
"""A request and its answer."""

Manner = tuple[Sender, str | None, type]
"""How an operation is asked: by whom, at which version, and with which type of body."""


def manner(ask: Ask) -> Manner:
    """How a request is asked. Only the answers to requests of one manner can be compared.

    A front end of the service may refuse a role, a version or a body before it looks for the route.
    """
    return ask.role, ask.microversion, type(ask.body)


@dataclass
class Seen:
    """Answers to requests of operations. Safe to use from many threads.

    Of each operation it keeps the first answer with each code to each manner of request, and the names of all that
    each accepted request gave.
    """

    _given: dict[str, set[frozenset[str]]] = field(default_factory=dict)
    _answers: dict[str, dict[tuple[int, Manner], tuple[Ask, Answer]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, operation: str, ask: Ask, answer: Answer) -> None:
        """Keep the answer to a request of an operation, given by its id."""
        given = names_in(ask.body, ask.query) if answer.ok else None
        with self._lock:
            if given is not None:
                self._given.setdefault(operation, set()).add(given)
            self._answers.setdefault(operation, {}).setdefault((answer.status, manner(ask)), (ask, answer))

    def of(self, operation: str) -> list[tuple[Ask, Answer]]:
        """The requests and answers of an operation so far, in their order."""
        with self._lock:
            return list(self._answers.get(operation, {}).values())

    def accepted_with(self, operation: str, names: frozenset[str]) -> bool:
        """Whether a request of an operation was accepted that gave all these fields and query parameters."""
        with self._lock:
            wanted = [name for name in names if not name.endswith(".")]
            return any(all(_is_in(name, given) for name in wanted) for given in self._given.get(operation, ()))


def names_in(body: Any, query: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the names that a request gives: dotted paths in its body, and ``?`` before those in its query.

    A path that ends with a dot is one of an empty object or list.
    """
    return frozenset((*_paths(body, ""), *(f"?{name}" for name, _ in query)))


def _paths(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Mapping | list) and not value:
        yield f"{path}."
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield f"{path}.{key}"
            yield from _paths(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, path)


def _is_in(name: str, given: frozenset[str]) -> bool:
    """Whether a name was given, or is below a field that held no object: a value of a wrong type may be an object."""
    if name in given:
        return True
    above = name.rpartition(".")[0]
    return bool(above) and above in given and not any(one.startswith(f"{above}.") for one in given)
