"""Reads from an answer which things were made: their ids, paths and other names, for the journal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.engine.cloud.addressed import addressed
from conformance.engine.cloud.guard import safe_in_path

if TYPE_CHECKING:
    from conformance.engine.cloud.exchange import Answer, Ask
    from conformance.engine.cloud.kinds import Kind

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")

FAILED = 500
"""The lowest code of a service that has failed."""


@dataclass(frozen=True)
class Creation:
    """One thing that was made."""

    id: str
    path: str
    alias: tuple[str, ...] = ()


def side_effect_name(ask: Ask) -> str:
    """The name that an action gives to its new thing, such as {"copy": {"name": ...}}; "" if it gives none."""
    if isinstance(ask.body, dict):
        for inner in ask.body.values():
            if isinstance(inner, dict) and isinstance(inner.get("name"), str):
                return str(inner["name"])
    return ""


def creation(kind: Kind, ask: Ask, answer: Answer) -> Creation | None:
    """The thing that a request has made; None if the answer names none, or names it by an unsafe id.

    The answer is read in this order: the thing in the body, ``<kind>_id`` in the body, the address of the thing in the
    body, the Location header. A service may have made a thing before it fails: of an answer with a 5xx, the Location
    below the path of the request counts.
    """
    collection, _, last = urlsplit(answer.headers.get("Location", "")).path.rstrip("/").rpartition("/")
    below = collection.endswith(ask.path.rstrip("/"))  # the root of the service may stand before it
    if not answer.ok and (answer.status < FAILED or not below):
        return None
    body: Any = answer.json if answer.ok and isinstance(answer.json, dict) else {}
    inner = (kind.shown_in(body) or _only(kind, body)) if answer.ok else None
    id_ = inner.get(kind.id_field) if inner is not None else body.get(f"{kind.key or kind.name}_id")
    if id_ is None and inner is None:
        id_ = addressed(body, kind.collection)
    if id_ is None and inner is None:
        # A Location below another path may name a collection or a job.
        id_ = last if _UUID.match(last) else None
    if not isinstance(id_, str | int) or isinstance(id_, bool) or not safe_in_path(str(id_)):
        return None
    alias = tuple(inner[name] for name in kind.alias_fields if isinstance(inner.get(name), str)) if inner else ()
    return Creation(str(id_), kind.path_of(str(id_)), alias)


def _only(kind: Kind, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The only object in a body, if its key is the singular of the collection's name: no description tells it."""
    key, inner = next(iter(body.items())) if len(body) == 1 else ("", None)
    plurals = (f"{key}s", f"{key}es", f"{key.removesuffix('y')}ies")
    called = bool(key) and not kind.key and kind.name.rpartition("/")[2].replace("-", "_") in plurals
    return inner if called and isinstance(inner, Mapping) and kind.id_field in inner else None
