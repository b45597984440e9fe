"""Collection, selection, and what pytest makes of verdicts."""

import xml.etree.ElementTree as ET

import pytest

pytest_plugins = ["pytester", "plugin_project"]
pytestmark = pytest.mark.slow  # each runs a session of pytest

LOCK = "servers-actions.lock/"


def escaped(text):
    """For fnmatch."""
    return text.replace("[", "[[]")


def test_every_case_is_an_item_named_by_its_id(project):
    result = project.run("--collect-only", "-q")
    assert result.ret == 0
    found = [line for line in result.outlines if "::" in line]
    prefix = "specs/compute/servers-actions.yaml::"
    assert [line.removeprefix(prefix) for line in found] == project.cases
    assert not (project.path / "runs").exists()


def test_collect_only_and_dry_run_need_no_endpoint(project):
    for option in ("--collect-only", "--dry-run"):
        assert project.run(option, endpoint=()).ret == 0
    assert project.tried == []


def test_the_plan_counts_what_is_selected(project):
    result = project.run("--dry-run", "-k", LOCK, "--microversion", "2.96")
    count = len(project.matching(LOCK))
    result.stdout.re_match_lines([r"lane +cases +trials", rf"{count} cases in \d+ trials.*about \d+ requests"])
    assert not (project.path / "runs").exists()


def test_the_plan_as_printed(project, snapshot):
    lines = project.run("--dry-run", "--microversion", "2.96").stdout.lines
    start = next(index for index, line in enumerate(lines) if line.startswith("lane "))
    # What stands around the plan is pytest's, and holds a time.
    assert "\n".join(line for line in lines[start:] if not line.startswith("====")) == snapshot


def test_all_pass(project):
    result = project.run()
    result.assert_outcomes(passed=len(project.cases))
    assert result.ret == 0
    assert sorted(project.tried_cases) == sorted(project.cases)


def test_the_first_line_names_the_endpoint_and_the_last_ones_the_record(project):
    result = project.run("-k", "servers-actions.lock/normal")
    assert result.outlines[0].startswith("the fake at http://127.0.0.1:9/v2.1")
    result.stdout.fnmatch_lines(["*= conformance =*", "* cases: *", "10 requests, 1 server made, *", "record: runs/*"])
    assert (project.path / "runs" / "latest" / "report.html").exists()


def test_an_operation_is_selected_and_nothing_else_is_tried(project):
    result = project.run("-k", LOCK)
    expected = project.matching(LOCK)
    result.assert_outcomes(passed=len(expected), deselected=len(project.cases) - len(expected))
    assert sorted(project.tried_cases) == sorted(expected)


@pytest.mark.parametrize("part", ["servers-actions.lock/error/404", "servers-actions.pause/error/409[", "2.1"])
def test_expressions_hold_the_characters_of_ids(project, part):
    expected = [case for case in project.cases if part.lower() in case.lower()]
    assert expected, part
    # A bracket alone is part of the id, as every character that case ids have but the tilde.
    result = project.run("-k", part)
    result.assert_outcomes(passed=len(expected), deselected=len(project.cases) - len(expected))


def test_one_case_by_its_node_id(project):
    case = next(case for case in project.cases if "[" in case)
    result = project.run(specs=[f"specs/compute/servers-actions.yaml::{case}"])
    result.assert_outcomes(passed=1)
    assert project.tried_cases == [case]


@pytest.mark.parametrize(
    ("expression", "parts"),
    [("normal", ["/normal/"]), ("error_404", ["/error/404"]), ("error", ["/error/"]), ("header", ["/header/"])],
)
def test_markers_by_kind(project, expression, parts):
    expected = project.matching(*parts)
    result = project.run("-m", expression, "--strict-markers")
    result.assert_outcomes(passed=len(expected), deselected=len(project.cases) - len(expected))


def test_markers_by_role_and_status(project):
    assert project.run("-m", "as_reader").ret == 0
    assert set(project.tried_cases) == set(project.matching("/error/403"))
    (project.path / "tried.txt").unlink()
    assert project.run("-m", "in_PAUSED").ret == 0
    assert project.tried_cases
    assert {lane for _, lane, _ in project.tried} == {"PAUSED"}


def test_verdicts_become_outcomes(project):
    one, two, three, four = project.matching("servers-actions.lock/")[:4]
    project.decide_parts({one: "fail", two: "error", three: "inconclusive", four: "inapplicable"})
    result = project.run("-k", LOCK, "-rs", "-v")
    result.assert_outcomes(
        passed=len(project.matching(LOCK)) - 4,
        failed=2,
        skipped=2,
        deselected=len(project.cases) - len(project.matching(LOCK)),
    )
    result.stdout.fnmatch_lines(
        [
            f"specs/compute/servers-actions.yaml::{escaped(two)} ERROR (of this suite)*",
            "SKIPPED * api-ref/source/*: inconclusive: the fake says inconclusive",
        ]
    )


