"""The journal of a run: every resource is written to disk before the cloud is asked for it.

One file of JSON lines per process, ``journal*.jsonl`` in the directory of the run; each process reads the files of all.
In a run of several services each process has one file per service, and the lines name the service: things are removed
through the API of the service that made them, but a thing that any service of the run made is the run's own.
Lines: ``run`` (the prefix of all names), ``lists`` (documented lists of a service without a description), ``intend``,
``before`` (the things of a kind that were there, before one was asked for that no name can find), ``made``,
``refused``, ``gone``; and, for things of others that are changed for a moment, ``owe`` (the thing before the change,
and the way back) and ``paid``.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
import weakref
from dataclasses import asdict
from threading import Lock
from typing import TYPE_CHECKING, Any

from conformance.engine.cloud.book import Before, Book, Entry, Intent
from conformance.engine.cloud.carried import Carried
from conformance.engine.cloud.names import ending, new_prefix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from conformance.engine.cloud.shared import Debt

PATTERN = "journal*.jsonl"


class _Tail:
    """Reads the whole lines that were added to a file since the last time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._at = 0

    def lines(self) -> list[dict[str, Any]]:
        try:
            if self.path.stat().st_size <= self._at:
                return []
            with self.path.open("rb") as file:
                file.seek(self._at)
                data = file.read()
        except FileNotFoundError:
            return []
        whole = data[: data.rfind(b"\n") + 1]
        self._at += len(whole)
        return [line for raw in whole.splitlines() if (line := _parse(raw)) is not None]


def _parse(raw: bytes) -> dict[str, Any] | None:
    """A line; None if it was cut by a kill: the next process has then begun a new line after it."""
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


