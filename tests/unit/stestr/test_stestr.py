"""The unittest adapter: the suite's protocol, the mapping of results, and what processes share."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
import unittest
from importlib import import_module
from types import SimpleNamespace

import pytest

from conformance.plugin.shares import Shares
from conformance.plugin.trouble import Trouble
from conformance.stestr import shared
from conformance.stestr.suite import CaseSuite, CaseTest, SuiteError
from specs.record import RunRecord
from specs.record.model import Result, Source

pytest_plugins = ["pytester", "plugin_project"]


class FakeShare:
    def __init__(self, verdicts, waiver=None):
        self._verdicts = verdicts
        self._waiver = waiver
        self.started, self.prepared, self.left, self.trouble = [], [], False, None
        self.service = None
        self.suite = SimpleNamespace(cases=[SimpleNamespace(id=case_id) for case_id in verdicts])
        context = SimpleNamespace(stopping=threading.Event())
        self.session = SimpleNamespace(run=SimpleNamespace(lane=lambda case_id: "one"), context=context)
        self.elsewhere = []
        self.writer = SimpleNamespace(close=lambda: None)
        self.head = import_module("specs.record.model").RunInfo(started="", options={})

    def prepare(self, case_ids, tell):
        self.prepared = list(case_ids)

    def start(self, case_ids):
        assert self.prepared, "a first resource decides before any case"
        self.started += case_ids

    def leave_to_others(self, case_ids):
        self.elsewhere += case_ids

    def waits_for_others(self, case_id):
        return False

    def take_back(self, case_ids):
        self.started += case_ids

    def as_decided(self, case_ids):
        yield from reversed(case_ids)

    def result(self, case_id):
        verdict = self._verdicts[case_id]
        source = Source("x.inc", 7)
        waiver = self._waiver if verdict == "fail" else None
        return Result(
            case_id, case_id, "x", verdict, source, "202", "418", reason="because", seconds=0.5, waiver=waiver
        )

    def stop(self):
        pass

    def instead_of(self, case_ids):
        return []

    def leave_part(self):
        self.left = True

    def told_of(self, result):
        return "as it always was" if result.verdict == "fail" else ""


class FakeRun:
    def __init__(self, place):
        self.place = place
        self.handed = {}

    def take_resources(self, among):
        among(6)
        return 3

    def living(self):
        return []

    def leave(self):
        return ["the last words"]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run cases by their verdicts; gives the result and the share."""

    def run(verdicts, waiver=None, chosen=None):
        share = FakeShare(verdicts, waiver)
        monkeypatch.setattr("conformance.stestr.suite.open_parts", lambda handed, worker, servers: Shares((share,)))
        suite = CaseSuite(FakeRun(tmp_path), [CaseTest(case) for case in verdicts])
        if chosen is not None:
            suite = suite.filter_by_ids(chosen)
        result = unittest.TestResult()
        suite.run(result)
        return result, share

    return run


def test_ids_are_those_of_the_cases(run):
    suite = CaseSuite(FakeRun(None), [CaseTest("a.b/normal/202[x]"), CaseTest("a.b/error/404")])
    assert [test.id() for test in suite] == ["a.b/normal/202[x]", "a.b/error/404"]
    assert [test.id() for test in suite.filter_by_ids({"a.b/error/404", "other"})] == ["a.b/error/404"]


def test_in_a_run_of_several_services_ids_begin_with_the_service():
    suite = CaseSuite(FakeRun(None), [CaseTest("a.b/error/404", "gears"), CaseTest("a.b/error/404", "boats")])
    assert [test.id() for test in suite] == ["gears:a.b/error/404", "boats:a.b/error/404"]
    assert [test.id() for test in suite.filter_by_ids({"boats:a.b/error/404"})] == ["boats:a.b/error/404"]


def test_equal_cases_of_two_services_are_tried_by_their_own(tmp_path, monkeypatch):
    gears, boats = FakeShare({"a": "pass", "b": "pass"}), FakeShare({"a": "fail"})
    gears.service, boats.service = "gears", "boats"
    shares = Shares((gears, boats))
    monkeypatch.setattr("conformance.stestr.suite.open_parts", lambda handed, worker, servers: shares)
    tests = [CaseTest("a", "gears"), CaseTest("b", "gears"), CaseTest("a", "boats")]
    result = unittest.TestResult()
    CaseSuite(FakeRun(tmp_path), tests).run(result)
    assert (gears.started, boats.started) == (["a", "b"], ["a"])
    assert [test.id() for test, _ in result.failures] == ["boats:a"]
    assert result.testsRun == 3
    assert gears.left
    assert boats.left


