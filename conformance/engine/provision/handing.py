"""Hands a resource under test on: from a lane that ends to one that begins, if it is as it was when it was made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.engine.provision.subject import Subject


def hand_on(subject: Subject) -> bool:
    """Offer the resource of a lane that ends to the lanes after it. Returns False if it may be another one by now."""
    changed = subject.must_replace or subject.altered or subject.worn or subject.locked or subject.under_way
    apart = subject.environment or subject.furnished or subject.bindings.attached
    if subject.made is None or subject.view is None or changed or apart:
        return False
    if subject.status != subject.context.service.under_test.initial_status:
        return False
    subject.before_leaving()
    made, subject.made = replace(subject.made, body=dict(subject.view)), None
    subject.discard()
    subject.context.places.offer(_under_test(subject), [made])
    return True


def taken_over(subject: Subject) -> bool:
    """Let a lane begin with a resource that another one has left. Returns False if there is none.

    Later the lane makes new ones: what has failed is tried again on a new resource.
    """
    made = None if subject.environment else subject.context.places.take_offered(_under_test(subject))
    if made is None:
        return False
    subject.made, subject.known_id, subject.begun, subject.outdated = made, made.id, True, True
    subject.view = dict(made.body)
    subject.seen_in = {str(subject.status): subject.view}
    return True


def _under_test(subject: Subject) -> str:
    return f"{subject.context.kind.name} under test"
