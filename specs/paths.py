"""The documented form of a URL, ``/boats/{boat_id}``, and the errors of URLs of another form.

References write placeholders in many ways (``(id)``, ``:id``, ``<id>``). A URL of such a form must never be sent: the
cloud would take the placeholder for a name. ``fault`` finds such a URL, and gives the right form if only one is
possible.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = r"[A-Za-z_][\w.:-]*"
_LITERAL = r"[A-Za-z0-9._~!&'+,;=@%-]"
_SEGMENT = re.compile(rf"(?:{_LITERAL}(?:{_LITERAL}|:)*)?(?:\{{{_NAME}\}}(?:{_LITERAL}|:)*)*")
_QUERY_TEMPLATE = re.compile(r"\{[?&][^{}]*\}\Z")
_QUOTES = "`'\"\u2018\u2019\u201c\u201d"
_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/]*")
_OTHER_FORMS: tuple[re.Pattern[str], ...] = (
    re.compile(rf"\{{\{{\s*(?P<name>{_NAME})\s*\}}\}}"),
    re.compile(rf"\$\{{(?P<name>{_NAME})\}}"),
    re.compile(rf"\$\((?P<name>{_NAME})\)"),
    re.compile(rf"\$(?P<name>{_NAME})"),
    re.compile(rf"%\((?P<name>{_NAME})\)[sd]?"),
    re.compile(rf"\((?P<name>{_NAME})\)"),
    re.compile(rf"<(?P<name>{_NAME})>"),
    re.compile(rf"\[(?P<name>{_NAME})\]"),
    re.compile(rf"(?<=/):(?P<name>{_NAME})"),
    re.compile(rf"\{{\s+(?P<name>{_NAME})\s*\}}"),
    re.compile(rf"\{{(?P<name>{_NAME})\s+\}}"),
    re.compile(rf"%7B(?P<name>{_NAME}?)%7D", re.IGNORECASE),
)


@dataclass(frozen=True)
class Fault:
    """The error of a URL that does not have the form ``/path/{name}``.

    Attributes:
        what: the error, as the end of a sentence that begins with the URL: "contains (id), ...".
        instead: the URL in the documented form; None if it can only be guessed.

    """

    what: str
    instead: str | None = None


def fault(url: str) -> Fault | None:
    """Return the error of a documented URL; None if it has the form ``/path/{name}``.

    A fixed query (``?limit=2``) and a list of query parameters (``{?limit,marker}``) may follow the path. A query with
    a placeholder may not, because its values are the tester's to choose: the parameter belongs in the table.
    """
    what = _what(url)
    if what is None:
        return None
    mended = _mended(url)
    return Fault(what, mended if mended not in (url, "/") and _what(mended) is None else None)


def _what(url: str) -> str | None:
    path, mark, query = _QUERY_TEMPLATE.sub("", url).partition("?")
    if not path:
        return "has no path"
    if any(quote in url for quote in _QUOTES):
        return "is in quotation marks"
    if found := _HOST.match(path):
        return f"begins with a host, {found[0]}"
    other = _of_another_form(path) or _of_another_form(query)
    if other is not None:
        return f"contains {other}, which is not a placeholder of the form {{name}}"
    if re.search(r"\s", url):
        return "holds a blank"
    if not path.startswith("/"):
        return "does not begin with a slash"
    wrong = next((segment for segment in _segments(path) if not _SEGMENT.fullmatch(segment)), None)
    if wrong is not None or "..." in path:
        wrong = wrong or "..."
        return f"contains {wrong}, which is neither a name nor a placeholder of the form {{name}}"
    if mark and re.search(r"[{}<>]", query):
        return f"contains a placeholder in its query, ?{query}"
    return None


def _segments(path: str) -> list[str]:
    """Split a path at its slashes, except slashes within braces."""
    return re.findall(r"(?:\{[^{}]*\}|[^/{}]|[{}])+", path)


def _of_another_form(text: str) -> str | None:
    return next((found[0] for form in _OTHER_FORMS if (found := form.search(text))), None)


def _mended(url: str) -> str:
    text = "".join(character for character in url.strip() if character not in _QUOTES)
    text = _HOST.sub("", text, count=1) if _HOST.match(text) else text
    for form in _OTHER_FORMS:
        text = form.sub(lambda found: f"{{{found['name']}}}", text)
    path, _, query = text.partition("?")
    if query and not re.search(r"[{}<>]", query):
        path = f"{path}?{query}"
    return path if path.startswith("/") else f"/{path}"
