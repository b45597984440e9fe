"""What an answer says was made: ids, paths and other names, for the journal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from conformance.engine.cloud.exchange import Answer, Ask

PATHS = {
    "floating_ip": "/os-floating-ips",
    "image": "/images",
    "keypair": "/os-keypairs",
    "security_group": "/os-security-groups",
    "security_group_rule": "/os-security-group-rules",
    "server": "/servers",
    "server_group": "/os-server-groups",
    "snapshot": "/os-snapshots",
    "volume": "/os-volumes",
}
"""Where a kind is deleted, without a microversion: the proxies to other services end with 2.35."""

_ID = {"keypair": "name"}
_ALIAS = {"floating_ip": "ip"}
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


@dataclass(frozen=True)
class Creation:
    """One thing that was made."""

    id: str
    path: str
    alias: tuple[str, ...] = ()


def path_of(kind: str, id_: str) -> str:
    """The path at which a resource of a kind is read and deleted."""
    return f"{PATHS.get(kind, '/' + kind)}/{quote(id_, safe='')}"


def side_effect_name(ask: Ask) -> str:
    """The name that an action gives to what it makes: {"createImage": {"name": ...}}; "" if it gives none."""
    if isinstance(ask.body, dict):
        for inner in ask.body.values():
            if isinstance(inner, dict) and isinstance(inner.get("name"), str):
                return str(inner["name"])
    return ""


def creation(kind: str, ask: Ask, answer: Answer) -> Creation | None:
    """What a successful answer says was made; None if it names nothing.

    Read in this order: the resource in the body, ``<kind>_id`` in the body (createImage from 2.45), the Location
    header (createImage before).
    """
    body: Any = answer.json if isinstance(answer.json, dict) else {}
    inner = body.get(kind)
    id_ = inner.get(_ID.get(kind, "id")) if isinstance(inner, dict) else body.get(f"{kind}_id")
    if id_ is None and not isinstance(inner, dict):
        last = urlsplit(answer.headers.get("Location", "")).path.rstrip("/").rpartition("/")[2]
        # A Location elsewhere may name a collection or a job.
        id_ = last if _UUID.match(last) else None
    if not isinstance(id_, str | int) or isinstance(id_, bool) or id_ == "":
        return None
    alias = inner.get(_ALIAS[kind]) if isinstance(inner, dict) and kind in _ALIAS else None
    path = path_of(kind, str(id_)) if kind in PATHS else f"{ask.path.rstrip('/')}/{quote(str(id_), safe='')}"
    return Creation(str(id_), path, (alias,) if isinstance(alias, str) else ())
