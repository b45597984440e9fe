"""A small HTTP server on 127.0.0.1 that answers as a test wants, and remembers what it was asked."""

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

VERSION = {
    "version": {
        "id": "v2.1",
        "status": "CURRENT",
        "min_version": "2.1",
        "version": "2.104",
        "links": [{"rel": "self", "href": "http://elsewhere.invalid/v2.1/"}],
    }
}
VERSIONS = {
    "versions": [
        {**VERSION["version"], "id": "v2.0", "version": "", "min_version": "", "status": "DEPRECATED"},
        VERSION["version"],
    ]
}


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict
    headers: dict
    body: bytes

    @property
    def token(self):
        return self.headers.get("X-Auth-Token")

    @property
    def json(self):
        return json.loads(self.body)


@dataclass
class FakeCloud:
    """`routes` maps (method, path) to an answer: (status, body), (status, body, headers), or a function of Asked."""

    routes: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    url: str = ""
    server: object = None
    default: object = (404, {"itemNotFound": {"code": 404, "message": "not here"}})

    @property
    def changes(self):
        """What would have changed something."""
        return [one for one in self.asked if one.method not in {"GET", "HEAD"}]

    def paths(self, method="GET"):
        return [one.path for one in self.asked if one.method == method]

    def answer(self, asked):
        self.asked.append(asked)
        found = self.routes.get((asked.method, asked.path), self.default)
        return found(asked) if callable(found) else found


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: two would wait for one another

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def _serve(self):
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), dict(self.headers), body)
        answer = self.server.cloud.answer(asked)
        if answer is None:  # break the connection
            self.close_connection = True
            self.connection.close()
            return
        status, content, *more = answer
        data = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()
        headers = {"Content-Type": "application/json", **(more[0] if more else {})}
        # The other one sends a date of its own.
        (self.send_response_only if "Date" in headers else self.send_response)(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

    def log_message(self, *args):
        pass


@contextmanager
def fake_cloud(routes=None):
    cloud = FakeCloud(dict(routes or {}))
    cloud.routes.setdefault(("GET", "/v2.1/"), (200, VERSION))
    cloud.routes.setdefault(("GET", "/"), (300, VERSIONS))
    cloud.routes.setdefault(("GET", "/v2.1/flavors"), (200, {"flavors": []}))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.cloud, cloud.server = cloud, server
    cloud.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def own_server(cloud, id_="own-1"):
    """The id of a server that the journal of a client says was made."""
    cloud.journal.made(cloud.journal.intend("server", id_), id_, f"/servers/{id_}")
    return id_
