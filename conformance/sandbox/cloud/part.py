"""One service of a sandbox cloud, as an endpoint with the tokens of the cloud's users."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from openstack.config import OpenStackConfig

from conformance.sandbox.cloud.running import release, sandbox_cloud
from conformance.sandbox.process import SERVICES, RunningSandbox, Sandbox

ROLES = ("member", "admin", "reader", "alt", "visitor")
"""The entries of the clouds.yaml whose tokens a run can use."""


@dataclass(frozen=True)
class PartOfCloud:
    """One service of a running sandbox cloud.

    Attributes:
        url: its root URL.
        release: its running release, such as `keystone 30.0.0`.
        tokens: a token by role.
    """

    url: str
    release: str
    tokens: Mapping[str, str] = field(repr=False)


@contextmanager
def sandbox_of(service: str) -> Iterator[RunningSandbox | PartOfCloud]:
    """Start the smallest sandbox that has a service: that of one process, or a cloud.

    Args:
        service: the type of the service.

    Raises:
        SandboxError: it does not start, or no sandbox has the service.
    """
    if service == SERVICES[0]:
        with Sandbox() as sandbox:
            yield sandbox
        return
    with sandbox_cloud() as cloud:
        config = OpenStackConfig(config_files=[str(cloud.clouds)])
        sessions = {role: config.get_one(role).get_session() for role in ROLES}
        tokens = {role: str(session.get_token()) for role, session in sessions.items()}
        yield PartOfCloud(cloud.urls[service], release(service) or service, tokens)
