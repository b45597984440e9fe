"""Values that a reference implies for fields that no description names: new names, and references between things.

A field that names an element of a documented collection has an element of the run as its value: ``garage_id`` names an
element of ``/garages``, and ``wheel_kind_id`` one of ``/wheel/kinds``. Where a PUT joins two elements, as in
``PUT /garages/{garage_id}/cars/{car_id}``, it goes before each request that reads or ends their being joined.

The name of a thing that a request makes or renames is a new one, so that it begins with the prefix of the run and the
cleanup finds the thing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from conformance.engine.api import opposites
from conformance.engine.api.acting import with_acting_reads
from conformance.engine.api.addresses import names_project
from conformance.engine.api.beside import made_beside
from conformance.engine.api.entries import BindingRule
from conformance.engine.api.in_full import in_full
from conformance.engine.api.producers import Producer, Producers, collection_of, form, placeholders
from conformance.engine.api.request_fields import wrapper_of
from conformance.engine.api.service import ServiceDescription
from conformance.engine.api.set_statuses import with_set_statuses
from conformance.engine.api.values import UUID
from conformance.engine.cloud.addressed import id_at
from conformance.engine.model.binding import ADDRESS, Binding, Step
from specs.model import Operation, Spec

_CAPITALS = re.compile(r"([A-Z][A-Z0-9]*_)[A-Z0-9_]+")
"""The form of a name in capitals of several words; the first one may be a prefix that all such names have."""

_HARDWARE_ADDRESS = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", re.IGNORECASE)

_END = re.compile(r"expir|until|valid_to|not_after", re.IGNORECASE)
"""The names of fields that say when a thing ends."""

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
_FAR = "2096"
"""A year to come; it has a 29th of February."""

CHANGING = frozenset({"POST", "PUT", "PATCH"})


def with_references(service: ServiceDescription, specs: Iterable[Spec]) -> ServiceDescription:
    """The description, with the implied values after its own bindings, which go before them."""
    specs = tuple(specs)
    service = for_reference(service, specs)
    operations = [o for spec in specs for o in spec.operations if o.removed is None]
    producers = Producers(operations, service.producers)
    # A description itself says which other fields name things of the cloud.
    if service.described:
        ids = _rules(_ids(operations, producers, ("id",)))
    else:
        known = _ids(operations, producers, ("id", "uuid"), placeholders_too=True)
        own = (*_addresses(operations, producers), *_own_names(operations, producers, known))
        own = (*own, *_typed(operations, producers, known), *_by_address(operations, producers), *_ends(operations))
        ids = (*own, *_lists(operations, known), *_rules(known), *_found(operations, producers))
    implied = (
        *_names(operations, producers, service.described),
        *_secrets(operations, producers),
        *ids,
        *_projects(operations),
    )
    return replace(
        with_acting_reads(service, specs),
        bindings=(*service.bindings, *implied),
        always_included=(*service.always_included, *_named(operations, producers)),
        steps_before=(
            *service.steps_before,
            *_joins(operations, producers, service),
            *opposites.steps(operations, service, "steps_before"),
        ),
        steps_after=(
            *service.steps_after,
            *_partings(operations, producers, service),
            *opposites.steps(operations, service, "steps_after"),
        ),
        also_creates=(*service.also_creates, *made_beside(operations, producers, service)),
        undo_refused=(*service.undo_refused, *opposites.steps(operations, service, "undo_refused")),
    )


def for_reference(service: ServiceDescription, specs: Iterable[Spec]) -> ServiceDescription:
    """The description as it is meant for the operations of a reference: their full ids, and all described ways."""
    operations = [o for spec in specs for o in spec.operations]
    known = in_full(service, (operation.id for operation in operations))
    usable = [operation for operation in operations if operation.removed is None]
    return replace(known, resources=tuple(with_set_statuses(one, usable) for one in known.resources))


def _joins(
    operations: Iterable[Operation], producers: Producers, service: ServiceDescription
) -> Iterator[tuple[str, Step]]:
    """The request that joins two things, before each request that reads or ends their being joined."""
    for operation in operations:
        join = producers.joined_by(operation.path) if operation.action is None else None
        reads_or_ends = operation.method in ("GET", "HEAD", "DELETE")
        if join is not None and reads_or_ends and not service.steps(operation, "steps_before"):
            yield operation.id, Step(join.id, {})


def _partings(
    operations: Sequence[Operation], producers: Producers, service: ServiceDescription
) -> Iterator[tuple[str, Step]]:
    """The request that ends two things' being joined, after each accepted one that joins them or reads it."""
    ends = {form(o.path): o for o in operations if o.method == "DELETE" and o.action is None}
    for operation in operations:
        end = ends.get(form(operation.path)) if operation.action is None else None
        joins_or_reads = operation.method in ("PUT", "GET", "HEAD") and producers.joined_by(operation.path) is not None
        if end is not None and joins_or_reads and not service.steps(operation, "steps_after"):
            yield operation.id, Step(end.id, {})


