"""Comes to a status by an operation that changes some fields, for a request that must bring them back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.engine.model.evidence import Problem
    from conformance.engine.provision.subject import Subject

WAYS = 3
"""The number of ways to a status that are tried."""


def come_by_change(subject: Subject, state: str, back: str, fields: Iterable[str]) -> Problem | None:
    """Let a resource come to its status again, by other operations, until one has changed one of the fields.

    Several operations may lead from one status to another, of which only some change a field. A request that brings
    the field back shows that only after one of these.

    Args:
        subject: the resource under test, which is in ``state``.
        state: the status in which the request is sent.
        back: the status to which the request leads.
        fields: the fields that the request brings back.

    Returns:
        The reason why the status was not reached; None if it was, although perhaps without a change.
    """
    names = tuple(fields)
    try:
        for _ in range(WAYS):
            view, earlier = subject.view or {}, subject.seen_in.get(back)
            if earlier is not None and any(view.get(name) != earlier.get(name) for name in names):
                return None
            if earlier is not None and subject.changed_by:
                subject.shunned |= {subject.changed_by}
            if subject.reach(back) is not None or subject.reach(state) is not None:
                break
    finally:
        subject.shunned = frozenset()
    return subject.reach(state)
