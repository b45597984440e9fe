"""A small JSON client for the first requests to a new cloud, for which every refusal is an error."""

from __future__ import annotations

from typing import Any

import requests

from conformance.sandbox.child import SandboxError
from conformance.sandbox.cloud.layout import DOMAIN, Layout

_SECONDS = 120.0
"""Seconds to wait for a response: the first ones wait until the service has started."""


class Api:
    """A client of a cloud's services for one user; it gets the user's token with its first request."""

    def __init__(self, layout: Layout, user: str = "admin", project: str = "admin") -> None:
        self._layout = layout
        self._user = user
        self._project = project
        self._session = requests.Session()
        # Requests to this machine must not go through a proxy of the user's settings.
        self._session.trust_env = False

    def get(self, service: str, path: str, **query: str) -> dict[str, Any]:
        """Send a GET request and return its JSON. Raises SandboxError."""
        return self._call("GET", service, path, params=query)

    def post(self, service: str, path: str, body: Any) -> dict[str, Any]:
        """POST JSON and return the response's. Raises SandboxError."""
        return self._call("POST", service, path, json=body)

    def put(self, service: str, path: str, body: Any = None, data: bytes | None = None) -> dict[str, Any]:
        """PUT JSON or bytes and return the response's JSON. Raises SandboxError."""
        if data is not None:
            return self._call("PUT", service, path, data=data, headers={"Content-Type": "application/octet-stream"})
        return self._call("PUT", service, path, json=body)

    def authenticate(self) -> dict[str, Any]:
        """Get a token, and return Keystone's description of it. Raises SandboxError."""
        who = {"name": self._user, "domain": {"id": DOMAIN}, "password": self._layout.password}
        auth = {
            "identity": {"methods": ["password"], "password": {"user": who}},
            "scope": {"project": {"name": self._project, "domain": {"id": DOMAIN}}},
        }
        answer = self._send("POST", f"{self._layout.url('keystone')}/auth/tokens", json={"auth": auth})
        self._session.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]
        return dict(answer.json()["token"])

    def _call(self, method: str, service: str, path: str, **more: Any) -> dict[str, Any]:
        if "X-Auth-Token" not in self._session.headers:
            self.authenticate()
        answer = self._send(method, self._layout.url(service) + path, **more)
        return dict(answer.json()) if answer.content else {}

    def _send(self, method: str, url: str, **more: Any) -> requests.Response:
        try:
            answer = self._session.request(method, url, timeout=_SECONDS, **more)
        except requests.RequestException as error:
            raise SandboxError(f"{method} {url} was not answered: {type(error).__name__}") from None
        if not answer.ok:
            text = " ".join(answer.text.split())[:300]
            raise SandboxError(f"{method} {url} was answered with {answer.status_code}: {text}")
        return answer
