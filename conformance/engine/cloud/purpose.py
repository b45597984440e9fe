"""The purpose of each request: what it serves in a run. A run counts its requests by purpose.

A request belongs to the purpose that ``serving`` has set for the thread. Where none is set, the request tells it: one
that names its operation under test is the trial; any other one is told by its method.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import TYPE_CHECKING

from specs.record.purposes import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.engine.cloud.exchange import Ask

_SET: ContextVar[Purpose | None] = ContextVar("purpose", default=None)


@contextmanager
def serving(purpose: Purpose) -> Iterator[None]:
    """Let the requests of this thread count for a purpose. An inner call wins over an outer one."""
    token = _SET.set(purpose)
    try:
        yield
    finally:
        _SET.reset(token)


def purpose_of(ask: Ask) -> Purpose:
    """The purpose of a request that this thread is about to send."""
    purpose = _SET.get()
    if purpose is not None:
        return purpose
    if ask.is_under_test:
        return Purpose.TRIAL
    if ask.only_reads:
        return Purpose.LOOKING
    return Purpose.REMOVING if ask.method.upper() == "DELETE" else Purpose.MAKING


class Spent:
    """The requests that went out, by purpose, retries included. Many threads add to it."""

    def __init__(self) -> None:
        self._counts: Counter[Purpose] = Counter()
        self._lock = Lock()

    def add(self, purpose: Purpose) -> None:
        """Count one request."""
        with self._lock:
            self._counts[purpose] += 1

    @property
    def total(self) -> int:
        """The number of all requests."""
        return self._counts.total()

    def by_purpose(self) -> Mapping[str, int]:
        """The number of requests of each purpose that has any, in the order of ``Purpose``."""
        with self._lock:
            return {purpose.value: self._counts[purpose] for purpose in Purpose if self._counts[purpose]}
