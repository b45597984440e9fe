"""Statuses that a field shows by a value such as true, which a plain request sets."""

from __future__ import annotations

import pytest
from widgets import plain, row, sample, spec

from conformance.engine.api.description import read_texts
from conformance.engine.api.load import understood
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.derive.state_graph import StateGraph
from conformance.engine.derive.suite import derive, views
from conformance.engine.derive.view import View
from specs.microversion import Microversion
from specs.refusals import Cause, Refusal

SERVICE = understood(
    read_texts(
        [
            (
                "yard.yaml",
                """\
format: 1
kinds:
  gate:
    collection: /gates
    status: {field: open, words: {"true": open, "false": closed}, ready: [closed]}
    factory: {body: {gate: {name: {resource: name}, open: false}}}
resources:
  gate:
    identifier: gate_id
    role: admin
    initial_status: closed
    stable_statuses: [closed, open]
    statuses_to_try: {widgets.delete-gates-gate_id: [closed]}
    transitions:
    - {operation: widgets.patch-gates-gate_id, from: [closed], to: open, request: {open: true}}
    - {operation: widgets.patch-gates-gate_id, from: [open], to: closed, request: {open: false}}
""",
            )
        ]
    ),
    "widgetry",
)
CHANGE = plain(
    "PATCH", "/gates/{gate_id}", row("gate", "object", True), row("gate.open", "boolean"), row("gate.name"),
    normal=(200,), error=(404,), samples=(sample({"gate": {"open": True, "name": "n"}}),),
)  # fmt: skip


def remove(**cause):
    return plain(
        "DELETE", "/gates/{gate_id}", normal=(204,), error=(403,), refusals=(Refusal(Cause(**cause), 403, line=40),)
    )


def cases(operation):
    return {case.id.removeprefix("widgets."): case for case in derive([spec(operation)], service=SERVICE).cases}


@pytest.mark.parametrize(
    ("shown", "status"), [(True, "open"), (False, "closed"), ("TRUE", "open"), (None, "None"), ("ajar", "ajar")]
)
def test_a_status_has_the_name_that_the_description_gives_to_the_value(shown, status):
    assert SERVICE.profile.kind("gate").state_of({"open": shown}) == (status, None)


def test_a_refusal_for_what_a_thing_shows_is_tried_in_the_status_that_shows_it():
    found = cases(remove(resource="gate", has=(("open", True),)))
    refused = found["delete-gates-gate_id/refusal/has-open-true[open]"]
    assert (refused.trial.situation.state, refused.trial.outcome.accepted) == ("open", False)
    assert found["delete-gates-gate_id/normal/204[closed]"].trial.situation.state == "closed"


@pytest.mark.parametrize("has", [(("colour", "red"),), (("colour", "red"), ("open", True))])
def test_a_refusal_for_another_field_has_no_case(has):
    assert not [name for name in cases(remove(resource="gate", has=has)) if "/refusal/" in name]


def test_a_plain_request_leads_to_the_status_that_its_field_sets():
    found = cases(CHANGE)
    assert found["patch-gates-gate_id/normal/200[closed]"].trial.outcome.leads_to == ("open",)
    (graph,) = StateGraph.of_each(views([spec(CHANGE)], Microversion(1, 0), SERVICE)).values()
    (edge,) = graph.way("open", "closed", roles=["admin"])
    assert edge.body["gate"]["open"] is False
    (edge,) = graph.way("closed", "open", roles=["admin"])
    assert edge.body["gate"]["open"] is True


@pytest.mark.parametrize(
    ("body", "state", "status"),
    [
        ({"gate": {"open": True, "name": "n"}}, "closed", ("open",)),
        ({"gate": {"open": True}}, "open", ()),
        ({"gate": {"open": "true"}}, "closed", ()),
        ({"gate": {"name": "n"}}, "closed", ()),
        ({"gate": None}, "closed", ()),
        (ABSENT, "closed", ()),
    ],
)
def test_only_a_request_that_sets_the_field_leads_to_another_status(body, state, status):
    assert View(CHANGE, spec(CHANGE), SERVICE, Microversion(1, 0)).set_by(body, state) == status


def test_the_role_that_makes_a_thing_stands_in_the_description():
    assert str(SERVICE.under_test.role) == "admin"
