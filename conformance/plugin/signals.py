"""How signals end a run: Ctrl-C (SIGINT), SIGTERM, and SIGHUP, which comes where the terminal is gone.

The first ends the trials, and what the run has made is removed. The second leaves that, says which command does it
later, and ends the process at once. Where a signal was ignored when the process began, as nohup and the background of a
script have it, it stays ignored.
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

from conformance.engine.cloud.journal import Journal
from conformance.engine.run.run import STOP_WITHIN
from conformance.plugin.trouble import shown
from reports.words import count, listed, plural

INTERRUPTED = 130
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_DESCRIPTORS = 256
"""So many of the first descriptors of this process are looked at for a terminal."""
_LAST_WORDS = 3.0
"""Seconds that the record may take to be written when everything is left."""


def all_ignored() -> None:
    """Ignore the signals in a process of a run that another process ends."""
    for number in ENDING:
        with contextlib.suppress(ValueError):  # not in the main thread, which alone gets signals
            signal.signal(number, signal.SIG_IGN)


class Signals:
    """What a signal does, by how far the run has come. A plugin of pytest.

    Attributes:
        came: the name of the first signal that came.
        stop: lets the trials end; called in the main thread, where it was interrupted.
        leave: what is done at the second signal before the process ends; None where nothing can be left behind.
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
        # pytest takes the usual one from time to time, to capture what tests write.
        self._errors = os.dup(2)
        self._terminals = _terminals()

    def install(self) -> None:
        """Take the signals that are not ignored."""
        for number in ENDING:
            with contextlib.suppress(ValueError):  # not in the main thread, which alone gets signals
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._come)

    def restore(self) -> None:
        """Give them back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._before.clear()
        if self._errors >= 0:
            os.close(self._errors)
            self._errors = -1

    def begun(self, directory: Path, seconds: float, leave: Callable[[], object]) -> None:
        """There is a run now: from here on things may be made. ``seconds``: how long the removal of one may take."""
        self._directory, self._seconds, self.leave, self._raises = directory, seconds, leave, False

    def over(self) -> None:
        """Nothing is left to be removed: what remains is written in a moment."""
        self._over, self.leave = True, None

    @property
    def how_to_end(self) -> str | None:
        """What to do where Ctrl-C is ignored; None where it works."""
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            return None
        return (
            f"Ctrl-C is ignored here, as in every program in the background of a script: `kill {os.getpid()}` ends the "
            "run, and removes what it has made"
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Let a signal interrupt the trials, and the session go on to its end."""
        self._raises = True
        try:
            return (yield)
        except KeyboardInterrupt:
            if self.came is None:  # pytest-xdist stops so, after enough failures
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
            # In a thread: this one may hold what is needed for it.
            last = threading.Thread(target=self.leave, daemon=True)
            last.start()
            last.join(_LAST_WORDS)
            os._exit(INTERRUPTED)

    def _say(self, sentence: str) -> None:
        # Not through a stream, which may be in the middle of writing.
        with contextlib.suppress(OSError):
            os.write(self._errors, f"\nconformance: {shown(sentence)}\n".encode("utf-8", "backslashreplace"))


def things_of(directory: Path) -> str:
    """What the journals of a run hold that is still there, such as "2 widgets and 1 gear"; "" where nothing is."""
    kinds = Counter(entry.intent.kind.replace("_", " ") for entry in Journal.read(directory) if not entry.settled)
    said = [count(quantity, kind, plural(kind)) for kind, quantity in sorted(kinds.items())]
    owed = len(Journal.read_debts(directory))
    return listed([*said, *([count(owed, "changed setting")] if owed else [])])


def left_behind(directory: Path) -> str:
    """One clause about what is left on the cloud, and the command that removes it."""
    things = things_of(directory)
    return f"{things} left on the cloud: `conformance cleanup {directory}` goes on" if things else "nothing is left"


def _being_removed(directory: Path, seconds: float) -> str:
    return (
        f"what is being tried has {STOP_WITHIN:.0f} s to end, then what the run has made is removed "
        f"({things_of(directory) or 'nothing so far'}), each thing within {seconds:.0f} s; a second signal leaves it "
        f"to `conformance cleanup {directory}`"
    )


def _terminals() -> frozenset[int]:
    """The devices of the terminals that this process writes to."""
    return frozenset(os.fstat(fd).st_rdev for fd in range(3) if os.isatty(fd))


def _leave_terminals(devices: frozenset[int]) -> None:
    """Write to nowhere what would go to terminals that are gone: an error there would end the run in its middle.

    Every descriptor counts: pytest keeps some aside while it captures what tests write.
    """
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd in range(_DESCRIPTORS):
        with contextlib.suppress(OSError):
            if stat.S_ISCHR((found := os.fstat(fd)).st_mode) and found.st_rdev in devices:
                os.dup2(nowhere, fd)
    os.close(nowhere)
