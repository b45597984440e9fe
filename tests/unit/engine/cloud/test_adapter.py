"""The connections of a run: what is found out once for each host is what requests would find out for each request."""

from __future__ import annotations

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import requests

from conformance.engine.cloud.adapter import BoundedAdapter, SteadyAdapter, origin_of
from conformance.engine.cloud.transport import Transport

PATHS = ("/v2.1/servers", "/v2.1/servers?limit=1&name=a%20b", "/", "", "?limit=1", "/a b/%7e/ü?q=ü#part", "//twice/")


class Echo(BaseHTTPRequestHandler):
    """Answers with the target of the request, and sets a cookie."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        data = self.path.encode()
        self.server.ports.add(self.client_address[1])
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Set-Cookie", "id=1")
        for value in ("a", "b"):
            self.send_header("X-Twice", value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        """Say nothing."""


class Address(str):
    """The URL of a server, and the ports from which it was asked."""

    def __new__(cls, url, ports):
        one = super().__new__(cls, url)
        one.ports = ports
        return one


@pytest.fixture
def echo():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.ports = set()
    Thread(target=server.serve_forever, daemon=True).start()
    yield Address(f"http://127.0.0.1:{server.server_port}", server.ports)
    server.shutdown()
    server.server_close()


def prepared(url):
    return requests.Request("GET", url).prepare()


@pytest.mark.parametrize("path", PATHS)
def test_the_target_of_a_request_is_that_of_requests(echo, path):
    usual, steady = BoundedAdapter(), SteadyAdapter()
    for _ in range(2):
        answers = [adapter.send(prepared(echo + path), timeout=5) for adapter in (usual, steady)]
        assert answers[0].content == answers[1].content != b""
        assert answers[0].headers["X-Twice"] == answers[1].headers["x-twice"] == "a, b"
    usual.close()
    steady.close()


def test_a_request_for_a_proxy_names_the_host(echo):
    adapter = SteadyAdapter()
    for _ in range(2):
        answer = adapter.send(prepared("http://cloud.example/v2.1?limit=1"), timeout=5, proxies={"http": echo})
        assert answer.text == "http://cloud.example/v2.1?limit=1"
    adapter.close()


def test_the_certificates_are_set_up_once_for_each_host(monkeypatch, echo):
    seen = []
    usual = requests.adapters.HTTPAdapter.cert_verify
    monkeypatch.setattr(
        requests.adapters.HTTPAdapter, "cert_verify", lambda self, *given: (seen.append(given[1]), usual(self, *given))
    )
    adapter = SteadyAdapter()
    for path in PATHS:
        adapter.send(prepared(echo + path), timeout=5)
    assert len(seen) == 1
    adapter.close()


@pytest.mark.parametrize("verify", [True, os.devnull, False])
def test_what_a_host_trusts_is_what_requests_would_trust(verify):
    request = prepared("https://cloud.example/v2.1")
    pools = []
    for adapter in (BoundedAdapter(), SteadyAdapter()):
        for _ in range(2):
            pool = adapter.get_connection_with_tls_context(request, verify, proxies=None, cert=None)
            adapter.cert_verify(pool, request.url, verify, None)
        pools.append(pool)
    names = ("cert_reqs", "ca_certs", "ca_cert_dir", "cert_file", "key_file", "scheme", "host", "port")
    assert [getattr(pools[0], name) for name in names] == [getattr(pools[1], name) for name in names]


def test_a_closed_transport_can_ask_again(echo):
    transport = Transport()
    for _ in range(2):
        assert transport.exchange("GET", f"{echo}/again", {}, None, timeout=5).text == "/again"
        transport.close()


def test_an_answer_brings_no_cookie_into_the_next_request(echo):
    transport = Transport()
    replies = [transport.exchange("GET", echo, {}, None, timeout=5) for _ in range(2)]
    assert all("Cookie" not in reply.sent for reply in replies)
    transport.close()


def test_a_header_of_the_caller_replaces_the_usual_one(echo):
    transport = Transport()
    sent = transport.exchange("GET", echo, {"ACCEPT": "text/plain", "X-Auth-Token": "t"}, None, timeout=5).sent
    assert sent == {"User-Agent": "apiref-conformance", "ACCEPT": "text/plain", "X-Auth-Token": "t"}
    transport.close()


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://cloud.example:8774/v2.1", "https://cloud.example:8774"),
        ("http://[::1]/a/b", "http://[::1]"),
        ("http://cloud.example", "http://cloud.example"),
    ],
)
def test_the_origin_of_a_url_ends_before_its_path(url, origin):
    assert origin_of(url) == origin


def test_a_connection_serves_one_request_after_the_other(echo):
    transport = Transport()
    for path in ("/a", "/b" * 20_000, "/c"):
        assert transport.exchange("GET", echo + path, {}, None, timeout=5).text == path
    assert len(echo.ports) == 1
    transport.close()
