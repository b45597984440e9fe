"""Lint: entries of parameter files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lint_forms import ENTRIES, document, entries, found, line_of, lint, message, table

NAME = ENTRIES["name"]


def test_a_sound_reference_has_no_findings(tmp_path: Path) -> None:
    assert lint(tmp_path) == []


def test_undefined_parameter(tmp_path: Path) -> None:
    text = document(rows="  - boat_id: boat_id\n  - boat: boat\n  - name: nmae\n  - length: length")
    findings = {finding.rule: finding for finding in lint(tmp_path, text)}
    assert sorted(findings) == ["undefined-parameter", "unused-parameter"]
    assert findings["undefined-parameter"].line == line_of(text, "nmae")
    assert "does not define nmae" in findings["undefined-parameter"].message


def test_unused_parameter_with_its_line(tmp_path: Path) -> None:
    parameters = entries(mast={**NAME})
    (finding,) = lint(tmp_path, parameters=parameters)
    assert (finding.rule, finding.certainty) == ("unused-parameter", "certain")
    assert (finding.path, finding.line) == ("api-ref/source/parameters.yaml", line_of(parameters, "mast:"))


def test_an_entry_that_others_merge_is_used(tmp_path: Path) -> None:
    base = "base: &base\n  description: A word.\n  in: body\n  required: false\n  type: string\nflag:\n  <<: *base\n"
    text = document(rows="  - boat_id: boat_id\n  - boat: boat\n  - name: name\n  - length: length\n  - flag: flag")
    assert lint(tmp_path, text, entries() + "\n" + base) == []


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("requered", "required"), ("require", "required"), ("requried", "required"), ("tpye", "type"),
     ("descripition", "description"), ("min-version", "min_version"), ("max_verison", "max_version")],
)  # fmt: skip
def test_misspelt_keys(tmp_path: Path, wrong: str, right: str) -> None:
    kept = {key: value for key, value in NAME.items() if key != right}
    parameters = entries(name={**kept, wrong: NAME.get(right, 2.7)})
    findings = lint(tmp_path, parameters=parameters, sample={"boat": {"name": "x", "length": 1}})
    assert [f.rule for f in findings] == ["misspelt-key"]
    assert findings[0].message.endswith(f"write {right}")
    assert findings[0].line == line_of(parameters, f"  {wrong}:")


def test_a_key_of_another_word_is_a_matter_of_taste(tmp_path: Path) -> None:
    (finding,) = lint(tmp_path, parameters=entries(name={**NAME, "xml_name": "boat"}))
    assert (finding.rule, finding.certainty) == ("unknown-key", "taste")


@pytest.mark.parametrize("key", ["in", "type", "required"])
def test_missing_keys(tmp_path: Path, key: str) -> None:
    findings = lint(tmp_path, parameters=entries(length={**ENTRIES["length"], key: None}))
    assert [f.rule for f in findings] == ["missing-key"]
    assert f"`{key}`" in findings[0].message


@pytest.mark.parametrize(
    ("entry", "change", "rule"),
    [
        ("name", {"in": "boddy"}, "unknown-location"),
        ("boat_id", {"required": False}, "optional-path-parameter"),
        ("length", {"description": None}, "missing-description"),
        ("length", {"type": "enum"}, "uncommon-type"),
    ],
)
def test_values_that_no_entry_has(tmp_path: Path, entry: str, change: dict[str, Any], rule: str) -> None:
    assert found(tmp_path, parameters=entries(**{entry: {**ENTRIES[entry], **change}})) == [rule]


def test_type_in_other_letters_is_no_defect(tmp_path: Path) -> None:
    assert found(tmp_path, parameters=entries(name={**NAME, "type": "String"})) == []


def test_entry_defined_twice(tmp_path: Path) -> None:
    again = "name:\n  description: Again.\n  in: body\n  required: true\n  type: string\n"
    assert "defined again" in message(tmp_path, parameters=entries() + "\n" + again)


def test_version_that_ends_before_it_begins(tmp_path: Path) -> None:
    parameters = entries(length={**ENTRIES["length"], "min_version": "2.100", "max_version": "2.99"})
    assert found(tmp_path, parameters=parameters) == ["backward-range"]


def test_versions_are_compared_as_numbers(tmp_path: Path) -> None:
    parameters = entries(length={**ENTRIES["length"], "min_version": "2.9", "max_version": "2.10"})
    assert found(tmp_path, parameters=parameters) == []


def test_version_that_is_none(tmp_path: Path) -> None:
    assert found(tmp_path, parameters=entries(length={**ENTRIES["length"], "min_version": "soon"})) == [
        "malformed-version"
    ]


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ("Its length. **New in version 2.8**", ["version-against-description"]),
        ("Its length. Available since version 2.8.", ["version-against-description"]),
        ("Its length. New in version 2.7", []),
        ("Its length. Since version 2.8 it may be a fraction.", []),
        ("Its length. The mast is new in version 2.8 and of oak.", []),
    ],
)
def test_version_against_description(tmp_path: Path, said: str, rules: list[str]) -> None:
    entry = {**ENTRIES["length"], "description": f'"{said}"', "min_version": "2.7"}
    assert found(tmp_path, parameters=entries(length=entry)) == rules


def test_what_a_response_cannot_have(tmp_path: Path) -> None:
    text = document(response=table("boat: boat", "id: boat_id"))
    (finding,) = lint(tmp_path, text)
    assert (finding.rule, finding.line) == ("request-part-in-response", line_of(text, "- id: boat_id"))


def test_flaws_of_files(tmp_path: Path) -> None:
    text = document() + "\n.. include:: gone.inc\n"
    assert found(tmp_path, text) == ["missing-include"]


def test_file_that_no_document_includes(tmp_path: Path) -> None:
    orphan = {"alone.inc": document(title="Sink a boat")}
    (finding,) = lint(tmp_path, **orphan)
    assert (finding.rule, finding.path) == ("orphaned-file", "api-ref/source/alone.inc")


def test_file_without_operations_may_lie_about(tmp_path: Path) -> None:
    assert found(tmp_path, **{"alone.inc": "Words about boats.\n"}) == []


def lists(brief: str, detailed: str) -> tuple[str, str]:
    """Two lists of boats with the rows of their queries, and the parameter file."""
    entry = {"description": "Selects.", "in": "query", "required": False, "type": "string"}
    text = document("GET /boats", title="List boats", rows=brief, sample="")
    more = document("GET /boats/detail", title="List boats with details", rows=detailed, sample="")
    unused: dict[str, Any] = dict.fromkeys(("boat_id", "boat", "name", "length"))
    return f"{text}\n{more}", entries(hue=entry, mast=entry, **unused)


def test_lists_of_the_same_elements_with_different_filters(tmp_path: Path) -> None:
    text, parameters = lists("  - hue: hue\n  - mast: mast", "  - hue: hue")
    (finding,) = lint(tmp_path, text, parameters)
    assert (finding.rule, finding.certainty) == ("filter-of-one-list", "taste")
    assert finding.line == line_of(text, "GET /boats/detail")
    assert "GET /boats selects by mast" in finding.message


@pytest.mark.parametrize("detailed", ["  - mast: mast\n  - hue: hue", ""])
def test_lists_that_do_not_differ(tmp_path: Path, detailed: str) -> None:
    text, parameters = lists("  - hue: hue\n  - mast: mast", detailed)
    assert "filter-of-one-list" not in found(tmp_path, text, parameters)
