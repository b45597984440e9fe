"""The requests that remove things whatever their status, as a reference names them."""

import pytest
from widgets import KNOWLEDGE, action, row, sample, spec

from conformance.engine.api.forced import forced_removals, freeing_acts
from conformance.engine.cloud.kinds import Act
from specs.microversion import Microversion
from specs.model import Versions

V2 = Microversion(2, 9)


@pytest.mark.parametrize("name", ["force_delete", "os-force_delete", "forceDelete", "force-delete"])
def test_an_action_that_says_so_removes_by_force(name):
    found = forced_removals([spec(action(name, path="/boats/{boat_id}/action"))], KNOWLEDGE, V2)
    assert found == {"/boats": Act({name: None})}


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("force_detach", {"path": "/boats/{boat_id}/action"}),
        ("delete", {"path": "/boats/{boat_id}/action"}),
        ("force_delete", {"path": "/boats/action"}),
        ("force_delete", {"path": "/harbours/{harbour_id}/boats/{boat_id}/action"}),
        ("force_delete", {"path": "/boats/{boat_id}/action", "microversions": Versions(max="2.8")}),
    ],
)
def test_near_misses(name, more):
    assert forced_removals([spec(action(name, **more))], KNOWLEDGE, V2) == {}


def resetting(*enum, name="reset_status", field="status", path="/boats/{boat_id}/action"):
    body = sample({name: {field: "available"}})
    return action(name, row(field, enum=enum), path=path, samples=(body,))


@pytest.mark.parametrize("enum", [("available", "error"), ()])
def test_an_action_that_sets_the_status_of_a_failed_thing_lets_it_be_removed(enum):
    found = freeing_acts([spec(resetting(*enum))], KNOWLEDGE, V2)
    assert found == {"/boats": Act({"reset_status": {"status": "error"}})}


@pytest.mark.parametrize(
    "operation",
    [
        resetting("available", "deleting"),
        resetting("error", name="reset"),
        resetting("error", field="name"),
        resetting("error", path="/boats/{boat_id}/status"),
    ],
)
def test_other_actions_do_not(operation):
    assert freeing_acts([spec(operation)], KNOWLEDGE, V2) == {}
