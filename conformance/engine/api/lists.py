"""The documented lists of a service, each without the id of another thing in its path; and things that none lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conformance.engine.api.producers import Producers, collection_of, form, listed_by, placeholders
from conformance.engine.cloud.survey import Listed
from specs.model import Operation, Spec

DETAIL = "/detail"
"""The end of the path of a list that shows more of the same things."""


def lists_of(specs: Iterable[Spec]) -> tuple[Listed, ...]:
    """The lists of a reference; of two that show the same things, the one that shows more of them."""
    operations = [o for spec in specs for o in spec.operations if o.removed is None and o.action is None]
    removed = {form(o.path) for o in operations if o.method == "DELETE"}
    found: dict[str, Listed] = {}
    paths = (o.path.partition("?")[0] for o in operations if o.method == "GET")
    for path in (path for path in paths if not placeholders(path)):
        collection = path.removesuffix(DETAIL)
        if collection not in found or path != collection:
            found[collection] = Listed(collection, path, f"{collection}/{{}}" in removed)
    return tuple(found.values())


def unlisted_collection(operation: Operation, operations: Mapping[str, Operation], producers: Producers) -> str | None:
    """Return the last word of a collection in a path that no operation lists or fills; None if there is no such one."""
    for name in placeholders(operation.path):
        collection = collection_of(operation.path, name)
        if producers.of(collection) is None and listed_by(operations, collection) is None:
            return collection.rpartition("/")[2]
    return None
