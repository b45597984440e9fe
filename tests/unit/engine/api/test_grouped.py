"""Entries for several operations, parameters and kinds mean the same as one entry for each."""

from __future__ import annotations

from pathlib import Path

import pytest

import specs
from conformance.engine.api.description import DescriptionError, read_texts
from conformance.engine.api.load import understood
from conformance.engine.api.service import ServiceDescription

SERVICES = Path(specs.__file__).parents[1] / "conformance" / "services"

WIDEST = 150
"""The most columns of a line: a wider one hides how much a description says."""


MOST = 200
"""The most lines of a service that one file describes: what is as usual stands in none."""


def read(text: str) -> ServiceDescription:
    return understood(read_texts([("widgets/all.yaml", f"format: 1\n{text}")]))


@pytest.mark.parametrize(
    ("short", "long"),
    [
        (
            "bindings: [{operation: [a.b, a.c], parameter: [x, y], value: 7}]",
            "bindings: [{operation: a.b, parameter: x, value: 7}, {operation: a.b, parameter: y, value: 7},\n"
            "  {operation: a.c, parameter: x, value: 7}, {operation: a.c, parameter: y, value: 7}]",
        ),
        (
            "bindings: [{operation: a.b, values: {x: 7, y: {resource: uuid, relation: new}}}]",
            "bindings: [{operation: a.b, parameter: x, value: 7},\n"
            "  {operation: a.b, parameter: y, resource: uuid, relation: new}]",
        ),
        (
            "kinds: {red_gear: {found: {lists: [{path: /big/red-gears}], role: admin}}}",
            "kinds: {red_gear: {found: {lists: [{path: /big/red-gears, key: red_gears}], role: admin,\n"
            "  empty: the cloud shows no red gear, why_role: red gears are shown to administrators only}}}",
        ),
        (
            "preconditions_to_show: [{operation: a.b, fields: [x, y], role: admin}]",
            "preconditions_to_show: [{operation: a.b, fields: x, role: admin},\n"
            "  {operation: a.b, fields: y, role: admin}]",
        ),
        (
            "kinds: {b: {}}\nresources: {b: {stable_statuses: [x, y]}}",
            "kinds: {b: {}}\nresources: {b: {identifier: b_id, initial_status: x, stable_statuses: [x, y]}}",
        ),
        (
            "kinds: {b: {}}\nresources: {b: {stable_statuses: [x, y],\n"
            "  transitions: [{operation: a.b, from: [y], to: x},\n"
            "  {operation: a.c, from: [x, y], to: y}]}}",
            "kinds: {b: {}}\nresources: {b: {stable_statuses: [x, y], statuses_to_try: {a.b: [y]}, transitions: [\n"
            "  {operation: a.b, from: [y], to: x}, {operation: a.c, from: [x, y], to: y}]}}",
        ),
        (
            "steps_before: [{operation: [a.b, a.c], step: a.d}]",
            "steps_before: [{operation: a.b, step: a.d}, {operation: a.c, step: a.d}]",
        ),
        (
            "refusals: [{operation: [a.b, a.c], code: 409, name: taken}]",
            "refusals: [{operation: a.b, code: 409, name: taken}, {operation: a.c, code: 409, name: taken}]",
        ),
        (
            "plain_kinds: [/big/red-things]\nnameless_kinds: [/rules]\nparts_of_kinds: {rules: [clauses]}",
            "kinds: {red-things: {collection: /big/red-things, listing: {key: red_things}},\n"
            '  clauses: {goes_with: rules}, rules: {collection: /rules, name_field: "", listing: {key: rules}}}',
        ),
        (
            "kinds: {a: {collection: /red-things}, b: {collection: /big/gears, listing: {query: {all: x}}}}",
            "kinds: {a: {collection: /red-things, plural: red things, listing: {key: red_things}},\n"
            "  b: {collection: /big/gears, plural: gears, listing: {key: gears, query: {all: x}}}}",
        ),
        (
            "project_limits: {path: /limits, field: all, others: {things: thing}}",
            "project_limits: {path: /limits, field: all, others: {things: {limit: thing.limit, used: thing.used}}}",
        ),
        (
            "optional_parts: {path: /parts, key: parts, operations_of: {wheels: [a.b]}, fields_of: {paint: [colour]}}",
            "optional_parts: {path: /parts, key: parts, parts: [{part: wheels, operations: [a.b]},\n"
            "  {part: paint, fields: [colour]}]}",
        ),
        (
            "optional_parts: {path: /parts, named_alike: [big_red-gear]}",
            "optional_parts: {path: /parts, key: parts, parts: [{part: big_red-gear,\n"
            "  operations: ['big[-_]red[-_]gear.*', 'big[-_]red[-_]gears.*', 'big[-_]red[-_]gear[-_]*.*'],\n"
            "  fields: [big_red_gear, big_red_gear_*, red_gear]}]}",
        ),
    ],
)
def test_a_short_form_means_the_same_as_the_long_one(short: str, long: str) -> None:
    assert read(short) == read(long)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "bindings: [{operation: [], parameter: x, value: 7}]",
            "widgets/all.yaml:2: operation: [] should be non-empty",
        ),
        ("bindings: [{operation: a.b, values: {}}]", "widgets/all.yaml:2: values: {} should be non-empty"),
        (
            "bindings: [{operation: a.b, parameter: x, values: {x: 7}}]",
            "widgets/all.yaml:2: the keys values and parameter exclude each other",
        ),
        ("bindings: [{operation: a.b, value: 7}]", "widgets/all.yaml:2: there is no key parameter in bindings; add it"),
        (
            "bindings: [{operation: a.b, values: {x: {resource: uid}}}]",
            "widgets/all.yaml:2: there is no kind of thing uid; did you mean uuid?",
        ),
        ("plain_kinds: [things]", "widgets/all.yaml:2: plain_kinds: 'things' does not match '^/'"),
        (
            "plain_kinds: [/things]\nparts_of_kinds: {thngs: [parts]}",
            "widgets/all.yaml:3: there is no kind of thing thngs; did you mean things?",
        ),
        ("plain_kinds: {a: b}", "widgets/all.yaml:2: plain_kinds: {'a': 'b'} is not of type 'array'"),
        ("plain_kinds: [7]", "widgets/all.yaml:2: plain_kinds: 7 is not of type 'string'"),
    ],
)
def test_a_wrong_short_form_is_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(DescriptionError) as error:
        read(text)
    assert str(error.value).startswith(sentence)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("operation", "field", "brought"),
    [
        ("v2--red_gears.turn", "", True),
        ("v2--red-gear-teeth.pull", "", True),
        ("v2--red-geared.pull", "", False),
        ("v2--gears.red-gear", "", False),
        ("v2--wheels.turn", "red_gear", True),
        ("v2--wheels.turn", "wheel.red_gear_id", True),
        ("v2--wheels.turn", "red_gears", False),
        ("v2--wheels.turn", "gear", False),
        ("v2--wheels.turn", "gear_id", False),
    ],
)
def test_a_part_brings_what_is_called_alike(operation: str, field: str, brought: bool) -> None:
    parts = read("optional_parts: {path: /parts, key: parts, named_alike: [red-gear]}").optional_parts
    assert bool(parts.of(operation, field)) is brought


@pytest.mark.parametrize("path", sorted(SERVICES.glob("*/*.yaml")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_lines_of_descriptions_can_be_read(path: Path) -> None:
    wide = [number for number, line in enumerate(path.read_text("utf-8").splitlines(), 1) if len(line) > WIDEST]
    assert not wide


@pytest.mark.parametrize("path", sorted(SERVICES.glob("*/service.yaml")), ids=lambda path: path.parent.name)
def test_a_description_is_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MOST
