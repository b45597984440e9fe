"""The environment with the six services: made once in the user's cache, with the constraints beside this file."""

from __future__ import annotations

from pathlib import Path

from conformance.sandbox.cloud.layout import SERIES, SERVICES
from conformance.sandbox.environments import Plan, Run, Tell, cache, environment, this_python

CONSTRAINTS = Path(__file__).with_name("constraints.txt")
SERVER = "waitress"
"""The WSGI server of all APIs."""


def plan() -> Plan:
    """Return the plan of the environment."""
    python = this_python()
    return Plan(
        what=f"OpenStack {SERIES}",
        name=f"cloud-{SERIES}-py{python}",
        python=python,
        packages=(*(service.requirement for service in SERVICES), SERVER),
        constraints=CONSTRAINTS.read_text("utf-8"),
    )


def interpreter(*, where: Path | None = None, run: Run | None = None, tell: Tell | None = None) -> Path:
    """Return the interpreter with the six services; its environment is made if it does not exist.

    Args:
        where: directory of all environments; in the user's cache by default.
        run: runs a command; tests replace it.
        tell: called with a sentence about each step that takes long.

    Raises:
        SandboxError: the environment cannot be made; one sentence gives the reason.
    """
    return environment(plan(), where or cache(), run=run, tell=tell)
