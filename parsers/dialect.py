"""The directives and roles of the os-api-ref dialect, for docutils without Sphinx.

Within ``installed()`` docutils finds the directives of this module before its own; outside of it nothing is changed. An
unknown directive gives its content, so that no sentence is lost; an unknown role gives its text. The nodes made here
hold the unresolved content of the directives; ``parsers.structure`` resolves it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.parsers.rst import states as rst_states

_LOCK = threading.RLock()
_TITLE_AND_TARGET = re.compile(r"(?s)^(?P<title>.*?)\s*<[^<>]*>$")


class MethodNode(nodes.Invisible, nodes.Element):
    """A ``rest_method``: its content lines in ``lines``, with their numbers."""


class TableNode(nodes.Invisible, nodes.Element):
    """A ``rest_parameters`` (``name`` parameters) or ``rest_status_code`` (statuses): arguments and content."""


class SampleNode(nodes.Invisible, nodes.Element):
    """A ``literalinclude``: ``target`` as written."""


class VersionNode(nodes.General, nodes.Element):
    """A ``versionadded``, ``versionchanged``, ``deprecated``: ``version``, ``text``, and its content as children."""


class GridNode(nodes.Invisible, nodes.Element):
    """A table of parameters that is written out: its ``rows``, as ``parsers.grids`` reads them."""


class UnknownNode(nodes.General, nodes.Element):
    """An unknown directive: ``name``, and its content as children."""


class AnyOptions(dict[str, Callable[[str], Any]]):
    """An option table that accepts every option as a text."""

    def __missing__(self, key: str) -> Callable[[str], Any]:
        return _as_written

    def __bool__(self) -> bool:
        return True


def _as_written(argument: str | None) -> str:
    return argument or ""


class _Base(Directive):
    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[Any] = AnyOptions()

    def place(self) -> tuple[str, int]:
        """File and line of the directive."""
        source, line = self.state_machine.get_source_and_line(self.lineno)
        return str(source), int(line or 0)

    def mark(self, node: nodes.Element) -> nodes.Element:
        """Give a node the file and line of the directive."""
        node.source, node.line = self.place()
        return node

    def content_lines(self) -> list[tuple[int, str]]:
        """The content with the line number of each line in its file."""
        # An item of the content is (file, offset); its offset counts from 0.
        return [(offset + 1, line) for (_, offset), line in zip(self.content.items, self.content, strict=True)]


class Method(_Base):
    """``.. rest_method:: GET /servers``."""

    optional_arguments = 0
    option_spec = None

    def run(self) -> list[nodes.Node]:
        """Return the directive's nodes."""
        return [self.mark(MethodNode(lines=self.content_lines()))]


class Table(_Base):
    """``.. rest_parameters:: parameters.yaml`` and ``.. rest_status_code:: error http-status.yaml``."""

    def run(self) -> list[nodes.Node]:
        """Return the directive's nodes."""
        name = "parameters" if self.name.lower() == "rest_parameters" else "statuses"
        return [self.mark(TableNode(name=name, arguments=" ".join(self.arguments), lines=self.content_lines()))]


class Sample(_Base):
    """``.. literalinclude:: sample.json``."""

    has_content = False
    optional_arguments = 0
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the directive's nodes."""
        return [self.mark(SampleNode(target=self.arguments[0]))]


class VersionChange(_Base):
    """``.. versionadded:: 2.3`` and the similar directives."""

    def run(self) -> list[nodes.Node]:
        """Return the directive's nodes."""
        argument = self.arguments[0] if self.arguments else ""
        version, _, text = argument.replace("\n", " ").partition(" ")
        node = self.mark(VersionNode(name=self.name.lower(), version=version))
        if text.strip():
            inline, messages = self.state.inline_text(text.strip(), self.lineno)
            paragraph = self.mark(nodes.paragraph(text, "", *inline))
            node += paragraph
            node += messages
        if self.content:
            self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


class Transparent(_Base):
    """A directive whose content counts as ordinary content (``only``, ``container``); titles are allowed in it."""

    def run(self) -> list[nodes.Node]:
        """Return the directive's nodes."""
        holder = nodes.Element()
        holder.document = self.state.document
        if self.name.lower() == "only" and not _shown(self.arguments):
            return []
        _parse_with_titles(self, holder)
        return list(holder.children)


class Silent(_Base):
    """A directive without facts about the API (``toctree``, ``contents``, ``index``, ``rest_expand_all``)."""

    option_spec = AnyOptions()

    def run(self) -> list[nodes.Node]:
        """Return the directive's nodes."""
        return []


class Literal(_Base):
    """A directive whose content is not prose (``code-block``, ``raw``, ``parsed-literal``, ``math``)."""

    def run(self) -> list[nodes.Node]:
        """Return the directive's nodes."""
        text = "\n".join(self.content)
        return [self.mark(nodes.literal_block(text, text))]


class Admonition(_Base):
    """Admonitions that docutils does not know (``seealso``, ``todo``), as notes of that name."""

    def run(self) -> list[nodes.Node]:
        """Return the directive's nodes."""
        node = self.mark(nodes.admonition(classes=[self.name.lower()]))
        if self.arguments:
            inline, messages = self.state.inline_text(self.arguments[0], self.lineno)
            node += self.mark(nodes.paragraph(self.arguments[0], "", *inline))
            node += messages
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


