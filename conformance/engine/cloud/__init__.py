"""The client that everything uses against a cloud under test: roles, guard, journal, waiting, resources."""

from conformance.engine.cloud.cleanup import CleanupReport, cleanup
from conformance.engine.cloud.client import Cloud
from conformance.engine.cloud.discover import Discovery, Flavor, Image, Missing, Network, Wishes
from conformance.engine.cloud.errors import (
    CloudError,
    EndpointError,
    GuardRefusal,
    ResourceError,
    RoleMissing,
)
from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.guard import Guard
from conformance.engine.cloud.journal import Entry, Intent, Journal
from conformance.engine.cloud.poll import WaitResult, Watch
from conformance.engine.cloud.resources import Made, Resources
from conformance.engine.cloud.roles import BAD_TOKEN, NO_TOKEN, Anonymous, Role, Sender
from conformance.engine.cloud.target import Target, connect

__all__ = [
    "ABSENT",
    "BAD_TOKEN",
    "NO_TOKEN",
    "Anonymous",
    "Answer",
    "Ask",
    "CleanupReport",
    "Cloud",
    "CloudError",
    "Discovery",
    "EndpointError",
    "Entry",
    "Flavor",
    "Guard",
    "GuardRefusal",
    "Image",
    "Intent",
    "Journal",
    "Made",
    "Missing",
    "Network",
    "ResourceError",
    "Resources",
    "Role",
    "RoleMissing",
    "Sender",
    "Target",
    "WaitResult",
    "Watch",
    "Wishes",
    "cleanup",
    "connect",
]
