"""Signals that end a command, from its first moment on: one sentence, status 130, and no traceback."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from typing import Any

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals: Ctrl-C, `kill`, and the end of the terminal."""

INTERRUPTED = 130
"""The exit status of a command that a signal has ended."""

HASTY = 1.0
"""Seconds in which a signal that comes again is taken for the first one."""


def end_at_once() -> None:
    """Let the signals end this process while the modules of the command are imported, which takes a second."""

    def end(number: int, _: object) -> None:
        os.write(2, f"conformance: interrupted by {signal.Signals(number).name} before the command began\n".encode())
        os._exit(INTERRUPTED)

    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)


@contextlib.contextmanager
def raised() -> Iterator[list[str]]:
    """Let the signals raise KeyboardInterrupt; yields the names of those that came.

    One that comes again soon, as a hasty Ctrl-C does, changes nothing; a later one ends the process at once.
    """
    came: list[str] = []
    first = 0.0

    def interrupt(number: int, _: object) -> None:
        nonlocal first
        came.append(signal.Signals(number).name)
        if len(came) == 1:
            first = time.monotonic()
            raise KeyboardInterrupt
        if time.monotonic() - first > HASTY:
            os._exit(INTERRUPTED)

    before: dict[int, Any] = {}
    for number in ENDING:
        with contextlib.suppress(ValueError):  # only the main thread may set handlers
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, interrupt)
    try:
        yield came
    finally:
        for changed, handler in before.items():
            signal.signal(changed, handler)
