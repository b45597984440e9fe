"""Promises about an accepted request: its code, its headers and body, and the status of the resource after it."""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from conformance.engine.api import bodies, naming
from conformance.engine.api.patterns import means_one
from conformance.engine.api.response_fields import Place, place_of, values_at
from conformance.engine.api.values import UUID
from conformance.engine.derive.attempt import Asked, Where, attempt, showing
from conformance.engine.derive.book import Book
from conformance.engine.derive.view import ADMIN, Variant, View
from conformance.engine.judge.codes import Accepted, Admitted
from conformance.engine.judge.contents import EmptyBody, FieldShown, HeaderShown
from conformance.engine.judge.effects import Effect
from conformance.engine.judge.statuses import InVocabulary, Reaches, RelatedReaches, Unchanged
from conformance.engine.model.case import id_part
from conformance.engine.model.content import Content
from conformance.engine.model.trial import Trial
from specs.microversion import Microversion, VersionRange
from specs.model import Condition, Parameter, Sample, When
from specs.record.model import Source

REQUEST_ID = r"req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""The form of a request identifier, which the reference gives as req- and a UUID."""

HEADER_FORMS = {"location": r"https?://\S+", "x-*-request-id": REQUEST_ID}
"""A shell pattern for the name of a header -> the form of its value. The pattern of the request identifier fits
X-Openstack-Request-Id and the older names, which contain the type of the service."""

TEMPLATE = re.compile(r"[^.{]\{|\}[^.}]")
"""The name of a row with a placeholder in it, such as ``limit_{kind}``: it stands for several fields, or for none."""

DETAIL = ("detail", "fields")
"""The beginnings of the names of query parameters that ask for more of things than an answer has of itself."""

FREE_VALUES = 12
"""The most values of an enumeration that is checked in a response; a longer one counts as a mere vocabulary."""


def derive_success(view: View, book: Book) -> None:
    """Add the cases of the kinds normal, body, header, precondition (the accepted side) and postcondition."""
    main_variant, main_state = view.main
    if not view.scoped:
        trial = attempt(view, "documented", Where(main_variant, main_state))
        _normal(view, book, trial, "", view.default)
        if view.role != ADMIN and means_one(view.service.also_by_administrators, view.operation.id):
            asked = Asked(role=ADMIN)
            _normal(
                view, book, attempt(view, "documented", Where(main_variant, main_state), asked), ADMIN, view.default
            )
        if not view.reads:
            _postconditions(view, book, trial, main_variant, "")
        derive_contents(view, book, trial)
        _samples(view, book)
        return
    if main_variant.condition is None and view.operation.id in view.service.under_test.statuses_to_try:
        book.used.add(f"statuses_to_try: {view.operation.id} is tried in {' and '.join(main_variant.states)}")
    for variant in view.variants:
        for state in variant.states:
            if state not in view.service.under_test.stable_statuses:
                _transient(view, book, variant, state)
                continue
            trial = attempt(view, "documented", Where(variant, state))
            detail = f"{variant.prefix}{state}"
            _normal(view, book, trial, detail, view.default)
            _admitted(view, book, trial, variant, detail)
            _postconditions(view, book, trial, variant, detail)
    main = attempt(view, "documented", Where(main_variant, main_state))
    derive_contents(view, book, main)
    _samples(view, book)


def derive_transient(view: View, book: Book) -> None:
    """Note that an operation has no accepted case, because the reference allows it in passing statuses alone."""
    for variant in view.variants:
        for state in variant.states:
            _transient(view, book, variant, state)


def _transient(view: View, book: Book, variant: Variant, state: str) -> None:
    condition = variant.condition
    requirement = view.requirement("precondition", "status" + _suffix(variant), condition.line if condition else None)
    one = replace(requirement, id=f"{requirement.id}[{id_part(variant.prefix + state)}]")
    book.without_case(one, "transient", state)


def _suffix(variant: Variant) -> str:
    return f"-{variant.name}" if variant.name else ""


