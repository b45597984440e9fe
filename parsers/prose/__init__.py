"""The grammar of sentences: turns the text of an operation into facts.

The two functions are the whole interface; ``parsers.build`` calls each once for every operation and every file.
"""

from __future__ import annotations

from parsers.prose.facts import FileFacts, ProseFacts
from parsers.prose.operation import read_file, read_operation

__all__ = ["FileFacts", "ProseFacts", "read_file", "read_operation"]
