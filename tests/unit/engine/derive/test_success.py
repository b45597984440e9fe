"""The accepted request of an operation without a resource under test: who sends it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import KNOWLEDGE, case, ids, plain, suite

from specs.model import Policy

ALSO = replace(KNOWLEDGE, also_by_administrators=("widgets.show*",))


def shown(**more):
    return suite(plain("GET", "/gears", name="show", normal=(200,), **more), service=ALSO)


def test_an_administrator_sends_the_documented_request_as_well():
    found = shown()
    assert ids(found, "[admin]") == ["show/normal/200[admin]"]
    assert case(found, "show/normal/200[admin]").trial.request.role == "admin"
    assert case(found, "show/normal/200").trial.request.role == "member"


@pytest.mark.parametrize("name", ["show-other", "list"])
def test_other_operations_have_no_such_case(name):
    found = suite(plain("GET", "/gears", name=name, normal=(200,)), service=replace(ALSO, also_by_administrators=()))
    assert ids(found, "[admin]") == []


def test_an_operation_that_the_reference_keeps_for_administrators_has_one_case():
    assert ids(shown(policy=Policy(("admin",), 3)), "[admin]") == []
