"""Documents of versions: the operations that tell which versions of its API a service has.

They stand above the root of the version that is tested, so their paths begin with ``/..`` in the engine. The client
sends such a request to the place above the version in the address of the service.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from conformance.engine.api.addresses import Addressed, address
from conformance.engine.cloud.scope import ABOVE
from specs.model import Operation, Spec

_DOCUMENT = re.compile(r"/(?:versions/?|v\d+(?:\.\d+)?/?|\{\w*version\w*\}/?)?")


def is_above(operation: Operation) -> bool:
    """Whether the engine asks for an operation above the root of the version."""
    return operation.path.startswith(ABOVE + "/")


def with_documents(at: Addressed, selected: Sequence[Spec], root_is_operation: bool) -> Addressed:
    """The operations of a version under test, together with those that show the versions.

    Args:
        at: the specs of the version.
        selected: the specs under test, as the reference writes their paths.
        root_is_operation: True if the root of the endpoint is an operation of the API, because no version stands in
            its address.
    """
    if root_is_operation:
        return at
    together = tuple(_together(spec, kept, at.major) for spec, kept in zip(selected, at.selected, strict=True))
    known = {operation.id for spec in together for operation in spec.operations}
    elsewhere = tuple(one for one in at.elsewhere if one[1].id not in known)
    return replace(at, selected=together, elsewhere=elsewhere)


def _together(spec: Spec, kept: Spec, major: int | None) -> Spec:
    """The spec with the operations that are kept and the documents of versions, in the order of the reference."""
    found = {operation.id: operation for operation in kept.operations}
    for operation in spec.operations:
        document = operation.method == "GET" and _DOCUMENT.fullmatch(operation.path) is not None
        if document and address(operation.path, spec.service).major in (None, major):
            found[operation.id] = replace(operation, path=ABOVE + operation.path)
    return replace(kept, operations=tuple(found[o.id] for o in spec.operations if o.id in found))
