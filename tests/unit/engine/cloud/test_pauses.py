"""The pauses between two looks: short where the end of a wait is expected, and long enough for the endpoint."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.cloud import pauses


@pytest.mark.parametrize(
    ("so_far", "expected", "pause"),
    [
        *((0.0, 20.0, 20 / 7), (0.0, 4.0, 2.0), (2.0, 4.0, 2.0), (0.0, 1.2, 1.2), (18.5, 20.0, 1.5)),
        *((4.0, 4.0, 0.2), (25.0, 20.0, 1.0), (30.0, 20.0, 3.0), (5.0, 0.0, 1.0)),
    ],
)
def test_a_look_comes_when_the_end_is_expected_and_few_before_it(so_far, expected, pause):
    assert pauses.wished(so_far, expected, 3.0, known=True) == pytest.approx(pause)


@given(st.floats(0.1, 300), st.floats(0.5, 5))
def test_the_expected_end_of_a_wait_is_looked_at_to_the_moment(expected, longest):
    """No pause before it is longer than the longest one."""
    so_far, looks = 0.0, 0
    while so_far < expected - 1e-6:
        pause = pauses.wished(so_far, expected, longest, known=True)
        assert 0 < pause <= longest * (1 + 1e-9)
        so_far, looks = so_far + pause, looks + 1
    assert so_far == pytest.approx(expected)
    assert looks <= expected / longest + 1


@pytest.mark.parametrize(
    ("wishes", "pause"),
    [([0.2], 1.0), ([2.0], 2.0), ([2.0, 2.4], 2.4), ([2.0, 2.6], 2.0), ([0.1, 1.3, 1.7], 1.3), ([9.0, 0.4, 1.0], 1.0)],
)
def test_one_look_shows_the_ends_that_come_shortly_after_each_other(wishes, pause):
    assert pauses.chosen(wishes, 1.0) == pytest.approx(pause)


@pytest.mark.parametrize(
    ("patience", "took", "pause"),
    [(float("inf"), 0.1, 1.0), (float("inf"), 2.0, 6.0), (9.0, 2.0, 6.0), (4.0, 2.0, 4.0), (0.5, 2.0, 2.0)],
)
def test_a_slow_endpoint_rests_less_while_the_end_of_a_wait_is_near(patience, took, pause):
    assert pauses.rested(1.0, patience, took) == pause


@pytest.mark.parametrize(
    ("so_far", "known", "pause"),
    [(1.0, True, pauses.GROWTH), (1.0, False, pauses.GROWTH), (60.0, True, 3.0), (60.0, False, 3.0 * pauses.UNKNOWN)],
)
def test_a_wait_of_which_nobody_knows_the_end_is_looked_at_more_often(so_far, known, pause):
    assert pauses.grown(so_far, 3.0, known) == pause
