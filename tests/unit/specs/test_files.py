"""Specs as files: the same bytes for the same facts, and whatever is wrong in one sentence."""

from __future__ import annotations

import math
import os
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from specs import model
from specs.codec import PlainError, from_plain, to_plain
from specs.dump import dump, scalar
from specs.load import SpecError, load, load_directory, loads
from specs.schema import schema, validate_plain

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
lines = st.integers(1, 5000)
versions = st.one_of(st.none(), st.builds("{}.{}".format, st.integers(1, 9), st.integers(0, 200)))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
parameters = st.builds(
    model.Parameter,
    name=words,
    location=st.one_of(st.none(), words),
    type=st.one_of(st.none(), words),
    required=st.booleans(),
    ref=words,
    line=st.one_of(st.none(), lines),
    min=versions,
    max=versions,
    enum=st.lists(json_values, max_size=3).map(tuple),
    max_length=st.one_of(st.none(), lines),
    default=json_values,
    nullable=st.one_of(st.none(), st.booleans()),
)
headers = st.builds(
    model.Header,
    name=st.sampled_from(["X-Trial", "Client-ID"]),
    value=st.sampled_from(["True", "1", "a:b"]),
    line=lines,
    max=versions,
    path=st.one_of(st.none(), words),
)
whens = st.builds(
    model.When,
    request=st.dictionaries(words, json_values, max_size=2).map(lambda pairs: tuple(pairs.items())),
    status=st.lists(words, max_size=2).map(tuple),
    min=versions,
)
codes = st.builds(
    model.Code,
    code=st.integers(100, 599),
    line=lines,
    name=st.one_of(st.none(), words),
    when=st.one_of(st.none(), whens),
)
conditions = st.builds(
    model.Condition,
    kind=st.sampled_from(["exists", "status", "effect"]),
    resource=words,
    line=lines,
    any_of=st.lists(words, max_size=3).map(tuple),
    when=st.one_of(st.none(), whens),
)
samples = st.builds(model.Sample, file=words, line=lines, microversion=versions, body=json_values, valid=st.booleans())
operations = st.builds(
    model.Operation,
    id=st.from_regex(r"[A-Za-z0-9._/+:~-]+", fullmatch=True),
    title=words,
    method=st.sampled_from(["GET", "POST"]),
    path=words,
    line=lines,
    policy=st.one_of(st.none(), st.builds(model.Policy, roles=st.lists(words, max_size=2).map(tuple), line=lines)),
    responses=st.builds(model.Responses, normal=st.lists(codes, max_size=2).map(tuple)),
    preconditions=st.lists(conditions, max_size=2).map(tuple),
    request=st.builds(
        model.Request,
        parameters=st.lists(parameters, max_size=3).map(tuple),
        samples=st.lists(samples, max_size=2).map(tuple),
        headers=st.lists(headers, max_size=2).map(tuple),
    ),
    unread=st.lists(lines, max_size=3).map(tuple),
)
specs = st.builds(
    model.Spec,
    service=words,
    reference=st.builds(
        model.Reference,
        path=words,
        sha256=st.just("0" * 64),
        version=st.one_of(st.none(), words),
        inputs=st.just((("parameters.yaml", "1" * 64),)),
    ),
    operations=st.lists(operations, max_size=2).map(tuple),
    unread=st.lists(lines, max_size=2).map(tuple),
)


@given(specs)
@settings(max_examples=int(os.environ.get("FUZZ_EXAMPLES", "30")), deadline=None)
def test_what_is_written_is_read_back(spec: model.Spec) -> None:
    text = dump(spec)
    assert loads(text) == spec
    assert dump(loads(text)) == text
    validate_plain(yaml.safe_load(text), "here")


@given(
    words
    | st.sampled_from(
        ["", "~", "null", "Yes", "2.10", "1e3", "0x1", "<<", "=", "- a", "a: b", "a #b", "'", "[", "2001-01-01"]
    )
)
@settings(max_examples=200, deadline=None)
def test_strings_stay_strings(text: str) -> None:
    for flow in (True, False):
        assert yaml.safe_load(f"[{scalar(text, flow=True)}]" if flow else f"a: {scalar(text, flow=flow)}") in (
            [text],
            {"a": text},
        )


@pytest.mark.parametrize("number", [0.1, 1e20, -2.5e-7, 1e300, 3.0])
def test_numbers_stay_numbers(number: float) -> None:
    assert yaml.safe_load(scalar(number, flow=True)) == number


@pytest.mark.parametrize("value", [math.inf, math.nan])
def test_numbers_that_json_lacks_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON has no number"):
        scalar(value, flow=True)


