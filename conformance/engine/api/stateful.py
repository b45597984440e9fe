"""A resource that goes from status to status, as the description of its service knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.engine.api.entries import ActionLog, Byproduct, Environment, Transition
from conformance.engine.api.given import Attachment


@dataclass(frozen=True)
class StatefulResource:
    """One kind of things that have statuses.

    Attributes:
        kind: by name; identifier: the placeholder of a path that names one.
        initial_status: the one after creation; stable_statuses: those that it keeps until somebody acts.
        optional_statuses: stable ones that a cloud need not keep.
        lasting_fields: fields of it that nothing but a request changes while no task is under way.
        statuses_to_try: operation id -> statuses in which it is tried where the reference names none.
        transitions: ways from status to status that the reference does not state.
        lock, unlock: operations by which the owner locks and unlocks it; lock_shown_by: the field that shows it.
        action_log: how it shows what is done to it.
        usual_environments: a reference's words for the usual sort of it; environments: name -> another sort, which is
            made where a case asks for it.
        attached_by: kind -> how a thing of it is attached to the resource.
        byproducts: what a request may make of what is attached to it.
    """

    kind: str = ""
    identifier: str = ""
    initial_status: str = ""
    stable_statuses: tuple[str, ...] = ()
    optional_statuses: tuple[str, ...] = ()
    lasting_fields: tuple[str, ...] = ()
    statuses_to_try: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    transitions: tuple[Transition, ...] = ()
    lock: str = ""
    unlock: str = ""
    lock_shown_by: str = ""
    action_log: ActionLog = field(default_factory=ActionLog)
    usual_environments: tuple[str, ...] = ()
    environments: Mapping[str, Environment] = field(default_factory=dict)
    attached_by: Mapping[str, Attachment] = field(default_factory=dict)
    byproducts: tuple[Byproduct, ...] = ()


NONE = StatefulResource()
"""The stand-in for the resource under test, for a service without one."""
