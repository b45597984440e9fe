"""The process itself: roles, projects, control path, and its end."""

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
import requests

import conformance
from conformance.sandbox.process import SandboxError, start

ROOT = Path(conformance.__file__).parents[1]


def test_it_is_ready(nova, sandbox):
    assert sandbox.alive
    assert sandbox.url.startswith("http://127.0.0.1:")
    version = requests.get(sandbox.url + "/", timeout=10, headers={"X-Auth-Token": sandbox.tokens["member"]}).json()
    assert version["version"]["version"] == sandbox.microversions.max
    assert version["version"]["min_version"] == sandbox.microversions.min
    assert sandbox.computes == ("host1", "host2", "host3")
    assert 100e6 < sandbox.memory() < 600e6
    assert len(nova.get("/flavors")["flavors"]) >= 3
    assert sandbox.tokens["member"] not in repr(sandbox)


def test_roles(nova):
    statuses = {role: nova.call("GET", "/servers", role=role).status_code for role in nova.running.tokens}
    assert statuses == dict.fromkeys(statuses, 200) | {"norole": 403, "expired": 401}
    everybody = {
        role: nova.call("GET", "/servers?all_tenants=1", role=role).status_code
        for role in ("admin", "manager", "member", "reader", "admin2")
    }
    assert everybody == {"admin": 200, "manager": 403, "member": 403, "reader": 403, "admin2": 200}
    assert nova.call("GET", "/servers", role=None).status_code == 401
    none = requests.get(nova.running.url + "/servers", headers={"X-Auth-Token": uuid.uuid4().hex}, timeout=10)
    assert none.status_code == 401
    server = {"name": "x", "imageRef": nova.images()[0], "flavorRef": "1"}
    assert nova.call("POST", "/servers", {"server": server}, role="reader").status_code == 403


def test_projects_do_not_see_each_other(nova):
    server = nova.server()
    for role, code in {"member2": 404, "reader2": 404, "reader": 200, "admin": 200, "admin2": 200}.items():
        assert nova.call("GET", f"/servers/{server}", role=role).status_code == code, role
    nova.act(server, "lock", role="member2", code=404)


def test_placement_takes_the_same_tokens(sandbox):
    url = f"{sandbox.placement_url}/resource_providers"
    codes = {
        role: requests.get(url, headers={"X-Auth-Token": token}, timeout=10).status_code
        for role, token in {**sandbox.tokens, "none": "admin"}.items()
        if role in ("admin", "member", "expired", "none")
    }
    assert codes == {"admin": 200, "member": 403, "expired": 401, "none": 401}
    providers = requests.get(url, headers={"X-Auth-Token": sandbox.tokens["admin"]}, timeout=10).json()
    # Other tests of the same sandbox make some of their own.
    assert set(sandbox.computes) <= {provider["name"] for provider in providers["resource_providers"]}


def test_control_path(nova, sandbox):
    assert requests.get(sandbox.url.replace("/v2.1", "/__sandbox/memory"), timeout=10).status_code == 404
    sandbox.set_options("api", max_limit=2)
    assert len(nova.get("/flavors")["flavors"]) == 2
    sandbox.set_options("api", max_limit=1000)
    assert len(nova.get("/flavors")["flavors"]) > 2
    with pytest.raises(SandboxError, match=r"no option \[api\] no_such_option"):
        sandbox.set_options("api", no_such_option=1)
    with pytest.raises(SandboxError, match="no compute 'host9'; there are host1, host2, host3"):
        sandbox.restart_compute("host9")
    with pytest.raises(SandboxError, match="no patch 'nothing'"):
        sandbox.patch("nothing")


def test_a_port_in_use_is_one_sentence(sandbox):
    port = int(sandbox.url.rpartition(":")[2].partition("/")[0])
    with pytest.raises(SandboxError) as caught:
        start(sandbox.python, port=port)
    assert str(caught.value) == (
        f"the sandbox cannot start: cannot listen on 127.0.0.1:{port}: Address already in use; "
        "choose another port, or 0 for a free one"
    )


_PARENT = """
import signal, sys
from pathlib import Path
from conformance.sandbox.process import start
running = start(Path(sys.argv[1]), computes=1)
print(running.pid, running.log.parent, flush=True)
signal.pause()
"""


def _gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except FileNotFoundError:
        return True


def test_it_ends_and_cleans_up_when_its_parent_is_killed(sandbox):
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(sandbox.python)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        text=True,
    )
    pid, state = parent.stdout.readline().split()
    try:
        assert not _gone(pid)
        assert os.getsid(int(pid)) == int(pid), "a session of its own: no Ctrl-C of ours reaches it"
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait(10)
        parent.stdout.close()
    until = time.monotonic() + 10
    while not (_gone(pid) and not Path(state).exists()):
        assert time.monotonic() < until, "the sandbox outlives its parent"
        time.sleep(0.05)


def test_it_cleans_up_when_it_is_told_to_end(sandbox):
    running = start(sandbox.python, computes=1)
    try:
        assert running.log.exists()
        os.kill(running.pid, signal.SIGTERM)
        assert running.wait(10) == 0
        assert not running.log.parent.exists()
        with pytest.raises(SandboxError, match="has ended with status 0"):
            running.memory()
    finally:
        running.stop()
