"""Values that only a running service gives, with the sources that its description names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from conformance.engine.cloud.fields import Condition
from conformance.engine.cloud.roles import Role
from specs.microversion import Microversion


@dataclass(frozen=True)
class Attachment:
    """The way to attach a thing of some kind to the resource under test.

    Attributes:
        operation: the operation that attaches it; parameter: the request parameter that names it.
        attribute: the attribute of the thing that is the value of the parameter.
        background: True if the work may go on after the resource shows no task.
        detach: the operation that takes the thing away by the same parameter; empty if none does so at once.
    """

    operation: str
    parameter: str
    attribute: str = "name"
    background: bool = False
    detach: str = ""


@dataclass(frozen=True)
class ShownValue:
    """A value that the resource under test shows.

    Attributes:
        fields: fields of its view; the first one with a value gives the value.
        within: a field of its view whose values may hold the fields; where: conditions on such a value.
        role: the role that requests the view; None for the last view.
        needed: True if a resource is made when there is none.
        can_be_lost: True if an accepted request that names the value may remove it.
        missing: the reason if there is no value; empty if another source gives it then.
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
    """A made-up value: ``{uuid}`` in the form stands for a new UUID, ``{token}`` for a random text.

    ``{byte}`` for a number up to 255, ``{hex}`` for two hexadecimal digits, ``{thousand}`` for a number of four digits.
    ``sandbox_only`` says why it works only in the sandbox; empty if it works everywhere. ``number`` is True if the
    value is a whole number.
    """

    form: str
    sandbox_only: str = ""
    number: bool = False


@dataclass(frozen=True)
class MadeAs:
    """An element that the run makes in an unusual way.

    Attributes:
        collection: the path of its collection.
        fields: the fields of the request that makes it, which replace the usual ones.
        after: kinds of such elements that must be there before.
    """

    collection: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class GivenKind:
    """The source of the values of a kind of things that requests name.

    Attributes:
        unknown: a value that names no thing of this kind; None if no request is sent with one.
        plain: attribute -> its constant in requests that must not reach anything.
        shown_values: attribute -> the place where the resource under test shows it.
        made_up: the form of made-up values; None if things are found or made.
        made_as: the way in which the run makes an element for it; None if there is none of its own.
    """

    unknown: str | None = None
    plain: Mapping[str, Any] = field(default_factory=dict)
    shown_values: Mapping[str, ShownValue] = field(default_factory=dict)
    made_up: MadeUp | None = None
    made_as: MadeAs | None = None


@dataclass(frozen=True)
class Everywhere:
    """A promise of a guide about every operation.

    Attributes:
        promise: ``header`` (every answer has it), ``media_type`` (of every answer with a body), ``unknown_version`` (a
            request at a version that the service does not know is refused), ``not_json`` (a body that is not JSON is).
        document, section, line: the place of the sentence, from the root of the release.
        name: the name of the header, or the media type.
        value: the value of the header, with ``{version}`` for the version of the request; empty for any value.
        code: the code that refuses an unknown version.
        min_microversion: the first version at which the promise holds; None for all.
    """

    promise: Literal["header", "media_type", "unknown_version", "not_json"]
    document: str
    section: str
    line: int
    name: str = ""
    value: str = ""
    code: int = 0
    min_microversion: Microversion | None = None


@dataclass(frozen=True)
class RelatedStatus:
    """The place that shows the status of another resource, if a reference promises a status of it.

    Attributes:
        path: the path of a list, or, with ``{id}``, of the resource that the response names.
        status_field: the field with the status, in an element of the list or in the response.
        role: the role that requests it; without this role nothing is known.
        query: the query of the list: name -> ``{id}``, the id of the resource under test.
        resource_field: the field of an element that names the resource under test; empty if the path is not that of a
            list.
        order_field: the field that grows from one element to the next; the newest element has the highest value.
        named_by: fields of an accepted answer that name the resource; then its Location counts, then the list.
        passing: transient statuses, or their endings.
        seconds: the longest wait for a lasting status; None for the usual one.
        microversion: the microversion of the request.
        fields: names of fields of the request, each with the path, with dots, of the field that shows its value.
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
    fields: tuple[tuple[str, str], ...] = ()
