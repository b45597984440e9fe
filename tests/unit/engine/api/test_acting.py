"""Requests that act although they are a GET: the guard knows them, and no case takes them for looks."""

from __future__ import annotations

import pytest
from widgets import plain, row, sample, spec

from conformance.engine.api.acting import with_acting_reads
from conformance.engine.api.service import ServiceDescription
from conformance.engine.cloud.guard import Guard
from conformance.engine.cloud.profile import GuardRules, Profile

DESCRIBED = ServiceDescription(profile=Profile(guard=GuardRules(acting_reads=("/gears/*/oil",))))


def acting(operation, service=DESCRIBED):
    return with_acting_reads(service, [spec(operation)])


def test_a_read_that_promises_nothing_but_to_do_something_acts():
    join = plain("GET", "/v3/{project_id}/gears/{gear_id}/associate", normal=(202,))
    known = acting(join)
    assert known.unsafe_gets == (join.id,)
    assert known.profile.guard.acting_reads == ("/gears/*/oil", "/gears/*/associate")
    guard = Guard(None, known.profile.guard)
    guard.read_only = True
    assert guard.forbids("GET", "/gears/{gear_id}/associate") is not None
    assert guard.forbids("GET", "/gears/{gear_id}") is None


@pytest.mark.parametrize(
    "read",
    [
        plain("GET", "/gears/{gear_id}/associate", normal=(200,)),
        plain("GET", "/gears/{gear_id}/associate", normal=(200, 202)),
        plain("GET", "/gears/{gear_id}/teeth", normal=(202,), answers=(row("teeth"),)),
        plain("GET", "/gears/{gear_id}/teeth", normal=(202,), answered=(sample({"teeth": []}),)),
        plain("GET", "/gears/{gear_id}", normal=(202,)),
        plain("GET", "/gears", normal=(202,)),
        plain("POST", "/gears/{gear_id}/turn", normal=(202,)),
    ],
)
def test_other_reads_change_nothing(read):
    assert acting(read).unsafe_gets == ()
    assert acting(read).profile == DESCRIBED.profile


def test_a_description_names_others_by_their_path():
    oil = plain("GET", "/gears/{gear_id}/oil", normal=(200,), answers=(row("oil"),))
    assert acting(oil).unsafe_gets == (oil.id,)
    assert acting(oil, ServiceDescription()).unsafe_gets == ()
