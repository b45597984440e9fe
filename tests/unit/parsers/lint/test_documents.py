"""Lint: URLs, rows, titles, codes, versions and statuses of operations."""

from __future__ import annotations

from pathlib import Path

import pytest
from lint_forms import ENTRIES, document, entries, found, line_of, lint, message, table

ROWS = "  - boat_id: boat_id\n  - boat: boat\n  - name: name\n  - length: length"


def test_placeholder_without_a_row(tmp_path: Path) -> None:
    text = document("PUT /harbours/{harbour_id}/boats/{boat_id}")
    (finding,) = lint(tmp_path, text)
    assert (finding.rule, finding.line) == ("placeholder-without-row", line_of(text, "rest_method"))
    assert "{harbour_id}" in finding.message


def test_placeholder_whose_row_is_of_the_body(tmp_path: Path) -> None:
    text = document("PUT /boats/{boat_id}/names/{name}")
    (finding,) = lint(tmp_path, text)
    assert (finding.rule, finding.line) == ("placeholder-without-row", line_of(text, "- name: name"))
    assert "its entry name puts it in body" in finding.message


def test_row_without_a_placeholder(tmp_path: Path) -> None:
    text = document("PUT /boats")
    (finding,) = lint(tmp_path, text)
    assert (finding.rule, finding.line) == ("row-without-placeholder", line_of(text, "- boat_id: boat_id"))


@pytest.mark.parametrize("query", ["?deep=1", "{?limit,marker}"])
def test_placeholders_of_a_query_are_not_of_the_path(tmp_path: Path, query: str) -> None:
    assert found(tmp_path, document("PUT /boats/{boat_id}" + query)) == []


def test_unresolved_rows_do_not_count_against_the_url(tmp_path: Path) -> None:
    text = document(rows=ROWS.replace("boat_id: boat_id", "boat_id: no_such"))
    assert found(tmp_path, text) == ["undefined-parameter", "unused-parameter"]


def test_method_that_is_none(tmp_path: Path) -> None:
    assert found(tmp_path, document("METHOD /boats/{boat_id}")) == ["unknown-method"]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("Ask with ``GET /boats/\u200b{boat_id}``.", ["invisible-character"]),
        ("A word\u200bof two parts.", []),
        ("A literal ``dou\u200bble`` that is no address.", []),
    ],
)
def test_characters_without_width(tmp_path: Path, text: str, rules: list[str]) -> None:
    assert found(tmp_path, document(text=text)) == rules


def test_the_same_row_twice(tmp_path: Path) -> None:
    text = document(rows=ROWS.replace("  - name: name", "  - name: name\n  - name: name"))
    (finding,) = lint(tmp_path, text)
    assert (finding.rule, finding.certainty) == ("duplicate-row", "certain")


def test_rows_apart_may_be_of_two_objects(tmp_path: Path) -> None:
    (finding,) = lint(tmp_path, document(rows=ROWS + "\n  - name: name"))
    assert (finding.rule, finding.certainty) == ("repeated-row", "taste")


def test_rows_of_two_tables_are_no_repetition(tmp_path: Path) -> None:
    assert found(tmp_path, document(request=table("boat_id: boat_id"))) == []


def test_one_name_with_two_entries_is_no_repetition(tmp_path: Path) -> None:
    parameters = entries(
        length={**ENTRIES["length"], "max_version": "2.5"}, length_26={**ENTRIES["length"], "min_version": "2.6"}
    )
    assert found(tmp_path, document(rows=ROWS + "\n  - length: length_26"), parameters) == []


def test_titles_of_one_file_and_of_two(tmp_path: Path) -> None:
    text = document() + "\n" + document("POST /boats/{boat_id}") + "\n.. include:: more.inc\n"
    findings = lint(tmp_path, text, **{"more.inc": document("PATCH /boats/{boat_id}")})
    assert [(f.rule, f.certainty) for f in findings] == [
        ("duplicate-title", "certain"),
        ("title-used-elsewhere", "taste"),
    ]


@pytest.mark.parametrize(
    ("codes", "rules"),
    [
        ("Normal response codes: 200\n\nError response codes: badRequest(400) itemNotFound(404)", ["missing-comma"]),
        ("Normal response codes: 200\n\nError response codes: badRequest(400)\nitemNotFound(404)", ["missing-comma"]),
        ("Normal response codes: 200 202\n\nError response codes: 400", ["missing-comma"]),
        ("Normal response codes: 200 or 202\n\nError response codes: 400", []),
        ("Normal response codes: 200 (versions 2.1 - 2.73), 202\n\nError response codes: 400", []),
        ("Normal response codes: 200\n\nError response codes: badRequest(400, gone(410)", ["unbalanced-codes"]),
        ("Normal response codes: 200\n\nError response codes: badRequest(403)", ["code-name"]),
        ("Normal response codes: 200\n\nError response codes: notFound(404)", []),
        ("Normal response codes: 200, 404\n\nError response codes: 400", ["misplaced-code"]),
        ("Normal response codes: 200\n\nError response codes: 200, 400", ["misplaced-code"]),
        ("Normal response codes: 200\n\nError response codes: 404 if there is none, where an empty list gives 200", []),
        ("Normal response codes: 200\n\nError response codes: 400, 404, 400", ["duplicate-code"]),
        ("Error response codes: badRequest(400)", ["no-codes"]),
        ("No codes at all.", ["no-codes"]),
        ("Normal response codes: 200", ["no-error-codes"]),
    ],
)
def test_lists_of_codes(tmp_path: Path, codes: str, rules: list[str]) -> None:
    assert found(tmp_path, document(codes=codes)) == rules


