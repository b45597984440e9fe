"""A workshop that refuses all actions, and groups of refusals that share one look at it."""

from __future__ import annotations

from dataclasses import replace

from widgets import action, becomes, plain, status
from workshop import EVERY, SPIN, opened, tried

PATH = "/servers/{server_id}/action"
TURN = action("turn", path=PATH)
LOCK, UNLOCK = action("lock", path=PATH), action("unlock", path=PATH)
BADGES = plain("GET", "/servers/{server_id}/badges", normal=(200,))
PIN = plain("PUT", "/servers/{server_id}/badges/{badge}", normal=(201,))
UNPIN = plain("DELETE", "/servers/{server_id}/badges/{badge}", normal=(204,))
MOVE = action(
    "move",
    path=PATH,
    preconditions=(replace(status("IDLE"), resource="server"),),
    postconditions=(replace(becomes("SPINNING"), resource="server"),),
)
BACK = action(
    "back",
    path=PATH,
    preconditions=(replace(status("SPINNING"), resource="server"),),
    postconditions=(replace(becomes("IDLE"), resource="server"),),
)
OPERATIONS = (*EVERY, TURN, LOCK, UNLOCK, MOVE, BACK, BADGES, PIN, UNPIN)
NO = {"conflict": {"code": 409, "message": "no"}}
LOOK = "GET /servers/server-1"


def refusing_shop(tmp_path):
    shop = opened(tmp_path, *OPERATIONS)
    shop[0].does["POST action"] = (409, NO)
    return shop


def refused(operation=SPIN, state="IDLE", **more):
    more.setdefault("key", f"{operation.id} refused")
    return tried(operation, state, **({"accepted": False, "body": {operation.action: None}} | more))


def together(shop, *trials):
    for trial in trials:
        shop[1].make(trial, together=True)
    return shop[1].looks


def looked(shop):
    return shop[0].said.count(LOOK)


def doing(shop, **effects):
    """Actions are refused, and those of ``effects`` are done all the same."""

    def act(ask):
        (name,) = ask.body
        shop[0].things["/servers"][ask.path.split("/")[2]].update(effects.get(name, {}))
        return 409, NO

    shop[0].does["POST action"] = act
