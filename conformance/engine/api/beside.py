"""Operations that make a thing of a collection by another path than its own, such as ``POST /gears/adopt``.

Their documented answer shows the thing by the same key as the answer to the request that usually makes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from conformance.engine.api.producers import Producers, placeholders
from conformance.engine.api.service import ServiceDescription
from specs.model import Operation


def made_beside(
    operations: Iterable[Operation], producers: Producers, service: ServiceDescription
) -> Iterator[tuple[str, str, str]]:
    """The id of each such operation, the kind of the thing, and the field of the request that names the thing.

    An operation below a thing, such as one that moves it, may show that thing and makes none.
    """
    operations = tuple(operations)
    makers = [o for o in operations if producers.made_by(o) is not None and not placeholders(o.path)]
    collections = {key: o.path for o in reversed(makers) for key in _shown(o)}
    for operation in operations:
        above = not placeholders(operation.path) and operation.method == "POST"
        named = any(row.location == "body" and row.name == "name" for row in operation.request.parameters)
        known = service.created_by(operation) is not None or producers.made_by(operation) is not None
        for collection in {collections[key] for key in _shown(operation) if key in collections} - {operation.path}:
            if above and named and not known:
                yield operation.id, service.profile.kind_at(collection).name, "name"


def _shown(operation: Operation) -> set[str]:
    """The keys by which a documented answer shows a thing with an id."""
    bodies = (s.body for s in operation.response.samples if s.valid and isinstance(s.body, dict))
    return {key for body in bodies for key, one in body.items() if isinstance(one, Mapping) and "id" in one}
