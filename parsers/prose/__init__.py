"""The grammar of sentences: it turns the text of an operation into facts.

Two functions are the whole interface: ``parsers.build`` calls ``read_operation`` once for every operation, and
``read_file`` once for every file.

In the docstrings of the rules, a mark such as ``B2`` is the family of a rule, which is the kind of statement that it
reads. "Read" and "Not read" give examples of sentences that the rules of a module read, and of similar ones that they
leave to other rules.
"""

from __future__ import annotations

from parsers.prose.facts import FileFacts, ProseFacts
from parsers.prose.operation import read_file, read_operation

__all__ = ["FileFacts", "ProseFacts", "read_file", "read_operation"]
