"""The directive ``schema``: a JSON Schema of this project as sections of a page.

``.. schema:: specs/schemas/spec-1.json`` takes a path from the root of the project.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import schema_text
from docutils import nodes
from schema_text import Entry, Link, Piece, SchemaError, Section, sections
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[2]


class SchemaDirective(SphinxDirective):
    """Show the schema at a path: its own keys, then a section for each definition."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Read the schema and make the nodes. Raises an error of the directive: it cannot be read or shown whole."""
        path = ROOT / self.arguments[0]
        for seen in (path, Path(__file__), Path(schema_text.__file__)):
            self.env.note_dependency(str(seen))
        try:
            found = sections(schema_text.read(path))
        except (OSError, ValueError, SchemaError) as error:
            raise self.error(f"{self.arguments[0]}: {error}") from None
        return [node for section in found for node in self._shown(section, path.stem)]

    def _shown(self, section: Section, stem: str) -> list[nodes.Node]:
        content: list[nodes.Node] = []
        if section.text:
            content.append(nodes.paragraph("", "", *_running(section.text)))
        if not section.entries:
            bounds = f", {section.bounds}" if section.bounds else ""
            content.append(nodes.paragraph("", "Type: ", *_pieces((*section.form, f"{bounds}."), stem)))
        if section.entries:
            shown = [_item(entry, stem) for entry in section.entries]
            content.append(nodes.definition_list("", *shown, classes=["schema"]))
        content += [nodes.paragraph("", "", *_running(f"Besides: {rule}")) for rule in section.rules]
        if not section.name:
            return content
        made = nodes.section("", nodes.title("", section.title), *content, ids=[_id(stem, section.name)])
        self.state.document.note_explicit_target(made, made)
        return [made]


def _item(entry: Entry, stem: str) -> nodes.Node:
    term = nodes.term("", "", nodes.literal(entry.key, entry.key), nodes.Text(": "), *_pieces(entry.form, stem))
    if entry.required:
        term += [nodes.Text(", "), nodes.emphasis("required", "required")]
    body = [nodes.paragraph("", "", *_running(entry.meaning))] if entry.meaning else []
    return nodes.definition_list_item("", term, nodes.definition("", *body))


def _pieces(pieces: Iterable[Piece], stem: str) -> list[nodes.Node]:
    shown: list[nodes.Node] = []
    for piece in pieces:
        if isinstance(piece, Link):
            words = piece.name.replace("_", " ")
            shown.append(nodes.reference("", words, internal=True, refid=_id(stem, piece.name)))
        else:
            shown += _running(piece)
    return shown


def _running(text: str) -> list[nodes.Node]:
    """Text in which backticks enclose a literal."""
    parts = text.split("`")
    return [nodes.literal(part, part) if index % 2 else nodes.Text(part) for index, part in enumerate(parts) if part]


def _id(stem: str, name: str) -> str:
    return str(nodes.make_id(f"{stem}-{name}"))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("schema", SchemaDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