class Journal:
    """The journal of this process. Each line is on disk before the call returns. Safe to use from many threads.

    Args:
        path: the file, in the directory of the run. An existing file is continued.
        prefix: the beginning of all names of this run; by default the one in the journals of the run, or
            a random one. The processes of one run must be given the same.
        service: the type of the service of this journal, in a run of several services; ``entries`` and ``debts`` are
            then those of this service. None in a run of one.

    Attributes:
        trouble: one sentence that says why the journal cannot be written any more; None if it can.
        when_broken: is called once, in the thread that could not write; ``trouble`` says why.

    Raises:
        OSError: it cannot be written. Then no request may be sent to the cloud either. Lines about past events (made,
            there, refused, gone, paid) raise nothing: this process knows the events anyway, and can clean up.
    """

    def __init__(self, path: Path, *, prefix: str | None = None, service: str | None = None) -> None:
        self.path = path
        self.service = service
        self.trouble: str | None = None
        self.when_broken: Callable[[], None] = lambda: None
        self._lock = Lock()
        self._book = Book()
        self._own: set[str] = set()
        self._tails: dict[Path, _Tail] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        for line in _Tail(path).lines():
            self._book.add(line)
        self._catch_up()
        cut = path.exists() and not _ends_whole(path)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        # A journal that nobody closes must not keep its descriptor: a process has a thousand of them.
        self._close = weakref.finalize(self, os.close, self._file)
        if cut:
            self._append(b"\n")
        known = self._book.prefixes
        self.prefix: str = prefix or (known[0] if known else new_prefix())
        if self.prefix not in known:
            self._write({"do": "run", "prefix": self.prefix}, before=True)

    def rand_name(self, kind: str = "") -> str:
        """Make up a name that begins with the run's prefix, and stands before those made up until now."""
        return "-".join(part for part in (self.prefix, kind, ending()) if part)

    def intend(self, kind: str, name: str, *, role: str = "member") -> Intent:
        """Write down that the cloud is about to be asked for a resource."""
        intent = Intent(secrets.token_hex(8), kind, name, str(role), self.service)
        with self._lock:
            self._own.add(intent.key)
        self._write(_intending(intent), before=True)
        return intent

    def may_look_at(self, lists: Iterable[tuple[str, str, bool]]) -> None:
        """Note the lists in which things of the run can be found, for a cleanup, which does not know the reference."""
        self._write({"do": "lists", "service": self.service, "lists": [list(one) for one in lists]})

    def has_to_carry(self, carried: Carried) -> None:
        """Note the headers that requests have to carry, for a cleanup, which does not know the reference."""
        self._write({"do": "headers", "service": self.service, "headers": carried.plain()})

    @property
    def carried(self) -> Carried:
        """The headers that requests have to carry."""
        with self._lock:
            self._catch_up()
            return self._book.carried.get(self.service, Carried())

    @property
    def lists(self) -> tuple[tuple[str, str, bool], ...]:
        """The lists in which things of the run can be found: collection, path, whether a request removes a thing."""
        with self._lock:
            self._catch_up()
            return tuple(self._book.lists.get(self.service, ()))

    def before(self, intent: Intent, ids: Iterable[str]) -> None:
        """Note the existing things of a kind, before a request for a thing that no name can find."""
        self._write({"do": "before", "key": intent.key, "ids": sorted(ids)}, before=True)

    def before_of(self, intent: Intent) -> Before | None:
        """The existing things that were noted before the request of an intent; None if nobody looked."""
        with self._lock:
            return self._book.before.get(intent.key)

    def made(
        self,
        intent: Intent,
        id: str,  # noqa: A002 -- the word of the interface
        path_to_delete: str,
        *,
        alias: tuple[str, ...] = (),
    ) -> None:
        """Write down the id of the new resource. ``alias``: other values that name it, such as an address."""
        line: dict[str, Any] = {"do": "made", "key": intent.key, "id": id, "path": path_to_delete}
        if alias:
            line["alias"] = list(alias)
        self._write(line)

    def there(self, kind: str, id_: str, path_to_delete: str, *, name: str = "", role: str = "member") -> None:
        """Write down a thing of the run that nothing was intended to make, such as one that came with another."""
        intent = Intent(secrets.token_hex(8), kind, name, str(role), self.service)
        with self._lock:
            self._own.add(intent.key)
        self._write(_intending(intent))
        self.made(intent, id_, path_to_delete)

    def refused(self, intent: Intent) -> None:
        """Write down that the cloud refused to make it, so nothing is left of it."""
        self._write({"do": "refused", "key": intent.key})

    def gone(self, id: str) -> None:  # noqa: A002
        """Write down that a resource was deleted. It still counts as this run's: no id is given twice."""
        self._write({"do": "gone", "id": id})

    def end(self, *, own: bool = False) -> None:
        """Record that all resources are gone, since the cloud itself ends; with ``own``, those of this process."""
        for entry in self.entries(own=own):
            if not entry.ids:
                self.refused(entry.intent)
            for id_, _ in entry.left:
                self.gone(id_)

    def owe(self, debt: Debt) -> Debt:
        """Write down a thing of others as it was before it is changed; the latest debt of a key counts."""
        with self._lock:
            self._own.add(debt.key)
        named = {"service": self.service} if self.service else {}
        self._write({"do": "owe", **asdict(debt), **named}, before=True)
        return debt

    def owes(self, key: str, method: str, path: str) -> bool:
        """Whether a request pays an open debt."""
        return any(d.key == key and d.paid_by(method, path) for d in self.debts())

    def paid(self, debt: Debt) -> None:
        """Write down that a thing is as it was before."""
        self._write({"do": "paid", "key": debt.key})

    def debts(self, *, own: bool = False) -> tuple[Debt, ...]:
        """The debts that the run, in any of its processes, has not paid, the latest first; or with ``own`` this one."""
        with self._lock:
            self._catch_up()
            unpaid = self._book.unpaid(self.service)
            return tuple(debt for debt in unpaid if not own or debt.key in self._own)

    def owns(self, value: str, collection: str | None = None) -> bool:
        """Whether the value is an id or an alias that this run's journals hold, of whichever process.

        Of an element of a ``collection`` (its path), a number says so only there: others count from one, too.
        """
        with self._lock:
            if value not in self._book.owned:
                self._catch_up()
            if collection is not None and value.isdigit():
                return f"{collection}/{value}" in self._book.paths
            return value in self._book.owned

    def holds(self, path: str) -> bool:
        """Whether something that the run has made was, or is, at a path."""
        with self._lock:
            if path not in self._book.paths:
                self._catch_up()
            return path in self._book.paths

    def is_open(self, intent: Intent) -> bool:
        """Whether the intent is on disk and nothing has come of it yet: good for one request."""
        with self._lock:
            key = intent.key
            return (
                self._book.intents.get(key) == intent and not self._book.made.get(key) and key not in self._book.refused
            )

    def entries(self, *, own: bool = False) -> tuple[Entry, ...]:
        """All entries of the run so far, of all its processes; or with ``own`` those that began in this one."""
        with self._lock:
            self._catch_up()
            entries = self._book.entries(self.service)
            return tuple(entry for entry in entries if not own or entry.intent.key in self._own)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The prefixes of this run's names: one, unless its processes were given different ones."""
        with self._lock:
            self._catch_up()
            return tuple(self._book.prefixes)

    @staticmethod
    def read(path: Path) -> tuple[Entry, ...]:
        """All entries of a run directory (or of one file), merged. A cut last line is ignored."""
        return Journal._read(path).entries()

    @staticmethod
    def read_debts(path: Path) -> tuple[Debt, ...]:
        """The debts of a run directory (or of one file) that are still to be paid."""
        return Journal._read(path).unpaid()

    @staticmethod
    def _read(path: Path) -> Book:
        book = Book()
        lines = [line for file in _files(path) for line in _Tail(file).lines()]
        for line in sorted(lines, key=lambda line: line.get("at", 0.0)):
            book.add(line)
        return book

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file = -1
            self._close()

    def _write(self, line: dict[str, Any], *, before: bool = False) -> None:
        """Write a line. ``before``: the event of the line is still to come, so a failure is raised and prevents it."""
        line = {**line, "at": time.time()}
        with self._lock:
            try:
                self._append(json.dumps(line).encode() + b"\n")
                failure = None
            except OSError as error:
                failure = error
            if failure is None or not before:
                self._book.add(line)
        if failure is not None:
            if self.trouble is None:
                self.trouble = f"{self.path} cannot be written: {failure.strerror}; make room"
                self.when_broken()
            if before:
                raise failure

    def _append(self, raw: bytes) -> None:
        """Write bytes to the disk, all of them or none. Raises OSError with the name of the file."""
        end = os.fstat(self._file).st_size
        try:
            rest = memoryview(raw)
            while rest:
                rest = rest[os.write(self._file, rest) :]
            os.fsync(self._file)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, end)
            raise OSError(error.errno, error.strerror, str(self.path)) from None

    def _catch_up(self) -> None:
        """Read the new lines of other processes."""
        for file in _files(self.path.parent):
            if file != self.path:
                for line in self._tails.setdefault(file, _Tail(file)).lines():
                    self._book.add(line)


def holds_above(journal: Journal | None, collection: str) -> bool:
    """Whether the things of a collection are parts of a thing that the run has made, by their path."""
    parts = collection.split("/")
    return journal is not None and any(journal.holds("/".join(parts[:end])) for end in range(3, len(parts)))


def _intending(intent: Intent) -> dict[str, Any]:
    return {"do": "intend", **{name: value for name, value in asdict(intent).items() if value is not None}}


def _files(path: Path) -> list[Path]:
    return sorted(path.glob(PATTERN)) if path.is_dir() else [path]


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
