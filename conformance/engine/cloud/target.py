"""From what the user names to a client: a cloud of clouds.yaml, a URL with tokens, or a sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.engine.cloud.client import Cloud
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.roles import Role


@dataclass(frozen=True)
class Target:
    """What the user named: ``clouds`` (names in clouds.yaml by role; "envvars" for the OS_* variables), or a url.

    Attributes:
        url: the service's root or its versioned root.
        tokens: by role; MEMBER is needed with a url.
        name: how to name it to a person; derived if None.
    """

    clouds: Mapping[Role, str] = field(default_factory=dict)
    url: str | None = None
    tokens: Mapping[Role, str] = field(default_factory=dict)
    name: str | None = None

    @classmethod
    def sandbox(cls, url: str, tokens: Mapping[str, str], name: str = "sandbox") -> Target:
        """The target that a running sandbox is: tokens by role name; "member2" counts as "alt"."""
        raise NotImplementedError


def connect(
    target: Target,
    journal: Journal | None = None,
    *,
    allow_disruptive: bool = False,
    service_type: str = "compute",
    timeout: float = 30.0,
) -> Cloud:
    """Find the endpoint, its versions, and see that each token is accepted.

    Raises:
        EndpointError: it cannot be used; one sentence says why and how to mend it.
    """
    raise NotImplementedError
