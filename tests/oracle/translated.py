"""Translates API references that give an operation by sections ("Function", "URI") into the dialect that is read.

Some clouds that are built on OpenStack document their interfaces in restructured text of their own layout: a page per
operation, with the method and the path in a section "URI". Their authors know nothing of the parser, so that their
sentences show how well the grammar reads prose that no rule was written for. A page becomes one operation with its
title, method, path and prose; tables, samples and the sections below the request are left out, and so are pages without
a method and a path.

Usage: ``python -m tests.oracle.translated REPOSITORY TARGET``, with the path of a git directory.
"""

from __future__ import annotations

import re
import sys
from itertools import pairwise
from pathlib import Path

from tests.oracle.pages import begun, pages_of, write

_CALL = re.compile(
    r"^[\s|*-]*(?:\*\*)?(?P<method>GET|POST|PUT|PATCH|DELETE|HEAD)(?:\*\*)?\s+(?:https://\\?\{[^}]*\})?(?P<path>/\S+)"
)
_UNDERLINE = re.compile(r"^([=\-~^\"'.+])\1{2,}\s*$")
_PROSE = re.compile(r"^(?:function|constraints?|restrictions?|prerequisites?|precautions?|description|notes?)\b", re.I)
_ROLE = re.compile(r":\w+:`(?P<text>[^`<]*?)\s*(?:<[^`>]*>)?`")
_LEFT_OUT = re.compile(r"^\s*(?:\+[-=+]+\+|\||=+(?:\s+=+)+\s*$|\.\.\s|:[\w-]+:)")


def translated(page: str) -> str | None:
    """Return a page in the dialect that is read; None if it gives no method and path."""
    lines = page.split("\n")
    call = next((m for m in map(_CALL.match, lines) if m), None)
    titles = [
        index for index, (title, under) in enumerate(pairwise(lines)) if title.strip() and _UNDERLINE.match(under)
    ]
    if call is None or not titles:
        return None
    title = lines[titles[0]].strip()
    kept: list[str] = []
    for start, end in pairwise([*titles, len(lines)]):
        if start == titles[0] or _PROSE.match(lines[start].strip()):
            kept += _prose(lines[start + 2 : end])
    path = re.sub(r"\?.*", "", re.sub(r"[\\*]", "", call["path"]))
    head = [title, "=" * len(title), "", f".. rest_method:: {call['method']} {path}", ""]
    return "\n".join([*head, *kept, "", "Normal response codes: 200", ""])


def _prose(lines: list[str]) -> list[str]:
    """Return the paragraphs and lists of a section; a note's text becomes a paragraph, a block of code is left out."""
    kept: list[str] = []
    code: int | None = None
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if code is not None and line.strip() and indent <= code:
            code = None
        if re.match(r"\s*\.\.\s+code", line):
            code = indent
        if code is None and not _LEFT_OUT.match(line):
            kept.append(_ROLE.sub(lambda m: m["text"], line))
    return _levelled(kept)


def _levelled(lines: list[str]) -> list[str]:
    """Return lines without the indent of what a left-out directive held."""
    out: list[str] = []
    listed = False
    for line in lines:
        if re.match(r"\s*(?:-|\d+\.)\s", line):
            listed = True
        elif line.strip() and not line.startswith(" "):
            listed = False
        out.append(line if listed else line.strip())
    return out


def main() -> None:
    """Translate the newest commit of a repository into a directory."""
    repository, target = sys.argv[1:]
    begun(target)
    for name, page in pages_of(repository, "api-ref"):
        text = translated(page) if "appendix" not in name else None
        if text is not None:
            write(Path(target) / name, text)


if __name__ == "__main__":
    main()
