"""The directive ``option-names``: how each option of a run is called under pytest and under stestr."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from conformance.plugin.options import OPTIONS

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class OptionNames(SphinxDirective):
    """A table of the options that ``conformance.plugin.options`` declares, in its order."""

    def run(self) -> list[nodes.Node]:
        """Write the table as text and let it be parsed."""
        lines = [".. list-table::", "   :header-rows: 1", "", "   * - ``conformance run``", "     - ``pytest``"]
        lines.append("     - ``stestr``: a variable")
        for option in OPTIONS:
            value = "" if option.metavar is None else f" {option.metavar}"
            lines += [
                f"   * - ``--{option.name}{value}``",
                f"     - ``{option.flag}``",
                f"     - ``{option.variable}``",
            ]
        return list(self.parse_text_to_nodes("\n".join(lines)))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("option-names", OptionNames)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
