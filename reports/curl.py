"""An exchange as a curl command that a person can paste: secrets as ``$TOKEN``, the endpoint as ``$ENDPOINT``."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any

from reports.requirements import code_in

if TYPE_CHECKING:
    from specs.record.model import Exchange, Result, RunInfo, SentRequest

SECRET_HEADERS = frozenset(
    {
        "authorization",
        "cookie",
        "proxy-authorization",
        "set-cookie",
        "x-auth-token",
        "x-service-token",
        "x-storage-token",
        "x-subject-token",
    }
)
"""Headers whose value is never shown, whatever stands in the record."""

_OF_THE_CONNECTION = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "transfer-encoding", "user-agent"}
)
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+\Z")
BAD_TOKEN = "not-a-token"  # noqa: S105 - nobody's
"""The token of a request that shall have one that is none."""


def curl_of(result: Result, info: RunInfo) -> str | None:
    """Write the exchange that a result speaks of; None if it has none."""
    exchange = decisive(result)
    url = info.endpoint.get("url")
    if exchange is None:
        return None
    return curl(exchange.request, url if isinstance(url, str) else None, bad_token=result.role == "bad-token")


def curl(request: SentRequest, endpoint: str | None = None, *, bad_token: bool = False) -> str:
    """Write a request as one line for a POSIX shell.

    Everything is quoted so that the shell changes nothing but ``$TOKEN`` and ``$ENDPOINT``; the latter stands for
    ``endpoint`` where the URL begins with it. With ``bad_token`` the token is one that is none.
    """
    words = ["curl", "-sS"]
    words += ["--head"] if request.method.upper() == "HEAD" else ["-i", "-X", quote(request.method)]
    if re.search(r"[\[\]{}]", request.url):
        words.append("--globoff")
    words.append(_url(request.url, endpoint))
    for name, value in request.headers.items():
        if _HEADER_NAME.match(name) and name.lower() not in _OF_THE_CONNECTION:
            words += ["-H", _header(name, BAD_TOKEN if bad_token and name.lower() == "x-auth-token" else value)]
    if request.body is not None:
        words += ["--data-raw", quote(_body(request.body))]
    return " ".join(words)


def quote(text: str) -> str:
    """Quote for the shell. What no command line can hold (NUL, halves of characters) becomes U+FFFD."""
    return shlex.quote(re.sub("[\x00\ud800-\udfff]", "\ufffd", text))


def shown_header(name: str, value: str) -> str:
    """Give the value of a header as it may be shown: secrets are ``***``."""
    return "***" if _is_secret(name, value) else value


def decisive(result: Result) -> Exchange | None:
    """Pick the exchange that a result speaks of: the last with the code observed, else the last that acts."""
    code = code_in(result.observed)
    for exchange in reversed(result.exchanges):
        if code is not None and exchange.response is not None and exchange.response.status == code:
            return exchange
    for exchange in reversed(result.exchanges):
        if exchange.request.method.upper() not in ("GET", "HEAD"):
            return exchange
    return result.exchanges[-1] if result.exchanges else None


def _url(url: str, endpoint: str | None) -> str:
    base = (endpoint or "").rstrip("/")
    # `--url` takes what follows even if it begins with a dash.
    option = "--url " if url.startswith("-") else ""
    if base and (url == base or url.startswith((f"{base}/", f"{base}?"))):
        rest = url[len(base) :]
        return f'"$ENDPOINT"{quote(rest) if rest else ""}'
    return option + quote(url)


def _header(name: str, value: str) -> str:
    if _is_secret(name, value):
        return f'"{name}: $TOKEN"' if re.match(r"[A-Za-z0-9-]+\Z", name) else quote(f"{name}: ") + '"$TOKEN"'
    text = re.sub(r"[\r\n]+", " ", value).strip()
    return quote(f"{name}: {text}" if text else f"{name};")  # with `;`, curl sends an empty header


def _is_secret(name: str, value: str) -> bool:
    return name.lower() in SECRET_HEADERS and value != BAD_TOKEN


def _body(body: Any) -> str:
    return body if isinstance(body, str) else json.dumps(body)
