"""Several runs at once: a directory belongs to one of them, and the others leave it alone."""

import json
import os
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from conformance.cli import main
from specs.record import RunDirectory, RunRecord

pytest_plugins = ["pytester", "plugin_project"]
pytestmark = pytest.mark.slow  # each runs a session of pytest

LOCK = "servers-actions.lock/"
HERE = ("--conformance-output", "here")


def held(project):
    """What a run has written that has just begun."""
    run = RunDirectory.take(project.path / "here")
    (run.path / "journal.jsonl").write_text('{"do": "run", "prefix": "x"}\n')
    (run.path / "results.jsonl").touch()
    return run


@pytest.mark.parametrize("selection", [LOCK, "nothing-of-that-name"])
def test_a_second_run_is_refused_and_leaves_the_first_alone(project, selection):
    run = held(project)
    before = sorted(path.name for path in run.path.iterdir())
    result = project.refused("-k", selection, *HERE)
    assert result.ret == 2
    result.stderr.fnmatch_lines(["conformance: another run is in *here and has not ended: wait for its end, *"])
    assert len(result.errlines) == 1
    assert sorted(path.name for path in run.path.iterdir()) == before
    run.release()


def test_nor_may_it_go_on_with_it_or_clean_up_after_it(project):
    assert project.run("-k", LOCK, *HERE).ret == 0
    run = RunDirectory.take_again(project.path / "here")
    result = project.refused("-k", LOCK, "--resume", "here")
    assert result.ret == 2
    result.stderr.fnmatch_lines(["conformance: another run is in *"])
    tidied = CliRunner().invoke(main, ["cleanup", "here"])
    assert tidied.exit_code == 2
    assert "has not ended" in tidied.stderr
    run.release()
    assert CliRunner().invoke(main, ["cleanup", "here"]).exit_code == 0


def test_a_selection_of_nothing_leaves_what_was_there(project):
    here = project.path / "here"
    here.mkdir()
    (here / "journal-old.jsonl").write_text("somebody's\n")
    (here / "thesis.txt").write_text("somebody's\n")
    assert project.run("-k", "nothing-of-that-name", *HERE).ret == 2
    assert sorted(path.name for path in here.iterdir() if path.name != ".lock") == ["journal-old.jsonl", "thesis.txt"]


def test_a_journal_that_says_what_is_left_on_a_cloud_is_never_removed(project):
    here = project.path / "here"
    here.mkdir()
    line = {"do": "intend", "key": "1", "kind": "server", "name": "x", "role": "member", "at": 1}
    project.decide_parts({"intends": line})
    assert project.run("-k", "nothing-of-that-name", *HERE).ret == 2
    assert (here / "journal.jsonl").exists()


def test_of_two_runs_a_moment_apart_one_has_the_directory(project):
    command = [sys.executable, "-m", "pytest", "-p", "fake_engine", *project.endpoint, *HERE, "-k", LOCK]
    project.decide_parts({project.matching(LOCK)[0]: "hang"})
    runs = []
    for _ in range(2):
        runs.append(
            subprocess.Popen(
                [*command, "specs/compute"],
                cwd=project.path,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        time.sleep(0.3)
    end = time.monotonic() + 120
    while all(run.poll() is None for run in runs):
        assert time.monotonic() < end
        time.sleep(0.1)
    refused = next(run for run in runs if run.poll() is not None)
    other = next(run for run in runs if run is not refused)
    _, errors = refused.communicate()
    assert refused.returncode == 2
    assert errors.startswith("conformance: another run is in ")
    while not project.tried:
        assert time.monotonic() < end
        time.sleep(0.1)
    other.terminate()
    assert other.wait(120) == 130
    other.communicate()
    assert {process for process, _, _ in project.tried} == {str(other.pid)}
    assert RunRecord.read(project.path / "here").info.exit_status == 130


def test_a_record_is_for_its_user_alone(project):
    before = os.umask(0o022)
    try:
        assert project.run_process("-k", LOCK, "-n", "2").ret == 0
    finally:
        os.umask(before)
    directory = (project.path / "runs" / "latest").resolve()
    assert directory.stat().st_mode & 0o077 == 0
    assert [path.name for path in directory.iterdir() if path.stat().st_mode & 0o077] == []
    assert json.loads((directory / "run.json").read_text())["exit_status"] == 0
