"""A proof gets the smallest sandbox that has its service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from conformance.sandbox.cloud import part


class Started:
    """A sandbox of one process."""

    tokens: ClassVar[dict[str, str]] = {"member": "m"}

    def __enter__(self) -> Started:
        return self

    def __exit__(self, *_: object) -> None:
        """End."""

    def service(self, name: str) -> tuple[str, str]:
        assert name == "placement"
        return "http://127.0.0.1:2", "openstack-placement 16.0.0"


@contextmanager
def cloud(join: list[str]) -> Iterator[Any]:
    assert join == []
    yield SimpleNamespace(clouds="clouds.yaml", urls={"image": "http://127.0.0.1:1/v2"})


class Config:
    """Entries whose tokens are the names of the roles."""

    def __init__(self, config_files: list[str]) -> None:
        assert config_files == ["clouds.yaml"]

    def get_one(self, role: str) -> Any:
        return SimpleNamespace(get_session=lambda: Login(role))


class Login:
    """A session whose token is another one after each time that it was invalidated."""

    def __init__(self, role: str) -> None:
        self.role = role
        self.times = 1

    def invalidate(self) -> None:
        self.times += 1

    def get_token(self) -> str:
        return f"token {self.times} of {self.role}"

    def get_user_id(self) -> str:
        return f"user of {self.role}"

    def get_project_id(self) -> str | None:
        return None if self.role == "visitor" else f"project of {self.role}"


@pytest.fixture(autouse=True)
def sandboxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part, "Sandbox", Started)
    monkeypatch.setattr(part, "sandbox_cloud", cloud)
    monkeypatch.setattr(part, "OpenStackConfig", Config)


def test_the_service_of_the_one_process_needs_no_cloud() -> None:
    with part.sandbox_of(part.SERVICES[0]) as sandbox:
        assert isinstance(sandbox, Started)


def test_another_service_is_that_of_a_cloud_with_a_token_for_each_role() -> None:
    with part.sandbox_of("image") as sandbox:
        assert isinstance(sandbox, part.PartOfCloud)
        assert sandbox.url == "http://127.0.0.1:1/v2"
        assert sandbox.release.startswith("glance ")
        assert sandbox.tokens == {role: f"token 1 of {role}" for role in part.ROLES}
        assert "token 1" not in repr(sandbox)
        assert sandbox.owners["admin"] == ("user of admin", "project of admin")
        assert sandbox.owners["visitor"] == ("user of visitor", None)


def test_a_service_that_no_sandbox_has_is_named() -> None:
    with pytest.raises(part.SandboxError, match="no sandbox has the service boats"), part.sandbox_of("boats"):
        pass


def test_another_service_of_the_one_process_needs_no_cloud_either() -> None:
    with part.sandbox_of("placement") as sandbox:
        assert isinstance(sandbox, part.PartOfCloud)
        assert (sandbox.url, sandbox.release) == ("http://127.0.0.1:2", "openstack-placement 16.0.0")
        assert sandbox.tokens == {"member": "m"}
        assert sandbox.renewed is None


def test_a_refused_token_is_fetched_anew_once_for_all_that_had_it() -> None:
    with part.sandbox_of("image") as sandbox:
        assert isinstance(sandbox, part.PartOfCloud)
        assert sandbox.renewed is not None
        first = sandbox.tokens["reader"]
        second = sandbox.renewed("reader", first)
        assert second == "token 2 of reader"
        assert sandbox.renewed("reader", first) == second
        assert sandbox.renewed("reader", second) == "token 3 of reader"
        assert sandbox.tokens["reader"] == first
