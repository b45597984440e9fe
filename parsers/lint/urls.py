"""URLs compared with the tables, and invisible characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from parsers.lint.findings import CERTAIN, Place, Rule
from specs.paths import fault

if TYPE_CHECKING:
    from parsers.lint.view import Row, Subject, View

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_NAMES = {"\u200b": "zero-width space", "\u200c": "zero-width non-joiner", "\u200d": "zero-width joiner",
          "\u2060": "word joiner", "\ufeff": "byte order mark"}  # fmt: skip
_INVISIBLE = re.compile(f"[{''.join(_NAMES)}]")
_LITERAL = re.compile(r"``[^`]+``", re.DOTALL)
_URL = re.compile(r"\A(?:[A-Z]+\s+)?(?:https?:)?/|\{\w+\}")
_DIRECTIVE = re.compile(r"^[ \t]*\.\.[ \t]+(?:rest_method|literalinclude|include|rest_parameters)::.*$", re.MULTILINE)


def placeholders(path: str) -> tuple[str, ...]:
    """Return the placeholders of a path in order, without those of the query and without ``{?name}`` and the like."""
    found = _PLACEHOLDER.findall(path.partition("?")[0].partition("{?")[0])
    return tuple(dict.fromkeys(name.strip() for name in found if name.strip()[:1] not in "?&+#"))


def _form(view: View) -> Iterator[Place]:
    for subject in view.subjects:
        wrong = fault(subject.source.path) if subject.source.path else None
        if wrong is not None:
            query = subject.source.path.partition("?")[2]
            row = " and a row with `in: query` in the table" if re.search(r"[{<]", query) else ""
            write = (
                f"{subject.source.method} {wrong.instead}{row}" if wrong.instead else "a path such as /boats/{boat_id}"
            )
            yield Place(
                subject.path,
                subject.method_line,
                f"the URL {subject.source.path} {wrong.what}; write {write}",
            )


def _related(view: View) -> Iterator[Subject]:
    """Yield the operations whose URL and table were both understood, so that they can be compared."""
    for subject in view.subjects:
        if fault(subject.source.path) is None and "rest_parameters" not in subject.lost:
            yield subject


def _path_rows(subject: Subject) -> list[Row]:
    return [row for row in subject.requests if row.parameter.location == "path"]


def _without_row(view: View) -> Iterator[Place]:
    for subject in _related(view):
        if _unresolved(subject):
            continue
        held = {row.name for row in _path_rows(subject)}
        for name in placeholders(subject.source.path):
            if name in held:
                continue
            other = next((row for row in subject.requests if row.name == name), None)
            if other is not None:
                yield Place(
                    subject.path,
                    other.line,
                    f"{name} is a part of the path {subject.source.path}, but {other.told_by} puts it in "
                    f"{other.parameter.location or 'nothing'}; {_elsewhere(other, 'path')}",
                    other.cause,
                )
            else:
                yield Place(
                    subject.path,
                    subject.method_line,
                    f"the table of the request has no row for {{{name}}} of {subject.source.path}; add "
                    + (
                        f"one for {name}"
                        if any(row.written_out for row in subject.requests)
                        else f"`- {name}: <entry with in: path>`"
                    ),
                )


def _elsewhere(row: Row, place: str) -> str:
    return f"write {place} there" if row.written_out else f"refer to an entry with `in: {place}`"


def _without_placeholder(view: View) -> Iterator[Place]:
    for subject in _related(view):
        held = placeholders(subject.source.path)
        for row in _path_rows(subject):
            if row.name not in held:
                left = [name for name in held if name not in {other.name for other in _path_rows(subject)}]
                otherwise = "remove the row, or " + (
                    "name another part there" if row.written_out else "refer to an entry of another part"
                )
                advice = f"write {left[0]}" if len(left) == 1 else otherwise
                yield Place(
                    subject.path,
                    row.line,
                    f"{row.told_by} puts {row.name} in path, but {subject.source.path} has no {{{row.name}}}; {advice}",
                    "" if len(left) == 1 else row.cause,
                )


def _unresolved(subject: Subject) -> bool:
    """True if some rows could not be resolved; they may belong to the path."""
    return any(row.parameter.location is None for row in subject.requests)


def _method(view: View) -> Iterator[Place]:
    for subject in view.subjects:
        if subject.source.path and subject.source.method.upper() not in _METHODS:
            yield Place(
                subject.path,
                subject.method_line,
                f"{subject.source.method} is not an HTTP method; write one of {', '.join(_METHODS)}",
            )


def _invisible(view: View) -> Iterator[Place]:
    """Find invisible characters in text that readers copy: URLs, literals, the arguments of directives."""
    if not view.whole:
        return
    for path in sorted({file.context.path for file in view.reading.files}):
        text = view.text(path)
        if not _INVISIBLE.search(text):
            continue
        for pattern in (_LITERAL, _DIRECTIVE):
            for found in pattern.finditer(text):
                hidden = _INVISIBLE.search(found[0])
                plain = _INVISIBLE.sub("", found[0])
                if hidden and (pattern is _DIRECTIVE or _URL.search(plain.strip("`"))):
                    line = text.count("\n", 0, found.start() + hidden.start()) + 1
                    yield Place(
                        path,
                        line,
                        f"an invisible character, {_NAMES[hidden[0]]} (U+{ord(hidden[0]):04X}), is in "
                        f"{' '.join(plain.split())} and is copied with it; remove it",
                    )


RULES = (
    Rule("url-form", CERTAIN, "A URL does not have the form /path/{name}.", _form),
    Rule("placeholder-without-row", CERTAIN, "A placeholder of a URL has no row in the request.", _without_row),
    Rule("row-without-placeholder", CERTAIN, "A row in path has no placeholder in the URL.", _without_placeholder),
    Rule("unknown-method", CERTAIN, "A method is not an HTTP method.", _method),
    Rule("invisible-character", CERTAIN, "A URL contains an invisible character.", _invisible),
)
