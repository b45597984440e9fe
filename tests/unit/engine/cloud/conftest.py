"""Fixtures of clients: a client, an ended run, a cloud without a network, and a home without settings."""

from __future__ import annotations

import pytest
from ended import Ended
from fake_cloud import fake_cloud
from targets import TOKEN

from conformance.engine.api.load import load_service
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target, connect

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


@pytest.fixture
def nobody_at_home(tmp_path, monkeypatch):
    """No clouds.yaml and no OS_* variables of whoever runs the tests."""
    for name in ("OS_CLOUD", "OS_AUTH_URL", "OS_USERNAME", "OS_PASSWORD", "OS_TOKEN", "OS_CLIENT_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    # openstacksdk keeps looking in the directory in which it was imported first, which may be that of another test.
    for files in ("CONFIG_FILES", "SECURE_FILES", "VENDOR_FILES"):
        monkeypatch.setattr(f"openstack.config.loader.{files}", [])
