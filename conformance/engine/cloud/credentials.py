"""The source of the token of each role."""

from __future__ import annotations

import time
from collections.abc import Callable
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
"""Seconds. A token that is refused so soon after its issue is not too old, so a new one would be refused, too."""


_MISSHAPEN = (AttributeError, KeyError, RecursionError, TypeError, ValueError)
"""Exceptions of keystoneauth1 for a malformed document."""


Owner = tuple[str | None, str | None]
"""The ids of a user and of a project; None where unknown."""


class TokenError(CloudError):
    """There is no token. The message says why."""


class Credential(Protocol):
    """The credential of a role."""

    def token(self) -> str:
        """The token that is valid now. Raises TokenError."""
        ...

    def renew(self, refused: str) -> str | None:
        """Another token in place of a refused one; None if there is no other."""
        ...

    def another(self) -> str | None:
        """A further token, beside the one that is valid now; None if there is none. Raises TokenError."""
        ...

    def endpoint(self, service_type: str) -> str | None:
        """The address of a service from the catalogue; None if there is no catalogue or no such service."""
        ...

    def owner(self) -> str | None:
        """The user and the project, in words; None if unknown."""
        ...

    def project(self) -> str | None:
        """The id of the project of the token; None if it has none, or if that is unknown."""
        ...

    def user(self) -> str | None:
        """The id of the user of the token; None if that is unknown."""
        ...


class FixedToken:
    """A token that the user has given. Nothing can renew it.

    Args:
        token: the token.
        owner: the ids of its user and of its project; None where they are unknown, since a token does not tell them.
    """

    def __init__(self, token: str, owner: Owner = (None, None)) -> None:
        self._token = token
        self._user, self._project = owner

    def token(self) -> str:
        """The token."""
        return self._token

    def renew(self, refused: str) -> str | None:  # noqa: ARG002
        """None: there is no other token."""
        return None

    def another(self) -> str | None:
        """None: there is no other token."""
        return None

    def endpoint(self, service_type: str) -> str | None:  # noqa: ARG002
        """None: a token alone has no catalogue."""
        return None

    def owner(self) -> str | None:
        """None: a token alone does not tell the user."""
        return None

    def project(self) -> str | None:
        """The given id of the project."""
        return self._project

    def user(self) -> str | None:
        """The given id of the user."""
        return self._user


class IdentityToken:
    """A token from keystoneauth1, which renews it before it expires or when it is refused.

    Args:
        session: the session that asks the identity service.
        auth: the authentication plugin; None for that of the session.
        region, interface: the region and the interface of the endpoints in the catalogue.
        overrides: the endpoints of services that win over the catalogue.
        adapter: the adapter of the session, which knows why a request was not answered.
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
        """The token that is valid now; keystoneauth1 replaces one that is about to expire."""
        return self._issued(lambda: self.session.get_token(self._auth))

    def another(self) -> str | None:
        """A further token: the plugin authenticates again, and keeps the token that it has."""
        issue = getattr(self._auth or self.session.auth, "get_auth_ref", None)
        return self._issued(lambda: issue(self.session).auth_token) if issue is not None else None

    def _issued(self, issue: Callable[[], str | None]) -> str:
        try:
            token = issue()
        except ksa.ClientException as error:
            said = (self._adapter and self._adapter.trouble) or one_line(str(error)) or type(error).__name__
            raise TokenError(f"the identity service gave no token: {said}") from error
        except _MISSHAPEN as error:
            raise TokenError("the identity service gave no token: its response is malformed") from error
        if not token:
            raise TokenError("the credentials give no token")
        return str(token)

    def renew(self, refused: str) -> str | None:
        """Authenticate again; once for all threads whose requests were refused with the same token."""
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
        """The address of the service in the catalogue."""
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
        """The user and the project, as the identity service names them."""
        auth = self._auth or self.session.auth
        access = getattr(auth, "get_access", lambda _: None)(self.session)
        if access is None:
            return None
        where = f"project {access.project_name} ({access.project_id})" if access.project_id else "no project"
        roles = ", ".join(access.role_names) or "no roles"
        return f"user {access.username or access.user_id}, {where}, roles {roles}"

    def project(self) -> str | None:
        """The id of the project of the token."""
        try:
            found = self.session.get_project_id(self._auth)
        except ksa.ClientException:
            return None
        return str(found) if found else None

    def user(self) -> str | None:
        """The id of the user of the token."""
        try:
            found = self.session.get_user_id(self._auth)
        except ksa.ClientException:
            return None
        return str(found) if found else None


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
