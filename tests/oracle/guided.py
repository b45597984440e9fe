"""Translates references that begin an operation with a block of code ("GET /v1/things") into the dialect that is read.

The references of Nova-era services at one provider are restructured text: a page per operation, whose first block of
code holds the method and the path. Their authors know nothing of the parser. A page keeps its prose, lists and grids;
blocks of code, labels and directives are left out, and so are pages without a method and a path.

Usage: ``python -m tests.oracle.guided REPOSITORY TARGET``, with the path of a git directory.
"""

from __future__ import annotations

import re
import sys
from itertools import pairwise

from tests.oracle.pages import begun, pages_of, write

_CALL = re.compile(r"^\s+(?P<method>GET|POST|PUT|PATCH|DELETE|HEAD)\s+(?:https?://[^/\s]+)?(?P<path>/\S*)\s*$")
_UNDERLINE = re.compile(r"^([=\-~^\"'.+*#])\1{2,}\s*$")
_ROLE = re.compile(r":[\w:-]+:`(?P<text>[^`<]*?)\s*(?:<[^`>]*>)?`")
_LINK = re.compile(r"`(?P<text>[^`<]+?)\s*<[^`>]*>`__?")
_DIRECTIVE = re.compile(r"\s*\.\.(?:\s|$)")
_KEPT = re.compile(r"\s*\.\.\s+(?:note|important|warning|tip|caution|attention)::\s*(?P<text>.*)$")


def guided(page: str) -> str | None:
    """Return a page in the dialect that is read; None if it gives no method and path."""
    lines = page.expandtabs().split("\n")
    call = next((m for m in map(_CALL.match, lines) if m), None)
    title = next((title for title, under in pairwise(lines) if title.strip() and _UNDERLINE.match(under)), None)
    if call is None or title is None:
        return None
    start = lines.index(title) + 2
    path = re.sub(r"[?].*|\*", "", call["path"]) or "/"
    head = [title.strip(), "=" * len(title.strip()), "", f".. rest_method:: {call['method']} {path}", ""]
    return "\n".join([*head, *_prose(lines[start:]), ""])


def _prose(lines: list[str]) -> list[str]:
    """Return lines without directives, except for the text of notes; a section's title becomes one of a lower level."""
    kept: list[str] = []
    skipped: int | None = None
    note: int | None = None
    for number, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if skipped is not None and line.strip() and indent <= skipped:
            skipped = None
        if note is not None and line.strip() and indent <= note:
            note = None
        if skipped is None and (m := _KEPT.match(line)):
            note = indent
            kept += ["", m["text"]]
        elif skipped is None and _DIRECTIVE.match(line):
            skipped = indent
        elif skipped is None and _UNDERLINE.match(line) and number and lines[number - 1].strip():
            kept.append("-" * max(len(lines[number - 1].strip()), 4))
        elif skipped is None:
            text = _LINK.sub(lambda m: m["text"], _ROLE.sub(lambda m: m["text"], line))
            kept.append(text[3:] if note is not None and text[:3] == "   " else text)
    return kept


def main() -> None:
    """Translate the newest commit of a repository into a directory."""
    repository, target = sys.argv[1:]
    top = begun(target)
    for name, page in pages_of(repository):
        if not re.search(r"method|operation|api-ref", name):
            continue
        text = guided(page)
        if text is not None:
            write(top / re.sub(r"[^\w/.-]", "_", name.replace("api-docs/", "")), text)


if __name__ == "__main__":
    main()
