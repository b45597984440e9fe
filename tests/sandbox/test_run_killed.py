"""A run that is killed right after the cloud has changed something of others' for it, and the cleanup after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.sandbox.process import Sandbox
from tests.support.inhabited import Endpoint
from tests.support.kills import Way, tried
from tests.support.moments import MOMENTS, Moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.sandbox.process import RunningSandbox

CHOSEN = [
    one
    for one in MOMENTS
    if one[0].startswith(("os-services.update-compute-service", "os-quota-sets.revert", "os-aggregates.add_host"))
]
"""One for each way back: a service, a quota, and something of the run's own that must be emptied first."""


@pytest.fixture(scope="module")
def inhabited(sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """A sandbox of its own, in which others have things. (``sandbox`` skips.)"""
    with Sandbox(log=tmp_path_factory.mktemp("sandbox") / "nova.log") as running:
        names = {"member": "member", "admin": "admin", "reader": "reader", "alt": "member2"}
        yield Endpoint(running.url, {role: running.tokens[name] for role, name in names.items()})


@pytest.mark.parametrize(("operation", "moment"), CHOSEN, ids=[name.partition("/")[0] for name, _ in CHOSEN])
def test_nothing_is_left_or_changed(inhabited: Endpoint, tmp_path: Path, operation: str, moment: Moment) -> None:
    done = tried(inhabited, inhabited.inhabited(), operation, moment, tmp_path / "run")
    assert done.killed_after
    assert done.changed, "the cloud had done it"
    assert (done.left, done.after, done.status) == ((), (), 0), done.said
    assert done.true


@pytest.mark.parametrize("way", ["xdist", "stestr"])
def test_nothing_is_left_of_a_run_of_several_processes(inhabited: Endpoint, tmp_path: Path, way: Way) -> None:
    pytest.importorskip(way)
    operation, moment = CHOSEN[-1]
    done = tried(inhabited, inhabited.inhabited(), operation, moment, tmp_path / "run", way)
    assert done.killed_after
    assert done.changed, "the cloud had done it"
    assert (done.left, done.after, done.status) == ((), (), 0), done.said


def test_one_without_a_name_is_named_and_left_to_its_owner(inhabited: Endpoint, tmp_path: Path) -> None:
    operation, moment = next(one for one in MOMENTS if one[0].startswith("os-floating-ips.create"))
    done = tried(inhabited, inhabited.inhabited(), operation, moment, tmp_path / "run")
    (left,) = done.left
    id_ = left.split()[-1]
    assert done.status == 1
    assert f"(id {id_}) may be the run's, but nothing shows who made it" in done.said
    inhabited.call("DELETE", f"/os-floating-ips/{id_}", "member")
