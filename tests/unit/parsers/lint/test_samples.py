"""Lint: samples, and samples against tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lint_forms import ENTRIES, SAMPLE, document, entries, found, line_of, lint, table

ROWS = "  - boat_id: boat_id\n  - boat: boat\n  - name: name\n  - length: length"
LENGTH, NAME = ENTRIES["length"], ENTRIES["name"]


def test_missing_sample(tmp_path: Path) -> None:
    text = document(sample="../samples/gone.json")
    (finding,) = lint(tmp_path, text)
    assert (finding.rule, finding.line) == ("missing-sample", line_of(text, "gone.json"))


def test_sample_that_is_no_json(tmp_path: Path) -> None:
    (finding,) = lint(tmp_path, sample='{\n "boat": {\n  "name" "x"\n }\n}')
    assert (finding.rule, finding.path, finding.line) == ("invalid-sample", "api-ref/samples/boat.json", 3)


@pytest.mark.parametrize(("value", "rules"), [("%(name)s", ["unfilled-sample"]), ("100 % (or so)", []), ("{name}", [])])
def test_blank_of_a_template(tmp_path: Path, value: str, rules: list[str]) -> None:
    assert found(tmp_path, sample={"boat": {"name": value}}) == rules


@pytest.mark.parametrize(
    ("heading", "directory", "rules"),
    [
        ("Example Refit (v2.45): JSON request", "v2.47", ["sample-against-heading"]),
        ("Example Refit (v2.45): JSON request", "v2.45", []),
        ("Example Refit (v2.40 - v2.44): JSON request", "v2.45", ["sample-against-heading"]),
        ("Example Refit (v2.40 - v2.50): JSON request", "v2.45", []),
        ("Example Refit: JSON request", "v2.45", []),
    ],
)
def test_version_of_a_sample_and_of_its_heading(tmp_path: Path, heading: str, directory: str, rules: list[str]) -> None:
    name = f"../samples/{directory}/boat.json"
    text = document(heading=heading, sample=name)
    assert found(tmp_path, text, **{name: '{"boat": {"name": "x"}}'}) == rules


def test_sample_of_a_version_without_the_operation(tmp_path: Path) -> None:
    name = "../samples/v2.4/boat.json"
    gated = "This API is available starting with microversion 2.5."
    text = document(text=gated, heading="Example Refit", sample=name)
    assert found(tmp_path, text, **{name: '{"boat": {"name": "x"}}'}) == ["sample-outside-operation"]


def test_sample_named_for_the_other_side(tmp_path: Path) -> None:
    name = "../samples/boat-resp.json"
    (finding,) = lint(tmp_path, document(sample=name), **{name: '{"boat": {"name": "x"}}'})
    assert (finding.rule, finding.certainty) == ("sample-of-other-side", "taste")


def test_key_without_a_row(tmp_path: Path) -> None:
    (finding,) = lint(tmp_path, sample={"boat": {"name": "x", "length": 1, "mast": "oak"}})
    assert (finding.rule, finding.certainty) == ("sample-key-without-row", "certain")
    assert "a key mast in boat" in finding.message


@pytest.mark.parametrize(
    "sample",
    [
        {"boat": {"name": "x", "length": 1, "notes": {"any": "word", "other": "word"}}},
        {"boat": {"name": "x", "length": 1, "notes": {"name": "y", "length": "z", "any": "word"}}},
    ],
)
def test_keys_of_the_reader_s_choice_need_no_row(tmp_path: Path, sample: Any) -> None:
    notes = {"description": "Key and value pairs.", "in": "body", "required": False, "type": "object"}
    assert found(tmp_path, document(rows=ROWS + "\n  - notes: notes"), entries(notes=notes), sample) == []


def test_key_of_a_nested_object_is_a_matter_of_taste(tmp_path: Path) -> None:
    owner = {"description": "Who owns it.", "in": "body", "required": False, "type": "object"}
    sample = {"boat": {"name": "x", "owner": {"name": "y", "length": 2, "hat": "blue"}}}
    text, parameters = document(rows=ROWS + "\n  - owner: owner"), entries(owner=owner)
    assert [(f.rule, f.certainty) for f in lint(tmp_path, text, parameters, sample)] == [
        ("nested-key-without-row", "taste")
    ]
    dotted = document(rows=ROWS + "\n  - owner: owner\n  - owner.name: name\n  - owner.length: length")
    assert found(tmp_path, dotted, parameters, sample) == ["sample-key-without-row"]


def test_rows_that_stand_for_many_keys(tmp_path: Path) -> None:
    text = document(rows=ROWS + "\n  - length_{part}: length")
    assert found(tmp_path, text, sample={"boat": {"name": "x", "length": 1, "length_mast": 4}}) == []


def test_operations_of_one_url_complete_each_other(tmp_path: Path) -> None:
    second = document(title="Refit many boats", rows="  - boat_id: boat_id\n  - length: length")
    assert found(tmp_path, document() + "\n" + second) == []


def test_row_and_key_of_nearly_one_name(tmp_path: Path) -> None:
    text = document(rows=ROWS.replace("- boat: boat", "- boats: boat"))
    (finding,) = lint(tmp_path, text)
    assert (finding.rule, finding.line) == ("misnamed-row", line_of(text, "- boats: boat"))


def test_wrapper_without_a_row_is_a_matter_of_taste(tmp_path: Path) -> None:
    text = document(rows="  - boat_id: boat_id\n  - name: name\n  - length: length")
    findings = lint(tmp_path, text, entries(boat=None))
    assert [(f.rule, f.certainty) for f in findings] == [("wrapper-without-row", "taste")]


def test_required_field_that_a_request_does_without(tmp_path: Path) -> None:
    text = document()
    (finding,) = lint(tmp_path, text, sample={"boat": {"length": 3}})
    assert (finding.rule, finding.line) == ("required-row-not-in-sample", line_of(text, "- name: name"))


@pytest.mark.parametrize(
    "change",
    [
        {"required": False},
        {"min_version": "2.5"},
        {"max_version": "2.5"},
    ],
)
def test_field_that_the_sample_need_not_have(tmp_path: Path, change: dict[str, Any]) -> None:
    assert found(tmp_path, parameters=entries(name={**NAME, **change}), sample={"boat": {"length": 3}}) == []


def test_required_field_of_a_version(tmp_path: Path) -> None:
    name = "../samples/v2.5/boat.json"
    text = document(heading="Example Refit", sample=name)
    for bounds, rules in (
        ({"min_version": "2.5"}, ["required-row-not-in-sample"]),
        ({"max_version": "2.10"}, ["required-row-not-in-sample"]),
        ({"min_version": "2.6"}, []),
        ({"max_version": "2.4"}, []),
    ):
        parameters = entries(name={**NAME, **bounds})
        assert found(tmp_path, text, parameters, **{name: '{"boat": {"length": 3}}'}) == rules


def test_field_of_an_object_that_is_not_there(tmp_path: Path) -> None:
    owner = {"description": "Who owns it.", "in": "body", "required": False, "type": "object"}
    rows = ROWS + "\n  - owner: owner\n  - hat: hat"
    parameters = entries(owner=owner, hat={**NAME})
    assert found(tmp_path, document(rows=rows), parameters) == []
    empty = {"boat": {"name": "x", "owner": {}}}
    assert found(tmp_path, document(rows=rows), parameters, empty) == []
    bare = {"boat": {"name": "x", "owner": {"name": "y", "length": 2}}}
    assert found(tmp_path, document(rows=rows), parameters, bare) == ["required-row-not-in-sample"]


def test_row_that_names_a_key_of_the_reader_s_choice(tmp_path: Path) -> None:
    notes = {"description": "What is known of it.", "in": "body", "required": True, "type": "object"}
    rows = ROWS + "\n  - notes: notes\n  - key: key\n  - value: key"
    sample = {"boat": {"name": "x", "notes": {"colour": "blue"}}}
    assert found(tmp_path, document(rows=rows), entries(notes=notes, key={**NAME}), sample) == []


def test_a_response_may_be_partial_where_another_is_whole(tmp_path: Path) -> None:
    shown = table("boat: boat", "name: name") + "\n.. literalinclude:: ../samples/a.json\n"
    files = {"../samples/a.json": '{"boat": {"name": "x"}}', "../samples/b.json": '{"boat": {"length": 1}}'}
    text = document(response=shown + "\n.. literalinclude:: ../samples/b.json\n\n" + table("length: length"))
    assert found(tmp_path, text, **files) == []
    alone = document(response=shown + "\n" + table("length: length"))
    assert found(tmp_path, alone, **{"../samples/a.json": '{"boat": {"length": 1}}'}) == ["required-row-not-in-sample"]


def test_key_of_another_version(tmp_path: Path) -> None:
    name = "../samples/v2.60/boat.json"
    text = document(heading="Example Refit", sample=name)
    parameters = entries(length={**LENGTH, "max_version": "2.56"})
    assert found(tmp_path, text, parameters, **{name: '{"boat": {"name": "x", "length": 1}}'}) == [
        "sample-key-outside-versions"
    ]
    assert found(tmp_path, parameters=parameters) == []


@pytest.mark.parametrize(
    ("kind", "value", "wrong"),
    [
        ("integer", "12", True),
        ("integer", 12, False),
        ("integer", True, True),
        ("integer", None, False),
        ("float", 12, False),
        ("boolean", "True", True),
        ("string", 12, True),
        ("array", {"a": 1}, True),
        ("object", [1], True),
        ("enum", 12, False),
        ("none", {"a": 1}, True),
        ("none", {}, False),
    ],
)
def test_types(tmp_path: Path, kind: str, value: Any, wrong: bool) -> None:
    parameters = entries(length={**LENGTH, "type": kind})
    rules = found(tmp_path, parameters=parameters, sample={"boat": {"name": "x", "length": value}})
    assert ("type-against-sample" in rules) is wrong


@pytest.mark.parametrize(
    ("description", "kind", "value"),
    [
        ("A list of lengths or a length.", "array", "twelve"),
        ("Its length, or an object that tells more.", "string", {"metres": 12}),
        ("A list of lengths. The string *auto* has them measured.", "array", "auto"),
        ("A value from 1 to 99, as integer or string.", "integer", "99"),
    ],
)
def test_types_that_the_description_widens(tmp_path: Path, description: str, kind: str, value: Any) -> None:
    entry = {**LENGTH, "description": f'"{description}"', "type": kind}
    assert found(tmp_path, parameters=entries(length=entry), sample={"boat": {"name": "x", "length": value}}) == []


def test_dotted_rows_are_compared_where_they_stand(tmp_path: Path) -> None:
    owner = {"description": "Who owns it.", "in": "body", "required": False, "type": "object"}
    rows = ROWS + "\n  - owner: owner\n  - owner.length: words"
    parameters = entries(owner=owner, words={**NAME, "required": False})
    whole = {"boat": {"name": "x", "length": 3, "owner": {"length": "tall"}}}
    assert found(tmp_path, document(rows=rows), parameters, whole) == []
    wrong = {"boat": {"name": "x", "length": 3, "owner": {"length": 2}}}
    assert found(tmp_path, document(rows=rows), parameters, wrong) == ["type-against-sample"]


def test_nothing_is_said_of_a_sample_that_the_table_does_not_describe(tmp_path: Path) -> None:
    assert found(tmp_path, sample=["Esmeralda", "Rose"]) == []
    assert found(tmp_path, sample={"fleet": {"flag": "blue"}}) == []
    assert found(tmp_path, sample=SAMPLE) == []


def test_a_large_sample_is_read_in_bounded_time(tmp_path: Path) -> None:
    numbers = {"boat": {"name": "x", "length": 1}, "other": list(range(25_000))}
    assert found(tmp_path, sample=numbers) == ["sample-key-without-row"]
    nested: Any = {"name": "x"}
    for _ in range(400):
        nested = {"boat": nested}
    assert found(tmp_path, sample={"boat": nested, "name": "x"}) == []


def test_an_object_over_a_list_of_words(tmp_path: Path) -> None:
    crew = {"description": "Who is aboard.", "in": "body", "required": False, "type": "object"}
    sample = {"boat": {"name": "x", "length": 1, "crew": ["cook", "mate"]}}
    (finding,) = lint(tmp_path, document(rows=ROWS + "\n  - crew: crew"), entries(crew=crew), sample)
    assert finding.rule == "type-against-sample"
    assert "crew has the type object" in finding.message


@pytest.mark.parametrize("description", ["Who is aboard.", "The crew, which may be small."])
def test_null_that_no_row_allows(tmp_path: Path, description: str) -> None:
    crew = {"description": description, "in": "body", "required": False, "type": "string"}
    sample = {"boat": {"name": "x", "length": 1, "crew": None}}
    (finding,) = lint(tmp_path, document(rows=ROWS + "\n  - crew: crew"), entries(crew=crew), sample)
    assert finding.rule == "null-against-table"
    assert "crew has the type string" in finding.message


@pytest.mark.parametrize(
    ("description", "kind"),
    [
        ("The crew; the value is ``null`` at anchor.", "string"),
        ("The crew, or None.", "string"),
        ("Empty at anchor.", "string"),
        ("The crew.", "none"),
    ],
)
def test_null_that_the_row_allows(tmp_path: Path, description: str, kind: str) -> None:
    crew = {"description": description, "in": "body", "required": False, "type": kind}
    sample = {"boat": {"name": "x", "length": 1, "crew": None}}
    assert found(tmp_path, document(rows=ROWS + "\n  - crew: crew"), entries(crew=crew), sample) == []


def test_null_in_one_of_two_objects_is_no_finding(tmp_path: Path) -> None:
    crew = {"description": "The crew.", "in": "body", "required": False, "type": "string"}
    sample = {"boat": {"name": "x", "length": 1, "crew": "cook", "tender": {"crew": None, "name": "y"}}}
    rows = ROWS + "\n  - crew: crew"
    assert "null-against-table" not in found(tmp_path, document(rows=rows), entries(crew=crew), sample)


@pytest.mark.parametrize(
    ("change", "value", "rules"),
    [
        ({"description": "The UUID of the captain."}, "", ["empty-against-table"]),
        ({"description": "The UUID of the captain. It is null if there is none."}, "", ["empty-against-table"]),
        ({"description": "The UUID of the captain. It is empty if there is none."}, "", []),
        ({"description": "The UUID of the captain."}, "0f0f0f0f-5d0c-4b7e-9f3a-6f1d2b8c9e7a", []),
        ({"description": "The name of the captain."}, "", []),
    ],
)
def test_an_empty_text_is_neither_an_id_nor_a_time(
    tmp_path: Path, change: dict[str, Any], value: str, rules: list[str]
) -> None:
    text = document(rows=ROWS + "\n  - captain: captain")
    captain = {**NAME, "required": False, **change}
    sample = {"boat": {"name": "x", "length": 1, "captain": value}}
    assert found(tmp_path, text, entries(captain=captain), sample) == rules


@pytest.mark.parametrize(
    ("description", "value", "rules"),
    [
        ("The action.", {"hue": "red"}, ["type-against-sample"]),
        ("The action. It can be an object.", {"hue": "red"}, []),
        ("The action.", {}, []),
        ("The action.", None, []),
    ],
)
def test_a_row_without_a_value_that_the_sample_gives_one(
    tmp_path: Path, description: str, value: Any, rules: list[str]
) -> None:
    paint = {"description": description, "in": "body", "required": True, "type": "none"}
    text = document(rows="  - boat_id: boat_id\n  - paint: paint\n  - hue: hue")
    hue = {**NAME, "required": False}
    parameters = entries(paint=paint, hue=hue, boat=None, name=None, length=None)
    assert found(tmp_path, text, parameters, {"paint": value}) == rules


def test_body_of_a_request_without_any_row(tmp_path: Path) -> None:
    text = document(rows="  - boat_id: boat_id")
    (finding,) = lint(tmp_path, text, entries(boat=None, name=None, length=None))
    assert (finding.rule, finding.certainty) == ("sample-without-rows", "certain")
    assert "a body with boat" in finding.message
    assert finding.line == line_of(text, "literalinclude")


def test_another_operation_of_the_url_may_have_the_rows(tmp_path: Path) -> None:
    second = document(title="Refit a boat at sea", rows="  - boat_id: boat_id")
    assert found(tmp_path, document() + "\n" + second) == []
