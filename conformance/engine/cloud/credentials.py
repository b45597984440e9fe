"""Where a role's token comes from."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from keystoneauth1 import exceptions as ksa

from conformance.engine.cloud.errors import CloudError
from specs.text import one_line

if TYPE_CHECKING:
    from keystoneauth1.plugin import BaseAuthPlugin
    from keystoneauth1.session import Session

    from conformance.engine.cloud.adapter import BoundedAdapter

RENEWAL_PAUSE = 30.0
"""Seconds. A token refused so soon after it was issued is not refused for its age, so another would fare no better."""


_MISSHAPEN = (AttributeError, KeyError, RecursionError, TypeError, ValueError)
"""Exceptions of keystoneauth1 for a malformed document."""


class TokenError(CloudError):
    """No token could be had."""


class Credential(Protocol):
    """The credential of a role."""

    def token(self) -> str:
        """Give the token that is good now. Raises TokenError."""
        ...

    def renew(self, refused: str) -> str | None:
        """Give another token in the place of one that was refused; None if there is no other."""
        ...

    def endpoint(self, service_type: str) -> str | None:
        """Give the address of a service from the catalogue; None if there is no catalogue or no such service."""
        ...

    def owner(self) -> str | None:
        """Say whose it is, and in which project; None if nothing tells."""
        ...

    def project(self) -> str | None:
        """Give the id of the project that the token is for; None if it is for none, or nobody knows."""
        ...


class FixedToken:
    """A token that the user has given. When it expires, it expires."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        """Give the token."""
        return self._token

    def renew(self, refused: str) -> str | None:  # noqa: ARG002
        """Give None: there is no other."""
        return None

    def endpoint(self, service_type: str) -> str | None:  # noqa: ARG002
        """Give None: a token alone has no catalogue."""
        return None

    def owner(self) -> str | None:
        """Give None: a token alone does not tell."""
        return None

    def project(self) -> str | None:
        """Give None: a token alone does not show its project."""
        return None


class IdentityToken:
    """A token that keystoneauth1 gets, and renews before it expires or when it is refused.

    Args:
        session: that asks the identity service.
        auth: the plugin; that of the session where None.
        region, interface: of the endpoints in the catalogue.
        overrides: endpoints of services that win over the catalogue.
        adapter: of the session, which knows why a request was not answered.
    """

    def __init__(
        self,
        session: Session,
        auth: BaseAuthPlugin | None = None,
        *,
        region: str | None = None,
        interface: str | list[str] | None = None,
        overrides: dict[str, str] | None = None,
        adapter: BoundedAdapter | None = None,
    ) -> None:
        self.session = session
        self._auth = auth
        self._region = region
        self._interface = interface or "public"
        self._overrides = overrides or {}
        self._adapter = adapter
        self._lock = Lock()
        self._renewed = float("-inf")

    def token(self) -> str:
        """Give the token that is good now; keystoneauth1 replaces one that is about to expire."""
        try:
            token = self.session.get_token(self._auth)
        except ksa.ClientException as error:
            said = (self._adapter and self._adapter.trouble) or one_line(str(error)) or type(error).__name__
            raise TokenError(f"the identity service gave no token: {said}") from error
        except _MISSHAPEN as error:
            raise TokenError("the identity service gave no token: its response is malformed") from error
        if not token:
            raise TokenError("the credentials give no token")
        return str(token)

    def renew(self, refused: str) -> str | None:
        """Authenticate again, once for all threads whose requests were refused with the same token."""
        with self._lock:
            current = self.token()
            if current != refused:
                return current
            if time.monotonic() - self._renewed < RENEWAL_PAUSE:
                return None
            self._renewed = time.monotonic()
            if not self.session.invalidate(self._auth):
                return None
            fresh = self.token()
            return fresh if fresh != refused else None

    def endpoint(self, service_type: str) -> str | None:
        """Look the service up in the catalogue."""
        if service_type in self._overrides:
            return self._overrides[service_type]
        try:
            found = self.session.get_endpoint(
                self._auth, service_type=service_type, region_name=self._region, interface=self._interface
            )
        except (ksa.ClientException, *_MISSHAPEN):
            return None
        return str(found) if found else None

    def owner(self) -> str | None:
        """Say it as the identity service does."""
        auth = self._auth or self.session.auth
        access = getattr(auth, "get_access", lambda _: None)(self.session)
        if access is None:
            return None
        where = f"project {access.project_name} ({access.project_id})" if access.project_id else "no project"
        roles = ", ".join(access.role_names) or "no roles"
        return f"user {access.username or access.user_id}, {where}, roles {roles}"

    def project(self) -> str | None:
        """Give the id of the project that the token is for."""
        try:
            found = self.session.get_project_id(self._auth)
        except ksa.ClientException:
            return None
        return str(found) if found else None


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
