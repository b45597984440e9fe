"""Expected deviations: what a run makes of them, what a file of them may say, and what the shipped files say."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import shipped
import yaml
from checkout import ROOT
from record_builder import omission, result

from conformance.plugin import opened
from conformance.plugin.expected import Expected, ExpectedDeviations, Unexpected, compare, expected_of, load_expected
from conformance.plugin.trouble import Trouble
from specs.load import load

pytest_plugins = ["pytester", "plugin_project"]
pytestmark = pytest.mark.xdist_group("shipped")  # what is derived once is derived in one process

FILES = sorted((ROOT / "conformance" / "services").glob("*/expected/*.yaml"))
LOCK = "servers-actions.lock/normal/202"
BROKEN = f"{LOCK}!contradiction!200"


def one(deviation: str, **more: str) -> Expected:
    return Expected(deviation, ("api-ref/source/a.inc:1",), ("nova/a.py:2-3",), "so it is", **more)


def known(*expected: Expected) -> ExpectedDeviations:
    return ExpectedDeviations("nova", "34.0.0", {item.deviation: item for item in expected})


CASES = {LOCK: [f"{LOCK}[a]", f"{LOCK}[b]"], "servers-actions.pause/normal/202": ["servers-actions.pause/normal/202"]}


def test_what_is_there_is_seen_and_what_is_not_expected_is_news():
    results = [result(LOCK, "fail", detail="a"), omission("servers-actions.pause/normal/202", "418")]
    found = compare(known(one(BROKEN)), results, CASES)
    assert [item.deviation for item in found.seen] == [BROKEN]
    assert found.unexpected == (Unexpected("servers-actions.pause/normal/202!omission!418"),)
    assert found.sentence == (
        "1 expected deviation seen, 1 unexpected: servers-actions.pause/normal/202!omission!418, 0 vanished"
    )


def test_a_failure_without_a_deviation_is_one():
    found = compare(known(), [result(LOCK, "fail", deviation=None)], CASES)
    assert found.unexpected == (Unexpected(BROKEN),)


def test_a_case_that_is_not_among_those_known_to_show_it_is_news():
    expected = known(one(BROKEN, cases=frozenset({"a"})))
    results = [result(LOCK, "fail", detail="a"), result(LOCK, "fail", detail="b")]
    found = compare(expected, results, CASES)
    assert ([item.deviation for item in found.seen], found.unexpected) == (
        [BROKEN],
        (Unexpected(BROKEN, f"{LOCK}[b]"),),
    )
    assert found.sentence == (f"1 expected deviation seen, 1 unexpected: {BROKEN} in {LOCK}[b], 0 vanished")
    assert found.notes()[1] == {"kind": "unexpected", "deviation": BROKEN, "case": f"{LOCK}[b]"}
    alone = compare(expected, [result(LOCK, detail="a"), results[1]], CASES)
    assert ([item.deviation for item in alone.vanished], len(alone.unexpected)) == ([BROKEN], 1)


def test_what_is_known_of_a_failed_case_is_told_of_those_that_are_known_to_show_it():
    expected = known(one(BROKEN, cases=frozenset({"a"})))
    assert expected.told_of(result(LOCK, "fail", detail="a")) == "so it is (nova/a.py:2-3)"
    assert expected.told_of(result(LOCK, "fail", detail="b")) == ""
    assert expected.told_of(result("servers-actions.pause/normal/202", "fail")) == ""
    assert expected.told_of(result(LOCK, "error", deviation=None)) == ""


def test_what_is_gone_has_vanished():
    results = [result(LOCK, detail="a"), result(LOCK, detail="b")]
    found = compare(known(one(BROKEN)), results, CASES)
    assert [item.deviation for item in found.vanished] == [BROKEN]
    assert found.sentence == f"0 expected deviations seen, 0 unexpected, 1 vanished: {BROKEN}"


@pytest.mark.parametrize(
    ("second", "more", "whole"),
    [
        ([], {}, True),
        ([result(LOCK, "inconclusive", detail="b")], {}, True),
        ([result(LOCK, "error", detail="b")], {}, True),
        ([result(LOCK, detail="b")], {"depends": "the weather"}, True),
        ([result(LOCK, detail="b")], {}, False),
    ],
    ids=["half-tried", "inconclusive", "error", "depends", "not-all-versions"],
)
def test_what_may_still_be_there_has_not_vanished(second, more, whole):
    found = compare(known(one(BROKEN, **more)), [result(LOCK, detail="a"), *second], CASES, whole=whole)
    assert found.vanished == ()


def test_an_operation_that_this_run_does_not_have_has_not_vanished():
    assert compare(known(one("elsewhere.else/normal/200!contradiction!201")), [], CASES).vanished == ()


def test_the_notes_hold_the_evidence():
    found = compare(known(one(BROKEN, link="https://bugs.example.org/1")), [result(LOCK, "fail", detail="a")], CASES)
    assert found.notes()[1:] == (
        {
            "kind": "expected",
            "deviation": BROKEN,
            "why": "so it is",
            "reference": ["api-ref/source/a.inc:1"],
            "source": ["nova/a.py:2-3"],
            "link": "https://bugs.example.org/1",
        },
    )


def test_only_the_first_are_named():
    results = [omission(LOCK, str(code), detail=str(code)) for code in range(400, 407)]
    text = compare(known(), results, CASES).sentence
    assert text.endswith(f"{LOCK}!omission!404, and 2 more, 0 vanished")


HEAD = "format: 1\npackage: nova\nversion: 34.0.0\n"
ENTRY = f"- deviations: ['{BROKEN}']\n  reference: [a.inc:1]\n  source: [nova/a.py:2]\n  why: so it is\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[", "is not YAML"),
        ("", "the file: None is not of type 'object'"),
        (f"{HEAD}expected: []\nmore: 1\n", "'more' was unexpected"),
        (f"{HEAD}expected:\n{ENTRY}".replace("format: 1", "format: 2"), "format: 1 was expected"),
        (f"{HEAD}expected:\n{ENTRY}".replace("  why: so it is\n", ""), "'why' is a required property"),
        (f"{HEAD}expected:\n{ENTRY}  cases: {{other!contradiction!1: [a]}}\n", "lists cases of other!contradiction!1"),
        (f"{HEAD}expected:\n{ENTRY}".replace("a.py:2", "a.py"), "expected/0/source/0: 'nova/a.py' does not match"),
        (f"{HEAD}expected:\n{ENTRY}".replace("nova/a.py:2", "/nova/a.py:2"), "does not match"),
        (f"{HEAD}expected:\n{ENTRY}".replace("!contradiction!", "!rumour!"), "expected/0/deviations/0"),
        (f"{HEAD}expected:\n{ENTRY}{ENTRY}", f"lists the deviation {BROKEN} twice: remove one"),
    ],
)
def test_what_a_file_must_not_say(tmp_path, text, says):
    path = tmp_path / "nova-34.0.0.yaml"
    path.write_text(text)
    with pytest.raises(Trouble) as trouble:
        load_expected(path)
    assert says in str(trouble.value)
    assert str(path) in str(trouble.value)
    assert "\n" not in str(trouble.value)


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(Trouble, match="cannot be read: No such file"):
        load_expected(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"format: \xe9")
    with pytest.raises(Trouble, match="not UTF-8"):
        load_expected(tmp_path / "latin.yaml")


def test_releases_that_nobody_has_examined():
    assert expected_of("nova", "1.2.3") is None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_shipped_files_are_sound(path):
    package, _, version = path.stem.rpartition("-")
    read = expected_of(package, version)
    assert read is not None
    assert read.by_id


def test_the_file_of_the_shipped_specs_fits_them():
    first = shipped.specs_of("compute")[0].reference
    read = expected_of(first.package, first.version)
    assert read is not None
    suite = shipped.suite_of("compute")
    sources = {case.requirement.id: case.requirement.source for case in suite.cases}
    cases = {case.id for case in suite.cases}
    for item in read.by_id.values():
        assert {f"{item.requirement}[{one}]" for one in item.cases} <= cases, item.deviation
        source = sources[item.requirement]
        assert any(_holds(place, source.path, source.line) for place in item.reference), (item.deviation, source)


def _holds(place: str, path: str, line: int) -> bool:
    file, _, lines = place.partition(":")
    first, _, last = lines.partition("-")
    return file == path and int(first) <= line <= int(last or first)


def test_a_run_says_it_and_its_status_stays(project, monkeypatch):
    normal = project.matching("servers-actions.lock/normal/")
    deviation = f"{normal[0].partition('[')[0]}!contradiction!"
    project.decide_parts({normal[0]: "fail"})
    project.run("-k", "servers-actions.lock/normal/")
    seen = next(r.deviation.id for r in project.record.results if r.deviation)
    assert seen.startswith(deviation)
    assert not [note for note in project.record.info.notes if note["kind"] == "expected deviations"]

    monkeypatch.setattr(opened, "known_for", lambda *_: known(one(seen)))
    done = project.run("-k", "servers-actions.lock/normal/")
    assert done.ret == 1
    done.stdout.fnmatch_lines(["1 expected deviation seen, 0 unexpected, 0 vanished (compared with nova==34.0.0)"])
    notes = {note["kind"]: note for note in project.record.info.notes}
    assert notes["expected"]["deviation"] == seen

    project.decide_parts({})
    done = project.run("-k", "servers-actions.lock/normal/")
    assert done.ret == 0
    done.stdout.fnmatch_lines(
        [f"0 expected deviations seen, 0 unexpected, 1 vanished: {seen} (compared with nova==34.0.0)"]
    )


def test_the_cases_of_expected_contradictions_are_expected_to_fail():
    cases = [SimpleNamespace(id=f"{LOCK}[{detail}]", requirement=SimpleNamespace(id=LOCK)) for detail in "ab"]
    other = SimpleNamespace(
        id="servers-actions.pause/normal/202", requirement=SimpleNamespace(id="servers-actions.pause/normal/202")
    )
    assert known(one(BROKEN)).failing([*cases, other]) == {case.id for case in cases}
    assert known(one(BROKEN, cases=frozenset({"a"}))).failing(cases) == {cases[0].id}
    assert known(one(f"{LOCK}!omission!200")).failing(cases) == frozenset()


NEVER = {"promises": ["widgets.list/error/404"], "source": ["widgets/list.py:7-9"], "why": "The list names nothing."}


def never_file(tmp_path, *items):
    path = tmp_path / "widgets-3.0.0.yaml"
    path.write_text(
        yaml.safe_dump({"format": 1, "package": "widgets", "version": "3.0.0", "expected": [], "never": list(items)})
    )
    return path


def test_a_code_that_is_never_given_is_explained_where_it_has_no_case(tmp_path):
    found = load_expected(never_file(tmp_path, NEVER))
    why = "widgets 3.0.0 never answers so: the list names nothing (widgets/list.py:7-9)"
    note = {"kind": "untested", "requirement": "widgets.list/error/404", "reason": "no-constraint", "detail": ""}
    assert found.explained(note) == {**note, "detail": why}
    assert found.explained({**note, "requirement": "widgets.list/error/409"})["detail"] == ""
    assert found.why_never("widgets.show/error/404") is None


def test_a_code_is_said_once_to_be_never_given(tmp_path):
    with pytest.raises(Trouble, match=r"says twice why widgets.list/error/404 is never given"):
        load_expected(never_file(tmp_path, NEVER, NEVER))
    with pytest.raises(Trouble, match="not a valid file of expected deviations"):
        load_expected(never_file(tmp_path, {**NEVER, "promises": ["widgets.list/normal/200"]}))


@pytest.mark.parametrize(
    ("service", "package", "version"),
    [
        ("identity", "keystone", "30.0.0"),
        ("block-storage", "cinder", "29.0.0"),
    ],
)
def test_the_codes_that_are_never_given_are_those_of_the_reference(service, package, version):
    """A promise that the shipped specs lack would explain nothing."""
    listed = {
        f"{operation.id}/error/{code.code}"
        for spec in map(load, sorted((ROOT / "specs" / service).glob("*.yaml")))
        for operation in spec.operations
        for code in operation.responses.error
    }
    release = expected_of(package, version)
    assert release is not None
    assert release.never
    assert not release.never.keys() - listed
