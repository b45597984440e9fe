"""Values that only a running service gives, as its description says where they are to be had."""

from __future__ import annotations

from dataclasses import dataclass

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
        field: of its view, that gives the value; the first that is there counts.
        within: a field of its view, each value of which may hold ``field``; where: what must be so of such a one.
        role: as whom the view is asked for; None for the view that is at hand.
        needed: whether a resource is made where there is none.
        lost: whether an accepted request that names the value may take it away.
        missing: why it cannot be had; empty where something else gives it then.
    """

    field: str
    within: str = ""
    where: tuple[Condition, ...] = ()
    role: Role | None = None
    needed: bool = False
    lost: bool = False
    missing: str = ""


@dataclass(frozen=True)
class InventedValue:
    """A value that is made up: in the form ``{uuid}`` stands for a new UUID, and ``{token}`` for a random text.

    ``sandbox_only`` says why it is of no use on a cloud that is no sandbox; empty where it is of use everywhere.
    """

    form: str
    sandbox_only: str = ""


@dataclass(frozen=True)
class RelatedStatus:
    """Where the status of another resource is shown, of which a reference says what becomes of it.

    Attributes:
        path: of a list, or with ``{id}`` of the one resource that the answer names.
        field: that shows the status, in an element of the list or in the answer.
        role: as whom it is asked for; nothing is known without it.
        query: of the list: name -> ``{id}``, for which the id of the resource under test stands.
        of: the field of an element that names the resource under test; newest: the field that grows from one element
            to the next.
        named_by: fields of an accepted answer that name it; then its Location, then what is listed.
        passing: statuses, or what they end in, that do not last.
        patience: seconds to wait at most for one that lasts; None for as long as for any status.
        microversion: at which it is asked for.
    """

    path: str
    field: str
    role: Role = Role.MEMBER
    query: tuple[tuple[str, str], ...] = ()
    of: str = ""
    newest: str = ""
    named_by: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()
    patience: float | None = None
    microversion: Microversion | None = None
