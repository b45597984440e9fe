"""The results of the commands that read a reference."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class BuildResult:
    """What a build made.

    Attributes:
        output: the directory of the specs.
        service: as written into them.
        operations, files: how many.
        unread, blocks: how many stretches of prose no rule has understood, and how many there are.
        written: names of the files that changed.
        removed: names of files of an earlier build that are gone.
        unchanged: True if nothing had to be read, because no input has changed since the last build.

    """

    output: Path
    service: str
    operations: int
    files: int
    unread: int = 0
    blocks: int = 0
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: bool = False

    @property
    def unread_share(self) -> float:
        """Share of the prose that no rule has understood, from 0 to 1."""
        return self.unread / self.blocks if self.blocks else 0.0


@dataclass(frozen=True)
class CheckResult:
    """What a check found: ``status`` 0 (equal), 1 (differs); ``diff`` the difference as text."""

    status: int
    diff: str = ""
    files: int = 0