class Unknown(_Base):
    """Any other name: argument and content are text."""

    def run(self) -> list[nodes.Node]:
        """Return the directive's nodes."""
        node = self.mark(UnknownNode(name=self.name))
        if self.arguments:
            inline, messages = self.state.inline_text(self.arguments[0], self.lineno)
            node += self.mark(nodes.paragraph(self.arguments[0], "", *inline))
            node += messages
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


class Include(_Base):
    """``.. include:: servers.inc``; the ``Includes`` object in the settings decides which files may be read."""

    has_content = False
    required_arguments = 1
    optional_arguments = 0

    def run(self) -> list[nodes.Node]:
        """Return the directive's nodes."""
        source, line = self.place()
        lines = self.state.document.settings.includes.lines(self.arguments[0], self.options, source, line)
        if lines is None:
            return []
        path, content = lines
        if "literal" in self.options or "code" in self.options:
            return [self.mark(nodes.literal_block("\n".join(content), "\n".join(content)))]
        self.state_machine.insert_input(content, path)
        return []


def _shown(arguments: list[str]) -> bool:
    """True if ``only`` shows its content in a web page; its expression is read leniently."""
    words = re.findall(r"[\w-]+", " ".join(arguments).lower())
    if "not" in words:
        return not {"html", "builder_html"} & set(words)
    return not words or bool({"html", "builder_html", "or"} & set(words))


def _parse_with_titles(directive: Directive, node: nodes.Element) -> None:
    memo: Any = directive.state.memo
    styles, level = memo.title_styles, memo.section_level
    memo.title_styles, memo.section_level = [], 0
    try:
        directive.state.nested_parse(directive.content, directive.content_offset, node, match_titles=True)
    finally:
        memo.title_styles, memo.section_level = styles, level


_OWN: dict[str, type[Directive]] = {
    "rest_method": Method,
    "rest_parameters": Table,
    "rest_status_code": Table,
    "literalinclude": Sample,
    "include": Include,
    "only": Transparent,
    "container": Transparent,
    "compound": Transparent,
    **dict.fromkeys(("versionadded", "versionchanged", "versionremoved", "deprecated"), VersionChange),
    **dict.fromkeys(
        (
            "rest_expand_all",
            "toctree",
            "contents",
            "index",
            "highlight",
            "sectnum",
            "meta",
            "title",
            "tabularcolumns",
            "image",
            "figure",
            "default-role",
            "role",
            "class",
            "target-notes",
            "header",
            "footer",
            "sectionauthor",
            "codeauthor",
            "moduleauthor",
            "default-domain",
            "currentmodule",
            "module",
            "py:module",
        ),
        Silent,
    ),
    **dict.fromkeys(
        (
            "code-block",
            "sourcecode",
            "code",
            "raw",
            "parsed-literal",
            "math",
            "productionlist",
            "graphviz",
            "digraph",
            "doctest",
        ),
        Literal,
    ),
    **dict.fromkeys(("seealso", "todo"), Admonition),
}

_FROM_DOCUTILS = frozenset(
    {
        "admonition",
        "attention",
        "caution",
        "danger",
        "error",
        "hint",
        "important",
        "note",
        "tip",
        "warning",
        "block-quote",
        "epigraph",
        "highlights",
        "pull-quote",
        "line-block",
        "rubric",
        "sidebar",
        "topic",
        "table",
        "list-table",
        "replace",
        "unicode",
    }
)


@contextmanager
def installed() -> Iterator[None]:
    """Let docutils find this module's directives until the block ends; one thread at a time."""
    with _LOCK:
        original = directives.directive

        def lookup(name: str, language: Any, document: nodes.document) -> tuple[Any, list[nodes.system_message]]:
            low = name.lower()
            if low in _OWN:
                return _OWN[low], []
            if low == "csv-table":
                from parsers.csvtable import CsvTable  # imports a client of HTTP, which hardly a reference needs

                return CsvTable, []
            if low in _FROM_DOCUTILS:
                return original(low, language, document)
            return Unknown, []

        directives.directive = lookup  # type: ignore[assignment]
        try:
            yield
        finally:
            directives.directive = original


_MARKUP = re.compile(r"[*`_|\\\[\]:@\0]")
"""The characters without one of which a text holds no inline markup, no address and nothing escaped."""


def make_inliner() -> rst_states.Inliner:
    """Make an inliner to which every role gives its text, and which searches only texts with a sign of markup.

    It is not a subclass: docutils builds its patterns from the attributes of the inliner's own class.
    """
    inliner = rst_states.Inliner()
    search = inliner.parse

    def parse(text: str, lineno: int, memo: Any, parent: nodes.Element) -> Any:
        return search(text, lineno, memo, parent) if _MARKUP.search(text) else ([nodes.Text(text)] if text else [], [])

    inliner.interpreted = _interpreted  # type: ignore[method-assign]
    inliner.parse = parse  # type: ignore[method-assign]  # no subclass, see above
    return inliner


def _interpreted(rawsource: str, text: str, role: str, lineno: int) -> Any:  # noqa: ARG001 (docutils calls it so)
    plain = nodes.unescape(text)
    name = role.rsplit(":", 1)[-1].lower() if role else "title"
    if name in ("title", "title-reference", "t"):
        return [nodes.title_reference(rawsource, plain)], []
    if name in ("literal", "code", "file", "samp", "command", "envvar", "program", "kbd"):
        return [nodes.literal(rawsource, plain)], []
    if name in ("emphasis", "strong"):
        return [getattr(nodes, name)(rawsource, plain)], []
    found = _TITLE_AND_TARGET.match(plain)
    shown = found["title"] if found and found["title"] else plain
    return [nodes.inline(rawsource, shown, classes=["role"])], []
