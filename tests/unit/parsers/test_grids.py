"""Tables of parameters that are written out, and tables that are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from lint_forms import document, lint
from reference_files import operations, read, section

from parsers.grids import parameters_of
from parsers.unread import account
from specs.model import Operation

HEAD = ("Parameter", "Style", "Type", "Description")


def one(root: Path, text: str) -> Operation:
    """The operation whose section holds this text."""
    (found,) = operations(root, section("Fly a kite", f".. rest_method:: PUT /kites/{{kite_id}}\n\n{text}"))
    return found


CSV = """\
**Request parameters**

.. csv-table::
   :header: "Parameter", "Style", "Type", "Description"
   :widths: 20, 20, 20, 60

   "kite_id", "URI", "csapi:UUID", "The UUID of the kite."
   "tails (Optional)", "plain", "xsd:integer", "How many tails it has, the maximum value is 9."

**Response parameters**

.. csv-table::
   :header: "Parameter", "Style", "Type", "Description"

   "colour", "plain", "xsd:string", "Its colour."
"""
LIST = """\
Request
-------

.. list-table::
   :header-rows: 1

   * - Name
     - In
     - Type
     - Required
   * - ``kite_id``
     - path
     - string
     - yes
   * - tails
     - body
     - integer
     - no
"""


@pytest.mark.parametrize("text", [CSV, LIST])
def test_rows_are_parameters(tmp_path: Path, text: str) -> None:
    found = one(tmp_path, text)
    rows = [(row.name, row.location, row.type, row.required) for row in found.request.parameters]
    assert rows == [("kite_id", "path", "string", True), ("tails", "body", "integer", False)]
    assert found.unread == ()


def test_a_response_has_its_own(tmp_path: Path) -> None:
    (row,) = one(tmp_path, CSV).response.parameters
    # Nothing of this table is marked as optional, so that nothing is known to be required.
    assert (row.name, row.location, row.required, row.line) == ("colour", "body", False, None)


def test_descriptions_constrain(tmp_path: Path) -> None:
    assert one(tmp_path, CSV).request.parameters[1].maximum == 9


def test_the_place_of_a_row_is_told_by_the_url(tmp_path: Path) -> None:
    text = ".. csv-table::\n   :header: Name, Type\n\n   kite_id, string\n   tails, integer\n"
    found = one(tmp_path, text)
    assert [row.location for row in found.request.parameters] == ["path", None]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [HEAD],
        [("Status", "Description"), ("flying", "It is in the air.")],
        [("Name", "Description"), ("tails", "How many.")],
        [HEAD, ("tails", "somewhere", "string", "")],
        [HEAD, ("two words", "body", "string", "")],
        [("Name", "Type", "Required"), ("tails", "string", "perhaps")],
    ],
)
def test_no_table_of_parameters(rows: list[tuple[str, ...]]) -> None:
    assert parameters_of(rows, range(len(rows))) is None


def test_sentences_in_the_cells_of_other_tables_are_read(tmp_path: Path) -> None:
    text = ".. list-table::\n\n   * - kite_id\n     - The status of the kite must be ``GROUNDED``.\n"
    (condition,) = one(tmp_path, text).preconditions
    assert (condition.kind, condition.any_of) == ("status", ("GROUNDED",))


def test_sentences_in_cells_that_no_rule_takes_are_unread(tmp_path: Path) -> None:

    text = (
        ".. list-table::\n\n   * - wind\n     - It must blow, and is limited to 9 of 12.\n   * - rain\n     - None.\n"
    )
    reading, specs = read(
        tmp_path, {"index.rst": section("Fly a kite", f".. rest_method:: GET /kites\n\nFlies a kite.\n\n{text}")}
    )
    unread = [entry for entry in account(reading, specs) if entry.unread]
    assert len(unread) == 1
    assert specs["index"].operations[0].unread[0] >= unread[0].line


def test_a_cell_does_not_govern_the_operation(tmp_path: Path) -> None:
    text = ".. list-table::\n\n   * - red\n     - New in version 2.7, for those who like it.\n"
    assert one(tmp_path, text).microversions.min is None


def test_a_table_has_the_line_of_its_first_text(tmp_path: Path) -> None:
    rule = "======  =====\n"
    text = f"**Kite statuses**\n\n{rule}Status  Means\n{rule}up      high\ndown    low\n{rule}"
    body = section("Fly a kite", f".. rest_method:: GET /kites\n\n{text}")
    reading, _ = read(tmp_path, {"index.rst": body})
    (table,) = [block for block in reading.files[0].operations[0].blocks if block.kind == "table"]
    lines = body.split("\n")
    assert [lines[line - 1] for line in (table.line, *table.lines)] == [
        "Status  Means", "Status  Means", "up      high", "down    low",
    ]  # fmt: skip


def test_lint_blames_no_entry_for_a_row_that_has_none(tmp_path: Path) -> None:
    table = '.. csv-table::\n   :header: "Name", "In", "Type"\n\n   "boat_id", "path", "string"\n'
    findings = lint(tmp_path, document(request="", rows="  - boat_id: boat_id", response=table))
    (message,) = [finding.message for finding in findings if finding.rule == "request-part-in-response"]
    assert "its row puts it in path" in message
    assert "entry" not in message
