"""The names that a run makes up."""

from __future__ import annotations

import itertools

import pytest

from conformance.engine.cloud import names
from conformance.engine.cloud.names import behind, ending
from conformance.engine.judge.order import sorted_by


def test_each_name_stands_before_the_ones_made_before_it_in_every_collation():
    made = [ending() for _ in range(300)]
    assert len(set(made)) == 300
    assert {len(one) for one in made} == {8}
    assert sorted_by(made, "desc")
    assert not any(sorted_by(pair, "asc") for pair in itertools.pairwise(made))


def test_the_names_behind_all_others_rise():
    before = ending()
    with behind():
        first, second = ending(), ending()
    assert before < first < second
    assert ending() < before


def test_another_process_falls_alike_by_the_clock(monkeypatch):
    monkeypatch.setattr(names, "_last", {"falling": 0, "rising": 0})
    monkeypatch.setattr(names.time, "time", lambda: 1000.0)
    first = ending()
    monkeypatch.setattr(names, "_last", {"falling": 0, "rising": 0})
    monkeypatch.setattr(names.time, "time", lambda: 1001.0)
    assert ending() < first


@pytest.mark.parametrize("last", [1, 0])
def test_the_numbers_begin_anew_when_they_are_used_up(monkeypatch, last):
    monkeypatch.setattr(names, "_last", {"falling": last, "rising": 0})
    assert all(len(ending()) == 8 for _ in range(3))


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [
        ("conformance-0a1b2c3d-case-x", True),
        ("CUSTOM_CONFORMANCE_0A1B2C3D_CASE_X", True),
        ("copy-of-conformance-0a1b2c3d", False),
        ("conformance-ffffffff-case", False),
        ("CUSTOM_CONFORMANCE", False),
        ("", False),
    ],
)
def test_a_name_of_a_run_begins_with_its_prefix_or_holds_it_in_capitals(name, is_ours):
    assert names.is_of(name, ["conformance-0a1b2c3d"]) is is_ours
