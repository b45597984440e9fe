"""Things that an answer names by their address: a URL, or a path, below the collection of the thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit


def id_at(value: Any, collection: str) -> str | None:
    """The id at the end of an address below the path of a collection; None for any other value.

    The root of the service may stand before the path.
    """
    if not isinstance(value, str) or not ("://" in value or value.startswith("/")) or collection in ("", "/"):
        return None
    try:
        at, _, last = urlsplit(value).path.rstrip("/").rpartition("/")
    except ValueError:
        return None  # no address at all
    return unquote(last) or None if at.endswith(collection) else None


def addressed(body: Any, collection: str) -> str | None:
    """The id of the thing whose address a member of a body is; None if no member is one below the collection."""
    found = (id_at(value, collection) for value in body.values()) if isinstance(body, Mapping) else ()
    return next((id_ for id_ in found if id_ is not None), None)
