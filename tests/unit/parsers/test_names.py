"""Ids, names of files, and which action an operation is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.inline import versions_in
from parsers.names import Ids, action_of, slug, stem
from specs.model import Parameter, Sample, Versions


@given(st.text())
def test_slugs_hold_nothing_else(text: str) -> None:
    made = slug(text)
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", made)
    assert slug(made) == made


@pytest.mark.parametrize(
    ("path", "top", "name"),
    [
        ("api-ref/source/servers-actions.inc", "api-ref/source", "servers-actions"),
        ("api-ref/source/v3/volumes.inc", "api-ref/source", "v3--volumes"),
        ("page.txt", "", "page"),
    ],
)
def test_names_of_files(path: str, top: str, name: str) -> None:
    assert stem(path, top) == name


def _body(name: str, kind: str | None = "none") -> Parameter:
    return Parameter(name, "body", kind, True, name, 1)


@pytest.mark.parametrize(
    ("title", "body", "samples", "action"),
    [
        ("Lock (lock Action)", [_body("lock")], [], "lock"),
        ("Lock (lock Action)", [], [], "lock"),
        ("Reset (os-resetState Action) (DEPRECATED)", [_body("os-resetState", "object")], [], "os-resetState"),
        ("Resize (Resize Action)", [_body("resize")], [], "resize"),
        ("Detach a volume", [_body("reason", "string"), _body("os-detach", "object")], [], "os-detach"),
        ("Add", [_body("fixed_ip", "string")], [Sample("s", 1, body={"addFixedIp": {}})], "addFixedIp"),
        ("Add", [], [Sample("s", 1, body={"a": 1, "b": 2})], None),
        ("Add", [], [], None),
    ],
)
def test_actions(title: str, body: list[Parameter], samples: list[Sample], action: str | None) -> None:
    assert action_of("/servers/{id}/action", title, body, samples) == action
    assert action_of("/servers/{id}", title, body, samples) is None


def test_repeated_ids_are_numbered() -> None:
    ids = Ids()
    assert [ids.take("a"), ids.take("b"), ids.take("a"), ids.take("a")] == ["a", "b", "a~2", "a~3"]


@pytest.mark.parametrize(
    ("title", "low", "high"),
    [
        ("Response", None, None),
        ("Response (microversions 1.20 - )", "1.20", None),
        ("Request example (microversions 1.28 - 1.36)", "1.28", "1.36"),
        ("Example (v2.45): JSON response", "2.45", None),
        ("Example (2.10 and later)", "2.10", None),
        ("Example (2.10+)", "2.10", None),
        ("Example (since microversion 2.10)", "2.10", None),
        ("Example (up to 2.9)", None, "2.9"),
        ("Example (before 2.10)", None, "2.9"),
        ("The answer of 2.10", None, None),
    ],
)
def test_headings_bound_versions(title: str, low: str | None, high: str | None) -> None:
    assert versions_in(title, 4) == Versions(low, high, 4 if low or high else None)
