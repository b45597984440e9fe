"""A request that brings a field back is tried on a resource that has come to its status by a change of that field."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from widgets import action
from workshop import EVERY, opened, tried

from conformance.engine.execute import arrangement
from conformance.engine.model.evidence import Problem
from conformance.engine.model.probe import Before
from conformance.engine.provision.coming import WAYS, come_by_change

TURN, GROW = "widgets.turn", "widgets.grow"
"""Operations from IDLE to SPINNING: one that changes no field, and one that changes the size."""


@dataclass
class Resource:
    """A resource under test that comes to SPINNING by the first operation that is not shunned."""

    size: int = 1
    ways: tuple[str, ...] = (TURN, GROW)
    hindered: bool = False
    shunned: frozenset[str] = frozenset()
    changed_by: str = TURN
    view: dict | None = field(default_factory=lambda: {"status": "SPINNING", "size": 1})
    seen_in: dict = field(default_factory=lambda: {"IDLE": {"status": "IDLE", "size": 1}})
    went: list[str] = field(default_factory=list)

    def reach(self, state):
        if self.view["status"] == state:
            return None
        if state == "IDLE":
            self.size, self.changed_by = 1, "widgets.halt"
        else:
            by = next((way for way in self.ways if way not in self.shunned), None)
            if by is None or (self.hindered and self.shunned):
                return Problem("inconclusive", "no way leads there")
            self.size, self.changed_by = self.size + (by == GROW), by
            self.went.append(by)
        self.view = self.seen_in[state] = {"status": state, "size": self.size}
        return None


def test_a_resource_that_came_without_a_change_comes_again_with_one():
    resource = Resource()
    assert come_by_change(resource, "SPINNING", "IDLE", ["size"]) is None
    assert (resource.went, resource.view) == ([GROW], {"status": "SPINNING", "size": 2})
    assert not resource.shunned


def test_a_resource_that_came_with_a_change_stays():
    resource = Resource(view={"status": "SPINNING", "size": 2}, changed_by=GROW)
    assert come_by_change(resource, "SPINNING", "IDLE", ["size"]) is None
    assert resource.went == []


def test_one_that_was_not_seen_in_the_other_status_comes_again():
    resource = Resource(seen_in={}, ways=(GROW,))
    assert come_by_change(resource, "SPINNING", "IDLE", ["size"]) is None
    assert resource.went == [GROW]


@pytest.mark.parametrize("more", [{"ways": (TURN,)}, {"hindered": True}])
def test_where_no_way_changes_the_field_the_request_is_tried_all_the_same(more):
    resource = Resource(**more)
    assert come_by_change(resource, "SPINNING", "IDLE", ["size"]) is None
    assert (resource.went, resource.view) == ([TURN], {"status": "SPINNING", "size": 1})
    assert len(resource.went) < WAYS
    assert not resource.shunned


@pytest.mark.parametrize(("probe", "asked"), [(Before("size"), [("IDLE", "HALTED", ("size",))]), (Before(), [])])
def test_only_a_trial_whose_probe_names_a_field_comes_by_a_change(tmp_path, monkeypatch, probe, asked):
    shop, seen = opened(tmp_path, *EVERY), []
    monkeypatch.setattr(arrangement, "come_by_change", lambda _, *asked: seen.append(asked))
    calm = action("calm", path="/servers/{server_id}/action")
    shop[0].does["calm"] = 202
    shop[1].make(tried(calm, "IDLE", body={"calm": None}, accepted=True, leads_to=("HALTED",)), (probe,))
    assert seen == asked
