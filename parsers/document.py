r"""The structure of a source file of a reference: the interface between the reader and the grammar of sentences.

The reader (docutils) makes objects of these classes, the grammar (``parsers.prose``) reads the sentences in their
blocks, and ``parsers.build`` joins both into the model. A ``line`` is a line of the source file that
``FileContext.path`` names; only parameters and their descriptions have lines of the parameter file. A row of a table
has both.

Text of blocks keeps its inline markup in one form: ````literal````, ``*emphasis*``, ``**strong**`` and, for text in
single backquotes without a role, ```title```. Of a reference or a role only the text is kept. Line ends inside a
paragraph are kept as ``\n``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from specs.model import Parameter, Versions

Section = Literal["request", "response", ""]
"""A part of an operation: below a heading of the request, of the response, or above both ("")."""


@dataclass(frozen=True)
class Block:
    """One paragraph, list item, heading or directive with text.

    Attributes:
        text: the text with inline markup, as the module describes.
        line: first line in the source file; of a paragraph inside a directive, the paragraph's own first line.
        kind: ``paragraph``, ``item`` (of a list; also the definition of a definition list), ``term`` (of a definition
            list), ``heading`` (a bold paragraph such as **Preconditions**, or, in the blocks of a file, a section
            title), ``codes`` (a paragraph that lists response codes), ``admonition:<name>`` (a paragraph inside of
            ``note``, ``warning``, ``important``, ``deprecated``, ...), ``versionadded`` and ``versionchanged``
            (text begins with the version, a line end, then the explanation), ``table`` (rows as lines, cells divided
            by `` | ``), ``parameters`` (a table whose rows were read as parameters), ``cell`` (of a table),
            ``literal`` (a literal block; never prose).
        section: ``request``, ``response`` or "" (above both).
        heading: the title of the nearest section within the operation, as written ("" if there is none).
        block: the name of the bold block around it, lower case, without colon: ``preconditions``,
            ``asynchronous postconditions``, ``troubleshooting``, ...; None outside of any. A bold block ends at the
            next heading or codes paragraph.
        parent: the index, in the same tuple, of the block that introduces this list item or nested paragraph; None if
            no block does.
        depth: the depth in nested lists; 0 outside of lists.
        versions: the microversions that the headings around it bound ("Response (microversions 1.20 - )").
        lines: of a table, the line of each row.
    """

    text: str
    line: int
    kind: str = "paragraph"
    section: Section = ""
    heading: str = ""
    block: str | None = None
    parent: int | None = None
    depth: int = 0
    versions: Versions = field(default_factory=Versions)
    lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class ParameterRow:
    """One row of a ``rest_parameters`` table, resolved through the parameter file.

    Attributes:
        parameter: name, location, type, required, ref, line, min and max as the parameter file says; its ``ref`` is
            the row's own even where the file does not define it.
        row_line: line of the row in the source file.
        section: the part of the operation to which the table belongs.
        heading: the title of the section around the table; versions: the microversions in that title.
        defined: False if the parameter file lacks ``ref`` (or there is no parameter file).
        description: raw text of the parameter file's description ("" if there is none), RST as written.
        description_line: line of the first line of that text in the parameter file.
    """

    parameter: Parameter
    row_line: int
    section: Section
    heading: str = ""
    versions: Versions = field(default_factory=Versions)
    defined: bool = True
    description: str = ""
    description_line: int | None = None

    @property
    def key(self) -> ParameterKey:
        """The key of the row in ``ProseFacts.parameters``."""
        return (self.section, self.parameter.name, self.parameter.ref)


ParameterKey = tuple[str, str, str]
"""Section, name and ref of a row: a table may hold one name twice, with different refs."""


@dataclass(frozen=True)
class StatusRow:
    """One row of a ``rest_status_code`` table. ``reason`` is its text, or else the file's default."""

    kind: Literal["success", "error"]
    code: int
    line: int
    reason: str = ""
    own_reason: bool = False


@dataclass(frozen=True)
class SampleRow:
    """One sample: a ``literalinclude``.

    ``path`` is resolved, relative to the root of the distribution; ``heading`` is the bold paragraph or title above.
    """

    path: str
    line: int
    section: Section
    heading: str = ""
    heading_line: int | None = None
    versions: Versions = field(default_factory=Versions)


@dataclass(frozen=True)
class Around:
    """The text of a section that holds an operation and stands in another file than the operation."""

    path: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class OperationSource:
    """One section with a ``rest_method``.

    Attributes:
        title: the section's title as text; line: the line docutils gives to the section (that of the underline).
        method, path: as written, zero-width characters removed.
        method_line: line of the ``rest_method`` directive.
        versions: ``min_version`` and ``max_version`` of the directive, with the line of the first of them.
        rows, statuses, samples: the tables and samples of the operation.
        blocks: the text of the operation in document order, without its title.
        preamble: the text of the enclosing sections of the same file (titles first, as ``heading``).
        around: that of the enclosing sections of other files, which include this one.
    """

    title: str
    line: int
    method: str
    path: str
    method_line: int
    versions: Versions = field(default_factory=Versions)
    rows: tuple[ParameterRow, ...] = ()
    statuses: tuple[StatusRow, ...] = ()
    samples: tuple[SampleRow, ...] = ()
    blocks: tuple[Block, ...] = ()
    preamble: tuple[Block, ...] = ()
    around: tuple[Around, ...] = ()


@dataclass(frozen=True)
class FileContext:
    """The content of a source file outside of its operations.

    Attributes:
        path: relative to the root of the distribution.
        title: its first section title.
        blocks: all text of the file outside of operations, titles as ``heading``, in document order.
        including: for each document that includes the file, the heading before the include and the blocks between the
            two (with lines of that document). Empty for a document that is not included.
        rows: the rows of parameter tables outside of operations.
    """

    path: str
    title: str = ""
    blocks: tuple[Block, ...] = ()
    including: tuple[Block, ...] = ()
    rows: tuple[ParameterRow, ...] = ()


@dataclass(frozen=True)
class SourceFile:
    """A source file that was read."""

    context: FileContext
    operations: tuple[OperationSource, ...] = ()

    @property
    def rows(self) -> tuple[ParameterRow, ...]:
        """The rows of all tables: first those outside of operations."""
        return (*self.context.rows, *(row for operation in self.operations for row in operation.rows))
