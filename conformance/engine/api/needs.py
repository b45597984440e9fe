"""The needs of one operation's requests, by its reference and the description, looked up once for a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.engine.api.addresses import names_project
from conformance.engine.api.entries import Naming
from conformance.engine.api.producers import SAFE, Producer, Producers, collection_of, last_version, placeholders
from conformance.engine.api.service import ServiceDescription
from conformance.engine.model.binding import Step
from specs.microversion import Microversion
from specs.model import Operation

PROJECT = "project"
"""The value of a placeholder that names the project of the run."""


@dataclass(frozen=True)
class ElementNeeded:
    """An element of a collection that an operation needs.

    Attributes:
        collection: the path of the collection, as the reference writes it.
        name: the placeholder that names the element in a path.
        producer: the operation that makes such elements, None where the reference documents none.
        factory: the kind whose factory makes them, None where none does.
        fields: the fields with which the element is made, by name; all others are as usual.
    """

    collection: str
    name: str
    producer: Producer | None = None
    factory: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def can_be_made(self) -> bool:
        """Whether the run knows how to make such an element."""
        return self.producer is not None or self.factory is not None

    @classmethod
    def of(
        cls, operation: Operation, collection: str, name: str, service: ServiceDescription, producers: Producers
    ) -> ElementNeeded:
        """The element of a collection that an operation needs."""
        word = collection.rpartition("/")[2]
        return cls(
            collection,
            name,
            producers.of(collection),
            service.made_by_factory.get(word) if collection.count("/") == 1 else None,
            service.fields_for(operation, collection),
        )


@dataclass(frozen=True)
class Placeholder:
    """A placeholder of an operation's path, and the source of its value.

    Attributes:
        name: the word in the braces.
        mark: the placeholder as it stands in the path, with the slash before it: the collection ends there.
        element: the element that it names.
        value: a value, a Binding or ``PROJECT`` where it names no element; None where it names one.
        source: the requests whose answers name its value, None where no entry of the description says so.
        passing: True if it names something only while that lasts.
        made: True if the run has to make the element, because the request, or one below the element, changes it.
        lent: True if the element belongs to another collection than that of the path, and the request only names it.
    """

    name: str
    mark: str
    element: ElementNeeded
    value: Any = None
    source: Naming | None = None
    passing: bool = False
    made: bool = False
    lent: bool = False

    @classmethod
    def all_of(cls, operation: Operation, service: ServiceDescription, producers: Producers) -> tuple[Placeholder, ...]:
        """The placeholders of an operation's path, in order."""
        path = operation.path
        passing = service.passing(operation)
        found: list[Placeholder] = []
        changes = service.always_made or operation.method not in SAFE
        below = producers.of(path) is not None  # the path of a list whose elements the run may have to make
        for name in reversed(placeholders(path)):
            element = ElementNeeded.of(operation, collection_of(path, name), name, service, producers)
            value = service.placeholder_value(operation, element.collection, name)
            joined = name == placeholders(operation.path)[-1] and producers.joined_by(operation.path) is not None
            its_own = producers.reader(element.collection) is not None or name == service.identifier
            needs_none = element.can_be_made or (its_own and not joined) or operation.removed is not None
            other = None if needs_none else producers.elsewhere(name)
            lent = other is not None and value is None
            if other is not None and lent:
                element = ElementNeeded.of(operation, other, name, service, producers)
            known = element.producer is not None or producers.reader(element.collection) is not None
            if value is None and names_project(name) and not known:
                value = PROJECT
            placeholder = cls(
                name,
                mark=f"/{{{name}}}",
                element=element,
                value=value,
                source=service.placeholder_sources.get(name),
                passing=name in passing and value is None,
                made=changes or below or bool(element.fields),
                lent=lent,
            )
            found.append(placeholder)
            below = below or (element.can_be_made and not lent)
        return tuple(reversed(found))


@dataclass(frozen=True)
class Needs:
    """The needs of one operation's requests, and the things that they make and leave behind.

    Attributes:
        version: the microversion of a request that names none: the highest that cloud, reference and operation share.
        placeholders: the placeholders of its path, in order.
        producer: the way in which it makes an element of a collection; None if it makes none.
        several: the way in which single elements of the collection are made in which it makes several at once; or None.
        before: steps that an accepted request needs before it.
        after: steps that take back the effects of an accepted request.
        undo_refused: further steps that take back a request that should have been refused.
        creates: the kind of thing that it makes on the side, and the request field that names it; None if it makes
            none.
        removes: True if it removes a thing.
        only_reads: True if a request changes nothing.
        byproducts: True if it may make byproducts of the things attached to the resource under test.
        sandbox_only: True if only the sandbox has the things that it needs.
    """

    version: Microversion
    placeholders: tuple[Placeholder, ...] = ()
    producer: Producer | None = None
    several: Producer | None = None
    before: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()
    undo_refused: tuple[Step, ...] = ()
    creates: tuple[str, str] | None = None
    removes: bool = False
    only_reads: bool = False
    byproducts: bool = False
    sandbox_only: bool = False

    @property
    def makes(self) -> Producer | None:
        """The way in which single elements are made of the collection in which it makes one or several; or None."""
        return self.producer or self.several

    @classmethod
    def of(cls, operation: Operation, service: ServiceDescription, producers: Producers, top: Microversion) -> Needs:
        """The needs of an operation. ``top`` is the highest version that cloud and reference share."""
        last = last_version(operation)
        return cls(
            version=top if last is None else min(last, top),
            placeholders=Placeholder.all_of(operation, service, producers),
            producer=producers.made_by(operation),
            several=producers.several_by(operation),
            before=tuple(service.steps(operation, "steps_before")),
            after=tuple(service.steps(operation, "steps_after")),
            undo_refused=tuple(service.steps(operation, "undo_refused")),
            creates=service.created_by(operation),
            removes=operation.method == "DELETE",
            only_reads=operation.method in SAFE and operation.id not in service.unsafe_gets,
            byproducts=any(service.byproduct(post) is not None for post in operation.postconditions),
            sandbox_only=service.only_in_sandbox(operation),
        )
