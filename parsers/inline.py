"""Text of docutils nodes in the form that blocks use (see ``parsers.document``)."""

from __future__ import annotations

import re

from docutils import nodes

from specs.model import Versions

ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
_MARKS: dict[type, str] = {nodes.literal: "``", nodes.emphasis: "*", nodes.strong: "**", nodes.title_reference: "`"}
_MAX_PARTS = 20_000
_MAX_NESTED = 3
_SILENT = (nodes.system_message, nodes.raw, nodes.comment, nodes.footnote_reference, nodes.citation_reference)

_RANGE = re.compile(
    r"\(\s*(?:(?:API\s+)?(?:micro)?versions?:?\s*)?v?(?P<min>\d+\.\d+)\s*"
    r"(?:(?P<open>\+|-|–|to|or\s+(?:later|above|greater|higher)|and\s+(?:later|above|greater|higher|up))"
    r"\s*v?(?P<max>\d+\.\d+)?)?\s*\)",
    re.IGNORECASE,
)
_UPTO = re.compile(
    r"\(\s*(?:(?:API\s+)?(?:micro)?versions?:?\s*)?(?:-|–|up\s+to|until|<=|≤)\s*v?(?P<max>\d+\.\d+)\s*\)", re.IGNORECASE
)
_BEFORE = re.compile(
    r"\(\s*(?:before|prior\s+to|<)\s*(?:(?:API\s+)?(?:micro)?versions?:?\s*)?v?(?P<major>\d+)\.(?P<minor>\d+)\s*\)",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"\(\s*(?:since|from|starting\s+(?:from|with)|>=|≥)\s*(?:(?:API\s+)?(?:micro)?versions?:?\s*)?"
    r"v?(?P<min>\d+\.\d+)\s*\)",
    re.IGNORECASE,
)


def text_of(node: nodes.Node, document: nodes.document) -> str:
    """Return the text of a paragraph or a title with its inline markup."""
    parts: list[str] = []
    _collect(node, document, parts, 0)
    return "".join(parts).strip()


def _collect(node: nodes.Node, document: nodes.document, parts: list[str], depth: int) -> None:
    for child in node.children:
        if len(parts) > _MAX_PARTS:
            return
        if isinstance(child, nodes.Text):
            parts.append(str(child))
        elif isinstance(child, _SILENT):
            continue
        elif isinstance(child, nodes.substitution_reference):
            found = document.substitution_defs.get(
                document.substitution_names.get(str(child.get("refname", "")).lower(), "")
            )
            if found is not None and depth < _MAX_NESTED:
                _collect(found, document, parts, depth + 1)
            else:
                parts.append(child.astext())
        elif isinstance(child, nodes.image):
            parts.append(str(child.get("alt", "")))
        else:
            mark = _MARKS.get(type(child), "")
            parts.append(mark)
            _collect(child, document, parts, depth)
            parts.append(mark)


def title_of(node: nodes.Node) -> str:
    """Return a title as plain text, on one line, without zero-width characters."""
    return " ".join(node.astext().translate(ZERO_WIDTH).split())


def versions_in(title: str, line: int | None) -> Versions:
    """Read the range of microversions in a heading.

    A single number, as in "(v2.45)", is the version of an example and begins an open range.
    """
    found = _RANGE.search(title)
    if found:
        return Versions(found["min"], found["max"], line)
    found = _UPTO.search(title)
    if found:
        return Versions(None, found["max"], line)
    found = _SINCE.search(title)
    if found:
        return Versions(found["min"], None, line)
    found = _BEFORE.search(title)
    if found and int(found["minor"]):
        return Versions(None, f"{found['major']}.{int(found['minor']) - 1}", line)
    return Versions()
