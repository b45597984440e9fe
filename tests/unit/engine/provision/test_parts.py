"""Optional parts of a service: what a cloud lacks, what is left out of requests, and which cases are inapplicable."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from widgets import plain, row, sample, spec

from conformance.engine.api.entries import OptionalParts, Part
from conformance.engine.api.service import ServiceDescription
from conformance.engine.cloud.errors import CloudError
from conformance.engine.derive.suite import derive
from conformance.engine.provision.parts import lacking, without

FLYING = Part("flying", operations=("kites.*",), fields=("altitude", "wing_*"))
PAINT = Part("paint", fields=("colour",), within=("cars.*",))
OPTIONAL = OptionalParts("/parts", "parts", "alias", (FLYING, PAINT))
PATCH = plain(
    "PATCH", "/cars/{car_id}", row("colour"), row("doors", "integer"), samples=(sample({"colour": "red", "doors": 3}),)
)


def cloud(answer):
    def get(path):
        assert path == "/parts"
        if isinstance(answer, Exception):
            raise answer
        return answer

    return SimpleNamespace(get=get)


def shown(body, ok=True):
    return SimpleNamespace(ok=ok, json=body)


def test_what_the_list_does_not_name_is_lacking():
    assert lacking(cloud(shown({"parts": [{"alias": "paint"}, {"alias": "more"}]})), OPTIONAL) == {"flying"}
    assert lacking(cloud(shown({"parts": []})), OPTIONAL) == {"flying", "paint"}


@pytest.mark.parametrize("answer", [shown({}, ok=False), shown({}), shown([]), shown(None), CloudError("gone")])
def test_without_a_list_nothing_counts_as_lacking(answer):
    assert lacking(cloud(answer), OPTIONAL) == frozenset()


def test_without_optional_parts_nothing_is_asked():
    assert lacking(cloud(AssertionError()), OptionalParts()) == frozenset()


def test_fields_of_lacking_parts_are_left_out_of_bodies_and_queries():
    body = {"car": {"doors": 3, "altitude": 9, "wings": [{"wing_span": 2, "tip": 1}]}}
    assert without(body, PATCH, OPTIONAL, {"flying"}) == {"car": {"doors": 3, "wings": [{"tip": 1}]}}
    assert without((("altitude", 1), ("limit", 2)), PATCH, OPTIONAL, {"flying"}) == (("limit", 2),)
    assert without(body, PATCH, OPTIONAL, {"paint"}) == body
    assert without(body, PATCH, OPTIONAL, ()) is body


def test_a_field_belongs_to_a_part_in_some_operations_alone():
    assert OPTIONAL.of("cars.update", "colour") == {"paint"}
    assert OPTIONAL.of("boats.update", "colour") == frozenset()
    assert OPTIONAL.of("kites.update", "colour") == {"flying"}
    assert OPTIONAL.of("cars.update", "body.wing_span") == {"flying"}


def test_a_case_knows_the_parts_that_it_needs():
    service = ServiceDescription(
        optional_parts=OptionalParts("/parts", "parts", parts=(Part("paint", fields=("colour",)),))
    )
    parts = {case.id.partition("/")[2]: case.parts for case in derive([spec(PATCH)], service=service).cases}
    about = {name for name, needed in parts.items() if needed}
    assert about
    assert all("colour" in name for name in about)
    assert any("doors" in name for name in parts)
