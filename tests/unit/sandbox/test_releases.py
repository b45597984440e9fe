"""Environments of other releases: made once, by whatever installer is there, never used half-made; none is fetched."""

from __future__ import annotations

import subprocess
import sys
import threading
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from conformance.plugin.choices import choose
from conformance.plugin.endpoint import open_endpoint
from conformance.plugin.trouble import Trouble
from conformance.sandbox import process, releases
from conformance.sandbox.process import SandboxError
from conformance.sandbox.releases import exact, interpreter, plan

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


class Installer:
    """Stands for uv, pip and venv: notes what it is asked, and leaves an interpreter where one is made."""

    def __init__(self, uv: bool = True, **says: str) -> None:
        self.uv = uv
        self.says = says
        self.commands: list[list[str]] = []

    def __call__(self, command):
        command = list(command)
        self.commands.append(command)
        if command[0] == "uv" and not self.uv:
            raise FileNotFoundError("uv")
        if command[1:] == ["--version"]:
            return subprocess.CompletedProcess(command, 0 if command[0] == "uv" else 1, "", "")
        made = Path(command[-1]) / "bin" / "python"
        if "venv" in command:
            made.parent.mkdir(parents=True)
            made.touch()
        tool = "pip" if "-m" in command else "uv"
        said = self.says.get(f"{tool}_says" if "install" in command else f"{tool}_venv_says")
        return subprocess.CompletedProcess(command, 1 if said else 0, "", said or "")

    @property
    def installs(self) -> list[list[str]]:
        return [command for command in self.commands if "install" in command]


def make(tmp_path, requirement="nova==32.0.0", **installer):
    run = Installer(**installer)
    told: list[str] = []
    return interpreter(requirement, where=tmp_path, run=run, tell=told.append), run, told


def test_it_is_made_once(tmp_path):
    python, run, told = make(tmp_path)
    assert python == tmp_path / f"nova-32.0.0-py{HERE}" / "bin" / "python"
    assert python.exists()
    assert len(run.installs) == 1
    assert told == [f"installing nova==32.0.0 for Python {HERE} in {python.parents[1]}; this is done once"]

    again, run, told = make(tmp_path)
    assert again == python
    assert run.commands == []
    assert told == []


def test_what_the_extra_names_is_installed_with_it(tmp_path):
    _, run, _ = make(tmp_path)
    packages = run.installs[0][run.installs[0].index("nova==32.0.0") :]
    names = {metadata_name(text) for text in packages}
    assert {"nova", "openstack-placement", "fixtures", "oslotest", "wsgi-intercept"} <= names
    assert "click" not in names
    assert len([text for text in packages if metadata_name(text) == "nova"]) == 1


def metadata_name(text: str) -> str:
    return Requirement(text).name


def test_an_old_release_gets_the_libraries_of_its_day(tmp_path):
    _, run, _ = make(tmp_path, "nova==29.1.0")
    command = run.installs[0]
    assert command[command.index("--exclude-newer") + 1] == "2024-09-01"
    assert command[command.index("--exclude-newer-package") + 1].startswith("nova=")
    assert "openstack-placement" in command  # without the bounds of today
    venv = next(command for command in run.commands if "venv" in command)
    assert sys.executable in venv if HERE == "3.11" else "3.11" in venv


def test_without_uv_pip_does_it(tmp_path):
    _, run, _ = make(tmp_path, uv=False)
    assert [command[:3] for command in run.commands[1:]] == [
        [sys.executable, "-m", "venv"],
        [str(tmp_path / f"nova-32.0.0-py{HERE}" / "bin" / "python"), "-m", "pip"],
    ]


def test_where_uv_cannot_pip_has_a_try(tmp_path):
    python, run, _ = make(tmp_path, uv_says="error: Failed to fetch: `https://index.example.org/simple/nova/`")
    assert python.exists()
    assert [command[0] == "uv" for command in run.installs] == [True, False]


def test_an_upper_date_needs_uv(tmp_path):
    with pytest.raises(SandboxError) as error:
        make(tmp_path, "nova==29.1.0", uv=False)
    assert str(error.value) == (
        "nova==29.1.0 needs libraries from before 2024-09-01, which pip cannot ask for: install uv (`pip install uv`)"
    )
    assert list(tmp_path.glob("nova-*/")) == []


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            "ERROR: Could not find a version that satisfies nova==99.0.0 (from versions: 15.0.0, 34.0.0)\n"
            "ERROR: No matching distribution found for nova==99.0.0",
            "the package index has no such release",
        ),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError'\n"
            "ERROR: Could not find a version that satisfies nova==99.0.0 (from versions: none)\n"
            "ERROR: No matching distribution found for nova==99.0.0",
            "no package index can be reached; check the network, and the settings of pip and uv",
        ),
        (
            "ERROR: Package 'nova' requires a different Python: 3.13.0 not in '>=3.8,<3.12'",
            f"Python {HERE} is not installed, or does not fit; install it",
        ),
        (
            "Collecting nova\n  error: subprocess failed\nERROR: No space left on device\n\n",
            "ERROR: No space left on device",
        ),
        ("", "no word"),
    ],
    ids=["release", "network", "python", "other", "silent"],
)
def test_what_prevents_it_is_one_sentence(tmp_path, said, sentence):
    with pytest.raises(SandboxError) as error:
        make(tmp_path, "nova==99.0.0", uv=False, pip_says=said or " ")
    assert str(error.value) == f"the sandbox of nova==99.0.0 cannot be made: {sentence}"
    assert list(tmp_path.glob("nova-*/")) == []


