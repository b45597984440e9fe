"""Sends one HTTP request: follows no redirect, retries nothing, and takes no credentials from the environment."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import requests
from urllib3 import disable_warnings
from urllib3.exceptions import InsecureRequestWarning

from conformance.engine.cloud.adapter import SteadyAdapter, origin_of
from conformance.engine.cloud.bounds import json_of
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.unanswered import never_sent, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

HOSTS = 64
"""The most hosts whose connections are kept: those of one cloud."""

_WALKS = 20
"""The highest number of attempts to read the environment without a change meanwhile."""

FORM = "application/x-www-form-urlencoded"
"""The media type of a form. Some services answer with one, as OAuth 1.0 asks for (RFC 5849, section 2.1)."""

USUAL = {"User-Agent": "apiref-conformance", "Accept": "application/json"}
"""The headers of each request that names no others."""


@dataclass(frozen=True)
class Reply:
    """A response.

    Attributes:
        status: the status code; 0 if no answer came.
        url: the URL of the request, with the query.
        sent: the headers of the request.
        error: the reason why no answer came, in one sentence; None if one came.
        broken: True if the connection broke, so that nobody knows whether the endpoint has seen the request.
        unsent: True if there was no connection, so that the endpoint has not seen the request.
    """

    status: int
    url: str
    sent: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    ms: float = 0.0
    error: str | None = None
    broken: bool = False
    unsent: bool = False

    @cached_property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode("utf-8", "replace")

    @cached_property
    def json(self) -> Any:
        """The content as a JSON value; ABSENT if it is none (see ``json_of``). A form is read as an object of texts."""
        kind = next((value for name, value in self.headers.items() if name.lower() == "content-type"), "")
        if kind.partition(";")[0].strip().lower() == FORM:
            return dict(parse_qsl(self.text)) or ABSENT
        return json_of(self.content)


class Transport:
    """Connections that many threads share.

    Args:
        verify: whether to check certificates: True, False, or a file of authorities.
        cert: a client certificate, or a pair of certificate and key.
        connections: the most open connections to one host.
    """

    def __init__(
        self,
        *,
        verify: bool | str = True,
        cert: str | tuple[str, str] | None = None,
        connections: int = 32,
    ) -> None:
        if verify is False:
            disable_warnings(InsecureRequestWarning)  # the user has said so
        self._verify = verify
        self._cert = cert
        self._adapter = SteadyAdapter(pool_connections=HOSTS, pool_maxsize=connections, max_retries=0)
        self._local = threading.local()
        self._lock = threading.Lock()
        self._known: dict[str, dict[str, Any]] = {}

    def exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        data: bytes | None,
        *,
        query: tuple[tuple[str, str], ...] = (),
        timeout: float,
    ) -> Reply:
        """Send one request and read its answer. Never raises: see ``Reply.error``."""
        started = time.monotonic()
        # A session would merge its settings and cookies into each request, and there are none. That takes long.
        named = {name.lower() for name in headers}
        told = {name: value for name, value in USUAL.items() if name.lower() not in named} | dict(headers)
        prepared = requests.PreparedRequest()
        sent_url, sent_headers = url, dict(headers)
        try:
            session = self._session()
            # Neither cookies nor the credentials of the user's .netrc belong to a request.
            prepared.prepare_method(method)
            prepared.url = _quoted(url, urlencode(query) if query else "")
            if data is None and prepared.method in ("GET", "HEAD"):
                sent_headers = dict(_told(tuple(told.items())))
            else:
                prepared.prepare_headers(told)
                prepared.prepare_body(data, None)
                sent_headers = _plain(prepared.headers)
            sent_url = str(prepared.url)
            prepared.headers = sent_headers  # type: ignore[assignment]  # urllib3 copies them, a plain dict the fastest
            # The session would look for redirects and cookies besides, and both are refused here.
            adapter = session.get_adapter(sent_url)
            response = adapter.send(prepared, timeout=timeout, **self._settings(url))
        except (requests.RequestException, ValueError) as error:
            unsent = never_sent(error)
            return Reply(
                0,
                sent_url,
                sent_headers,
                ms=_since(started),
                error=sentence(error, url, timeout),
                broken=isinstance(error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError)
                and not isinstance(error, requests.exceptions.SSLError)
                and not unsent,
                unsent=unsent,
            )
        return Reply(
            response.status_code,
            sent_url,
            sent_headers,
            response.headers,
            response.content,
            _since(started),
        )

    def close(self) -> None:
        """Close all connections."""
        self._adapter.close()

    def _settings(self, url: str) -> dict[str, Any]:
        """The settings of the environment for a host (proxies, certificates), read once.

        The environment must not change while it is read, and pytest changes it before and after each test.
        """
        host = origin_of(url)
        with self._lock:
            for left in reversed(range(_WALKS)):
                if host in self._known:
                    break
                try:
                    read = self._session().merge_environment_settings(url, {}, None, self._verify, self._cert)
                    self._known[host] = dict(read)
                except (KeyError, RuntimeError):  # it changed on the way
                    if not left:
                        raise
            return self._known[host]

    def _session(self) -> requests.Session:
        # Threads may share the adapter with its connections, but no session.
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.mount("http://", self._adapter)
            session.mount("https://", self._adapter)
            # A cookie could replace a token, and a request without a token must have neither.
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            self._local.session = session
        return session


@lru_cache(maxsize=4096)
def _quoted(url: str, query: str) -> str:
    """A URL with its query, as it is sent. Raises requests.RequestException: it is none.

    A run asks the same URLs again and again: at each microversion, in each status, and in each poll.
    """
    prepared = requests.PreparedRequest()
    prepared.prepare_url(url, query)
    return str(prepared.url)


@lru_cache(maxsize=1024)
def _told(headers: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Headers as they are sent without a body. Raises requests.RequestException: one of them is none.

    Most requests of a run have the same ones.
    """
    prepared = requests.PreparedRequest()
    prepared.prepare_headers(dict(headers))
    return _plain(prepared.headers)


def _plain(headers: Mapping[str, str | bytes]) -> dict[str, str]:
    return {
        str(name): value.decode("latin-1") if isinstance(value, bytes) else str(value)
        for name, value in headers.items()
    }


def _since(started: float) -> float:
    return round((time.monotonic() - started) * 1000, 1)
