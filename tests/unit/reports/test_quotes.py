"""Reports quote the sentence that a deviation is about, and only from the directory of the reference."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from record_builder import record, result

from reports import text
from reports.html import page
from reports.quotes import LONGEST, Quotes, together
from reports.sarif import sarif
from reports.view import view
from specs.record.model import Source

DOCUMENT = """\
Lock
====

Locks a boat. A locked boat
stays where it is.

- The boat must be afloat.
- The anchor must be down.

The end.
"""
ENTRIES = """\
boat_id:
  description: |
    The boat.
  in: path
name:
  description: |
    Its name.
  in: body
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "reference"
    (folder / "api-ref").mkdir(parents=True)
    (folder / "api-ref/boats.inc").write_text(DOCUMENT, "utf-8")
    (folder / "api-ref/parameters.yaml").write_text(ENTRIES, "utf-8")
    (tmp_path / "secret.inc").write_text("a secret\n", "utf-8")
    (folder / "key.pem").write_text("a key\n", "utf-8")
    return folder


def said(root: Path, path: str, line: int) -> list[str]:
    return [line.text for line in Quotes(root).of(Source(path, line)) if line.said]


def test_the_paragraph_with_two_lines_around_it(root: Path) -> None:
    quote = Quotes(root).of(Source("api-ref/boats.inc", 4))
    assert [(line.number, line.text, line.said) for line in quote] == [
        (2, "====", False),
        (3, "", False),
        (4, "Locks a boat. A locked boat", True),
        (5, "stays where it is.", True),
        (6, "", False),
        (7, "- The boat must be afloat.", False),
    ]


def test_one_item_of_a_list_and_one_entry_of_a_parameter_file(root: Path) -> None:
    assert said(root, "api-ref/boats.inc", 7) == ["- The boat must be afloat."]
    assert said(root, "api-ref/parameters.yaml", 5) == ["name:", "  description: |", "    Its name.", "  in: body"]


def test_a_long_passage_is_cut(root: Path) -> None:
    (root / "long.inc").write_text("word\n" * 100, "utf-8")
    assert len(said(root, "long.inc", 1)) == LONGEST


@pytest.mark.parametrize("path", ["../secret.inc", "/etc/hosts", "key.pem", "gone.inc", "api-ref", "\0.inc"])
def test_nothing_else_is_read(root: Path, path: str) -> None:
    assert Quotes(root).of(Source(path, 1)) == ()


@pytest.mark.parametrize("line", [0, -1, 99])
def test_a_line_that_is_not_there(root: Path, line: int) -> None:
    assert Quotes(root).of(Source("api-ref/boats.inc", line)) == ()


def test_without_the_reference_the_report_says_how_to_have_it() -> None:
    assert Quotes().of(Source("api-ref/boats.inc", 4)) == ()
    assert "`conformance build boats==1.0` fetches it" in Quotes().sentence({"package": "boats", "version": "1.0"})
    assert "--reference names its directory" in Quotes().sentence({})


def test_every_form_of_report_quotes(root: Path) -> None:
    broken = result("a.b/normal/202", "fail", source=Source("api-ref/boats.inc", 4))
    seen = view(record(broken), lambda reference: root)
    assert ">     4  Locks a boat. A locked boat" in text.of_view(seen)
    assert "the reference is quoted from nova==34.0.0" in text.of_view(seen)
    assert '<span class="said">    4  Locks a boat. A locked boat</span>' in page(seen)
    place = sarif([seen])["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["region"] == {
        "startLine": 4,
        "endLine": 5,
        "snippet": {"text": "Locks a boat. A locked boat\nstays where it is."},
    }
    assert (place["contextRegion"]["startLine"], place["contextRegion"]["endLine"]) == (2, 7)


def test_several_references_are_named_in_one_sentence() -> None:
    nova, other = "the reference is quoted from nova==34.0.0", "the reference is not at hand, so it is not quoted: how"
    assert together([nova, "", nova]) == nova
    assert together([nova, other]) == f"{nova}; {other}"
    several = together([nova, other, nova.replace("nova==34", "cinder==29"), nova.replace("nova==34", "glance==33")])
    assert several == f"the references are quoted from nova==34.0.0, cinder==29.0.0 and glance==33.0.0; {other}"


def test_a_report_without_a_reference_quotes_nothing() -> None:
    seen = view(record(result("a.b/normal/202", "fail", source=Source("api-ref/boats.inc", 4))), lambda reference: None)
    assert "the reference is not at hand" in text.of_view(seen)
    assert "snippet" not in json.dumps(sarif([seen]))
    assert view(record(result("a.b/normal/202", "fail"))).quoting == ""


def test_of_a_long_entry_the_sentence_that_the_requirement_is_about(tmp_path: Path) -> None:
    form = "\n".join(f"    A part of its form, {at}." for at in range(LONGEST))
    entry = (
        f"left:\n  description: |\n    When it left.\n{form}\n    If it is afloat, it is ``null``.\n  in: body\nname:\n"
    )
    (tmp_path / "p.yaml").write_text(entry + "  description: null\n", "utf-8")

    def quoted(requirement: str) -> list[str]:
        return [line.text.strip() for line in Quotes(tmp_path).of(Source("p.yaml", 1), requirement) if line.said]

    assert quoted("a.show/body/left/null-if-afloat") == ["If it is afloat, it is ``null``."]
    assert quoted("a.show/body/left")[0] == "left:"
    assert quoted("a.show/body/left/empty-always")[0] == "left:", "no line has the word"
