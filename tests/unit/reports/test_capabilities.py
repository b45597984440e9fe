"""Several runs that followed a guideline, side by side by capability."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from spinning import GONE, HUM, SHOW, TEXT, but, needs, passed, written

from reports.commands import report
from specs.guideline.needed import FILE, Declared


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    first = written(tmp_path / "may", passed())
    second = written(tmp_path / "june", but(GONE, "unknown-id", "fail"))
    more = TEXT.replace("- id: hum\n", "- id: sing\n").replace('version: "1.2"', 'version: "1.3"')
    results = [one for one in passed() if one.requirement not in (SHOW,)]
    return [first, second, written(tmp_path / "july", results, needs(more, Declared("no-spin", "no axle")))]


def test_the_terminal_shows_the_counts_of_each_run_and_what_differs(runs: list[Path]) -> None:
    lines = report(runs).text.splitlines()
    assert "may  spinning 1.2: 3 proved" in lines
    assert "june  spinning 1.2: 2 proved, 1 broken" in lines
    assert "july  spinning 1.3: 1 proved, 1 not proved, 1 excepted" in lines
    assert "The runs differ on 4 capabilities." in lines
    assert "  spin: proved, broken, excepted" in lines
    assert "  hum: proved, proved, not in it" in lines


def test_the_page_has_a_row_for_each_capability(runs: list[Path], tmp_path: Path) -> None:
    report(runs, html=tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    section = page[page.index('<section id="capabilities">') : page.index('<section id="differ">')]
    assert section.count("<tr>") == 1 + 4
    assert section.index("broken") < section.index("excepted")


@pytest.mark.parametrize("form", ["csv", "md", "json"])
def test_the_matrix_of_several_runs_is_by_capability(runs: list[Path], tmp_path: Path, form: str) -> None:
    report(runs, matrix=tmp_path / f"m.{form}")
    text = (tmp_path / f"m.{form}").read_text()
    if form == "json":
        data = json.loads(text)
        assert [run["run"] for run in data["runs"]] == ["may", "june", "july"]
        assert data["capabilities"][0]["standings"] == ["proved", "broken", "excepted"]
    elif form == "csv":
        assert text.splitlines()[1] == "spin,Spin widgets,proved,broken,excepted"
    else:
        assert "| Spin widgets | proved | broken | excepted |" in text.splitlines()


def test_runs_without_a_guideline_have_no_matrix(runs: list[Path], tmp_path: Path) -> None:
    (runs[1] / FILE).unlink()
    with pytest.raises(ValueError, match="--matrix is for one run, or for several that each followed a guideline"):
        report(runs, matrix=tmp_path / "m.csv")
    report(runs, html=tmp_path / "page.html")
    assert 'id="capabilities"' not in (tmp_path / "page.html").read_text()
    assert HUM not in report(runs).text
