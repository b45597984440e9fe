"""Tells a lane of each request that may change something, before it is sent."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.engine.cloud.exchange import Ask

_listener: ContextVar[Callable[[Ask], None] | None] = ContextVar("listener", default=None)


@contextlib.contextmanager
def announced_to(listener: Callable[[Ask], None]) -> Iterator[None]:
    """Call a function with each request of this thread that only serves a trial and may change something, before it.

    The request under test itself, which names its operation, is not announced.
    """
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def announce(ask: Ask) -> None:
    """Call the function that waits for such a request, if the request is one. The client announces each request."""
    listener = _listener.get()
    if listener is not None and not ask.is_under_test and not ask.only_reads:
        listener(ask)
