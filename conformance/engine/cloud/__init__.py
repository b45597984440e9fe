"""Speaks to a cloud under test: one client with roles, guard and journal; waiting, resources and their removal."""

from conformance.engine.cloud.cleanup import CleanupReport, cleanup
from conformance.engine.cloud.client import Cloud
from conformance.engine.cloud.discover import Candidate, Discovery, Missing
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
from conformance.engine.cloud.profile import Profile
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
    "Candidate",
    "CleanupReport",
    "Cloud",
    "CloudError",
    "Discovery",
    "EndpointError",
    "Entry",
    "Guard",
    "GuardRefusal",
    "Intent",
    "Journal",
    "Made",
    "Missing",
    "Profile",
    "ResourceError",
    "Resources",
    "Role",
    "RoleMissing",
    "Sender",
    "Target",
    "WaitResult",
    "Watch",
    "cleanup",
    "connect",
]
