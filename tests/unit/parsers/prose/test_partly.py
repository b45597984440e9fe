"""A sentence of which only a part was read keeps its facts, and counts as unread."""

from __future__ import annotations

import pytest
from prose_forms import pre, read, row, taken, within


@pytest.mark.parametrize(
    "text",
    [
        "The share must be in status ``ACTIVE``, and its task state must be null.",
        "The share must be in the ``ACTIVE`` state and must not be too old.",
        "The share must be ``available`` and the back end must have sails.",
        "The share must be ``available``, but you cannot hope for much.",
        "You can only grow the share when the status is ``ACTIVE``, the vm_status is ``STOPPED`` and it is late.",
        "The share goes to a ``WET`` status, ``STOPPED`` sail status, and ``finished`` knot status after a move.",
    ],
)
def test_a_part_that_is_not_read_is_not_silent(text: str) -> None:
    found = taken(text)
    assert found.facts
    assert found.outcome == "unread"
    assert read(text).unread == (10,)
    assert read(text).unread_sentences == ((10, text),)


@pytest.mark.parametrize(
    "text",
    [
        "The share must be in status ``ACTIVE``.",
        "The share must be in status ``ACTIVE`` or ``ERROR``, and its status must not be ``WET``.",
        "You can only grow the share when its status is ``ACTIVE`` and its sail_status is ``WET``.",
        "You can only grow the share when its status is ``STOPPED``.",
        "You can only grow the share when the status is ``ACTIVE`` and the migration_status is ``finished``.",
        "The share must be ``available``, and a new one is made.",
        "If the token has expired, this call returns the HTTP ``404`` status code.",
    ],
)
def test_a_sentence_that_is_read_whole_is_read(text: str) -> None:
    found = taken(text)
    assert found.facts
    assert found.outcome == "fact"


def test_a_clause_that_says_the_same_again_is_no_other_part() -> None:
    text = "Note: The share ID, ``sail_id``, and type are immutable attributes and cannot be updated."
    rows = (row("sail_id"), row("type"))
    found = taken(text, rows=rows, method="PUT", path="/shares/{share_id}", title="Update A Share")
    assert found.facts
    assert found.outcome == "fact"
    more = taken(f"{text[:-1]} by night.".replace("cannot be updated", "must be odd"), rows=rows, method="PUT")
    assert more.outcome == "unread"


def test_the_facts_of_the_part_that_was_read_stay() -> None:
    (found,) = pre("The share must be in status ``ACTIVE``, and its task state must be null.")
    assert found.any_of == ("ACTIVE",)


def test_an_outcome_in_its_own_block_is_looked_at_too() -> None:
    text = "The share goes to a ``WET`` status, ``STOPPED`` sail status after a move."
    assert read(within("asynchronous postconditions", text)).unread == (10,)


@pytest.mark.parametrize(
    "text",
    [
        "This operation changes the thing status to ``PAUSED`` and cannot be undone.",
        "The share becomes ``PAUSED``, and cannot be used.",
        "Policy defaults enable only users with the administrative role to perform this operation, and must be odd.",
        "Changes the status to ``PAUSED``, and cannot be used, and must be odd, but cannot be seen.",
    ],
)
def test_a_first_clause_without_such_a_verb_gives_the_further_one_no_subject(text: str) -> None:
    """The further clause is read by itself; with the first one before it, it would be the same sentence again."""
    assert taken(text).outcome in ("fact", "unread")
