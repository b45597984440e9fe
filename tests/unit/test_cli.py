"""The command line: what each command prints, and one sentence with exit status 2 for whatever is wrong."""

import json
import os
import shutil
import subprocess
import sys
from functools import cache

import pytest
from checkout import ROOT
from click.testing import CliRunner

from conformance.cli import main
from conformance.engine.api import load

pytest_plugins = ["pytester", "plugin_project"]
pytestmark = pytest.mark.slow  # each runs a command

SMALL = ("--spec", str(ROOT / "specs" / "placement"))  # where any specs will do: a quarter of a second, not three


@pytest.fixture
def conformance():
    """Run a command in this process, as the console script would."""
    return lambda *args: CliRunner().invoke(main, [str(arg) for arg in args])


def refused(result):
    """The sentence of a command that could not do what it was asked for."""
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("conformance: ")
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr
    return result.stderr.removeprefix("conformance: ").strip()


def test_nothing_asked_for_is_answered_with_the_commands(conformance):
    result = conformance()
    assert result.exit_code == 0
    for command in ("build", "check", "lint", "diff", "list", "run", "report", "cleanup", "sandbox"):
        assert f"\n  {command} " in result.stdout


def test_run_lists_the_options_of_the_plugin(conformance):
    text = conformance("run", "--help").stdout
    for option in ("--sandbox", "--os-cloud", "--url", "--waivers", "--resume", "--output", "--spec", "-k"):
        assert option in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["frobnicate"], "No such command 'frobnicate'"),
        (["build"], "Missing argument 'SOURCE'"),
        (["build", "nowhere/at/all"], "nowhere/at/all"),
        (["check", "nowhere"], "the directory does not exist"),
        (["diff", "nowhere", "elsewhere"], "nowhere"),
        (["list", "--spec", "nowhere"], "no specs"),
        (["list", *SMALL, "--operation", "traits.list-trait"], "did you mean traits.list-traits"),
        (["report", "nowhere"], "there is no run record at nowhere"),
        (["report"], "Missing argument 'RUN...'"),
        (["cleanup", "nowhere"], "there is no run record at nowhere"),
        (["sandbox", "--port", "many"], "'many' is not a valid integer range"),
        (["run", "--bogus-option"], "unrecognized arguments: --bogus-option"),
        (["run", "--dry-run", *SMALL, "-k", "nothing-so-named"], "nothing was selected"),
        (["run", "--dry-run", *SMALL, "-k", "a("], "Wrong expression passed to '-k'"),
        (["run", "nowhere"], "no specs"),
        (["run", "--max-servers"], "Option '--max-servers' requires an argument"),
        (["run", "--max-servers", "x"], "--max-servers 'x' is not allowed: give a whole number"),
        (["run", "--url", "http://127.0.0.1:9"], "needs the token of a member"),
        (["run", "--url", "http://127.0.0.1:9", "--token", "x"], "does not answer"),
        (["run", "--resume", "nowhere"], "there is no run record at nowhere"),
    ],
)
def test_what_is_wrong_is_one_sentence(conformance, arguments, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
    assert sentence in refused_or_told(conformance(*arguments))
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        ("\nby_provider_choice:", "\nby_choise:", "there is no section by_choise; did you mean by_provider_choice?"),
        ("relation: fresh", "relation: frsh", "there is no relation frsh; did you mean fresh?"),
        ("plain: 0", "plian: 0", "there is no key plian in bindings; did you mean plain?"),
        ("resource: flavor,", "resource: flavr,", "there is no kind of thing flavr; did you mean flavor?"),
        ("servers-actions.pause:", "servers-actions.puase:", "no operation servers-actions.puase; did you mean "),
        ('"*.addFloatingIp"', '"*.addFlotingIp"', "no operation *.addFlotingIp; did you mean "),
    ],
)
def test_a_mistake_in_the_description_of_a_service_is_one_sentence(
    conformance, right, wrong, sentence, tmp_path, monkeypatch
):
    shutil.copytree(ROOT / "conformance" / "services", tmp_path / "services")
    folders = [folder for folder in (tmp_path / "services").iterdir() if folder.is_dir()]
    holders = [path for folder in folders for path in folder.glob("*.yaml") if right in path.read_text()]
    text = holders[0].read_text()
    line = text[: text.index(right) + 1].count("\n") + 1
    holders[0].write_text(text.replace(right, wrong, 1))
    for cached in (load._read, load.load_service):
        monkeypatch.setattr(load, cached.__name__, cache(cached.__wrapped__))
    monkeypatch.setattr(load, "services", lambda: {folder.name: folder for folder in folders})
    told = refused(conformance("list", "--spec", ROOT / "specs" / holders[0].parent.name))
    assert told.startswith(f"{holders[0]}:{line}: ")
    assert sentence in told


