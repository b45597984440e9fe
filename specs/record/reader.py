"""The reader of run records.

Lines are checked in one pass. The results of a large record are decoded anew at each access, so that a record of
100,000 lines needs only the memory of its case ids.
If several processes have written the record (``results.jsonl`` and ``results-<worker>.jsonl``), their lines are merged
by time.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, overload

from specs.record.codec import FORMAT, MalformedError, exchanges_from_json, info_from_json, result_from_json
from specs.record.errors import RecordError
from specs.record.model import Exchange, Result, RunInfo, Verdict

HEAD = "run.json"
LINES = "results.jsonl"
WORKER_LINES = "results-*.jsonl"

KEPT = 64 * 2**20
"""Bytes. The results of a record with fewer bytes of lines stay in memory: the end of a run goes over them several
times. They take about twice as many bytes there."""


@dataclass(frozen=True)
class RunRecord:
    """The record of one run, finished or not.

    Attributes:
        info: the head.
        results: one result for each case of each service, the last one written, in the order of the cases' first
            results.
        damaged: a sentence for each line that is ignored because the run was interrupted while it wrote the line.
        path: the directory, with links resolved; None if the record was never on disk.

    """

    info: RunInfo
    results: Sequence[Result]
    damaged: tuple[str, ...] = ()
    path: Path | None = None

    @classmethod
    def read(cls, path: Path | str) -> RunRecord:
        """Read the record in a directory, which may be a link such as ``runs/latest``.

        Raises:
            RecordError: there is no record, or it has another format, or a line other than the last is broken.

        """
        directory = directory_of(Path(path))
        info = read_info(directory)
        results, damaged = _read(tuple(map(_stamp, result_files(directory))))
        return cls(info, results, damaged, directory)


def read_info(directory: Path) -> RunInfo:
    """Read ``run.json``.

    Raises:
        RecordError: the file is missing or broken, or has another format.

    """
    file = directory / HEAD
    try:
        data = json.loads(file.read_bytes())
        given = data.get("format", FORMAT) if isinstance(data, dict) else FORMAT
        if given != FORMAT:
            raise RecordError(
                "other-format",
                f"{file} is a run record of format {given!r}, and this version reads format {FORMAT}: "
                "read it with the version of apiref-conformance that wrote it",
            )
        return info_from_json(data)
    except FileNotFoundError:
        raise RecordError("no-head", _no_head(directory)) from None
    except OSError as error:
        raise RecordError("no-head", f"{file} cannot be read: {error.strerror}") from None
    except (MalformedError, ValueError, RecursionError) as error:
        raise RecordError("broken-head", f"{file} is not the head of a run: {_reason(error)}") from None


def result_files(directory: Path) -> list[Path]:
    """Return the files that hold results, the main one first."""
    main = directory / LINES
    return ([main] if main.exists() else []) + sorted(directory.glob(WORKER_LINES))


def done_cases(directory: Path) -> dict[str, Verdict]:
    """Return case id -> verdict of the cases that have a result, to continue the record."""
    return {result.case: result.verdict for result in RunRecord.read(directory).results}


def directory_of(path: Path) -> Path:
    """Find the directory of a run, with links resolved; ``latest`` may be a link or a file that holds a name.

    Raises:
        RecordError: there is no such directory.
    """
    # Where links cannot be made, `latest` is a file that holds the name of the directory beside it.
    if path.name == "latest" and path.is_file():
        name = path.read_text("utf-8", "replace").strip()
        path = path.parent / Path(name).name
    if path.name == HEAD and path.is_file():
        path = path.parent
    if not path.is_dir():
        link = " (the link points to nothing)" if path.is_symlink() else ""
        raise RecordError(
            "no-run",
            f"there is no run record at {path}{link}: name the directory of a run, such as runs/latest",
        )
    return path.resolve()


def _no_head(directory: Path) -> str:
    inner = sorted(entry.parent.name for entry in directory.glob(f"*/{HEAD}"))
    if inner:
        one = directory / inner[-1]
        return f"{directory} is not a run record, but holds {len(inner)}: name one of them, such as {one}"
    return f"{directory} is not a run record, because it holds no {HEAD}: name the directory of a run"


# --- lines ---


class _Place(NamedTuple):
    at: str
    file: Path
    offset: int
    size: int


class _Stamp(NamedTuple):
    file: Path
    inode: int
    size: int
    changed: int


def _stamp(file: Path) -> _Stamp:
    known = file.stat()
    return _Stamp(file, known.st_ino, known.st_size, known.st_mtime_ns)


@lru_cache(maxsize=2)
def _read(stamps: tuple[_Stamp, ...]) -> tuple[Sequence[Result], tuple[str, ...]]:
    """The results in files, and the ignored lines."""
    damaged: list[str] = []
    scans = (_scan(stamp.file, damaged) for stamp in stamps)
    found = heapq.merge(*scans, key=lambda item: item[0].at)
    # A dict keeps the place of the first, and the value of the last.
    if sum(stamp.size for stamp in stamps) <= KEPT:
        results = {(result.service, result.case): result for _, result in found}
        return tuple(results.values()), tuple(damaged)
    places = {(result.service, result.case): place for place, result in found}
    return _Lines(tuple(places.values())), tuple(damaged)


class _Shared:
    """Reads exchanges. The cases of one trial follow each other in a record: they share its exchanges in memory."""

    def __init__(self) -> None:
        self._given: list[Any] = []
        self._exchanges: tuple[Exchange, ...] = ()

    def __call__(self, given: list[Any]) -> tuple[Exchange, ...]:
        if given != self._given:
            self._exchanges = exchanges_from_json(given)
            self._given = given
        return self._exchanges


def _scan(file: Path, damaged: list[str]) -> Iterator[tuple[_Place, Result]]:
    """Yield the results of a file, with the places of their lines; ``at`` never decreases within a file."""
    at, offset, shared = "", 0, _Shared()
    with file.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            size = len(line)
            if line.strip():
                try:
                    data = json.loads(line)
                except (ValueError, RecursionError) as error:
                    if _is_last(stream, offset + size):
                        damaged.append(f"{file.name}:{number}: the last line is incomplete, and is ignored")
                        return
                    raise _broken(file, number, error) from None
                try:
                    result = result_from_json(data, shared)
                except MalformedError as error:
                    raise _broken(file, number, error) from None
                stamp = data.get("at")
                at = max(at, stamp) if isinstance(stamp, str) else at
                yield _Place(at, file, offset, size), result
            offset += size


def _is_last(stream: BinaryIO, end: int) -> bool:
    stream.seek(end)
    return not stream.read(1)


def _broken(file: Path, number: int, error: Exception) -> RecordError:
    return RecordError(
        "broken-line",
        f"{file}:{number}: the line is not a result: {_reason(error)}; remove the line to read the rest of the record",
    )


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, MalformedError):
        return str(error)
    return f"it is not JSON ({error})"


class _Lines(Sequence[Result]):
    """The results at some places of some files, decoded anew at each access."""

    def __init__(self, places: tuple[_Place, ...]) -> None:
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Result: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Result]: ...

    def __getitem__(self, index: int | slice) -> Result | Sequence[Result]:
        if isinstance(index, slice):
            return _Lines(self._places[index])
        return next(iter(_Lines((self._places[index],))))

    def __iter__(self) -> Iterator[Result]:
        streams: dict[Path, BinaryIO] = {}
        try:
            for place in self._places:
                stream = streams.get(place.file)
                if stream is None:
                    stream = streams[place.file] = place.file.open("rb")
                stream.seek(place.offset)
                yield result_from_json(json.loads(stream.read(place.size)))
        except (OSError, ValueError) as error:
            raise RecordError(
                "broken-line", f"{place.file} was changed while it was read: {error}; read the record again"
            ) from None
        finally:
            for stream in streams.values():
                stream.close()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(_same, self, other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{len(self)} results>"


def _same(one: object, other: object) -> bool:
    return one == other
