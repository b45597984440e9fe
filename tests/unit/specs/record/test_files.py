"""A record is written line by line, and read back whole, cut, merged or not at all."""

from __future__ import annotations

import errno
import json
import os
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from record_builder import info, result

import specs
from specs.record import RecordError, RecordWriter, RunDirectory, RunRecord, reader
from specs.record.codec import dumps, info_to_json, result_to_json
from specs.record.model import Exchange, SentRequest
from specs.record.reader import done_cases


def write(directory: Path, *results: Any, **options: Any) -> Path:
    with RecordWriter(directory, **options) as writer:
        writer.start(info())
        for one in results:
            writer.add(one)
        writer.finish(info(exit_status=0))
    return directory


def cases(directory: Path) -> list[str]:
    return [one.case for one in RunRecord.read(directory).results]


A, B, C = (result(f"a.{name}/normal/202") for name in "abc")


@pytest.fixture(params=[reader.KEPT, 0], ids=["small", "large"], autouse=True)
def kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test is made with a record that stays in memory, and with one that is decoded at each access."""
    monkeypatch.setattr(reader, "KEPT", request.param)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    record = RunRecord.read(write(tmp_path / "run", A, B))
    assert record.info == info(exit_status=0)
    assert list(record.results) == [A, B]
    assert record.results[1] == B
    assert list(record.results[1:]) == [B]
    assert record.results == (A, B)
    assert record.damaged == ()


def test_every_line_is_valid_and_on_disk_at_once(tmp_path: Path) -> None:
    schema = json.loads((Path(specs.__file__).parent / "schemas/record-1.json").read_text("utf-8"))
    with RecordWriter(tmp_path) as writer:
        writer.start(info(finished=None))
        writer.add(A)
        line = (tmp_path / "results.jsonl").read_text("utf-8")
        assert line.endswith("}\n")
        jsonschema.Draft202012Validator(schema).validate(json.loads(line))
        assert RunRecord.read(tmp_path).info.finished is None


def test_the_last_line_of_a_case_counts_at_the_place_of_the_first(tmp_path: Path) -> None:
    again = result("a.a/normal/202", "fail")
    assert list(RunRecord.read(write(tmp_path, A, B, again)).results) == [again, B]


@pytest.mark.parametrize("cut", [b'{"case":"a', b"{", b"\0\0\0\n"])
def test_a_cut_last_line_is_ignored_and_said(tmp_path: Path, cut: bytes) -> None:
    with (write(tmp_path, A) / "results.jsonl").open("ab") as stream:
        stream.write(cut)
    record = RunRecord.read(tmp_path)
    assert list(record.results) == [A]
    assert record.damaged == ("results.jsonl:2: the last line is incomplete, and is ignored",)


def test_a_whole_last_line_without_its_end_counts(tmp_path: Path) -> None:
    file = write(tmp_path, A, B) / "results.jsonl"
    file.write_bytes(file.read_bytes().rstrip(b"\n"))
    record = RunRecord.read(tmp_path)
    assert len(record.results) == 2
    assert record.damaged == ()


def test_blank_lines_say_nothing(tmp_path: Path) -> None:
    file = write(tmp_path, A) / "results.jsonl"
    file.write_bytes(b"\n" + file.read_bytes() + b"\n  \n")
    assert cases(tmp_path) == [A.case]


def test_a_broken_line_in_the_middle_is_an_error(tmp_path: Path) -> None:
    file = write(tmp_path, A) / "results.jsonl"
    file.write_bytes(b'{"case"\n' + file.read_bytes())
    with pytest.raises(
        RecordError, match=r"results\.jsonl:1: the line is not a result: it is not JSON .*remove"
    ) as caught:
        RunRecord.read(tmp_path)
    assert caught.value.code == "broken-line"


@pytest.mark.parametrize("line", ["{}", "3", "[]", '{"case":"x"}'])
def test_a_line_of_another_shape_is_an_error_even_at_the_end(tmp_path: Path, line: str) -> None:
    file = write(tmp_path, A) / "results.jsonl"
    file.write_text(file.read_text("utf-8") + line + "\n", "utf-8")
    with pytest.raises(RecordError, match=r"results\.jsonl:2: the line is not a result"):
        RunRecord.read(tmp_path)


def test_deep_nesting_ends_in_a_sentence(tmp_path: Path) -> None:
    file = write(tmp_path, A) / "results.jsonl"
    file.write_bytes(b"[" * 200_000 + b"\n" + file.read_bytes())
    with pytest.raises(RecordError, match=r"results\.jsonl:1: the line is not a result: it is"):
        RunRecord.read(tmp_path)


def test_no_run(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"there is no run record at .*nowhere: name the directory") as caught:
        RunRecord.read(tmp_path / "nowhere")
    assert caught.value.code == "no-run"
    (tmp_path / "latest").symlink_to("gone")
    with pytest.raises(RecordError, match="the link points to nothing"):
        RunRecord.read(tmp_path / "latest")


def test_no_head(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"because it holds no run\.json") as caught:
        RunRecord.read(tmp_path)
    assert caught.value.code == "no-head"
    write(tmp_path / "runs" / "one", A)
    with pytest.raises(RecordError, match=r"is not a run record, but holds \d: name one of them, such as"):
        RunRecord.read(tmp_path / "runs")


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "{}", '{"started": 3}', "\xff", "[" * 100_000])
def test_a_broken_head(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(RecordError, match=r"run\.json is not the head of a run") as caught:
        RunRecord.read(tmp_path)
    assert caught.value.code == "broken-head"


def test_another_format(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(dumps(info_to_json(info()) | {"format": 2}), "utf-8")
    with pytest.raises(RecordError, match="format 2, and this version reads format 1: read it with") as caught:
        RunRecord.read(tmp_path)
    assert caught.value.code == "other-format"


def test_a_record_without_results_is_one(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(dumps(info_to_json(info())), "utf-8")
    assert list(RunRecord.read(tmp_path).results) == []
    assert RunRecord.read(tmp_path / "run.json").info == info()


def test_lines_of_several_processes_are_merged_by_time(tmp_path: Path) -> None:
    def line(one: Any, second: int) -> str:
        return dumps(result_to_json(one) | {"at": f"2026-03-01T12:00:{second:02}.000000Z"}) + "\n"

    write(tmp_path)
    later = result("a.a/normal/202", "error")
    (tmp_path / "results.jsonl").write_text(line(A, 1) + line(C, 9), "utf-8")
    (tmp_path / "results-gw0.jsonl").write_text(line(B, 3) + line(later, 5), "utf-8")
    (tmp_path / "results-gw1.jsonl").write_text(line(A, 4), "utf-8")
    assert list(RunRecord.read(tmp_path).results) == [later, B, C]


def test_workers_write_files_of_their_own(tmp_path: Path) -> None:
    with RecordWriter(tmp_path) as owner, RecordWriter(tmp_path, worker="gw0") as worker:
        owner.start(info())
        owner.add(A)
        worker.add(B)
        owner.add(C)
    assert cases(tmp_path) == [A.case, B.case, C.case]
    assert (tmp_path / "results-gw0.jsonl").exists()


def test_threads_share_a_writer(tmp_path: Path) -> None:
    with RecordWriter(tmp_path) as writer:
        writer.start(info())

        def work(name: int) -> None:
            for at in range(50):
                writer.add(result(f"a.{name}/normal/{at}"))

        threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(set(cases(tmp_path))) == 400


def test_latest_points_to_the_newest_run_of_runs(tmp_path: Path) -> None:
    write(tmp_path / "runs" / "one", A)
    write(tmp_path / "runs" / "two", B)
    assert cases(tmp_path / "runs" / "latest") == [B.case]
    assert os.readlink(tmp_path / "runs" / "latest") == "two"  # noqa: PTH115 - the link itself
    write(tmp_path / "elsewhere", A)
    assert not (tmp_path / "latest").exists()
    write(tmp_path / "asked", A, latest=True)
    assert cases(tmp_path / "latest") == [A.case]


def test_latest_is_a_file_where_links_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    write(tmp_path / "runs" / "one", A)
    assert cases(tmp_path / "runs" / "latest") == [A.case]


def test_somebody_elses_directory_named_latest_stays(tmp_path: Path) -> None:
    (tmp_path / "runs" / "latest").mkdir(parents=True)
    write(tmp_path / "runs" / "one", A)
    assert not (tmp_path / "runs" / "latest").is_symlink()


def test_going_on_with_a_run(tmp_path: Path) -> None:
    write(tmp_path, A)
    with RecordWriter(tmp_path, worker="gw0") as worker:
        worker.add(result("a.b/normal/202", "inconclusive"))
    with (tmp_path / "results.jsonl").open("ab") as stream:
        stream.write(b'{"case":"' + b"x" * 200_000)
    with RecordWriter(tmp_path, resume=True) as writer:
        assert writer.done == {A.case: "pass", B.case: "inconclusive"}
        writer.add(B)
        writer.add(C)
    assert list(RunRecord.read(tmp_path).results) == [A, B, C]
    assert RunRecord.read(tmp_path).damaged == ()
    assert done_cases(tmp_path) == {A.case: "pass", B.case: "pass", C.case: "pass"}


def test_going_on_after_a_line_that_lacks_only_its_end(tmp_path: Path) -> None:
    file = write(tmp_path, A, B) / "results.jsonl"
    file.write_bytes(file.read_bytes().rstrip(b"\n"))
    write(tmp_path, C, resume=True)
    assert cases(tmp_path) == [A.case, B.case, C.case]


def test_a_directory_with_a_record_is_refused_unless_it_is_gone_on_with(tmp_path: Path) -> None:
    write(tmp_path, A)
    with pytest.raises(RecordError, match="already holds a run record: continue it with --resume") as caught:
        RecordWriter(tmp_path)
    assert caught.value.code == "exists"
    with pytest.raises(RecordError, match="there is no run record"):
        RecordWriter(tmp_path / "new", resume=True)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a b", "x" * 65])
def test_a_worker_needs_a_name_fit_for_a_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="is not a valid name of a worker"):
        RecordWriter(tmp_path, worker=name)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(RecordError, match=r"cannot be written: .*; name another directory with --output") as caught:
        RecordWriter(tmp_path / "file" / "run")
    assert caught.value.code == "unwritable"
    with pytest.raises(RecordError, match="cannot be written"):
        RunDirectory.new(tmp_path / "file")


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write

    def full(fd: int, data: Any) -> int:
        if b"a.b/" in bytes(data):
            return real(fd, bytes(data)[:40])
        if b'{"case":' not in bytes(data):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(fd, data)

    with RecordWriter(tmp_path) as writer:
        writer.start(info())
        writer.add(A)
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", full)
            with pytest.raises(RecordError, match="No space left on device"):
                writer.add(B)
        writer.add(C)
    assert cases(tmp_path) == [A.case, C.case]


def test_a_closed_writer_refuses(tmp_path: Path) -> None:
    writer = RecordWriter(tmp_path)
    writer.close()
    writer.close()
    with pytest.raises(RecordError, match="was closed before"):
        writer.add(A)


def test_the_name_of_a_new_directory_is_the_time(tmp_path: Path) -> None:
    now = datetime(2026, 3, 1, 13, 0, 5, tzinfo=timezone(timedelta(hours=1)))
    assert RunDirectory.new(tmp_path / "runs", now).path.name == "2026-03-01T120005Z"
    assert RunDirectory.new(tmp_path / "runs", now.astimezone(UTC)).path.name == "2026-03-01T120005Z-2"


def test_a_record_that_vanishes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "KEPT", 0)
    record = RunRecord.read(write(tmp_path, A, B))
    (tmp_path / "results.jsonl").write_text("{}\n", "utf-8")
    with pytest.raises(RecordError, match="was changed while it was read"):
        list(record.results)


def test_a_small_record_holds_its_results_and_the_exchanges_of_a_trial_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "KEPT", 2**20)
    one, two, other = (
        replace(case, exchanges=(Exchange(SentRequest("GET", "/"), None, ms),))
        for case, ms in ((A, 1.0), (B, 1.0), (C, 3.0))
    )
    record = RunRecord.read(write(tmp_path, one, two, other))
    one, two, three = record.results
    assert one is record.results[0]
    assert one.exchanges is two.exchanges
    assert three.exchanges == other.exchanges != two.exchanges


def test_a_large_record_is_read_without_holding_it(tmp_path: Path) -> None:
    write(tmp_path)
    with (tmp_path / "results.jsonl").open("w", encoding="utf-8") as stream:
        line = dumps(result_to_json(A))
        for at in range(5_000):
            stream.write(line.replace('"case":"a.a', f'"case":"a.{at}') + "\n")
    record = RunRecord.read(tmp_path)
    assert len(record.results) == 5_000
    assert record.results[4_999].case == "a.4999/normal/202"
    assert sum(1 for _ in record.results) == 5_000


def test_a_record_that_has_not_changed_is_indexed_once_and_a_longer_one_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned: list[Path] = []
    scan = reader._scan

    def counted(file: Path, damaged: list[str]) -> Any:
        scanned.append(file)
        return scan(file, damaged)

    monkeypatch.setattr(reader, "_scan", counted)
    with RecordWriter(tmp_path / "run") as writer:
        writer.start(info())
        writer.add(result("a.b/error/404"))
        for _ in range(3):
            assert [one.case for one in RunRecord.read(tmp_path / "run").results] == ["a.b/error/404"]
        assert len(scanned) == 1
        writer.add(result("a.b/error/409"))
        assert len(RunRecord.read(tmp_path / "run").results) == 2
        assert len(scanned) == 2
