"""Lists of codes: behind a label, below one, in bullets, in tables, below a title; and what is no list."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_files import operations, section

from parsers.document import Block
from parsers.prose.code_lists import codes_alone, read_code_lists, read_list
from specs.model import Operation


def one(root: Path, text: str) -> Operation:
    """The operation whose section holds this text."""
    (found,) = operations(root, section("Fly a kite", f".. rest_method:: POST /kites\n\n{text}"))
    return found


def codes(operation: Operation) -> tuple[list[int], list[tuple[int, str | None]]]:
    """The codes of success, and those of errors with their names."""
    responses = operation.responses
    assert all(code.listed for code in (*responses.normal, *responses.error))
    return [code.code for code in responses.normal], [(code.code, code.name) for code in responses.error]


BOLD = "**Normal response codes**\n\n200\n\n**Error response codes**\n\nwindStill (503), lineCut (400, 410, ...)"
PLAIN = "Normal response codes\n\n200\n\nError response codes\n\nwindStill (503), lineCut (400, 410, ...)"
TITLES = (
    "Normal response codes\n---------------------\n\n200\n\nError response codes\n--------------------\n\n"
    "windStill (503), lineCut (400, 410, ...)"
)


@pytest.mark.parametrize("text", [BOLD, PLAIN, TITLES])
def test_codes_below_a_heading_of_their_own(tmp_path: Path, text: str) -> None:
    found = one(tmp_path, text)
    assert codes(found) == ([200], [(503, "windStill"), (400, "lineCut"), (410, None)])
    assert found.unread == ()


@pytest.mark.parametrize("label", ["Error response codes:", "**Error response codes**", "Error response codes"])
def test_bullets_are_read_and_are_no_unread_prose(tmp_path: Path, label: str) -> None:
    found = one(tmp_path, f"Normal response codes: 200\n\n{label}\n\n- Wind Still (503)\n- Line Cut Off (410)\n")
    assert codes(found) == ([200], [(503, "Wind Still"), (410, "Line Cut Off")])
    assert found.unread == ()


def test_an_item_that_explains_its_code_is_read_as_a_sentence_too(tmp_path: Path) -> None:
    text = "Normal response codes: 200\n\nError response codes:\n\n- 403 for those who must not fly at all\n- 404\n"
    found = one(tmp_path, text)
    assert codes(found) == ([200], [(403, None), (404, None)])


def test_what_items_explain_is_listed_once(tmp_path: Path) -> None:
    text = (
        "Normal response codes: 200\n\nError response codes: 400, 404\n\n**Error responses**\n\n"
        "- 400 (Bad Request): Returned if the line is cut.\n- 410 (Gone): Returned if the kite is gone.\n"
    )
    assert [code for code, _ in codes(one(tmp_path, text))[1]] == [400, 404, 410]


@pytest.mark.parametrize(
    "table",
    [
        '.. csv-table::\n   :header: "Code", "Reason"\n\n   "404", "Kite Not Found"\n   "503", "Wind Still"\n',
        ".. list-table::\n   :header-rows: 1\n\n   * - Code\n     - Reason\n   * - 404\n     - Kite Not Found\n"
        "   * - 503\n     - Wind Still\n",
        "====  ==============\n404   Kite Not Found\n503   Wind Still\n====  ==============\n",
    ],
)
def test_codes_in_tables(tmp_path: Path, table: str) -> None:
    found = one(tmp_path, f"Normal response codes: 200\n\n**Error response codes**\n\n{table}")
    assert codes(found) == ([200], [(404, "Kite Not Found"), (503, "Wind Still")])
    lines = [code.line for code in found.responses.error]
    assert lines == sorted(set(lines))
    assert found.unread == ()


def test_a_label_that_does_not_say_which_leaves_it_to_the_numbers(tmp_path: Path) -> None:
    assert codes(one(tmp_path, "**Response codes**\n\n- 201\n- 404\n")) == ([201], [(404, None)])


def test_a_label_without_its_colon(tmp_path: Path) -> None:
    assert codes(one(tmp_path, "Normal response codes 200, 202\n\nError response codes 404")) == (
        [200, 202],
        [(404, None)],
    )


def test_a_label_without_codes_is_unread(tmp_path: Path) -> None:
    found = one(tmp_path, "Error response codes: see the guide of kites")
    assert codes(found) == ([], [])
    assert len(found.unread) == 1


def test_an_empty_list_is_no_unread_prose(tmp_path: Path) -> None:
    found = one(tmp_path, "Normal response codes: 200\nError response codes:\n")
    assert codes(found) == ([200], [])
    assert found.unread == ()


def test_a_status_of_its_own(tmp_path: Path) -> None:
    assert codes(one(tmp_path, "Flies a kite.\n\nStatus: 204 No Content")) == ([204], [])
    assert codes(one(tmp_path, "Status: flying since 204 days")) == ([], [])


def test_a_label_above_a_table_of_codes_is_read(tmp_path: Path) -> None:
    found = one(tmp_path, "Error response codes:\n\n.. rest_status_code:: error status.yaml\n\n  - 404\n")
    assert codes(found) == ([], [(404, None)])
    assert found.unread == ()


def test_no_number_of_a_sentence_becomes_a_code(tmp_path: Path) -> None:
    found = one(
        tmp_path, "**Error response codes**\n\nA kite has up to 400 tails.\n\n**Limits**\n\n200 kites fly at once."
    )
    assert codes(found) == ([], [])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Error codes: Bad Request(400), Internal Server Error(500)", ["Bad Request", "Internal Server Error"]),
        ("Error codes: Bad Request (400) and Not Found (404)", ["Bad Request", "Not Found"]),
        ("Error codes: badRequest(400), 404", ["badRequest", None]),
        ("Error codes: 404 where a line of wind gives 410", [None, "gives"]),
    ],
)
def test_names(text: str, names: list[str | None]) -> None:
    found = read_list(Block(text, 10, "codes"))
    assert found is not None
    assert [code.name for code in found[1]] == names


@pytest.mark.parametrize(
    "text", ["200", "200, 203", "``404``", "kiteLost (400, 500, ...)", "404 Not Found", "400 or 404"]
)
def test_nothing_but_codes(text: str) -> None:
    assert codes_alone(text)


@pytest.mark.parametrize(
    "text", ["", "no codes", "404 if it is gone", "Returns 404", "up to 400 tails are allowed", "2.100", "the 404"]
)
def test_more_than_codes_or_none(text: str) -> None:
    assert not codes_alone(text)


@given(st.lists(st.builds(Block, st.text(max_size=60), st.integers(1, 99), st.sampled_from(
    ["paragraph", "item", "heading", "codes", "table"])), max_size=6))  # fmt: skip
def test_any_blocks_are_read(blocks: list[Block]) -> None:
    found = read_code_lists(tuple(blocks))
    assert not found.read & found.unread
    assert all(100 <= code.code < 600 for _, held in found.lists for code in held)