def test_a_code_without_a_comma_behind_much_space(tmp_path: Path) -> None:
    codes = "Normal response codes: 200\n\nError response codes: 400" + " " * 50_000 + "and, (" + "a " * 50_000
    assert found(tmp_path, document(codes=codes)) == ["unbalanced-codes"]


def test_the_missing_comma_has_its_own_line(tmp_path: Path) -> None:
    codes = "Normal response codes: 200\n\nError response codes: badRequest(400), forbidden(403)\nitemNotFound(404)"
    text = document(codes=codes)
    (finding,) = lint(tmp_path, text)
    assert finding.line == line_of(text, "itemNotFound(404)")


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("If the boat has sunk, a 410 error is returned.", ["unlisted-code"]),
        ("If the boat has no name, a 400 error is returned.", []),
        ("Before a bug was mended, a 410 error was returned for a boat that floats.", []),
        ("A boat has at most 410 planks.", []),
    ],
)
def test_codes_in_prose(tmp_path: Path, text: str, rules: list[str]) -> None:
    assert found(tmp_path, document(text=text)) == rules


def test_tables_of_codes(tmp_path: Path) -> None:
    codes = ".. rest_status_code:: success status.yaml\n\n  - 200\n\n.. rest_status_code:: error status.yaml\n\n"
    assert found(tmp_path, document(codes=codes + "  - 404\n  - 404: gone\n")) == []
    assert "listed twice" in message(tmp_path, document(codes=codes + "  - 404\n  - 404\n"))


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ("This API is available starting with microversion 2.6.", ["version-against-text"]),
        ("This API is available starting with microversion 2.5.", []),
        ("The mast is counted starting with microversion 2.6.", []),
    ],
)
def test_directive_against_text(tmp_path: Path, said: str, rules: list[str]) -> None:
    url = "PUT /boats/{boat_id}\n\n   min_version: 2.5"
    text = document(url, text=said).replace(".. rest_method:: PUT /boats/{boat_id}\n\n", ".. rest_method::\n\n   PUT "
                                            "/boats/{boat_id}\n")  # fmt: skip
    assert found(tmp_path, text) == rules


def test_row_without_a_version_of_its_operation(tmp_path: Path) -> None:
    parameters = entries(length={**ENTRIES["length"], "max_version": "2.4"})
    gated = "This API is available starting with microversion 2.5."
    assert found(tmp_path, document(text=gated, sample=""), parameters) == ["row-outside-versions"]
    assert found(tmp_path, document(sample=""), parameters) == []


def test_row_below_a_heading_of_other_versions(tmp_path: Path) -> None:
    parameters = entries(length={**ENTRIES["length"], "min_version": "2.9"})
    text = document(sample="").replace(
        "Request\n-------", "Request (microversions 2.1 - 2.8)\n---------------------------------"
    )
    (finding,) = lint(tmp_path, text, parameters)
    assert (finding.rule, finding.line) == ("row-outside-versions", line_of(text, "- length: length"))


VOCABULARY = """\
Boats
=====

The server status is one of the following values:

- ``ACTIVE``. It floats.
- ``SHUTOFF``. It is ashore.
- ``VERIFY_RESIZE``. It was made longer.

"""


@pytest.mark.parametrize(
    ("status", "instead"),
    [("STOPPED", "SHUTOFF"), ("RESIZED", "VERIFY_RESIZE"), ("SHUTOFF", None), ("ACTIVE", None)],
)
def test_names_of_statuses(tmp_path: Path, status: str, instead: str | None) -> None:
    said = f"**Preconditions**\n\nThe server status must be ``{status}``."
    findings = lint(tmp_path, VOCABULARY + document(text=said))
    assert [f.rule for f in findings] == (["undocumented-status"] if instead else [])
    assert all(f.message.endswith(f"write {instead}") for f in findings)


def test_without_a_vocabulary_no_status_is_wrong(tmp_path: Path) -> None:
    assert found(tmp_path, document(text="**Preconditions**\n\nThe server status must be ``STOPPED``.")) == []
