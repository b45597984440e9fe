"""The journal of a run: every resource is written down on disk before it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Intent:
    """The intention to make a resource, already on disk.

    Attributes:
        key: names it within the run's journals.
        kind: server, keypair, security_group, floating_ip, image, volume, snapshot, server_group, ...
        name: unique to it, so that it can be found again even if no answer came.
        role: as whom it is made, and so in which project it is.
    """

    key: str
    kind: str
    name: str
    role: str = "member"


@dataclass(frozen=True)
class Entry:
    """What the journal knows of one intent.

    Attributes:
        ids: what it became: usually one id; none if no answer came.
        paths: for each id, the path to delete it.
        settled: nothing can be left of it: it was refused, or all of it is gone.
    """

    intent: Intent
    ids: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    settled: bool = False


class Journal:
    """An append-only file of JSON lines, one per process; each line is on disk before the call returns."""

    def __init__(self, path: Path, *, prefix: str | None = None) -> None:
        raise NotImplementedError

    @property
    def prefix(self) -> str:
        """What every name of this run begins with; random unless it was given."""
        raise NotImplementedError

    def rand_name(self, kind: str = "") -> str:
        """A random name that begins with the run's prefix."""
        raise NotImplementedError

    def intend(self, kind: str, name: str, *, role: str = "member") -> Intent:
        """Write down that a resource is about to be asked for."""
        raise NotImplementedError

    def made(self, intent: Intent, id: str, path_to_delete: str, *, alias: tuple[str, ...] = ()) -> None:  # noqa: A002
        """Write down what it became. ``alias``: other values that name it in requests, such as an address."""
        raise NotImplementedError

    def refused(self, intent: Intent) -> None:
        """Write down that the cloud refused to make it, so nothing is left of it."""
        raise NotImplementedError

    def gone(self, id: str) -> None:  # noqa: A002
        """Write down that a resource was deleted."""
        raise NotImplementedError

    def owns(self, value: str) -> bool:
        """Whether the value is an id or an alias that this run's journals hold, of whichever process."""
        raise NotImplementedError

    @staticmethod
    def read(path: Path) -> tuple[Entry, ...]:
        """All entries of a run directory (or of one file), merged, oldest first. A cut last line is ignored."""
        raise NotImplementedError
