"""The processes of a run by stestr share locks, resources, last words, and one record."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from conformance.stestr import shared
from specs.record import RunRecord

pytest_plugins = ["pytester", "plugin_project"]


def test_who_waits_for_a_keeper_that_died_is_told(tmp_path):
    words = tmp_path / "ended-x"
    words.touch()
    user = shared.hold(tmp_path / "users", fcntl.LOCK_SH)
    run = shared.SharedRun(tmp_path, {"last_words": str(words), "directory": "runs/x"}, user)
    assert run.leave() == [
        f"the run broke off: see {tmp_path / 'keeper.log'}, and remove its resources with `conformance cleanup runs/x`"
    ]


def test_the_last_words_are_waited_for_and_said_once(tmp_path):
    words, users = tmp_path / "ended-x", tmp_path / "users"
    keeper = shared.hold(words, fcntl.LOCK_EX)
    handed = {"last_words": str(words), "directory": "runs/x"}
    said = []
    runs = [shared.SharedRun(tmp_path, handed, shared.hold(users, fcntl.LOCK_SH)) for _ in range(3)]
    threads = [threading.Thread(target=lambda run=run: said.append(run.leave())) for run in runs]
    for thread in threads:
        thread.start()
    until(lambda: not shared.is_held(users))
    assert said == []
    words.write_text("all is well\n")
    os.close(keeper)
    for thread in threads:
        thread.join()
    assert sorted(said) == [[], [], ["all is well"]]


def test_a_lock_dies_with_its_process(tmp_path):
    path = tmp_path / "users"
    code = (
        "import sys, time, fcntl; from pathlib import Path; from conformance.stestr.shared import hold;"
        f"hold(Path({str(path)!r}), fcntl.LOCK_SH); print('held', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline() == "held\n"
    assert shared.is_held(path)
    assert shared.hold(path, fcntl.LOCK_EX | fcntl.LOCK_NB) is None
    other.send_signal(signal.SIGKILL)
    other.communicate()
    assert not shared.is_held(path)


def test_servers_are_divided_and_never_given_twice(tmp_path, monkeypatch):
    monkeypatch.setattr(shared, "SETTLE", 0.0)
    one = shared.SharedRun(tmp_path, {"max_resources": 3}, 0)
    other = shared.SharedRun(tmp_path, {"max_resources": 3}, 0)
    assert one.take_resources() == 3
    held = [path.name for path in tmp_path.glob("resource-*") if shared.is_held(path)]
    assert len(held) == 3
    for fd in one._slots[2:]:
        os.close(fd)
    assert other.take_resources() == 2


def test_other_environments_meet_elsewhere():
    one = shared.meeting_place({"CONFORMANCE_URL": "http://a", "HOME": "x"})
    assert one == shared.meeting_place({"CONFORMANCE_URL": "http://a"})
    assert one != shared.meeting_place({"CONFORMANCE_URL": "http://b"})


@pytest.fixture
def stestr(project, monkeypatch):
    """A folder in which unittest finds the cases, with the fake engine in every process."""
    (project.path / "cases").mkdir()
    (project.path / "cases" / "__init__.py").write_text("from conformance.stestr import load_tests\n")
    (project.path / "fake").mkdir()
    (project.path / "fake" / "sitecustomize.py").write_text(
        "import os, sys\n"
        "if os.environ.get('FAKE_ENGINE'):\n"
        "    import fake_engine\n"
        "    fake_engine.share.Session = fake_engine.FakeSession\n"
    )
    path = os.pathsep.join([str(project.path / "fake"), os.environ["PYTHONPATH"]])
    for name, value in {
        "FAKE_ENGINE": "1",
        "PYTHONPATH": path,
        "CONFORMANCE_URL": project.endpoint[1],
        "CONFORMANCE_TOKEN": project.endpoint[3],
        "CONFORMANCE_SPEC": "specs/compute",
    }.items():
        monkeypatch.setenv(name, value)
    return project


def until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)


def finished(project):
    latest = project.path / "runs" / "latest"
    return (latest / "report.html").exists()


@pytest.mark.slow
def test_stestr_itself(stestr):
    pytest.importorskip("stestr")
    case, other = stestr.matching("servers-actions.lock/")[:2]
    stestr.decide_parts({case: "fail", other: "quiet-omission"})
    (stestr.path / ".stestr.conf").write_text("[DEFAULT]\ntest_path=./cases\ngroup_regex=^([^/]+)/\n")
    command = [sys.executable, "-m", "stestr.cli", "run", "--concurrency", "2"]
    done = subprocess.run(command, cwd=stestr.path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"Passed: {len(stestr.cases) - 1}" in done.stdout
    assert "Failed: 1" in done.stdout
    assert sorted(stestr.tried_cases) == sorted(stestr.cases)
    assert len({process for process, _, _ in stestr.tried}) == 2
    # When the command returns, all is there.
    assert finished(stestr)
    record = RunRecord.read(stestr.path / "runs" / "latest")
    assert record.info.exit_status == 1
    last = [line.strip() for line in done.stderr.splitlines()]
    assert last[-1].startswith("report: runs/")
    assert (stestr.path / last[-1].removeprefix("report: ")).exists()
    assert any(f"{len(stestr.cases)} cases: " in line and "1 with an omission" in line for line in last)
    assert last.count("conformance:") == 1
    # Its own lines drop what stands in brackets.
    assert [case for case in stestr.cases if case not in done.stdout] == []
    assert record.info.totals["requests"] == 30
    assert {r.case: r.verdict for r in record.results if r.verdict != "pass"} == {case: "fail"}
    assert b"a-secret" not in b"".join(p.read_bytes() for p in (stestr.path / "runs").rglob("*") if p.is_file())


@pytest.mark.slow
def test_the_keeper_ends_the_run_of_a_process_that_was_killed(stestr):
    stestr.decide_parts({stestr.cases[1]: "hang"})
    process = subprocess.Popen([sys.executable, "-m", "unittest", "discover", "-t", ".", "cases"], cwd=stestr.path)
    until(lambda: len(stestr.tried) == 2)
    # If everything is killed now, the cleanup finds the endpoint here.
    (directory,) = (stestr.path / "runs").glob("[0-9]*")
    assert RunRecord.read(directory).info.endpoint["url"] == stestr.endpoint[1]
    process.kill()
    process.wait()
    until(lambda: finished(stestr))
    assert len(RunRecord.read(stestr.path / "runs" / "latest").results) == 1


@pytest.mark.slow
def test_an_endpoint_that_cannot_be_used_is_a_sentence(stestr, monkeypatch):
    monkeypatch.delenv("CONFORMANCE_TOKEN")
    command = [sys.executable, "-m", "unittest", "discover", "-t", ".", "cases"]
    done = subprocess.run(command, cwd=stestr.path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "conformance: --url http://127.0.0.1:9/v2.1 needs the token of a member of a project: give it in "
        "CONFORMANCE_TOKEN, or with --token @FILE"
    ]


@pytest.mark.slow
def test_a_level_chooses_the_cases_that_stestr_sees(stestr, monkeypatch):
    monkeypatch.setenv("CONFORMANCE_LEVEL", "essential")
    command = [sys.executable, "-m", "unittest", "discover", "-t", ".", "cases"]
    done = subprocess.run(command, cwd=stestr.path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    tried = [case.partition("[")[0] for case in stestr.tried_cases]
    assert sorted(tried) == sorted({case.partition("[")[0] for case in stestr.cases})
    assert "note: level essential: " in done.stderr


@pytest.mark.slow
def test_processes_try_other_cases_where_the_cheapest_decides_nothing(stestr, monkeypatch):
    pytest.importorskip("stestr")
    monkeypatch.setenv("CONFORMANCE_LEVEL", "essential")
    undecided = "servers-actions.pause/error/409"
    stestr.decide_parts({undecided: "inconclusive"})
    (stestr.path / ".stestr.conf").write_text("[DEFAULT]\ntest_path=./cases\ngroup_regex=^([^/]+)/\n")
    command = [sys.executable, "-m", "stestr.cli", "run", "--concurrency", "2"]
    done = subprocess.run(command, cwd=stestr.path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    tried = [case for case in stestr.tried_cases if case.startswith(undecided)]
    assert sorted(tried) == sorted(stestr.matching(undecided))
    assert f"Skipped: {len(tried)}" in done.stdout
    assert len(stestr.tried_cases) == len(set(stestr.tried_cases))
    gone = len(stestr.cases) - len(stestr.tried_cases)
    assert f"note: level essential: {gone} of {len(stestr.cases)} cases left out; " in done.stderr


@pytest.mark.slow
def test_processes_go_on_where_no_resource_of_one_of_several_services_can_be_made(stestr, monkeypatch):
    stestr.add_service()
    stestr.decide(trouble="no volume could be made: the quota is 0")
    for name in ("URL", "TOKEN"):
        monkeypatch.delenv(f"CONFORMANCE_{name}")
    monkeypatch.setenv("CONFORMANCE_CLOUD", "fake")
    monkeypatch.setenv("CONFORMANCE_SPEC", "specs/compute,specs/volume")
    command = [sys.executable, "-m", "unittest", "discover", "-t", ".", "cases"]
    done = subprocess.run(command, cwd=stestr.path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(stestr.tried_cases) == len(stestr.cases) + len(stestr.others)
