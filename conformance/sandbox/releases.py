"""Environments for other releases of Nova than the one installed here: one each, made once, in the user's cache.

```python
process.start(interpreter("nova==31.3.1"))
```

What an old release needs is found by an upper date: the index knows when each file was uploaded, and the libraries of
that day fit. uv can ask so (`--exclude-newer`), pip of most environments cannot.
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
"""The first series whose fixtures the guest can drive."""
__all__ = ["Plan", "SandboxError", "exact", "interpreter", "is_here", "plan"]


@dataclass(frozen=True)
class Series:
    """What the releases of one series need, as far as it was tried.

    Attributes:
        pythons: the interpreters that they run on, the best first; empty: any.
        before: the day from which on no library may be, as `YYYY-MM-DD`; None: those of today fit.
    """

    pythons: tuple[str, ...] = ()
    before: str | None = None


SERIES = {
    29: Series(("3.11",), "2024-09-01"),
    30: Series(("3.11",), "2025-03-01"),
    31: Series(("3.11",)),
}
"""By the first number of the release; all others run on every Python that this suite runs on."""


def exact(requirement: str) -> tuple[str, Version]:
    """Read `nova==31.3.1`. Raises SandboxError: it names no one release of Nova."""
    try:
        wanted = Requirement(requirement)
    except InvalidRequirement as error:
        reason = str(error).splitlines()[0]
        raise SandboxError(f"{requirement!r} is no requirement such as nova==34.0.0: {reason}") from None
    if wanted.name.lower() != "nova":
        raise SandboxError(f"{requirement}: the sandbox runs Nova; name a release of it, such as nova==34.0.0")
    clauses = list(wanted.specifier)
    try:
        if len(clauses) != 1 or clauses[0].operator != "==":
            raise InvalidVersion
        version = Version(clauses[0].version)
    except InvalidVersion:
        raise SandboxError(f"{requirement} names no one release: write nova==34.0.0") from None
    if version.major < OLDEST:
        raise SandboxError(f"{requirement}: the sandbox runs Nova from release {OLDEST} on")
    return wanted.name.lower(), version


def is_here(requirement: str) -> bool:
    """Whether that very release is installed beside this suite. Raises SandboxError as `exact`."""
    name, version = exact(requirement)
    try:
        return Version(metadata.version(name)) == version
    except metadata.PackageNotFoundError:
        return False


def plan(requirement: str, here: str | None = None) -> Plan:
    """Decide how the environment of a release is made. Raises SandboxError as `exact`.

    Args:
        requirement: one release.
        here: the version of the interpreter at hand.
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
    """What the fixtures import beside Nova: the extra of this distribution, without bounds where a date bounds it."""
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
    """Return the interpreter of an environment that has a release; it is made if it is not there.

    Args:
        requirement: one release, such as `nova==31.3.1`.
        where: the directory that holds environments; in the user's cache by default.
        run: runs a command; tests give another.
        tell: is told in a sentence what takes so long.

    Raises:
        SandboxError: it cannot be made; one sentence says why.
    """
    if is_here(requirement):
        return Path(sys.executable)
    return environment(plan(requirement), where or cache(), run=run, tell=tell)
