"""Another value of a field: of the same kind, within what its row says, and never the name of a thing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from widgets import KNOWLEDGE, plain, row, sample, suite

from conformance.engine.api.entries import ValueRule
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.judge.equality import ComesBack
from conformance.engine.model.binding import Binding
from conformance.engine.model.case import Case
from conformance.engine.model.evidence import broken, holds, undecided
from conformance.engine.model.trial import Twice
from conformance.engine.run.another import another, decides, with_another

NEW = Binding("name", "value", "new")
UUID = "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a21"


@pytest.mark.parametrize(
    ("value", "of", "expected"),
    [
        (True, None, ABSENT),
        (True, row("on", enum=(True, False)), ABSENT),
        (7, None, 8),
        (7, row("n", "integer", maximum=7), 6),
        (1.5, None, 2.5),
        (-1, None, ABSENT),
        ("red", None, "red2"),
        ("red", row("hue", enum=("red", "blue")), "blue"),
        ("red", row("hue", enum=("red",)), ABSENT),
        ("red", row("hue", max_length=3), ABSENT),
        ("red", row("hue", format="ipv4"), ABSENT),
        ("", None, ABSENT),
        (UUID, None, ABSENT),
        (NEW, None, ABSENT),
        (None, None, ABSENT),
        ({"name": "a", "hue_id": "b", "hue": "red"}, None, {"name": "a", "hue_id": "b", "hue": "red2"}),
        ({"name": NEW}, None, ABSENT),
        ({}, None, ABSENT),
        (["a", "b"], None, ["a2", "b"]),
        (["a", "a2"], None, ["a", "a22"]),
        (["red"], row("hues", "array", enum=("red", "blue")), ["blue"]),
        ([{"of": {"hue": "red"}}], None, [{"of": {"hue": "red2"}}]),
        ([], None, ABSENT),
    ],
)
def test_another_value_is_of_the_same_kind_and_allowed(value: Any, of: Any, expected: Any):
    assert another(value, of) == expected or expected is ABSENT is another(value, of)


def compared(hue: Any, **more: Any) -> Case:
    """The case of a field that comes back; ``more`` is of its row."""
    shown = {"answers": (row("hue", **more),), "answered": (sample({"gear": {"hue": hue}}),), "normal": (201,)}
    rows = (row("gear", "object", required=True), row("hue", **more))
    found = suite(plain("POST", "/gears", *rows, samples=(sample({"gear": {"hue": hue}}),), **shown))
    return next(c for c in found.cases if isinstance(c.expectation, ComesBack) and c.expectation.name == "hue")


def test_the_trial_is_the_same_but_for_the_value():
    case = compared("red")
    trial = with_another(case, KNOWLEDGE)
    assert trial is not None
    assert trial.key != case.trial.key
    assert trial.request.body == {"gear": {"hue": "red2"}}
    assert case.trial.request.body == {"gear": {"hue": "red"}}
    assert (trial.situation, trial.outcome) == (case.trial.situation, case.trial.outcome)


@pytest.mark.parametrize(("sent", "expected"), [(7, 8), (True, None), ("red", None), (-1, None), (None, None)])
def test_a_number_that_the_cloud_gave_is_another_number(sent: Any, expected: Any):
    """A text that the cloud gave may name a thing."""
    case = compared("red")
    body = {"gear": {"hue": Binding("shown", "hue")}}
    case = replace(case, trial=replace(case.trial, request=replace(case.trial.request, body=body)))
    assert with_another(case, KNOWLEDGE) is None
    trial = with_another(case, KNOWLEDGE, {"gear": {"hue": sent}})
    assert (trial and trial.request.body) == (None if expected is None else {"gear": {"hue": expected}})


def test_a_value_of_which_the_description_says_why_it_is_not_tried_is_not_sent_here_either():
    """Such as one that shows a thing to all users, or one with which it cannot be removed."""
    rule = ValueRule("*", "hue", "blue", reason="not-derivable", explanation="nobody can remove it")
    case = compared("red", enum=("red", "blue", "green"))
    trial = with_another(case, replace(KNOWLEDGE, value_rules=(rule,)))
    assert trial is not None
    assert trial.request.body == {"gear": {"hue": "green"}}


def test_no_text_of_a_field_that_names_something_is_sent():
    case = compared("red")
    rows = replace(case.expectation, name="hueRef")  # type: ignore[type-var]  # it is one that compares values
    assert with_another(replace(case, expectation=rows), KNOWLEDGE) is None


@pytest.mark.parametrize("given", [True, False])
def test_nothing_is_turned_on_or_off(given: bool):
    """True may show a thing to all users, and what is off may not be removable."""
    assert with_another(compared(given, type_="boolean"), KNOWLEDGE) is None


def test_what_changes_a_status_or_is_sent_twice_is_not_made_once_more():
    case = compared("red")
    slow = replace(case.trial, outcome=replace(case.trial.outcome, leads_to=("SPINNING",)))
    assert with_another(replace(case, trial=slow), KNOWLEDGE) is None
    assert with_another(replace(case, trial=replace(case.trial, exchange=Twice())), KNOWLEDGE) is None


@pytest.mark.parametrize(
    ("hue", "more", "counts"),
    [
        ("red", {}, False),
        ("red", {"enum": ("red", "blue")}, True),
        (["red"], {"type_": "array"}, False),
        (5, {"type_": "integer"}, True),
        ({"chosen": "red"}, {"type_": "object"}, True),
    ],
)
def test_a_text_that_does_not_come_back_may_be_the_name_of_something(hue: Any, more: Any, counts: bool):
    case = compared(hue, **more)
    trial = with_another(case, KNOWLEDGE)
    assert trial is not None
    assert decides(case, trial, holds("the same"))
    assert not decides(case, trial, undecided(400, "refused"))
    assert decides(case, trial, broken("another value", "it is another")) is counts
