"""All that a description says of one operation's requests, looked up once for a run."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.engine.api.producers import SAFE, Producer, Producers, last_version, placeholders
from conformance.engine.api.service import ServiceDescription
from conformance.engine.model.binding import Step
from specs.microversion import Microversion
from specs.model import Operation


@dataclass(frozen=True)
class Needs:
    """The needs of one operation's requests, and the things that they make and leave behind.

    Attributes:
        version: the microversion of a request that names none: the highest that cloud, reference and operation share.
        placeholders: the names in its path, in order.
        passing: placeholders that name something only while it lasts.
        producer: how it makes an element of a collection, None where it makes none.
        before: steps that an accepted request needs before it.
        after: steps that take back the effects of an accepted request.
        undo_refused: steps that take these back, beside those of ``after``.
        creates: the kind of resource that it makes beside its answer, and the request field that names it.
        removes: whether it removes something.
        only_reads: whether nothing follows from a request.
        byproducts: whether it may make something of what is attached to the resource.
        sandbox_only: whether only the sandbox has what it needs.
    """

    version: Microversion
    placeholders: tuple[str, ...] = ()
    passing: frozenset[str] = frozenset()
    producer: Producer | None = None
    before: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()
    undo_refused: tuple[Step, ...] = ()
    creates: tuple[str, str] | None = None
    removes: bool = False
    only_reads: bool = False
    byproducts: bool = False
    sandbox_only: bool = False

    @classmethod
    def of(cls, operation: Operation, service: ServiceDescription, producers: Producers, top: Microversion) -> Needs:
        """The needs of an operation. ``top`` is the highest version that cloud and reference share."""
        last = last_version(operation)
        return cls(
            version=top if last is None else min(last, top),
            placeholders=tuple(placeholders(operation.path)),
            passing=frozenset(service.passing(operation)),
            producer=producers.made_by(operation),
            before=tuple(service.steps(operation, "steps_before")),
            after=tuple(service.steps(operation, "steps_after")),
            undo_refused=tuple(service.steps(operation, "undo_refused")),
            creates=service.created_by(operation) if operation.action is not None else None,
            removes=operation.method == "DELETE",
            only_reads=operation.method in SAFE and operation.id not in service.unsafe_gets,
            byproducts=any(service.byproduct(post) is not None for post in operation.postconditions),
            sandbox_only=service.only_in_sandbox(operation),
        )
