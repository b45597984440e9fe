"""Derives a suite from specs: every requirement and case of a set of operations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from conformance.engine.api.addresses import Addressed, addressed
from conformance.engine.api.load import load_service
from conformance.engine.api.producers import Producers, placeholders
from conformance.engine.api.references import with_references
from conformance.engine.api.response_fields import place_of, values_at
from conformance.engine.api.service import ServiceDescription
from conformance.engine.api.version_documents import is_above, with_documents
from conformance.engine.cloud.scope import ABOVE
from conformance.engine.derive.afterwards import derive_afterwards
from conformance.engine.derive.alone import derive_alone
from conformance.engine.derive.apart import derive_apart
from conformance.engine.derive.blanks import derive_blanks, derive_outside
from conformance.engine.derive.book import Book
from conformance.engine.derive.chosen import derive_chosen
from conformance.engine.derive.earliest import derive_earliest
from conformance.engine.derive.environments import derive_environments
from conformance.engine.derive.equality import derive_equality
from conformance.engine.derive.everywhere import derive_everywhere, derive_everywhere_refused
from conformance.engine.derive.hidden import derive_hidden
from conformance.engine.derive.kept import derive_kept
from conformance.engine.derive.lists import derive_lists
from conformance.engine.derive.moments import derive_moments
from conformance.engine.derive.references import Users, derive_references, users_of
from conformance.engine.derive.refusals import derive_refusals, untested_conditions
from conformance.engine.derive.situations import derive_situations
from conformance.engine.derive.spelling import spelled
from conformance.engine.derive.success import (
    derive_success,
    derive_transient,
    normal_requirement,
    untested_postconditions,
)
from conformance.engine.derive.undocumented import derive_undocumented
from conformance.engine.derive.values import derive_values
from conformance.engine.derive.versions import derive_removed, derive_versions
from conformance.engine.derive.view import View
from conformance.engine.model.api_version import ANY, ApiVersion
from conformance.engine.model.case import Requirement, Suite, Untested, id_part
from specs import paths
from specs.microversion import Microversion
from specs.model import Body, Code, Operation, Parameter, Spec, Versions
from specs.record.model import Source


def service_of(specs: Iterable[Spec]) -> str:
    """The type of the service of some specs; empty without specs."""
    return next((spec.service for spec in specs), "")


def highest_version(specs: Sequence[Spec]) -> Microversion:
    """The highest microversion that any of the specs names; the first microversion of the service if none names one."""
    named: list[str] = []
    for spec in specs:
        for operation in spec.operations:
            named += _ends(operation.microversions, operation.response.body)
            named += _ends(*operation.request.parameters, *operation.response.parameters)
            named += _ends(*operation.responses.normal)
            samples = (*operation.request.samples, *operation.response.samples)
            named += [s.microversion for s in samples if s.microversion]
    return max((Microversion.parse(v) for v in named), default=load_service(service_of(specs)).first_microversion)


def _ends(*things: Versions | Body | Parameter | Code) -> list[str]:
    return [version for thing in things for version in (thing.min, thing.max) if version]


def _shown_null(specs: Sequence[Spec], described: bool) -> frozenset[tuple[str, str]]:
    """The ``ref`` and the name of each row that may be null: a sample shows it so, or a sentence without a description.

    Rows of other names share the entry and not the meaning: the owner of a thing may be null where its own id may not.
    """
    found = set()
    for spec in specs:
        for operation in spec.operations:
            bodies = [s.body for s in operation.response.samples if s.valid]
            for row in operation.response.parameters if bodies else ():
                place = place_of(operation, row)
                if place is not None and any(None in values_at(body, place)[0] for body in bodies):
                    found.add((row.ref, row.name))
            if not described:
                found.update((row.ref, row.name) for row in operation.response.parameters if row.nullable)
    return frozenset(found)


def derive(
    specs: Sequence[Spec],
    selected: Sequence[Spec] | None = None,
    ceiling: Microversion | None = None,
    default_policy: bool = False,
    service: ServiceDescription | None = None,
    api: ApiVersion = ANY,
) -> Suite:
    """Derive all requirements and cases of the operations of ``selected``.

    Args:
        specs: all specs of the reference; they give the vocabulary, the common headers and the known versions.
        selected: the specs whose operations are tried; None for all specs.
        ceiling: the highest microversion of the cloud: promises beyond it have no cases. For an API without
            microversions, its only version.
        default_policy: True if the cloud is known to keep the documented defaults of its policy.
        service: the description of the service; None for the one in this distribution.
        api: the version of the API that is tried.
    """
    service = from_first(service or load_service(service_of(specs)), api)
    top = max(highest_version(specs), service.first_microversion)  # a reference may name no version at all
    if ceiling is not None and (ceiling < top or api.only):
        top = ceiling
    at = addressed(specs, selected, api.major)
    at = with_documents(at, specs if selected is None else selected, service.root_is_operation)
    specs, selected = at.specs, at.selected
    service = with_references(service, specs)
    specs, selected = spelled(specs, specs, service), spelled(specs, selected, service)
    # A file that is all about another version of the API gives statuses of that version.
    other = {spec.reference.path for spec, _, _ in at.elsewhere}
    own = (spec for spec in specs if spec.operations or spec.reference.path not in other)
    vocabulary = tuple((spec, v) for spec in own for v in spec.vocabulary)
    common: tuple[tuple[Spec, Parameter], ...] = tuple(
        (spec, row) for spec in specs for row in spec.common.response if row.location == "header"
    )
    nullable = _shown_null(specs, service.described)
    producers = Producers((o for spec in specs for o in spec.operations), service.producers)
    users = users_of((o for spec in specs for o in spec.operations), service, producers, top)
    book = Book(optional=service.optional_parts)
    _elsewhere(at, book)
    for spec in selected:
        for operation in spec.operations:
            about = service.about(operation)
            view = View(
                *(operation, spec, about, top, vocabulary, common, nullable, producers),
                only=api.only,
                default_policy=default_policy,
            )
            book.fault = view.fault
            whole = Requirement(operation.id, operation.id, "normal", Source(spec.reference.path, operation.line))
            wrong = paths.fault(operation.path)
            if wrong is not None:
                book.without_case(whole, "not-derivable", f"the URL {operation.path} {wrong.what}")
            elif not supported(operation, service):
                book.without_case(whole, "not-derivable", service.untestable.get(operation.id, operation.path))
            elif view.range.empty:
                book.without_case(whole, "beyond-cloud", f"from {view.lowest} on")
            else:
                _operation(view, book, default_policy, users)
    return Suite(
        tuple(book.requirements.values()),
        tuple(book.cases.values()),
        tuple(_apart(one, book) for one in book.untested),
        tuple(sorted(book.used)),
    )


def from_first(service: ServiceDescription, api: ApiVersion) -> ServiceDescription:
    """The description, with the lowest microversion of an endpoint if this is higher than the described one."""
    if api.first is None or api.first <= service.first_microversion:
        return service
    return replace(service, first_microversion=api.first)


def _elsewhere(at: Addressed, book: Book) -> None:
    """Note a reason for every operation of another version of the API, or of no version."""
    for spec, operation, major in at.elsewhere:
        whole = Requirement(operation.id, operation.id, "normal", Source(spec.reference.path, operation.line))
        if major is None:
            book.without_case(whole, "not-derivable", f"{operation.path} belongs to no version of the API")
        else:
            book.without_case(whole, "beyond-cloud", f"version {major} of the API")


def _apart(untested: Untested, book: Book) -> Untested:
    """A promise without a case; if its requirement has cases from other promises, it gets an id of its own."""
    if untested.requirement not in book.requirements:
        return untested
    return replace(untested, requirement=f"{untested.requirement}[{id_part(untested.detail)}]")


def views(specs: Sequence[Spec], top: Microversion, service: ServiceDescription, api: ApiVersion = ANY) -> list[View]:
    """The views of the operations that may change a status: the tested ones, and those in the described transitions."""
    named = {transition.operation for one in service.resources for transition in one.transitions}
    found = [View(o, spec, service.about(o), top, only=api.only) for spec in specs for o in spec.operations]
    return [
        v
        for v in found
        if not v.range.empty
        and v.operation.removed is None
        and (supported(v.operation, service) or v.operation.id in named)
    ]


def supported(operation: Operation, service: ServiceDescription) -> bool:
    """Whether the operation belongs to the versioned API, and the description does not call it untestable."""
    outside = operation.path == "/" and not service.root_is_operation
    if operation.path.removeprefix(ABOVE).startswith(
        "/{"
    ):  # no collection, unless the description says how the path begins
        outside = service.placeholder_value(operation, "", placeholders(operation.path)[0]) is None
    return not outside and operation.id not in service.untestable


def _operation(view: View, book: Book, default_policy: bool, users: Users) -> None:
    if view.operation.removed is not None:
        derive_removed(view, book)
        return
    if view.environment is not None:
        name, line, _ = normal_requirement(view, view.default)
        requirement = view.requirement("normal", name, line)
        why = f"line {view.environment.line} requires an environment that no request can set up"
        book.without_case(requirement, "not-through-api", why)
        untested_postconditions(view, book)
    elif not view.can_be_held:
        derive_transient(view, book)
        untested_postconditions(view, book)
    else:
        derive_success(view, book)
        derive_apart(view, book)
        derive_versions(view, book)
        derive_lists(view, book)
        derive_chosen(view, book)
        derive_values(view, book)
        derive_equality(view, book)
        derive_kept(view, book)
        derive_blanks(view, book)
        derive_earliest(view, book)
        derive_hidden(view, book, default_policy)
        derive_afterwards(view, book)
        derive_alone(view, book)
        derive_undocumented(view, book)
        if not is_above(view.operation):  # a guide of one version does not speak of the others
            derive_everywhere(view, book)
    derive_environments(view, book)
    derive_refusals(view, book, default_policy)
    if not is_above(view.operation):
        derive_everywhere_refused(view, book)
    derive_situations(view, book)
    derive_references(view, book, users)
    derive_moments(view, book)
    derive_outside(view, book)
    untested_conditions(view, book)