def test_half_characters_are_refused() -> None:
    with pytest.raises(ValueError, match="half a character"):
        scalar("\ud800", flow=True)


def _spec(**changes: Any) -> model.Spec:
    reference = model.Reference("api-ref/source/x.inc", "0" * 64)
    operation = model.Operation("x.a", "A", "GET", "/a", 3)
    return model.Spec("things", reference, (replace(operation, **changes),))


def test_a_parameter_is_one_line() -> None:
    parameter = model.Parameter("n" * 100, "body", "string", True, "r" * 100, 7, min="2.10")
    text = dump(_spec(request=model.Request((parameter,))))
    assert (
        f"    - {{name: {'n' * 100}, in: body, type: string, required: true, ref: {'r' * 100}, line: 7, min: '2.10'}}\n"
        in text
    )


def test_long_bodies_are_broken_and_short_ones_are_not() -> None:
    short, long = {"a": [1, {"b": None}]}, {"a": [{"b": "x" * 60}, {"c": "y" * 60}, []], "d": {}}
    for body in (short, long):
        spec = _spec(request=model.Request(samples=(model.Sample("s.json", 1, body=body),)))
        text = dump(spec)
        assert loads(text) == spec
        assert all(len(line) <= 120 for line in text.splitlines())
    assert "body: {a: [1, {b: null}]}" in dump(
        _spec(request=model.Request(samples=(model.Sample("s.json", 1, body=short),)))
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("format: 1", "format: 2"), "its format is not 1"),
        (("format: 1\n", ""), "lacks `format` and `operations`"),
        (("service: things", "service: [things"), "this is not YAML"),
        (("service: things", "service: things\nservise: x"), "servise: unknown key; the known keys are service,"),
        (("  line: 3", "  line: three"), r"operations[0].line: expected a whole number, found 'three'"),
        (("  line: 3", "  line: true"), "expected a whole number"),
        (("  title: A\n", ""), "operations[0]: the key 'title' is missing"),
        (("  unread: []", "  unread: 4"), "operations[0].unread: expected a list, found 4"),
        (
            ("{min: null, max: null}", "{min: 2.10, max: null}"),
            "operations[0].microversions.min: expected a string (put",
        ),
        (("content: unspecified", "content: odd"), "'odd' is not one of empty, described, unspecified"),
        (("service: things", "service: " + "[" * 1000), "nested too deeply"),
    ],
)
def test_what_is_no_spec_is_one_sentence(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    text = dump(_spec())
    assert change[0] in text
    path = tmp_path / "x.yaml"
    path.write_text(text.replace(*change))
    with pytest.raises(SpecError) as caught:
        load(path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_directory_is_read_in_order_and_its_ids_are_its_own(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.yaml").write_text(dump(_spec(id=f"{name}.x")))
    assert [operation.id for operation in load_directory(tmp_path).operations] == ["a.x", "b.x"]
    (tmp_path / "c.yaml").write_text(dump(_spec(id="a.x")))
    with pytest.raises(SpecError, match=r"operation a.x is in a.yaml too"):
        load_directory(tmp_path)


@pytest.mark.parametrize(("name", "said"), [("none", "the directory does not exist"), (".", "contains no specs")])
def test_a_directory_without_specs(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        load_directory(tmp_path / name)


def _classes(cls: type, found: set[type]) -> set[type]:
    found.add(cls)
    for hint in get_type_hints(cls).values():
        for part in (hint, *getattr(hint, "__args__", ())):
            if isinstance(part, type) and is_dataclass(part) and part not in found:
                _classes(part, found)
    return found


def test_the_schema_has_the_keys_of_the_model() -> None:
    definitions = {**schema()["$defs"], "spec": schema()}
    for cls in _classes(model.Spec, set()):
        name = {"Code": "response_code"}.get(cls.__name__, cls.__name__.lower())
        keys = {"in" if item.name == "location" else item.name for item in fields(cls)}
        assert set(definitions[name]["properties"]) == keys | ({"format"} if cls is model.Spec else set())
        assert definitions[name]["additionalProperties"] is False


def test_the_schema_refuses_what_the_loader_refuses() -> None:
    plain = {"format": 1, **to_plain(_spec())}
    validate_plain(plain, "here")
    plain["operations"][0]["responses"]["normal"] = [{"code": 42, "line": 1}]
    with pytest.raises(SpecError, match=r"operations\[0\].responses.normal\[0\].code: 42 is less than"):
        validate_plain(plain, "here")


def test_plain_data_of_another_shape_names_its_path() -> None:
    with pytest.raises(PlainError, match=r"^reference: expected a mapping, found nothing$"):
        from_plain(model.Spec, {"service": "x", "reference": None, "operations": []})
