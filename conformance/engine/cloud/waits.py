"""How long to wait for a transition, by the waits of the run so far.

A cloud on which one transition never ends would cost the run the longest wait for each case that needs it. So the first
wait for a transition has the full bound. After it has ended in vain, the next ones end after a multiple of the longest
wait of the run that has ended well.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

MULTIPLE = 4.0
"""The bound of a wait for a transition that has ended in vain, as a multiple of the longest wait that ended well."""

LEAST = 10.0
"""The shortest such bound, in seconds: the longest wait may have been short because little was waited for."""

SHORTER = 0.9
"""The part of the last wait for an operation after which the next one looks whether it has ended."""

FASTER = 0.97
"""The same where the first look has found the end: a look that comes too early costs a request, a late one a moment."""

BRIEF = 3.0
"""The longest wait, in seconds, that the next one for the same begins without a look."""

UNKNOWN = float("inf")
"""The time within which a change shows, if nobody knows it."""

PROMPT, NEVER = 1, 1000
"""The number of times that the action of an operation must have ended with its status, so that it is not asked for
again; and the number of such times that outweigh a single other one, which no run has."""


@dataclass
class Waits:
    """The waits of a run. Safe to use from many threads.

    Attributes:
        longest: the longest wait that ended well, in seconds; None as long as none did.
        bare: the ids of operations whose actions had no steps in the log when the resource had come to rest.
    """

    NEW: ClassVar[str] = "a new resource under test"
    """The name of the wait for one."""

    longest: float | None = None
    bare: set[str] = field(default_factory=set)
    _well: dict[str, float] = field(default_factory=dict)
    _soonest: dict[str, float] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)
    _moving: dict[str, float] = field(default_factory=dict)
    _prompt: dict[str, int] = field(default_factory=dict)
    _in_vain: set[str] = field(default_factory=set)
    _operations: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def bound(self, transition: str, within: float) -> float:
        """The longest wait for a transition in seconds; ``within`` is that of a transition that was not in vain."""
        with self._lock:
            if transition not in self._in_vain or self.longest is None:
                return within
            return min(within, max(LEAST, MULTIPLE * self.longest))

    def was_in_vain(self, transition: str) -> bool:
        """Whether the last wait for a transition has ended in vain."""
        with self._lock:
            return transition in self._in_vain

    def expected(self, by: str) -> float:
        """The seconds of the longest wait for an operation that ended well; 0 as long as none did.

        Args:
            by: the id of the operation, or ``NEW``.
        """
        with self._lock:
            return self._well.get(by, 0.0)

    def operations(self) -> Mapping[str, float]:
        """The ids of the operations that were waited for, each with the seconds of the longest wait."""
        with self._lock:
            return {by: self._well[by] for by in self._operations}

    def soonest(self, by: str) -> float:
        """The seconds from which the end of an operation may be seen, by the shortest wait that ended well; 0 for none.

        What takes long ends between two looks: its end is supposed halfway between them, or, where the first look has
        shown it, a little before that.
        """
        with self._lock:
            return self._soonest.get(by, 0.0)

    def brief(self, by: str) -> float:
        """The seconds after which something that takes little time is likely to have ended, by the last wait for it.

        They are a little shorter than that wait, so that they follow a cloud that becomes faster. They are 0 as long as
        nothing is known, and for longer waits: in these, a thing that passes through other statuses should be seen.

        Args:
            by: the id of the operation, or another name of a wait.
        """
        with self._lock:
            last = self._last.get(by, 0.0)
            return SHORTER * last if last <= BRIEF else 0.0

    def sufficed(self, by: str, pause: float) -> None:
        """Note that the first look after a pause found the end: the rest of the wait was for the look alone."""
        with self._lock:
            self._last[by] = min(pause * FASTER / SHORTER, self._last.get(by, pause))

    def telling(self, by: str, pause: float, settle: float) -> float:
        """The seconds after which a look tells most of an operation that may end in the status in which it began.

        A look that shows that status tells nothing, unless the resource is known to show by then that it changes. As
        long as nobody has seen it change, an early look may show that.

        Args:
            by: the id of the operation.
            pause: the seconds after which it is likely to have ended.
            settle: the seconds of an early look.
        """
        with self._lock:
            moving = self._moving.get(by)
            if moving is None:
                return min(pause, settle)
            return moving if pause < moving <= BRIEF else pause

    def moved(self, by: str, seconds: float, late: bool) -> None:
        """Note that a resource was seen to change after an operation.

        Args:
            by: the id of the operation.
            seconds: the seconds from the operation to the first look.
            late: True if the first look did not show it yet.
        """
        with self._lock:
            if by:
                self._moving[by] = UNKNOWN if late or self._moving.get(by) == UNKNOWN else seconds

    def moving(self, by: str) -> float:
        """The seconds within which a resource shows that an operation changes it; infinite if that is not known."""
        with self._lock:
            return self._moving.get(by, UNKNOWN)

    def prompt(self, by: str) -> bool:
        """Whether the action of an operation had ended each time when its new status was shown, and often enough."""
        with self._lock:
            return self._prompt.get(by, 0) >= PROMPT

    def ended_with(self, by: str, status: bool) -> None:
        """Note whether the action of an operation had ended when its new status was shown; "" for no operation."""
        with self._lock:
            if by:
                self._prompt[by] = self._prompt.get(by, 0) + 1 if status else -NEVER

    def ended(self, transition: str, seconds: float, well: bool, looked: float | None = None) -> None:
        """Note the end of a wait.

        Args:
            transition: the name of the transition; empty if the wait was for no request in particular.
            seconds: the duration of the wait.
            well: False if the wait ended because its time was over.
            looked: the seconds until the last look that did not show the end yet, 0 if there was none; None if the
                looks are not known.
        """
        with self._lock:
            if well:
                self.longest = max(seconds, self.longest or 0.0)
                by = by_whom(transition)
                self._well[by] = max(seconds, self._well.get(by, 0.0))
                end = seconds
                if looked is not None and seconds > BRIEF:
                    end = (looked + seconds) / 2 if looked else SHORTER * seconds
                self._soonest[by] = min(end, self._soonest.get(by, end))
                self._last[by] = seconds
                self._in_vain.discard(transition)
                if by != transition:
                    self._operations.add(by)
            elif transition:
                self._in_vain.add(transition)


def transition_of(by: str, status: str | None, environment: str) -> str:
    """The name of the transition of an operation from a status; empty if it is that of no operation."""
    return f"{by} from {status} {environment}".rstrip() if by else ""


def by_whom(transition: str) -> str:
    """The operation of a transition, or a whole name that is none of an operation."""
    return transition.partition(" from ")[0]