def test_what_uv_says_of_a_release_that_is_not_there(tmp_path):
    said = "  cause: Because there is no version of nova==29.9.9 and you require nova==29.9.9, ..."
    with pytest.raises(SandboxError, match="the package index has no such release"):
        make(tmp_path, "nova==29.9.9", uv_says=said)


def test_a_python_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setitem(releases.SERIES, 32, releases.Series(("3.9",)))
    with pytest.raises(SandboxError, match=r"needs Python 3\.9, and this is 3\.\d+: install it, or install uv"):
        make(tmp_path, uv=False)
    with pytest.raises(SandboxError, match=r"Python 3\.9 is not installed"):
        make(tmp_path, uv_venv_says="error: No interpreter found for Python 3.9 in virtual environments or search path")


def test_half_made_ones_are_made_anew(tmp_path):
    python = tmp_path / f"nova-32.0.0-py{HERE}" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    (python.parent / "half").touch()
    _, run, _ = make(tmp_path)
    assert run.installs
    assert not (python.parent / "half").exists()


def test_ones_of_another_plan_are_made_anew(tmp_path):
    python, _, _ = make(tmp_path)
    ready = python.parents[1] / "ready.txt"
    ready.write_text(ready.read_text() + "more\n")
    assert make(tmp_path)[1].installs


def test_ones_whose_python_has_gone_are_made_anew(tmp_path):
    python, _, _ = make(tmp_path)
    python.unlink()
    assert make(tmp_path)[1].installs


def test_interrupted_ones_leave_nothing(tmp_path):
    class Interrupted(Installer):
        def __call__(self, command):
            if "install" in command:
                raise KeyboardInterrupt
            return super().__call__(command)

    with pytest.raises(KeyboardInterrupt):
        interpreter("nova==32.0.0", where=tmp_path, run=Interrupted())
    assert list(tmp_path.glob("nova-*/")) == []


def test_two_that_want_the_same_make_it_once(tmp_path):
    run = Installer()
    threads = [
        threading.Thread(target=interpreter, args=["nova==32.0.0"], kwargs={"where": tmp_path, "run": run})
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(run.installs) == 1


def test_a_cache_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(
        SandboxError, match="cannot be written: Not a directory; APIREF_CONFORMANCE_CACHE names another"
    ):
        make(tmp_path / "file" / "cache")


def test_the_release_that_is_here_needs_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(metadata, "version", lambda name: "32.0.0")
    python, run, _ = make(tmp_path)
    assert (python, run.commands) == (Path(sys.executable), [])


@pytest.mark.parametrize(
    ("requirement", "sentence"),
    [
        ("nova", "does not name exactly one release"),
        ("nova==31.*", "does not name exactly one release"),
        ("nova>=31", "does not name exactly one release"),
        ("nova==31,!=32", "does not name exactly one release"),
        ("cinder==27.0.0", "the sandbox runs Nova"),
        ("nova==19.0.0", "from release 29 on"),
        ("nova = 31", "is not a requirement such as nova==34.0.0"),
    ],
)
def test_what_names_no_release(requirement, sentence):
    with pytest.raises(SandboxError, match=sentence) as error:
        exact(requirement)
    assert "\n" not in str(error.value)
    with pytest.raises(Trouble, match=f"^--sandbox-release .*{sentence}"):
        choose({"sandbox-release": requirement})


def test_the_python_at_hand_is_taken_where_it_fits():
    assert plan("nova==33.0.0", "3.13").python == "3.13"
    assert plan("nova==31.3.1", "3.13").python == "3.11"


def test_a_run_starts_the_release_that_it_was_asked_for(tmp_path, monkeypatch):
    started = []

    def start(python=None, **more):
        started.append(python)
        raise SandboxError("not really")

    monkeypatch.setattr(process, "start", start)
    monkeypatch.setattr("conformance.plugin.endpoint.interpreter", lambda text, tell: Path("/envs") / text)
    with pytest.raises(Trouble, match="not really"):
        open_endpoint(choose({"sandbox-release": "nova==31.3.1"}), tmp_path, ["compute"])
    with pytest.raises(Trouble, match="not really"):
        open_endpoint(choose({}), tmp_path, ["compute"])
    assert started == [Path("/envs/nova==31.3.1"), None]