def _names(operations: Sequence[Operation], producers: Producers, described: bool) -> Iterator[BindingRule]:
    """A new name for each thing that a request makes or renames, in capitals if that of a sample is, as GEAR_OF_STEEL.

    No description says then that any name will do, and none that a name stands where no wrapper leads to.
    """
    words = {singular(part) for o in operations for part in o.path.split("/")[1:]}
    for operation in operations:
        if operation.method not in CHANGING or operation.action is not None:
            continue
        for sample in operation.request.samples:
            body = sample.body if sample.valid else None
            for key in wrapper_of([body]):
                body = body[0] if isinstance(body, list) else body.get(key) if isinstance(body, dict) else None
            if not described and producers.made_by(operation) is not None:
                body = _named_within(body, words)
            if isinstance(body, dict) and isinstance(body.get("name"), str):
                capitals = None if described else _CAPITALS.fullmatch(body["name"])
                yield BindingRule(
                    operation.id, "name", Binding("name", capitals[1] + "{}" if capitals else "value", "new")
                )
                break


def _named_within(body: Any, words: Collection[str]) -> Any:
    """The object in a body with the name of what a request makes: the body, or the only one in it that has a name.

    One that is called like the things of a collection, or stands in a list, is about another thing.
    """
    if not isinstance(body, dict) or "name" in body:
        return body
    inner = [one for key, one in body.items() if isinstance(one, dict) and "name" in one and key not in words]
    return inner[0] if len(inner) == 1 else body


def _named(operations: Iterable[Operation], producers: Producers) -> Iterator[tuple[str, str]]:
    """The name of each thing that a request makes, so that it has the prefix of the run even if it needs none."""
    for operation in operations:
        if producers.made_by(operation) is not None and not placeholders(operation.path):
            bodies = [s.body for s in operation.request.samples if s.valid]
            wrapper = wrapper_of(bodies)
            inner = bodies[0].get(wrapper[0]) if len(wrapper) == 1 else None
            if isinstance(inner, dict) and isinstance(inner.get("name"), str):
                yield operation.id, "name"


def _ids(
    operations: Iterable[Operation], producers: Producers, kinds: Sequence[str], placeholders_too: bool = False
) -> dict[str, str]:
    """The collection of each field that names an element of one, by the name of the field.

    With ``placeholders_too`` a field also names an element if a path names it by the same word: ``{gear_ident}``.
    """
    seen: dict[str, str] = {}
    for path in dict.fromkeys(o.path for o in operations):
        for name in placeholders(path):
            collection = collection_of(path, name)
            if "{" not in collection and collection not in seen.values() and producers.of(collection) is not None:
                for word in field_names(collection, kinds):
                    seen.setdefault(word, collection)
    for path in dict.fromkeys(o.path for o in operations) if placeholders_too else ():
        for name in placeholders(path):
            collection = collection_of(path, name)
            if "_" in name and "{" not in collection and producers.of(collection) is not None:
                seen.setdefault(name, collection)
    return seen


