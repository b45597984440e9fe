"""The environment that holds the six services: made once in the user's cache, from the constraints beside this file."""

from __future__ import annotations

from pathlib import Path

from conformance.sandbox.cloud.layout import SERIES, SERVICES
from conformance.sandbox.environments import Plan, Run, Tell, cache, environment, this_python

CONSTRAINTS = Path(__file__).with_name("constraints.txt")
SERVER = "waitress"
"""The WSGI server that all APIs run in."""


def plan() -> Plan:
    """Return how the environment is made."""
    python = this_python()
    return Plan(
        what=f"OpenStack {SERIES}",
        name=f"cloud-{SERIES}-py{python}",
        python=python,
        packages=(*(service.requirement for service in SERVICES), SERVER),
        constraints=CONSTRAINTS.read_text("utf-8"),
    )


def interpreter(*, where: Path | None = None, run: Run | None = None, tell: Tell | None = None) -> Path:
    """Return the interpreter that has the six services; its environment is made if it is not there.

    Args:
        where: the directory that holds environments; in the user's cache by default.
        run: runs a command; tests give another.
        tell: is told in a sentence what takes so long.

    Raises:
        SandboxError: it cannot be made; one sentence says why.
    """
    return environment(plan(), where or cache(), run=run, tell=tell)
