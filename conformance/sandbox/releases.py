"""Environments for other releases of Nova than the one installed here: one each, made once, in the user's cache.

```python
process.start(interpreter("nova==31.3.1"))
```

What an old release needs is found by an upper date: the index knows when each file was uploaded, and the libraries of
that day fit. uv can ask so (`--exclude-newer`), pip of most environments cannot.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

from conformance.sandbox.process import SandboxError

VARIABLE = "APIREF_CONFORMANCE_CACHE"
"""Names another directory than the user's cache, as for fetched references."""
EXTRA = "sandbox"
OLDEST = 29
"""The first series whose fixtures the guest can drive."""
__all__ = ["Plan", "SandboxError", "exact", "interpreter", "is_here", "plan"]

_DISTRIBUTION = "apiref-conformance"
_READY = "ready.txt"
_HOW_TO_GET_UV = "install uv (`pip install uv`)"

Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]
Tell = Callable[[str], None]


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


@dataclass(frozen=True)
class Plan:
    """How the environment of a release is made.

    Attributes:
        requirement: exactly one release.
        python: the interpreter's version, such as `3.11`.
        before: as in `Series`.
        packages: all that is to be installed.
    """

    requirement: str
    python: str
    before: str | None
    packages: tuple[str, ...]

    @property
    def name(self) -> str:
        """Of its directory."""
        return f"{self.requirement.replace('==', '-')}-py{self.python}"

    @property
    def text(self) -> str:
        """All of it: an environment that was made by another plan is made anew."""
        return "\n".join((self.requirement, self.python, self.before or "", *self.packages, ""))


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
    here = here or _here()
    series = SERIES.get(version.major, Series())
    python = here if not series.pythons or here in series.pythons else series.pythons[0]
    dated = series.before is not None
    packages = (f"{name}=={version}", *_companions(dated))
    return Plan(f"{name}=={version}", python, series.before, packages)


def _here() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _companions(dated: bool) -> Iterable[str]:
    """What the fixtures import beside Nova: the extra of this distribution, without bounds where a date bounds it."""
    try:
        declared = [Requirement(text) for text in metadata.requires(_DISTRIBUTION) or ()]
    except metadata.PackageNotFoundError:
        raise SandboxError(f"{_DISTRIBUTION} is not installed, only on the path: install it, editable or not") from None
    for one in declared:
        chosen = (
            one.marker is not None and one.marker.evaluate({"extra": EXTRA}) and not one.marker.evaluate({"extra": ""})
        )
        if chosen and one.name.lower() != "nova":
            yield one.name if dated else f"{one.name}{one.specifier}"
    if dated:
        yield "setuptools"  # of that day: libraries took pkg_resources for granted


def interpreter(
    requirement: str, *, cache: Path | None = None, run: Run | None = None, tell: Tell | None = None
) -> Path:
    """The interpreter of an environment that has a release; it is made if it is not there.

    Other processes that want the same wait until it is made. What was left half-made is made anew.

    Args:
        requirement: one release, such as `nova==31.3.1`.
        cache: where environments are; the user's cache by default.
        run: runs a command; tests give another.
        tell: is told in a sentence what takes so long.

    Raises:
        SandboxError: it cannot be made; one sentence says why.
    """
    if is_here(requirement):
        return Path(sys.executable)
    from filelock import FileLock

    wanted = plan(requirement)
    directory = (cache or _cache()) / wanted.name
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{directory}.lock"):
            python = directory / "bin" / "python"
            if not _is_ready(directory, wanted):
                _make(wanted, directory, run or _run, tell or _silent)
            return python
    except OSError as error:
        raise SandboxError(
            f"{directory} cannot be written: {error.strerror or error}; {VARIABLE} names another"
        ) from None


def _cache() -> Path:
    import platformdirs

    return Path(os.environ.get(VARIABLE) or platformdirs.user_cache_dir(_DISTRIBUTION)) / "sandboxes"


def _is_ready(directory: Path, wanted: Plan) -> bool:
    """Whether it was made to its end, by this plan, and its interpreter is still there."""
    try:
        return (directory / _READY).read_text("utf-8") == wanted.text and (directory / "bin" / "python").exists()
    except OSError:
        return False


