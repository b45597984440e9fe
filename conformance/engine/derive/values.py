"""Requests with allowed values: each optional field, each enumerated value, null, and the limits of values, once each.

Each request adds one such value, so that a refusal shows which value was refused. A value that another documented
request already has gets no case. Every value comes from the reference or from the description. If only the type of a
field is known, there is no case, since the cloud might refuse a made-up value with good reason.

The upper limits of quantities are not tried: the size and the quotas of a cloud set limits that no request table gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from conformance.engine.api import request_fields, values
from conformance.engine.api.entries import ValueRule
from conformance.engine.api.response_fields import values_at
from conformance.engine.api.types import is_of_type
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.derive.attempt import Asked, Where, attempt
from conformance.engine.derive.book import Book
from conformance.engine.derive.success import normal_requirement
from conformance.engine.derive.versions import former_fields
from conformance.engine.derive.view import View
from conformance.engine.judge.codes import LetIn
from conformance.engine.model.binding import Binding
from conformance.engine.model.case import id_part
from conformance.engine.model.trial import Paged, ProviderDependent, Trial
from specs.microversion import Microversion
from specs.model import Parameter

GIVEN = "given"
"""Stands for any value of an optional field."""

NULL = "null"
"""Stands for null, of a row that says that its value may be null."""


@dataclass(frozen=True)
class _Value:
    """A value of a row.

    Attributes:
        row: the row.
        label: the name of the value in the id of the case.
        value: the value itself.
        last: the version of the request if the row ends before the highest version; None otherwise.
    """

    row: Parameter
    label: str
    value: Any
    last: Microversion | None = None

    @property
    def detail(self) -> str:
        """The text in the brackets of the case's id; the last version distinguishes rows of the same name."""
        name = id_part(self.row.name)
        plain = f"with-{name}" if self.label == GIVEN else f"{name}-{id_part(self.label)}"
        return f"{plain}-{self.last}" if self.last is not None else plain

    @property
    def what(self) -> str:
        """The promise about the value in words, for the reason of a fail."""
        limit = {"longest": "the longest", "shortest": "the shortest", "lowest": "the lowest"}.get(self.label)
        if self.label == GIVEN:
            return f"{self.row.name} may be given"
        return f"{limit} {self.row.name} is documented" if limit else f"{self.label} is documented for {self.row.name}"


def derive_values(view: View, book: Book) -> None:
    """Add cases of the kind normal, each with a value that no other accepted request of the operation has.

    All other accepted requests of the operation must be in the book already.
    """
    if not view.reads:
        for field in reversed(request_fields.fields(view.operation, view.default)):  # parts first: they need the whole
            _field(view, book, field, view.default)
        for field in former_fields(view):
            if field.row.max is not None:
                _field(view, book, field, Microversion.parse(field.row.max))
    for row in view.operation.request.parameters:
        if row.location == "query" and view.default in row.range:
            _query(view, book, row)


def _values(row: Parameter, known: Any, last: Microversion | None) -> Iterator[_Value]:
    if not row.required:
        yield _Value(row, GIVEN, known, last)
    if row.nullable:
        yield _Value(row, NULL, None, last)
    for label, value in values.let_in(row):
        yield _Value(row, label, value, last)


def _field(view: View, book: Book, field: request_fields.Field, version: Microversion) -> None:
    known = values.known_value(view.operation, field, view.service)
    for one in _values(field.row, known, None if version == view.default else version):
        if not _held(view, book, field, one):
            _given(view, book, field, one, version)


def _held(view: View, book: Book, field: request_fields.Field, one: _Value) -> bool:
    """Whether the body of another documented request already has the value."""
    for trial in book.trials_of(view.operation):
        if trial.outcome.accepted is True and _version(view, trial) in one.row.range:
            found, _ = values_at(trial.request.body, field.path) if trial.request.body is not ABSENT else ([], 0)
            good = [value for value in found if _is_good(value, one.row)]
            if good if one.label == GIVEN else one.value in good:
                return True
    return False


def _is_good(value: Any, row: Parameter) -> bool:
    """Whether the row allows a value: the values in samples are not always of the documented type."""
    if value is None:
        return bool(row.nullable)
    return isinstance(value, Binding) or is_of_type(value, row.type or "")


def _version(view: View, trial: Trial) -> Microversion:
    return trial.request.version or view.default


