"""An exchange as a curl command that a person can paste.

The endpoint is ``$ENDPOINT``. A secret is the variable of the role that sent it: ``$TOKEN`` for a member,
``$ADMIN_TOKEN`` for an administrator.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any

from reports.roles import BAD_TOKEN, token_variable

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
"""Headers whose value is never shown, even if the record holds it."""

_OF_THE_CONNECTION = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "transfer-encoding", "user-agent"}
)
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+\Z")


def curl_of(result: Result, info: RunInfo) -> str | None:
    """Return the curl command of a result's judged request; None if no request was sent."""
    exchange = decisive(result)
    url = info.endpoint.get("url")
    if exchange is None:
        return None
    return curl(exchange.request, url if isinstance(url, str) else None, role=result.role)


def curl(request: SentRequest, endpoint: str | None = None, *, role: str | None = None) -> str:
    """Return a request as a curl command on one line, for a POSIX shell.

    Everything is quoted, so that the shell expands only the variables of the token and of the endpoint.

    Args:
        request: the request.
        endpoint: the URL that ``$ENDPOINT`` stands for, if the request's URL begins with it.
        role: the role that sent it; for ``bad-token`` the invalid token itself is written.
    """
    words = ["curl", "-sS"]
    words += ["--head"] if request.method.upper() == "HEAD" else ["-i", "-X", quote(request.method)]
    if re.search(r"[\[\]{}]", request.url):
        words.append("--globoff")
    words.append(_url(request.url, endpoint))
    for name, value in request.headers.items():
        if _HEADER_NAME.match(name) and name.lower() not in _OF_THE_CONNECTION:
            invalid = role == "bad-token" and name.lower() == "x-auth-token"
            words += ["-H", _header(name, BAD_TOKEN if invalid else value, token_variable(role))]
    if request.body is not None:
        words += ["--data-raw", quote(_body(request.body))]
    return " ".join(words)


def quote(text: str) -> str:
    """Quote a text for the shell. Characters that a command line cannot hold (NUL, lone surrogates) become U+FFFD."""
    return shlex.quote(re.sub("[\x00\ud800-\udfff]", "\ufffd", text))


def shown_header(name: str, value: str) -> str:
    """Return the value of a header for display: ``***`` for a secret."""
    return "***" if _is_secret(name, value) else value


def decisive(result: Result) -> Exchange | None:
    """Return the judged exchange: the first whose response has the result's status code.

    If the record has no status, it is the tried request, which is the first exchange of every result. None if no
    request was sent.
    """
    for exchange in result.exchanges if result.status is not None else ():
        if exchange.response is not None and exchange.response.status == result.status:
            return exchange
    return result.exchanges[0] if result.exchanges else None


def _url(url: str, endpoint: str | None) -> str:
    base = (endpoint or "").rstrip("/")
    # `--url` accepts an argument that begins with a dash.
    option = "--url " if url.startswith("-") else ""
    if base and (url == base or url.startswith((f"{base}/", f"{base}?"))):
        rest = url[len(base) :]
        return f'"$ENDPOINT"{quote(rest) if rest else ""}'
    return option + quote(url)


def _header(name: str, value: str, variable: str) -> str:
    if _is_secret(name, value):
        plain = re.match(r"[A-Za-z0-9-]+\Z", name)
        return f'"{name}: {variable}"' if plain else quote(f"{name}: ") + f'"{variable}"'
    text = re.sub(r"[\r\n]+", " ", value).strip()
    return quote(f"{name}: {text}" if text else f"{name};")  # with `;`, curl sends an empty header


def _is_secret(name: str, value: str) -> bool:
    return name.lower() in SECRET_HEADERS and value != BAD_TOKEN


def _body(body: Any) -> str:
    return body if isinstance(body, str) else json.dumps(body)
