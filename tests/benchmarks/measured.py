"""The seconds that each kind of work takes on a slow sandbox, the cloud's own part included.

The sandbox's setting delays the hypervisor alone. Nova spends time beside that: it schedules, claims, writes to its
database, and calls one service from another. One server is built, paused, resized and copied to an image, while
nothing else happens, and is looked at every tenth of a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import requests

LOOK = 0.1
"""Seconds between two looks, and so the most by which a time is too long."""

WITHIN = 300.0


def measured(url: str, token: str) -> Mapping[str, float]:
    """Kind of work -> seconds, by one request of each on a sandbox. Raises RuntimeError: one of them failed."""
    session = requests.Session()
    session.headers["X-Auth-Token"] = token

    def asked(method: str, path: str, body: Any = None) -> Any:
        answer = session.request(method, f"{url}{path}", json=body, timeout=60)
        if not answer.ok:
            raise RuntimeError(f"{method} {path} was answered {answer.status_code}: {answer.text}")
        return answer.json() if answer.content and "json" in answer.headers.get("Content-Type", "") else None

    def timed(method: str, path: str, body: Any, over: Callable[[Any], bool]) -> float:
        began = time.monotonic()
        server = asked(method, path, body) or {}
        at = path if path != "/servers" else f"/servers/{server['server']['id']}"
        at = at.removesuffix("/action")
        while not over(asked("GET", at)["server"]):
            if time.monotonic() - began > WITHIN:
                raise RuntimeError(f"{method} {path} took more than {WITHIN:.0f} s")
            time.sleep(LOOK)
        return time.monotonic() - began

    image = next(one["id"] for one in asked("GET", "/images")["images"] if "rescue" not in one["name"])
    flavors = [one["id"] for one in asked("GET", "/flavors")["flavors"]]
    network = asked("GET", "/os-tenant-networks")["networks"][0]["id"]
    new = {"name": "measured", "imageRef": image, "flavorRef": flavors[0], "networks": [{"uuid": network}]}
    build = timed("POST", "/servers", {"server": new}, _is("ACTIVE"))
    server = f"/servers/{asked('GET', '/servers?name=measured')['servers'][0]['id']}"
    action = f"{server}/action"
    pause = timed("POST", action, {"pause": None}, _is("PAUSED"))
    resume = timed("POST", action, {"unpause": None}, _is("ACTIVE"))
    copy = timed("POST", action, {"createImage": {"name": "measured"}}, _is("ACTIVE"))
    resize = timed("POST", action, {"resize": {"flavorRef": flavors[1]}}, _is("VERIFY_RESIZE"))
    asked("DELETE", server)
    return {"build": build, "other": min(pause, resume), "image": copy, "resize": resize}


def _is(status: str) -> Callable[[Any], bool]:
    """Whether a server has a status, and nothing goes on in it."""
    return lambda server: server["status"] == status and server.get("OS-EXT-STS:task_state") is None
