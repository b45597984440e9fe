"""What a run has seen of requests on which the reference is silent."""

from __future__ import annotations

import pytest

from conformance.engine.provision.silence import ACCEPTED, MOSTLY, SEVERAL, Silence

TURN, WIDER = ("widgets.turn", ""), ("", "in another status")


def test_the_refusals_of_a_sort_count_until_one_was_accepted():
    silence = Silence()
    assert (silence.refusals(TURN), silence.knows(TURN)) == (0, False)
    silence.answered([TURN, WIDER], accepted=False)
    silence.answered([TURN], accepted=False)
    assert (silence.refusals(TURN), silence.refusals(WIDER), silence.knows(WIDER)) == (2, 1, True)
    silence.answered([TURN], accepted=True)
    assert (silence.refusals(TURN), silence.knows(TURN)) == (ACCEPTED, True)


@pytest.mark.parametrize(
    ("refused", "accepted", "mostly", "as_often"),
    [
        (0, 0, False, False),
        (SEVERAL - 1, 0, False, True),
        (SEVERAL, 0, True, True),
        (MOSTLY, 1, True, True),
        (MOSTLY - 1, 1, False, True),
        (1, 1, False, True),
        (1, 2, False, False),
    ],
)
def test_how_often_a_sort_was_refused_is_seen_beside_how_often_it_was_accepted(refused, accepted, mostly, as_often):
    silence = Silence()
    for _ in range(refused):
        silence.answered([WIDER], accepted=False)
    for _ in range(accepted):
        silence.answered([WIDER], accepted=True)
    assert (silence.mostly_refused(WIDER), silence.as_often_refused(WIDER)) == (mostly, as_often)


def test_an_operation_that_has_changed_something_once_is_never_taken_to_change_nothing():
    silence = Silence()
    assert silence.quiet("widgets.turn") is None
    silence.left("widgets.turn", as_it_was=True)
    assert silence.quiet("widgets.turn") is True
    silence.left("widgets.turn", as_it_was=False)
    silence.left("widgets.turn", as_it_was=True)
    assert silence.quiet("widgets.turn") is False
