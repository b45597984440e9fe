"""The senders of requests: the roles of a run, and nobody."""

from __future__ import annotations

from enum import Enum, StrEnum


class Role(StrEnum):
    """The roles that a run may have.

    MEMBER, ADMIN, READER and VISITOR belong to one project, in which the role of VISITOR gives no right. ALT is a
    member of another project.
    """

    MEMBER = "member"
    ADMIN = "admin"
    READER = "reader"
    ALT = "alt"
    VISITOR = "visitor"


class Anonymous(Enum):
    """Nobody: a request without a token, or with an invalid one."""

    NO_TOKEN = "no token"  # noqa: S105 -- not a secret, the absence of one
    BAD_TOKEN = "a token that is none"  # noqa: S105

    def __str__(self) -> str:
        return self.value


NO_TOKEN = Anonymous.NO_TOKEN
BAD_TOKEN = Anonymous.BAD_TOKEN

Sender = Role | Anonymous
