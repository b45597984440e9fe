"""Statuses in further forms, in our own words, and near misses that must not be taken."""

from __future__ import annotations

import pytest
from prose_forms import CONTEXT, facts, operation, post, pre, read, taken

from parsers.document import Block
from parsers.prose import read_file
from parsers.prose.rules import Refused
from specs.model import Condition, Vocabulary
from specs.refusals import Cause

PATH = "/boats/{boat_id}"


@pytest.mark.parametrize(
    ("text", "attribute", "value"),
    [
        (
            "As a result, the value of the sailState attribute of that boat shall be SAILS_SET.",
            "sailState",
            "SAILS_SET",
        ),
        ("When it is done, it shall set the sailState attribute to the value SAILING.", "sailState", "SAILING"),
        ('In case of success, the "sailState" attribute shall be changed to "SUNKEN".', "sailState", "SUNKEN"),
    ],
)
def test_what_an_attribute_shall_be(text: str, attribute: str, value: str) -> None:
    assert post(text, path=PATH) == [Condition("status", "boat", 10, attribute=attribute, becomes=(value,))]


def test_two_attributes_of_one_sentence() -> None:
    text = (
        "It shall set the sailState attribute to the value SAILING and the crewState attribute to the value ABOARD "
        "in the representation of the boat."
    )
    assert [(c.attribute, c.becomes) for c in post(text, path=PATH)] == [
        ("sailState", ("SAILING",)),
        ("crewState", ("ABOARD",)),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The value of the colour attribute shall be BLUE_GREEN.",
        "The value of the sailState attribute shall not be SAILS_SET.",
        "It may set the sailState attribute to the value SAILING.",
    ],
)
def test_an_attribute_without_a_promise_about_a_status(text: str) -> None:
    assert post(text, path=PATH) == []


def test_things_that_are_marked() -> None:
    text = "Resets the boat, mark any running backup operations as ``FAILED``."
    assert post(text, path=PATH) == [Condition("status", "backup", 10, becomes=("FAILED",))]
    assert post("Marks the moon as ``FULL``.", path=PATH) == []


@pytest.mark.parametrize(
    ("text", "any_of"),
    [
        ("The boat should be in `AFLOAT/MOORED` state.", ("AFLOAT", "MOORED")),
        ("You can paint only stopped boats from a quay.", ("stopped",)),
        ("Cancels an ONGOING boat resource.", ("ONGOING",)),
    ],
)
def test_statuses_that_are_asked_for(text: str, any_of: tuple[str, ...]) -> None:
    assert pre(text, path=PATH) == [Condition("status", "boat", 10, any_of=any_of)]


@pytest.mark.parametrize(
    "text",
    ["You can paint only wooden boats.", "Sends an HTTP request."],
)
def test_no_status_is_asked_for(text: str) -> None:
    assert pre(text, path=PATH) == []


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Note that ``sunken`` is not a valid state for painting.", ("sunken",)),
        ("You can paint a boat in any status except ``sunken``.", ("sunken",)),
        ("You cannot update a boat with a ``PENDING_*`` status.", ("PENDING_*",)),
        ("The boat cannot be updated if its status is a PENDING_* status.", ("PENDING_*",)),
    ],
)
def test_statuses_that_are_forbidden(text: str, status: tuple[str, ...]) -> None:
    (fact,) = [fact for fact in facts(text, path=PATH) if isinstance(fact, Refused)]
    assert (fact.refusal.cause, fact.refusal.code) == (Cause(resource="boat", status=status), None)


def test_a_thing_of_the_path_is_that_thing_and_not_the_last_one() -> None:
    both = read("The boat must exist.", "The mast must exist.", path="/boats/{boat_id}/masts/{mast_id}").preconditions
    assert [(c.kind, c.resource) for c in both] == [("exists", "boat"), ("exists", "mast")]


def test_a_thing_that_no_path_names_keeps_its_name() -> None:
    (condition,) = pre("The boat must belong to a regatta plan in OPEN_AIR or PENDING state.", path=PATH)
    assert (condition.resource, condition.any_of) == ("regatta plan", ("OPEN_AIR", "PENDING"))


def test_a_table_of_statuses_below_a_sentence_is_a_vocabulary() -> None:
    blocks = (
        Block("When you create, list, or delete volumes, these status values are possible:", 10),
        Block("Status | Description\nwhole | It is whole.\ntorn | It is torn.", 12, "table", lines=(12, 13, 14)),
    )
    found = read_file(CONTEXT, (operation(*blocks, path="/volumes"),)).vocabulary
    assert found == (Vocabulary("volume", "status", ("whole", "torn"), 12),)
    assert taken(blocks[0]).outcome == "nothing"
