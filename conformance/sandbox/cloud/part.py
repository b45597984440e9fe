"""One service of a sandbox cloud, as an endpoint with the tokens of the cloud's users."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from openstack.config import OpenStackConfig

from conformance.sandbox.child import SandboxError
from conformance.sandbox.cloud.running import joining, release, sandbox_cloud
from conformance.sandbox.process import SERVICES, RunningSandbox, Sandbox

ROLES = ("member", "admin", "reader", "alt", "visitor")
"""The entries of the clouds.yaml whose tokens a run can use."""


@dataclass(frozen=True)
class PartOfCloud:
    """One service of a running sandbox cloud.

    Attributes:
        url: its root URL.
        release: its running release, such as `keystone 30.0.0`.
        tokens: the first token of each role. By them a role is known, even where another one has taken their place.
        renewed: a role and a token of it that the cloud refused -> the token to send instead; None if nothing
            limits the tokens.
        owners: role -> the ids of its user and of its project.
    """

    url: str
    release: str
    tokens: Mapping[str, str] = field(repr=False)
    renewed: Callable[[str, str], str] | None = field(default=None, repr=False)
    owners: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)


class _Logins:
    """The users of a cloud with their present tokens. Safe to use from many threads."""

    def __init__(self, clouds: str) -> None:
        config = OpenStackConfig(config_files=[clouds])
        self._sessions = {role: config.get_one(role).get_session() for role in ROLES}
        self._lock = threading.Lock()
        self._present = {role: str(session.get_token()) for role, session in self._sessions.items()}

    def tokens(self) -> dict[str, str]:
        """The present token of each role."""
        return dict(self._present)

    def owners(self) -> dict[str, tuple[str | None, str | None]]:
        """The ids of the user and of the project of each role."""
        return {role: (one.get_user_id(), one.get_project_id()) for role, one in self._sessions.items()}

    def renewed(self, role: str, refused: str) -> str:
        """The token to send in place of a refused one: that which another thread has got meanwhile, or a new one."""
        with self._lock:
            if self._present[role] == refused:
                session = self._sessions[role]
                session.invalidate()
                self._present[role] = str(session.get_token())
            return self._present[role]


@contextmanager
def sandbox_of(service: str) -> Iterator[RunningSandbox | PartOfCloud]:
    """Start the smallest sandbox that has a service: that of one process, or a cloud.

    Args:
        service: the type of the service.

    Raises:
        SandboxError: it does not start, or no sandbox has the service.
    """
    if service in SERVICES:
        with Sandbox() as sandbox:
            yield sandbox if service == SERVICES[0] else PartOfCloud(*sandbox.service(service), sandbox.tokens)
        return
    known = release(service)
    if known is None:
        raise SandboxError(f"no sandbox has the service {service}: prove one that `conformance sandbox --cloud` lists")
    with sandbox_cloud(join=joining([service])) as cloud:
        logins = _Logins(str(cloud.clouds))
        yield PartOfCloud(cloud.urls[service], known, logins.tokens(), logins.renewed, logins.owners())
