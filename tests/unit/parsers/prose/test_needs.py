"""Needs, guards and fields that go together: refusals and conditions without the word status."""

import pytest
from prose_forms import facts, pre, row, taken, within

from parsers.document import Block
from parsers.prose.constraints import read_description
from parsers.prose.rules import Post, Refused
from specs.model import Body, Condition, Policy
from specs.refusals import Cause, Refusal

REMOVAL = {"path": "/shops/{shop_id}", "title": "Close a shop"}


def causes(text, **extra):
    return [f.refusal.cause for f in facts(text, **extra) if isinstance(f, Refused)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("In order to delete a wheel, the car must be stopped.", Condition("status", "car", 10, any_of=("stopped",))),
        ("The car must be locked or unlocked.", Condition("status", "car", 10, any_of=("locked", "unlocked"))),
        ("PREREQUISITES: A 'fast' engine block must be configured in the system.",
         Condition("exists", "engine block", 10)),
        ("A wheel can be sold only while a node associated with the wheel is powered off.",
         Condition("status", "node", 10, attribute="power_state", any_of=("power off",))),
    ],
)  # fmt: skip
def test_needs_of_a_state(text, found):
    assert pre(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "The ``colour`` parameter must be locked.",
        "The car must be locked and deleted.",
        "The extension must be active.",
        "The car must be red.",
        "If it rains, the car must be stopped.",
    ],
)
def test_no_needs_of_a_state(text):
    assert pre(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It requires all the seats must have been already removed and linked mirrors been detached.",
         [Cause(used_by=("seat",)), Cause(used_by=("mirror",))]),
        ("Only a car without any associated passengers can be deleted.", [Cause(used_by=("passenger",))]),
        ("Only a VIM without any associated VMs can be deleted.", [Cause(used_by=("vm",))]),
        ("A shop that is still in use by a car cannot be deleted.", [Cause(used_by=("car",))]),
        ("If the ``shut`` attribute of the shop is ``true``, then you must first set it to ``false``.",
         [Cause(has=(("shut", "true"),))]),
        ("The ``shut`` attribute of the image cannot be ``true``.",
         [Cause(resource="image", has=(("shut", "true"),))]),
        ("The BODY of the PATCH request must be a JSON PATCH document.", [Cause(invalid=("body",))]),
        ("This method requires that a ``colour`` be supplied in the request body.", [Cause(absent=("colour",))]),
        ("Either ``a`` or ``b`` must be specified.", [Cause(absent=("a", "b"))]),
        ("If ``a`` is provided, ``b`` or ``c`` must not be included in the request.",
         [Cause(present=("a", "b")), Cause(present=("a", "c"))]),
        ("If you specify ``a=true``, you must also specify the ``b``.",
         [Cause(has=(("a", "true"),), absent=("b",))]),
    ],
)  # fmt: skip
def test_refusals_of_an_operation(text, found):
    source = Block(text, 10)
    assert causes(source, method="DELETE", **REMOVAL) == found


def test_a_third_way_beside_either_is_no_refusal():
    text = "Either ``a`` or ``b`` must be provided. Alternatively, ``c`` can be used."
    assert [f for f in facts_of(text) if isinstance(f, Refused)] == []


def facts_of(text):
    from prose_forms import CONTEXT, operation

    from parsers.prose.grammar import read_text
    from parsers.prose.rules import Scope

    block = Block(text, 10)
    return read_text((block,), Scope(CONTEXT, operation(block))).facts


def test_what_must_be_gone_is_read_in_removals_alone():
    text = "It requires all seats must have been removed."
    assert causes(text, method="POST", **REMOVAL) == []


def test_a_purge_leaves_nothing_of_what_is_removed():
    found = facts("You cannot recover it.", method="DELETE", path="/cars/{car_id}", title="Scrap a car")
    assert found == (Post(Condition("effect", "car", 10, effect="deleted")),)
    assert taken("You cannot recover it.", method="GET", path="/cars/{car_id}", title="Show a car").outcome == "unread"


