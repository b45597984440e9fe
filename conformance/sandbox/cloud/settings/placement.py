"""The configuration of Placement."""

from __future__ import annotations

from conformance.sandbox.cloud.layout import Layout
from conformance.sandbox.cloud.settings.common import Sections, database, token_checks


def sections(layout: Layout) -> Sections:
    """Return the sections that only Placement has."""
    return {
        "placement_database": database(layout, "placement"),
        "keystone_authtoken": token_checks(layout, "placement"),
    }
