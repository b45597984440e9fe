"""A kind of resource that passes from status to status, by the description of its service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from conformance.engine.api.entries import ActionLog, Byproduct, Environment, Transition
from conformance.engine.api.given import Attachment
from conformance.engine.cloud.roles import Role
from conformance.engine.model.binding import Step


@dataclass(frozen=True)
class StatefulResource:
    """A kind of things with statuses.

    Attributes:
        kind: the name of the kind; identifier: the placeholder of a path that names one.
        role: the role that makes such a resource and looks at it.
        initial_status: the status after creation; stable_statuses: statuses that last until somebody acts.
        set_statuses: those that an administrator sets, and ends by setting the initial one (see ``api.set_statuses``).
        optional_statuses: stable ones that a cloud need not keep.
        lasting_fields: fields that change only by a request while no task is under way.
        long_operations: those whose work is likely to take as long as the making of the resource.
        statuses_to_try: operation id -> the statuses in which it is tested if the reference names none.
        statuses_to_show: statuses other than the initial one in which the fields that its own GET shows are judged.
        lacking: a thing, by the reference's words, that resources have -> the statuses in which they lack it.
        transitions: ways from status to status that the reference does not state.
        lock, unlock: operations by which the owner locks and unlocks it; lock_shown_by: the field that shows it.
        brought_back: operation id -> fields that are again, after it, as they were in the status to which it leads.
        under_way: passing status -> the requests that bring a resource of the initial status into it.
        spared: passing status -> operations that are not tried in it, because they would disturb other things.
        action_log: the log of its actions.
        usual_environments: the words of a reference for the usual variant; environments: name -> another variant,
            which is made for cases about it.
        attached_by: kind -> the way to attach a thing of this kind to the resource.
        byproducts: things that a request may make of the attached things.
    """

    kind: str = ""
    identifier: str = ""
    role: Role = Role.MEMBER
    initial_status: str = ""
    stable_statuses: tuple[str, ...] = ()
    set_statuses: tuple[str, ...] = ()
    optional_statuses: tuple[str, ...] = ()
    lasting_fields: tuple[str, ...] = ()
    long_operations: frozenset[str] = frozenset()
    statuses_to_try: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    statuses_to_show: tuple[str, ...] = ()
    lacking: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    transitions: tuple[Transition, ...] = ()
    lock: str = ""
    unlock: str = ""
    lock_shown_by: str = ""
    brought_back: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    under_way: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    spared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    action_log: ActionLog = field(default_factory=ActionLog)
    usual_environments: tuple[str, ...] = ()
    environments: Mapping[str, Environment] = field(default_factory=dict)
    attached_by: Mapping[str, Attachment] = field(default_factory=dict)
    byproducts: tuple[Byproduct, ...] = ()


NONE = StatefulResource()
"""The stand-in for the resource under test, for a service without one."""


def named_first(path: str, resources: Sequence[StatefulResource]) -> str:
    """The kind of the resource that a path names before all others; that of the first resource if it names none."""
    places = {one.kind: path.find(f"{{{one.identifier}}}") for one in resources}
    named = [kind for kind, place in places.items() if place >= 0]
    return min(named, key=places.__getitem__) if named else resources[0].kind
