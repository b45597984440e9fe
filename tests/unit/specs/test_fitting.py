"""What surely fits a schema: nothing that jsonschema refuses, and all files that ship."""

import copy
import json
from pathlib import Path
from random import Random

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

import conformance
from conformance.engine.api.description import read_folder
from conformance.engine.api.strictness import _is_pattern, schema
from specs import model
from specs.fitting import surely_fits

SERVICES = Path(conformance.__file__).parent / "services"
EXPECTED = json.loads((Path(model.__file__).parent / "schemas" / "expected-1.json").read_text())
ODD = (None, True, 0, 1, -1, 2.0, 1.5, 10**9, "", "a", "[", "/a/{b}", [], ["a"], {}, {"a": 1}, {"list": "/a"})
FORMATS = {"operation": lambda word: "." in word, "kind": str.islower, "regex": _is_pattern}


def places(value, path=()):
    """The paths of all values in a value."""
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, key))


def changed(value, path, new):
    """A value with another one at a path; with none there if it is a key."""
    if not path:
        return copy.deepcopy(new)
    copied = copy.copy(value)
    if new is ... and len(path) == 1:
        del copied[path[0]]
    elif isinstance(new, tuple) and len(path) == 1 and isinstance(copied, dict):
        copied[new[0]] = copied.pop(path[0])
    elif len(path) > 1 or not isinstance(new, tuple):
        copied[path[0]] = changed(copied[path[0]], path[1:], new)
    return copied


def sound(value, schema, formats):
    """Whether jsonschema finds no fault."""
    checker = FormatChecker(())
    for name, test in formats.items():
        checker.checks(name)(lambda word, test=test: not isinstance(word, str) or test(word))
    return not any(Draft202012Validator(schema, format_checker=checker).iter_errors(value))


def files():
    for folder in sorted(path for path in SERVICES.iterdir() if (path / "service.yaml").exists()):
        yield pytest.param(dict(read_folder(folder).data), schema(), id=folder.name)
    for path in sorted(SERVICES.glob("*/expected/*.yaml")):
        yield pytest.param(yaml.safe_load(path.read_text()), EXPECTED, id=path.stem)


@pytest.mark.parametrize(("data", "schema"), list(files()))
def test_all_that_ships_fits_and_no_change_fits_that_jsonschema_refuses(data, schema):
    assert surely_fits(data, schema, {"regex": _is_pattern})
    random = Random(len(str(data)))
    every = list(places(data))
    found = set()
    for path in random.sample(every, min(len(every), 25)):
        for new in (random.choice(ODD), random.choice(ODD), ..., (random.choice(["a", "of", "resource"]),)):
            other = changed(data, path, new) if path or new is not ... else {}
            is_sound = sound(other, schema, FORMATS)
            assert surely_fits(other, schema, FORMATS) == is_sound, (path, new)
            found.add(is_sound)
    assert False in found


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from([1.0, 0.5]), st.text("ab", max_size=2)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=1), inner, max_size=3),
    max_leaves=6,
)
KIND = st.sampled_from(["object", "array", "string", "number", "integer", "boolean", "null"])
NUMBER = st.integers(0, 2)
NAMES = st.lists(st.text("ab", max_size=1), max_size=2, unique=True)


def schemas(inner):
    by_name = st.dictionaries(st.text("ab", max_size=1), inner, max_size=2)
    keywords = {
        "type": KIND | st.lists(KIND, min_size=1, max_size=2, unique=True),
        "enum": st.lists(JSON, min_size=1, max_size=2),
        "const": JSON,
        "allOf": st.lists(inner, min_size=1, max_size=2),
        "anyOf": st.lists(inner, min_size=1, max_size=2),
        "patternProperties": by_name,
        "$ref": st.sampled_from(["#/$defs/one", "#"]),
        "properties": by_name,
        "required": NAMES,
        "dependentRequired": st.dictionaries(st.text("ab", max_size=1), NAMES, max_size=2),
        "pattern": st.sampled_from(["a", "^b$"]),
        "title": st.just("a title"),
        **dict.fromkeys(("not", "if", "then", "else", "additionalProperties", "propertyNames", "items"), inner),
        **dict.fromkeys(("minItems", "maxItems", "minLength", "minProperties"), NUMBER),
        **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum"), NUMBER),
    }
    few = st.lists(st.sampled_from(sorted(keywords)), max_size=3, unique=True)
    return few.flatmap(lambda names: st.fixed_dictionaries({name: keywords[name] for name in names}))


@given(JSON, st.recursive(st.booleans() | st.just({}), schemas, max_leaves=5))
def test_nothing_fits_that_jsonschema_refuses(value, schema):
    whole = {"$defs": {"one": {"type": "array"}}, "properties": {"a": schema}}
    if surely_fits({"a": value}, whole):
        assert sound({"a": value}, whole, {})


def test_what_cannot_be_read_is_not_sure():
    assert not surely_fits("a", {"pattern": "("})
    assert not surely_fits({}, {"$ref": "https://example.invalid/schema"})
    assert not surely_fits({1: "a key that JSON has not"}, {"type": "object"})
