"""Sentences that say in which situation alone an answer shows a field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prose_forms import row

from parsers.prose.constraints import read_description
from parsers.prose.presence import always_since, of_presence
from specs.refusals import Blank


def said(text, section="response"):
    return of_presence(text, row("buyer", section=section))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Only displayed when the car status is ``SOLD`` or ``LOST`` and it ran.",
         Blank("absent", outside=("SOLD", "LOST"))),
        ("This parameter only appears when the status is ``A``, ``B``, or ``C``.",
         Blank("absent", outside=("A", "B", "C"))),
        ('This parameter is only present in the API response if "with_buyer=True" is supplied in the query.',
         Blank("absent", absent=("with_buyer",))),
        ("It will only be returned in responses when set on the car.", Blank("absent")),
        ("*This list appears only if the* ``show_buyers`` *option is set.*", Blank("absent")),
    ],
)  # fmt: skip
def test_the_situation_of_a_sentence(text, found):
    assert said(text) == found
    assert read_description(row("buyer", text, section="response"))["blanks"] == (found,)


@pytest.mark.parametrize(
    "text",
    [
        "This parameter is returned if the car is sold.",
        "Only displayed to administrators.",
        "It is only shown if the user is an administrator.",
        "Before microversion 2.5, this field is only returned if the car is sold.",
        "The only returned value is the buyer.",
        "This API is only available when the car is sold.",
    ],
)
def test_sentences_that_do_not_say_that_it_is_missing_elsewhere(text):
    assert said(text) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("If you do not provide a sale price on create, a new owner will be found, and the buyer will be returned "
         "during the initial create call.", "sale_price"),
        ("If you don't specify the price, the buyer is shown.", "price"),
        ("When you omit a price in the request, the buyer is returned in the response.", "price"),
        ("If you do not provide a price, the car will be returned.", None),
        ("If you do not provide a price, the buyer may be returned.", None),
        ("If you do not provide a price, the buyer will be returned to administrators.", None),
        ("If you provide a price, the buyer will be returned.", None),
        ("Before microversion 2.5, if you do not provide a price, the buyer will be returned.", None),
    ],
)  # fmt: skip
def test_a_field_that_is_shown_if_the_request_leaves_another_one_out(text, left):
    found = Blank("shown", absent=(left,)) if left else None
    assert said(text) == found
    assert said(text, "request") is None
    assert read_description(row("buyer", text, section="response")).get("blanks", (None,)) == (found,)


def test_a_request_shows_nothing():
    assert said("Only displayed when the status is ``SOLD``.", "request") is None


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("From microversion 2.75, this field will always be returned.", "2.75"),
        ("Since version 3.7 onwards the list is always present", "3.7"),
        ("Starting with microversion 2.75, it will always be shown unless the ``with_buyer`` query parameter is "
         "provided and is set to ``false``.", "2.75"),
        ("From microversion 2.75, this field will always be returned unless the car is sold.", None),
        ("From microversion 2.75, this field will be returned.", None),
        ("Before microversion 2.75, this field is always returned.", None),
        ("This field will always be returned.", None),
    ],
)  # fmt: skip
def test_the_version_from_which_on_a_field_is_always_shown(text, since):
    assert always_since(text) == since
    given = read_description(row("buyer", text, section="response"))
    assert given.get("required_min") == since
    assert "required_min" not in read_description(row("buyer", text, section="request"))


@given(st.text())
def test_no_text_is_an_error(text):
    said(text)
    always_since(text)
