"""The parent's side of the sandbox, with a child that is a few lines of Python instead of Nova."""

import fcntl
import json
import os
import resource
import sys
import textwrap
import threading

import pytest

from conformance.sandbox.child import alone, spawn
from conformance.sandbox.process import Microversions, Sandbox, SandboxError, start

READY = {
    "ready": True,
    "url": "http://127.0.0.1:9/v2.1",
    "placement": "http://127.0.0.1:10",
    "placement_version": "16.0.0",
    "tokens": {"member": "secret-of-a-member"},
    "projects": {"project1": "p"},
    "nova": "34.0.0",
    "microversion": {"min": "2.1", "max": "2.104"},
    "computes": ["host1"],
    "control": {"url": "http://127.0.0.1:9/__sandbox/", "token": "secret-of-control"},
    "pid": 1,
    "python": "/usr/bin/python3",
    "log": "nova.log",
    "seconds": 5.1,
}
UNTIL_THE_INPUT_ENDS = "sys.stdin.buffer.read()"


@pytest.fixture
def child(tmp_path, monkeypatch):
    """Make an interpreter that runs the given lines whatever it is asked to run."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def make(*lines):
        script = tmp_path / "python"
        body = "\n".join(textwrap.dedent(line) for line in lines)
        script.write_text(f"#!{sys.executable}\nimport json, os, sys, time\nargs = sys.argv\n{body}\n")
        script.chmod(0o755)
        return script

    return make


def leftovers(folder):
    return [p for p in folder.iterdir() if p.name.startswith("nova-sandbox-")]


def test_a_child_that_gets_ready(child, tmp_path):
    python = child(f"print(json.dumps({READY!r}), flush=True)", UNTIL_THE_INPUT_ENDS)
    with Sandbox(python) as running:
        assert (running.url, running.placement_url) == (READY["url"], READY["placement"])
        assert running.microversions == Microversions("2.1", "2.104")
        assert (running.release, running.computes, running.seconds) == ("34.0.0", ("host1",), 5.1)
        assert running.alive
        assert "secret" not in repr(running)
        assert len(leftovers(tmp_path)) == 1
    assert not running.alive
    assert leftovers(tmp_path) == []
    running.stop()


def test_the_child_is_told_what_was_asked_for(child, tmp_path, monkeypatch):
    monkeypatch.setenv("OS_TEST_TIMEOUT", "1")
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    told = tmp_path / "told.json"
    python = child(
        f"open({str(told)!r}, 'w').write(json.dumps([args, dict(os.environ), os.getsid(0) == os.getpid()]))",
        f"print(json.dumps({READY!r}), flush=True)",
        UNTIL_THE_INPUT_ENDS,
    )
    with Sandbox(python, computes=2, port=8774, log=tmp_path / "own.log"):
        arguments, environment, own_session = json.loads(told.read_text())
    options = dict(zip(arguments[4::2], arguments[5::2], strict=True))
    assert arguments[3].endswith("conformance/sandbox/guest/__main__.py")
    assert (options["--computes"], options["--port"]) == ("2", "8774")
    assert options["--log"] == str(tmp_path / "own.log")
    assert not {"OS_TEST_TIMEOUT", "PYTHONWARNINGS"} & set(environment)
    assert own_session
    assert (tmp_path / "own.log").exists()


def test_a_child_that_says_why_it_cannot_start(child, tmp_path):
    python = child('print(json.dumps({"ready": False, "error": "the port is taken"}), flush=True)')
    with pytest.raises(SandboxError, match=r"^the sandbox cannot start: the port is taken$"):
        start(python)
    assert leftovers(tmp_path) == []


def test_a_child_that_dies_leaves_its_log(child, tmp_path):
    python = child("print('what went wrong', file=sys.stderr)", "sys.exit(3)")
    with pytest.raises(SandboxError, match=r"ended with status 3 before it was ready.*what went wrong") as caught:
        start(python)
    (kept,) = leftovers(tmp_path)
    assert str(kept) in str(caught.value)
    assert kept.read_text() == "what went wrong\n"


@pytest.mark.parametrize("line", ["no JSON at all", "[1, 2]", '"ready"', '{"url": "x"}', '{"ready": false}'])
def test_a_child_that_writes_something_else(child, line):
    python = child(f"print({line!r}, flush=True)", UNTIL_THE_INPUT_ENDS)
    with pytest.raises(SandboxError, match=r"instead of its ready line; see its log"):
        start(python)


def test_a_ready_line_that_lacks_something(child):
    facts = {k: v for k, v in READY.items() if k != "tokens"}
    python = child(f"print(json.dumps({facts!r}), flush=True)", UNTIL_THE_INPUT_ENDS)
    with pytest.raises(SandboxError, match=r"the ready line of the sandbox lacks 'tokens'"):
        start(python)


def test_a_child_that_never_gets_ready(child, tmp_path, monkeypatch):
    monkeypatch.setattr("conformance.sandbox.child._STOP_SECONDS", 0.2)
    pid = tmp_path / "pid"
    python = child(
        f"open({str(pid)!r}, 'w').write(str(os.getpid()))", "print('{', end='', flush=True)", "time.sleep(60)"
    )
    with pytest.raises(SandboxError, match=r"was not ready after 1 s"):
        start(python, timeout=1)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_no_such_interpreter(child, tmp_path):
    with pytest.raises(SandboxError, match=r"cannot run .*none: No such file or directory; name a Python that has"):
        start(tmp_path / "none")
    assert leftovers(tmp_path) == []


def test_a_log_that_cannot_be_written(child, tmp_path):
    with pytest.raises(SandboxError, match=r"cannot write its log .*nova.log: No such file or directory"):
        start(child(), log=tmp_path / "no such folder" / "nova.log")
    assert leftovers(tmp_path) == []


def test_an_interpreter_without_nova(child, tmp_path):
    # This one may have it: -S hides what is installed.
    python = child()
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    with pytest.raises(SandboxError, match=r"cannot import 'nova'.*pip install 'apiref-conformance\[sandbox\]'$"):
        start(python)
    assert leftovers(tmp_path) == []


def test_control_of_a_child_that_is_gone(child):
    python = child(f"print(json.dumps({READY!r}), flush=True)", "sys.exit(7)")
    running = start(python)
    try:
        running.wait(10)
        with pytest.raises(SandboxError, match=r"has ended with status 7; its log is"):
            running.memory()
    finally:
        running.stop()


def test_who_waits_for_another_is_told(tmp_path):
    lock, told, order = tmp_path / "something.lock", [], []
    inside, leave = threading.Event(), threading.Event()

    def first():
        with alone(lock, told.append):
            inside.set()
            leave.wait(30)
            order.append("first")

    def second():
        with alone(lock, lambda sentence: (told.append(sentence), leave.set())):
            order.append("second")

    threads = [threading.Thread(target=one) for one in (first, second)]
    threads[0].start()
    assert inside.wait(30)
    threads[1].start()
    for one in threads:
        one.join(60)
    assert order == ["first", "second"]
    assert told == ["waiting for another process that makes something"]


def test_a_child_whose_pipe_has_a_descriptor_above_1023(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= hard < 2048:
        pytest.skip("this machine allows no process such a descriptor")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2048), hard))
    child = spawn([sys.executable, "-c", "print('{\"ready\": true}')"], tmp_path / "log", "the child", "")
    try:
        low = child.process.stdout
        child.process.stdout = os.fdopen(fcntl.fcntl(low, fcntl.F_DUPFD, 1500), "rb", buffering=0)
        low.close()
        assert child.ready(20.0) == {"ready": True}
    finally:
        child.end()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
