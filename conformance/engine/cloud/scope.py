"""The project in the address of a request: that of the role that asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.engine.cloud.errors import RoleMissing
from conformance.engine.cloud.roles import Role, Sender


@dataclass(frozen=True)
class Scope:
    """Which paths stand below a project, and the text by which an address names each role's.

    Attributes:
        by_role: the text; a role that is not here has no known project.
        parts: first parts of the paths that stand below the project; None for all paths.
    """

    by_role: Mapping[Role, str] = field(default_factory=dict)
    parts: frozenset[str] | None = frozenset()

    def part(self, sender: Sender, path: str) -> str:
        """The part of the address between the root and a path: the project of who sends, a slash first, or nothing.

        Who has no token asks as a member would.

        Raises:
            RoleMissing: the path stands below the project, and that of the role is not known.
        """
        if self.parts is not None and path.lstrip("/").partition("/")[0] not in self.parts:
            return ""
        role = sender if isinstance(sender, Role) else Role.MEMBER
        project = self.by_role.get(role)
        if project is None:
            raise RoleMissing(f"{path} stands below a project in its address, and that of the role {role} is not known")
        return f"/{project}"


NOWHERE = Scope()
"""No path stands below a project."""
