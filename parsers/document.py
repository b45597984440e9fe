r"""What a source file of a reference holds, as structure: the seam between the reader and the grammar of sentences.

The reader (docutils) makes these classes, the grammar (``parsers.prose``) reads sentences out of their blocks, and
``parsers.build`` joins both into the model. Lines are lines of the source file that ``FileContext.path`` names, save
those of parameters and their descriptions, which are lines of the parameter file. A row of a table knows both.

Text of blocks keeps its inline markup in one form: ````literal````, ``*emphasis*``, ``**strong**`` and, for what stands
in single backquotes without a role, ```title```. A reference or a role is its text alone. Line ends inside a paragraph
are kept as ``\n``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from specs.model import Parameter, Versions

Section = Literal["request", "response", ""]
"""Where in an operation something stands: below a heading of the request, of the response, or above both ("")."""


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
        heading: the title of the nearest section within the operation, as written ("" where there is none).
        block: the name of the bold block it stands in, lower case, without colon: ``preconditions``,
            ``asynchronous postconditions``, ``troubleshooting``, ...; None outside of any. A bold block ends at the
            next heading or codes paragraph.
        parent: index, in the same tuple, of the block that introduces this list item or nested paragraph; None where
            nothing does.
        depth: how deep in nested lists it stands; 0 outside of lists.
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
        section: whether the table is of the request or of the response.
        heading: title of the section it stands in; versions: what that title bounds.
        defined: False where the parameter file lacks ``ref`` (or there is no parameter file).
        description: raw text of the parameter file's description ("" where none), RST as written.
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
        """What names the row in ``ProseFacts.parameters``."""
        return (self.section, self.parameter.name, self.parameter.ref)


ParameterKey = tuple[str, str, str]
"""Section, name and ref of a row: a table may hold one name twice, with different refs."""


@dataclass(frozen=True)
class StatusRow:
    """One row of a ``rest_status_code`` table. ``reason`` is its text, the file's default where the row has none."""

    kind: Literal["success", "error"]
    code: int
    line: int
    reason: str = ""
    own_reason: bool = False


@dataclass(frozen=True)
class SampleRow:
    """One sample: a ``literalinclude``.

    ``path`` is as resolved, relative to the root of the distribution; ``heading`` the bold paragraph or title above.
    """

    path: str
    line: int
    section: Section
    heading: str = ""
    heading_line: int | None = None
    versions: Versions = field(default_factory=Versions)


@dataclass(frozen=True)
class OperationSource:
    """One section with a ``rest_method``.

    Attributes:
        title: the section's title as text; line: the line docutils gives to the section (that of the underline).
        method, path: as written, zero-width characters removed.
        method_line: line of the ``rest_method`` directive.
        versions: ``min_version`` and ``max_version`` of the directive, with the line of the first of them.
        rows, statuses, samples: its tables.
        blocks: its text in document order, without its title.
        preamble: the text of the sections that enclose it within its file (titles first, as ``heading``).
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


@dataclass(frozen=True)
class FileContext:
    """A source file around its operations.

    Attributes:
        path: relative to the root of the distribution.
        title: its first section title.
        blocks: all text of the file that stands in no operation, titles as ``heading``, in document order.
        including: of each document that includes the file, the heading before the include and what stands between it
            and the include (lines are of that document). Empty for a document that is not included.
        rows: parameter tables that stand in no operation.
    """

    path: str
    title: str = ""
    blocks: tuple[Block, ...] = ()
    including: tuple[Block, ...] = ()
    rows: tuple[ParameterRow, ...] = ()


@dataclass(frozen=True)
class SourceFile:
    """A source file, read."""

    context: FileContext
    operations: tuple[OperationSource, ...] = ()
