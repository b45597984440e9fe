"""What stands for the placeholders of a path: the server of the lane, something of the run, or what the cloud shows.

Which collection a placeholder names an element of follows from the path: ``{flavor_id}`` in ``/flavors/{flavor_id}`` is
an element of what ``GET /flavors`` lists. Where the list is empty, a factory makes an element, if there is one for the
collection. What is found is only read.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conformance.engine.cloud.roles import Role
from conformance.engine.fixtures import Unavailable
from specs.microversion import Microversion
from specs.model import Operation

if TYPE_CHECKING:
    from conformance.engine.context import RunContext
    from conformance.engine.stage import Stage

UNKNOWN_NUMBER = "987654321"
"""What stands for a number that names nothing."""

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def placeholders(path: str) -> list[str]:
    """The names of the placeholders of a path, in order."""
    return PLACEHOLDER.findall(path)


def collection_of(path: str, name: str) -> str:
    """The part of a path before a placeholder: the collection of which it names an element."""
    return path.partition(f"/{{{name}}}")[0]


class Holdings:
    """Fills paths for one lane; what was looked up is kept."""

    def __init__(self, context: RunContext, stage: Stage) -> None:
        self._context = context
        self._stage = stage
        self._known: dict[tuple[str, str, str], str] = {}

    def path(self, operation: Operation, role: str, version: Microversion, unknown: str | None = None) -> str:
        """The path of an operation with its placeholders filled.

        Args:
            operation: what is asked.
            role: as whom collections are listed, where there is no administrator.
            version: the microversion at which they are.
            unknown: a uuid that names nothing, for every placeholder; None fills in things that exist.

        Raises:
            Unavailable: the cloud shows no element of a collection.
        """
        filled = operation.path
        for name in placeholders(operation.path):
            if unknown is not None:
                value = self._nothing(filled, operation, name, role, version, unknown)
            elif name == self._context.knowledge.identifier:
                value = self._stage.server_id
            else:
                value = self._fixed(name) or self._element(filled, operation, name, role, version)
            filled = filled.replace(f"{{{name}}}", quote(value, safe=""), 1)
        return filled

    def _nothing(
        self, filled: str, operation: Operation, name: str, role: str, version: Microversion, unknown: str
    ) -> str:
        """A value that names nothing, of the form that names have in the collection."""
        if not _is_number(operation, name):
            return unknown
        try:
            known = self._element(filled, operation, name, role, version)
        except Unavailable:
            known = UNKNOWN_NUMBER
        return UNKNOWN_NUMBER if known.isdigit() else unknown

    def _fixed(self, name: str) -> str | None:
        value = self._context.knowledge.placeholders.get(name)
        if value == "project":
            return self._project()
        return value

    def _project(self) -> str:
        if ("", "project", "") not in self._known:
            if self._stage.view is None:
                self._stage.reach(self._context.knowledge.initial)
            self._known["", "project", ""] = str((self._stage.view or {}).get("tenant_id") or uuid.uuid4().hex)
        return self._known["", "project", ""]

    def _element(self, filled: str, operation: Operation, name: str, role: str, version: Microversion) -> str:
        collection, template = collection_of(filled, name), collection_of(operation.path, name)
        lists = [o for o in self._context.operations.values() if (o.method, o.path) == ("GET", template)]
        # The names of things may differ by version (hypervisors were numbered once), so they are looked up at the same.
        last = lists[0].microversions.range.max if lists else None
        at = min(version, last) if last is not None else version
        key = (collection, name, str(at))
        if key not in self._known:
            self._known[key] = self._listed(collection, name, role, str(at))
        return self._known[key]

    def _listed(self, collection: str, name: str, role: str, version: str) -> str:
        knowledge, cloud = self._context.knowledge, self._context.cloud
        last = collection.rpartition("/")[2]
        if last in knowledge.makes:
            return str(getattr(self._context.resources, knowledge.makes[last])().id)
        sender = Role.ADMIN if Role.ADMIN in cloud.roles else Role(role)
        answer = cloud.get(collection, role=sender, microversion=version)
        wanted = knowledge.elements.get(last, {})
        for element in elements(answer.json) if answer.ok else ():
            if isinstance(element, Mapping) and not wanted.items() <= element.items():
                continue
            value = identity(element, name)
            if value is not None:
                return value
        raise Unavailable(f"the cloud shows no element of {collection} that could stand for {{{name}}}")


def _is_number(operation: Operation, name: str) -> bool:
    return any(
        row.name == name and row.location == "path" and row.type in ("integer", "int")
        for row in operation.request.parameters
    )


def elements(body: Any) -> Iterator[Any]:
    """The elements that a body lists: of the first list in it, or the keys of the first object where there is none."""
    if not isinstance(body, dict):
        return
    for value in body.values():
        if isinstance(value, list):
            yield from value
            return
    for value in body.values():
        if isinstance(value, Mapping):
            yield from value
            return


def identity(element: Any, name: str) -> str | None:
    """What names an element of a collection in a path: the field of the placeholder's name, or its likeliest kin.

    Fields are tried in the order: the placeholder's own name (in any spelling), its last word, ``id``, ``uuid``. An
    element that is a text is its own name; one wrapped in an object of one key is taken out of it.
    """
    if isinstance(element, str):
        return element
    if not isinstance(element, Mapping):
        return None
    if len(element) == 1:
        inner = next(iter(element.values()))
        if isinstance(inner, Mapping):
            element = inner
    plain = {re.sub(r"[^a-z0-9]", "", key.lower()): value for key, value in element.items()}
    for wanted in (name, name.rpartition("_")[2], "id", "uuid"):
        value = plain.get(re.sub(r"[^a-z0-9]", "", wanted.lower()))
        if isinstance(value, str | int) and not isinstance(value, bool):
            return str(value)
    return None
