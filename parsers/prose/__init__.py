"""The grammar of sentences: turns the text of an operation into facts.

The two functions are the whole interface; ``parsers.build`` calls each once for every operation and every file.
"""

from __future__ import annotations

from parsers.document import FileContext, OperationSource
from parsers.prose.facts import FileFacts, ProseFacts

__all__ = ["FileFacts", "ProseFacts", "read_file", "read_operation"]


def read_operation(source: OperationSource, context: FileContext) -> ProseFacts:  # noqa: ARG001 (rules follow)
    """Read the sentences of one operation."""
    return ProseFacts()


def read_file(context: FileContext) -> FileFacts:  # noqa: ARG001 (rules follow)
    """Read the sentences of a file outside of its operations."""
    return FileFacts()
