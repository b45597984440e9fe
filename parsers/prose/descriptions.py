"""Splits a parameter's description into blocks: paragraphs, list items, notes.

Descriptions are short RST texts inside of YAML, often with errors (a list without the blank line before it). So they
are read line by line: a line that begins with a bullet, below a line that ends in a colon, is a list item.
"""

from __future__ import annotations

import re

from parsers.document import Block

_ITEM = re.compile(r"^(?P<indent>\s*)(?:[-*+]|\d{1,2}[.)]|#\.)\s+(?P<text>\S.*)$")
_DIRECTIVE = re.compile(r"^(?P<indent>\s*)\.\.\s+(?P<name>[\w-]+)::\s*(?P<text>.*)$")
_COMMENT = re.compile(r"^\s*\.\.(?:\s|$)")
_PROSE = frozenset({"note", "warning", "important", "attention", "caution", "danger", "hint", "tip", "deprecated"})
_VERSIONS = frozenset({"versionadded", "versionchanged"})
_ROLE = re.compile(r":[a-z-]+:`([^`<]+?)(?:\s*<[^>]*>)?`")
_LINK = re.compile(r"`([^`<]+?)\s*<[^>]*>`__?")


def blocks_of(description: str, line: int = 0) -> tuple[Block, ...]:
    """Return the blocks of a description; ``line`` is the number of its first line."""
    reader = _Lines(line)
    for number, text in enumerate(description.expandtabs(4).split("\n")):
        reader.feed(text, line + number)
    reader.flush()
    return tuple(reader.blocks)


class _Lines:
    def __init__(self, line: int) -> None:
        self.blocks: list[Block] = []
        self.lines: list[str] = []
        self.line = line
        self.kind = "paragraph"
        self.item_indent: int | None = None
        self.literal_indent: int | None = None
        self.inside: tuple[int, str] | None = None
        self.intro: int | None = None

    def feed(self, text: str, line: int) -> None:
        indent = len(text) - len(text.lstrip())
        if not text.strip():
            self.flush()
            return
        if self.literal_indent is not None:
            if indent > self.literal_indent:
                return
            self.literal_indent = None
        if self.inside is not None and indent <= self.inside[0]:
            self.flush()
            self.inside = None
        if self._directive(text, line, indent) or self._item(text, line):
            return
        if not self.lines:
            self.line = line
            if self.item_indent is not None and indent > self.item_indent:
                self.kind = "item"
            else:
                self.item_indent = None
                self.kind = f"admonition:{self.inside[1]}" if self.inside else "paragraph"
        self.lines.append(text.strip())

    def flush(self) -> None:
        """End the current block."""
        if not self.lines:
            return
        text = "\n".join(self.lines)
        text = _LINK.sub(r"\1", _ROLE.sub(r"\1", text))
        if text.rstrip().endswith("::"):
            self.literal_indent = self.inside[0] if self.inside else (self.item_indent or 0)
            text = text.rstrip()[:-1]
        is_item = self.kind == "item"
        self.blocks.append(
            Block(text, self.line, self.kind, parent=self.intro if is_item else None, depth=int(is_item))
        )
        if not is_item:
            self.intro = len(self.blocks) - 1 if text.rstrip("* ").endswith(":") else None
        self.lines = []

    def _directive(self, text: str, line: int, indent: int) -> bool:
        found = _DIRECTIVE.match(text)
        if found is None:
            if _COMMENT.match(text):
                self.flush()
                self.literal_indent = indent
                return True
            return False
        self.flush()
        name = found["name"]
        if name in _PROSE or name in _VERSIONS:
            self.inside = (indent, name)
            self.item_indent = None
            if found["text"]:
                self.line, self.kind = line, name if name in _VERSIONS else f"admonition:{name}"
                self.lines = [found["text"]]
        else:
            self.literal_indent = indent
        return True

    def _item(self, text: str, line: int) -> bool:
        found = _ITEM.match(text)
        if found is None or (self.lines and self.kind != "item" and not self.lines[-1].rstrip("* ").endswith(":")):
            return False
        self.flush()
        self.line, self.kind, self.item_indent = line, "item", len(found["indent"])
        self.lines = [found["text"]]
        return True
