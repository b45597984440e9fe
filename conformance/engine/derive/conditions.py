"""Cases of preconditions other than the status: on fields of the resource, and on short-lived things in the path."""

from __future__ import annotations

from dataclasses import replace

from conformance.engine.api.producers import collection_of
from conformance.engine.derive.attempt import SILENT, Asked, Where, attempt, ended
from conformance.engine.derive.book import Book
from conformance.engine.derive.view import View
from conformance.engine.judge.codes import Admitted, Refused, RefusedWhereSilent
from conformance.engine.judge.statuses import FieldRequired
from conformance.engine.model.case import id_part
from specs.microversion import Microversion
from specs.model import Condition

ENDED = "ended"
"""The situation in which the short-lived thing that the path names has ended."""


def derive_conditions(view: View, book: Book, conflict: int | None) -> None:
    """Add the cases of both sides: the request is accepted in the documented situation, and refused outside of it.

    Args:
        view: the view of the operation.
        book: the book that the cases are added to.
        conflict: the line that lists the code 409; None if no line does.
    """
    for condition in view.operation.preconditions:
        if of_a_field(view, condition):
            _of_a_field(view, book, condition)
        elif of_what_passes(view, condition):
            _of_what_passes(view, book, condition)
    if conflict is not None and view.service.passing(view.operation) and not view.reads:
        requirement = view.requirement("error", "409", conflict)
        trial = ended(view, None)
        book.case(requirement, ENDED, trial, RefusedWhereSilent(409, "the thing that the path names has ended"))


def of_a_field(view: View, condition: Condition) -> bool:
    """Return whether the condition is on a field of the resource that no sentence ties to statuses."""
    return (
        condition.kind == "status"
        and condition.resource == view.service.resource
        and condition.attribute not in (None, "status")
        and all(other.line != condition.line for other in view.status_conditions)
    )


def of_what_passes(view: View, condition: Condition) -> bool:
    """Return whether the condition is on the status of the short-lived thing that the path names."""
    names = view.service.passing(view.operation)
    return condition.kind == "status" and f"{condition.resource}_id" in names


def _of_a_field(view: View, book: Book, condition: Condition) -> None:
    name = condition.attribute or ""
    requirement = view.requirement("precondition", name, condition.line)
    variant, main = view.main
    trial = attempt(view, "documented", Where(variant, main))
    book.case(requirement, main or "", trial, FieldRequired(name, condition.any_of, fits=True))
    outside = FieldRequired(name, condition.any_of, fits=False)
    if view.service.passing(view.operation) and name == view.service.task_field:
        book.case(requirement, ENDED, ended(view, None), outside)
        return
    for state in _open_to(view):
        if state != main:
            other = attempt(view, "documented", Where(variant, state), outcome=SILENT)
            book.case(requirement, state, other, outside)


def _open_to(view: View) -> list[str]:
    """Return the statuses in which the short-lived thing of the path can be made; all if nothing names them."""
    rules = [view.service.placeholder_sources[name] for name in view.service.passing(view.operation)]
    return [
        state
        for state in view.service.under_test.stable_statuses
        if all(not r.statuses or state in r.statuses for r in rules)
    ]


def _of_what_passes(view: View, book: Book, condition: Condition) -> None:
    """Add the cases at the highest version of the condition: while the thing lasts, and after it has ended."""
    requirement = view.requirement("precondition", f"status-{condition.resource}", condition.line)
    last = condition.when.max if condition.when is not None else None
    version = Microversion.parse(last) if last is not None else None
    if version is not None and version >= view.default:
        version = None
    if not view.holds_here(condition.when, version) or (version is not None and version not in view.range):
        book.without_case(requirement, "beyond-cloud", f"from {condition.when and condition.when.min} to {last}")
        return
    variant, main = view.main
    trial = attempt(view, "documented", Where(variant, main), Asked(version=version))
    documented = f"the {condition.resource} is one of those under way"
    book.case(requirement, str(version or main or ""), trial, Admitted(documented))
    detail = f"{ENDED}-{version}" if version else ENDED
    book.case(
        requirement, detail, ended(view, version), Refused((), f"the {condition.resource} has ended", any_refusal=True)
    )
    for value in _out_of_reach(view, condition):
        book.without_case(replace(requirement, id=f"{requirement.id}[{id_part(value)}]"), "transient", value)


def _out_of_reach(view: View, condition: Condition) -> list[str]:
    """Return the documented values that the things of a case pass through without staying in them."""
    collection = collection_of(view.operation.path, f"{condition.resource}_id").rpartition("/")[2]
    held = view.service.elements_for(view.operation, collection).values()
    return [value for value in condition.any_of if value not in held]
