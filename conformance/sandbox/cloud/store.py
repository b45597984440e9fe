"""The kept content of a new cloud: its databases and files, made once and copied for each cloud.

It is valid for one version of the code that makes it: a fingerprint of that code and of the releases decides this.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from conformance.sandbox.cloud.layout import COMPUTES, SERVICES, Layout
from conformance.sandbox.cloud.tables import write_ahead

_FACTS = "cloud.json"
_HERE = Path(__file__).parent
_MAKERS = ("constraints.txt", "contents.py", "layout.py", "store.py", "tables.py", "guest/tables.py")
"""Files on which the content depends. Configurations are not among them: they are written anew for each cloud."""
RETIRED = 24
"""Number of records of retired services: enough to delete one at every microversion of the operation, twice."""


@dataclass(frozen=True)
class Kept:
    """The facts of a kept content.

    Attributes:
        fingerprint: fingerprint of the code and the releases that made it.
        root: folder of the cloud in which it was made; the databases contain paths below it.
        ports: ports of that cloud; the catalogue contains them in URLs.
        password: password of all users.
    """

    fingerprint: str
    root: str
    ports: Mapping[str, int]
    password: str


def fingerprint() -> str:
    """Return a digest of everything on which the content depends."""
    digest = hashlib.sha256()
    for name in _MAKERS:
        digest.update((_HERE / name).read_bytes())
    return digest.hexdigest()


def read(directory: Path) -> Kept | None:
    """Return the kept content of a directory; None if it is incomplete, or made by other code."""
    try:
        kept = Kept(**json.loads((directory / _FACTS).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return kept if kept.fingerprint == fingerprint() else None


def keep(layout: Layout, directory: Path) -> None:
    """Keep the content of a running cloud, in place of an earlier one. Raises OSError, sqlite3.Error."""
    new = directory.with_name(f"{directory.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for name in _databases():
        # A backup, not a copy of the file: a service may be writing to it.
        with (
            closing(sqlite3.connect(layout.database(name))) as source,
            closing(sqlite3.connect(new / f"{name}.sqlite")) as copy,
        ):
            source.backup(copy)
    shutil.copytree(layout.state / "files", new / "files")
    kept = Kept(fingerprint(), str(layout.root), layout.ports, layout.password)
    # Last, because a content without this file counts as incomplete.
    (new / _FACTS).write_text(json.dumps(vars(kept)), "utf-8")
    shutil.rmtree(directory, ignore_errors=True)
    new.replace(directory)


def use(kept: Kept, directory: Path, layout: Layout) -> None:
    """Copy kept content into a cloud, with the cloud's own folder and ports in it. Raises OSError, sqlite3.Error."""
    shutil.copytree(directory, layout.state)
    (layout.state / _FACTS).unlink()
    for service in SERVICES:
        old, new = f":{kept.ports[service.name]}", f":{layout.ports[service.name]}"
        # An old port may be the new one of another service, so each URL is replaced as a whole, by its service.
        _change(
            layout.database("keystone"),
            "UPDATE endpoint SET url = replace(url, ?, ?) WHERE service_id IN (SELECT id FROM service WHERE type = ?)",
            (old, new, service.type),
        )
    root = str(layout.root)
    _change(layout.database("glance"), "UPDATE image_locations SET value = replace(value, ?, ?)", (kept.root, root))
    _change(
        layout.database("nova_api"),
        "UPDATE cell_mappings SET database_connection = replace(database_connection, ?, ?)",
        (kept.root, root),
    )
    for name in _databases():
        write_ahead(layout.database(name))


def add_retired_services(layout: Layout) -> None:
    """Add records of retired compute services, such as remain after a host was removed from the cloud."""
    with closing(sqlite3.connect(layout.database("nova"))) as connection, connection:
        connection.executemany(
            "INSERT INTO services (created_at, updated_at, last_seen_up, host, binary, topic, report_count, disabled,"
            " deleted, forced_down, version, uuid) SELECT '2024-01-01 00:00:00', '2024-01-01 00:00:00',"
            " '2024-01-01 00:00:00', ?, 'nova-scheduler', 'scheduler', 1, 0, 0, 0, version, ? FROM services"
            " WHERE host = ? LIMIT 1",
            [(f"retired{n}", f"00000000-0000-4000-8000-{n:012d}", COMPUTES[0]) for n in range(1, RETIRED + 1)],
        )


def _change(database: Path, statement: str, values: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement, values)


def _databases() -> list[str]:
    return [name for service in SERVICES for name in service.databases]
