"""Normal codes that sentences tell apart: the situation of each."""

from __future__ import annotations

import pytest
from prose_forms import read, row

from specs.model import When
from specs.refusals import Cause, Refusal

LISTED = "Normal response codes: 200, 201, 204, 206"
PART = (row("Range", location="header"),)


def told(text, code, *, path="/gears/{gear_id}", rows=()):
    """The situation of a listed code after a sentence on line 10."""
    (one,) = (c for c in read(text, LISTED, path=path, rows=rows).normal if c.code == code)
    assert one.listed
    assert one.line == 20
    return one.when


@pytest.mark.parametrize(
    ("text", "code", "situation"),
    [
        ("If no wheel oil exists, the call returns the HTTP ``204`` (No Content) response code.", 204,
         When(missing=("wheel oil",), line=10)),
        ("If the gears already exist 204 will be returned.", 204, When(exists=("gear",), line=10)),
        ("If gear exists response with 204 status code will be returned.", 204, When(exists=("gear",), line=10)),
        ("If the wheel has the specified gear just returns 204.", 204, When(exists=("gear",), line=10)),
        ("A `204 No Content` response code will be returned if the gear already exists.", 204,
         When(exists=("gear",), line=10)),
        ("A `201 Created` response code will be returned if the new gear is successfully created.", 201,
         When(missing=("gear",), line=10)),
        ("A 201 response is returned if the gear does not yet exist.", 201, When(missing=("gear",), line=10)),
    ],
)  # fmt: skip
def test_a_code_gets_its_situation(text, code, situation):
    assert told(text, code) == situation


def test_the_extent_of_the_request_is_a_header_that_is_given_or_left_out():
    whole = "If wheel oil exists, the call returns the HTTP ``200`` response code for a full oil download request."
    part = "If wheel oil exists, the call returns the HTTP ``206`` response code for a partial download request."
    assert told(whole, 200, rows=PART) == When(exists=("wheel oil",), absent=("Range",), line=10)
    assert told(part, 206, rows=PART) == When(exists=("wheel oil",), present=("Range",), line=10)


@pytest.mark.parametrize("rows", [(), (row("Range"),), (row("Range", location="header", section="response"),)])
def test_an_operation_without_that_header_is_not_read_so(rows):
    part = "If wheel oil exists, the call returns the HTTP ``206`` response code for a partial download request."
    assert told(part, 206, rows=rows) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("If the request is valid, the service returns the ``Accepted (201)`` response code.", 201),
        ("A 204 will be returned if all gears exist in the wheel or 206 if some do.", 204),
        ("If any gear could not be made, 206 is returned.", 206),
        ("If the gear exists, a 409 is returned.", 204),
        ("If the gear exists, it is turned 204 times.", 204),
    ],
)
def test_near_misses_give_no_situation(text, code):
    assert told(text, code) is None


def test_the_first_sentence_counts():
    texts = ("If the gear exists, the call returns 204.", "If the gear does not exist, the call returns 204.", LISTED)
    (one,) = (c for c in read(*texts, path="/gears/{gear_id}").normal if c.code == 204)
    assert one.when == When(exists=("gear",), line=10)


def test_a_code_that_only_the_sentence_names_is_not_listed():
    (one,) = read("If the gear exists, the call returns 204.", path="/gears/{gear_id}").normal
    assert (one.code, one.listed, one.when) == (204, False, When(exists=("gear",), line=10))


@pytest.mark.parametrize(("rows", "taken"), [(PART, (Refusal(Cause(invalid=("Range",)), 416, 10),)), ((), ())])
def test_a_part_that_cannot_be_had_is_a_cause_of_a_refusal(rows, taken):
    text = "For an unsatisfiable partial download request, the call returns the HTTP ``416`` response code."
    assert read(text, LISTED, path="/gears/{gear_id}", rows=rows).refusals == taken
