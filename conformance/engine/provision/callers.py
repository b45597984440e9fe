"""The projects, users and tokens of the senders of a run."""

from __future__ import annotations

from conformance.engine.cloud.client import Cloud
from conformance.engine.cloud.roles import Role
from conformance.engine.provision.errors import Unavailable

ADMIN = "admin"
"""The attribute of a project or a user by which the description means the administrator's instead of the member's."""


def other_project(cloud: Cloud) -> str:
    """The id of the project of the role alt.

    Raises:
        Unavailable: this run has no such role, or its token does not name the project.
    """
    known = cloud.project_of(Role.ALT) if Role.ALT in cloud.roles else None
    if known is None:
        raise Unavailable("no credentials of a member of another project were given")
    return known


def admins_project(cloud: Cloud) -> str:
    """The id of the administrator's project. Raises Unavailable: the run has no administrator with a project."""
    known = cloud.project_of(Role.ADMIN) if Role.ADMIN in cloud.roles else None
    if known is None:
        raise Unavailable("no credentials of an administrator of a project were given")
    return known


def token(cloud: Cloud, another: bool) -> str:
    """The member's present token, or another one. Raises Unavailable: the member's credentials give no other."""
    found = cloud.another_token(Role.MEMBER) if another else cloud.token_of(Role.MEMBER)
    if found is None:
        raise Unavailable("the member was given as a token alone, which gives no second one")
    return found


def user(cloud: Cloud, attribute: str) -> str:
    """The id of the member, or of the administrator. Raises Unavailable: no token names this user."""
    if attribute == ADMIN and Role.ADMIN not in cloud.roles:
        raise Unavailable("no credentials of an administrator were given")
    role = Role.ADMIN if attribute == ADMIN else Role.MEMBER
    known = cloud.user_of(role)
    if known is None:
        raise Unavailable(f"the token of the {role} does not show the id of its user", optional=False)
    return known
