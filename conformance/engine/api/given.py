"""Values that only a running service gives, as its description says where they are to be had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.engine.cloud.fields import Condition
from conformance.engine.cloud.roles import Role
from specs.microversion import Microversion


@dataclass(frozen=True)
class Attachment:
    """How a thing of some kind is attached to the resource under test.

    Attributes:
        operation: that attaches it; parameter: of its request, which names it.
        attribute: of the thing, by which it is named.
        background: whether it may go on when the resource shows no task any more.
    """

    operation: str
    parameter: str
    attribute: str = "name"
    background: bool = False


@dataclass(frozen=True)
class ShownValue:
    """A value that the resource under test shows.

    Attributes:
        fields: of its view, of which the first that is there and filled gives the value.
        within: a field of its view, each value of which may hold them; where: what must be so of such a one.
        role: as whom the view is asked for; None for the view that is at hand.
        needed: whether a resource is made where there is none.
        can_be_lost: whether an accepted request that names the value may take it away.
        missing: why it cannot be had; empty where something else gives it then.
    """

    fields: tuple[str, ...]
    within: str = ""
    where: tuple[Condition, ...] = ()
    role: Role | None = None
    needed: bool = False
    can_be_lost: bool = False
    missing: str = ""


@dataclass(frozen=True)
class MadeUp:
    """A value that is made up: in the form ``{uuid}`` stands for a new UUID, and ``{token}`` for a random text.

    ``sandbox_only`` says why it is of no use on a cloud that is no sandbox; empty where it is of use everywhere.
    """

    form: str
    sandbox_only: str = ""


@dataclass(frozen=True)
class GivenKind:
    """The source of the values of a kind of things that requests name.

    Attributes:
        unknown: a value that names no thing of this kind; None where no request is tried with one.
        plain: attribute -> what stands for it in a request that is to reach nothing.
        shown_values: attribute -> where the resource under test shows it.
        made_up: how a value is made up that stands for a thing; None where things are found or made.
    """

    unknown: str | None = None
    plain: Mapping[str, Any] = field(default_factory=dict)
    shown_values: Mapping[str, ShownValue] = field(default_factory=dict)
    made_up: MadeUp | None = None


@dataclass(frozen=True)
class RelatedStatus:
    """Where the status of another resource is shown, of which a reference says what becomes of it.

    Attributes:
        path: of a list, or with ``{id}`` of the one resource that the answer names.
        status_field: that shows the status, in an element of the list or in the answer.
        role: as whom it is asked for; nothing is known without it.
        query: of the list: name -> ``{id}``, for which the id of the resource under test stands.
        resource_field: the field of an element that names the resource under test; empty where the path is no list's.
        order_field: the field that grows from one element to the next, so that the newest can be told.
        named_by: fields of an accepted answer that name it; then its Location, then what is listed.
        passing: statuses, or what they end in, that do not last.
        seconds: to wait at most for one that lasts; None for as long as for any status.
        microversion: at which it is asked for.
    """

    path: str
    status_field: str
    role: Role = Role.MEMBER
    query: tuple[tuple[str, str], ...] = ()
    resource_field: str = ""
    order_field: str = ""
    named_by: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()
    seconds: float | None = None
    microversion: Microversion | None = None
