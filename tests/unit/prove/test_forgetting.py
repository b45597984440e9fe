"""A breakage after which nothing can be made says nothing of the next one: its failed attempts are forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fake_cloud import FakeCloud, fake_cloud

from conformance.engine.api.load import load_service
from conformance.engine.cloud.attempts import IN_VAIN
from conformance.engine.cloud.discover import Discovery
from conformance.engine.cloud.errors import ResourceError
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.poll import Watch
from conformance.engine.cloud.resources import Resources
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target, connect
from conformance.prove.prover import Prover
from conformance.prove.stock import Stock


@dataclass
class Context:
    """What a prover and its stock use of a session's context."""

    resources: Resources
    discovery: Discovery
    patience: Any = None


@pytest.fixture
def fake() -> Iterator[FakeCloud]:
    """A cloud on which each new volume fails."""
    with fake_cloud() as fake:
        fake.routes["POST", "/v2.1/os-volumes"] = (200, {"volume": {"id": "v", "status": "creating"}})
        fake.routes["GET", "/v2.1/os-volumes/v"] = (200, {"volume": {"id": "v", "status": "error"}})
        yield fake


@pytest.fixture
def session(fake: FakeCloud, tmp_path: Path) -> Iterator[SimpleNamespace]:
    target = Target(url=fake.url, tokens={Role.MEMBER: "member-token-0123456789"})
    cloud = connect(target, Journal(tmp_path / "journal.jsonl"), profile=load_service("compute").profile)
    discovery, watch = Discovery(cloud), Watch(cloud, shortest=0.01)
    context = Context(Resources(cloud, discovery, watch, timeout=5.0), discovery)
    yield SimpleNamespace(context=context, cloud=cloud, watch=watch)
    watch.close()
    cloud.close()


def given_up(resources: Resources) -> bool:
    """Whether a volume is not even asked for, because of the failed attempts so far."""
    with pytest.raises(ResourceError) as error:
        resources.make("volume")
    return "is not tried again for now" in str(error.value)


def exhausted(resources: Resources) -> Resources:
    """The resources after so many failures that no further volume is asked for."""
    assert not any(given_up(resources) for _ in range(IN_VAIN))
    assert given_up(resources)
    return resources


def test_the_prover_forgets_failed_attempts_before_each_breakage(
    session: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    prover = Prover(None, (), ())  # type: ignore[arg-type]  # it asks none of them
    prover._session = session
    begun: list[bool] = []
    monkeypatch.setattr(prover, "_run", lambda ids, context: begun.append(given_up(context.resources)) or [])
    exhausted(session.context.resources)
    for _ in range(2):  # for each breakage, not only the first
        prover.run(["a case"])
        while not given_up(session.context.resources):
            pass
    assert begun == [False, False]


def test_the_stock_lends_no_failed_attempts_to_the_next_breakage(session: SimpleNamespace) -> None:
    stock = Stock.__new__(Stock)
    stock._session = session
    upstream: Any = SimpleNamespace(changed=frozenset())
    for _ in range(2):
        lending = stock.lending(upstream, "ACTIVE", lambda kind: f"lent-{kind}")
        exhausted(lending)
        assert given_up(session.context.resources)  # what is not lent is made by the stock, for all breakages
