"""The directory of a run: it belongs to one run from its first moment, and nothing removes what that run did not make.

The run holds an exclusive lock in it, which the kernel gives back when the process ends, however it ends. Only the user
may look into a directory that is made here: a record holds the names and addresses of somebody's cloud.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from specs.record.errors import RecordError
from specs.record.reader import HEAD, directory_of

LOCK = ".lock"
"""The file in the directory that the run holds locked."""

PRIVATE = 0o600
"""The mode of the files of a record."""


@dataclass(frozen=True)
class RunDirectory:
    """A directory that this process alone may write a run into, until it is released.

    Attributes:
        path: with links resolved, so that it stays the same where ``runs/latest`` comes to point elsewhere.
        before: the names that it held before.
        made: the directories that were made for it, the innermost first.
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
        """Take a directory for a new run; it is made if it is not there.

        Raises:
            RecordError: another run is in it, or it holds the record of one, or it cannot be written.
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
                f"{directory} already holds a run record: go on with it by --resume, or name another directory",
            )
        return taken

    @classmethod
    def take_again(cls, run: Path) -> RunDirectory:
        """Take the directory of a run that has ended, to go on with it or to clean up after it.

        Raises:
            RecordError: there is no record, or the run has not ended.
        """
        directory = directory_of(run)
        return cls._lock_up(directory, frozenset(entry.name for entry in directory.iterdir()), ())

    @classmethod
    def _lock_up(cls, path: Path, before: frozenset[str], made: tuple[Path, ...]) -> RunDirectory:
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
        """Remove the files of some names that this run has written, then what it has made of directories and is empty.

        Args:
            patterns: of names, such as ``results*.jsonl``; what was there before the run stays.
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
        """Let others have it; more than once does no harm."""
        self._lock.release()


def unwritable(file: Path, error: OSError) -> RecordError:
    """The error of a file that cannot be written."""
    return RecordError(
        "unwritable", f"{file} cannot be written: {error.strerror}; name another directory with --output"
    )


def _missing(directory: Path) -> tuple[Path, ...]:
    """Which of the directories on the way to one are not there, the innermost first."""
    return tuple(path for path in (directory.absolute(), *directory.absolute().parents) if not path.exists())
