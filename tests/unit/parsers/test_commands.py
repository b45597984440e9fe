"""Build, check and diff, as functions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from reference_files import DOCUMENT, section, write

from parsers import commands
from parsers.errors import DocumentError, NotFoundError
from specs.load import SpecError, load_directory


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APIREF_CONFORMANCE_CACHE", str(tmp_path_factory.mktemp("cache")))


def test_a_build_writes_the_same_bytes_again(tmp_path: Path) -> None:
    write(tmp_path / "r")
    first = commands.build(tmp_path / "r", "things", output=tmp_path / "out", cache=False)
    bytes_then = (tmp_path / "out/index.yaml").read_bytes()
    second = commands.build(tmp_path / "r", "things", output=tmp_path / "out", cache=False)
    assert (first.operations, first.files, first.written) == (1, 1, ("index.yaml",))
    assert second.written == ()
    assert (tmp_path / "out/index.yaml").read_bytes() == bytes_then
    assert [path.name for path in tmp_path.iterdir()] in (["out", "r"], ["r", "out"])


def test_the_process_that_waits_for_the_documents_does_without_docutils() -> None:
    modules = "parsers.commands, parsers.prose, parsers.unread, specs.dump"
    command = [sys.executable, "-c", f"import sys, {modules}; print('docutils' in sys.modules)"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"


def test_the_output_defaults_to_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = commands.build(write(tmp_path / "r"), "things")
    assert result.output == Path("specs/things")
    assert (tmp_path / "specs/things/index.yaml").is_file()


def test_specs_of_an_earlier_build_go_and_other_files_stay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    old = section("Old", ".. rest_method:: GET /old")
    write(tmp_path / "r", {"old.inc": old, "index.rst": DOCUMENT + "\n.. include:: old.inc\n"})
    commands.build(tmp_path / "r", "things", output=out)
    (out / "NOTICE").write_text("mine")
    (out / "other.yaml").write_text("mine: true\n")
    write(tmp_path / "r")
    result = commands.build(tmp_path / "r", "things", output=out)
    assert result.removed == ("old.yaml",)
    assert sorted(path.name for path in out.iterdir()) == ["NOTICE", "index.yaml", "other.yaml"]


def test_a_build_that_fails_changes_nothing(tmp_path: Path) -> None:
    commands.build(write(tmp_path / "r"), "things", output=tmp_path / "out")
    before = {path: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    write(tmp_path / "r", {"parameters.yaml": "a: [", "index.rst": DOCUMENT.replace("Paints", "Colours")})
    with pytest.raises(DocumentError, match=r"parameters.yaml:\d+: this is not YAML"):
        commands.build(tmp_path / "r", "things", output=tmp_path / "out")
    assert {path: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_an_output_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(NotFoundError, match="the specs cannot be written"):
        commands.build(write(tmp_path / "r"), "things", output=tmp_path / "out")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("index.rst", DOCUMENT.replace("Paints", "Colours")),
        ("parameters.yaml", "{}"),
        ("new.rst", "New\n===\n"),
        ("conf.py", "exclude_patterns = ['x']\n"),
        ("../samples/paint.json", "{}"),
    ],
)
def test_an_unchanged_reference_is_not_read_again(tmp_path: Path, name: str, content: str) -> None:
    def build() -> bool:
        return commands.build(tmp_path / "r", "things", output=tmp_path / "out", keep_going=True).unchanged

    write(tmp_path / "r")
    assert [build(), build()] == [False, True]
    for path in (tmp_path / "r").rglob("*.rst"):
        os.utime(path)  # times do not count
    assert build()
    write(tmp_path / "r", {name: content})
    assert [build(), build()] == [False, True]
    (tmp_path / "out/index.yaml").unlink()
    assert [build(), build()] == [False, True]


def test_the_report_accounts_for_every_stretch_of_prose(tmp_path: Path) -> None:
    text = DOCUMENT.replace("Paints a thing.", "Gibbers the frobnicated quux whenever two moons are full.")
    write(tmp_path / "r", {"index.rst": text})
    result = commands.build(tmp_path / "r", "things", output=tmp_path / "out", report=tmp_path / "a.json")
    content = json.loads((tmp_path / "a.json").read_text())
    assert content["stretches"] == result.blocks > 4
    assert content["unread"] == result.unread == len(content["lines"])
    commands.build(tmp_path / "r", "things", output=tmp_path / "out", report=tmp_path / "a.txt")
    last = (tmp_path / "a.txt").read_text().splitlines()[-1]
    assert last == f"{result.unread} of {result.blocks} passages of prose are unread ({result.unread_share:.1%})"


def test_check_compares_with_the_reference(tmp_path: Path) -> None:
    commands.build(write(tmp_path / "r"), "things", output=tmp_path / "out")
    assert commands.check(tmp_path / "out", tmp_path / "r").status == 0
    write(tmp_path / "r", {"index.rst": DOCUMENT.replace("badRequest(400)", "badRequest(400), conflict(409)")})
    result = commands.check(tmp_path / "out", tmp_path / "r")
    assert result.status == 1
    assert "+    - {code: 409, name: conflict, line: " in result.diff


def test_check_refuses_what_is_no_spec(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="the directory does not exist"):
        commands.check(tmp_path / "none")
    commands.build(write(tmp_path / "r"), "things", output=tmp_path / "out")
    path = tmp_path / "out/index.yaml"
    path.write_text(path.read_text().replace("code: 202", "code: 20"))
    with pytest.raises(SpecError, match="20 is less than the minimum of 100"):
        commands.check(tmp_path / "out", tmp_path / "r")


def test_diff_takes_specs_and_references(tmp_path: Path) -> None:
    commands.build(write(tmp_path / "r"), "things", output=tmp_path / "out")
    assert commands.diff(tmp_path / "out", tmp_path / "r").changes == ()
    assert commands.diff(tmp_path / "out/index.yaml", tmp_path / "r/api-ref/source").changes == ()
    write(tmp_path / "r", {"index.rst": DOCUMENT.replace("codes: 202", "codes: 200")})
    assert [str(change) for change in commands.diff(tmp_path / "out", tmp_path / "r").breaking] == [
        "index.paint: normal code 202 removed"
    ]


def test_specs_lie_open_for_loading(tmp_path: Path) -> None:
    commands.build(write(tmp_path / "r"), "things", output=tmp_path / "out")
    (operation,) = load_directory(tmp_path / "out").operations
    assert operation.preconditions[0].kind == "exists"
