"""Figures of processes and of a run that goes on add up."""

from __future__ import annotations

from specs.record.totals import added


def test_figures_add_up_by_resource() -> None:
    own = {"requests": 10, "accepted": 7, "made": {"widget": 2}, "seconds": 3.25, "processor_seconds": 1.5}
    own["purposes"] = {"removing": 4, "trial": 6}
    other = {"requests": 5, "made": {"widget": 1, "gear": 4}, "seconds": 0.0, "purposes": {"trial": 5}}
    sums = added(own, other)
    assert sums["purposes"] == {"trial": 11, "removing": 4}
    assert list(sums["purposes"]) == ["trial", "removing"]
    assert {name: sums[name] for name in sums if name != "purposes"} == {
        "requests": 15,
        "accepted": 7,
        "made": {"gear": 4, "widget": 3},
        "seconds": 3.2,
        "processor_seconds": 1.5,
    }


def test_what_is_missing_counts_as_nothing_and_what_is_no_figure_is_left_out() -> None:
    nothing = {"requests": 0, "accepted": 0, "made": {}, "purposes": {}, "seconds": 0.0, "processor_seconds": 0.0}
    assert added() == nothing
    assert added({"pass": 3, "requests": None}, {"made": None}) == nothing
