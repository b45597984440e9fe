"""A schema as a page: every key is shown, and no rule of it is left out in silence."""

import json
import re

import pytest
from checkout import ROOT
from hypothesis import given
from hypothesis import strategies as st
from schema_text import Entry, Link, SchemaError, read, sections

SCHEMAS = sorted((*ROOT.glob("specs/schemas/*.json"), *ROOT.glob("conformance/services/*.json")))

SHOWN = [
    ROOT / found
    for page in ROOT.glob("docs/*.rst")
    for found in re.findall(r"^\.\. schema:: (.+)", page.read_text(), re.M)
]


def entries(schema):
    return sections(schema)[0].entries


def one(schema, key="a"):
    """The entry of a property."""
    return entries({"properties": {key: schema}})[0]


def keys_in(schema):
    """All names of properties at any depth."""
    if isinstance(schema, list):
        return {key for part in schema for key in keys_in(part)}
    if not isinstance(schema, dict):
        return set()
    own = set(schema["properties"]) if isinstance(schema.get("properties"), dict) else set()
    return own.union(*(keys_in(part) for word, part in schema.items() if word not in ("if", "then")))


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_every_key_of_our_schemas_is_shown(path):
    schema = read(path)
    found = sections(schema)
    assert [part.name for part in found] == ["", *schema.get("$defs", {})]
    shown = {entry.key.rpartition(".")[2] for part in found for entry in part.entries}
    assert keys_in(schema) <= shown


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.stem)
def test_every_key_on_the_pages_is_explained(path):
    """By its own description, or by that of the definition or of the map of which it is an element."""
    found = sections(read(path))
    explained = {part.name for part in found if part.text}
    bare = [entry for part in found for entry in part.entries if not entry.meaning]
    by_link = [entry for entry in bare if any(isinstance(p, Link) and p.name in explained for p in entry.form)]
    assert [entry.key for entry in bare if entry not in by_link and not entry.key.endswith("<name>")] == []


@pytest.mark.parametrize(
    ("schema", "form"),
    [
        ({"type": "string"}, ("string",)),
        ({"type": ["string", "null"]}, ("string", " or ", "null")),
        ({"const": 1}, ("always `1`",)),
        ({"enum": ["x", "y", None]}, ("`x`, `y` or `null`",)),
        ({"$ref": "#/$defs/line"}, (Link("line"),)),
        ({"anyOf": [{"$ref": "#/$defs/line"}, {"type": "null"}]}, (Link("line"), " or ", "null")),
        ({"type": "array", "items": {"$ref": "#/$defs/line"}}, ("a list of: ", Link("line"))),
        ({"type": "array"}, ("a list",)),
        ({"type": "array", "items": {"type": "string", "pattern": "^a"}}, ("a list of: ", "string", " (matches `^a`)")),
        (
            {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
            ("integer", " (at least 1)", " or ", "null"),
        ),
        ({"properties": {}}, ("an object",)),
        (True, ("any value",)),
        (False, ("not allowed",)),
        ({}, ("any value",)),
    ],
)
def test_the_type_of_a_value(schema, form):
    assert one(schema).form == form


@pytest.mark.parametrize(
    ("schema", "meaning"),
    [
        ({"type": "string", "description": "A name", "minLength": 1}, "A name. Not empty."),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "At least 1, at most 9."),
        ({"type": "string", "pattern": "^a$"}, "Matches `^a$`."),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1}, "At least 1 of them."),
        ({"type": "array", "items": {"description": "Each", "not": {"const": 1}}}, 'Each. `{"not": {"const": 1}}`'),
        ({"anyOf": [{"type": "string"}, {"not": {"const": 1}}]}, '`{"not": {"const": 1}}`'),
        ({"type": "string", "default": "x", "examples": ["y", "z"]}, "`x` where it is left out, such as `y` or `z`."),
        ({"type": "object", "dependentRequired": {"b": ["c"]}}, '`{"dependentRequired": {"b": ["c"]}}`'),
    ],
)  # fmt: skip
def test_what_bounds_a_value(schema, meaning):
    assert one(schema).meaning == meaning


def test_nested_keys_are_named_by_the_way_to_them():
    inner = {"type": "object", "properties": {"b": {"type": "string"}}, "required": ["b"]}
    found = entries(
        {
            "properties": {
                "a": inner,
                "list": {"type": "array", "items": inner},
                "map": {"type": "object", "additionalProperties": inner},
                "either": {"anyOf": [inner, {"type": "null"}]},
            },
            "required": ["a", "elsewhere"],
        }
    )
    assert [(entry.key, entry.required) for entry in found] == [
        ("a", True),
        ("a.b", True),
        ("list", False),
        ("list[].b", True),
        ("map", False),
        ("map.<name>", False),
        ("map.<name>.b", True),
        ("either", False),
        ("either.b", True),
        ("elsewhere", True),
    ]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"pattern": "^a"}, "The name: matches `^a`."),
        ({"enum": ["a", "b"]}, "The name: `a` or `b`."),
        ({"$ref": "#/$defs/status"}, "The name: status."),
    ],
)
def test_what_the_names_of_a_map_are_is_said(names, said):
    schema = {"type": "object", "propertyNames": names, "additionalProperties": {"type": "string"}}
    assert entries(schema)[0].meaning == said


def test_a_rule_is_shown_by_its_description_or_as_it_is():
    rule = {"if": {"required": ["a"]}, "then": {"required": ["b"]}}
    assert sections({"allOf": [{"description": "With a there is b.", **rule}]})[0].rules == ("With a there is b.",)
    assert sections({"allOf": [rule]})[0].rules == (f"`{json.dumps(rule)}`",)
    assert sections(rule)[0].rules == (f"`{json.dumps(rule)}`",)


@pytest.mark.parametrize(
    ("schema", "sentence"),
    [
        ({"properties": {"a": {"contentEncoding": "x"}}}, "the schema/a: contentEncoding cannot be shown"),
        ({"$defs": {"b": {"typ": "string"}}}, r"\$defs/b: typ cannot be shown"),
        ({"properties": {"a": {"$ref": "other.json"}}}, r"other.json is not in the \$defs of the same schema"),
    ],
)
def test_what_cannot_be_shown_is_refused(schema, sentence):
    with pytest.raises(SchemaError, match=sentence):
        sections(schema)


NAMES = st.text("abcdef", min_size=1, max_size=3)
NESTED = st.recursive(
    st.sampled_from([{"type": "string"}, {"type": "integer", "minimum": 0}, True]),
    lambda inner: st.one_of(
        st.builds(lambda parts: {"type": "object", "properties": parts}, st.dictionaries(NAMES, inner, max_size=3)),
        st.builds(lambda part: {"type": "array", "items": part}, inner),
        st.builds(lambda part: {"anyOf": [part, {"type": "null"}]}, inner),
        st.builds(lambda part: {"type": "object", "additionalProperties": part}, inner),
    ),
    max_leaves=8,
)


@given(st.dictionaries(NAMES, NESTED, max_size=3))
def test_no_key_is_lost_however_deep_it_stands(parts):
    found = entries({"type": "object", "properties": parts})
    assert all(isinstance(entry, Entry) and entry.form for entry in found)
    assert keys_in({"properties": parts}) <= {entry.key.rpartition(".")[2] for entry in found}
