"""Figures of processes and of a run that goes on add up."""

from __future__ import annotations

from specs.record.totals import added


def test_figures_add_up_by_resource() -> None:
    own = {"requests": 10, "accepted": 7, "made": {"widget": 2}, "seconds": 3.25}
    other = {"requests": 5, "made": {"widget": 1, "gear": 4}, "seconds": 0.0}
    assert added(own, other) == {"requests": 15, "accepted": 7, "made": {"gear": 4, "widget": 3}, "seconds": 3.2}


def test_what_is_missing_counts_as_nothing_and_what_is_no_figure_is_left_out() -> None:
    assert added() == {"requests": 0, "accepted": 0, "made": {}, "seconds": 0}
    nothing = {"requests": 0, "accepted": 0, "made": {}, "seconds": 0.0}
    assert added({"pass": 3, "requests": None}, {"made": None}) == nothing
