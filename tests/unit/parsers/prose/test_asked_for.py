"""Fields of an answer that a request must ask for."""

import pytest
from prose_forms import read, row

from parsers.document import Block, ParameterRow
from specs.model import Parameter

DETAIL = row("detail", location="query", type="boolean")
ALSO = 'If the request has the "detail" URL parameter set to true, each car will also include the following fields.'
FULL = "When ``detail`` is set to True in the query string, will return the full representation of the car."


def answered(name, line):
    return ParameterRow(Parameter(name, "body", "string", True, name, 1), line, "response")


ROWS = (answered("name", 8), answered("speed", 15), answered("doors", 16), answered("owner", 19))


def not_required(*texts, rows=(DETAIL, *ROWS)):
    found = read(*texts, rows=rows)
    return {key[1] for key, fields in found.parameters.items() if fields.get("required") is False}, found.unread


def test_the_rows_of_the_next_table_are_those_that_follow():
    assert not_required(ALSO) == ({"speed", "doors"}, ())
    assert not_required(Block(f"3.7\n{ALSO}", 10, "versionchanged")) == ({"speed", "doors"}, ())


def test_where_the_short_form_is_not_told_it_may_lack_any_row():
    assert not_required(FULL) == ({"name", "speed", "doors", "owner"}, ())


@pytest.mark.parametrize(
    "text",
    [
        ALSO.replace("detail", "depth"),
        ALSO.replace("will also include", "must not include"),
        FULL.replace("the full representation", "an error"),
        "Each car will also include the following fields.",
    ],
)
def test_near_misses(text):
    assert not_required(text)[0] == set()


def test_of_a_request_that_cannot_ask_nothing_is_read():
    assert not_required(ALSO, rows=ROWS)[0] == set()
