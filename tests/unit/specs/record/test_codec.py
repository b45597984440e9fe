"""The classes of the record and the JSON of its files are the same."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_builder import exchange, info, mixed, omission, result

import specs
from specs.record import Tally
from specs.record.codec import (
    MalformedError,
    dumps,
    exchanges_to_json,
    info_from_json,
    info_to_json,
    line_of,
    result_from_json,
    result_to_json,
)
from specs.record.model import (
    VERDICTS,
    Deviation,
    Exchange,
    ReceivedResponse,
    Result,
    RunInfo,
    SentRequest,
    Source,
)

SCHEMAS = Path(specs.__file__).parent / "schemas"


def validator(name: str) -> Any:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


texts = st.text(st.characters(exclude_categories=()))  # halves of characters too: a cloud may send them
bodies = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
headers = st.dictionaries(texts, texts, max_size=3)
seconds = st.floats(0, 1e6).map(lambda number: round(number, 6))
deviations = st.builds(Deviation, texts, st.sampled_from(["contradiction", "omission"]), texts)
exchanges = st.builds(
    Exchange,
    st.builds(SentRequest, texts, texts, headers, bodies),
    st.none() | st.builds(ReceivedResponse, st.integers(), headers, bodies),
    seconds,
)
objects = st.none() | st.dictionaries(texts, bodies, max_size=3)
results = st.builds(
    Result,
    case=texts,
    requirement=texts,
    operation=texts,
    verdict=st.sampled_from(VERDICTS),
    source=st.builds(Source, texts, st.integers(0), st.booleans()),
    expected=texts,
    observed=texts,
    microversion=st.none() | texts,
    role=st.none() | texts,
    reason=st.none() | texts,
    deviation=st.none() | deviations,
    waiver=objects,
    exchanges=st.lists(exchanges, max_size=2).map(tuple),
    seconds=seconds,
    kind=st.none() | texts,
    state=st.none() | texts,
    status=st.none() | st.integers(100, 999),
    accepted=st.none() | st.booleans(),
    omissions=st.lists(deviations, max_size=2).map(tuple),
    observation=objects,
)


@given(results)
def test_what_is_written_is_read(one: Result) -> None:
    text = dumps(result_to_json(one))
    assert text.isascii()
    assert "\n" not in text
    assert result_from_json(json.loads(text)) == one


@given(results)
def test_a_line_with_the_text_of_its_exchanges_is_the_same(one: Result) -> None:
    assert line_of(one, dumps(exchanges_to_json(one.exchanges))) == dumps(result_to_json(one))


@given(
    st.builds(
        RunInfo,
        started=texts,
        finished=st.none() | texts,
        endpoint=st.dictionaries(texts, bodies, max_size=3),
        roles=st.lists(texts, max_size=3).map(tuple),
        notes=st.lists(st.dictionaries(texts, bodies, max_size=2), max_size=2).map(tuple),
        exit_status=st.none() | st.integers(),
    )
)
def test_the_head_that_is_written_is_read(head: RunInfo) -> None:
    assert info_from_json(json.loads(dumps(info_to_json(head)))) == head


def test_every_line_has_all_fixed_keys_and_the_others_only_where_they_speak() -> None:
    fixed = ["case", "requirement", "operation", "verdict", "microversion", "role", "source", "expected", "observed"]
    fixed += ["status", "accepted", "reason", "deviation", "waiver", "exchanges", "seconds"]
    assert list(result_to_json(result())) == fixed
    more = replace(result(), kind="normal", state="ACTIVE", observation={})
    assert list(result_to_json(more)) == [*fixed, "kind", "state", "observation"]


def test_what_is_written_is_valid() -> None:
    check = validator("record-1")
    record = mixed()
    for one in record.results:
        check.validate(result_to_json(one))
    many = omission("a.b/normal/200", "206", omissions=(Deviation.of("a.b/normal/200", "omission", "field x"),))
    check.validate(result_to_json(many))
    check.validate(result_to_json(result(exchanges=(exchange(None),))))
    declared = result_to_json(result(source=Source("a.inc", 4, declared=True)))
    check.validate(declared)
    assert declared["source"] == {"path": "a.inc", "line": 4, "declared": True}
    assert result_to_json(result(source=Source("a.inc", 4)))["source"] == {"path": "a.inc", "line": 4}
    totals = Tally.of(record.results).totals()
    validator("run-1").validate(info_to_json(replace(record.info, totals=totals)))
    validator("run-1").validate(info_to_json(RunInfo(started="2026-03-01T12:00:05.000000Z")))


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "passed"},
        {"verdict": "fail", "reason": None},
        {"source": {"path": "x", "line": -1}},
        {"case": "with a space"},
        {"microversion": "latest"},
        {"deviation": {"id": "a!omission!x", "class": "contradiction"}},
        {"verdict": "fail", "reason": "so", "deviation": {"id": "a!omission!x", "class": "omission", "observed": "x"}},
        {"exchanges": [{"request": {}, "response": None, "ms": 1}]},
        {"status": 0},
        {"status": "202"},
        {"accepted": "yes"},
        {"unknown": 1},
    ],
)
def test_the_schema_refuses(change: dict[str, Any]) -> None:
    line = result_to_json(result()) | change
    assert not validator("record-1").is_valid(line)


def test_numbers_that_json_lacks_and_bytes_become_texts() -> None:
    body = {"a": math.nan, "b": (math.inf, b"\xff"), 3: "c"}
    written = result_to_json(result(exchanges=(exchange(200, body),), seconds=math.nan))
    assert written["exchanges"][0]["response"]["body"] == {"a": "nan", "b": ["inf", "\ufffd"], "3": "c"}
    assert written["seconds"] == 0.0


def test_what_json_cannot_express_is_refused() -> None:
    with pytest.raises(TypeError, match="can hold only JSON, not a value of type set"):
        result_to_json(result(exchanges=(exchange(200, {1, 2}),)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"verdict": "ok"}, "'verdict' is 'ok', none of fail, error"),
        ({"case": 3}, "'case' is a number, and a text is expected"),
        ({"status": "202"}, "'status' is a text, and a number is expected"),
        ({"status": True}, "'status' is true or false, and a number is expected"),
        ({"accepted": 1}, "'accepted' is a number, and true or false is expected"),
        ({"role": True}, "'role' is true or false, and a text or null is expected"),
        ({"source": None}, "'source' is null, and an object is expected"),
        ({"source": {"path": "x"}}, "the key 'line' of 'source' is missing"),
        ({"deviation": {"id": "x", "class": "other", "observed": ""}}, "neither contradiction nor omission"),
        ({"exchanges": [1]}, "an item of 'exchanges' is a number"),
        ({"exchanges": [{"request": {"method": "GET", "url": "u", "headers": {"a": 1}}, "response": None, "ms": 1}]},
         "header 'a' of 'request' is a number"),
        ({"omissions": ["x"]}, "an item of 'omissions' is a text"),
        ({"seconds": "1"}, "'seconds' is a text, and a number is expected"),
    ],
)  # fmt: skip
def test_a_line_of_another_shape_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(MalformedError) as caught:
        result_from_json(result_to_json(result()) | change)
    assert words in str(caught.value)


LATER = ("status", "accepted")
"""Keys that older records lack."""


@pytest.mark.parametrize("key", [key for key in result_to_json(result()) if key not in LATER])
def test_a_line_without_a_fixed_key_is_refused(key: str) -> None:
    line = result_to_json(result())
    del line[key]
    with pytest.raises(MalformedError, match=f"the key '{key}' is missing"):
        result_from_json(line)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ([], "the file is a list, and an object is expected"),
        ({}, "the key 'started' is missing"),
        ({"started": "x", "roles": [1]}, "an item of 'roles' is a number"),
        ({"started": "x", "endpoint": "http://x"}, "'endpoint' is a text, and an object is expected"),
    ],
)
def test_a_head_of_another_shape_is_refused(head: Any, words: str) -> None:
    with pytest.raises(MalformedError, match=words):
        info_from_json(head)


def test_a_line_of_an_older_record_is_read_and_valid_without_the_later_keys() -> None:
    line = result_to_json(result(status=202, accepted=True))
    for key in LATER:
        del line[key]
    validator("record-1").validate(line)
    read = result_from_json(line)
    assert (read.status, read.accepted) == (None, None)


def test_keys_of_a_later_version_are_ignored() -> None:
    assert result_from_json(result_to_json(result()) | {"later": 1}) == result()
    assert info_from_json(info_to_json(info()) | {"later": 1}) == info()


def test_the_exit_status_follows_from_the_counts() -> None:
    passes = [result(f"a.b/normal/{code}") for code in range(200, 219)]
    undecided = result("a.b/error/409", "inconclusive")
    waived = result("a.b/error/403", "fail", waiver={"reason": "so"})
    left_out = omission("a.b/error/404", "400")
    assert Tally.of(passes).exit_status() == 0
    assert Tally.of([*passes, undecided]).exit_status() == 0  # 5 percent are allowed
    assert Tally.of([*passes, undecided]).exit_status(allow_undecided=4.9) == 3
    assert Tally.of([*passes, waived, left_out]).exit_status() == 0
    assert Tally.of([*passes, left_out]).exit_status(fail_on_omission=True) == 1
    assert Tally.of([*passes, replace(left_out, waiver={"reason": "so"})]).exit_status(fail_on_omission=True) == 0
    assert Tally.of([result("a.b/normal/200", "fail"), undecided]).exit_status() == 1
    assert Tally.of([]).exit_status() == 0
