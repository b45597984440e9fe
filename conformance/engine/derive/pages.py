"""Links to the next page of a list: which rows describe them, and the page that shows them."""

from __future__ import annotations

from typing import Any

from conformance.engine.api.response_fields import LINKS, place_of
from conformance.engine.derive.view import View
from specs.microversion import Microversion
from specs.model import Parameter

ARRAYS = frozenset({"array", "list"})
"""The types of rows that are lists."""

LIMIT = "limit"
"""The name of the parameter with the length of a page."""


def leads_on(view: View, row: Parameter, version: Microversion) -> bool:
    """Whether a row of a response is the list of links beside the elements."""
    place = place_of(view.operation, row)
    beside = row.name.endswith(LINKS) if place is None else place == (row.name,) and row.name.endswith("links")
    return beside and row.type in ARRAYS and version in row.range


def of_one(view: View, row: Parameter, version: Microversion) -> tuple[tuple[str, Any], ...]:
    """The query for a page of one element, which shows a link to the next one; empty for another row.

    It is empty as well where the reference has no such query at the version.
    """
    if view.operation.method != "GET" or not leads_on(view, row, version):
        return ()
    rows = view.operation.request.parameters
    known = any(r.name == LIMIT and r.location == "query" and version in r.range for r in rows)
    return ((LIMIT, 1),) if known else ()
