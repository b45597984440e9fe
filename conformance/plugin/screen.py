"""Lines below the output of pytest on a terminal: they are drawn anew, and pytest's own output stays as it is.

The cursor stays where pytest left it, in the middle of a line of dots for example. Before pytest writes, the lines are
erased. The control sequences are those of a VT100, which terminals understand.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _pytest._io import TerminalWriter

_SAVE, _RESTORE = "\x1b7", "\x1b8"
_DOWN, _SCROLL_DOWN, _UP = "\x1b[B", "\x1bD", "\x1b[{}A"
_ERASE_LINE, _ERASE_BELOW = "\x1b[2K", "\x1b[J"


class Screen:
    """Draws lines below the cursor. Safe to use from many threads.

    Args:
        writer: pytest's terminal writer; its ``write`` is replaced until ``close``.
        fd: a file descriptor of the terminal; this class closes it.
    """

    def __init__(self, writer: TerminalWriter, fd: int) -> None:
        # Only an attribute of the object is replaced, so that other writers stay as they are.
        self._attributes = vars(writer)
        self._fd = fd
        self._lock = threading.RLock()
        self._shown = False
        self._write = writer.write
        self._attributes["write"] = self._written

    def draw(self, lines: Sequence[str]) -> None:
        """Show lines in place of those before, each cut to the width of the terminal."""
        width = max(1, shutil.get_terminal_size().columns - 1)
        room = _SCROLL_DOWN * len(lines) + _UP.format(len(lines))  # scrolls if the cursor is at the bottom
        drawn = "".join(f"{_DOWN}\r{_ERASE_LINE}{line[:width]}" for line in lines)
        with self._lock:
            if self._fd >= 0:
                self._send(f"{self._erasure()}{room}{_SAVE}{drawn}{_RESTORE}")
                self._shown = True

    def close(self) -> None:
        """Erase the lines, and leave the terminal to pytest."""
        with self._lock:
            if self._fd < 0:
                return
            self._send(self._erasure())
            os.close(self._fd)
            self._fd = -1
            del self._attributes["write"]

    def _written(self, *args: Any, **more: Any) -> None:
        """Write for pytest, after the lines below were erased."""
        with self._lock:
            if self._shown:
                self._send(self._erasure())
                self._shown = False
            self._write(*args, **{**more, "flush": True})

    def _erasure(self) -> str:
        return f"{_SAVE}{_DOWN}\r{_ERASE_BELOW}{_RESTORE}" if self._shown else ""

    def _send(self, text: str) -> None:
        data = text.encode("utf-8", "replace")
        try:
            while data:
                data = data[os.write(self._fd, data) :]
        except OSError:
            return  # the terminal is gone, and nobody sees the lines any more