def _silent(_: str) -> None:
    pass


def _make(wanted: Plan, directory: Path, run: Run, tell: Tell) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    uv = _works(run, "uv", "--version")
    if wanted.before and not uv:
        raise SandboxError(
            f"{wanted.requirement} needs libraries from before {wanted.before}, "
            f"which pip cannot ask for: {_HOW_TO_GET_UV}"
        )
    tell(f"installing {wanted.requirement} for Python {wanted.python} in {directory}; this is done once")
    try:
        (_with_uv if uv else _with_pip)(wanted, directory, run)
        (directory / _READY).write_text(wanted.text, "utf-8")
    except BaseException:
        # Also for Ctrl-C. What is left without the file of its plan would not be used, but takes room.
        shutil.rmtree(directory, ignore_errors=True)
        raise


def _with_uv(wanted: Plan, directory: Path, run: Run) -> None:
    python = sys.executable if wanted.python == _here() else wanted.python
    _do(wanted, run, ["uv", "venv", "--quiet", "--python", python, str(directory)])
    command = ["uv", "pip", "install", "--quiet", "--python", str(directory / "bin" / "python")]
    if wanted.before:
        # The release itself may be younger than the libraries that its series was made with.
        command += ["--exclude-newer", wanted.before, "--exclude-newer-package", "nova=2100-01-01"]
    try:
        _do(wanted, run, [*command, *wanted.packages])
    except SandboxError:
        if wanted.before:
            raise
        # uv does not read pip's configuration, which may know an index that this machine can reach.
        shutil.rmtree(directory, ignore_errors=True)
        _with_pip(wanted, directory, run)


def _with_pip(wanted: Plan, directory: Path, run: Run) -> None:
    python = sys.executable if wanted.python == _here() else f"python{wanted.python}"
    if python != sys.executable and not _works(run, python, "--version"):
        raise SandboxError(
            f"{wanted.requirement} needs Python {wanted.python}, and this is {_here()}: install it, "
            f"or {_HOW_TO_GET_UV}, which fetches it"
        )
    _do(wanted, run, [python, "-m", "venv", str(directory)])
    pip = [str(directory / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _do(wanted, run, [*pip, *wanted.packages])


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    # Away from the folder at hand, and from an environment that is active.
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    return subprocess.run(  # noqa: S603 - commands are ours, without a shell
        command,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        env=environment,
        stdin=subprocess.DEVNULL,
    )


def _works(run: Run, *command: str) -> bool:
    with contextlib.suppress(OSError):
        return run(command).returncode == 0
    return False


def _do(wanted: Plan, run: Run, command: Sequence[str]) -> None:
    done = run(command)
    if done.returncode:
        raise SandboxError(_why(wanted, f"{done.stderr}\n{done.stdout}"))


_NO_NETWORK = re.compile(
    r"from versions: none|failed to fetch|error sending request|dns error|connection (?:refused|reset|error)"
    r"|NewConnectionError|Temporary failure in name resolution|timed out|ProxyError|network is unreachable",
    re.IGNORECASE,
)
_NO_RELEASE = re.compile(r"no matching distribution found|there (?:is|are) no versions? of nova\b", re.IGNORECASE)
_NO_PYTHON = re.compile(
    r"no interpreter found|requires a different python|does not satisfy Python|No download found for", re.IGNORECASE
)


def _why(wanted: Plan, said: str) -> str:
    """One sentence for what an installer said."""
    one = f"the sandbox of {wanted.requirement} cannot be made"
    if _NO_PYTHON.search(said):
        return f"{one}: Python {wanted.python} is not there, or does not fit; install it"
    if _NO_NETWORK.search(said):
        return f"{one}: no package index can be reached; see to the network, or to the settings of pip and uv"
    if _NO_RELEASE.search(said):
        return f"{one}: the package index has no such release"
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    last = next((line for line in reversed(lines) if re.match(r"(?i)error\b", line)), lines[-1] if lines else "no word")
    return f"{one}: {' '.join(last.split())[:300]}"
