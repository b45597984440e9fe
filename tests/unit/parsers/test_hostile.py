"""References that try what they may not: one clear sentence each, and nothing read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from reference_files import section, write

from parsers import commands
from parsers.errors import DocumentError, HostileError, NotFoundError
from parsers.errors import ReferenceError as OurReferenceError

_UP = "../" * 30


def _document(body: str) -> str:
    return section("Old", f".. rest_method:: GET /things\n\n{body}")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f".. include:: {_UP}etc/passwd", "leaves the root"),
        (f".. literalinclude:: {_UP}etc/passwd", "leaves the root"),
        (f".. rest_parameters:: {_UP}etc/passwd\n\n  - a: name", "leaves the root"),
        (f".. rest_status_code:: success {_UP}etc/passwd\n\n  - 200", "leaves the root"),
        (".. rest_parameters:: http://127.0.0.1:9/p.yaml\n\n  - a: name", "is a network address"),
        (".. include:: https://127.0.0.1:9/p.inc", "is a network address"),
        (".. include:: index.rst", "includes itself"),
        (".. include:: loop.inc", "includes itself"),
        (".. include:: link.inc", "leads outside"),
        (".. include:: pipe.inc", "not a regular file"),
        (".. include:: twice0.inc", "includes more than"),
        ("- " * 2000 + "x", "nested too deeply"),
        ("\n".join(" " * n + "x" for n in range(300)), "indented by more than"),
        ("x" * 300_000, "a line is longer than"),
        (".. rest_parameters:: parameters.yaml\n\n" + "  - a: name\n" * 6000, "more than 5,000 rows"),
    ],
)
def test_what_no_reference_may_do(tmp_path: Path, body: str, said: str) -> None:
    files: dict[str, str | bytes] = {"index.rst": _document(body), "loop.inc": ".. include:: ../source/loop.inc\n"}
    files |= {f"twice{n}.inc": f".. include:: twice{n + 1}.inc\n\n" * 60 for n in range(3)}
    write(tmp_path / "r", files | {"twice3.inc": "End."})
    top = tmp_path / "r/api-ref/source"
    (tmp_path / "secret").write_text("secret")
    (top / "link.inc").symlink_to(tmp_path / "secret")
    os.mkfifo(top / "pipe.inc")
    with pytest.raises(HostileError) as caught:
        commands.read(tmp_path / "r")
    assert said in str(caught.value)
    assert "api-ref/source/" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["raw", "csv-table"])
@pytest.mark.parametrize("option", [":file: secret", ":url: http://127.0.0.1:9/"])
def test_files_and_addresses_of_other_directives_are_not_read(tmp_path: Path, name: str, option: str) -> None:
    document = _document(f".. {name}:: html\n   {option}\n")
    reading, _ = commands.read(write(tmp_path, {"index.rst": document, "secret": "secret words"}))
    assert not any("secret" in block.text for block in reading.files[0].operations[0].blocks)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"T\n=\n\n.. rest_method:: GET /x\n\n\xe9\n", "index.rst:6: byte 0xe9 is not UTF-8"),
        (b"T\n=\n\n.. rest_method:: GET /x\n\na\0b\n", "index.rst:6: the text holds a NUL"),
        ("T\n=\n".encode("utf-16"), "is not UTF-8"),
        (b"", "no operation"),
        (b"T\n=\n\nText.\n", "no operation"),
        (b".. rest_method:: GET /x\n", "no operation"),
    ],
)
def test_what_is_no_document(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises((DocumentError, NotFoundError), match=said):
        commands.read(write(tmp_path, {"index.rst": content}))


def test_a_huge_file_is_not_even_opened(tmp_path: Path) -> None:
    write(tmp_path)
    with (tmp_path / "api-ref/source/index.rst").open("wb") as stream:
        stream.truncate(100 * 1024 * 1024)
    with pytest.raises(HostileError, match="104,857,600 bytes"):
        commands.read(tmp_path)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (".. rest_parameters:: parameters.yaml\n\n  - a: nothing", "does not define nothing"),
        (".. rest_parameters:: missing.yaml\n\n  - a: nothing", "there is no file api-ref/source/missing.yaml"),
        (".. literalinclude:: missing.json", "the sample api-ref/source/missing.json"),
        (".. include:: missing.inc", "there is no file api-ref/source/missing.inc"),
    ],
)
def test_what_is_missing_stops_a_build_unless_told_otherwise(tmp_path: Path, body: str, said: str) -> None:
    write(tmp_path, {"index.rst": _document(body)})
    with pytest.raises(DocumentError, match=r"api-ref/source/index.rst:\d+: ") as caught:
        commands.build(tmp_path, "things", output=tmp_path / "out")
    assert said in str(caught.value)
    assert "--keep-going" in str(caught.value)
    assert not (tmp_path / "out").exists()
    assert commands.build(tmp_path, "things", output=tmp_path / "out", keep_going=True).operations == 1


@pytest.mark.parametrize("sample", ["[" * 100_000, "[NaN]", "[1e999]", '"\\ud800"', "{", "", "\0"])
def test_a_sample_that_is_no_json_is_marked(tmp_path: Path, sample: str) -> None:
    document = _document(".. literalinclude:: s.json")
    _, specs = commands.read(write(tmp_path, {"index.rst": document, "s.json": sample}), keep_going=True)
    (operation,) = specs["index"].operations
    (held,) = operation.request.samples + operation.response.samples
    assert (held.valid, held.body) == (False, None)


def test_the_configuration_of_a_reference_is_not_run(tmp_path: Path) -> None:
    made = tmp_path / "made"
    write(tmp_path, {"conf.py": f"open({str(made)!r}, 'w')\nx = {'(' * 500}\n"})
    commands.read(tmp_path)
    assert not made.exists()


def test_errors_say_what_where_and_how_to_mend() -> None:
    error = OurReferenceError("it is  \n broken", where="a:1", mend="mend it")
    assert str(error) == "a:1: it is broken; mend it."