def normal_requirement(view: View, version: Microversion) -> tuple[str, int | None, tuple[int, ...]]:
    """The detail, the line and the codes of the requirement that gives the normal codes of a version."""
    codes = [c for c in view.operation.responses.normal if version in c.range and c.listed]
    qualified = [c for c in codes if c.min or c.max]
    shown = qualified or codes
    numbers = tuple(c.code for c in shown)
    return "+".join(map(str, numbers)), shown[0].line if shown else None, numbers


def _normal(view: View, book: Book, trial: Trial, detail: str, version: Microversion) -> None:
    name, line, numbers = normal_requirement(view, version)
    if numbers:
        book.case(view.requirement("normal", name, line), detail, trial, Accepted(numbers))


def _admitted(view: View, book: Book, trial: Trial, variant: Variant, detail: str) -> None:
    condition = variant.condition
    if condition is None:
        return
    requirement = view.requirement("precondition", "status" + _suffix(variant), condition.line)
    what = f"the {condition.resource} is {trial.situation.state}, which the reference admits"
    book.case(requirement, detail, trial, Admitted(what))
    for other in view.operation.preconditions:
        if other.kind == "status" and other.attribute not in (None, "status") and other.line == condition.line:
            second = view.requirement("precondition", other.attribute or "", other.line)
            book.case(second, detail, trial, Admitted(f"{other.attribute} is {' or '.join(other.any_of)}"))


def _postconditions(view: View, book: Book, trial: Trial, variant: Variant, detail: str) -> None:
    """Add a case for each postcondition that applies to the status and the request of a trial."""
    state = trial.situation.state
    for post in view.operation.postconditions:
        if view.told_elsewhere(post):
            continue
        requirement = view.requirement("postcondition", post_name(post), post.line)
        if (why := _no_case(view, post)) is not None:
            book.without_case(requirement, *why)
        elif not applies(view, post, state, variant):
            continue
        elif post.effect:
            book.case(requirement, detail, trial, Effect(post.resource, post.effect))
            book.used.add(f"effects: {post.resource} {post.effect}")
        elif post.resource != view.service.resource:
            book.case(requirement, detail, trial, RelatedReaches(post.resource, post.becomes))
        elif post.unchanged:
            book.case(requirement, detail, trial, Unchanged(post.resource))
        else:
            values = tuple(dict.fromkeys((*post.becomes, *view.possible)))
            book.case(
                requirement,
                detail,
                trial,
                Reaches(post.resource, values, post.on_failure or view.service.failure_statuses, post.transient),
            )
    about_one = view.scoped or view.makes_resource
    for spec, vocabulary in view.vocabulary if about_one and not view.reads else ():
        if vocabulary.resource == view.service.resource and vocabulary.attribute == "status":
            requirement = view.requirement("postcondition", "vocabulary", None)
            requirement = replace(requirement, source=Source(spec.reference.path, vocabulary.line))
            book.case(requirement, detail, trial, InVocabulary(vocabulary.values))


def untested_postconditions(view: View, book: Book) -> None:
    """Note that no postcondition has a case where no request of the operation can be expected to be accepted."""
    for post in view.operation.postconditions:
        if not view.told_elsewhere(post):
            requirement = view.requirement("postcondition", post_name(post), post.line)
            book.without_case(requirement, *(_no_case(view, post) or ("not-derivable", post.resource)))


def _no_case(view: View, post: Condition) -> tuple[str, str] | None:
    """The reason why a postcondition has no case, and its detail; None for a postcondition with cases."""
    if not view.holds_here(post.when):
        when = post.when or When()
        bounds = f"from {when.min or 'the first'} to {when.max or 'the last'}"
        return ("not-derivable", when.environment) if when.environment else ("beyond-cloud", bounds)
    if post.kind != "status":
        shown = view.scoped and view.service.effect(post.resource, post.effect or "")
        return None if shown else ("not-through-api", post.effect or "")
    if post.attribute not in (None, "status"):
        return "not-derivable" if post.becomes else "transient", post.attribute or ""
    return None if post.becomes or post.unchanged else ("transient", "+".join(post.transient or post.on_failure))