def refused_or_told(result):
    """As `refused`; pytest may have printed the beginning of a session on the way."""
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    lines = [line for line in result.stderr.splitlines() if line]
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("conformance: ")
    return lines[0]


def test_a_defect_of_the_suite_is_a_sentence_too(conformance, monkeypatch):
    monkeypatch.setattr("conformance.plugin.listing.listing", lambda *_: 1 / 0)
    assert refused(conformance("list")).startswith("this is a defect of the suite: ZeroDivisionError")


def test_list(conformance, project):
    result = conformance("list", "--spec", project.spec.parent)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert any(line.startswith("servers-actions.lock/error/404  api-ref/source/servers-actions.inc:") for line in lines)
    assert lines[-1].endswith("promises without a case")


def test_list_of_an_operation_shows_its_cases(conformance, project):
    result = conformance("list", "--spec", project.spec, "--operation", "servers-actions.lock")
    shown = [line.split()[0] for line in result.stdout.splitlines() if line.startswith("    ")]
    assert set(project.matching("servers-actions.lock/")) <= set(shown)
    assert "pause" not in result.stdout


def test_list_of_a_selection(conformance, project):
    result = conformance("list", "--spec", project.spec.parent, "-k", "lock/normal and not PAUSED")
    assert result.exit_code == 0, result.stderr
    shown = [line.split()[0] for line in result.stdout.splitlines() if line.startswith("    ")]
    chosen = [case for case in project.matching("servers-actions.lock/normal") if "PAUSED" not in case]
    assert set(chosen) == set(shown)
    assert "pause/" not in result.stdout
    assert f"1 requirements, {len(shown)} cases" in result.stdout
    assert "no case matches -k 'nothing-so-named'" in refused(
        conformance("list", "--spec", project.spec.parent, "-k", "nothing-so-named")
    )
    assert "is not an expression: write words" in refused(
        conformance("list", "--spec", project.spec.parent, "-k", "a(")
    )


def test_cleanup_lists_what_means_something_to_it(conformance):
    text = conformance("cleanup", "--help").stdout
    found = {line.split()[0] for line in text.splitlines() if line.startswith("  --")}
    assert found == {
        *("--os-cloud", "--os-cloud-admin", "--os-cloud-reader", "--os-cloud-alt", "--os-cloud-visitor", "--url"),
        *("--token", "--admin-token", "--reader-token", "--alt-token", "--visitor-token"),
        "--claim",
    }


@pytest.mark.parametrize("options", [["-n", "2"], ["-n2"], ["--numprocesses=2"], ["-n", "auto"]])
def test_an_option_of_an_extra_that_is_not_installed(conformance, monkeypatch, options):
    monkeypatch.setattr("conformance.plugin.called.find_spec", lambda _: None)
    result = conformance("run", "-p", "no:xdist", *options)
    assert f"{options[0]} needs pytest-xdist: pip install 'apiref-conformance[xdist]'" in refused(result)


@pytest.mark.parametrize("option", ["--sandbox", "--sandbox-cloud", "--sandbox-release=nova==34.0.0"])
def test_a_run_that_will_start_a_sandbox_says_something_before_it_imports_pytest(conformance, monkeypatch, option):
    monkeypatch.setattr("pytest.main", lambda *_, **__: sys.stderr.write("pytest\n") and 0)
    assert conformance("run", option).stderr == "conformance: reading the specs\npytest\n"
    assert conformance("run", option, "--dry-run").stderr == "pytest\n"


def test_run_is_pytest_with_the_plugin(conformance, project):
    arguments = ["run", "--spec", "specs/compute", "-k", "servers-actions.lock/", "--output", "here", *project.endpoint]
    result = conformance(*arguments, "-p", "fake_engine", "--junitxml=out.xml", "-v")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("the fake at http://127.0.0.1:9/v2.1")
    assert (project.path / "out.xml").exists()
    head = json.loads((project.path / "here" / "run.json").read_text())
    assert head["options"]["spec"] == "specs/compute"
    assert head["options"]["k"] == "servers-actions.lock/"
    assert "token" not in head["options"]


@pytest.mark.parametrize("off", [["-p", "no:terminal"], ["-pno:assertion"], ["-p", "no:terminalreporter"]])
def test_plugins_of_pytest_can_be_turned_off(conformance, project, off):
    """As with any other use of pytest: the options that each run is given must not be those of such a plugin."""
    project.decide_parts({project.matching("servers-actions.lock/")[0]: "fail"})
    arguments = ["run", "-k", "servers-actions.lock/", "--output", "here", *project.endpoint, "-p", "fake_engine"]
    result = conformance(*arguments, "--spec", "specs/compute", *off)
    assert (result.exit_code, result.stderr) == (1, "")
    assert json.loads((project.path / "here" / "run.json").read_text())["exit_status"] == 1


