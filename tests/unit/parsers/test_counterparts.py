"""Operations that refer to another one for their request, response and codes."""

from dataclasses import replace

import pytest
from prose_forms import read

from parsers.counterparts import with_counterparts
from specs.model import Body, Code, Counterpart, Operation, Parameter, Request, Response, Responses, Sample

REFERRED = "Please refer to\nShow car details\nfor more information on the request, response and return codes."


def rows(*names: str) -> tuple[Parameter, ...]:
    return tuple(Parameter(name, "path", "string", True, name, 256) for name in names)


CAR = Operation(
    "cars.show-car-details",
    "Show car details",
    "GET",
    "/garages/{garage_id}/cars/{car_id}",
    20,
    responses=Responses((Code(200, 24),), (Code(404, 26),)),
    request=Request((*rows("garage_id", "car_id"), Parameter("fields", "query", "string", False, "fields", 30))),
    response=Response(Body("described", 40), rows("car"), (Sample("car.json", 50, None, {"car": {}}),)),
)
SHORT = Operation("cars.show-car-details-alias", "Show car details alias", "GET", "/alias_cars/{car_id}", 90)


@pytest.mark.parametrize(
    "text", [REFERRED, "See Show car details for details about the request, the response, and the status codes."]
)
def test_the_title_of_the_counterpart_is_read(text):
    assert read(text).counterpart == ("Show car details", 10)


@pytest.mark.parametrize(
    "text",
    [
        "Please refer to Show car details for more information on the request.",
        "Please refer to Show car details, for the response and return codes.",
        "For more information on the request, response and return codes, see the guide.",
    ],
)
def test_near_misses(text):
    assert read(text).counterpart is None


def test_the_counterpart_gives_its_facts_with_the_line_of_the_sentence():
    whole, short = with_counterparts((CAR, SHORT), (None, ("show car details", 95)))
    assert whole == CAR
    assert (short.id, short.path, short.line) == (SHORT.id, SHORT.path, 90)
    assert short.same_as == Counterpart(CAR.id, 95)
    assert short.responses == Responses((Code(200, 95),), (Code(404, 95),))
    assert [row.name for row in short.request.parameters] == ["car_id", "fields"], "the path has no other name"
    assert short.request.parameters[0].line == 256, "a line of the parameter file"
    assert (short.response.body.line, short.response.samples[0].line) == (95, 95)


def test_facts_of_its_own_stay():
    own = Responses((Code(203, 97),), ())
    short = with_counterparts((CAR, replace(SHORT, responses=own)), (None, ("Show car details", 95)))[1]
    assert short.responses == own
    assert short.response.body.content == "described"


@pytest.mark.parametrize(
    ("others", "title"),
    [
        ((CAR,), "Show car"),
        ((replace(CAR, method="PUT"),), "Show car details"),
        ((CAR, CAR), "Show car details"),
    ],
)
def test_no_other_operation_is_taken_for_it(others, title):
    said = (*(None for _ in others), (title, 95))
    assert with_counterparts((*others, SHORT), said)[-1] == SHORT
