"""Exchanges above the version in the address of a cloud: the documents of versions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from made_up import operation

from conformance.prove.where import Where, is_inner
from conformance.prove.wire import Request


def at(root: str) -> Any:
    return SimpleNamespace(root=root)


def found(template, target, root="/v2.1", **parts):
    return Where.of(operation("GET", template), **parts).matches(Request("GET", target), at(root))


@pytest.mark.parametrize(
    ("template", "target", "root"),
    [
        ("/../", "/", "/v2.1"),
        ("/../", "/?x=1", "/v2.1"),
        ("/../", "/widgetry/", "/widgetry/v2.1"),
        ("/../{version}/", "/v2.1/", "/v2.1"),
        ("/../v3/", "/widgetry/v3/", "/widgetry/v3"),
        ("/../versions", "/versions", ""),
    ],
)
def test_a_path_above_the_version_is_that_from_the_top_of_the_service(template, target, root):
    assert found(template, target, root)


@pytest.mark.parametrize(
    ("template", "target", "root"),
    [
        ("/../", "/v2.1/", "/v2.1"),  # the document of one version
        ("/../", "/", "/widgetry/v2.1"),  # another service
        ("/../{version}/", "/v2.1/widgets/", "/v2.1"),
        ("/../widgets", "/v2.1/widgets", "/v2.1"),
        ("/widgets", "/widgets/v2.1", "/v2.1"),
    ],
)
def test_other_paths_are_not(template, target, root):
    assert not found(template, target, root)


def test_a_path_below_the_version_is_found_as_ever():
    assert found("/widgets/{widget_id}", "/v2.1/widgets/1")


def test_a_more_special_path_above_is_left_to_its_own_operation():
    assert is_inner("/../v3/", "/../{version}/")
    assert not found("/../{version}/", "/v3/", besides=("/../v3/",))
    assert found("/../{version}/", "/v2/", besides=("/../v3/",))
