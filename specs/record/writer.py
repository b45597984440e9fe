"""The writer of run records: append-only, one line a case, written before the next case begins.

The process that owns the run makes ``RecordWriter(directory)``, calls ``start`` and at the end ``finish``; other
processes make ``RecordWriter(directory, worker="gw1")``. Threads may share a writer.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING

from specs.record.codec import dumps, exchanges_to_json, info_to_json, line_of
from specs.record.directory import PRIVATE, unwritable
from specs.record.errors import RecordError
from specs.record.reader import HEAD, LINES, done_cases, result_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specs.record.model import Exchange, Result, RunInfo, Verdict

_WORKER = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")


def utc_now() -> str:
    """Return the time as the record writes it (``2026-03-01T12:00:00.000000Z``): the texts sort by time."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class RecordWriter:
    """Writes the results of one process into the directory of a run.

    Args:
        directory: directory of the run; made if it does not exist.
        worker: name of a process that does not own the run; its lines go to ``results-<worker>.jsonl``.
        resume: True to continue the record in the directory. If False, a directory with a record is refused.
        latest: True to let ``latest`` beside the directory point to it; None: only if the parent is named ``runs``.

    Attributes:
        done: after ``resume``, the verdict of each case that has a result already.

    Raises:
        RecordError: the directory holds a record without ``resume``, or none with ``resume``, or cannot be written.
        ValueError: the worker's name cannot be a part of a file name.

    """

    def __init__(
        self,
        directory: Path | str,
        *,
        worker: str | None = None,
        resume: bool = False,
        latest: bool | None = None,
    ) -> None:
        if worker is not None and not _WORKER.match(worker):
            raise ValueError(f"{worker!r} is not a valid name of a worker: use only letters, digits, '.', '_' and '-'")
        self.directory = Path(directory)
        self.done: Mapping[str, Verdict] = MappingProxyType({})
        self._latest = latest
        self._lock = threading.Lock()
        self._last: tuple[tuple[Exchange, ...], str] = ((), "[]")
        owner = worker is None
        if owner and resume:
            self.done = MappingProxyType(done_cases(self.directory))
            for file in result_files(self.directory):
                _drop_cut_line(file)
        elif owner and (self.directory / HEAD).exists():
            raise RecordError(
                "exists",
                f"{self.directory} already holds a run record: continue it with --resume, or name another directory",
            )
        self._file = self.directory / (LINES if owner else f"results-{worker}.jsonl")
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            # O_APPEND and one write for each line: two writers of one file could not tear each other's lines.
            self._fd = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, PRIVATE)
        except OSError as error:
            raise unwritable(self._file, error) from None

    def start(self, info: RunInfo) -> None:
        """Write the head at the start of the run, and point ``latest`` to it.

        Raises:
            RecordError: it cannot be written.

        """
        self.write_info(info)
        if self._latest if self._latest is not None else self.directory.resolve().parent.name == "runs":
            _point_latest(self.directory)

    def add(self, result: Result) -> None:
        """Append one result; on return the operating system has it.

        Raises:
            RecordError: the result cannot be written; a partly written line is removed.
            TypeError: the result holds a value that JSON cannot express.

        """
        exchanges, told = self._last
        if result.exchanges is not exchanges:  # the cases of one trial follow each other, and share its exchanges
            told = dumps(exchanges_to_json(result.exchanges))
            self._last = result.exchanges, told
        text = line_of(result, told)
        with self._lock:
            line = f'{text[:-1]},"at":"{utc_now()}"}}\n'.encode("ascii")
            if self._fd < 0:
                raise RecordError("unwritable", f"{self._file} was closed before {result.case} was written")
            before = os.fstat(self._fd).st_size
            try:
                rest = memoryview(line)
                while rest:
                    rest = rest[os.write(self._fd, rest) :]
            except OSError as error:
                with contextlib.suppress(OSError):
                    os.ftruncate(self._fd, before)
                raise unwritable(self._file, error) from None

    def write_info(self, info: RunInfo) -> None:
        """Write the head anew: completely or not at all.

        Raises:
            RecordError: it cannot be written.

        """
        write_atomically(self.directory / HEAD, dumps(info_to_json(info), indent=1) + "\n", PRIVATE)

    def finish(self, info: RunInfo) -> None:
        """Write the head with the totals, and close the file. Raises RecordError as ``write_info`` does."""
        with self._lock:
            if self._fd >= 0:
                os.fsync(self._fd)
        self.write_info(info)
        self.close()

    def close(self) -> None:
        """Close the file. A second call does nothing."""
        with self._lock:
            fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def write_atomically(file: Path, text: str, mode: int = 0o666) -> None:
    """Write a file so that a reader sees either the complete old text or the complete new one.

    Args:
        file: to write.
        text: half characters in it become question marks.
        mode: of the file, less what the user's mask takes away.

    Raises:
        RecordError: the file cannot be written; nothing has changed.

    """
    draft = file.with_name(f".{file.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        made = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
        with os.fdopen(made, "w", encoding="utf-8", errors="replace", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise unwritable(file, error) from None


def _point_latest(directory: Path) -> None:
    """Let ``latest`` beside the directory point to it: a relative link, or a file with its name without links."""
    link = directory.resolve().parent / "latest"
    if link.is_dir() and not link.is_symlink():
        return  # a directory that this program has not made
    draft = link.with_name(f".latest.{os.getpid()}")
    try:
        draft.unlink(missing_ok=True)
        draft.symlink_to(directory.resolve().name)
        draft.replace(link)
    except OSError:
        draft.unlink(missing_ok=True)
        write_atomically(link, directory.resolve().name + "\n")


def _drop_cut_line(file: Path) -> None:
    """Remove an incomplete last line, or add a missing line end, so that the next line begins on its own."""
    with file.open("r+b") as stream:
        end = stream.seek(0, os.SEEK_END)
        start = _start_of_last_line(stream.fileno(), end)
        last = os.pread(stream.fileno(), end - start, start)
        try:
            whole = not last.strip() or json.loads(last) is not None
        except (ValueError, RecursionError):
            whole = False
        if not whole:
            stream.truncate(start)
        elif last and not last.endswith(b"\n"):
            stream.write(b"\n")


def _start_of_last_line(fd: int, end: int, step: int = 1 << 16) -> int:
    position = end - 1  # skip the line end of the last line itself
    while position > 0:
        begin = max(0, position - step)
        found = os.pread(fd, position - begin, begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        position = begin
    return 0
