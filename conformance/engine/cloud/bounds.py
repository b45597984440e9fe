"""Bounds on everything that comes in from an endpoint, and the reading of bodies within them.

They are far above the size of real answers (a list of a thousand things with all details takes three megabytes), and
low enough that no endpoint can use up the memory or the time of a run.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

import requests

from conformance.engine.cloud.exchange import ABSENT
from specs.text import one_line

BODY = 8 * 2**20
"""The most bytes of a body, after decompression."""

HEADERS = 64 * 2**10
"""The most bytes of all headers of an answer. ``http.client`` itself takes no more than 100 headers."""

DEPTH = 64
"""The most levels of lists and objects in a JSON value."""

VALUES = 500_000
"""The most values in a JSON value: in memory, small values take twenty times their bytes."""

SECONDS = 30.0
"""Seconds for a whole exchange without a limit of its own, such as those with the identity service."""

_HOLDERS = (dict, list)
"""The types in which ``json.loads`` returns what holds other values. It knows no kinds of them."""

_LONE = (b"\\ud", b"\\uD")
"""The beginning of the JSON escape of half a character."""


class Unreadable(requests.RequestException):
    """An answer is beyond a bound, or cannot be decoded. The message continues a sentence that begins with the host."""


def decoded(data: bytes, encodings: str) -> bytes:
    """Undo the compressions of a body that its Content-Encoding names, the last one first.

    Raises:
        Unreadable: the body is longer than BODY, cut off, or compressed in a way that was not requested.
    """
    for encoding in reversed([name.strip().lower() for name in encodings.split(",")]):
        if not data or encoding in {"", "identity"}:
            continue
        if encoding not in {"gzip", "x-gzip", "deflate"}:
            raise Unreadable(f"sent an answer in the encoding {one_line(encoding, 40)!r}, which nobody asked for")
        data = _inflated(data)
    if len(data) > BODY:
        raise too_long()
    return data


def _inflated(data: bytes) -> bytes:
    trouble: zlib.error | None = None
    # Some endpoints send "deflate" without the header that the format demands.
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        unpacking = zlib.decompressobj(window)
        try:
            found = unpacking.decompress(data, BODY + 1)
        except zlib.error as error:
            trouble = trouble or error
            continue
        if len(found) > BODY:
            raise too_long()
        if unpacking.eof:
            return found
        raise Unreadable("sent a compressed answer that ends too early")
    raise Unreadable(f"sent an answer that cannot be decompressed ({trouble})")


def too_long() -> Unreadable:
    """The error for a body that is beyond the bound."""
    return Unreadable(f"sent an answer of more than {BODY >> 20} MiB")


def json_of(content: bytes) -> Any:
    """The JSON value of a body; ABSENT if the body is empty, no JSON, or beyond DEPTH or VALUES.

    NaN and Infinity are no JSON (RFC 8259, section 6). Half a character becomes U+FFFD, because no file can hold it.
    """
    holders = content.count(b"[") + content.count(b"{")
    if not content.strip() or holders + content.count(b",") > VALUES:
        return ABSENT
    try:
        value = _JSON.decode(content.decode("utf-8"))
    except (ValueError, RecursionError):
        return ABSENT
    if holders > DEPTH and _too_deep(value):
        return ABSENT
    return _whole(value) if _LONE[0] in content or _LONE[1] in content else value


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_JSON = json.JSONDecoder(parse_constant=_no_number)


def _too_deep(value: Any) -> bool:
    level = [value] if type(value) in _HOLDERS else []
    for _ in range(DEPTH + 1):
        level = [
            inner for one in level for inner in (one.values() if type(one) is dict else one) if type(inner) in _HOLDERS
        ]
        if not level:
            return False
    return True


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_whole(name): _whole(inner) for name, inner in value.items()}
    return [_whole(inner) for inner in value] if isinstance(value, list) else value
