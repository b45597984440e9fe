"""A run by URL and tokens leaves everything alone that it did not make."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from conformance.sandbox.process import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.sandbox.process import RunningSandbox

OPERATIONS = ("lock", "createBackup", "addSecurityGroup", "os-stop")
"""Those that could do most harm to somebody else's servers, images and groups."""


class Owner:
    """Somebody who uses the same project by hand."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.url = sandbox.url
        self.session = requests.Session()
        self.session.headers["X-Auth-Token"] = sandbox.tokens["member"]

    def call(self, method: str, path: str, body: Any = None, version: str = "2.35") -> Any:
        headers = {"X-OpenStack-Nova-API-Version": version, "OpenStack-API-Version": f"compute {version}"}
        answer = self.session.request(method, self.url + path, json=body, headers=headers, timeout=60)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def move_in(self) -> None:
        """Make servers, an image, a key pair and a group."""
        image = self.call("GET", "/images")["images"][0]["id"]
        flavor = self.call("GET", "/flavors")["flavors"][0]["id"]
        for name in ("theirs-1", "theirs-2"):
            body = {"name": name, "imageRef": image, "flavorRef": flavor, "metadata": {"of": "somebody"}}
            self.call("POST", "/servers", {"server": body})
        self.call("POST", "/os-keypairs", {"keypair": {"name": "their-key"}})
        self.call("POST", "/os-security-groups", {"security_group": {"name": "their-group", "description": "x"}})
        for _ in range(100):
            servers = self.call("GET", "/servers/detail")["servers"]
            if all(s["status"] == "ACTIVE" for s in servers):
                break
            time.sleep(0.2)
        self.call("POST", f"/servers/{servers[0]['id']}/action", {"createImage": {"name": "their-image"}})
        self.call("POST", f"/servers/{servers[1]['id']}/action", {"os-stop": None})
        for _ in range(100):
            images = self.call("GET", "/images/detail")["images"]
            servers = self.call("GET", "/servers/detail")["servers"]
            if all(i["status"] == "ACTIVE" for i in images) and any(s["status"] == "SHUTOFF" for s in servers):
                return
            time.sleep(0.2)
        pytest.fail("the owner's things were not ready in time")

    def belongings(self) -> dict[str, Any]:
        """All that is theirs, as it is shown."""
        servers = self.call("GET", "/servers/detail")["servers"]
        return {
            "servers": {s["id"]: s for s in servers if s["name"].startswith("their")},
            "images": self.call("GET", "/images/detail")["images"],
            "keys": self.call("GET", "/os-keypairs")["keypairs"],
            "groups": self.call("GET", "/os-security-groups")["security_groups"],
            "addresses": self.call("GET", "/os-floating-ips")["floating_ips"],
        }


@pytest.fixture
def inhabited(sandbox: RunningSandbox, tmp_path: Path) -> Iterator[RunningSandbox]:
    """A sandbox of its own: what the other tests make would be somebody else's, too. (``sandbox`` skips.)"""
    with Sandbox(log=tmp_path / "nova.log") as running:
        yield running


def test_everything_foreign_is_as_before(inhabited: RunningSandbox, tmp_path: Path) -> None:
    sandbox = inhabited
    owner = Owner(sandbox)
    owner.move_in()
    before = owner.belongings()
    chosen = " or ".join(f"servers-actions.{name}/" for name in OPERATIONS)
    options = ["--url", sandbox.url, "--token", sandbox.tokens["member"], "--admin-token", sandbox.tokens["admin"]]
    options += ["--reader-token", sandbox.tokens["reader"], "--alt-token", sandbox.tokens["member2"]]
    command = [sys.executable, "-m", "conformance", "run", *options, "-k", chosen, "--output", str(tmp_path / "run")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode in (0, 1), done.stdout[-3000:] + done.stderr[-2000:]
    results = [json.loads(line) for line in (tmp_path / "run" / "results.jsonl").read_text().splitlines()]
    assert sum(r["verdict"] == "pass" for r in results) > 80
    assert owner.belongings() == before
    text = (tmp_path / "run" / "results.jsonl").read_text() + (tmp_path / "run" / "run.json").read_text()
    for token in sandbox.tokens.values():
        assert token not in text
        assert base64.b64encode(token.encode()).decode() not in text
    shown = owner.call("GET", "/servers/detail")["servers"]
    assert {s["name"] for s in shown} == {"theirs-1", "theirs-2"}, "the run left a server behind"
