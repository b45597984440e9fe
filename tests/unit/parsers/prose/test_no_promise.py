"""Sentences that are known to promise nothing, and near misses of each form, which stay unread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prose_forms import CONTEXT, operation, row, taken

from parsers.document import Block, FileContext
from parsers.prose.advice import is_advice
from parsers.prose.boilerplate import marks
from parsers.prose.constraints import account_of
from parsers.prose.effects import on_traffic
from parsers.prose.grammar import read_text
from parsers.prose.meanings import without_force
from parsers.prose.rules import Scope

ADVICE = [
    "Not all compute back ends support painting.",
    "Some drivers do not paint twice.",
    "It is recommended to name no shop so that one is picked.",
    "The car URL should never be hard coded in applications.",
    "This does not take primer into account so this value may be negative.",
    "This section describes cars that no longer exist.",
    "Corresponding to Paint API v3.12 release.",
    "A second coat of paint is introduced in the Rocky release as a part of the Paint API v2.8.",
    "The possible status values for cars are presented in the following table.",
    "It is automatically set to a value determined by the paint provider.",
    "They will probably be deprecated and removed in the future.",
    "The response will look like the one below.",
    "Possible values are listed in the section above.",
]


@pytest.mark.parametrize("text", ADVICE)
def test_advice(text):
    assert is_advice(text)
    assert taken(text).outcome == "nothing"


@pytest.mark.parametrize(
    "text",
    [
        "Not all cars support painting.",
        "Some drivers fail with 409.",
        "Some hypervisors paint only if they are asked.",
        "It is recommended to name no shop, which must be open.",
        "This section cannot be painted.",
        "The service URL must be absolute.",
    ],
)
def test_no_advice(text):
    assert not is_advice(text)
    assert taken(text).outcome == "unread"


@given(st.sampled_from(ADVICE), st.sampled_from(["must", "only", "cannot", "unless", "by default", "409", "if"]))
def test_no_sentence_with_a_word_that_binds_is_advice(text, word):
    assert not is_advice(f"{text.rstrip('.')} {word}.")


@pytest.mark.parametrize(
    "text",
    [
        "A unique, painted ID of the car.",
        "The unique identifier for a car.",
        "The error message.",
        "The number of errors.",
        "Amount of paint in litres that is required to paint the car.",
        "The minimum amount of paint a car needs, in litres.",
        "Keys for ``BLUE_CARS`` dealers.",
        "(Deprecated in v3.2) The paint.",
        "The ID of the paint policy.",
        "The number of failed checks before changing the ``operating status`` of the wheel to ``ERROR``.",
        "Maximum allowed numerical value.",
        "A ``HARD`` brake attempts a sudden stop of the car.",
        '"1.22".',
    ],
)
def test_the_first_sentence_names_the_field(text):
    assert [said.outcome for said in account_of(row("size", description=text))] == ["nothing"]


@pytest.mark.parametrize(
    "text",
    [
        "The unique name of the car.",
        "The paint, which is required.",
        "Required to paint the car.",
        "A user with the painter role is required to paint.",
        "Each time that the policy changes, the service sets this to ``false``.",
        "Only administrators see the owner.",
        "The size, which raises an error.",
        "The response excludes the paint.",
        "The status of ``cars`` is that of ``cars`` status ``painted``.",
        "The status changes to ``PAINTED``.",
    ],
)
def test_a_promise_of_the_first_sentence_is_no_name(text):
    assert [said.outcome for said in account_of(row("size", description=text))] == ["unread"]


@given(
    st.text(alphabet="abcdefg ,.`", max_size=60), st.sampled_from(["It must be red.", "409 is returned.", "Only if."])
)
def test_the_words_of_a_promise_keep_their_force(text, promise):
    assert marks(promise) <= marks(without_force(f"{text} {promise}"))


def test_effects_on_forwarded_traffic():
    assert on_traffic("A weight of 0 means the wheel does not receive new connections.")
    assert on_traffic("When ``true`` connections to backend wheels are fast.")
    assert not on_traffic("The wheel must not receive new connections.")
    assert not on_traffic("If it receives traffic, a 409 is returned.")
    assert not on_traffic("The wheel is red.")


def outcomes(*blocks, rows=()):
    source = operation(*blocks, rows=rows)
    return [t.outcome for t in read_text(source.blocks, Scope(CONTEXT, source)).taken]


def test_a_sentence_above_a_list():
    using = Block("If you are using the ``fast`` method:", 1)
    item = Block("Paint.", 2, "item", parent=0, depth=1)
    assert outcomes(using, item)[0] == "nothing"
    assert outcomes(using)[0] == "unread"
    meet = Block("Before you can paint cars, you must meet the following preconditions:", 1)
    assert outcomes(meet, item)[0] == "nothing"
    assert outcomes(meet)[0] == "unread"
    defaults = Block("Some attributes receive default values if you omit them from the request:", 1)
    assert outcomes(defaults, item)[0] == "nothing"
    least = Block("At a minimum, you must specify these attributes:", 1)
    named = Block("``colour`` The paint.", 2, "item", parent=0, depth=1)
    assert outcomes(least, named, rows=(row("colour", required=True),))[0] == "nothing"
    assert outcomes(least, named, rows=(row("colour"),))[0] == "unread"


def test_versions_of_older_releases():
    blocks = (
        Block("version 2.2 is CURRENT", 1, "item", block="new changes"),
        Block("version 2.1 is CURRENT", 2, "item", block="old changes"),
    )
    context = FileContext("api-ref/source/things.inc", "Things", blocks=blocks)
    assert [t.outcome for t in read_text(blocks, Scope(context)).taken] == ["unread", "nothing"]


def test_the_purpose_of_a_call():
    assert taken("This API will initiate the painting of the car.").outcome == "nothing"
    assert taken("This API will initiate the painting once it is dry.").outcome == "unread"
    assert taken("This API will fail with 409.").outcome != "nothing"


def test_an_example_of_a_request():
    assert taken("``GET /cars?colour=red`` would list all red cars.").outcome == "nothing"
    assert taken("``GET /cars`` must list all cars.").outcome == "unread"