def post_name(post: Condition) -> str:
    """The detail in the id of a postcondition's requirement."""
    attribute = f"{post.attribute}-" if post.attribute not in (None, "status") else ""
    what = post.effect if post.kind == "effect" else "+".join(post.becomes or post.transient)
    what = what or ("unchanged" if post.unchanged else "+".join(post.on_failure))
    return f"{post.resource}-{attribute}{what}"


def applies(view: View, post: Condition, state: str | None, variant: Variant) -> bool:
    """Whether a postcondition applies to a form of the request in a status, by the conditions of its sentence."""
    when = post.when
    if when is None:
        others = [
            p
            for p in view.operation.postconditions
            if p is not post and p.when and p.when.status and state in p.when.status and p.line == post.line
        ]
        return not others
    if when.status and state not in when.status:
        return False
    return not when.request or dict(when.request).items() <= dict(variant.include).items()


def derive_contents(view: View, book: Book, trial: Trial) -> None:
    """Add the cases of the headers and the body of the main trial, at its version."""
    version = view.default
    response = view.operation.response
    body = response.body
    if body.content == "empty" and version in VersionRange.parse(body.min, body.max):
        book.case(view.requirement("body", "empty", body.line), "", trial, EmptyBody())
    for row in response.parameters:
        if version in row.range and row.location == "header":
            book.case(view.requirement("header", row.name, row.line, True), "", trial, header_shown(row))
    _body_rows(view, book)
    for spec, row in view.common:
        if version in row.range:
            requirement = view.requirement("header", row.name, row.line, True)
            path = spec.reference.parameters_path or spec.reference.path
            requirement = replace(requirement, source=Source(path, row.line or 1))
            book.case(requirement, "", trial, header_shown(row))


def _body_rows(view: View, book: Book) -> None:
    """Add the cases of the fields of the body, at the highest version with a body."""
    version = _last_with_content(view)
    if version is None:
        return
    for row in view.operation.response.parameters:
        if version in row.range and row.location in ("body", None):
            shown = field_shown(view, row, version)
            requirement = view.requirement("body", row.name, row.line, True)
            if shown is None:
                book.without_case(requirement, "no-place", row.name)
            else:
                book.case(requirement, "", showing(view, row, version), shown, row.name)
                if rule := view.service.showing(view.operation, row.name):
                    book.used.add(f"preconditions_to_show: {rule.operation} {rule.fields}")
                elif view.shows_resource and row.visible_to == "admin" and not shown.nullable:
                    # Module ``moments`` judges the fields that everybody sees, by answers that other cases ask for.
                    for state in view.service.under_test.statuses_to_show:
                        book.case(requirement, state, showing(view, row, version, state), shown, row.name)


def _last_with_content(view: View) -> Microversion | None:
    """The highest version at which the reference does not call the body empty; None if it is always empty."""
    body = view.operation.response.body
    empty = VersionRange.parse(body.min, body.max)
    if body.content != "empty" or view.default not in empty:
        return view.default
    before = empty.min.previous if empty.min is not None else None
    return before if before is not None and before in view.range else None


def header_shown(row: Parameter) -> HeaderShown:
    """The expectation that a header row of the reference gives."""
    forms = (form for name, form in HEADER_FORMS.items() if fnmatchcase(row.name.lower(), name))
    return HeaderShown(row.name, row.required, next(forms, None))


def field_shown(view: View, row: Parameter, version: Microversion) -> FieldShown | None:
    """The expectation that a body row gives at a version; None if the reference shows no place for the row.

    A field is not required if only some roles see it, if the reference calls it optional and names no version from
    which on it is always shown, or if that version is a later one. Null is allowed if the row, the description or a
    sample allows it.
    """
    place = place_of(view.operation, row)
    if place is None or TEMPLATE.search(row.name):
        return None
    in_samples = [value for s in view.operation.response.samples if s.valid for value in values_at(s.body, place)[0]]
    nullable = bool(row.nullable) or None in in_samples or (row.ref, row.name) in view.shown_null
    required = (
        (row.required or row.required_min is not None)
        and row.visible_to is None
        and (row.required_min is None or version >= Microversion.parse(row.required_min))
        and all(parent.visible_to is None and parent.required for parent in _parents(view, row))
        and not _only_in_detail(view, place)
    )
    enum = row.enum if 0 < len(row.enum) <= FREE_VALUES else ()
    wrapped = (
        len(place) > 1 and place[0] != "[]" and all(r.name != place[0] for r in view.operation.response.parameters)
    )
    identifies = view.scoped and place == (view.service.resource, "id")
    return FieldShown(row.name, place, row.type, required, nullable, enum, wrapped, identifies)


