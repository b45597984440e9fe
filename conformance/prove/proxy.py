"""A proxy on 127.0.0.1 in front of a cloud, which breaks one promise at a time, or none.

The client's ``Host`` header is sent on, so the links and the ``Location`` headers of the cloud point at the proxy.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from conformance.prove.breakage import Breakage, Turn
from conformance.prove.memory import Memory
from conformance.prove.wire import Renewed, Reply, Request, Upstream, forged

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Proxy:
    """The proxy as a context manager: it serves until its ``with`` block ends.

    Args:
        url: URL of the versioned root of the cloud.
        tokens: role -> token of the sandbox.
        renewed: as for ``Upstream``.

    Attributes:
        touched: number of exchanges that the present breakage has changed.
    """

    def __init__(self, url: str, tokens: Mapping[str, str], renewed: Renewed | None = None) -> None:
        self.upstream = Upstream.of(url, tokens, renewed)
        self.touched = 0
        self._breakage: Breakage | None = None
        self._memory = Memory()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="proxy", daemon=True)

    @property
    def url(self) -> str:
        """URL of the versioned root for clients of the proxy."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{self.upstream.root}"

    def break_(self, breakage: Breakage | None) -> None:
        """Apply this breakage only (None: no breakage) from now on; the memory of an earlier one is cleared."""
        with self._lock:
            self._breakage, self._memory, self.touched = breakage, Memory(), 0

    @property
    def impossible(self) -> str | None:
        """The reason why the present breakage could not make its change when it was tried; None if it could."""
        return self._memory.impossible

    @property
    def refused(self) -> int:
        """Number of exchanges that the present breakage has changed, and that the cloud refused nevertheless."""
        return self._memory.refused

    def __enter__(self) -> Proxy:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def answer(self, request: Request) -> Reply:
        """Return the response for the client: the cloud's, or the breakage's."""
        with self._lock:
            breakage, memory = self._breakage, self._memory
        if breakage is None:
            return self.upstream.send(request)
        if not breakage.where.matches(request, self.upstream):
            return memory.disguised(request, self.upstream.send(request))
        reply, touched = breakage.answer(Turn(request, self.upstream, memory))
        if touched:
            with self._lock:
                self.touched += memory is self._memory
        return reply


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print no traceback: a client may close its connection at any time."""


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # one packet for head and body: with two, each response would wait for an acknowledgement

        def handle(self) -> None:
            try:
                super().handle()
            finally:
                proxy.upstream.close()

        def pass_on(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else b""
            request = Request(self.command, self.path, tuple(self.headers.items()), body)
            try:
                reply = proxy.answer(proxy.upstream.placed(request))
            except (OSError, http.client.HTTPException) as error:
                reply = forged(502, request.version, f"the cloud behind the proxy does not answer: {error}")
            content = b"" if reply.status == 204 or self.command == "HEAD" else reply.body
            self.send_response_only(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name is inherited
            """Print no log line: the run record holds every exchange."""

    for method in _METHODS:
        setattr(Handler, f"do_{method}", Handler.pass_on)
    return Handler
