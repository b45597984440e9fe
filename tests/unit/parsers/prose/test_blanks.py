"""Sentences that say when a field of an answer is null or empty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prose_forms import read, row

from parsers.prose.blanks import of_row
from parsers.prose.constraints import read_description
from specs.refusals import Blank

NULL, EMPTY = Blank("null"), Blank("empty")


def said(text, name="sold_at", **more):
    return of_row(text, row(name, section="response", **more))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("If the car has not been sold yet, this field will be ``null``.", Blank("null", never=("sold",))),
        ("If the car hasn't been sold, its value is null.", Blank("null", never=("sold",))),
        ("The time of the sale, if the car has not been sold, this field shows as ``null``.",
         Blank("null", never=("sold",))),
        ("If ``deleted_at`` is not set, its value is ``null``.", Blank("null", never=("deleted",))),
        ("If the ``buyer`` field is not set, its value is ``null``.", Blank("null", unset=("buyer",))),
        ("The value is an empty list if ``rims`` was not given in the request.", Blank("empty", absent=("rims",))),
        ("The reason, ``null`` if the car is parked or stopped without a reason.", Blank("null", status=("parked",))),
        ("Or nothing, or the empty string if the car is parked.", Blank("empty", status=("parked",))),
        ("If the car is not associated with a garage, this field is ``null``.", Blank("null", unset=("garage_id",))),
        ("It is always ``null``.", Blank("null", always=True)),
        ("It's always empty and only used for keeping compatibility.", Blank("empty", always=True)),
        ("An empty list for backwards compatibility purposes.", Blank("empty", always=True)),
        ("This field is an empty string when you boot the car from a volume.",
         Blank("empty", environment="volume-backed")),
        ("Will be null if not.", NULL),
        ("Otherwise, this list is empty.", EMPTY),
        ("This value is ``null`` if the car asks for nothing at all.", NULL),
        ("If ``sold_at`` is not set, its value is ``null``.", NULL),
    ],
)  # fmt: skip
def test_the_situation_of_a_sentence(text, found):
    assert said(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "May be ``null``.",
        "The value can be null if the car is parked.",
        "The value might be ``null``.",
        "If the value is ``null``, the car is parked.",
        "From microversion 2.5 on, this field is ``null`` if the car is parked.",
        "The list might be empty.",
        "Tag is a non-empty string.",
        "The ``buyer`` is ``null`` if the car is parked.",
        "The time of the sale, or ``null``.",
        "If ``null`` is specified, the existing time is unset.",
    ],
)
def test_sentences_that_do_not_say_that_the_field_is_so(text):
    assert said(text) is None


def test_words_of_the_own_name_mean_the_request():
    own = "The value is ``null`` if trusted certificate IDs are not set."
    assert said(own, "trusted_car_certificates") == Blank("null", absent=("trusted_car_certificates",))
    assert said(own, "buyers") == NULL
    linked = "This value is ``null`` if the car is not associated with any road scope."
    assert said(linked, "road_scope") == Blank("null", never=("associated",), absent=("road_scope",))


def test_a_query_and_a_request_are_not_answers():
    text = "It is always ``null``."
    assert said(text, location="query") is None
    assert "blanks" not in read_description(row("sold_at", text))
    assert read_description(row("sold_at", text + " " + text, section="response"))["blanks"] == (
        Blank("null", always=True),
    )


def test_a_sentence_of_the_operation_is_a_fact_of_the_row_that_it_names():
    rows = (row("group", section="response"), row("group", section="request"), row("other", section="response"))
    found = read("The ``group`` is empty if ``group_id`` was not provided on the request.", rows=rows)
    assert found.parameters == {rows[0].key: {"blanks": (Blank("empty", absent=("group_id",), line=10),)}}
    assert not found.unread
    assert not read("The ``group`` is empty if it rains.", rows=rows).parameters


@given(st.text())
def test_no_text_is_an_error(text):
    said(text)
