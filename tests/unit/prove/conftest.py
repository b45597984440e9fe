"""A cloud of one server, the proxy in front of it, and a client that asks the proxy, as fixtures."""

import pytest
import requests
from served import served
from small_nova import ID, OTHER, TOKENS, Nova

from conformance.prove.proxy import Proxy


@pytest.fixture
def nova():
    widget = {"id": ID, "status": "ACTIVE", "locked": False, "OS-EXT-STS:task_state": "turning"}
    with served(Nova, seen=[], deleted=[], second=False, listed=[ID, OTHER], widget=widget) as server:
        yield server


@pytest.fixture
def proxy(nova):
    with Proxy(f"http://127.0.0.1:{nova.server_address[1]}/v2.1", TOKENS) as proxy:
        yield proxy


@pytest.fixture
def ask(proxy):
    with requests.Session() as session:

        def ask(action="spin", value=None, token="m", version="2.10", id_=ID):
            headers = {"X-OpenStack-Nova-API-Version": version, "OpenStack-API-Version": f"compute {version}"}
            if token:
                headers["X-Auth-Token"] = token
            return session.post(f"{proxy.url}/servers/{id_}/action", json={action: value}, headers=headers, timeout=5)

        ask.get = lambda path: session.get(proxy.url + path, headers={"X-Auth-Token": "m"}, timeout=5)
        yield ask
