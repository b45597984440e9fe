"""Cases of sentences about one environment of the resource, or about a resource with attachments.

The sentences that apply to an environment follow from a view of the operation with resources of this environment. Only
differences from the usual resources have cases: the statuses in such a sentence, the statuses that are allowed for the
usual resources alone, and the effects. Sentences about all resources are tried on the usual resources.
"""

from __future__ import annotations

from dataclasses import replace

from conformance.engine.derive.attempt import REFUSED, Asked, Where, attempt, existing
from conformance.engine.derive.book import Book
from conformance.engine.derive.success import applies, post_name
from conformance.engine.derive.view import Variant, View
from conformance.engine.judge.codes import Admitted, Refused
from conformance.engine.judge.statuses import ByproductsMade, Reaches
from specs.microversion import VersionRange
from specs.model import Condition


def derive_environments(view: View, book: Book) -> None:
    """Add cases on resources of every environment that can be made, and on resources with attachments."""
    for name in view.service.under_test.environments if view.scoped else ():
        there = replace(view, within=name)
        for condition in view.operation.preconditions:
            if view.of_environment(condition.when) == name:
                _precondition(there, book, condition)
        for post in view.operation.postconditions:
            if view.of_environment(post.when) == name:
                _postcondition(there, book, post)
    for post in view.operation.postconditions if view.scoped else ():
        if view.service.byproduct(post) and not view.of_environment(post.when) and view.holds_here(post.when):
            _byproducts(view, book, post)


def _precondition(view: View, book: Book, condition: Condition) -> None:
    if condition.kind == "environment":
        _not_for(view, book, condition)
        return
    requirement = view.requirement("precondition", f"status-{view.within}", condition.line)
    if condition not in view.status_conditions:
        book.without_case(requirement, "not-derivable", view.within)
        return
    for variant in view.variants:
        for state in variant.states:
            if state in view.service.under_test.stable_statuses:
                trial = attempt(view, "documented", Where(variant, state))
                what = f"the {view.within} {condition.resource} is {state}, which the reference admits"
                book.case(requirement, f"{variant.prefix}{state}", trial, Admitted(what))
        for state in _elsewhere_only(view, variant):
            trial = attempt(view, "documented", Where(variant, state), outcome=REFUSED)
            why = f"the status of a {view.within} {condition.resource} is {state}, not {' or '.join(variant.states)}"
            book.case(requirement, f"{variant.prefix}{state}", trial, Refused((409,), why, any_refusal=True))


def _elsewhere_only(view: View, variant: Variant) -> list[str]:
    """Return the statuses in which the reference allows the request for the usual resources only."""
    usual = [v for v in replace(view, within="").variants if v.name == variant.name and v.condition is not None]
    states = dict.fromkeys(
        state for v in usual for state in v.states if state in view.service.under_test.stable_statuses
    )
    return [state for state in states if state not in variant.states]


def _not_for(view: View, book: Book, condition: Condition) -> None:
    """Add the case that the operation does not exist for such resources, at the highest version of this statement."""
    requirement = view.requirement("precondition", condition.kind, condition.line)
    said = VersionRange.parse(condition.when.min, condition.when.max) if condition.when else VersionRange()
    version = None if view.default in said else said.max
    if version is not None and version not in view.range:
        book.without_case(requirement, "beyond-cloud", str(said))
        return
    variant, state = view.main
    trial = attempt(view, "documented", Where(variant, state), Asked(version=version), outcome=REFUSED)
    why = f"the {condition.resource} is {view.within}"
    book.case(requirement, view.within, trial, Refused((), why, any_refusal=True))


def _postcondition(view: View, book: Book, post: Condition) -> None:
    requirement = view.requirement("postcondition", post_name(post), post.line)
    if not view.holds_here(post.when):
        book.without_case(requirement, "beyond-cloud", view.within)
    elif view.service.byproduct(post):
        _byproducts(view, book, post)
    elif post.kind == "status" and post.resource == view.service.resource and post.becomes and not post.attribute:
        for variant in view.variants:
            states = (s for s in variant.states if s in view.service.under_test.stable_statuses)
            for state in (s for s in states if applies(view, post, s, variant)):
                trial = attempt(view, "documented", Where(variant, state))
                failure = post.on_failure or view.service.failure_statuses
                reaches = Reaches(post.resource, trial.outcome.leads_to, failure, post.transient)
                book.case(requirement, f"{view.within}.{variant.prefix}{state}", trial, reaches)
    else:
        book.without_case(requirement, "not-derivable", view.within)


def _byproducts(view: View, book: Book, post: Condition) -> None:
    """Add the case that one thing, or none, is made of every attachment of the resource."""
    rule = view.service.byproduct(post)
    if rule is None:
        return
    variant, state = view.main
    trial = attempt(
        view,
        f"with-{rule.kind}s",
        Where(variant, state),
        Asked(optional=bool(rule.existing)),
        setup=existing(rule.existing),
    )
    requirement = view.requirement("postcondition", post_name(post), post.line)
    book.case(requirement, view.within, trial, ByproductsMade(post.resource, post.effect == "created"))
    book.used.add(f"byproducts: {rule.resource}")
