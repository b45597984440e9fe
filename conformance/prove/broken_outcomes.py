"""Breakages of postconditions: clouds that accept a request and do not bring about its promised effect."""

from __future__ import annotations

from conformance.engine.judge.afterwards import GoneAfterwards, InTheList, Switched
from conformance.engine.judge.effects import Effect
from conformance.engine.judge.statuses import ByproductsMade, InVocabulary, Reaches, RelatedReaches, Unchanged
from conformance.engine.model.case import Case
from conformance.prove.after import SERVERS, LeftOut, Pretend, Snapshots
from conformance.prove.ground import Catalogue, Ground, detail
from conformance.prove.instead import Answer, StillListed
from conformance.prove.memory import Kind
from conformance.prove.where import Where
from specs.microversion import Microversion

STRANGE = "CONFORMANCE"
"""A status that no reference documents."""

GONE = "DELETED"
"""The status of a deleted resource."""

_RELATED: dict[str, tuple[Kind, str, str]] = {
    "image": ("image", "SAVING", "ERROR"),
    "migration": ("migration", "migrating", "error"),
}
"""Resource -> its kind, a status of one that is never completed, and the status of one that has failed."""


def break_outcomes(ground: Ground, book: Catalogue) -> None:
    """Add the breakages of the requirements of kind postcondition."""
    for _, cases in ground.requirements("postcondition"):
        for case in cases:
            match case.expectation:
                case Reaches(values=values):
                    _reaches(ground, book, case, values)
                case RelatedReaches(resource=resource):
                    _related(ground, book, case, resource)
                case Effect(resource=resource, effect=effect):
                    _effect(ground, book, case, resource, effect)
                case ByproductsMade(made=made):
                    broken, waits = ("never", True) if made else ("made-too", False)
                    book.add(case, broken, _accepted(ground, case), after=Snapshots(not made), waits=waits)
                case Unchanged():
                    _reaches(ground, book, case, (str(case.trial.situation.state),))
                case Switched() | GoneAfterwards():
                    code = ground.normal_code(case.operation)
                    book.add(case, "never", ground.here(case), instead=Answer(code), situation=detail(case))
                case InTheList():
                    left_out = LeftOut(ground.names_below(case.operation))
                    book.add(case, "left-out", _accepted(ground, case), after=left_out, situation=detail(case))
                case InVocabulary():
                    _vocabulary(ground, book, case)


def _accepted(ground: Ground, case: Case) -> Where:
    return ground.here(case, answered="accepted")


def _passing(ground: Ground, case: Case) -> str:
    """Return a documented status that no resource keeps for long."""
    stable = ground.service.about(case.operation).under_test.stable_statuses
    return next((s for s in ground.vocabulary if s not in stable and s != "DELETED"), "BUILD")


def _shown_as(ground: Ground, case: Case, status: str, views: int | None = None) -> Pretend:
    """The change after which the resource under test of a case is shown with a false status."""
    collection = ground.collection(case.operation)
    return Pretend("server" if collection == SERVERS else "resource", status, views, collection)


def _reaches(ground: Ground, book: Catalogue, case: Case, values: tuple[str, ...]) -> None:
    where, name = _accepted(ground, case), detail(case)
    before = str(case.trial.situation.state)
    about = ground.service.about(case.operation)
    failed = next(iter(about.failure_statuses), "ERROR")
    stays = before if before not in values else _passing(ground, case)
    if GONE in values:  # a deleted resource shows no status, so the broken cloud does not delete it
        code = ground.normal_code(case.operation)
        book.add(case, "never", ground.here(case), instead=Answer(code), situation=name, waits=True)
    else:
        book.add(case, "never", where, after=_shown_as(ground, case, stays), situation=name, waits=True)
    for status in about.under_test.stable_statuses:
        if status not in values and status not in (before, failed):
            book.add(case, "other-status", where, after=_shown_as(ground, case, status), situation=name, waits=True)
            break
    if failed not in values and before != failed:
        book.add(case, "error-status", where, after=_shown_as(ground, case, failed), situation=name)


def _related(ground: Ground, book: Catalogue, case: Case, resource: str) -> None:
    if resource not in _RELATED:
        return
    kind, stays, failed = _RELATED[resource]
    where, name = _accepted(ground, case), detail(case)
    book.add(case, "never", where, after=Pretend(kind, stays), situation=name, waits=True)
    book.add(case, "error-status", where, after=Pretend(kind, failed), situation=name)


def _effect(ground: Ground, book: Catalogue, case: Case, resource: str, effect: str) -> None:
    """Add breakages of an effect: the created thing is missing, or the removed one is still listed."""
    name, rule = detail(case), ground.service.effect(resource, effect)
    if effect == "created" and resource in _RELATED:
        book.add(
            case,
            "never",
            _accepted(ground, case),
            after=Pretend(_RELATED[resource][0], None),
            situation=name,
            waits=True,
        )
    elif effect != "created" and rule is not None:
        code = ground.normal_code(case.operation)
        book.add(case, "never", ground.here(case), instead=Answer(code), situation=name, waits=True)
        last = (
            ground.top if rule.max_microversion is None else min(ground.top, Microversion.parse(rule.max_microversion))
        )
        still = StillListed(rule.path, last, rule.resource_field, tuple(parameter for parameter, _ in rule.query))
        book.add(case, "still-listed", ground.here(case), instead=still, situation=name, waits=True)


def _vocabulary(ground: Ground, book: Catalogue, case: Case) -> None:
    where, name = _accepted(ground, case), detail(case)
    book.add(case, "strange-status", where, after=_shown_as(ground, case, STRANGE), situation=name, waits=True)
    book.add(case, "strange-for-a-moment", where, after=_shown_as(ground, case, STRANGE, 1), situation=name)
