"""Fields that a cloud demands in a refusal, though the reference calls them optional, or shows them in a sample alone.

Nothing but the reference tells what the requests to a service without a description need. So where a request as it is
documented is refused with 400, and the words of the refusal name a field that it lacks, the request is made again with
this field. If that is accepted, each later request of the operation has the field, too.
"""

from __future__ import annotations

import copy
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from conformance.engine.api import bodies
from conformance.engine.api.json_path import lookup, put
from conformance.engine.api.request_fields import fields, wrapper_of
from conformance.engine.api.service import ServiceDescription
from conformance.engine.api.values import known_value
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.fields import texts
from specs.microversion import Microversion
from specs.model import Operation

REFUSED = 400
"""The code of a refusal for a request that lacks something."""

REFUSALS = frozenset({REFUSED, 406})
"""The same, with that for a request of another version."""

TRIES = 4
"""How many fields at most are demanded one after the other. A service names them one by one."""

_DEMAND = re.compile(
    r"\b(?:required?|requires|mandatory|missing|must|should|needs?|needed|provide|specify|supply|expected|at least)\b",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"_(?:id|uuid|ident|name)$")

Path = tuple[str, ...]
Made = TypeVar("Made")


@dataclass
class Demanded:
    """The fields that a cloud has demanded, by operation. Shared by all lanes, and safe to use from all.

    Attributes:
        service: the description of the service; if it is more than the reference, nothing is learnt.
    """

    service: ServiceDescription
    _known: dict[str, dict[Microversion, dict[Path, Any]]] = field(default_factory=dict)
    _helped: dict[tuple[str, Microversion], set[Path]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, operation: Operation, version: Microversion) -> Mapping[Path, Any]:
        """The fields that requests of an operation need besides at a version: their places, and values with Bindings.

        Where nothing is known of the version, another one tells.
        """
        with self._lock:
            known = self._known.get(operation.id, {})
            return dict(known.get(version, next(iter(known.values()), {})))

    def added(self, operation: Operation, version: Microversion, body: Any) -> Any:
        """A body with the demanded fields that it lacks; a body that is no object stays as it is."""
        lacks = {path: value for path, value in self.of(operation, version).items() if lookup(body, path) is ABSENT}
        if not lacks or not isinstance(body, dict):
            return body
        whole = copy.deepcopy(body)
        for path, value in lacks.items():
            if isinstance(lookup(whole, path[:-1]), dict):
                put(whole, path, copy.deepcopy(value))
        return whole

    def lacking(self, operation: Operation, version: Microversion, sent: Any) -> list[str]:
        """The names of the demanded fields that a request of an operation lacked, since nobody knew of them yet."""
        return [path[-1] for path in self.of(operation, version) if lookup(sent, path) is ABSENT]

    def heeded(
        self,
        operation: Operation,
        version: Microversion,
        first: Made,
        told: Callable[[Made], tuple[int, Any, Any]],
        again: Callable[[], Made],
    ) -> Made:
        """The outcome of a documented request, made again with what its refusal demands, as long as that helps.

        Args:
            operation: the operation of the request.
            version: its microversion.
            first: the outcome so far.
            told: gives the status of an outcome, the body that was sent, and the body of the answer.
            again: makes the request again. The fields that are known by then are added to its body (see ``added``).
        """
        outcome, given, tried = first, set[Path](), False
        for _ in range(TRIES if not self.service.described else 0):
            status, sent, answer = told(outcome)
            known = self._of_version(operation, version)
            if status not in REFUSALS:
                break
            if known is None and self.of(operation, version):
                more: dict[Path, Any] = {}  # what is demanded at another version may not be let in at this one
            elif not (more := self._named(operation, version, sent, answer)):
                break
            self._know(operation, version, {**(known or {}), **more})
            given.update(more)
            outcome, tried = again(), True
        if not tried:
            return first
        helped = 200 <= told(outcome)[0] < 300
        self._conclude(operation, version, given, helped)
        return outcome if helped else first  # it was no such demand, or the value does not do

    def _of_version(self, operation: Operation, version: Microversion) -> dict[Path, Any] | None:
        with self._lock:
            return self._known.get(operation.id, {}).get(version)

    def _conclude(self, operation: Operation, version: Microversion, given: set[Path], helped: bool) -> None:
        """Keep fields that have helped, and forget others, unless they have helped another lane meanwhile."""
        with self._lock:
            proved = self._helped.setdefault((operation.id, version), set())
            known = self._known.setdefault(operation.id, {})
            if helped:
                proved |= given
            elif left := {path: value for path, value in known.get(version, {}).items() if path not in given - proved}:
                known[version] = left
            else:
                known.pop(version, None)

    def _know(self, operation: Operation, version: Microversion, fields: dict[Path, Any]) -> None:
        with self._lock:
            self._known.setdefault(operation.id, {})[version] = fields

    def _named(self, operation: Operation, version: Microversion, sent: Any, answer: Any) -> dict[Path, Any]:
        """The fields that the words of a refusal name and the request lacked; the longest names go before others."""
        words = " ".join(texts(answer))
        if not isinstance(sent, dict) or not _DEMAND.search(words):
            return {}
        found: dict[Path, Any] = {}
        for path, value in sorted(_optional(operation, version, self.service).items(), key=lambda p: -len(p[0][-1])):
            if lookup(sent, path) is ABSENT and isinstance(lookup(sent, path[:-1]), dict) and _says(words, path[-1]):
                found[path] = value
                words = words.replace(path[-1], " ")
        return found


def _says(words: str, name: str) -> bool:
    """Whether words name a field: by its name, or, where this has several words, by these words without the last id."""
    if re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", words):
        return True
    spoken = _SUFFIX.sub("", name).split("_")
    phrase = "[ _]".join(map(re.escape, spoken))
    return len(spoken) > 1 and re.search(rf"\b{phrase}\b", words, re.IGNORECASE) is not None


def _optional(operation: Operation, version: Microversion, service: ServiceDescription) -> dict[Path, Any]:
    """The fields beside each other at the top of a request that the documented one lacks, with a value for each."""
    shown = [sample for sample in operation.request.samples if sample.valid and isinstance(sample.body, dict)]
    wrapper = (operation.action,) if operation.action else wrapper_of([sample.body for sample in shown])
    plain = bodies.build(operation, version, service)
    found: dict[Path, Any] = {}
    for one in fields(operation, version):
        value = known_value(operation, one, service)
        if value is not ABSENT and one.path[:-1] == wrapper:
            found[one.path] = value
    outside = {row.name for row in operation.request.parameters if version not in row.range}
    for sample in shown:
        inner = lookup(bodies.from_sample(operation, sample, service), wrapper)
        for name, value in inner.items() if isinstance(inner, dict) else ():
            if name not in outside and value is not None:
                found.setdefault((*wrapper, name), value)
    return {path: value for path, value in found.items() if lookup(plain, path) is ABSENT}
