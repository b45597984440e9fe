"""The wait for a thing that is there only while a task of the resource under test lasts."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from conformance.engine.provision.subject import Subject

SOON = 10.0
"""Seconds after which a wait asks whether the task has ended: a quick one may have come and gone between two looks."""


@dataclass
class Fleeting:
    """A thing that requests on the resource under test have just begun.

    Attributes:
        subject: the resource under test.
        missed: True if the thing has come and gone between two looks, as far as anything shows.
    """

    subject: Subject
    missed: bool = False
    _began: float = field(default_factory=time.monotonic)

    def over(self, seen: object) -> bool:
        """Whether the wait is over: a look has shown the name of the thing, or no task could bring it any more."""
        if isinstance(seen, str):
            return True
        kind = self.subject.context.kind
        if not kind.status.task_field or time.monotonic() - self._began < SOON:
            return False
        self.missed = kind.state_of(self.subject.refresh())[1] is None
        return self.missed
