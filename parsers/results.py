"""The results of the commands that read a reference."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class BuildResult:
    """The result of a build.

    Attributes:
        output: the directory of the specs.
        service: the type of the service.
        operations, files: the number of operations and of files.
        unread, blocks: the number of passages of prose that no rule has understood, and of all passages.
        written: names of the files that changed.
        removed: names of files of an earlier build that were removed.
        unchanged: True if nothing had to be read, because no input has changed since the last build.
        lost: sentences about declared readings of things that the reference does not have.

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
    lost: tuple[str, ...] = ()

    @property
    def unread_share(self) -> float:
        """The share of passages that no rule has understood, from 0 to 1."""
        return self.unread / self.blocks if self.blocks else 0.0


@dataclass(frozen=True)
class CheckResult:
    """The result of a check: ``status`` is 0 (equal) or 1 (differs); ``diff`` is the difference as text.

    ``lost`` holds a sentence for each declared reading of a thing that the reference does not have.
    """

    status: int
    diff: str = ""
    files: int = 0
    lost: tuple[str, ...] = ()