def test_fields_that_an_update_cannot_change():
    text = "``colour`` and ``wheels`` are immutable after creation."
    assert causes(text, method="PUT", **REMOVAL) == [Cause(present=("colour",)), Cause(present=("wheels",))]
    assert causes(text, method="POST", **REMOVAL) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Cannot be specified with ``b``.", [Cause(present=("a", "b"))]),
        ("This can't be used simultaneously with the ``b`` parameter.", [Cause(present=("a", "b"))]),
        ("This filter is fast, and cannot be set at the same time as b or c.",
         [Cause(present=("a", "b")), Cause(present=("a", "c"))]),
        ("This cannot be used if ``b`` or ``c`` is specified.", [Cause(present=("a", "b")), Cause(present=("a", "c"))]),
        ("This cannot be set to True if ``b`` parameter is specified.", [Cause(present=("b",), has=(("a", True),))]),
        ("Only valid if ``kind`` is ``X`` or ``Y``.",
         [Cause(present=("a",), has_not=(("kind", "X"), ("kind", "Y")))]),
        ("It is required when ``b`` is specified.", [Cause(present=("b",), absent=("a",))]),
        ("Required if you omit the ``b`` attribute.", [Cause(absent=("a", "b"))]),
        ("If provided, must be accompanied by a user object.", [Cause(present=("a",), absent=("user",))]),
        ("Must be unique within the shop.", [Cause(taken=("a",))]),
        ("Either a, b_id, or c_id must be different than existing value otherwise it is refused.",
         [Cause(unchanged=("a", "b_id", "c_id"))]),
        ("Either this or the shop ID must be supplied.", [Cause(absent=("a", "shop_id"))]),
        ("This value must be less than the ``b`` value.", [Cause(ascending=("a", "b"))]),
        ("It must be greater than the b value.", [Cause(ascending=("b", "a"))]),
        ("Must be a string that begins with a forward slash (``/``).", [Cause(invalid=("a",))]),
        ("The a status must be ``DOWN``.", [Cause(resource="a", has_not=(("status", "DOWN"),))]),
    ],
)  # fmt: skip
def test_refusals_of_a_parameter(text, found):
    assert read_description(row("a", text))["refusals"] == tuple(Refusal(cause) for cause in found)


@pytest.mark.parametrize(
    ("text", "extra"),
    [
        ("Must be unique within the shop.", {"location": "query"}),
        ("Must be unique within the shop.", {"section": "response"}),
        ("The unique name of the car.", {}),  # of another field
        ("The car status must be ``DOWN``.", {}),
        ("This value must be less than the sun.", {}),
        ("The unique ID of the car.", {}),
        ("Cannot be empty.", {}),
        ("Only valid if the moon shines.", {}),
        ("Since microversion 2.5, this cannot be used with ``b``.", {}),
    ],
)
def test_no_refusals_of_a_parameter(text, extra):
    assert "refusals" not in read_description(row("a", text, **extra))


def test_an_answer_that_its_table_describes_too():
    text = "After the check, it returns a response object, which contains a unique ID."
    shown = (row("car.id", section="response"),)
    assert taken(text, rows=shown).outcome == "nothing"
    assert taken(text, rows=()).outcome == "unread"
    text = "By default, this query will return the UUID and power state for each car."
    shown = (row("uuid", section="response"), row("power_state", section="response"))
    assert taken(text, rows=shown).outcome == "nothing"
    assert taken(text, rows=shown[:1]).outcome == "unread"


@pytest.mark.parametrize(
    "text",
    ["By default, this operation is restricted to administrators only.", "By default, these APIs are admin-only."],
)
def test_operations_of_administrators(text):
    assert facts(text) == (Policy(("admin",), 10),)


def test_a_request_that_returns_no_body():
    assert facts("The request does not return a body.") == (Body("empty", 10),)
    assert facts("The request does not have a body.") == ()


def test_a_need_within_preconditions_is_read_too():
    assert pre(within("preconditions", "The car must be stopped."))[0].any_of == ("stopped",)
