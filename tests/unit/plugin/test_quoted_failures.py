"""A failed case, and `conformance report`, quote the reference that is at hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from record_builder import info, result

from conformance.cli import main
from conformance.plugin.failure import failure_lines
from parsers.kept import kept_release
from specs.record.model import Source
from specs.record.writer import RecordWriter

BROKEN = result("a.b/normal/202", "fail", source=Source("api-ref/boats.inc", 1))


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("APIREF_CONFORMANCE_CACHE", str(tmp_path / "cache"))
    found = tmp_path / "cache/releases/nova-34.0.0"
    (found / "api-ref").mkdir(parents=True)
    (found / "api-ref/boats.inc").write_text("A boat floats.\n", "utf-8")
    return found


def test_a_fetched_release_is_found_without_an_index(release: Path) -> None:
    assert kept_release({"package": "nova", "version": "34.0.0"}) == release
    assert kept_release({"package": "Nova", "version": "34.0.0"}) == release


@pytest.mark.parametrize(
    "reference",
    [
        {},
        {"package": "nova"},
        {"package": "nova", "version": "33.0"},
        {"package": "nova", "version": "/../nova-34.0.0"},
    ],
)
def test_another_reference_is_not_found(release: Path, reference: dict[str, str]) -> None:
    assert kept_release(reference) is None


def test_a_failed_case_quotes_the_sentence(release: Path) -> None:
    assert any(line.strip() == ">     1  A boat floats." for line in failure_lines(BROKEN, info()))


def test_a_failed_case_tells_what_is_known_of_it(release: Path) -> None:
    assert "Known        So it is. (nova/a.py:2)" in failure_lines(BROKEN, info(), "So it is. (nova/a.py:2)")
    assert not any(line.startswith("Known") for line in failure_lines(BROKEN, info()))


def test_a_failed_case_without_the_reference_quotes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APIREF_CONFORMANCE_CACHE", str(tmp_path))
    assert not any("> " in line for line in failure_lines(BROKEN, info()))


@pytest.mark.parametrize("named", [True, False])
def test_the_report_takes_the_named_directory_or_the_release(release: Path, tmp_path: Path, named: bool) -> None:
    with RecordWriter(tmp_path / "run") as writer:
        writer.start(info())
        writer.add(BROKEN)
        writer.finish(info())
    options = []
    if named:
        mine = tmp_path / "mine/api-ref"
        mine.mkdir(parents=True)
        (mine / "boats.inc").write_text("My boat floats.\n", "utf-8")
        options = ["--reference", str(mine.parent)]
    done = CliRunner().invoke(main, ["report", str(tmp_path / "run"), *options])
    assert done.exit_code == 0, done.output
    assert ("My boat floats." if named else "A boat floats.") in done.output
