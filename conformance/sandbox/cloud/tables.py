"""Makes the databases of a cloud, with each service's own code, several services at a time."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from conformance.sandbox.child import SandboxError, last_words
from conformance.sandbox.cloud.layout import REGION, SERVICES, Layout
from conformance.sandbox.cloud.processes import Processes, command, most_telling

_LOOK_SECONDS = 0.1
_ORDER = ("nova", "keystone", "neutron", "cinder", "glance", "placement")
"""Names of the services, the slowest first."""


def facts(layout: Layout) -> dict[str, dict[str, Any]]:
    """Return name of a service -> facts that it needs to make its tables and their first content."""
    url = layout.url("keystone")
    return {
        "keystone": {
            "admin_username": "admin",
            "admin_password": layout.password,
            "project_name": "admin",
            "admin_role_name": "admin",
            "service_name": "keystone",
            "region_id": REGION,
            "public_url": url,
            "internal_url": url,
            "admin_url": url,
        },
        "glance": {"metadefs": str(layout.shipped("glance", "metadefs"))},
        "nova": {
            "cell0": f"sqlite:///{layout.database('nova_cell0')}",
            "cell1": f"sqlite:///{layout.database('nova')}",
        },
    }


def make(python: Path, layout: Layout, processes: Processes) -> None:
    """Make all databases, for as many services at a time as there are cores.

    Args:
        python: the interpreter with the installed services.
        layout: layout of the cloud.
        processes: the processes of the cloud; another thread may end them.

    Raises:
        SandboxError: a service failed; one sentence names it and the file with its output.
    """
    known = facts(layout)
    waiting = list(_ORDER)
    running: set[str] = set()
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 2):
            name = waiting.pop(0)
            arguments = command(python, layout, "tables", name, known.get(name, {}))
            processes.start(f"tables of {name}", arguments, _output(layout, name))
            running.add(name)
        for ended, status in processes.ended().items():
            name = ended.rpartition(" ")[2]
            running.discard(name)
            if status:
                words = last_words(most_telling(_output(layout, name), layout.log(name)))
                raise SandboxError(f"the {ended} cannot be made; {words}")
        time.sleep(_LOOK_SECONDS)
    for service in SERVICES:
        for database in service.databases:
            write_ahead(layout.database(database))


def _output(layout: Layout, service: str) -> Path:
    return layout.logs / f"{service}-tables.out"


def write_ahead(database: Path) -> None:
    """Let readers of a database go on while another connection writes; the file keeps this setting."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
