"""From a document of a reference to docutils' tree: includes are guarded, nothing is fetched, nothing is executed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docutils import frontend, nodes, statemachine, utils
from docutils.parsers.rst import Parser, states

from parsers import errors
from parsers.dialect import MethodNode, SampleNode, TableNode, installed, make_inliner
from parsers.errors import DocumentError, HostileError, NotFoundError
from parsers.machines import lazily
from parsers.meant import MISTYPED, UNREAD, read_as_meant, slips
from parsers.parameters import Flaw

if TYPE_CHECKING:
    from parsers.files import Root

MAX_CHARS = 2_000_000
"""The limit of one document with its includes, in characters: four times the largest known reference as a whole."""

MAX_INDENT = 200
"""The limit of indentation, in columns: docutils copies indented text at every level."""

MAX_INCLUDES = 2_000

_TAB = 8
_DEEP = re.compile(rf"^[ \t]{{{MAX_INDENT},}}\S", re.MULTILINE)


class _Document(nodes.document):
    """A document that keeps no names of its parts, because nothing here follows a reference.

    Most sections of a reference have the same few titles, and docutils would report each of them.
    """

    def note_implicit_target(self, target: nodes.Element, msgnode: nodes.Element | None = None) -> None:
        """Leave a section without an identifier."""


@dataclass
class Includes:
    """Decides which files one document may include, and keeps track of the includes.

    Paths are resolved against the document, not against the file with the directive.
    """

    root: Root
    document: str
    top: str
    flaws: list[Flaw] = field(default_factory=list)
    included: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    whole: dict[str, list[str]] = field(default_factory=dict)
    _from: dict[str, str] = field(default_factory=dict)
    _count: int = 0
    _chars: int = 0

    def lines(self, target: str, options: dict[str, Any], source: str, line: int) -> tuple[str, list[str]] | None:
        """Return path and lines of the file to include; None if it is missing.

        Raises:
            HostileError: the path leaves the root, the file includes itself, or a limit is exceeded.

        """
        where = f"{source}:{line}"
        if target.startswith("<") and target.endswith(">"):
            return None  # docutils' own lists of character names, without any text
        path = self.root.resolve(target, beside=self.document, top=self.top, where=where)
        above: str | None = source
        while above is not None:
            if above == path:
                raise HostileError(f"{path} includes itself", where=where, mend="remove one of the includes")
            above = self._from.get(above)
        try:
            text = self.root.text(path, where=where)
        except NotFoundError as error:
            self.flaws.append(Flaw("missing-include", source, line, f"{error.what}; {error.mend}"))
            return None
        self.count(text, path, where)
        self._from[path] = source
        self.included.setdefault(path, []).append((source, line))
        clipped = _clip(text, options)
        lines = statemachine.string2lines(clipped, _TAB, convert_whitespace=True)
        if clipped == text and not {"literal", "code"} & set(options):
            self.whole[path] = lines
        return path, read_as_meant(lines)

    def count(self, text: str, path: str, where: str) -> None:
        """Count a text that was read. Raises HostileError if a limit is exceeded."""
        deep = _DEEP.search(text)
        if deep:
            line = text.count("\n", 0, deep.start()) + 1
            raise HostileError(
                f"a line is indented by more than {MAX_INDENT} columns",
                where=f"{path}:{line}",
                mend="flatten its lists and quotes",
            )
        self._count += 1
        self._chars += len(text)
        if self._count > MAX_INCLUDES or self._chars > MAX_CHARS:
            raise HostileError(
                f"the document includes more than {MAX_INCLUDES:,} files or {MAX_CHARS:,} characters",
                where=where,
                mend="include less",
            )


def _clip(text: str, options: dict[str, Any]) -> str:
    """Apply the options of ``include`` that select a part of a file."""
    start, end = options.get("start-line"), options.get("end-line")
    if start is not None or end is not None:
        text = "\n".join(text.split("\n")[_whole(start) : _whole(end)])
    after, before = options.get("start-after"), options.get("end-before")
    if after and after in text:
        text = text[text.index(after) + len(after) :]
    if before and before in text:
        text = text[: text.index(before)]
    return text


def _whole(value: str | None) -> int | None:
    try:
        return int(value) if value is not None else None
    except ValueError:
        return None


def read_document(root: Root, path: str, *, top: str, text: str | None = None) -> tuple[nodes.document, Includes]:
    """Parse one document.

    Args:
        root: the files that the document may read.
        path: the document, relative to the root.
        top: directory of all documents, relative to the root.
        text: a repaired text to parse in place of the file's own.

    Raises:
        ReferenceError: the document cannot be read, or tries something forbidden.

    """
    includes = Includes(root, path, top)
    if text is None:
        text = root.text(path)
    includes.count(text, path, path)
    settings = _settings(includes)
    document = _Document(settings, utils.new_reporter(path, settings), source=path)
    document.note_source(path, -1)
    machine = states.RSTStateMachine(state_classes=states.state_classes, initial_state="Body")
    lines = statemachine.string2lines(text, _TAB, convert_whitespace=True)
    includes.whole[path] = lines
    try:
        with installed(), lazily():
            machine.run(read_as_meant(lines), document, inliner=make_inliner())
    except errors.ReferenceError:
        raise
    except RecursionError:
        raise HostileError(
            "the document is nested too deeply", where=_current(document, path), mend="flatten its lists and quotes"
        ) from None
    except Exception as error:
        raise DocumentError(
            f"docutils cannot read the document ({type(error).__name__}: {str(error)[:200]})",
            where=_current(document, path),
            mend="simplify the markup there",
        ) from error
    includes.flaws += _slips(document, includes)
    return document, includes


def _slips(document: nodes.document, includes: Includes) -> list[Flaw]:
    """Find misspelt directives in the files that were read completely; lines of other files are not known."""
    read: dict[str, set[int]] = {}
    for node in document.findall(lambda node: isinstance(node, MethodNode | TableNode | SampleNode)):
        read.setdefault(str(node.source), set()).add(int(node.line or 0))
    found: list[Flaw] = []
    for path, lines in includes.whole.items():
        for slip in slips(lines, frozenset(read.get(path, ()))):
            rule = MISTYPED if slip.read else UNREAD
            otherwise = ", and was read as one" if slip.read else ""
            found.append(
                Flaw(
                    rule,
                    path,
                    slip.line,
                    f"`{lines[slip.line - 1].strip()}` was meant as a {slip.meant.name}, but {slip.why}{otherwise}; "
                    f"write `{slip.meant.instead.strip()}`{slip.where}",
                )
            )
    return found


def _current(document: nodes.document, path: str) -> str:
    return f"{document.current_source or path}:{document.current_line or 1}"


def _settings(includes: Includes) -> Any:
    settings = frontend.get_default_settings(Parser)
    settings.report_level = 5
    settings.halt_level = 6
    settings.warning_stream = False
    settings.file_insertion_enabled = False
    settings.raw_enabled = False
    settings.line_length_limit = 10**9  # parsers.files has the limit, with a clearer message
    settings.smart_quotes = False
    settings.includes = includes
    return settings
