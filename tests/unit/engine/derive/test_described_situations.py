"""What a description says of the requests of an operation: no token, other faults, needed parameters, own values."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import evidence, ids, plain, row, sample, view
from widgets import spec as spec_of

from conformance.engine.api.entries import BindingRule, Fault, ValueRule
from conformance.engine.api.service import ServiceDescription
from conformance.engine.derive.suite import derive
from conformance.engine.judge.codes import Refused, RefusedUnlessProviderChose
from specs.model import Spec

ENTER = plain("POST", "/doors", row("key", required=True), samples=(sample({"key": "k"}),), error=(400, 401, 403))
LIST = plain("GET", "/doors", row("sort_key", location="query", enum=("id", "name")), row("sort_dir", location="query"))


def found(operation, **service):
    specs: list[Spec] = [spec_of(operation)]
    return derive(specs, service=ServiceDescription(**service))


def test_an_operation_without_a_token_is_refused_to_nobody():
    assert ids(found(ENTER), "error/401")
    assert ids(found(ENTER), "error/403")
    free = found(ENTER, without_token=(ENTER.id,))
    assert not ids(free, "error/401")
    assert not ids(free, "error/403")


def test_no_case_leaves_a_field_out_where_the_description_says_so():
    assert ids(found(ENTER), "error/400[key-missing]")
    rule = ValueRule("*", "key", "missing", reason="not-derivable", explanation="a door without a key is a wall")
    assert not ids(found(ENTER, value_rules=(rule,)), "error/400[key-missing]")
    assert ids(found(ENTER, value_rules=(replace(rule, value="*"),)), "error/400[key-missing]"), (
        "a pattern says nothing"
    )


def test_a_parameter_of_a_query_brings_those_that_it_needs():
    needs = {"required_together": (("*", "sort_key", "sort_dir"),)}
    bound = {"bindings": (BindingRule("*", "sort_dir", "asc"),)}
    assert view(LIST, service=ServiceDescription(**needs, **bound)).query_with("sort_key") == (("sort_dir", "asc"),)
    assert view(LIST, service=ServiceDescription(**needs)).query_with("sort_key") == (), "no value is known"
    assert view(LIST, service=ServiceDescription()).query_with("sort_key") == ()


def test_a_placeholder_may_have_a_value_in_some_operations_alone():
    service = ServiceDescription(placeholder_values={"widgets.get-*:door_id": "front", "door_id": "back"})
    show, shut = plain("GET", "/doors/{door_id}"), plain("DELETE", "/doors/{door_id}")
    assert service.placeholder_value(show, "/doors", "door_id") == "front"
    assert service.placeholder_value(shut, "/doors", "door_id") == "back"
    assert service.placeholder_value(shut, "/doors", "room_id") is None


def test_an_operation_may_have_errors_of_another_form():
    service = ServiceDescription(error_body=Fault(others=("widgets.post-*",)))
    assert view(ENTER, service=service).fault is None
    assert view(LIST, service=service).fault is not None


@pytest.mark.parametrize(
    "expectation", [Refused((403,), "w", first=404), RefusedUnlessProviderChose(403, "w", True, 404)]
)
def test_a_listed_code_of_a_fault_that_is_found_first_decides_nothing(expectation):
    assert expectation.judge(evidence(404)).verdict == "inconclusive"
    assert expectation.judge(evidence(409)).verdict == "fail"
