"""The place of a request: below the project of the role that asks, or above the version in the address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.engine.cloud.errors import RoleMissing
from conformance.engine.cloud.roles import Role, Sender

ABOVE = "/.."
"""The beginning of a path that stands above the version in the address of the service."""

_VERSION = re.compile(r"/v\d+(?:\.\d+)?\Z")


def above(url: str, path: str) -> str:
    """The address of a path above the version in the root of a service; an address without a version is its own top."""
    return _VERSION.sub("", url) + path.removeprefix(ABOVE)


@dataclass(frozen=True)
class Scope:
    """The paths that stand below a project, and the project of each role.

    Attributes:
        by_role: the text that names the project of a role in an address; other roles have no known project.
        parts: the first parts of the paths that stand below a project; None for all paths.
    """

    by_role: Mapping[Role, str] = field(default_factory=dict)
    parts: frozenset[str] | None = frozenset()

    def part(self, sender: Sender, path: str) -> str:
        """The part of the address between the root and a path: a slash and the project of the sender, or nothing.

        A request without a token has the project of a member.

        Raises:
            RoleMissing: the path stands below a project, and that of the role is unknown.
        """
        if self.parts is not None and path.lstrip("/").partition("/")[0] not in self.parts:
            return ""
        role = sender if isinstance(sender, Role) else Role.MEMBER
        project = self.by_role.get(role)
        if project is None:
            raise RoleMissing(f"{path} stands below a project in its address, and that of the role {role} is not known")
        return f"/{project}"


NOWHERE = Scope()
"""The scope in which no path stands below a project."""
