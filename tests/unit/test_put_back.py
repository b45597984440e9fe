"""Statements put back into a reference: each edit changes one place, and names an operation and those that tell."""

from __future__ import annotations

import json

import pytest
import shipped
import yaml

from tests.oracle.put_back import EDITS, deviations, put_back, tellers

EDIT = {"about": "a boat has sails", "file": "boats.inc", "after": "Show Boat", "find": "200", "put": "202"}
TEXT = "List Boats\ncodes: 200\n\nShow Boat\ncodes: 200\n\nSink Boat\ncodes: 200\n"


def test_only_the_place_behind_the_heading_is_changed():
    assert put_back(TEXT, EDIT) == TEXT.replace("Show Boat\ncodes: 200", "Show Boat\ncodes: 202")


@pytest.mark.parametrize("lost", [{"after": "Row Boat"}, {"find": "201"}])
def test_a_place_that_is_not_there_is_refused(lost):
    with pytest.raises(ValueError, match=r"boats.inc has no place for: a boat has sails"):
        put_back(TEXT, EDIT | lost)


def test_only_the_operation_of_an_edit_tells_of_it_and_for_its_reason():
    edit = EDIT | {"operation": "boats.show", "told": "*!contradiction!200"}
    right, others = tellers(
        edit, set(), ["boats.show/normal/202!contradiction!200", "boats.list/normal/2!contradiction!200"]
    )
    assert right == ["run: boats.show/normal/202!contradiction!200"]
    assert others == ["boats.show/normal/202!contradiction!200"]
    assert tellers(edit, set(), ["boats.show/header/age!contradiction!missing"])[0] == [], "another reason"
    by_lint = EDIT | {"operation": "boats.show", "lint": "*sails*"}
    assert tellers(by_lint, {"a-rule: boats.inc: no sails"}, [])[0] == ["lint: a-rule: boats.inc: no sails"]


def test_the_deviations_of_a_run_are_read_from_its_record(tmp_path):
    lines = [{"deviation": None}, {"deviation": {"id": "boats.show/normal/202!contradiction!200"}}]
    (tmp_path / "results.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    assert list(deviations(tmp_path)) == ["boats.show/normal/202!contradiction!200"]


def test_every_statement_names_an_operation_of_the_specs_and_one_teller():
    edits = yaml.safe_load(EDITS.read_text("utf-8"))
    known = {operation.id for spec in shipped.specs_of("compute") for operation in spec.operations}
    assert len(edits) == 20
    assert {edit["operation"] for edit in edits} <= known
    assert all(("told" in edit) != ("lint" in edit) for edit in edits)
    assert len({edit["about"] for edit in edits}) == len(edits)
