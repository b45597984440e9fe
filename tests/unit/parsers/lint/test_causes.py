"""One cause is one finding, and what follows from a finding is not told again; nothing absent is claimed unread."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lint_forms import ENTRIES, document, entries, found, line_of, table
from reference_files import write

from parsers import commands
from parsers.lint.findings import Finding
from parsers.lint.render import as_json
from parsers.lint.sarif import sarif


def every(root: Path, text: str, parameters: str | None = None, **files: str) -> list[Finding]:
    """All that lint says, with the rules that other tests leave out."""
    made: dict[str, str | bytes] = {
        "index.rst": text,
        "parameters.yaml": entries() if parameters is None else parameters,
        "../samples/boat.json": json.dumps({"boat": {"name": "Esmeralda", "length": 12}}),
        **{name.replace("__", "/"): content for name, content in files.items()},
    }
    return list(commands.lint(write(root, made), taste=True))


def of(findings: list[Finding], rule: str) -> list[Finding]:
    return [finding for finding in findings if finding.rule == rule]


TWO = document() + "\n" + document("PATCH /boats/{boat_id}", title="Mend a boat")


def test_a_missing_parameter_file_is_one_finding(tmp_path: Path) -> None:
    text = TWO.replace("parameters.yaml", "nowhere.yaml")
    (finding,) = (f for f in every(tmp_path, text) if f.rule != "no-401")
    assert (finding.rule, finding.line) == ("missing-parameter-file", line_of(text, "nowhere.yaml"))


def test_an_entry_that_is_missing_is_one_finding_with_its_places(tmp_path: Path) -> None:
    text = TWO.replace("name: name", "name: no_such")
    (finding,) = of(every(tmp_path, text), "undefined-parameter")
    second = [number for number, line in enumerate(text.split("\n"), 1) if "no_such" in line][1]
    assert finding.also == (("api-ref/source/index.rst", second),)
    assert f"the same cause in api-ref/source/index.rst:{second}" in str(finding)


def test_other_places_are_in_json_and_sarif(tmp_path: Path) -> None:
    (finding,) = of(every(tmp_path, TWO.replace("name: name", "name: no_such")), "undefined-parameter")
    (item,) = json.loads(as_json([finding]))
    assert item["also"] == [{"path": path, "line": line} for path, line in finding.also]
    (result,) = json.loads(sarif([finding]))["runs"][0]["results"]
    assert result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == finding.also[0][1]


def test_a_type_that_two_samples_contradict_is_one_finding(tmp_path: Path) -> None:
    parameters = entries(length={**ENTRIES["length"], "type": "array"})
    (finding,) = of(every(tmp_path, TWO, parameters), "type-against-sample")
    assert len(finding.also) == 1


def test_a_row_of_the_path_in_a_response_hides_no_key(tmp_path: Path) -> None:
    text = document(
        response=table("boat_id: boat_id", "boat: boat", "name: name") + "\n.. literalinclude:: ../samples/shown.json\n"
    )
    shown = json.dumps({"boat": {"name": "Esmeralda", "boat_id": "1"}})
    rules = [f.rule for f in every(tmp_path, text, **{"../samples/shown.json": shown}) if f.rule != "no-401"]
    assert rules == ["request-part-in-response"]


def test_what_a_file_that_nobody_includes_refers_to_is_not_unused(tmp_path: Path) -> None:
    parameters = entries(anchor={**ENTRIES["name"]})
    lost = document("GET /anchors", title="List anchors", rows="  - anchor: anchor", sample="")
    rules = {f.rule for f in every(tmp_path, document(), parameters, **{"anchors.inc": lost})} - {"no-401"}
    assert rules == {"orphaned-file"}


def test_a_method_that_is_missing_is_one_finding(tmp_path: Path) -> None:
    rules = found(tmp_path, document("/boats/{boat_id}", rows="  - boat: boat\n  - name: name\n  - length: length"))
    assert "malformed-method" in rules
    assert "unknown-method" not in rules
    assert "url-form" not in rules


@pytest.mark.parametrize(
    "url", ["PUT /boats/(boat_id)", "PUT /boats/:boat_id", "PUT boats/{boat_id}", "PUT `/boats/<x>`"]
)
def test_a_url_of_another_form_is_one_finding(tmp_path: Path, url: str) -> None:
    text = document(url)
    (finding,) = (f for f in every(tmp_path, text) if f.rule not in ("no-401", "unused-parameter"))
    assert (finding.rule, finding.line) == ("url-form", line_of(text, "rest_method"))
    assert "write PUT /boats/{" in finding.message


@pytest.mark.parametrize(
    "codes",
    [
        "Normal response codes: those of boats",
        "**Normal response codes**\n\nThe guide of boats lists 200 and more.",
        ".. list-table::\n\n   * - 200\n     - It is refitted.\n   * - 404\n     - There is none.",
        "200, 202",
    ],
)
def test_codes_that_were_not_read_are_not_said_to_be_absent(tmp_path: Path, codes: str) -> None:
    rules = found(tmp_path, document(codes=codes))
    assert "codes-not-read" in rules
    assert not {"no-codes", "no-error-codes", "unlisted-401"} & set(rules)


def test_codes_that_are_absent_are_said_to_be(tmp_path: Path) -> None:
    assert found(tmp_path, document(codes="It is refitted in 400 days.")) == ["no-codes"]


def codes(*numbers: int) -> str:
    return f"Normal response codes: 200\n\nError response codes: {', '.join(map(str, numbers))}"


def two(first: dict[str, Any], second: dict[str, Any]) -> str:
    return document(**first) + "\n" + document("PATCH /boats/{boat_id}", title="Mend a boat", **second)


def test_an_operation_without_401_among_others_that_list_it(tmp_path: Path) -> None:
    text = two({"codes": codes(401, 404)}, {"codes": codes(404)})
    (finding,) = every(tmp_path, text)
    assert (finding.rule, finding.certainty) == ("unlisted-401", "certain")
    assert finding.line == text.split("\n").index("Mend a boat") + 2


def test_a_reference_that_never_lists_401(tmp_path: Path) -> None:
    (finding,) = every(tmp_path, two({"codes": codes(404)}, {"codes": codes(404)}))
    assert (finding.rule, finding.certainty, len(finding.also)) == ("no-401", "taste", 1)


@pytest.mark.parametrize(
    "second",
    [
        {"codes": codes(401)},
        {"codes": codes(404), "text": "Mends a boat. No authentication is required."},
        {"codes": "Normal response codes: 200"},
    ],
)
def test_401_is_not_missed(tmp_path: Path, second: dict[str, Any]) -> None:
    findings = every(tmp_path, two({"codes": codes(401, 404)}, second))
    assert not of(findings, "unlisted-401")


@pytest.mark.parametrize(
    ("kind", "value", "description"),
    [
        ("boolean", "True", "Set to True to refit it at once."),
        ("integer", "12", "From 1 to 12."),
        ("object", ["red", "green"], "The colours of the boat."),
    ],
)
def test_types_of_a_request_against_its_sample(tmp_path: Path, kind: str, value: Any, description: str) -> None:
    parameters = entries(length={**ENTRIES["length"], "type": kind, "description": description})
    sample = {"../samples/boat.json": json.dumps({"boat": {"name": "Esmeralda", "length": value}})}
    assert of(every(tmp_path, document(), parameters, **sample), "type-against-sample")


def test_a_word_that_the_description_names_is_of_the_type(tmp_path: Path) -> None:
    parameters = entries(length={**ENTRIES["length"], "type": "boolean", "description": "True, False or auto."})
    sample = {"../samples/boat.json": json.dumps({"boat": {"name": "Esmeralda", "length": "auto"}})}
    assert not of(every(tmp_path, document(), parameters, **sample), "type-against-sample")
