"""Lint on the command line, and its formats."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from lint_forms import document, entries
from reference_files import write

from conformance.cli import main
from parsers.lint import RULES, Finding, render, sarif

SOUND = {"index.rst": document(), "parameters.yaml": entries(), "../samples/boat.json": '{"boat": {"name": "x"}}'}
BROKEN = {**SOUND, "index.rst": document(codes="Normal response codes: 200\n\nError response codes: 400 404")}
TASTE = {**SOUND, "index.rst": document(codes="Normal response codes: 200")}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["lint", *map(str, arguments)])


def test_no_defects(tmp_path: Path) -> None:
    result = run(write(tmp_path, dict(SOUND)))
    assert (result.exit_code, result.output) == (0, "no defects\n")


def test_defects_are_lines_and_end_with_1(tmp_path: Path) -> None:
    result = run(write(tmp_path, dict(BROKEN)))
    first, total = result.output.splitlines()
    assert result.exit_code == 1
    assert first.startswith("api-ref/source/index.rst:10: missing-comma: a comma is missing before 404; ")
    assert total == "1 defect"


def test_taste_is_shown_on_demand_and_never_fails(tmp_path: Path) -> None:
    source = write(tmp_path, dict(TASTE))
    assert run(source).output == "no defects\n"
    result = run(source, "--taste")
    assert result.exit_code == 0
    assert "no-error-codes (taste): " in result.output
    assert result.output.endswith("no defects, 1 matter of taste\n")


def test_findings_are_sorted_by_file_and_line(tmp_path: Path) -> None:
    source = write(
        tmp_path,
        {**BROKEN, "index.rst": BROKEN["index.rst"] + document("GET /boats", title="List boats", codes="None.")},
    )
    found = json.loads(run(source, "--format", "json").output)
    places = [(item["path"], item["line"]) for item in found]
    assert len(places) >= 3
    assert places == sorted(places)


def test_json(tmp_path: Path) -> None:
    result = run(write(tmp_path, dict(BROKEN)), "--format", "json")
    (item,) = json.loads(result.output)
    assert result.exit_code == 1
    assert (item["rule"], item["certainty"], item["line"]) == ("missing-comma", "certain", 10)


LOCATION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "artifactLocation": {"required": ["uri"], "properties": {"uri": {"type": "string", "pattern": "^[^/]"}}},
        "region": {"required": ["startLine"], "properties": {"startLine": {"type": "integer", "minimum": 1}}},
    },
}
LOG = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "minItems": 1,
            "items": {
                "required": ["tool", "results"],
                "properties": {
                    "tool": {"required": ["driver"], "properties": {"driver": {"required": ["name", "rules"]}}},
                    "results": {
                        "items": {
                            "required": ["ruleId", "ruleIndex", "level", "message", "locations"],
                            "properties": {
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": {"required": ["text"]},
                                "locations": {"items": {"properties": {"physicalLocation": LOCATION}}},
                                "partialFingerprints": {"additionalProperties": {"type": "string"}},
                            },
                        }
                    },
                },
            },
        },
    },
}
"""The part of the published schema that a log of findings uses."""


def test_sarif(tmp_path: Path) -> None:
    result = run(write(tmp_path, dict(BROKEN)), "--format", "sarif")
    log = json.loads(result.output)
    jsonschema.Draft202012Validator(LOG).validate(log)
    (made,) = log["runs"]
    (item,) = made["results"]
    assert result.exit_code == 1
    assert item["level"] == "warning"
    assert made["tool"]["driver"]["rules"][item["ruleIndex"]]["id"] == item["ruleId"] == "missing-comma"
    place = item["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "api-ref/source/index.rst"
    assert place["region"] == {"startLine": 10}


def test_sarif_of_strange_paths_and_of_taste_and_of_nothing() -> None:
    strange = Finding("a b/ü#?.inc", 0, "met-elsewhere", "what; mend", "taste")
    log = json.loads(sarif.sarif([strange]))
    jsonschema.Draft202012Validator(LOG).validate(log)
    (item,) = log["runs"][0]["results"]
    assert item["level"] == "note"
    assert "region" not in item["locations"][0]["physicalLocation"]
    assert json.loads(sarif.sarif([]))["runs"][0]["results"] == []


def test_a_finding_keeps_its_fingerprint_when_lines_move() -> None:
    def prints(*findings: Finding) -> list[dict[str, str]]:
        return [item["partialFingerprints"] for item in json.loads(sarif.sarif(findings))["runs"][0]["results"]]

    here, moved = Finding("a.inc", 3, "no-codes", "x; y"), Finding("a.inc", 9, "no-codes", "x; y")
    assert prints(here) == prints(moved)
    first, second = prints(here, moved)
    assert first != second


def test_text_counts() -> None:
    one = Finding("a.inc", 3, "no-codes", "x; y")
    assert render.text([one, one]).endswith("2 defects\n")


@pytest.mark.parametrize("source", ["no/such/place", "things==x.y"])
def test_errors_are_one_sentence_with_status_2(source: str) -> None:
    result = run(source)
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stderr.startswith("conformance: ")
    assert "Traceback" not in result.output


def test_a_bare_document_is_not_blamed_for_what_it_came_without(tmp_path: Path) -> None:
    alone = tmp_path / "boats.inc"
    alone.write_text(document())
    assert run(alone, "--taste").output == "no defects\n"
    alone.write_text(document(codes="Normal response codes: 200\n\nError response codes: 400 404"))
    assert run(alone).exit_code == 1


def test_rules_have_names_of_their_own_and_say_what_they_find() -> None:
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names))
    assert all(rule.summary.endswith(".") and rule.certainty in ("certain", "taste") for rule in RULES)
