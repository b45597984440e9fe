"""The outcomes of a proof as a file of JSON lines, from which an interrupted proof can be continued."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from conformance.prove.breakage import Breakage
from conformance.prove.outcome import Fate, Outcome

NAME = "outcomes.jsonl"

AGAIN: tuple[Fate, ...] = ("error", "inconclusive", "not reached")
"""Fates of breakages that a continued proof tries again."""


class ProofError(Exception):
    """A directory cannot be used for a proof. The message is one sentence with the reason and the remedy."""


def suite_of(release: str, breakages: Iterable[Breakage]) -> dict[str, str]:
    """Return the identity of a proof: the release, and a SHA-256 over the ids of all breakages."""
    ids = "\n".join(breakage.id for breakage in breakages)
    return {"release": release, "catalogue": hashlib.sha256(ids.encode()).hexdigest()}


class Ledger:
    """Reads the outcomes in a directory, and appends new ones. Safe to use from many threads.

    The first line holds the identity of the proof. An incomplete last line is ignored. An outcome that decides nothing
    (``AGAIN``) does not count: the sandbox may have been slow for a moment, and the breakage is tried again.

    Args:
        directory: directory of the proof; if None, nothing is read or written.
        suite: identity of the proof, from ``suite_of``.

    Attributes:
        found: breakage id -> outcome.
        deviations: ids of deviations that were found in the unbroken cloud.

    Raises:
        ProofError: the directory holds a proof with another identity.
    """

    def __init__(self, directory: Path | None, suite: dict[str, str]) -> None:
        self.found: dict[str, Outcome] = {}
        self.deviations: set[str] = set()
        self._path = directory / NAME if directory is not None else None
        self._lock = threading.Lock()
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        lines = self._path.read_text("utf-8").splitlines() if self._path.is_file() else []
        entries = [entry for line in lines if (entry := _entry(line)) is not None]
        if not entries:
            self._path.write_text(json.dumps({"proof": suite}) + "\n", "utf-8")
            return
        if entries[0].get("proof") != suite:
            raise ProofError(f"{self._path} holds the proof of another suite or release: name another directory")
        self._path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), "utf-8")
        for entry in entries[1:]:
            if "unbroken" in entry:
                self.deviations.update(entry["unbroken"])
            elif entry.get("fate") not in AGAIN:
                outcome = Outcome.from_json(entry)
                self.found[outcome.breakage] = outcome

    def add(self, outcome: Outcome) -> None:
        """Append an outcome to the file at once."""
        with self._lock:
            self.found[outcome.breakage] = outcome
            self._append(outcome.to_json())

    def deviates(self, ids: Iterable[str]) -> None:
        """Append deviations of the unbroken cloud."""
        with self._lock:
            self.deviations.update(ids)
            self._append({"unbroken": sorted(self.deviations)})

    def _append(self, entry: dict[str, Any]) -> None:
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")


def _entry(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None
