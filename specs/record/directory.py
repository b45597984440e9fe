"""The directory of a run: it belongs to one run from its first moment, and only files of that run are removed from it.

The run holds an exclusive lock on a file in it; the kernel releases the lock when the process ends, however it ends.
Only the user may read a directory that is made here: a record holds the names and addresses of somebody's cloud.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from specs.record.errors import RecordError
from specs.record.reader import HEAD, directory_of

if TYPE_CHECKING:
    from filelock import BaseFileLock

LOCK = ".lock"
"""The name of the lock file in the directory."""

PRIVATE = 0o600
"""The mode of the files of a record."""


@dataclass(frozen=True)
class RunDirectory:
    """A directory into which only this process and its helpers may write a run, until it is released.

    Attributes:
        path: the directory with links resolved, so that it stays the same when ``runs/latest`` changes.
        before: the names of the files that were in it before this run.
        made: the directories that were made for this run, the innermost first.
    """

    path: Path
    before: frozenset[str]
    made: tuple[Path, ...]
    _lock: BaseFileLock

    @classmethod
    def new(cls, base: Path | str = "runs", now: datetime | None = None) -> RunDirectory:
        """Make the directory of a new run, named by the UTC time, such as ``runs/2026-03-01T120000Z``.

        Raises:
            RecordError: it cannot be made.
        """
        stem = (now or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
        for count in range(1, 1000):
            directory = Path(base) / (stem if count == 1 else f"{stem}-{count}")
            missing = _missing(directory)
            try:
                directory.parent.mkdir(parents=True, exist_ok=True)
                directory.mkdir(mode=0o700)
            except FileExistsError:
                if not directory.is_dir():  # the base itself is a file
                    raise unwritable(directory, FileExistsError(17, "a file is in the way")) from None
            except OSError as error:
                raise unwritable(directory, error) from None
            else:
                return cls._lock_up(directory.resolve(), frozenset(), missing)
        raise RecordError("exists", f"{base} holds a thousand runs named {stem}: name another with --output")

    @classmethod
    def take(cls, directory: Path) -> RunDirectory:
        """Take a directory for a new run, and make it if it does not exist.

        Raises:
            RecordError: another run is in it, or it holds a run record, or it cannot be written.
        """
        missing = _missing(directory)
        try:
            directory.parent.mkdir(parents=True, exist_ok=True)
            directory.mkdir(mode=0o700, exist_ok=True)
            before = frozenset(entry.name for entry in directory.iterdir())
        except OSError as error:
            raise unwritable(directory, error) from None
        taken = cls._lock_up(directory.resolve(), before - {LOCK}, missing)
        if (taken.path / HEAD).exists():
            taken.release()
            raise RecordError(
                "exists",
                f"{directory} already holds a run record: continue it with --resume, or name another directory",
            )
        return taken

    @classmethod
    def take_again(cls, run: Path) -> RunDirectory:
        """Take the directory of a run that has ended, to resume it or to clean up after it.

        Raises:
            RecordError: there is no such directory, or the run has not ended.
        """
        directory = directory_of(run)
        return cls._lock_up(directory, frozenset(entry.name for entry in directory.iterdir()), ())

    @classmethod
    def _lock_up(cls, path: Path, before: frozenset[str], made: tuple[Path, ...]) -> RunDirectory:
        from filelock import FileLock, Timeout  # slow to import, and only a run takes a directory

        lock = FileLock(path / LOCK, timeout=0, mode=PRIVATE, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            raise RecordError(
                "in-use", f"another run is in {path} and has not ended: wait for its end, or name another directory"
            ) from None
        except OSError as error:
            raise unwritable(path / LOCK, error) from None
        return cls(path, before, made, lock)

    def remove(self, patterns: Iterable[str]) -> None:
        """Remove the files of this run, then the directories that were made for it and are empty now.

        Args:
            patterns: patterns of file names, such as ``results*.jsonl``; files from before the run stay.
        """
        for path in {path for pattern in patterns for path in self.path.glob(pattern)}:
            if path.name not in self.before:
                with contextlib.suppress(OSError):
                    path.unlink()
        if self.made:
            with contextlib.suppress(OSError):
                (self.path / LOCK).unlink()
        for directory in self.made:
            with contextlib.suppress(OSError):
                directory.rmdir()

    def release(self) -> None:
        """Release the lock; a second call does nothing."""
        self._lock.release()


def unwritable(file: Path, error: OSError) -> RecordError:
    """Return the error for a file that cannot be written."""
    return RecordError(
        "unwritable", f"{file} cannot be written: {error.strerror}; name another directory with --output"
    )


def _missing(directory: Path) -> tuple[Path, ...]:
    """Return the directory and its parents as far as they do not exist, the innermost first."""
    return tuple(path for path in (directory.absolute(), *directory.absolute().parents) if not path.exists())