def _addresses(operations: Iterable[Operation], producers: Producers) -> Iterator[BindingRule]:
    """A new hardware address for each thing that has one in a sample: no two things have the same."""
    for operation in operations:
        if operation.action is None and producers.made_by(operation) is not None:
            for name, value in (pair for s in operation.request.samples if s.valid for pair in _members(s.body)):
                if isinstance(value, str) and _HARDWARE_ADDRESS.fullmatch(value):
                    yield BindingRule(operation.id, name, Binding("mac"))


def _own_names(
    operations: Iterable[Operation], producers: Producers, known: Mapping[str, str]
) -> Iterator[BindingRule]:
    """A new name for a field that names the very thing which a request makes: no other thing has it."""
    for operation in operations:
        if operation.action is None and producers.made_by(operation) is not None:
            for name, value in (pair for s in operation.request.samples if s.valid for pair in _members(s.body)):
                own = known.get(name) == operation.path
                if own and isinstance(value, str) and not UUID.fullmatch(value):
                    yield BindingRule(operation.id, name, Binding("name", "value", "new"))


def _secrets(operations: Iterable[Operation], producers: Producers) -> Iterator[BindingRule]:
    """A value that only the answer shows with which a thing was made, for a required field that is called the same.

    So the ``key`` that ``POST /gears`` answers opens the gear by ``POST /gears/{gear_id}/open``.
    """
    for operation in operations:
        name = next(reversed(placeholders(operation.path)), "")
        collection = collection_of(operation.path, name)
        producer = producers.of(collection) if name and "{" not in collection else None
        if producer is None or producer.chosen or producer.operation is operation or operation.method not in CHANGING:
            continue
        known = {row.name for row in producer.operation.request.parameters}
        known |= {key for o in (producer.operation, producer.reader) if o is not None for key in _seen(o, producer)}
        required = {row.name for row in operation.request.parameters if row.location == "body" and row.required}
        for sample in producer.operation.response.samples:
            wrapper = wrapper_of([sample.body]) if sample.valid else ()
            inner = sample.body[wrapper[0]] if len(wrapper) == 1 else {}
            for key in sorted(required & inner.keys() - known):
                yield BindingRule(operation.id, key, Binding(collection, f"{wrapper[0]}.{key}", "answered"))


def _seen(operation: Operation, producer: Producer) -> Iterator[str]:
    """The names in the samples of a request that makes a thing, or in the answers to one that shows it."""
    samples = operation.request.samples if operation is producer.operation else operation.response.samples
    for name, _ in (pair for sample in samples if sample.valid for pair in _members(sample.body)):
        yield name


def _projects(operations: Iterable[Operation]) -> Iterator[BindingRule]:
    """The project of the run for each field of a body that names a project by its id, unless it names one that is made.

    A sample names a project that the cloud does not have.
    """
    rows = (row.name for o in operations for row in o.request.parameters if row.location == "body")
    for name in dict.fromkeys(row.rpartition(".")[2] for row in rows):
        if names_project(name) and name.endswith("_id"):
            yield BindingRule("*", name, Binding("project"))


def _typed(operations: Sequence[Operation], producers: Producers, known: Mapping[str, str]) -> Iterator[BindingRule]:
    """An element for each field beside one that tells its type, as ``part_id`` beside ``"part_type": "gear"``.

    Not the usual element of its lane, since the request may hold it back from others, as a lock does.
    """
    paths = {collection_of(o.path, name) for o in operations for name in placeholders(o.path)}
    made = {_word(at): at for at in sorted(paths, reverse=True) if "{" not in at and producers.of(at) is not None}
    for operation in operations:
        pairs = [pair for s in operation.request.samples if s.valid for pair in _members(s.body)]
        types = {name: made.get(value) for name, value in pairs if name.endswith("_type") and isinstance(value, str)}
        for name, value in pairs:
            of = types.get(f"{name.removesuffix('_id')}_type") if name.endswith("_id") and name not in known else None
            if of is not None and of != operation.path and isinstance(value, str):
                yield BindingRule(operation.id, name, Binding(of, relation="other"))


