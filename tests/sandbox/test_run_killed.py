"""A run that is killed right after the cloud has changed something of others' for it, and the cleanup after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.sandbox.process import Sandbox
from tests.support.inhabited import Endpoint
from tests.support.kills import tried
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
