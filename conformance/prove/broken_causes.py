"""Breakages of refusals that a sentence ties to a cause: clouds that accept the request, or give another code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from operator import eq
from typing import Any

from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.derive.causes import MALFORMED, NO_SUCH, NOWHERE
from conformance.engine.derive.constraints import BROKEN_FORMATS
from conformance.engine.derive.refusals import UNKNOWN_ID
from conformance.engine.model.case import Case
from conformance.engine.model.trial import Twice
from conformance.prove.after import Code
from conformance.prove.broken_refusals import UNKNOWN, UNLISTED
from conformance.prove.ground import Catalogue, Ground, detail
from conformance.prove.instead import Answer
from conformance.prove.where import Holds, Queried, Unreadable, Where, named


def break_causes(ground: Ground, book: Catalogue) -> None:
    """Add the breakages of the kind refusal."""
    for _, cases in ground.requirements("refusal"):
        for case in cases:
            where = ground.here(case, roles=ground.roles(case), answered="refused")
            told = _told(ground, case, where)
            book.add(case, "other-code", told or where, after=Code(UNLISTED))
            if told is not None:  # otherwise nothing tells the request from one that must be accepted
                code = ground.normal_code(case.operation)
                book.add(case, "accepted", replace(told, answered=None), instead=Answer(code))


def break_references(ground: Ground, book: Catalogue) -> None:
    """Add errors of the service in answers to bodies that name nothing (``situation/unknown-reference``)."""
    for requirement, cases in ground.requirements("situation"):
        for case in cases if requirement.id.endswith(UNKNOWN) else ():
            where = ground.here(case)
            book.add(case, "500", _told(ground, case, where) or where, instead=Answer(500), situation=detail(case))


def _told(ground: Ground, case: Case, where: Where) -> Where | None:
    """The exchanges with the wrong request of a case; None if neither its query nor its body tells it from others."""
    request = case.trial.request
    if case.trial.exchange == Twice():
        return None
    if request.query:
        name, value = request.query[-1]
        return replace(where, query=Queried(name, named(name), str(value)))
    if request.body == MALFORMED:
        return replace(where, body=Unreadable())
    kinds = (kind.unknown for kind in ground.service.kinds.values())
    wrong = {NO_SUCH, NOWHERE, UNKNOWN_ID, *BROKEN_FORMATS.values(), *(one for one in kinds if one is not None)}
    for path, value in _leaves(request.body if request.body is not ABSENT else None):
        if isinstance(value, str) and value in wrong:
            return replace(where, body=Holds(path, value, partial(eq, value)))
    return None


def _leaves(body: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the members of a body that are no objects or lists, each with its path."""
    if isinstance(body, dict):
        for key, inner in body.items():
            yield from _leaves(inner, (*above, str(key)))
    elif isinstance(body, list):
        for inner in body:
            yield from _leaves(inner, (*above, "[]"))
    else:
        yield above, body
