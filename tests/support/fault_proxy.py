"""A proxy in front of a real endpoint that breaks answers in one way, from some request on.

``FAULTS`` names the ways. Some take the place of the endpoint's answer, others change it on its way.
"""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import socketserver
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

ENOUGH = 300.0
"""Seconds after which a fault without end ends all the same: nobody should have listened so long."""

_OF_THE_BODY = frozenset({"content-length", "transfer-encoding"})
"""Headers that are made anew, because the proxy passes a request on in one piece."""

HTML = b"<html><head><title>Sign in</title></head><body>The network wants you to sign in first.</body></html>"


@dataclass(frozen=True)
class Heard:
    """A request that came to the proxy."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def token(self) -> str | None:
        return next((value for name, value in self.headers.items() if name.lower() == "x-auth-token"), None)


Write = Callable[[bytes], None]
Change = Callable[[Heard, int, Any], tuple[int, Any]]
Ask = Callable[[Heard], Heard]


@dataclass(frozen=True)
class Fault:
    """One way to break an answer.

    Attributes:
        write: writes an answer, or something like one, in the place of the endpoint's.
        ask: gives another request, which the endpoint gets in place of the one that came.
        change: gives another status and another JSON value than the endpoint; None stands for what is no JSON.
        dump: the JSON text of a changed value.
    """

    write: Callable[[FaultProxy, Heard, Write], None] | None = None
    ask: Ask | None = None
    change: Change | None = None
    dump: Callable[[Any], str] = json.dumps


def head(status: str, *headers: str, body: bytes = b"", length: int | None = None) -> bytes:
    """A whole answer; ``length`` lies about the length of its body."""
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {size}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def answers(status: str, *headers: str, body: bytes = b"{}", kind: str = "application/json") -> Fault:
    """A fault that is always the same answer."""
    return Fault(lambda _, __, write: write(head(status, f"Content-Type: {kind}", *headers, body=body)))


def _pieces(start: bytes, piece: bytes, pause: float = 0.0) -> Fault:
    """A beginning, and the same piece after it again and again."""

    def write_all(proxy: FaultProxy, _: Heard, write: Write) -> None:
        write(start)
        until = time.monotonic() + ENOUGH
        while time.monotonic() < until and not proxy.closing.wait(pause):
            write(piece)

    return Fault(write_all)


def _silent(proxy: FaultProxy, _: Heard, __: Write) -> None:
    proxy.closing.wait(ENOUGH)


def _elsewhere(proxy: FaultProxy, heard: Heard, write: Write) -> None:
    write(head("307 Temporary Redirect", f"Location: {proxy.elsewhere}{heard.path}"))


def _loop(_: FaultProxy, heard: Heard, write: Write) -> None:
    write(head("301 Moved Permanently", f"Location: {heard.path}"))


def _reset(_: FaultProxy, __: Heard, write: Write) -> None:
    write(head("200 OK", "Content-Type: application/json", body=b'{"servers": [', length=1000))
    raise ConnectionResetError


def _made(id_: str) -> Change:
    """Give another id to what an accepted POST has made."""

    def change(heard: Heard, status: int, value: Any) -> tuple[int, Any]:
        if heard.method == "POST" and isinstance(value, dict):
            for inner in value.values():
                if isinstance(inner, dict) and isinstance(inner.get("id"), str):
                    inner["id"] = id_
        return status, value

    return change


def _everywhere(name: str, to: Any, below: str = "") -> Change:
    """Give a member of all objects another value, in answers at paths that hold a text."""

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: to if key == name else changed(inner) for key, inner in value.items()}
        return [changed(inner) for inner in value] if isinstance(value, list) else value

    return lambda heard, status, value: (status, changed(value) if below in heard.path else value)


def _lying(heard: Heard, status: int, value: Any) -> tuple[int, Any]:
    if heard.method == "GET" and isinstance(value, dict) and "version" in value:
        value = {"version": {**value["version"], "links": 7, "min_version": ["2.1"], "version": {"2": "1"}}}
    return status, value


def _bomb() -> bytes:
    """A gigabyte of spaces, compressed without ever being in memory: a child's memory is counted from its parent's.

    A block that ends with a full flush refers to nothing before it, so one block is packed and then repeated.
    """
    spaces = b" " * (1 << 20)
    packing = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    block = packing.compress(spaces) + packing.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(1024):
        checksum = zlib.crc32(spaces, checksum)
    head = gzip.compress(b"")[:10]
    return head + block * 1024 + packing.flush() + struct.pack("<II", checksum, 1024 * len(spaces))


_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_NESTED = b"[" * 100_000 + b"]" * 100_000
_BOMB = _bomb()
_GZIP = "Content-Encoding: gzip"

FAULTS: Mapping[str, Fault] = {
    "endless": _pieces(_OK + b"Connection: close\r\n\r\n", b" " * 65536),
    "bomb": answers("200 OK", _GZIP, body=_BOMB),
    "bomb-twice": answers("200 OK", "Content-Encoding: gzip, gzip", body=gzip.compress(_BOMB, 9)),
    "drip": _pieces(_OK + b"Content-Length: 100000\r\n\r\n", b" ", 1.0),
    "drip-head": _pieces(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a", 1.0),
    "silent": Fault(_silent),
    "deep": answers("200 OK", body=_NESTED),
    "not-json": answers("200 OK", body=b"\x1b]0;owned\x07 all is well"),
    "encoding": answers("200 OK", body=json.dumps({"flavors": "\xff\xfe"}).encode("utf-16")),
    "compression": answers("200 OK", "Content-Encoding: \x1b[31mzip", body=b"PK"),
    "headers-many": answers("200 OK", *(f"X-Many-{n}: a" for n in range(150))),
    "headers-huge": answers("200 OK", *(f"X-Huge-{n}: {'a' * 60000}" for n in range(90))),
    "header-endless": _pieces(b"HTTP/1.1 200 OK\r\nX-Endless: ", b"a" * 65536),
    "headers-endless": _pieces(b"HTTP/1.1 200 OK\r\n", b"X-Endless: again\r\n" * 1000),
    "continue-endless": _pieces(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100, 0.001),
    "status-line": Fault(lambda _, __, write: write(b"\x1b[2J\x1b]0;owned\x07 hello\r\n\r\n")),
    "redirect-loop": Fault(_loop),
    "redirect-elsewhere": Fault(_elsewhere),
    "reset": Fault(_reset),
    "html": answers("200 OK", body=HTML, kind="text/html"),
    "html-403": answers("403 Forbidden", body=HTML, kind="text/html"),
    "empty-object": answers("200 OK", body=b"{}"),
    "building": Fault(change=_everywhere("status", "BUILD", "/servers")),
    "id-dots": Fault(change=_made("../../../v2.1/servers")),
    "id-newline": Fault(change=_made("a\r\nX-Injected: yes")),
    "id-nul": Fault(change=_made("a\0b")),
    "id-markup": Fault(change=_made("<script>alert(1)</script>")),
    "id-surrogate": Fault(change=_made("a\ud800b")),
    "nan": Fault(change=_everywhere("ram", float("nan"))),
    "429": answers("429 Too Many Requests", "Retry-After: 1"),
    "429-year": answers("429 Too Many Requests", "Retry-After: 31536000"),
    "503": answers("503 Service Unavailable", "Retry-After: 20"),
    "413": answers("413 Payload Too Large"),
    "401": answers("401 Unauthorized", body=b'{"error": {"code": 401, "message": "expired"}}'),
    "length-long": Fault(lambda _, __, write: write(head("200 OK", body=b'{"a": 1}', length=500))),
    "length-short": Fault(lambda _, __, write: write(head("200 OK", body=b'{"a": [1, 2, 3]}', length=4))),
    "chunks": Fault(lambda _, __, write: write(_OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n")),
    "version-lies": Fault(change=_lying),
}


@dataclass
class FaultProxy:
    """A proxy on 127.0.0.1.

    Attributes:
        upstream: the host and port of the endpoint.
        fault: that breaks the answers; None lets all through.
        after: how many requests come through whole at first.
        url: of the proxy; elsewhere: of another host name for which it listens, too.
        heard: the requests; strayed: those that came to the other host.
        answered: the requests that the endpoint has answered, with the status codes that were passed on.
        renamed: addresses in answers and the addresses that take their place, so that links lead to a proxy again.
        closing: set at the end.
    """

    upstream: str
    fault: Fault | None = None
    after: int = 0
    url: str = ""
    elsewhere: str = ""
    heard: list[Heard] = field(default_factory=list)
    strayed: list[Heard] = field(default_factory=list)
    answered: list[tuple[Heard, int]] = field(default_factory=list)
    renamed: Mapping[str, str] = field(default_factory=dict)
    closing: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, heard: Heard, write: Write) -> None:
        """Answer a request."""
        with self.lock:
            self.heard.append(heard)
            fault = self.fault if len(self.heard) > self.after else None
        if fault is not None and fault.write is not None:
            fault.write(self, heard, write)
            return
        asked = heard if fault is None or fault.ask is None else fault.ask(heard)
        connection = http.client.HTTPConnection(self.upstream, timeout=120)
        try:
            sent = {name: value for name, value in asked.headers.items() if name.lower() not in _OF_THE_BODY}
            connection.request(asked.method, asked.path, asked.body or None, sent)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        status = answer.status
        if fault is not None and fault.change is not None:
            status, data = self._changed(fault, heard, status, data)
        left_out = {"content-length", "connection", "transfer-encoding"}
        headers = [
            f"{name}: {self._renamed(value)}" for name, value in answer.getheaders() if name.lower() not in left_out
        ]
        if self.renamed and (answer.getheader("Content-Type") or "").startswith("application/json"):
            data = self._renamed(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        with self.lock:
            self.answered.append((heard, status))
        # Without `renamed` the links of an answer lead to the endpoint itself; nobody follows them.
        write(head(f"{status} {answer.reason}", *headers, body=b"" if heard.method == "HEAD" else data))

    @staticmethod
    def _changed(fault: Fault, heard: Heard, status: int, data: bytes) -> tuple[int, bytes]:
        """The status and the body as a fault changes them; a body that is no JSON stays unless it gets a value."""
        assert fault.change is not None
        try:
            value = json.loads(data)
        except ValueError:
            value = None
        status, changed = fault.change(heard, status, value)
        return status, data if value is None and changed is None else fault.dump(changed).encode()

    def _renamed(self, text: str) -> str:
        for old, new in self.renamed.items():
            text = text.replace(old, new)
        return text


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            line = self.rfile.readline(65537).split()
            if len(line) < 2:
                return
            message = http.client.parse_headers(self.rfile)
            body = self._body(message)
            path = urlsplit(line[1].decode("latin-1"))
            target = path.path + (f"?{path.query}" if path.query else "")
            heard = Heard(line[0].decode("latin-1"), target, dict(message.items()), body)
            if not self.server.main:
                self.server.proxy.strayed.append(heard)
                self.request.sendall(head("200 OK", body=b"{}"))
                return
            self.server.proxy.answer(heard, self.request.sendall)

    def _body(self, message: http.client.HTTPMessage) -> bytes:
        """Read the body of a request, of a known length or in chunks."""
        if message.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(message.get("Content-Length") or 0))
        pieces = []
        while size := int(self.rfile.readline(65537).split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline(3)
        self.rfile.readline(3)
        return b"".join(pieces)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, proxy: FaultProxy, main: bool) -> None:
        self.proxy, self.main = proxy, main
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is what many faults bring about."""


@contextmanager
def fault_proxy(upstream: str, fault: Fault | str | None = None, after: int = 0) -> Iterator[FaultProxy]:
    """Listen in front of an endpoint (``host:port``)."""
    proxy = FaultProxy(upstream, FAULTS[fault] if isinstance(fault, str) else fault, after)
    servers = _Server(proxy, True), _Server(proxy, False)
    proxy.url = f"http://127.0.0.1:{servers[0].server_address[1]}"
    proxy.elsewhere = f"http://localhost:{servers[1].server_address[1]}"
    threads = [threading.Thread(target=s.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True) for s in servers]
    for thread in threads:
        thread.start()
    try:
        yield proxy
    finally:
        proxy.closing.set()
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()
