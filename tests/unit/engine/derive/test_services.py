"""What differs from service to service: descriptions, versions, the form of errors, names that clients choose."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shipped import specs_of, suite_of
from widgets import KNOWLEDGE, action, evidence, row, sample, view

from conformance.engine.api import bodies, naming
from conformance.engine.api.load import load_service
from conformance.engine.api.producers import Producers
from conformance.engine.api.response_fields import place_in, values_at
from conformance.engine.api.service import FIRST
from conformance.engine.derive.suite import highest_version, service_of
from conformance.engine.judge.contents import ErrorBody
from conformance.engine.model.binding import Binding
from conformance.engine.provision.made_up import spelled
from specs.microversion import Microversion
from specs.model import Code, Operation, Responses

UUIDS = "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a10", "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a11"


@pytest.fixture(scope="module")
def placement():
    return specs_of("placement")


def test_each_service_has_its_description_and_its_first_version():
    assert load_service("compute").first_microversion == Microversion(2, 1)
    assert load_service("placement").first_microversion == Microversion(1, 0)
    assert load_service("nobody's").first_microversion == FIRST
    assert load_service("nobody's").bindings == ()


def test_the_service_is_that_of_the_specs_and_none_where_there_are_none(placement):
    assert service_of(placement) == "placement"
    assert service_of([]) == ""


def test_the_whole_reference_of_placement_is_derived(placement):
    suite = suite_of("placement")
    assert highest_version(placement) == Microversion(1, 38)
    assert {case.operation.id for case in suite.cases} == {o.id for spec in placement for o in spec.operations}
    assert not [case.id for case in suite.cases if case.trial.situation.state is not None]
    versions = {case.trial.request.version for case in suite.cases} - {None}
    assert min(versions) == Microversion(1, 0)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"errors": [{"status": 404, "title": "t"}]}, "pass"),
        ({"errors": [{"status": 400, "title": "t"}]}, "fail"),
        ({"errors": [{"status": 404}]}, "fail"),
        ({"errors": []}, "fail"),
        ({"itemNotFound": {"code": 404, "message": "m"}}, "fail"),
    ],
)
def test_the_form_of_an_error_is_that_of_the_service(body, expected):
    judge = ErrorBody("errors", "status", ("title",))
    assert judge.judge(evidence(404, body=body)).verdict == expected


def test_a_key_that_is_a_uuid_or_a_constant_is_no_field():
    shown = {"stock": {UUIDS[0]: {"LARGE_NUT": {"total": 1}}}}
    assert place_in([shown], "total") == ("stock", "{}", "{}", "total")
    there = {"stock": {UUIDS[1]: {"BOLT": {"total": 7}, "NUT": {}}}}
    assert values_at(there, ("stock", "{}", "{}", "total")) == ([7], 2)


def test_members_that_a_client_names_bear_the_name_of_the_table():
    widget = Binding("/widgets")
    known = replace(KNOWLEDGE, chosen_keys=(("*", "stock", widget), ("*", "stock.{}", "BOLT")))
    shown = {"stock": {UUIDS[0]: {"NUT": {"total": 1}}, UUIDS[1]: {}}}
    operation = action("hoard")
    assert naming.named(operation, shown, known) == {"stock": {widget: {"BOLT": {"total": 1}}}}
    assert naming.named(operation, {"stock": {widget: {}}}, known) == {"stock": {widget: {}}}
    assert naming.named(operation, shown, KNOWLEDGE) == shown


def test_a_body_is_a_list_where_the_sample_of_its_version_is_one():
    parts = row("parts", "array", required=True)
    samples = (sample(["a"], "2.1"), sample({"parts": ["a"]}, "2.5"))
    operation = replace(action("list", parts, samples=samples), action=None)
    assert bodies.build(operation, Microversion(2, 4), KNOWLEDGE) == ["a"]
    assert bodies.build(operation, Microversion(2, 5), KNOWLEDGE) == {"parts": ["a"]}


def test_a_table_names_the_operation_that_makes_what_no_201_tells_of():
    codes = Responses((Code(204, 1),))
    put = Operation("widgets.claim", "", "PUT", "/claims/{claim}", 1, responses=codes)
    assert Producers([put]).of("/claims") is None
    producer = Producers([put], {"/claims": "widgets.claim"}).of("/claims")
    assert producer is not None
    assert (producer.operation, producer.name, producer.chosen) == (put, "claim", True)


def test_a_name_is_spelled_as_the_service_wants_it():
    assert spelled("conformance-1a-case", "CUSTOM_{}") == "CUSTOM_CONFORMANCE_1A_CASE"
    assert spelled("conformance-1a-case", "value") == "conformance-1a-case"


@pytest.mark.parametrize("described", [True, False])
def test_without_a_description_nobody_promises_a_form_of_errors(described):
    operation = action("paint", error=(404,))
    assert (view(operation, service=replace(KNOWLEDGE, described=described)).fault is not None) is described
