"""The present holder of a thing: an accepted request may have given it to another project or user.

Its maker is answered 404 from then on, as if the thing were gone, and so it is with things that hang on it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.engine.cloud.names import is_of
from conformance.engine.cloud.roles import Role

if TYPE_CHECKING:
    from conformance.engine.cloud.client import Cloud
    from conformance.engine.cloud.journal import Journal

_RANDOM = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""An id that no other thing bears. Numbers, and names that are not of the run, may come again."""

_OTHERS = (Role.ADMIN, Role.ALT, Role.MEMBER)
"""The roles that may see a thing which its maker does not see, the one that sees most first."""


def is_unique(id_: str, journal: Journal) -> bool:
    """Whether nothing but the thing of the run bears an id."""
    return _RANDOM.fullmatch(id_) is not None or is_of(id_, journal.prefixes)


def holder_of(cloud: Cloud, id_: str, path: str, role: str, version: str | None = None) -> Role | None:
    """Another role that is shown a thing of the run which a role is answered 404 for; None if it is gone.

    Nobody is asked for one whose removal the cloud has accepted. Only an id that no other thing bears shows that it is
    the same thing: projects may use the same names.
    """
    if cloud.journal is None or path in cloud.seen.removed or not is_unique(id_, cloud.journal):
        return None
    others = (other for other in _OTHERS if other in cloud.roles and other != role)
    return next((other for other in others if cloud.get(path, role=other, microversion=version).ok), None)
