"""The directory of a run belongs to one run, and nothing is removed that the run has not written."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from record_builder import info, result

from specs.record import RecordError, RecordWriter, RunDirectory


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_another_run_is_refused_from_the_first_moment(tmp_path: Path) -> None:
    first = RunDirectory.take(tmp_path / "here")
    with pytest.raises(RecordError, match=r"another run is in .*here and has not ended: wait for its end") as caught:
        RunDirectory.take(tmp_path / "here")
    assert caught.value.code == "in-use"
    first.release()
    first.release()
    RunDirectory.take(tmp_path / "here").release()


def test_a_lock_dies_with_its_process(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from specs.record import RunDirectory\n"
        f"run = RunDirectory.take(Path({str(tmp_path / 'here')!r})); print('mine', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "mine\n"
    with pytest.raises(RecordError, match="another run is in"):
        RunDirectory.take(tmp_path / "here")
    other.kill()
    other.communicate()
    RunDirectory.take(tmp_path / "here").release()


def test_a_run_that_goes_on_cannot_be_gone_on_with_or_cleaned_up(tmp_path: Path) -> None:
    first = RunDirectory.take(tmp_path / "here")
    with pytest.raises(RecordError, match="has not ended"):
        RunDirectory.take_again(tmp_path / "here")
    first.release()
    RunDirectory.take_again(tmp_path / "here").release()


def test_there_must_be_something_to_go_on_with(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="there is no run record at"):
        RunDirectory.take_again(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_link_is_resolved_once(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    (tmp_path / "latest").symlink_to("one")
    taken = RunDirectory.take_again(tmp_path / "latest")
    (tmp_path / "latest").unlink()
    (tmp_path / "latest").symlink_to("two")
    assert taken.path == tmp_path / "one"
    taken.release()


def test_a_record_is_not_written_over(tmp_path: Path) -> None:
    with RecordWriter(tmp_path) as writer:
        writer.start(info())
    with pytest.raises(RecordError, match="already holds a run record: continue it with --resume"):
        RunDirectory.take(tmp_path)
    RunDirectory.take_again(tmp_path).release()


def test_only_what_was_written_is_removed(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (here / "results.jsonl").write_text("somebody's", "utf-8")
    (here / "thesis.txt").write_text("somebody's", "utf-8")
    run = RunDirectory.take(here)
    (here / "journal.jsonl").write_text("ours", "utf-8")
    run.remove(["results*.jsonl", "journal*.jsonl", "run.json"])
    run.release()
    assert sorted(p.name for p in here.iterdir() if not p.name.startswith(".")) == ["results.jsonl", "thesis.txt"]


def test_directories_that_were_made_go_where_they_are_empty(tmp_path: Path) -> None:
    run = RunDirectory.take(tmp_path / "a" / "b")
    (tmp_path / "a" / "other").touch()
    run.remove(["x*"])
    run.release()
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["other"]
    (tmp_path / "runs").mkdir()
    run = RunDirectory.new(tmp_path / "runs")
    run.remove([])
    run.release()
    assert list((tmp_path / "runs").iterdir()) == []


def test_only_the_user_may_read_a_record(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        run = RunDirectory.new(tmp_path / "runs")
        with RecordWriter(run.path) as owner, RecordWriter(run.path, worker="gw0") as worker:
            owner.start(info())
            owner.add(result("a.a/normal/202"))
            worker.add(result("a.b/normal/202"))
        run.release()
    finally:
        os.umask(before)
    assert mode(run.path) == 0o700
    files = [path for path in run.path.iterdir() if path.is_file()]
    assert len(files) >= 3
    assert {path.name: mode(path) for path in files if mode(path) != 0o600} == {}


def test_a_place_that_cannot_be_taken(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for take in (RunDirectory.take, RunDirectory.new):
        with pytest.raises(RecordError, match="cannot be written"):
            take(tmp_path / "file" / "run")
