"""The facts that the grammar of sentences finds in an operation and in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from parsers.document import ParameterKey
from specs.model import Body, Code, Condition, Deprecation, Policy, Removal, Versions, Vocabulary
from specs.refusals import Refusal

if TYPE_CHECKING:
    from parsers.prose.constraints import Said
    from parsers.prose.rules import Carried, Grouped


@dataclass(frozen=True)
class ProseFacts:
    """The facts that the sentences of one operation state.

    Attributes:
        normal, error: codes in document order. A code of a ``rest_status_code`` table is here only if a sentence
            qualifies it (``when``); it then replaces the table's.
        microversions: versions of the operation, from its own sentences or its file's preamble; ``parsers.build`` joins
            the options of ``rest_method`` to them.
        carried: the headers that the requests of the operation, or of a group, have to carry, each with its file.
        groups: the groups of APIs to which it belongs.
        counterpart: the title of the operation whose request, response and codes this one has, and the line.
        unread: lines of the blocks that no rule has understood.
        unread_sentences: the sentences in them that no rule has understood, each with its line.
        parameters: constraints read from descriptions, by ``ParameterRow.key``; the keys of each mapping are fields of
            ``specs.model.Parameter`` (``enum``, ``max_length``, ``nullable``, ``visible_to``, ``min``, ...).
    """

    normal: tuple[Code, ...] = ()
    error: tuple[Code, ...] = ()
    preconditions: tuple[Condition, ...] = ()
    postconditions: tuple[Condition, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    microversions: Versions = field(default_factory=Versions)
    deprecated: Deprecation | None = None
    removed: Removal | None = None
    policy: Policy | None = None
    body: Body = field(default_factory=Body)
    carried: tuple[tuple[str, Carried], ...] = ()
    groups: tuple[Grouped, ...] = ()
    counterpart: tuple[str, int] | None = None
    unread: tuple[int, ...] = ()
    unread_sentences: tuple[tuple[int, str], ...] = ()
    parameters: Mapping[ParameterKey, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class FileFacts:
    """The facts that a file states outside of its operations; ``unread`` and ``unread_sentences`` as in ``ProseFacts``.

    ``parameters`` holds the constraints of the rows in ``FileContext.rows``, ``carried`` the headers that the requests
    of groups have to carry.
    """

    vocabulary: tuple[Vocabulary, ...] = ()
    unread: tuple[int, ...] = ()
    carried: tuple[Carried, ...] = ()
    unread_sentences: tuple[tuple[int, str], ...] = ()
    parameters: Mapping[ParameterKey, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """The facts of a whole file.

    Attributes:
        file: the facts that it states outside of its operations.
        operations: those of each operation.
        descriptions: for each row of its tables, in the order of ``SourceFile.rows``, the result of ``account_of``.
    """

    file: FileFacts
    operations: tuple[ProseFacts, ...]
    descriptions: tuple[tuple[Said, ...], ...]
