"""Environments for other releases of Nova than the one installed here: one each, made once, in the user's cache.

```python
process.start(interpreter("nova==31.3.1"))
```

Libraries that fit an old release are selected by date: the index knows the upload time of each file, and the libraries
of the release's time fit. uv has an option for this (`--exclude-newer`); pip in most environments does not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

from conformance.sandbox.child import SandboxError
from conformance.sandbox.environments import DISTRIBUTION, Plan, Run, Tell, cache, environment, this_python

EXTRA = "sandbox"
OLDEST = 29
"""The first release series whose fixtures the guest can use."""
__all__ = ["Plan", "SandboxError", "exact", "interpreter", "is_here", "plan"]


@dataclass(frozen=True)
class Series:
    """The tested requirements of the releases of one series.

    Attributes:
        pythons: versions of the interpreter, the best first; empty: any.
        before: only libraries released before this day (`YYYY-MM-DD`) fit; None: the newest ones fit.
    """

    pythons: tuple[str, ...] = ()
    before: str | None = None


SERIES = {
    29: Series(("3.11",), "2024-09-01"),
    30: Series(("3.11",), "2025-03-01"),
    31: Series(("3.11",)),
}
"""First number of a release -> its series; all other releases run on every Python that this suite supports."""


def exact(requirement: str) -> tuple[str, Version]:
    """Parse a requirement such as `nova==31.3.1`. Raises SandboxError: it does not name exactly one Nova release."""
    try:
        wanted = Requirement(requirement)
    except InvalidRequirement as error:
        reason = str(error).splitlines()[0]
        raise SandboxError(f"{requirement!r} is not a requirement such as nova==34.0.0: {reason}") from None
    if wanted.name.lower() != "nova":
        raise SandboxError(f"{requirement}: the sandbox runs Nova; name a release of it, such as nova==34.0.0")
    clauses = list(wanted.specifier)
    try:
        if len(clauses) != 1 or clauses[0].operator != "==":
            raise InvalidVersion
        version = Version(clauses[0].version)
    except InvalidVersion:
        raise SandboxError(f"{requirement} does not name exactly one release: write nova==34.0.0") from None
    if version.major < OLDEST:
        raise SandboxError(f"{requirement}: the sandbox runs Nova from release {OLDEST} on")
    return wanted.name.lower(), version


def is_here(requirement: str) -> bool:
    """True if exactly this release is installed beside this suite. Raises SandboxError as `exact`."""
    name, version = exact(requirement)
    try:
        return Version(metadata.version(name)) == version
    except metadata.PackageNotFoundError:
        return False


def plan(requirement: str, here: str | None = None) -> Plan:
    """Return the plan for the environment of a release. Raises SandboxError as `exact`.

    Args:
        requirement: one release.
        here: version of the running interpreter.
    """
    name, version = exact(requirement)
    here = here or this_python()
    series = SERIES.get(version.major, Series())
    python = here if not series.pythons or here in series.pythons else series.pythons[0]
    dated = series.before is not None
    one = f"{name}=={version}"
    packages = (one, *_companions(dated))
    return Plan(one, f"{name}-{version}-py{python}", python, packages, before=series.before)


def _companions(dated: bool) -> Iterable[str]:
    """Yield the requirements of the fixtures beside Nova; `dated`: without bounds, since a date selects versions."""
    try:
        declared = [Requirement(text) for text in metadata.requires(DISTRIBUTION) or ()]
    except metadata.PackageNotFoundError:
        raise SandboxError(f"{DISTRIBUTION} is not installed, only on the path: install it, editable or not") from None
    for one in declared:
        chosen = (
            one.marker is not None and one.marker.evaluate({"extra": EXTRA}) and not one.marker.evaluate({"extra": ""})
        )
        if chosen and one.name.lower() != "nova":
            yield one.name if dated else f"{one.name}{one.specifier}"
    if dated:
        yield "setuptools"  # of that day: libraries took pkg_resources for granted


def interpreter(
    requirement: str, *, where: Path | None = None, run: Run | None = None, tell: Tell | None = None
) -> Path:
    """Return the interpreter of an environment with a release; the environment is made if it does not exist.

    Args:
        requirement: one release, such as `nova==31.3.1`.
        where: directory of all environments; in the user's cache by default.
        run: runs a command; tests replace it.
        tell: called with a sentence about each step that takes long.

    Raises:
        SandboxError: the environment cannot be made; one sentence gives the reason.
    """
    if is_here(requirement):
        return Path(sys.executable)
    return environment(plan(requirement), where or cache(), run=run, tell=tell)
