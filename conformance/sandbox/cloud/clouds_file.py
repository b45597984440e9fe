"""The file clouds.yaml of a cloud, with one entry for each user."""

from __future__ import annotations

from typing import Any

import yaml

from conformance.sandbox.cloud.contents import USERS
from conformance.sandbox.cloud.layout import DOMAIN, REGION, Layout

NAME = "clouds.yaml"
SYSTEM = "system"
"""The entry of the administrator with the scope system."""


def clouds(layout: Layout) -> dict[str, Any]:
    """Return the content of the file."""

    def entry(user: str, **scope: str) -> dict[str, Any]:
        who = {"username": user, "password": layout.password, "user_domain_id": DOMAIN}
        return {
            "auth": {"auth_url": layout.url("keystone"), **who, **scope},
            "region_name": REGION,
            "identity_api_version": "3",
        }

    entries = {
        name: entry(name, project_name=project, project_domain_id=DOMAIN) for name, (project, _) in USERS.items()
    }
    return {"clouds": {**entries, SYSTEM: entry("admin", system_scope="all")}}


def text(content: dict[str, Any]) -> str:
    """Return the content as the text of the file."""
    return yaml.safe_dump(content, sort_keys=False)