def test_a_process_tries_its_lanes_for_another_one_and_leaves_others_to_it(tmp_path, monkeypatch):
    share = FakeShare({"a/1": "pass", "a/2": "pass", "a/3": "pass", "b/1": "pass", "b/2": "fail"})
    share.session.run.lane = lambda case_id: case_id[0]
    monkeypatch.setattr("conformance.stestr.suite.open_parts", lambda handed, worker, servers: Shares((share,)))
    me = f"p{os.getpid()}"
    (tmp_path / "members.json").write_text(json.dumps(["q", me]))
    (tmp_path / "chosen-q.json").write_text(json.dumps(["a/1", "a/2", "b/1"]))
    asked, give = [], share.result
    share.result = lambda case_id: asked.append(case_id) or give(case_id)
    result = unittest.TestResult()
    CaseSuite(FakeRun(tmp_path), [CaseTest("a/3"), CaseTest("b/2")]).run(result)
    assert (share.started, share.elsewhere) == (["a/3", "a/1", "a/2"], ["b/2"])
    assert {"a/1", "a/2"} <= set(asked), "it stays until the cases of the other process are decided"
    assert result.testsRun == 2


def test_only_what_is_chosen_is_tried(run):
    result, share = run({"a": "pass", "b": "fail", "c": "pass"}, chosen={"a", "c"})
    assert share.started == ["a", "c"]
    assert share.left
    assert result.testsRun == 2
    assert result.wasSuccessful()


def test_verdicts_become_results(run):
    result, _ = run({"a": "pass", "b": "fail", "c": "error", "d": "inconclusive", "e": "inapplicable"})
    assert result.testsRun == 5
    assert [test.id() for test, _ in result.failures] == ["b"]
    assert "Known        as it always was" in result.failures[0][1]
    assert [test.id() for test, _ in result.errors] == ["c"]
    assert {test.id(): reason for test, reason in result.skipped} == {
        "d": "inconclusive: because",
        "e": "inapplicable: because",
    }
    text = result.failures[0][1]
    assert "Requirement  b  (x.inc:7)" in text
    assert "Expected     202" in text
    assert "Try again    conformance run -k b" in text


def test_a_cloud_on_which_no_first_resource_can_be_made_fails_each_case_with_the_reason(run, monkeypatch):
    monkeypatch.setattr(
        FakeShare, "prepare", lambda self, _, tell: (tell("tried in vain"), setattr(self, "trouble", "nothing boots"))
    )
    result, share = run({"a": "pass", "b": "pass"})
    assert share.started == []
    assert share.left
    assert [test.id() for test, text in result.errors if "nothing boots" in text] == ["a", "b"]


def test_the_last_words_of_a_run_are_said(run, capsys):
    run({"a": "pass"})
    assert capsys.readouterr().err == "\nconformance:\nthe last words\n"


class Streamed(unittest.TestResult):
    """What stestr gives to a suite: a stream of subunit behind a decorator."""

    def __init__(self):
        super().__init__()
        self.decorated = self
        self.texts = []

    def status(self, *, file_bytes, test_id=None, **_):
        assert test_id is None
        self.texts.append(file_bytes.decode())


def test_ids_of_which_stestr_would_drop_a_part_are_shown_whole(tmp_path, monkeypatch):
    verdicts = {"a/202[x]": "pass", "a/202[y]": "pass", "a/202": "pass", "b/202[x]": "pass", "c": "pass"}
    share = FakeShare(verdicts)
    monkeypatch.setattr("conformance.stestr.suite.open_parts", lambda handed, worker, servers: Shares((share,)))
    suite = CaseSuite(FakeRun(tmp_path), [CaseTest(case) for case in verdicts])
    result = Streamed()
    suite.run(result)
    assert result.testsRun == 5
    assert sorted(result.texts) == ["a/202[x]:\n", "a/202[y]:\n", "b/202[x]:\n"]


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


def test_what_is_waived_is_skipped(run):
    result, _ = run({"b": "fail"}, waiver={"expires": "2999-01-01", "reason": "known"})
    assert result.wasSuccessful()
    assert result.skipped[0][1] == "waived until 2999-01-01: known"


def test_a_runner_with_a_clock_is_told_how_long_a_trial_took(run, monkeypatch):
    times = []

    class Clocked(unittest.TestResult):
        def time(self, when):
            times.append(when)

    test = CaseTest("a")
    test.share = FakeShare({"a": "pass"})
    test.run(Clocked())
    began, ended = times
    assert 0.4 < (ended - began).total_seconds() < 0.7


def test_a_case_outside_of_its_suite_is_an_error():
    result = unittest.TestResult()
    CaseTest("a").run(result)
    assert SuiteError.__name__ in result.errors[0][1]


def test_nothing_to_be_tried_ends_the_process_with_a_sentence(monkeypatch, capsys):
    package = import_module("conformance.stestr")

    def fail():
        raise Trouble("there is no cloud")

    monkeypatch.setattr("conformance.stestr.suite.load", fail)
    with pytest.raises(SystemExit) as ended:
        unittest.defaultTestLoader.loadTestsFromModule(package)
    assert ended.value.code == 2
    assert capsys.readouterr().err == "conformance: there is no cloud\n"


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
