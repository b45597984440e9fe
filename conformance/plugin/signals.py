"""How signals end a run: Ctrl-C (SIGINT), SIGTERM, and SIGHUP, which the system sends when the terminal is closed.

The first signal ends the trials, and the run removes the resources that it made. The second signal skips that removal:
it names the command that does it later, and ends the process at once. A signal that was ignored when the process
started stays ignored, as under nohup and in the background of a script.
"""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import threading
from collections import Counter
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from conformance.engine.api.references import singular
from conformance.engine.cloud.journal import Journal
from conformance.engine.run.run import STOP_WITHIN
from conformance.interrupt import ENDING, INTERRUPTED
from conformance.plugin.trouble import shown
from reports.words import count, listed, plural

_DESCRIPTORS = 256
"""The number of file descriptors of this process that are checked for a terminal."""
_LAST_WORDS = 3.0
"""Seconds that writing the record may take after the second signal."""


def all_ignored() -> None:
    """Ignore the signals in a worker process, which the owner of the run ends."""
    for number in ENDING:
        with contextlib.suppress(ValueError):  # only the main thread may set handlers
            signal.signal(number, signal.SIG_IGN)


class Signals:
    """The signal handlers of a run, as a pytest plugin. The effect of a signal depends on the state of the run.

    Attributes:
        came: the name of the first signal that arrived; None before.
        stop: a function that ends the trials; called in the main thread.
        leave: a function that the second signal calls before the process ends; None if no resources can be left.
    """

    def __init__(self) -> None:
        self.came: str | None = None
        self.stop: Callable[[], None] = lambda: None
        self.leave: Callable[[], object] | None = None
        self._directory: Path | None = None
        self._seconds = 0.0
        self._raises = True
        self._over = False
        self._before: dict[int, object] = {}
        # A copy of standard error: pytest redirects the original while it captures the output of tests.
        self._errors = os.dup(2)
        self._terminals = _terminals()

    def install(self) -> None:
        """Install the handlers for the signals that are not ignored."""
        for number in ENDING:
            with contextlib.suppress(ValueError):  # only the main thread may set handlers
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._come)

    def restore(self) -> None:
        """Restore the former handlers."""
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # a handler of C is None
        self._before.clear()
        if self._errors >= 0:
            os.close(self._errors)
            self._errors = -1

    def begun(self, directory: Path, seconds: float, leave: Callable[[], object]) -> None:
        """Note that resources may exist from now on.

        Args:
            directory: the directory of the run.
            seconds: how long the removal of one resource may take.
            leave: see the attribute.
        """
        self._directory, self._seconds, self.leave, self._raises = directory, seconds, leave, False

    def over(self) -> None:
        """Ignore further signals: the resources are removed, and only the record and the report are still missing."""
        self._over, self.leave = True, None

    @property
    def how_to_end(self) -> str | None:
        """A sentence that says how to end the run if Ctrl-C is ignored; None if Ctrl-C works."""
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            return None
        return (
            f"Ctrl-C is ignored here, as in every program in the background of a script: `kill {os.getpid()}` ends the "
            "run and removes the resources that it made"
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """End the trials on a signal, and let pytest finish the session."""
        self._raises = True
        try:
            return (yield)
        except KeyboardInterrupt:
            if self.came is None:  # pytest-xdist raises this after enough failures
                raise
            self.stop()
            return True
        finally:
            self._raises = False

    def _come(self, number: int, _: object) -> None:
        if number == signal.SIGHUP:
            _leave_terminals(self._terminals)
        if self._over:
            return
        if self.came is None:
            self.came = signal.Signals(number).name
            if self._directory is not None:
                self._say(f"interrupted by {self.came}: {_being_removed(self._directory, self._seconds)}")
            if self._raises:
                raise KeyboardInterrupt
        elif self.leave is not None and self._directory is not None:
            self._say(f"interrupted again, by {signal.Signals(number).name}: {left_behind(self._directory)}")
            # In a thread, because the interrupted main thread may hold a lock that the function needs.
            last = threading.Thread(target=self.leave, daemon=True)
            last.start()
            last.join(_LAST_WORDS)
            os._exit(INTERRUPTED)

    def _say(self, sentence: str) -> None:
        # Not through sys.stderr, whose write may be interrupted right now.
        with contextlib.suppress(OSError):
            os.write(self._errors, f"\nconformance: {shown(sentence)}\n".encode("utf-8", "backslashreplace"))


def things_of(directory: Path) -> str:
    """Return the resources that the journals of a run say exist, such as "2 widgets and 1 gear"; "" if none."""
    kinds = Counter(entry.intent.kind.replace("_", " ") for entry in Journal.read(directory) if not entry.settled)
    said = [_number_of(quantity, kind) for kind, quantity in sorted(kinds.items())]
    owed = len(Journal.read_debts(directory))
    return listed([*said, *([count(owed, "changed setting")] if owed else [])])


def _number_of(quantity: int, kind: str) -> str:
    """Return a number with the name of a kind, which may be that of its collection: "1 share", "2 shares"."""
    if kind.endswith("s") and not kind.endswith("ss"):
        return count(quantity, singular(kind), kind)
    return count(quantity, kind, plural(kind))


def left_behind(directory: Path) -> str:
    """Return a clause that names the resources left on the cloud and the command that removes them."""
    things = things_of(directory)
    return f"{things} left on the cloud: remove with `conformance cleanup {directory}`" if things else "nothing is left"


def _being_removed(directory: Path, seconds: float) -> str:
    return (
        f"the current trials may take {STOP_WITHIN:.0f} s to end, then the run removes its resources "
        f"({things_of(directory) or 'none so far'}), each within {seconds:.0f} s; a second signal leaves them "
        f"to `conformance cleanup {directory}`"
    )


def _terminals() -> frozenset[int]:
    """Return the device numbers of the terminals that this process writes to."""
    return frozenset(os.fstat(fd).st_rdev for fd in range(3) if os.isatty(fd))


def _leave_terminals(devices: frozenset[int]) -> None:
    """Redirect the output for closed terminals to the null device, because a failed write would break off the run.

    All descriptors are checked, because pytest keeps copies of them while it captures the output of tests.
    """
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd in range(_DESCRIPTORS):
        with contextlib.suppress(OSError):
            if stat.S_ISCHR((found := os.fstat(fd)).st_mode) and found.st_rdev in devices:
                os.dup2(nowhere, fd)
    os.close(nowhere)
