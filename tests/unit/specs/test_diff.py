"""What breaks a client, and what does not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from specs.diff import compare
from specs.model import (
    Body,
    Code,
    Condition,
    Deprecation,
    Header,
    Operation,
    Parameter,
    Policy,
    Reference,
    Removal,
    Request,
    Response,
    Responses,
    Sample,
    Spec,
    Versions,
)
from specs.refusals import Cause, Refusal

_NAME = Parameter("name", "body", "string", True, "name", 5)
_LATE = Parameter("late", "body", "string", False, "late", 6, min="2.90")
_STATUS = Condition("status", "server", 4, any_of=("ACTIVE", "SHUTOFF"))
_AFTER = Condition("status", "server", 5, becomes=("ACTIVE",))
_BASE = Operation(
    "servers.lock",
    "Lock",
    "POST",
    "/servers/{server_id}/action",
    3,
    action="lock",
    policy=Policy(("admin", "owner"), 4),
    responses=Responses((Code(202, 4),), (Code(404, 5, "itemNotFound"),)),
    preconditions=(_STATUS,),
    postconditions=(_AFTER,),
    request=Request((_NAME, _LATE)),
    response=Response(Body("described", 9), (_NAME,), (Sample("s.json", 8, body={"a": 1}),)),
)


def _specs(*operations: Operation) -> list[Spec]:
    return [Spec("compute", Reference("x.inc", "0" * 64), operations)]


def _changes(**changes: Any) -> list[tuple[str, str, str, bool]]:
    difference = compare(_specs(_BASE), _specs(replace(_BASE, **changes)))
    return [(change.what, change.name, change.verb, change.breaking) for change in difference.changes]


def _request(*parameters: Parameter) -> dict[str, Any]:
    return {"request": Request(parameters)}


def _response(*parameters: Parameter) -> dict[str, Any]:
    return {"response": replace(_BASE.response, parameters=parameters)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"line": 99, "unread": (1,)}, []),
        ({"title": "Locks"}, [("title", "", "changed", False)]),
        ({"path": "/x/{id}/action"}, [("path", "", "changed", True)]),
        ({"microversions": Versions("2.5")}, [("microversions", "", "changed", True)]),
        ({"microversions": Versions("2.1")}, [("microversions", "", "changed", False)]),
        ({"microversions": Versions(None, "2.43")}, [("microversions", "", "changed", True)]),
        ({"microversions": Versions(None, "2.95")}, [("microversions", "", "changed", False)]),
        ({"deprecated": Deprecation(1)}, [("deprecation", "", "added", False)]),
        ({"removed": Removal(1, "40.0.0")}, [("removal", "", "added", True)]),
        ({"policy": Policy(("admin",), 4)}, [("policy", "", "changed", True)]),
        ({"policy": Policy(("admin", "owner", "reader"), 4)}, [("policy", "", "changed", False)]),
        ({"policy": None}, [("policy", "", "removed", False)]),
        ({"responses": Responses((Code(200, 4),), _BASE.responses.error)},
         [("normal code", "202", "removed", True), ("normal code", "200", "added", False)]),
        ({"responses": Responses(_BASE.responses.normal, (Code(404, 5, "notFound"),))}, []),
        ({"responses": Responses(_BASE.responses.normal, ())}, [("error code", "404", "removed", False)]),
        ({"responses": Responses((Code(202, 4, max="2.100"), Code(200, 4, min="2.101")), _BASE.responses.error)},
         [("normal code", "202", "changed", False), ("normal code", "200", "added", False)]),
        ({"preconditions": (replace(_STATUS, any_of=("ACTIVE",), line=8),)},
         [("precondition", "server status", "changed", True)]),
        ({"preconditions": (replace(_STATUS, any_of=("ACTIVE", "SHUTOFF", "ERROR")),)},
         [("precondition", "server status", "changed", False)]),
        ({"preconditions": (_STATUS, Condition("locked_requires_admin", "server", 9))},
         [("precondition", "server locked_requires_admin", "added", True)]),
        ({"postconditions": ()}, [("postcondition", "server status", "removed", True)]),
        (_request(_NAME), [("request parameter", "late", "removed", True)]),
        (_request(_NAME, _LATE, Parameter("new", "body", "string", True, "new", 7)),
         [("request parameter", "new", "added", True)]),
        (_request(_NAME, _LATE, Parameter("new", "body", "string", True, "new", 7, min="2.91")),
         [("request parameter", "new", "added", False)]),
        (_request(replace(_NAME, ref="other", line=77), _LATE), []),
        (_request(replace(_NAME, type="integer"), _LATE), [("request parameter", "name", "changed", True)]),
        (_request(replace(_NAME, required=False), _LATE), [("request parameter", "name", "changed", False)]),
        (_request(_NAME, replace(_LATE, required=True)), [("request parameter", "late", "changed", True)]),
        (_request(replace(_NAME, max_length=255), _LATE), [("request parameter", "name", "changed", True)]),
        (_request(replace(_NAME, min_length=0), _LATE), [("request parameter", "name", "changed", False)]),
        (_request(replace(_NAME, enum=("a",)), _LATE), [("request parameter", "name", "changed", True)]),
        (_request(replace(_NAME, max="2.50"), _LATE), [("request parameter", "name", "changed", True)]),
        (_response(replace(_NAME, required=False)), [("response parameter", "name", "changed", True)]),
        (_response(replace(_NAME, nullable=True)), [("response parameter", "name", "changed", True)]),
        (_response(replace(_NAME, max_length=255)), [("response parameter", "name", "changed", False)]),
        (_response(), [("response parameter", "name", "removed", True)]),
        ({"response": replace(_BASE.response, body=Body("empty", 9))}, [("body", "", "changed", True)]),
        ({"response": replace(_BASE.response, samples=(Sample("s.json", 8, body={"a": 2}),))},
         [("sample", "s.json", "changed", False)]),
        ({"refusals": (Refusal(Cause(locked=True), 409, 7),)}, [("refusal", "409", "added", False)]),
    ],
)  # fmt: skip
def test_changes(changes: dict[str, Any], expected: list[tuple[str, str, str, bool]]) -> None:
    assert sorted(_changes(**changes)) == sorted(expected)


def test_operations_come_and_go_breaking_first() -> None:
    other = replace(_BASE, id="servers.unlock", action="unlock", title="Unlock")
    difference = compare(_specs(_BASE), _specs(other))
    assert [(change.operation, change.verb, change.breaking) for change in difference.changes] == [
        ("servers.lock", "removed", True),
        ("servers.unlock", "added", False),
    ]
    assert difference.text().splitlines() == [
        "! servers.lock: operation removed",
        "  servers.unlock: operation added",
        "1 breaking, 1 other changes",
    ]


def test_an_operation_of_another_title_or_file_is_the_same() -> None:
    moved = replace(_BASE, id="other.lock", title="Lock it")
    (change,) = compare(_specs(_BASE), _specs(moved)).changes
    assert (change.what, change.operation, change.breaking) == ("title", "other.lock", False)


_ASKED = Header("X-Trial", "True", 3, max="2.54", path="a.inc")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ((), (_ASKED,), [("added", True)]),
        ((), (replace(_ASKED, min="2.91", max=None),), [("added", False)]),
        ((_ASKED,), (), [("removed", False)]),
        ((_ASKED,), (replace(_ASKED, line=9, path="b.inc"),), []),
        ((_ASKED,), (replace(_ASKED, value="yes"),), [("changed", True)]),
        ((_ASKED,), (replace(_ASKED, max=None),), [("changed", True)]),
        ((_ASKED,), (replace(_ASKED, max="2.53"),), [("changed", False)]),
    ],
)
def test_headers_that_requests_have_to_carry(
    old: tuple[Header, ...], new: tuple[Header, ...], expected: list[tuple[str, bool]]
) -> None:
    before, after = (replace(_BASE, request=replace(_BASE.request, headers=headers)) for headers in (old, new))
    changes = compare(_specs(before), _specs(after)).changes
    assert [(one.verb, one.breaking) for one in changes] == expected
    assert {(one.what, one.name) for one in changes} <= {("request header", "X-Trial")}


def test_json_says_the_same() -> None:
    difference = compare(_specs(_BASE), _specs(replace(_BASE, **_request(_NAME))))
    content = json.loads(difference.json())
    assert content["breaking"] == 1
    assert content["changes"][0]["old"]["name"] == "late"


def test_no_change_is_said_so() -> None:
    assert compare(_specs(_BASE), _specs(_BASE)).text() == "no change\n"
