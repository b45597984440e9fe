"""Statuses that an administrator sets by an action of the reference."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import DRIVEN, KNOWLEDGE, action, row, spec

from conformance.engine.api.entries import Transition
from conformance.engine.api.references import with_references

RESET = action("os-reset_status", row("status", required=True))
OWN = Transition("widgets.halt", "IDLE", "HALTED")
SET = replace(DRIVEN, initial_status="IDLE", set_statuses=("BROKEN", "STUCK"), transitions=(OWN,))


def ways(*operations, resource=SET):
    service = replace(KNOWLEDGE, resources=(resource,), under_test=resource)
    known = with_references(service, [spec(*operations)])
    assert known.under_test is known.resources[0]
    return known.under_test.transitions


@pytest.mark.parametrize(("word", "field"), [("os-reset_status", "status"), ("resetState", "state")])
def test_an_administrator_sets_them_and_ends_them(word, field):
    setter = action(word, row(field, required=True))
    found = ways(setter)
    assert found == (
        Transition(setter.id, "IDLE", "BROKEN", "admin", ((field, "BROKEN"),)),
        Transition(setter.id, "IDLE", "STUCK", "admin", ((field, "STUCK"),)),
        Transition(setter.id, "BROKEN", "IDLE", "admin", ((field, "IDLE"),)),
        Transition(setter.id, "STUCK", "IDLE", "admin", ((field, "IDLE"),)),
        OWN,
    )


def test_only_the_statuses_that_a_description_names():
    assert ways(RESET, resource=replace(SET, set_statuses=())) == (OWN,)


@pytest.mark.parametrize(
    "other",
    [
        action("reset_network", row("status", required=True)),
        action("os-reset_status", row("reason", required=True)),
        action("os-reset_status", row("status", required=True), path="/gears/{gear_id}/action"),
    ],
)
def test_other_actions_set_none(other):
    assert ways(other) == (OWN,)