def _only_in_detail(view: View, place: Place) -> bool:
    """Whether the samples tell a field to be in detailed answers alone, and no description says so or denies it.

    A request may ask for details then, and one sample shows the things with the field, another one without it.
    """
    asked = (r.name for r in view.operation.request.parameters if r.location == "query")
    if view.service.described or not any(name.startswith(DETAIL) for name in asked):
        return False
    shown = [values_at(s.body, place) for s in view.operation.response.samples if s.valid]
    return any(values for values, _ in shown) and any(things and not values for values, things in shown)


def _parents(view: View, row: Parameter) -> list[Parameter]:
    names = {row.name.rsplit(".", n)[0] for n in range(1, row.name.count(".") + 1)}
    return [p for p in view.operation.response.parameters if p.name in names]


def _first_of(view: View, sample: Sample) -> Microversion:
    """The lowest version at which every member of a sample is documented; the sample may name an older one, or none."""
    keys = set(naming.members(sample.body))
    since: dict[str, list[Microversion]] = {}
    for row in view.operation.request.parameters:
        if row.location == "body":
            since.setdefault(row.name.rpartition(".")[2], []).append(row.range.min or view.lowest)
    return max((min(at) for name, at in since.items() if name in keys), default=view.lowest)


def _foreign(body: Any, key: str = "") -> str | None:
    """The member of a sample that holds the fixed UUID of some resource; None if there is none."""
    if isinstance(body, dict):
        return next((found for k, v in body.items() if (found := _foreign(v, k))), None)
    if isinstance(body, list):
        return next((found for v in body if (found := _foreign(v, key))), None)
    return key if isinstance(body, str) and key.endswith("_id") and UUID.fullmatch(body) else None


def sample_label(sample: Sample, version: Microversion | None) -> str:
    """The label of the trial that sends a sample at a version."""
    stem = sample.file.rsplit("/", 1)[-1].removesuffix(".json")
    return f"sample-{id_part(stem)}" + (f"-{version}" if version else "")


def _samples(view: View, book: Book) -> None:
    """Add a case for every sample: it is a documented request, at the version that its heading or path names."""
    for sample in view.operation.request.samples:
        if not sample.valid:
            continue
        version = Microversion.parse(sample.microversion) if sample.microversion else None
        if version is not None:
            version = max(version, _first_of(view, sample))
        if version is not None and version not in view.range:
            continue
        if version is None and view.operation.microversions.max is None:
            version = _first_of(view, sample)
        inner = sample.body.get(view.operation.action) if isinstance(sample.body, dict) else None
        variant, state = view.main_with(inner if isinstance(inner, dict) else ())
        label = sample_label(sample, version)
        shown = bodies.from_sample(view.operation, sample, view.service)
        body = view.service.content(view.operation, shown)
        trial = attempt(view, label, Where(variant, state), Asked(version=version, body=body, optional=True))
        name, line, numbers = normal_requirement(view, version or view.default)
        requirement = view.requirement("normal", name, line)
        if numbers and not view.reads and (named := _foreign(body)):
            one = replace(requirement, id=f"{requirement.id}[{label}]")
            book.without_case(one, "not-derivable", f"the sample's {named} names a resource that the suite cannot make")
        elif numbers and isinstance(body, Content) and body.value is not shown:
            one = replace(requirement, id=f"{requirement.id}[{label}]")
            book.without_case(one, "not-derivable", "the sample names things that the suite cannot replace")
        elif numbers:
            book.case(requirement, label, trial, Accepted(numbers))
