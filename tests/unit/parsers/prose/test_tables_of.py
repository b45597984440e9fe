"""Sentences about the whole table of an answer."""

import pytest
from prose_forms import read, row

from parsers.document import ParameterRow
from specs.model import Parameter

OF_A_VERSION = "The list and example below are representative of the response as of API\nmicroversion 1.95."
MOSTLY_NULL = 'Most fields default to "null"\nor "".'


def answered(name, required=True, low=None):
    return ParameterRow(Parameter(name, "body", "string", required, name, 1, min=low), 8, "response")


ROWS = (row("speed"), answered("name"), answered("color", required=False), answered("doors", low="1.7"))


def of_the_answer(text):
    found = read(text, rows=ROWS)
    shown = {key[1]: dict(fields) for key, fields in found.parameters.items() if key[0] == "response"}
    return shown, found.unread


def test_fields_of_a_table_of_a_version_are_there_from_that_version_on():
    """No first version is stated: the field may be there before, and need not be."""
    assert of_the_answer(OF_A_VERSION) == ({"name": {"required_min": "1.95"}}, ())


def test_where_most_fields_may_be_null_none_is_promised_to_have_a_value():
    found, unread = of_the_answer(MOSTLY_NULL)
    assert (found, unread) == ({"color": {"nullable": True}}, ())


@pytest.mark.parametrize(
    "text",
    [
        "The example below is representative of the request as of API microversion 1.95.",
        "The list below is representative of the response of most drivers.",
        "The owner defaults to null.",
        "Most fields default to the value of the configuration.",
    ],
)
def test_near_misses(text):
    assert of_the_answer(text)[0] == {}
