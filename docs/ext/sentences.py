"""The directive ``sentences``: the sentences of ``sentence_list``, one list below each heading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sentence_list import sentences
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class Sentences(SphinxDirective):
    """The lists of sentences."""

    def run(self) -> list[nodes.Node]:
        """Build the lists."""
        result: list[nodes.Node] = []
        for heading, those in sentences().items():
            section = nodes.section(ids=[nodes.make_id(f"sentences-{heading}")], names=[heading])
            section += nodes.title(heading, heading)
            items = nodes.bullet_list()
            for one in those:
                items += nodes.list_item("", nodes.paragraph(one, one))
            section += items
            result.append(section)
        return result


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("sentences", Sentences)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
