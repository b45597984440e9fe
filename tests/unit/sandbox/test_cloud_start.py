"""The outside of the sandbox cloud, with a keeper of a few lines: what is told, what stays; the options of a run."""

from __future__ import annotations

import os
import sys
import textwrap
import time
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.engine.cloud.roles import Role
from conformance.plugin import endpoint
from conformance.plugin.choices import choose
from conformance.plugin.trouble import Trouble
from conformance.sandbox.cloud import clouds_file, environment, running
from conformance.sandbox.cloud.contents import USERS
from conformance.sandbox.cloud.processes import Processes
from conformance.sandbox.cloud.running import SandboxError, sandbox_cloud, start

READY = {
    "ready": True,
    "clouds": "/nowhere/clouds.yaml",
    "users": ["member"],
    "urls": {"compute": "http://127.0.0.1:9/v2.1"},
    "pids": {"nova": 0},
    "pid": 1,
    "seconds": 5.1,
}
UNTIL_THE_INPUT_ENDS = "sys.stdin.buffer.read()"


@pytest.fixture
def keeper(tmp_path, monkeypatch):
    """Let the given lines stand for the keeper; `root` and `logs` are its folders."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(environment, "interpreter", lambda tell: Path("/env/bin/python"))

    def make(*lines):
        script = tmp_path / "keeper.py"
        body = "\n".join(textwrap.dedent(line) for line in lines)
        script.write_text(f"import json, os, sys, time\nroot, logs = sys.argv[1:3]\n{body}\n")
        monkeypatch.setattr(
            running,
            "_command",
            lambda python, root, logs, *_: [sys.executable, str(script), str(root), str(logs)],
        )

    return make


def say(**facts):
    return f"print(json.dumps({facts!r}), flush=True)"


def leftovers(folder):
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("cloud-sandbox-"))


def test_a_cloud_that_gets_ready(keeper, tmp_path):
    keeper(say(tell="this takes a minute"), say(**READY), UNTIL_THE_INPUT_ENDS)
    told: list[str] = []
    with sandbox_cloud(tell=told.append) as cloud:
        assert (cloud.alive, cloud.death, cloud.seconds) == (True, None, 5.1)
        assert (cloud.clouds, cloud.users) == (Path(READY["clouds"]), ("member",))
        assert cloud.logs.is_dir()
        assert len(leftovers(tmp_path)) == 1
    assert told == ["this takes a minute"]
    assert not cloud.alive
    assert cloud.death is None
    assert leftovers(tmp_path) == []
    cloud.stop()


def test_a_cloud_that_says_why_it_cannot_start_leaves_the_log_it_names(keeper, tmp_path):
    keeper(
        "open(logs + '/nova.log', 'w').write('why')",
        "print(json.dumps({'ready': False, 'error': f'nova has ended: see {logs}/nova.log'}), flush=True)",
    )
    with pytest.raises(SandboxError, match=r"^the sandbox cloud cannot start: nova has ended: see .*/nova\.log$") as e:
        start()
    (kept,) = leftovers(tmp_path)
    assert kept in str(e.value)
    assert (tmp_path / kept / "nova.log").read_text() == "why"


def test_a_reason_without_a_log_leaves_nothing(keeper, tmp_path):
    keeper(say(ready=False, error="cannot listen on 127.0.0.1:5000: Address already in use; choose another port"))
    with pytest.raises(SandboxError, match=r"cannot start: cannot listen on 127\.0\.0\.1:5000"):
        start(port=5000)
    assert leftovers(tmp_path) == []


def test_a_service_that_dies_is_told_once(keeper, tmp_path):
    keeper(
        "open(logs + '/nova.log', 'w').write('why')",
        say(**READY),
        "print(json.dumps({'ended': f'nova has ended with status 1; its log is {logs}/nova.log'}), flush=True)",
        "sys.exit(1)",
    )
    told: list[str] = []
    cloud = start(tell=told.append)
    try:
        sentence = cloud.wait()
        assert sentence == cloud.death == told[0]
        assert sentence.startswith("the sandbox cloud has ended: nova has ended with status 1; its log is ")
        log = Path(sentence.rpartition(" ")[2])
    finally:
        cloud.stop()
    # The folder of the cloud goes; the log stays.
    assert log.read_text() == "why"
    assert leftovers(tmp_path) == [log.parent.name]


def test_a_keeper_that_is_killed_is_told(keeper):
    keeper(say(**READY), "time.sleep(0.2)", "os.kill(os.getpid(), 9)")
    cloud = start()
    try:
        assert "has ended" in cloud.wait()
    finally:
        cloud.stop()


@pytest.mark.parametrize("line", ["no JSON", "[1]", '{"url": "x"}'])
def test_a_keeper_that_writes_something_else(keeper, tmp_path, line):
    keeper(f"print({line!r}, flush=True)", UNTIL_THE_INPUT_ENDS)
    with pytest.raises(SandboxError, match="instead of its ready line"):
        start()


def test_a_ready_line_that_lacks_something(keeper):
    keeper(say(**{name: value for name, value in READY.items() if name != "pids"}), UNTIL_THE_INPUT_ENDS)
    with pytest.raises(SandboxError, match=r"the ready line of the sandbox cloud lacks 'pids'"):
        start()


def test_logs_that_cannot_be_written(keeper, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SandboxError, match=r"file.* cannot be written: .*; name another folder"):
        start(logs=tmp_path / "file" / "logs")
    assert leftovers(tmp_path) == []


def test_processes_end_together_and_none_starts_later(tmp_path):
    processes = Processes(os.environ, tmp_path)
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    for name in ("one", "two"):
        processes.start(name, sleep, tmp_path / f"{name}.out")
    pids = list(processes.pids.values())
    assert processes.ended() == {}
    processes.end()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    with pytest.raises(SandboxError, match="has been ended"):
        processes.start("three", sleep, tmp_path / "three.out")
    assert processes.ended() == {}


def test_a_process_that_ends_is_told_once(tmp_path):
    processes = Processes(os.environ, tmp_path)
    processes.start("one", [sys.executable, "-c", "import sys; sys.exit(3)"], tmp_path / "one.out")
    until = time.monotonic() + 30
    while not (found := processes.ended()):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert found == {"one": 3}
    assert processes.ended() == {}


# The options of a run.


def test_a_run_on_the_cloud_may_change_everything():
    choices = choose({"sandbox-cloud": True})
    assert choices.sandbox_cloud
    assert not choices.sandbox
    assert choices.allow_disruptive
    assert choices.default_policy
    assert not choose({}).sandbox_cloud


@pytest.mark.parametrize("other", ["sandbox", "sandbox-release", "os-cloud", "url"])
def test_a_run_has_one_endpoint(other):
    with pytest.raises(Trouble, match=r"--sandbox-cloud.*cannot be combined|cannot be combined"):
        choose({"sandbox-cloud": True, other: "nova==34.0.0"})


class Cloud:
    """Stands for a running cloud."""

    def __init__(self, clouds: Path) -> None:
        self.clouds = clouds
        self.stopped = False

    def stop(self) -> None:
        self.stopped = True


def test_the_roles_of_a_run_are_the_users_of_the_cloud(tmp_path, monkeypatch):
    cloud = Cloud(tmp_path / "clouds.yaml")
    given: dict[str, object] = {}
    monkeypatch.setattr(endpoint.cloud, "start", lambda **arguments: given.update(arguments) or cloud)
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", "/mine/clouds.yaml")
    opened = endpoint.open_endpoint(choose({"sandbox-cloud": True}), tmp_path, ["block-storage"])
    assert opened.targets["block-storage"].clouds == {role: str(role) for role in Role}
    assert set(opened.targets["block-storage"].clouds.values()) <= {*USERS, clouds_file.SYSTEM}
    assert opened.releases == {"block-storage": "cinder 29.0.0"}
    assert given["logs"] == tmp_path / endpoint.CLOUD_LOGS
    assert os.environ["OS_CLIENT_CONFIG_FILE"] == str(cloud.clouds)
    opened.close()
    assert cloud.stopped
    assert os.environ["OS_CLIENT_CONFIG_FILE"] == "/mine/clouds.yaml"


def test_a_service_that_the_cloud_does_not_have(tmp_path):
    with pytest.raises(Trouble, match="the sandbox cloud has no load-balancer service: give an endpoint"):
        endpoint.open_endpoint(choose({"sandbox-cloud": True}), tmp_path, ["load-balancer"])


def test_a_cloud_that_does_not_start_is_one_sentence(tmp_path, monkeypatch):
    def fail(**_arguments):
        raise SandboxError("not today")

    monkeypatch.setattr(endpoint.cloud, "start", fail)
    with pytest.raises(Trouble, match=r"^not today$"):
        endpoint.open_endpoint(choose({"sandbox-cloud": True}), tmp_path, ["compute"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--cloud", "--release", "nova==34.0.0"], "--release and --cloud cannot be combined"),
        (["--as-installed"], "--as-installed needs --cloud"),
    ],
)
def test_options_of_the_command_that_do_not_go_together(arguments, sentence, capsys):
    assert main(["sandbox", *arguments], standalone_mode=False) == 2
    assert sentence in capsys.readouterr().err


def test_the_command_says_how_to_use_the_cloud(keeper, capfd):
    dies = {"ended": "nova has ended"}
    keeper(say(**READY), "time.sleep(0.5)", say(**dies), "sys.exit(1)")
    assert main(["sandbox", "--cloud"], standalone_mode=False) == 2
    said = capfd.readouterr()
    assert "export OS_CLIENT_CONFIG_FILE=/nowhere/clouds.yaml" in said.out
    assert "nova 34.0.0 at http://127.0.0.1:9/v2.1 (compute)" in said.out
    assert "--os-cloud member --os-cloud-admin admin" in said.out
    assert said.err == "conformance: the sandbox cloud has ended: nova has ended\n"
