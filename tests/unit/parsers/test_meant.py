"""Text that was meant as a directive: what is read all the same, what is only told, and what is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lint_forms import document, line_of, lint
from reference_files import read

from parsers.meant import FACTS, meant, read_as_meant
from parsers.unread import account


@pytest.mark.parametrize(
    ("line", "instead", "clear"),
    [
        ("..rest_method:: GET /kites", ".. rest_method:: GET /kites", True),
        (".. rest_methods:: GET /kites", ".. rest_method:: GET /kites", True),
        (".. rest-method:: GET /kites", ".. rest_method:: GET /kites", True),
        (".. rest_metod:: GET /kites", ".. rest_method:: GET /kites", True),
        (".. rest_method::GET /kites", ".. rest_method:: GET /kites", True),
        ("...rest_method:: GET /kites", ".. rest_method:: GET /kites", True),
        ("  ..rest_parameter:: p.yaml", "  .. rest_parameters:: p.yaml", True),
        ("..note:: Mind the wind.", ".. note:: Mind the wind.", True),
        (".. rest_method: GET /kites", ".. rest_method:: GET /kites", False),
        (".. rest_method GET /kites", ".. rest_method:: GET /kites", False),
        (". rest_method:: GET /kites", ".. rest_method:: GET /kites", False),
        ("rest_method:: GET /kites", ".. rest_method:: GET /kites", False),
        (".. rest_status_code: error s.yaml", ".. rest_status_code:: error s.yaml", False),
        (".. literal include:: a.json", ".. literalinclude:: a.json", False),
    ],
)
def test_meant_as_a_directive(line: str, instead: str, clear: bool) -> None:
    found = meant(line)
    assert found is not None
    assert (found.instead, found.clear) == (instead, clear)


@pytest.mark.parametrize(
    "line",
    [
        ".. rest_method:: GET /kites",
        ".. REST_METHOD:: GET /kites",
        ".. rest_method ::",
        ".. needs:a_look",
        ".. note: for whoever writes the next one",
        ".. TODO: more codes",
        ".. _rest_method: https://kites.example",
        ".. autoclass:: Kite",
        "The rest method is GET.",
        "See parameters.yaml: rest_parameters reads it.",
        "",
        "..",
    ],
)
def test_not_meant_as_a_directive(line: str) -> None:
    assert meant(line) is None


@given(st.sampled_from(FACTS), st.text(st.characters(categories=("L", "N"), max_codepoint=127), max_size=10))
def test_a_directive_as_it_stands_is_left_alone(name: str, rest: str) -> None:
    line = f".. {name}:: {rest}"
    assert read_as_meant([line]) == [line]


@given(st.lists(st.text(st.characters(exclude_characters="\n\r"), max_size=30), max_size=8))
def test_no_line_is_added_or_taken_away(lines: list[str]) -> None:
    made = read_as_meant(lines)
    assert len(made) == len(lines)
    assert all(meant(line) is None or not meant(line).clear for line in made)  # type: ignore[union-attr]


def rules(root: Path, text: str) -> list[tuple[str, int]]:
    return [(finding.rule, finding.line) for finding in lint(root, text)]


def test_a_method_without_the_blank_is_read_and_told(tmp_path: Path) -> None:
    text = document().replace(".. rest_method::", "..rest_method::")
    assert rules(tmp_path, text) == [("mistyped-directive", line_of(text, "rest_method"))]
    reading, _ = read(tmp_path, {"index.rst": text})
    assert reading.operations == 1


def test_a_method_with_one_colon_is_told_and_is_no_operation(tmp_path: Path) -> None:
    text = document() + "\n" + document("GET /boats/{boat_id}", title="Show a boat").replace("method::", "method:")
    line = text.count("\n", 0, text.index("rest_method: ")) + 1
    assert ("unread-directive", line) in rules(tmp_path, text)
    reading, specs = read(tmp_path, {"index.rst": text})
    assert reading.operations == 1
    unread = [entry for entry in account(reading, specs) if entry.unread]
    assert [(entry.path, entry.line) for entry in unread] == [("api-ref/source/index.rst", line)]


def test_nothing_is_claimed_of_a_table_that_was_not_read(tmp_path: Path) -> None:
    text = document().replace(".. rest_parameters::", ".. rest_parameters:")
    assert rules(tmp_path, text) == [("unread-directive", line_of(text, "rest_parameters"))]


def test_no_code_is_missed_of_a_table_that_was_not_read(tmp_path: Path) -> None:
    text = document(codes=".. rest_status_code: success status.yaml\n\n  - 200")
    assert rules(tmp_path, text) == [("unread-directive", line_of(text, "rest_status_code"))]


def test_a_directive_within_another_is_told(tmp_path: Path) -> None:
    text = document().replace("\n.. rest_parameters::", "\n.. rest_method:: GET /x\n   .. rest_parameters::", 1)
    text = text.replace(".. rest_method:: PUT /boats/{boat_id}", "")
    assert ("unread-directive", line_of(text, "   .. rest_parameters")) in rules(tmp_path, text)


@pytest.mark.parametrize("above", [".. The method of the boats", "The method of the boats::"])
def test_a_directive_that_its_indentation_hides_is_told(tmp_path: Path, above: str) -> None:
    text = document(text=f"Refits a boat.\n\n{above}\n\n  .. rest_status_code:: error status.yaml")
    assert ("unread-directive", line_of(text, "rest_status_code")) in rules(tmp_path, text)


@pytest.mark.parametrize("above", ["..", ".. code::", ".. only:: pdf"])
def test_what_is_hidden_on_purpose_is_not_told(tmp_path: Path, above: str) -> None:
    text = document(text=f"Refits a boat.\n\n{above}\n\n  .. rest_status_code:: error status.yaml")
    assert rules(tmp_path, text) == []


def test_a_directive_right_behind_text_is_told(tmp_path: Path) -> None:
    text = document(text="Refits a boat.\n.. rest_status_code:: error status.yaml")
    assert ("unread-directive", line_of(text, "rest_status_code")) in rules(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "..\n  .. rest_method: GET /old\n",
        "Write::\n\n  ..rest_method: GET /x\n",
        ".. code::\n\n  .. rest_method: GET /x\n",
    ],
)
def test_what_stands_in_a_comment_or_a_literal_block_is_not_told(tmp_path: Path, text: str) -> None:
    assert rules(tmp_path, document(text=text)) == []


def test_no_such_line_is_known_to_promise_nothing(tmp_path: Path) -> None:
    text = document(text="rest_method:: PUT /other")
    reading, specs = read(tmp_path, {"index.rst": text})
    (operation,) = specs["index"].operations
    assert operation.unread == (line_of(text, "rest_method:: PUT /other"),)
    assert [entry.line for entry in account(reading, specs) if entry.unread] == [operation.unread[0]]
