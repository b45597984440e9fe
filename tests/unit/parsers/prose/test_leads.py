"""The sentence above a list that bounds its items to requests with one value."""

import pytest
from prose_forms import read

from parsers.document import Block
from specs.model import Condition, When

ITEM = "The share status must be ``idle``."


def preconditions(lead):
    item = Block(ITEM, 12, "item", block="preconditions", parent=0, depth=1)
    return read(Block(lead, 10, block="preconditions"), item).preconditions


@pytest.mark.parametrize(
    "lead",
    [
        "If you are using the ``net-copy`` import method:",
        "If you use ``net-copy``:",
        "If you are using the ``Net-Copy`` method:",
    ],
)
def test_bounds_the_items(lead):
    assert preconditions(lead) == (
        Condition("status", "share", 12, any_of=("idle",), when=When(environment="net-copy")),
    )


@pytest.mark.parametrize(
    "lead",
    ["If you are using the ``net-copy`` import method.", "You can use the ``net-copy`` method:", "Preconditions:"],
)
def test_other_sentences_bound_nothing(lead):
    assert preconditions(lead) == (Condition("status", "share", 12, any_of=("idle",)),)


def test_bounds_nothing_beside_the_list():
    beside = Block(ITEM, 12, block="preconditions")
    lead = Block("If you are using the ``net-copy`` method:", 10, block="preconditions")
    assert read(lead, beside).preconditions == (Condition("status", "share", 12, any_of=("idle",)),)
