"""The connections to a cloud. Each answer is read whole, within the bounds on bytes, headers and seconds.

The client and the session of keystoneauth1 use the same adapter, so all requests of a run are bounded.
"""

from __future__ import annotations

import http.client
import io
import socket
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError

from conformance.engine.cloud.bounds import BODY, HEADERS, SECONDS, Unreadable, decoded, too_long
from conformance.engine.cloud.unanswered import root_of, sentence

_PIECE = 64 * 2**10
"""Bytes that are read at a time."""

_asking = threading.local()
"""Holds the moment by which the exchange of this thread must end, as ``deadline``."""


_HEAD = HEADERS + 2 * io.DEFAULT_BUFFER_SIZE
"""Bytes that are read for the head of an answer: its headers, the status line, and bytes read ahead of the body."""


class _Within(io.RawIOBase):
    """Reads a socket until a moment, and no more than a bound of bytes while the head of the answer is read.

    The limit of urllib3 is only on the time between two bytes, and that of ``http.client`` is 6.5 MB of headers, which
    take ten times as much memory while they are parsed.

    Attributes:
        in_head: True while the head is read.
    """

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: float) -> None:
        self.in_head = True
        self._raw = raw
        self._sock = sock
        self._deadline = deadline
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        self._sock.settimeout(left)
        count: int | None = self._raw.readinto(buffer)
        self._read += count or 0
        if self.in_head and self._read > _HEAD:
            raise _long_head()
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **more: Any) -> None:
        super().__init__(sock, *args, **more)
        self._within = _Within(self.fp.detach(), sock, _asking.deadline)
        self.fp = io.BufferedReader(self._within)

    def begin(self) -> None:
        super().begin()
        self._within.in_head = False


class _Connection(HTTPConnection):
    response_class = _Response


class _SecureConnection(HTTPSConnection):
    response_class = _Response


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}


class BoundedAdapter(HTTPAdapter):
    """Sends a request of ``requests``, and reads its answer whole.

    Args:
        stay: True to refuse redirects to another host, which would be given the token or the password.

    Attributes:
        trouble: the reason why the last request was not answered, in one sentence; None if it was.
    """

    def __init__(self, *, stay: bool = False, **more: Any) -> None:
        self.trouble: str | None = None
        self._stay = stay
        super().__init__(**more)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Make the pool of direct connections."""
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **more: Any) -> Any:
        """Give the pool of connections through a proxy."""
        manager = super().proxy_manager_for(*args, **more)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002 -- an answer is always read whole
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send a request, and read its answer within ``timeout`` seconds from now.

        Raises:
            requests.RequestException: no answer came, or it cannot be read.
        """
        seconds = float(timeout) if isinstance(timeout, int | float) else SECONDS
        _asking.deadline = time.monotonic() + seconds
        self.trouble = None
        try:
            response = super().send(request, True, seconds, verify, cert, proxies)
            try:
                self._check(request, response)
                # Otherwise requests reads the body without a bound when it is first used.
                response._content = _body(response)
                response._content_consumed = True  # type: ignore[attr-defined]  # as requests does
            except BaseException:
                response.close()
                raise
        except requests.RequestException as error:
            self.trouble = sentence(error, str(request.url), seconds)
            beyond = root_of(error)  # urllib3 calls it a broken connection
            if isinstance(beyond, Unreadable) and beyond is not error:
                raise beyond from None
            raise
        return response

    def _check(self, request: requests.PreparedRequest, response: requests.Response) -> None:
        size = sum(len(name) + len(value) for name, value in response.headers.items())
        if size > HEADERS:
            raise _long_head()
        target = response.headers.get("Location")
        if self._stay and 300 <= response.status_code < 400 and target is not None:
            asked, there = urlsplit(str(request.url)), urlsplit(urljoin(str(request.url), target))
            if there.hostname != asked.hostname:
                raise Unreadable(f"redirects to another host ({there.hostname!r}), which gets no credentials")


class SteadyAdapter(BoundedAdapter):
    """The adapter of a run, whose requests go to few hosts, and to each host with settings that stay.

    ``requests`` finds out anew for each request which proxy is on the way, which connections lead there, and what is
    trusted. Here this is found out once for each host. Nobody reads cookies or redirects, so no answer is searched for
    them. The caller gives the same settings with each request to a host.
    """

    def __init__(self, **more: Any) -> None:
        self._pools: dict[str, Any] = {}
        self._ready: set[Any] = set()
        super().__init__(**more)

    def get_connection_with_tls_context(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> Any:
        """Give the connections to the host of a request."""
        origin = origin_of(str(request.url))
        if origin not in self._pools:
            self._pools[origin] = super().get_connection_with_tls_context(request, *args, **more)
        return self._pools[origin]

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Set up the certificates of the connections to a host, once."""
        if conn not in self._ready:
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]  # as requests has it
            self._ready.add(conn)

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:
        """Give the target of a request: without its host, unless the host is behind a proxy."""
        url = str(request.url)
        origin = origin_of(url)
        pool = self._pools.get(origin)
        if pool is None or pool.proxy is not None or "#" in url:
            return super().request_url(request, proxies)
        return url[len(origin) :]

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Make the response of one of urllib3."""
        response = requests.Response()
        response.status_code = resp.status
        response.headers = CaseInsensitiveDict(resp.headers)
        response.raw = resp
        response.url = str(req.url)
        response.request = req
        return response

    def close(self) -> None:
        """Close all connections."""
        self._pools.clear()
        super().close()


def origin_of(url: str) -> str:
    """The beginning of a URL, up to its path: ``https://cloud.example:8774``."""
    end = url.find("/", url.find("://") + 3)
    return url if end < 0 else url[:end]


def _long_head() -> Unreadable:
    return Unreadable(f"sent headers of more than {HEADERS >> 10} KiB")


def _body(response: requests.Response) -> bytes:
    pieces: list[bytes] = []
    size = 0
    try:
        while piece := response.raw.read(_PIECE, decode_content=False):
            size += len(piece)
            if size > BODY:
                raise too_long()
            pieces.append(piece)
            if response.raw.length_remaining == 0:  # the end of a body of known length need not be read for
                break
    except ReadTimeoutError as error:
        raise requests.ReadTimeout(error, request=response.request) from error
    except (HTTPError, http.client.HTTPException, OSError) as error:
        if isinstance(error, requests.RequestException):
            raise
        raise requests.exceptions.ChunkedEncodingError(error, request=response.request) from error
    return decoded(b"".join(pieces), response.headers.get("Content-Encoding", ""))
