"""The unittest adapter keeps the protocol of suites, names the cases, and maps their verdicts to results."""

import json
import os
import threading
import unittest
from importlib import import_module
from types import SimpleNamespace

import pytest

from conformance.plugin.shares import Shares
from conformance.plugin.trouble import Trouble
from conformance.stestr.suite import CaseSuite, CaseTest, SuiteError
from specs.record.model import Result, Source


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
