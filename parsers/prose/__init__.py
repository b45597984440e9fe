"""The grammar of sentences: it turns the text of an operation into facts.

Two functions are the whole interface: ``parsers.build`` calls ``read_operation`` once for every operation, and
``read_file`` once for every file.
"""

from __future__ import annotations

from parsers.prose.facts import FileFacts, ProseFacts
from parsers.prose.operation import read_file, read_operation

__all__ = ["FileFacts", "ProseFacts", "read_file", "read_operation"]
