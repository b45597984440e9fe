"""Exit statuses, bad input, waivers, going on with a run, and what another project's pytest pays."""

import json
import signal
import subprocess
import sys
import time

import pytest
from plugin_project import PLUGINS

pytest_plugins = ["pytester", "plugin_project"]
pytestmark = pytest.mark.slow  # each runs a session of pytest

LOCK = "servers-actions.lock/"
NORMAL = "servers-actions.lock/normal/"


def test_0_nothing_failed(project):
    assert project.run("-k", LOCK).ret == 0
    assert project.record.info.exit_status == 0


def test_1_a_contradiction(project):
    project.decide_parts({project.matching(NORMAL)[0]: "fail"})
    assert project.run("-k", LOCK).ret == 1
    assert project.record.info.exit_status == 1


def test_3_too_much_is_undecided(project):
    most = dict.fromkeys(project.matching(NORMAL)[1:], "inconclusive")
    project.decide_parts(most)
    assert project.run("-k", NORMAL).ret == 3
    assert project.run("-k", NORMAL, "--allow-undecided", "100").ret == 0


def test_a_quota_that_left_too_much_undecided_is_told(project):
    full = "Quota exceeded for servers: 3 of 3"
    project.decide_parts({**dict.fromkeys(project.matching(NORMAL)[1:], "inconclusive"), "said": full})
    told = f"note: a quota of the project is used up ({full}), which left * undecided: raise it*"
    project.run("-k", NORMAL).stdout.fnmatch_lines([told])
    project.run("-k", NORMAL, "--allow-undecided", "100").stdout.no_fnmatch_line(told)


@pytest.mark.parametrize("verdict", ["inapplicable", "inconclusive", "error"])
def test_3_nothing_was_decided(project, verdict):
    project.decide_parts({NORMAL: verdict})
    result = project.run("-k", NORMAL, "--allow-undecided", "100")
    assert result.ret == 3
    result.stdout.fnmatch_lines(["note: nothing was decided: see in the report why no case could be tried*"])
    assert project.record.info.exit_status == 3


def test_3_not_one_request_was_accepted(project, monkeypatch):
    monkeypatch.setenv("FAKE_ACCEPTED", "0")
    result = project.run("-k", NORMAL)
    assert result.ret == 3
    result.stdout.fnmatch_lines(["note: not one request was accepted*: see that the URL is that of the API*"])


def test_an_error_counts_as_undecided(project):
    project.decide_parts({NORMAL: "error"})
    assert project.run("-k", NORMAL).ret == 3


def test_1_goes_before_3(project):
    project.decide_parts({project.matching(NORMAL)[0]: "fail", NORMAL: "inconclusive"})
    assert project.run("-k", NORMAL).ret == 1


def test_what_is_inapplicable_is_not_counted(project):
    project.decide_parts(dict.fromkeys(project.matching(NORMAL)[1:], "inapplicable"))
    assert project.run("-k", NORMAL).ret == 0


@pytest.mark.parametrize("processes", [(), ("-n", "2")])
def test_2_a_run_that_loses_the_cloud_ends_early_and_can_go_on(project, processes):
    """A token that expires is nobody's contradiction: the cases are tried when there is another one."""
    project.decide_parts({project.matching(LOCK)[2]: "lose"})
    result = project.run_process("-k", LOCK, *processes)
    assert result.ret == 2
    told = [line for line in result.outlines if line.startswith("note: ")]
    assert "note: the run ended early: the token of the role member is no longer accepted; go on later" in "".join(told)
    assert "--resume" in "".join(told)
    record = project.record
    assert record.info.exit_status == 2
    assert {one.verdict for one in record.results} <= {"pass"}
    assert len(record.results) < len(project.matching(LOCK))
    (project.path / "verdicts.json").unlink()
    assert project.run("--resume", str(record.path), "-k", LOCK).ret == 0
    assert len({one.case for one in project.record.results}) == len(project.matching(LOCK))


def test_130_interrupted(project):
    project.decide_parts({project.matching(LOCK)[2]: "interrupt"})
    result = project.run_process("-k", LOCK)
    assert result.ret == 130
    info = project.record.info
    assert info.exit_status == 130
    assert info.finished
    assert (project.path / "closed.txt").exists()
    assert len(project.record.results) == 2


