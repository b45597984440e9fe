"""A proof gets the smallest sandbox that has its service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.sandbox.cloud import part


class Started:
    """A sandbox of one process."""

    def __enter__(self) -> str:
        return "one process"

    def __exit__(self, *_: object) -> None:
        """End."""


@contextmanager
def cloud(join: list[str]) -> Iterator[Any]:
    assert join == []
    yield SimpleNamespace(clouds="clouds.yaml", urls={"image": "http://127.0.0.1:1/v2"})


class Config:
    """Entries whose tokens are the names of the roles."""

    def __init__(self, config_files: list[str]) -> None:
        assert config_files == ["clouds.yaml"]

    def get_one(self, role: str) -> Any:
        session = SimpleNamespace(get_token=lambda: f"token of {role}")
        return SimpleNamespace(get_session=lambda: session)


@pytest.fixture(autouse=True)
def sandboxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part, "Sandbox", Started)
    monkeypatch.setattr(part, "sandbox_cloud", cloud)
    monkeypatch.setattr(part, "OpenStackConfig", Config)


def test_the_service_of_the_one_process_needs_no_cloud() -> None:
    with part.sandbox_of(part.SERVICES[0]) as sandbox:
        assert sandbox == "one process"


def test_another_service_is_that_of_a_cloud_with_a_token_for_each_role() -> None:
    with part.sandbox_of("image") as sandbox:
        assert isinstance(sandbox, part.PartOfCloud)
        assert sandbox.url == "http://127.0.0.1:1/v2"
        assert sandbox.release.startswith("glance ")
        assert sandbox.tokens == {role: f"token of {role}" for role in part.ROLES}
        assert "token of" not in repr(sandbox)


def test_a_service_that_no_sandbox_has_is_named() -> None:
    with pytest.raises(part.SandboxError, match="no sandbox has the service boats"), part.sandbox_of("boats"):
        pass
