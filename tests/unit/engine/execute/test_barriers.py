"""Trials that are not made, since a request may make a thing that stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from widgets import plain
from workshop import KNOWN, opened, tried

from conformance.engine.execute.barriers import barrier

SET, SHOW = plain("PUT", "/limits/{name}"), plain("GET", "/limits/{name}")
ALONE = (SET, SHOW)
UNDESCRIBED = replace(KNOWN, described=False)


def closed(
    tmp_path: Any, *operations: Any, service: Any = UNDESCRIBED, sandbox: bool = False, **more: Any
) -> str | None:
    _, executor = opened(tmp_path, *operations, service=service)
    asked = tried(operations[0], **({"target": "unknown"} | more))
    problem = barrier(replace(executor.context, sandbox=sandbox), asked)
    return None if problem is None else problem.reason


@pytest.mark.parametrize("target", ["unknown", "missing"])
def test_nothing_is_made_for_good_at_a_name_of_nothing(tmp_path: Any, target: str) -> None:
    """Without a description any name may be that of a new thing, such as of a class of limits."""
    told = closed(tmp_path, *ALONE, target=target)
    assert told is not None
    assert told.startswith("no operation of the reference lists, makes or removes things of /limits")


@pytest.mark.parametrize(
    ("operations", "more"),
    [
        ((*ALONE, plain("DELETE", "/limits/{which}")), {}),
        ((*ALONE, plain("GET", "/limits")), {}),
        ((SHOW, SET), {}),
        (ALONE, {"role": "no-token"}),
        (ALONE, {"target": "own"}),
        (ALONE, {"service": KNOWN}),
        (ALONE, {"sandbox": True}),
        ((plain("PUT", "/limits/{name}/hard"), SHOW), {}),
    ],
)
def test_what_goes_again_or_is_known_is_tried(tmp_path: Any, operations: Any, more: Any) -> None:
    assert closed(tmp_path, *operations, **more) is None