def test_a_failure_is_told_in_three_lines_and_how_to_try_again(project):
    case = project.matching("servers-actions.lock/normal/")[0]
    project.decide_parts({case: "fail"})
    result = project.run("-k", case)
    result.stdout.fnmatch_lines(
        [
            "Requirement  servers-actions.lock/normal/202  (api-ref/source/servers-actions.inc:* of nova 34.0.0)",
            "Expected     202",
            "Observed     418  (as member)",
            "Reason       the fake says fail",
            "Try again    conformance run -k * --url http://127.0.0.1:9/v2.1*",
            'As curl      curl -sS -i -X POST "$ENDPOINT"/servers/1/action * "X-Auth-Token: $TOKEN" *',
        ]
    )
    assert "a-secret" not in result.stdout.str()
    assert "Traceback" not in result.stdout.str()


def test_head_evidence_and_curl_name_the_role_that_asked_in_the_end(project):
    case = project.matching("servers-actions.lock/normal/")[0]
    project.decide_parts({case: "fail-as-admin"})
    result = project.run("-k", case)
    result.stdout.fnmatch_lines(
        [
            f"_* {escaped(case)} (as admin) _*",
            "Observed     418  (as admin)",
            'As curl      curl * -H "X-Auth-Token: $ADMIN_TOKEN" *',
        ]
    )
    assert "as member" not in result.stdout.str()


def test_the_secret_is_nowhere_in_the_record(project):
    project.run("-k", LOCK)
    for path in (project.path / "runs" / "latest").iterdir():
        assert b"a-secret" not in path.read_bytes()


def test_junit_holds_requirement_verdict_and_source(project):
    case = project.matching("servers-actions.lock/normal/")[0]
    project.decide_parts({case: "fail"})
    project.run("-k", LOCK, "--junitxml=out.xml")
    cases = ET.parse(project.path / "out.xml").getroot().findall(".//testcase")
    assert len(cases) == len(project.matching(LOCK))
    one = next(found for found in cases if found.get("name") == case)
    properties = {p.get("name"): p.get("value") for p in one.findall("properties/property")}
    assert properties["requirement"] == "servers-actions.lock/normal/202"
    assert properties["verdict"] == "fail"
    assert properties["source"].startswith("api-ref/source/servers-actions.inc:")
    assert one.find("failure").get("message") == "expected 202, observed 418"
    assert float(one.get("time")) >= 0.25


def test_last_failed_tries_only_what_failed(project):
    case = project.matching("servers-actions.pause/")[2]
    project.decide_parts({case: "fail"})
    assert project.run().ret == 1
    (project.path / "tried.txt").unlink()
    result = project.run("--lf")
    assert result.ret == 1
    assert project.tried_cases == [case]


def test_first_failure_ends_the_plan(project):
    cases = project.matching(LOCK)
    project.decide_parts({cases[1]: "fail", cases[-1]: "hang"})
    result = project.run("-x", "-k", LOCK)
    assert result.ret == 1
    assert result.parseoutcomes()["failed"] == 1
    assert project.record.info.exit_status == 1
    assert (project.path / "closed.txt").read_text().splitlines() == [f"{project.tried[0][0]} True"]


def test_maxfail_counts(project):
    cases = project.matching(LOCK)
    project.decide_parts({cases[0]: "fail", cases[1]: "fail", cases[2]: "hang"})
    result = project.run("--maxfail=2", "-k", LOCK)
    assert result.ret == 1
    assert result.parseoutcomes()["failed"] == 2


def test_an_omission_is_shown_and_fails_only_where_asked(project):
    case = project.matching("servers-actions.lock/normal/")[0]
    project.decide_parts({case: "quiet-omission"})
    result = project.run("-k", case, "-v")
    result.stdout.fnmatch_lines(["*PASSED (with an omission)*", "*1 with an omission*"])
    assert result.ret == 0
    assert project.run("-k", case, "--fail-on-omission").ret == 1


def test_tests_of_python_may_stand_beside(project):
    project.pytester.makepyfile(test_other="def test_one(): pass\ndef test_two(): assert False")
    result = project.run("-k", "lock or test_", specs=["specs/compute", "test_other.py"])
    assert result.parseoutcomes()["failed"] == 1
    assert result.ret == 1
    assert project.record.info.totals["fail"] == 0
