"""The directive ``csv-table``, whose module of docutils imports a client of HTTP; no address is ever fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from docutils.parsers.rst.directives.tables import CSVTable

if TYPE_CHECKING:
    from collections.abc import Sequence


class CsvTable(CSVTable):
    """``.. csv-table::``; its cells have no line numbers, so the table keeps the lines of its text."""

    def run(self) -> Sequence[nodes.table | nodes.system_message]:
        """Return the directive's nodes."""
        found = super().run()
        source, line = self.state_machine.get_source_and_line(self.lineno)
        for node in found:
            if isinstance(node, nodes.table):
                node.source, node.line = source, line
                node["text"] = [
                    (offset + 1, text) for (_, offset), text in zip(self.content.items, self.content, strict=True)
                ]
        return found
