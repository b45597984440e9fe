"""The grammar of sentences: it turns the text of an operation into facts.

One function is the interface of ``parsers.build``, which calls it for every file: ``read_source``. It joins
``read_operation`` for every operation and ``read_file`` for all else.

In the docstrings of the rules, a mark such as ``B2`` is the family of a rule, which is the kind of statement that it
reads. "Read" and "Not read" give examples of sentences that the rules of a module read, and of similar ones that they
leave to other rules.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from parsers.document import ParameterRow
from parsers.prose.constraints import account_of
from parsers.prose.facts import FileFacts, ProseFacts, Told
from parsers.prose.operation import read_file, read_operation

if TYPE_CHECKING:
    from parsers.document import Section, SourceFile
    from parsers.prose.constraints import Said
    from specs.model import Parameter

__all__ = ["FileFacts", "ProseFacts", "Told", "read_file", "read_operation", "read_source"]


def read_source(file: SourceFile) -> Told:
    """Read the sentences of a whole file."""
    return Told(
        read_file(file.context, file.operations),
        tuple(read_operation(source, file.context) for source in file.operations),
        tuple(_account(row.description, row.parameter, row.section, row.description_line) for row in file.rows),
    )


@lru_cache(maxsize=8_192)
def _account(description: str, parameter: Parameter, section: Section, line: int | None) -> tuple[Said, ...]:
    """``account_of`` a row; many tables hold the same one."""
    return account_of(ParameterRow(parameter, 0, section, description=description, description_line=line))
