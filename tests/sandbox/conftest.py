"""One sandbox for all tests of this folder, and a client that says what it wants in one line."""

import importlib.util
import itertools
import os
import time
from pathlib import Path

import pytest
import requests

from conformance.sandbox.process import start

_WAIT = 30.0
# Some other interpreter with some other Nova, to try the sandbox with another release.
_PYTHON = os.environ.get("SANDBOX_PYTHON")


class Client:
    """Requests to the sandbox, as a role, at a microversion."""

    def __init__(self, running):
        self.running = running
        self._numbers = itertools.count(1)
        self._servers = []

    def call(self, method, path, body=None, role="member", version="2.1"):
        headers = {"X-OpenStack-Nova-API-Version": version}
        if role:
            headers["X-Auth-Token"] = self.running.tokens[role]
        return requests.request(method, self.running.url + path, json=body, headers=headers, timeout=60)

    def get(self, path, **kwargs):
        response = self.call("GET", path, **kwargs)
        assert response.status_code == 200, (path, response.status_code, response.text)
        return response.json()

    def act(self, server, action, value=None, role="member", version="2.1", code=202):
        response = self.call("POST", f"/servers/{server}/action", {action: value}, role, version)
        assert response.status_code == code, (action, response.status_code, response.text)
        return response

    def images(self):
        images = self.get("/images/detail")["images"]
        return [i["id"] for i in sorted(images, key=lambda i: i["OS-EXT-IMG-SIZE:size"]) if "server" not in i]

    def server(self, status="ACTIVE", role="member", version="2.1", **fields):
        """Create a server and wait for a status."""
        body = {"name": f"sandbox-test-{next(self._numbers)}", "flavorRef": "1", "imageRef": self.images()[0]}
        body.update(fields)
        body = {k: v for k, v in body.items() if v is not None}
        if version != "2.1":
            body.setdefault("networks", "auto")
        response = self.call("POST", "/servers", {"server": body}, role, version)
        assert response.status_code == 202, response.text
        server = response.json()["server"]["id"]
        self._servers.append(server)
        self.wait(server, status, role=role)
        return server

    def wait(self, server, *statuses, role="member"):
        """Wait until the server has one of these statuses and nothing is going on; return it."""
        until = time.monotonic() + _WAIT
        while True:
            found = self.get(f"/servers/{server}", role=role)["server"]
            if found["status"] in statuses and found["OS-EXT-STS:task_state"] is None:
                return found
            wrong = found["status"] == "ERROR" and "ERROR" not in statuses
            assert not wrong, found.get("fault")
            assert time.monotonic() < until, (found["status"], found["OS-EXT-STS:task_state"], statuses)
            time.sleep(0.1)

    def until(self, ask, what):
        """Wait until `ask()` is true, and return what it gives."""
        until = time.monotonic() + _WAIT
        while not (answer := ask()):
            assert time.monotonic() < until, what
            time.sleep(0.1)
        return answer

    def clean_up(self):
        for server in self._servers:
            self.call("POST", f"/servers/{server}/action", {"forceDelete": None}, "admin")
        self._servers.clear()


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory):
    """The RunningSandbox that all tests share."""
    if not _PYTHON and importlib.util.find_spec("nova") is None:
        pytest.skip("Nova is not installed: pip install 'apiref-conformance[sandbox]'")
    log = tmp_path_factory.mktemp("sandbox") / "nova.log"
    running = start(Path(_PYTHON) if _PYTHON else None, log=log)
    yield running
    running.stop()


@pytest.fixture
def nova(sandbox):
    """A client of the sandbox; the servers it makes go when the test ends."""
    client = Client(sandbox)
    yield client
    client.clean_up()