def _given(view: View, book: Book, field: request_fields.Field, one: _Value, version: Microversion) -> None:
    """Add the case of a value in the body, or note the reason why it has none."""
    rule = _ruled(view, book, one, version)
    if rule is not None and rule.reason is not None:
        return
    beside = dict(rule.together_with) if rule is not None else {}
    name = field.path[-1] if view.operation.action else field.name
    variant, state = view.main_with([field.path[-1], *beside])
    body = view.body(variant, version, {**beside, name: one.value})
    found, _ = values_at(body, field.path) if body is not ABSENT else ([], 0)
    if one.value not in found:
        _without(view, book, one, version, "no-place", f"no body has a place for {field.name}")
        return
    trial = attempt(
        view,
        f"value-{one.detail}",
        Where(variant, state),
        Asked(version=None if version == view.default else version, body=body, optional=True),
    )
    _case(view, book, one, version, trial, rule)


def _query(view: View, book: Book, row: Parameter) -> None:
    """Add the cases of the values of a query parameter; most references give only its type."""
    bound, known = view.service.binding(view.operation, row.name)
    if not bound:
        known = row.enum[0] if row.enum else "True" if row.type in ("boolean", "bool") else ABSENT
    labels = [(str(one), str(one)) for one in row.enum or _vocabulary(view, row)] or [(GIVEN, known)]
    for one in (_Value(row, label, value) for label, value in labels):
        if not _asked(view, book, one):
            _given_query(view, book, one)


def _vocabulary(view: View, row: Parameter) -> tuple[str, ...]:
    """The documented values of the attribute that a row of a list's query names, if the file of the list gives them.

    A list may be asked for the things with each of them. The values of a resource in the path are those of one thing.
    """
    if not view.reads or view.scoped:
        return ()
    file = view.spec.reference.path
    own = (words for spec, words in view.vocabulary if spec.reference.path == file and words.attribute == row.name)
    return next((words.values for words in own), ())


def _asked(view: View, book: Book, one: _Value) -> bool:
    """Whether the query of another request that must be accepted already has the value.

    Trials of lists do not count: they do not send the value if the elements of the list do not differ enough.
    """
    return any(
        name == one.row.name and (one.label == GIVEN or str(value) == one.value)
        for trial in book.trials_of(view.operation)
        if trial.outcome.accepted is True and not isinstance(trial.exchange, Paged)
        for name, value in trial.request.query
    )


def _given_query(view: View, book: Book, one: _Value) -> None:
    rule = _ruled(view, book, one, view.default)
    if rule is not None and rule.reason is not None:
        return
    key = one.row.name if one.label == GIVEN else f"{one.row.name}={one.label}"
    beside = tuple(rule.together_with.items()) if rule is not None else ()
    asked = view.service.list_rule(view.operation, key, view.default)
    variant, state = view.main
    trial = attempt(
        view,
        f"value-{one.detail}",
        Where(variant, state),
        Asked(
            role=asked.role if asked else None,
            query=(*(asked.query if asked else ()), *beside, *view.query_with(one.row.name), (one.row.name, one.value)),
            optional=True,
        ),
    )
    _case(view, book, one, view.default, trial, rule)


def _ruled(view: View, book: Book, one: _Value, version: Microversion) -> ValueRule | None:
    """The rule for a value. If the rule or the reference allows no case, the reason is noted."""
    rule = view.service.value_rule(view.operation, one.row.name, one.label)
    if rule is not None:
        book.used.add(f"value_rules: {view.operation.id} {one.row.name}={one.label}")
        if rule.reason is not None:
            _without(view, book, one, version, rule.reason, rule.explanation)
        return rule
    if one.label == "highest":
        why = f"how much of {one.row.name} there may be is a matter of the cloud's size and quotas"
    elif one.value is ABSENT:
        why = f"neither the reference nor a table names a good value of {one.row.name}"
    else:
        return None
    reason = "provider" if one.label == "highest" else "not-derivable"
    _without(view, book, one, version, reason, why)
    return ValueRule(view.operation.id, one.row.name, one.label, reason=reason, explanation=why)


def _case(view: View, book: Book, one: _Value, version: Microversion, trial: Trial, rule: ValueRule | None) -> None:
    name, line, numbers = normal_requirement(view, version)
    if numbers:
        about = one.label if one.row.name == "sort_key" else one.row.name
        if rule is not None and rule.by_provider_choice:
            trial = replace(trial, gates=(ProviderDependent(),))
        book.case(view.requirement("normal", name, line), one.detail, trial, LetIn(numbers, one.what), about)


def _without(view: View, book: Book, one: _Value, version: Microversion, reason: str, why: str) -> None:
    name, line, _ = normal_requirement(view, version)
    requirement = view.requirement("normal", name, line)
    book.without_case(replace(requirement, id=f"{requirement.id}[{one.detail}]"), reason, why)
