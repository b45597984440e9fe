"""Shorter names of operations in a description."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import DRIVEN, KNOWLEDGE, plain, spec

from conformance.engine.api.description import DescriptionError, read_texts
from conformance.engine.api.entries import Refusal, Showing, Transition
from conformance.engine.api.in_full import in_full
from conformance.engine.api.patterns import means, names_of
from conformance.engine.api.strictness import check_against
from conformance.engine.model.binding import Step

TURN, STOP, OLD = "v2--gears-actions.turn", "v2--gears-actions.stop", "v2--gears.stop"
EVERY = (TURN, STOP, OLD)
SPEC = spec(*(replace(plain("POST", f"/gears/{n}"), id=id_) for n, id_ in enumerate(EVERY)))


def test_the_file_or_the_beginning_of_its_name_may_be_left_out():
    assert names_of("v2--big--gears.turn") == ("v2--big--gears.turn", "big--gears.turn", "gears.turn", "turn")
    assert names_of("gears.turn") == ("gears.turn", "turn")


@pytest.mark.parametrize("pattern", ["turn", "t*", "gears-actions.*", "gears-*", "v2--*", TURN, "*"])
def test_a_pattern_means_an_operation_by_any_of_its_names(pattern):
    assert means(pattern, TURN)


@pytest.mark.parametrize("pattern", ["gears", "actions.turn", "urn", "gears.*", "turn.*"])
def test_a_part_of_a_name_means_nothing(pattern):
    assert not means(pattern, TURN)


def test_a_name_that_one_operation_has_stands_for_its_id():
    step, full = Step("turn", {"turn": "turn"}), Step(TURN, {"turn": "turn"})
    resource = replace(
        DRIVEN, transitions=(Transition("turn", "turn", "stop"),), statuses_to_try={"turn": ("turn",)}, lock="turn"
    )
    told = replace(
        KNOWLEDGE,
        resources=(resource,),
        under_test=resource,
        untestable={"turn": "turn"},
        tried_last=("turn", "gears.stop"),
        steps_before=(("t*", step),),
        refusals=(Refusal("turn", 409, "turn", "turn", steps=(step,)),),
        preconditions_to_show=(Showing("turn", "turn", ("turn",), (step,)),),
        producers={"/gears": "turn", "/teeth": ("turn", "turn")},
    )
    known = in_full(told, EVERY)
    assert known.under_test is known.resources[0]
    assert known.under_test.transitions == (Transition(TURN, "turn", "stop"),)
    assert known.under_test.statuses_to_try == {TURN: ("turn",)}
    assert (known.under_test.lock, known.under_test.kind) == (TURN, DRIVEN.kind)
    assert known.untestable == {TURN: "turn"}
    assert known.tried_last == (TURN, OLD)
    assert known.steps_before == (("t*", full),)
    assert known.refusals == (Refusal(TURN, 409, "turn", "turn", steps=(full,)),)
    assert known.preconditions_to_show == (Showing(TURN, "turn", (TURN,), (full,)),)
    assert known.producers == {"/gears": TURN, "/teeth": (TURN, "turn")}


@pytest.mark.parametrize("name", ["turn", "gears.stop", STOP])
def test_a_name_of_one_operation_is_right(name):
    told = read_texts([("gears.yaml", f"format: 1\nuntestable: {{{name}: it cannot be tried}}\n")])
    assert check_against(told, [SPEC], whole=True) == ()


@pytest.mark.parametrize("name", ["stop", "actions.turn", "gears.turn"])
def test_a_name_of_none_or_of_several_is_refused(name):
    assert in_full(replace(KNOWLEDGE, untestable={name: ""}), EVERY).untestable == {name: ""}
    told = read_texts([("gears.yaml", f"format: 1\nuntestable: {{{name}: it cannot be tried}}\n")])
    with pytest.raises(DescriptionError, match=f"gears.yaml:2: there is no operation {name}"):
        check_against(told, [SPEC], whole=True)
