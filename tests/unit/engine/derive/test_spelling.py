"""Statuses are compared by case, so that conditions are derived in the spelling of the thing's vocabulary."""

import pytest
from widgets import action, ids, suite, untested

from specs.model import Condition, Vocabulary

WORDS = (Vocabulary("widget", "status", ("IDLE", "SPINNING", "HALTED", "BROKEN"), 3),)


def paint(*statuses):
    return action("widgets.paint", preconditions=(Condition("status", "widget", 7, any_of=statuses),), error=(409,))


def needs(*statuses):
    """The cases of the need, each with what it expects."""
    cases = suite(paint(*statuses), vocabulary=WORDS).cases
    return {c.id: type(c.expectation).__name__ for c in cases if "paint/precondition" in c.id}


def test_a_status_in_another_case_is_the_documented_one():
    # Without the spelling the cloud's own status would be one in which the request is to be refused: a false alarm.
    assert needs("idle") == needs("IDLE")
    assert needs("idle")["widgets.widgets.paint/precondition/status[IDLE]"] == "Admitted"


@pytest.mark.parametrize("statuses", [("sunken",), ("sunken", "lost")])
def test_a_status_that_the_vocabulary_lacks_has_no_case(statuses):
    found = suite(paint(*statuses), vocabulary=WORDS)
    assert ids(found, "paint/precondition") == []
    assert "not-derivable" in untested(found).values()


def test_a_known_status_beside_an_unknown_one_keeps_its_cases():
    assert needs("IDLE", "sunken") == needs("IDLE")