def _by_address(operations: Sequence[Operation], producers: Producers) -> Iterator[BindingRule]:
    """The address of an element for each field that a sample shows with an address below another collection."""
    paths = {collection_of(o.path, name) for o in operations for name in placeholders(o.path)}
    made = [at for at in sorted(paths) if "{" not in at and producers.of(at) is not None]
    for operation in operations:
        for name, value in (pair for s in operation.request.samples if s.valid for pair in _members(s.body)):
            of = next((at for at in made if at != operation.path and id_at(value, at) is not None), None)
            if of is not None:
                yield BindingRule(operation.id, name, Binding(of, ADDRESS))


def _ends(operations: Iterable[Operation]) -> Iterator[BindingRule]:
    """A time to come for each field that says when a thing ends: that of a sample has passed since it was written."""
    for operation in operations:
        for name, value in (pair for s in operation.request.samples if s.valid for pair in _members(s.body)):
            if _END.search(name) and isinstance(value, str) and _TIME.match(value):
                yield BindingRule(operation.id, name, _FAR + value[4:])


def _word(collection: str) -> str:
    """The word for one thing of a collection."""
    return singular(collection.rpartition("/")[2]).replace("-", "_")


def _rules(known: Mapping[str, str]) -> tuple[BindingRule, ...]:
    """An element of the run for each field that names one of a collection, the longest names first."""
    longest_first = sorted(known.items(), key=lambda pair: (-len(pair[0]), pair[0]))
    return tuple(BindingRule("*", word, Binding(collection)) for word, collection in longest_first)


def _lists(operations: Iterable[Operation], known: Mapping[str, str]) -> Iterator[BindingRule]:
    """A list with an element of the run for each field that a sample shows with ids: ``gears`` beside ``gear_id``."""
    for operation in operations:
        for name, value in (pair for s in operation.request.samples if s.valid for pair in _members(s.body)):
            of_ids = isinstance(value, list) and value and all(isinstance(v, str) and UUID.fullmatch(v) for v in value)
            collection = next((known[w] for w in (f"{singular(name)}_{k}" for k in ("id", "uuid")) if w in known), None)
            if of_ids and collection is not None:
                yield BindingRule(operation.id, name, [Binding(collection)])


def _members(body: Any) -> Iterator[tuple[str, Any]]:
    """The members of a body at any depth, as pairs of a name and a value."""
    for name, value in body.items() if isinstance(body, dict) else ():
        yield name, value
        yield from _members(value)
    for value in body if isinstance(body, list) else ():
        yield from _members(value)


def _found(operations: Sequence[Operation], producers: Producers) -> Iterator[BindingRule]:
    """An element that the cloud has for each field that names one of a collection whose elements no request makes.

    With ``/drivers/{driver_name}`` the field ``driver`` is such a one: a sample may name a driver of another cloud.
    """
    lists = {o.path for o in operations if o.method == "GET"}
    for path in dict.fromkeys(o.path for o in operations):
        for name in placeholders(path):
            collection = collection_of(path, name)
            word = singular(collection.rpartition("/")[2])
            found = collection in lists and "{" not in collection and producers.of(collection) is None
            if found and name == f"{word}_name":
                yield BindingRule("*", word, Binding(collection, name, "listed"))


def field_names(collection: str, kinds: Sequence[str] = ("id",)) -> tuple[str, ...]:
    """The names of fields that name an element of a collection: by its last word, and by its last two words.

    ``kinds`` are the words for an id at the end of such names.
    """
    words = [re.sub(r"[^a-z0-9]+", "_", part.lower()) for part in collection.split("/") if part]
    last = singular(words[-1])
    names = [last] if len(words) == 1 else [last, f"{words[-2]}_{last}"]
    return tuple(f"{name}_{kind}" for name in names for kind in kinds)


def singular(word: str) -> str:
    """The singular of a plural word: policies -> policy, addresses -> address, gears -> gear."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word.removesuffix("s")
