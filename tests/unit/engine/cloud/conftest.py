"""A client, a run that has ended, and the cloud without a network that both talk to."""

from __future__ import annotations

import pytest
from ended import Ended
from fake_cloud import fake_cloud

from conformance.engine.api.load import load_service
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target, connect

TOKEN = "member-token-0123456789"
PROFILE = load_service("compute").profile


@pytest.fixture
def fake():
    with fake_cloud() as cloud:
        yield cloud


@pytest.fixture
def cloud(fake, tmp_path):
    made = connect(
        Target(url=fake.url, tokens={Role.MEMBER: TOKEN, Role.ADMIN: "admin-token-0123456789"}),
        Journal(tmp_path / "journal.jsonl"),
        profile=PROFILE,
    )
    fake.asked.clear()
    yield made
    made.close()


@pytest.fixture
def run(fake, tmp_path):
    """A run that has ended, and whoever cleans up after it."""
    return Ended(fake, tmp_path)
