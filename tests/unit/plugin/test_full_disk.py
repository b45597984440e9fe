"""A disk that is full, from the start or later: one sentence that names the file, and a record as far as it came."""

import errno
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from conformance.cli import main

pytest_plugins = ["pytester", "plugin_project"]
pytestmark = pytest.mark.slow  # each runs a session of pytest

LOCK = "servers-actions.lock/"
HERE = ("--conformance-output", "here")
FULL = "cannot be written: No space left on device"


def full(project, name):
    """Let one file of the directory stand on a disk without room."""
    (project.path / "here").mkdir(exist_ok=True)
    (project.path / "here" / name).symlink_to("/dev/full")


def sentences(errors):
    return [line for line in errors.splitlines() if line]


def test_results_that_cannot_be_written(project, monkeypatch):
    real, whole = os.write, project.matching(LOCK)[1]

    def refuse(fd, data):
        if bytes(data).startswith(b'{"case":') and whole.encode() not in bytes(data):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(fd, data)

    monkeypatch.setattr(os, "write", refuse)
    done = project.run("-k", LOCK, *HERE)
    assert done.ret == 2
    said = [line for line in (*done.outlines, *done.errlines) if FULL in line]
    assert said == [f"note: {project.path}/here/results.jsonl {FULL}; name another directory with --output"]
    assert "Traceback" not in done.stdout.str() + done.stderr.str()
    assert "INTERNALERROR" not in done.stdout.str()
    assert (project.path / "closed.txt").exists()
    record = project.record_of("here")
    assert record.info.exit_status == 2
    assert {one.case for one in record.results} <= {whole}


def test_a_head_that_cannot_be_written(project, monkeypatch):
    real = os.fdopen

    def refuse(fd, mode="r", *args, **options):
        if options.get("newline") == "\n":
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(fd, mode, *args, **options)

    monkeypatch.setattr(os, "fdopen", refuse)
    done = project.run("-k", LOCK, *HERE)
    assert done.ret == 2
    assert sentences(done.stderr.str()) == [
        f"conformance: {project.path}/here/run.json {FULL}; name another directory with --output"
    ]
    assert "INTERNALERROR" not in done.stdout.str()
    assert project.tried == []
    assert (project.path / "closed.txt").exists()
    assert not (project.path / "here").exists()


def test_a_journal_that_cannot_be_written_stops_the_run_before_anything_is_asked(project):
    full(project, "journal.jsonl")
    command = [sys.executable, "-m", "conformance", "run", "--url", "http://127.0.0.1:9", "--token", "x", "--output"]
    done = subprocess.run([*command, "here"], cwd=project.path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert sentences(done.stderr) == [f"conformance: {project.path}/here/journal.jsonl {FULL}; make room"]


def test_a_cleanup_that_cannot_write_its_journal(project, monkeypatch):
    assert project.run("-k", LOCK, *HERE).ret == 0
    (project.path / "here" / "journal.jsonl").write_text(
        '{"do": "intend", "key": "1", "kind": "server", "name": "x", "role": "member", "at": 1}\n'
    )
    full(project, "journal-cleanup.jsonl")
    done = CliRunner().invoke(main, ["cleanup", "here", "--token", "a-secret"])
    assert done.exit_code == 2
    assert sentences(done.stderr) == [f"conformance: {project.path}/here/journal-cleanup.jsonl {FULL}; make room"]


@pytest.mark.parametrize("processes", [(), ("-n", "2")])
def test_a_disk_that_fills_while_a_run_makes_things_ends_it(project, processes):
    project.decide_parts({"journal": "full"})
    done = project.run_process("-k", LOCK, *HERE, *processes)
    assert done.ret == 2
    assert any(line.startswith("note: ") and f"journal.jsonl {FULL}" in line for line in done.outlines)
    assert "INTERNALERROR" not in done.stdout.str()
    assert len(project.tried) < len(project.matching(LOCK))
    assert len(project.record_of("here").results) == len(project.tried)