def test_130_by_the_signal(project):
    project.decide_parts({project.matching(LOCK)[0]: "hang"})
    command = [sys.executable, "-m", "pytest", *PLUGINS, *project.endpoint, "-k", LOCK, "specs/compute"]
    process = subprocess.Popen(command, cwd=project.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while not project.tried:
        assert time.monotonic() < until
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted by SIGINT: the current trials may take 90 s to end" in errors
    assert project.record.info.exit_status == 130


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--patience", "0"], "--patience '0' is not allowed: give a whole number, 1 or more"),
        (["--max-servers", "none"], "--max-servers 'none' is not allowed: give a whole number, 1 or more"),
        (["--max-servers", "0"], "--max-servers '0' is not allowed: give a whole number, 1 or more"),
        (["--allow-undecided", "110"], "--allow-undecided '110' is not a percentage: give a number from 0 to 100"),
        (["--microversion", "latest"], "--microversion 'latest' is not a microversion: give one such as 2.73"),
        (["--sandbox"], "--sandbox and --url cannot be combined: a run tests one endpoint, so give only one of them"),
        (
            ["--os-cloud", "x"],
            "--os-cloud and --url cannot be combined: a run tests one endpoint, so give only one of them",
        ),
        (["--waivers", "nowhere.yaml"], "the waivers nowhere.yaml cannot be read: No such file or directory"),
        (["--resume", "nowhere"], "there is no run record at nowhere: *"),
        (["--resume", "a", "--conformance-output", "b"], "--resume and --output cannot be combined: *"),
    ],
)
def test_2_for_a_wrong_option(project, options, sentence):
    result = project.refused(*options)
    assert result.ret == 2
    result.stderr.fnmatch_lines([f"conformance: {sentence}"])
    assert len(result.errlines) == 1
    assert result.outlines == []
    assert not (project.path / "runs").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--url", "http://127.0.0.1:9"], "*needs the token of a member*"),
        (["--token", "x"], "*without --url*"),
        (["--os-cloud-admin", "x"], "--os-cloud is missing: --os-cloud-admin only adds a second role, so give both"),
        (["--sandbox-release", "a b c"], "--sandbox-release 'a b c' is not a requirement*"),
        (["--sandbox-release", "pytest==0.1"], "--sandbox-release pytest==0.1: the sandbox runs Nova; *"),
        (
            ["--sandbox-release", "nova>=31"],
            "--sandbox-release nova>=31 does not name exactly one release: write nova==34.0.0",
        ),
    ],
)
def test_2_for_an_endpoint_that_is_not_named_well(project, options, sentence):
    result = project.refused(*options, endpoint=())
    assert result.ret == 2
    result.stderr.fnmatch_lines([f"conformance: {sentence}"])


def test_2_for_an_endpoint_that_does_not_answer(project):
    result = project.pytester.runpytest_subprocess("--url", "http://127.0.0.1:9", "--token", "x", "specs/compute")
    assert result.ret == 2
    result.stderr.fnmatch_lines(["conformance: http://127.0.0.1:9 does not answer*"])
    assert not (project.path / "runs").exists()


def test_2_for_nothing_selected(project):
    result = project.run("-k", "nothing-of-that-name")
    assert result.ret == 2
    result.stderr.fnmatch_lines(["conformance: nothing was selected: *"])
    assert not (project.path / "runs").exists()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("format: 1", "format: 2", "conformance: *servers-actions.yaml: its format is not 1*"),
        ("operations:\n", "operations: [\n", "conformance: *servers-actions.yaml:*: this is not YAML*"),
        ("method: POST", "methods: POST", "conformance: *servers-actions.yaml:*method*"),
    ],
)
def test_2_for_a_spec_that_is_broken(project, old, new, sentence):
    project.spec.write_text(project.text.replace(old, new))
    result = project.refused()
    assert result.ret == 2
    result.stderr.fnmatch_lines([sentence])
    assert len(result.errlines) == 1
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def test_2_for_an_operation_that_two_files_hold(project):
    (project.spec.parent / "zzz.yaml").write_text(project.text)
    result = project.refused()
    assert result.ret == 2
    result.stderr.fnmatch_lines(["conformance: operation servers-actions.lock is in *: remove the older file"])


def test_other_yaml_is_left_alone(project):
    (project.spec.parent / "other.yaml").write_text("format: 1\nthings: []\n")
    (project.spec.parent / "broken.yaml").write_text("{[\n")
    assert project.run("-k", LOCK).ret == 0


def test_a_run_directory_may_be_named_and_is_not_written_over(project):
    assert project.run("-k", NORMAL, "--conformance-output", "here/one").ret == 0
    before = (project.path / "here" / "one" / "results.jsonl").read_bytes()
    again = project.refused("-k", NORMAL, "--conformance-output", "here/one")
    assert again.ret == 2
    again.stderr.fnmatch_lines(["conformance: *already holds a run record*"])
    assert (project.path / "here" / "one" / "results.jsonl").read_bytes() == before


def waivers(project, **changes):
    item = {
        "deviation": "servers-actions.lock/normal/202!contradiction!*",
        "reason": "known to the vendor",
        "link": "https://bugs.example.org/1",
        "expires": "2999-01-01",
    }
    item = {key: value for key, value in (item | changes).items() if value is not None}
    (project.path / "waivers.yaml").write_text(json.dumps({"format": 1, "waivers": [item]}))
    return "--waivers", "waivers.yaml"


