"""A workshop in which actions spin, calm and lock a server, and the trials that are made in it."""

from __future__ import annotations

from dataclasses import replace

from widgets import action, becomes, plain, status
from workshop import EVERY, opened, tried

from conformance.engine.model.binding import Binding

PATH = "/servers/{server_id}/action"


def server_status(*states):
    return replace(status(*states), resource="server")


def server_becomes(*states):
    return replace(becomes(*states), resource="server")


SPIN = action(
    "spin",
    path=PATH,
    preconditions=(server_status("IDLE"),),
    postconditions=(server_becomes("SPINNING"),),
    error=(403, 409),
)
CALM = action("calm", path=PATH, preconditions=(server_status("SPINNING"),), postconditions=(server_becomes("IDLE"),))
LOCK, UNLOCK = action("lock", path=PATH), action("unlock", path=PATH)
BADGE = plain("PUT", "/servers/{server_id}/badges/{badge}", normal=(201,), preconditions=(server_status("IDLE"),))
UNBADGE = plain("DELETE", "/servers/{server_id}/badges/{badge}", normal=(204,))
BODY = {"gear": {"name": Binding("name", "value", "new")}}


def acting(shop):
    """Lets actions change the server's status and lock."""

    def act(ask):
        (name,) = ask.body
        server = shop.things["/servers"][ask.path.split("/")[2]]
        server["status"] = {"spin": "SPINNING", "calm": "IDLE"}.get(name, server["status"])
        server["locked"] = {"lock": True, "unlock": False}.get(name, server["locked"])
        return 202

    return act


def acting_shop(tmp_path):
    opened_shop = opened(tmp_path, *EVERY[:-1], SPIN, CALM, LOCK, UNLOCK, BADGE, UNBADGE)
    opened_shop[0].does["POST action"] = acting(opened_shop[0])
    return opened_shop


def make(opened_shop, operation, state=None, **more):
    return opened_shop[1].make(tried(operation, state, **more))


def asks(shop):
    return [(t, a) for t, a in zip(shop[0].said, shop[0].asked, strict=True) if not t.startswith("GET")]
