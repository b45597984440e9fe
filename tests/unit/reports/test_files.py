"""SARIF, matrix, badge, and the command that writes them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_builder import info, mixed, omission, record, result

from reports.badge import badge
from reports.commands import report
from reports.compare import compare
from reports.matrix import matrix
from reports.sarif import sarif
from reports.view import view
from specs.record import RecordError, RecordWriter
from specs.record.model import Source
from specs.record.reader import RunRecord

TEXT: dict[str, Any] = {
    "type": "object",
    "required": ["text"],
    "additionalProperties": False,
    "properties": {"text": {"type": "string", "minLength": 1}},
}


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


LEVEL = {"enum": ["none", "note", "warning", "error"]}
LOCATION = closed(
    ["physicalLocation"],
    physicalLocation=closed(
        ["artifactLocation"],
        artifactLocation=closed(["uri"], uri={"type": "string", "pattern": r"^[A-Za-z0-9._~%/-]+$"}),
        region=closed(["startLine"], startLine={"type": "integer", "minimum": 1}),
    ),
)
RESULT = closed(
    ["message"],
    ruleId={"type": "string"},
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    kind={"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
    message=TEXT,
    locations={"type": "array", "items": LOCATION},
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
    occurrenceCount={"type": "integer", "minimum": 1},
    properties={"type": "object"},
    baselineState={"enum": ["new", "unchanged", "updated", "absent"]},
    suppressions={
        "type": "array",
        "items": closed(
            ["kind"],
            kind={"enum": ["inSource", "external"]},
            status={"enum": ["accepted", "underReview", "rejected"]},
            justification={"type": "string"},
        ),
    },
)
RULE = closed(
    ["id"],
    id={"type": "string"},
    shortDescription=TEXT,
    defaultConfiguration=closed([], level=LEVEL),
    properties={"type": "object"},
)
SARIF = closed(
    ["version", "runs"],
    version={"const": "2.1.0"},
    runs={
        "type": "array",
        "items": closed(
            ["tool"],
            tool=closed(
                ["driver"],
                driver=closed(
                    ["name"],
                    name={"type": "string"},
                    version={"type": "string"},
                    rules={"type": "array", "items": RULE, "uniqueItems": True},
                ),
            ),
            results={"type": "array", "items": RESULT},
            columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            automationDetails=closed([], id={"type": "string"}),
            properties={"type": "object"},
            invocations={
                "type": "array",
                "items": closed(
                    ["executionSuccessful"],
                    executionSuccessful={"type": "boolean"},
                    startTimeUtc={"type": "string"},
                    endTimeUtc={"type": "string"},
                    exitCode={"type": "integer"},
                ),
            },
        ),
    },
    **{"$schema": {"type": "string"}},
)
"""What this project uses of the SARIF 2.1.0 schema, with its closed objects and enumerations."""


def checked(log: dict[str, Any]) -> dict[str, Any]:
    jsonschema.Draft202012Validator(SARIF).validate(log)
    for run in log["runs"]:
        for one in run["results"]:
            assert run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"]
    return log


def test_a_deviation_stands_at_the_line_of_the_reference() -> None:
    (run,) = checked(sarif([view(mixed())], "0.1.0"))["runs"]
    assert [one["level"] for one in run["results"]] == ["error", "warning", "warning", "error", "error"]
    first = run["results"][0]
    assert first["message"]["text"] == (
        "servers-actions.lock/normal/202: expected 202, observed 200. Reason: so it came."
    )
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "api-ref/source/servers-actions.inc"},
        "region": {"startLine": 409},
    }
    assert first["partialFingerprints"] == {"deviation/v1": "servers-actions.lock/normal/202!contradiction!200"}
    assert run["results"][-1]["suppressions"][0]["justification"] == "members may"
    assert run["invocations"] == [
        {
            "executionSuccessful": True,
            "startTimeUtc": "2026-03-01T12:00:05.000000Z",
            "endTimeUtc": "2026-03-01T12:05:17.000000Z",
            "exitCode": 1,
        }
    ]


def test_sarif_with_a_baseline_and_with_several_runs() -> None:
    now, before = view(mixed()), view(record(result("servers-actions.lock/normal/202", "fail")))
    (run,) = checked(sarif([now], comparison=compare(now, before)))["runs"]
    assert [one["baselineState"] for one in run["results"]] == ["unchanged", "new", "new", "new", "new"]
    assert len(checked(sarif([now, before]))["runs"]) == 2


@given(st.text())
def test_sarif_of_anything_is_valid(text: str) -> None:
    one = result(f"{text}/x", "fail", operation=text, observed=text, reason=text, source=Source(text, 0))
    checked(json.loads(json.dumps(sarif([view(record(one, endpoint={"url": text}, started=text))]))))


def test_sarif_of_nothing() -> None:
    (run,) = checked(sarif([view(record(finished=None))]))["runs"]
    assert run["results"] == []
    assert run["invocations"][0]["executionSuccessful"] is False


def test_the_matrix_as_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(matrix(view(mixed()), "csv"))))
    assert len(rows) == 13
    assert (rows[-1]["requirement"], rows[-1]["verdict"]) == ("servers-actions.rebuild/error/501", "untested")
    assert rows[0] == {
        "operation": "servers-actions.lock",
        "requirement": "servers-actions.lock/normal/202",
        "kind": "normal",
        "source": "api-ref/source/servers-actions.inc:409",
        "verdict": "fail",
        "fail": "1",
        "error": "0",
        "inconclusive": "0",
        "pass": "1",
        "inapplicable": "0",
        "deviations": "servers-actions.lock/normal/202!contradiction!200",
        "reason": "so it came",
    }


def test_no_cell_is_a_formula() -> None:
    run = record(*(result("a.b/x", "error", detail=f"{at}", reason=why) for at, why in enumerate(["=1+1"])))
    rows = list(csv.DictReader(io.StringIO(matrix(view(run), "csv"))))
    assert rows[0]["reason"] == "'=1+1"


def test_the_matrix_as_markdown() -> None:
    run = record(result("a|b.<c>/normal/200", operation="a|b.<c>"), result("x.y/error/404", "inconclusive"))
    assert matrix(view(run), "md") == (
        "| Operation | normal | error/404 |\n"
        "| --- | --- | --- |\n"
        "| a\\|b.\\<c\\> | pass |  |\n"
        "| x.y |  | inconclusive |\n"
    )
    assert matrix(view(record()), "md") == "No operation was tried.\n"


def test_the_matrix_as_json() -> None:
    data = json.loads(matrix(view(mixed()), "json"))
    assert data["format"] == 1
    assert data["totals"]["requirements"] == len(data["requirements"]) - 1 == 12


def test_another_form_of_the_matrix_is_refused() -> None:
    with pytest.raises(ValueError, match="'xlsx' is not a form of the matrix; the forms are csv, md, json"):
        matrix(view(mixed()), "xlsx")


@pytest.mark.parametrize(
    ("run", "words", "colour"),
    [
        (mixed(), "2 of 11 broken", "#b3201a"),
        (record(result()), "1 of 1 hold", "#1b7a38"),
        (record(result(), result("a.b/x", "error")), "1 of 2 hold", "#875700"),
        (record(result(), finished=None), "1 of 1 hold", "#875700"),
        (record(), "nothing tried", "#616871"),
        (record(result(verdict="inapplicable")), "nothing tried", "#616871"),
    ],
)
def test_the_badge(run: RunRecord, words: str, colour: str) -> None:
    drawn = badge(view(run))
    assert f"Compute API: {words}" in drawn
    assert colour in drawn
    ElementTree.fromstring(drawn)


@given(st.text(st.characters(exclude_categories=())))
def test_a_badge_of_anything_is_xml(text: str) -> None:
    ElementTree.fromstring(badge(view(record(result(), spec={"service": text}))))


# --- the command ---


def on_disk(directory: Path, run: RunRecord) -> Path:
    with RecordWriter(directory) as writer:
        writer.start(run.info)
        for one in run.results:
            writer.add(one)
    return directory


def test_the_command_writes_what_is_asked_for(tmp_path: Path) -> None:
    run = on_disk(tmp_path / "run", mixed())
    names = ("page.html", "log.sarif", "matrix.csv", "badge.svg")
    page, log, table, drawn = (tmp_path / name for name in names)
    done = report([run], html=page, sarif=log, matrix=table, badge=drawn)
    assert done.written == (page, log, table, drawn)
    assert done.exit_status == 1
    assert done.text.startswith("Endpoint   https://cloud.example.org/compute/v2.1")
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    checked(json.loads(log.read_text("utf-8")))
    assert table.read_text("utf-8").startswith("operation,requirement,")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names, "run"])


def test_the_command_without_files_only_says(tmp_path: Path) -> None:
    done = report([on_disk(tmp_path / "run", mixed())])
    assert done.written == ()
    assert "2 promises are broken" in done.text


def test_the_command_with_a_baseline(tmp_path: Path) -> None:
    now = on_disk(tmp_path / "now", mixed())
    before = on_disk(tmp_path / "before", record(result("servers-actions.lock/normal/202", "fail")))
    done = report([now], html=tmp_path / "page.html", baseline=before)
    assert done.comparison is not None
    assert len(done.comparison.new) == 4
    assert "Against the baseline: 4 deviations new, 0 gone, 1 unchanged." in done.text


def test_the_command_with_several_runs(tmp_path: Path) -> None:
    runs = [
        on_disk(tmp_path / "one", record(result())),
        on_disk(tmp_path / "two", mixed()),
        on_disk(tmp_path / "cut", record(result(), finished=None)),
    ]
    done = report(runs, html=tmp_path / "page.html", sarif=tmp_path / "log.sarif")
    assert done.exit_status == 1
    assert report([runs[0], runs[2]]).exit_status is None
    assert report([runs[0], runs[0]]).exit_status == 0
    assert "The runs differ on 12 requirements." in done.text
    assert "servers-actions.lock/normal/202: pass, fail, pass" in done.text
    assert len(checked(json.loads((tmp_path / "log.sarif").read_text("utf-8")))["runs"]) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"runs": []}, "name at least one run"),
        ({"runs": ["a", "b"], "baseline": Path("c")}, "--baseline is for one run, and 2 were named"),
        ({"runs": ["a", "b"], "badge": Path("c")}, "--badge is for one run"),
        ({"runs": ["a"], "matrix": Path("c.xlsx")}, r"written to c.xlsx: the name must end in \.csv, \.md, \.json"),
    ],
)
def test_what_does_not_fit_together_is_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        report(**arguments)


def test_what_cannot_be_read_or_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    run = on_disk(tmp_path / "run", mixed())
    with pytest.raises(RecordError, match="there is no run record at"):
        report([tmp_path / "nowhere"])
    with pytest.raises(RecordError, match="there is no run record at"):
        report([run], baseline=tmp_path / "nowhere")
    with pytest.raises(RecordError, match="cannot be written: No such file or directory"):
        report([run], html=tmp_path / "missing" / "page.html")


def test_a_waived_omission_is_no_news_for_the_exit_status(tmp_path: Path) -> None:
    run = record(omission("a.b/error/404", "400", waiver={"reason": "so"}), options={"fail_on_omission": True})
    assert report([on_disk(tmp_path / "run", run)]).exit_status == 0
    assert info().exit_status is None