def test_a_waived_failure_is_expected(project):
    case = project.matching(NORMAL)[0]
    project.decide_parts({case: "fail"})
    result = project.run("-k", LOCK, *waivers(project), "-rx")
    result.assert_outcomes(
        passed=len(project.matching(LOCK)) - 1, xfailed=1, deselected=len(project.cases) - len(project.matching(LOCK))
    )
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*waived until 2999-01-01: known to the vendor*", "*1 waived*"])
    one = next(result for result in project.record.results if result.case == case)
    assert one.verdict == "fail"
    assert one.waiver["link"] == "https://bugs.example.org/1"


def test_a_waiver_that_has_expired_does_not_count(project):
    project.decide_parts({project.matching(NORMAL)[0]: "fail"})
    result = project.run("-k", LOCK, *waivers(project, expires="2020-02-29"))
    assert result.ret == 1
    result.stdout.fnmatch_lines(["note: the waiver servers-actions.lock/* expired on 2020-02-29 and does not count: *"])


def test_a_waiver_of_something_else_does_not_count(project):
    project.decide_parts({project.matching(NORMAL)[0]: "fail"})
    assert project.run("-k", LOCK, *waivers(project, deviation="servers-actions.pause/*")).ret == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": None}, "*waivers/0: 'reason' is a required property"),
        ({"expires": "soon"}, "*waivers/0/expires: 'soon' is not a 'date'"),
        ({"link": "nowhere"}, "*waivers/0/link: *"),
        ({"because": "x"}, "*waivers/0: Additional properties are not allowed*"),
    ],
)
def test_2_for_waivers_of_another_form(project, changes, sentence):
    result = project.refused(*waivers(project, **changes))
    assert result.ret == 2
    result.stderr.fnmatch_lines([f"conformance: waivers.yaml is not a valid file of waivers: {sentence}"])


def test_going_on_tries_only_what_is_not_decided(project):
    cases = project.matching(LOCK)
    project.decide_parts({cases[0]: "fail", cases[1]: "inconclusive", cases[2]: "interrupt"})
    assert project.run_process("-k", LOCK).ret == 130
    started = project.record.info.started
    (project.path / "tried.txt").unlink()
    project.decide()
    result = project.run("-k", LOCK, "--resume", "runs/latest")
    assert project.tried_cases == cases[1:]
    result.assert_outcomes(failed=1, passed=len(cases) - 1, deselected=len(project.cases) - len(cases))
    assert result.ret == 1
    info = project.record.info
    assert info.started == started
    assert info.totals["requests"] == 20
    assert info.totals["cases"] == len(cases)


def test_going_on_elsewhere_is_refused(project):
    assert project.run("-k", NORMAL).ret == 0
    other = ("--url", "http://127.0.0.1:10/v2.1", "--token", "x")
    result = project.refused("--resume", "runs/latest", endpoint=other)
    assert result.ret == 2
    result.stderr.fnmatch_lines(["conformance: the run to resume tested *: give the same endpoint again"])
    assert project.record.info.exit_status == 0


def test_another_project_pays_nothing(pytester):
    """No import of weight, no collection, no options that clash, and a package named specs stays theirs."""
    pytester.makepyfile(
        **{
            "specs/__init__": "MINE = True",
            "tests/test_theirs": """
                import sys
                import specs

                def test_mine():
                    assert specs.MINE
                    heavy = {"yaml", "requests", "click", "jsonschema", "keystoneauth1", "parsers", "reports"}
                    assert not heavy & set(sys.modules)
                    assert not [name for name in sys.modules if name.startswith("conformance.engine")]
            """,
        }
    )
    pytester.path.joinpath("tests", "data.yaml").write_text("format: 1\nthings: []\n")
    pytester.path.joinpath("specs", "real.yaml").write_text("format: 1\noperations: []\n")
    for arguments in ([], ["tests"]):
        result = pytester.runpytest_subprocess("-p", "no:requests_mock", "-p", "no:hypothesispytest", *arguments)
        result.assert_outcomes(passed=1)
        assert result.ret == 0


def test_its_import_is_light():
    code = "import sys, pytest; old = set(sys.modules); import conformance.plugin; print(*(set(sys.modules) - old))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours = {"conformance", "conformance.plugin", "conformance.plugin.find", "conformance.plugin.options"}
    assert {name for name in done.stdout.split() if "." in name or name == "conformance"} - ours == set()


def test_a_listing_imports_nothing_that_only_a_run_needs():
    code = "import sys, conformance.cli, conformance.plugin.listing; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pytest", "requests", "keystoneauth1", "jinja2", "docutils"} & set(done.stdout.split())
