"""Environments of the sandboxes: virtual environments in the user's cache, each made once from a plan.

An environment is ready when the file `ready.txt` in it holds the text of its plan. The file is written last, so that an
environment of an interrupted installation, or of another plan, is recognised and made anew.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.sandbox.child import SandboxError, alone

VARIABLE = "APIREF_CONFORMANCE_CACHE"
"""Environment variable with a directory to use in place of the user's cache, as for fetched references."""
DISTRIBUTION = "apiref-conformance"

_READY = "ready.txt"
_CONSTRAINTS = "constraints.txt"
HOW_TO_GET_UV = "install uv (`pip install uv`)"

Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]
Tell = Callable[[str], object]


@dataclass(frozen=True)
class Plan:
    """The plan of an environment.

    Attributes:
        what: name of the environment in messages, such as `nova==31.3.1`.
        name: name of its directory.
        python: version of its interpreter, such as `3.11`.
        packages: requirements to install.
        before: only libraries released before this day (`YYYY-MM-DD`) are installed; None: the newest ones.
        constraints: text of a constraint file; None: no constraints.
    """

    what: str
    name: str
    python: str
    packages: tuple[str, ...]
    before: str | None = None
    constraints: str | None = None

    @property
    def text(self) -> str:
        """The whole plan as text; an environment with another text is made anew."""
        return "\n".join((self.what, self.python, self.before or "", *self.packages, self.constraints or "", ""))


def this_python() -> str:
    """Return the version of the running interpreter, such as `3.11`."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def cache() -> Path:
    """Return the directory for all files that sandboxes keep."""
    import platformdirs

    return Path(os.environ.get(VARIABLE) or platformdirs.user_cache_dir(DISTRIBUTION)) / "sandboxes"


def environment(plan: Plan, where: Path, *, run: Run | None = None, tell: Tell | None = None) -> Path:
    """Return the interpreter of an environment; the environment is made if it does not exist.

    Other processes that need the same environment wait until it is made. An incomplete one is made anew.

    Args:
        plan: the plan of the environment.
        where: directory of all environments.
        run: runs a command; tests replace it.
        tell: called with a sentence about each step that takes long.

    Raises:
        SandboxError: the environment cannot be made; one sentence gives the reason.
    """
    directory, tell = where / plan.name, tell or _silent
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with alone(directory.with_name(f"{plan.name}.lock"), tell):
            python = directory / "bin" / "python"
            if not _is_ready(directory, plan):
                _make(plan, directory, run or _run, tell)
            return python
    except OSError as error:
        raise SandboxError(
            f"{directory} cannot be written: {error.strerror or error}; {VARIABLE} names another"
        ) from None


def _is_ready(directory: Path, wanted: Plan) -> bool:
    """True if the environment was completely made by this plan, and its interpreter still exists."""
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
            f"{wanted.what} needs libraries from before {wanted.before}, which pip cannot ask for: {HOW_TO_GET_UV}"
        )
    tell(f"installing {wanted.what} for Python {wanted.python} in {directory}; this is done once")
    try:
        (_with_uv if uv else _with_pip)(wanted, directory, run)
        (directory / _READY).write_text(wanted.text, "utf-8")
    except BaseException:
        # Also for Ctrl-C: an environment without the file of its plan is never used, and takes disk space.
        shutil.rmtree(directory, ignore_errors=True)
        raise


def _with_uv(wanted: Plan, directory: Path, run: Run) -> None:
    python = sys.executable if wanted.python == this_python() else wanted.python
    _do(wanted, run, ["uv", "venv", "--quiet", "--python", python, str(directory)])
    command = ["uv", "pip", "install", "--quiet", "--python", str(directory / "bin" / "python")]
    if wanted.before:
        # The release itself may be younger than the libraries that its series was made with.
        command += ["--exclude-newer", wanted.before, "--exclude-newer-package", "nova=2100-01-01"]
    try:
        _do(wanted, run, [*command, *_wanted_packages(wanted, directory)])
    except SandboxError:
        if wanted.before:
            raise
        # uv does not read pip's configuration, which may know an index that this machine can reach.
        shutil.rmtree(directory, ignore_errors=True)
        _with_pip(wanted, directory, run)


def _with_pip(wanted: Plan, directory: Path, run: Run) -> None:
    python = sys.executable if wanted.python == this_python() else f"python{wanted.python}"
    if python != sys.executable and not _works(run, python, "--version"):
        raise SandboxError(
            f"{wanted.what} needs Python {wanted.python}, and this is {this_python()}: install it, "
            f"or {HOW_TO_GET_UV}, which fetches it"
        )
    _do(wanted, run, [python, "-m", "venv", str(directory)])
    pip = [str(directory / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _do(wanted, run, [*pip, *_wanted_packages(wanted, directory)])


def _wanted_packages(wanted: Plan, directory: Path) -> list[str]:
    """Return the requirements to install, as arguments of uv or pip."""
    if wanted.constraints is None:
        return list(wanted.packages)
    constraints = directory / _CONSTRAINTS
    constraints.write_text(wanted.constraints, "utf-8")
    return ["--constraint", str(constraints), *wanted.packages]


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    # The command must use neither the modules nor the active environment of this process.
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
    """Return one sentence for the error output of an installer."""
    one = f"the sandbox of {wanted.what} cannot be made"
    if _NO_PYTHON.search(said):
        return f"{one}: Python {wanted.python} is not installed, or does not fit; install it"
    if _NO_NETWORK.search(said):
        return f"{one}: no package index can be reached; check the network, and the settings of pip and uv"
    if _NO_RELEASE.search(said) and wanted.constraints is None:
        return f"{one}: the package index has no such release"
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    last = next((line for line in reversed(lines) if re.match(r"(?i)error\b", line)), lines[-1] if lines else "no word")
    return f"{one}: {' '.join(last.split())[:300]}"
