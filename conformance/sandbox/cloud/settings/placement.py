"""The configuration of Placement."""

from __future__ import annotations

from conformance.sandbox.cloud.layout import Layout
from conformance.sandbox.cloud.settings.common import Sections, database, token_checks


def sections(layout: Layout) -> Sections:
    """Return what Placement has of its own."""
    return {
        "placement_database": database(layout, "placement"),
        "keystone_authtoken": token_checks(layout, "placement"),
    }
