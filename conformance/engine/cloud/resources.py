"""Resource factories in the manner of tempest.lib: each makes one thing, journaled, and cleans it up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TYPE_CHECKING

from conformance.engine.cloud.roles import Role

if TYPE_CHECKING:
    from conformance.engine.cloud.client import Cloud
    from conformance.engine.cloud.discover import Discovery
    from conformance.engine.cloud.poll import Watch
    from conformance.engine.cloud.exchange import Answer
    from collections.abc import Mapping


@dataclass(frozen=True)
class Made:
    """A resource that this run made.

    Attributes:
        id: by which its path names it (a key pair's is its name).
        path: at which it is read and deleted.
        body: the resource as last seen (a server: as the wait for ACTIVE saw it).
        answer: the answer to the creation.
    """

    kind: str
    id: str
    name: str
    path: str
    role: Role
    body: dict[str, Any] = field(compare=False)
    answer: Answer = field(compare=False, repr=False)


class Resources:
    """The factories of one run. Each raises ResourceError, in one sentence, if the thing cannot be had."""

    def __init__(self, cloud: Cloud, discovery: Discovery, watch: Watch, *, timeout: float = 300.0) -> None:
        raise NotImplementedError

    def rand_name(self, kind: str = "") -> str:
        """A random name that begins with the run's prefix."""
        raise NotImplementedError

    def server(
        self,
        *,
        role: Role = Role.MEMBER,
        microversion: str | None = None,
        flavor: str | None = None,
        image: str | None = None,
        volume_backed: bool = False,
        metadata: Mapping[str, str] | None = None,
        networks: Literal["auto", "none", "default"] | list[dict[str, str]] = "default",
        wait_for: str | None = "ACTIVE",
        extra: Mapping[str, Any] | None = None,
    ) -> Made:
        """A server. ``extra``: further members of its body. ``wait_for``: the status to wait for; None does not wait."""
        raise NotImplementedError

    def keypair(
        self, *, role: Role = Role.MEMBER, microversion: str | None = None, public_key: str | None = None
    ) -> Made:
        """A key pair."""
        raise NotImplementedError

    def security_group(self, *, role: Role = Role.MEMBER) -> Made:
        """A security group, through the proxy of 2.35."""
        raise NotImplementedError

    def floating_ip(self, *, role: Role = Role.MEMBER, pool: str | None = None) -> Made:
        """A floating IP, through the proxy of 2.35. Its address is in ``body["ip"]``."""
        raise NotImplementedError

    def volume(self, *, role: Role = Role.MEMBER, size: int = 1, image: str | None = None) -> Made:
        """A volume of ``size`` GiB that is available, through the proxy of 2.35."""
        raise NotImplementedError

    def image(self, server_id: str, *, role: Role = Role.MEMBER, microversion: str | None = None) -> Made:
        """An image of a server (createImage), active."""
        raise NotImplementedError

    def server_group(self, *, role: Role = Role.MEMBER, policy: str = "anti-affinity") -> Made:
        """A server group."""
        raise NotImplementedError

    def delete(self, made: Made, *, wait: bool = True) -> None:
        """Delete one thing and wait until it is gone; a SOFT_DELETED server is deleted with force."""
        raise NotImplementedError

    def close(self) -> tuple[str, ...]:
        """Delete all that is left, in parallel; returns a sentence for each thing that could not be removed."""
        raise NotImplementedError
