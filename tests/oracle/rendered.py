"""What Sphinx with os-api-ref makes of a reference: the other side of the comparison.

A development tool. It builds the documents with the ``dummy`` builder, takes each doctree before os-api-ref rearranges
it, and lists operations, rows, codes and samples as they stand there.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docutils import nodes
from os_api_ref import rest_method
from os_api_ref.http_codes import http_code
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

_HEAD = ["Name", "In", "Type", "Description"]
_CODE = re.compile(r"(?<![.\d])[1-5]\d\d(?!\.?\d)")
_CODES = re.compile(r"(normal|error)\s+(?:response\s+)?codes?", re.IGNORECASE)
_LINE_OF_CODES = re.compile(r"\n(?=(?:normal|error)\s+(?:response\s+)?codes?)", re.IGNORECASE)
_FIRST = re.compile(r"\.\s")
_SPACE = re.compile(r"\s+")


@dataclass
class Rendered:
    """One operation as rendered."""

    file: str
    line: int
    method: str
    url: str
    title: str
    min: str | None
    max: str | None
    rows: list[tuple[str, ...]] = field(default_factory=list)
    success: list[int] = field(default_factory=list)
    error: list[int] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, int, str, str]:
        """What names an operation."""
        return (self.file, self.line, self.method, self.url)


def plain(text: str) -> str:
    """Text on one line without zero-width spaces."""
    return _SPACE.sub(" ", text.replace("\u200b", "")).strip()


def render(top: Path, root: Path) -> tuple[list[Rendered], list[str]]:
    """Build the documents below ``top``; return the operations in reading order, and the warnings."""
    found: list[Rendered] = []
    warnings: list[str] = []

    def take(_: Sphinx, doctree: nodes.document) -> None:
        found.extend(_operations(doctree, top, root))

    class Warnings:
        def write(self, text: str) -> None:
            warnings.append(text)

        def flush(self) -> None:
            pass

    with tempfile.TemporaryDirectory() as scratch, patch_docutils(), docutils_namespace():
        application = Sphinx(
            str(top),
            None,
            f"{scratch}/out",
            f"{scratch}/doctrees",
            "dummy",
            status=None,
            warning=Warnings(),
            confoverrides={"extensions": ["os_api_ref"], "smartquotes": False, "keep_warnings": True},
            freshenv=True,
        )
        application.connect("doctree-read", take, priority=1)
        application.build(force_all=True)
    return found, warnings


def _operations(doctree: nodes.document, top: Path, root: Path) -> list[Rendered]:
    by_section: dict[int, list[Rendered]] = {}
    for node in doctree.findall(rest_method):
        section = _section_of(node.parent.parent if isinstance(node.parent, nodes.section) else node.parent)
        if section is None:
            continue
        made = Rendered(
            _relative(section.source, top, root),
            section.line or 0,
            node["method"],
            plain(node["url"]),
            plain(section.children[0].astext()),
            node["min_version"],
            node["max_version"],
        )
        by_section.setdefault(id(section), []).append(made)
    for node in doctree.findall(
        lambda n: isinstance(n, (nodes.table, nodes.literal_block, nodes.paragraph, nodes.term, http_code))
    ):
        held = _holder(node, by_section)
        if held is not None:
            _take(node, held, root)
    return [made for group in by_section.values() for made in group]


def _section_of(node: nodes.Node | None) -> Any:
    while node is not None and not isinstance(node, nodes.section):
        node = node.parent
    return node


def _holder(node: nodes.Node, by_section: dict[int, list[Rendered]]) -> Rendered | None:
    section = _section_of(node)
    while section is not None:
        if id(section) in by_section:
            return by_section[id(section)][-1]
        section = _section_of(section.parent)
    return None


def _take(node: Any, held: Rendered, root: Path) -> None:
    if isinstance(node, nodes.table):
        heads = [entry.astext() for entry in next(node.findall(nodes.thead), nodes.thead()).findall(nodes.entry)]
        if heads == _HEAD:
            held.rows += [_row(row) for row in next(node.findall(nodes.tbody)).children]
    elif isinstance(node, http_code):
        title = plain(_section_of(node).children[0].astext()).lower()
        (held.success if title == "success" else held.error).append(int(node["code"]))
    elif isinstance(node, nodes.literal_block):
        source = node.attributes.get("source")
        if source and Path(source).is_absolute():
            held.samples.append(Path(source).resolve().relative_to(root.resolve()).as_posix())
    else:
        # A paragraph may hold two lists; what follows the first sentence explains a list.
        for text in _LINE_OF_CODES.split(node.astext()):
            found = _CODES.match(text)
            if found and not isinstance(node.parent, nodes.entry):
                codes = [int(code) for code in _CODE.findall(_FIRST.split(text)[0])] or _listed_below(node)
                (held.success if found[1].lower() == "normal" else held.error).extend(codes)


def _listed_below(node: Any) -> list[int]:
    """Codes at the beginning of the items of the list that follows a paragraph (or defines a term)."""
    following = node.next_node(descend=False, siblings=True)
    if isinstance(following, nodes.definition):
        following = following.children[0]
    if not isinstance(following, nodes.bullet_list):
        return []
    found = (_CODE.match(item.astext()) for item in following.children)
    return [int(match[0]) for match in found if match]


def _row(row: Any) -> tuple[str, ...]:
    name, place, kind, _ = (plain(entry.astext()) for entry in row.children)
    classes = {
        prefix: next((c[len(prefix) :] for c in row["classes"] if c.startswith(prefix)), "")
        for prefix in ("rp_min_ver_", "rp_max_ver_")
    }
    required = "optional" if name.endswith("(Optional)") else "required"
    return (name.removesuffix("(Optional)").strip(), place, kind, required, *classes.values())


def _relative(source: str | None, top: Path, root: Path) -> str:
    """Path relative to the root; docutils gives some sources relative to the working directory."""
    path = Path(source or "")
    if not path.exists():
        path = top / path
    return path.resolve().relative_to(root.resolve()).as_posix()
