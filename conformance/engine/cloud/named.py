"""The ids of other things that the view of a thing names."""

from __future__ import annotations

import json
from collections.abc import Iterator

from conformance.engine.cloud import fields
from conformance.engine.cloud.guard import safe_in_path
from conformance.engine.cloud.kinds import Kind, View


def stands_on(kind: Kind, view: View) -> Iterator[str]:
    """Yield the ids of the things that a thing was made on and that nothing else names, from its view."""
    base = kind.deletion.base
    if base is None:
        return
    yield from named_in(view, base.field, base.of)


def named_in(view: View, field: str, of: str) -> Iterator[str]:
    """Yield the ids in a field of each entry of a list, which a field of a view holds as it is or as JSON text."""
    listed = fields.value(view, field, None)
    if isinstance(listed, str):
        try:
            listed = json.loads(listed)
        except ValueError:
            return
    for one in listed if isinstance(listed, list) else ():
        id_ = one.get(of) if isinstance(one, dict) else None
        if isinstance(id_, str) and safe_in_path(id_):
            yield id_
