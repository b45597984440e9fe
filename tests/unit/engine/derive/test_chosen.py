"""The case of the parameter that chooses fields: of lists, and of operations that show one thing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shelf import ANSWERS, BODY, operation
from widgets import KNOWLEDGE, case, ids, row, suite, untested

from conformance.engine.judge.chosen import OnlyChosen

CHOOSES = replace(KNOWLEDGE, field_choice="fields")
FIELDS = row("fields", location="query")
SHOWN = (row("widget", "object"), *(one for one in ANSWERS if not one.name.startswith("widgets")))


def derived(*rows, service=CHOOSES, **more):
    return suite(operation(*rows, **more), service=service)


def test_a_list_is_asked_for_two_fields_of_its_elements():
    one = case(derived(FIELDS), "list/list/fields")
    assert one.expectation == OnlyChosen("fields", ("widgets", "[]"), ("id", "name"))
    assert one.trial.request.query[-2:] == (("fields", "id"), ("fields", "name"))
    assert (one.requirement.kind, one.requirement.source.line) == ("list", FIELDS.line)


def test_an_operation_that_shows_one_thing_is_asked_for_its_fields():
    found = derived(FIELDS, answers=SHOWN, body={"widget": BODY["widgets"][0]}, path="/widgets/{widget_id}")
    assert case(found, "list/list/fields").expectation == OnlyChosen("fields", ("widget",), ("id", "name"))


def test_without_an_id_and_a_name_the_first_field_is_chosen():
    answers = tuple(one for one in ANSWERS if one.name not in ("id", "name"))
    assert case(derived(FIELDS, answers=answers), "list/list/fields").expectation.names == ("X:size",)


@pytest.mark.parametrize("answers", [ANSWERS[:3], ANSWERS[:1], ()])
def test_where_an_answer_with_all_fields_would_look_the_same_there_is_no_case(answers):
    assert untested(derived(FIELDS, answers=answers))["list/list/fields"] == "no-field"


def test_no_other_parameter_chooses_fields():
    assert untested(derived(FIELDS, service=KNOWLEDGE))["list/list/fields"] == "no-field"
    assert not ids(derived(row("name", location="query"), service=CHOOSES), "/fields")
