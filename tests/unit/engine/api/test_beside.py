"""Operations that make a thing by another path than that of its collection."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import action, plain, row, sample, spec

from conformance.engine.api.references import with_references
from conformance.engine.api.service import ServiceDescription
from conformance.engine.cloud.created import Creation, creation
from conformance.engine.cloud.exchange import Answer, Ask
from conformance.engine.cloud.kinds import Kind
from conformance.engine.cloud.profile import Profile

SHOWN = {"answered": (sample({"gear": {"id": "1", "name": "g"}}),), "normal": (202,)}
MAKE = plain("POST", "/gears", row("name"), **SHOWN)
SHOW = plain("GET", "/gears/{gear_id}")
ADOPT = plain("POST", "/gears/adopt", row("name"), name="adopt", **SHOWN)


def made_beside(*operations, service=None):
    return with_references(service or ServiceDescription(), [spec(MAKE, SHOW, *operations)]).also_creates


@pytest.mark.parametrize("path", ["/gears/adopt", "/adopted-gears"])
def test_an_answer_that_shows_a_thing_of_a_collection_tells_that_one_was_made(path):
    adopt = plain("POST", path, row("name"), name="adopt", **SHOWN)
    assert made_beside(adopt) == ((adopt.id, "gears", "name"),)
    known = ServiceDescription(profile=Profile(kinds={"gear": Kind("gear", "/gears")}))
    assert made_beside(adopt, service=known) == ((adopt.id, "gear", "name"),)


def test_an_action_above_all_things_may_make_one():
    copy = action("copy", row("name"), path="/gears/action", **SHOWN)
    assert made_beside(copy) == ((copy.id, "gears", "name"),)


@pytest.mark.parametrize(
    "other",
    [
        plain("POST", "/gears/{gear_id}/turn", row("name"), **SHOWN),
        plain("PUT", "/gears/adopt", row("name"), **SHOWN),
        plain("POST", "/gears/check", **SHOWN),  # a check of a thing gives none a name
        plain("POST", "/wheels/adopt", row("name"), answered=(sample({"wheel": {"id": "1"}}),)),
        plain("POST", "/gears/adopt", row("name"), answered=(sample({"gear": {"name": "g"}}),)),
    ],
)
def test_others_make_none(other):
    assert made_beside(other) == ()


def test_what_a_description_says_of_an_operation_stands():
    told = ServiceDescription(also_creates=((ADOPT.id, "gear", "title"),))
    assert made_beside(ADOPT, service=told) == ((ADOPT.id, "gear", "title"),)


@pytest.mark.parametrize("status", [200, 201, 202])
def test_the_address_of_a_thing_below_its_collection_names_it(status):
    body = {"next": "https://cloud.example/v1/wheels/8", "gear_ref": "https://cloud.example/v1/gears/7"}
    answer = Answer(status, {}, "", body, 1.0, None)
    assert creation(Kind("gears", "/gears"), Ask("POST", "/gears"), answer) == Creation("7", "/gears/7")
    assert creation(Kind("cars", "/cars"), Ask("POST", "/cars"), answer) is None
    unsafe = replace(answer, json={"gear_ref": "https://cloud.example/v1/gears/a%2Fb"})
    assert creation(Kind("gears", "/gears"), Ask("POST", "/gears"), unsafe) is None


@pytest.mark.parametrize(
    ("kind", "key", "found"),
    [(Kind("gears", "/gears"), "gear", True), (Kind("gears", "/gears"), "wheel", False), (Kind("x"), "gear", False)],
)
def test_the_answer_names_a_thing_of_a_kind_that_no_description_knows(kind, key, found):
    answer = Answer(202, {}, "", {key: {"id": "7"}}, 1.0, None)
    made = creation(kind, Ask("POST", "/gears/adopt"), answer)
    assert made == (Creation("7", "/gears/7") if found else None)