def test_run_without_a_directory_takes_the_specs_of_the_distribution(conformance, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = conformance("run", "--dry-run", "-k", "servers-actions.lock/")
    assert result.exit_code == 0
    assert "cases in" in result.stdout


def test_run_does_not_care_for_the_settings_of_the_folder(conformance, project):
    (project.path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (project.path / "tests").mkdir()
    (project.path / "tests" / "conftest.py").write_text("raise SystemExit(99)\n")
    assert conformance("run", "--dry-run", "-k", "servers-actions.lock/").exit_code == 0


def test_report_of_a_run(conformance, project):
    project.decide_parts({project.matching("servers-actions.lock/")[0]: "fail"})
    assert project.run("-k", "servers-actions.lock/").ret == 1
    result = conformance("report", "runs/latest", "--html", "page.html", "--sarif", "log.sarif")
    assert result.exit_code == 0, result.output
    assert "written: page.html" in result.stdout
    assert json.loads((project.path / "log.sarif").read_text())["version"] == "2.1.0"


def test_a_new_deviation_against_a_baseline(conformance, project):
    assert project.run("-k", "servers-actions.lock/", "--conformance-output", "before").ret == 0
    project.decide_parts({project.matching("servers-actions.lock/")[0]: "fail"})
    assert project.run("-k", "servers-actions.lock/", "--conformance-output", "after").ret == 1
    assert conformance("report", "after", "--baseline", "before").exit_code == 1
    assert conformance("report", "before", "--baseline", "after").exit_code == 0


def test_cleanup_of_a_run_that_has_left_nothing(conformance, project):
    assert project.run("-k", "servers-actions.lock/normal").ret == 0
    result = conformance("cleanup", "runs/latest")
    assert result.exit_code == 0
    assert result.stdout == "0 removed, 0 were gone already, 0 left\n"


def test_cleanup_asks_for_the_token(conformance, project):
    assert project.run("-k", "servers-actions.lock/normal").ret == 0
    line = {"do": "intend", "key": "1", "kind": "server", "name": "fake-1-server", "role": "member", "at": 1}
    (project.path / "runs" / "latest" / "journal.jsonl").write_text(json.dumps(line) + "\n")
    assert "CONFORMANCE_TOKEN or with --token @FILE" in refused(conformance("cleanup", "runs/latest"))


def test_diff_and_its_statuses(conformance, project, tmp_path):
    other = tmp_path / "other" / "servers-actions.yaml"
    other.parent.mkdir()
    other.write_text(project.text.replace("action: pause", "action: stop"))
    assert conformance("diff", project.spec, project.spec).exit_code == 0
    result = conformance("diff", project.spec, other, "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["breaking"] >= 1


def test_build_and_lint_of_a_document(conformance, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "things.inc").write_text(
        "Lock Thing\n==========\n\n.. rest_method:: POST /things/{thing_id}/action\n\n"
        "Locks a thing.\n\nNormal response codes: 202\n\nError response codes: notFound(404)\n"
    )
    result = conformance("build", "things.inc", "--service", "thing")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("1 operations in 1 files: specs/thing")
    assert (tmp_path / "specs" / "thing" / "things.yaml").exists()
    assert conformance("lint", "things.inc").exit_code in (0, 1)


def test_as_a_module_in_a_folder_that_holds_namesakes(tmp_path):
    """Somebody else's packages of our names must not be taken for ours."""
    for name in ("specs", "reports", "parsers"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('not ours')\n")
    command = [sys.executable, "-m", "conformance", "run", "--dry-run", *SMALL]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert "cases in" in done.stdout
    assert done.stderr == ""


def test_a_reader_that_has_seen_enough_is_no_error(project):
    command = f"{sys.executable} -m conformance list --spec {project.spec} | head -1"
    done = subprocess.run(command, shell=True, cwd=project.path, capture_output=True, text=True, check=False)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_the_list_of_another_release_notes_operations_that_it_lacks(conformance, tmp_path):
    for spec in (ROOT / "specs" / "placement").glob("*.yaml"):
        if spec.stem != "resource_provider_traits":
            (tmp_path / spec.name).write_text(spec.read_text("utf-8").replace("version: 16.0.0", "version: 15.0.0"))
    result = conformance("list", "--spec", tmp_path)
    assert result.exit_code == 0
    notes = [line for line in result.stdout.splitlines() if line.startswith("note: ")]
    assert notes
    assert all("in openstack-placement 15.0.0" in note for note in notes)
