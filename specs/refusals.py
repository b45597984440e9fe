"""Promises about refusals and their causes, and about fields that hold nothing: parts of the model of a spec."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Value = Any
"""A value of a field: None, bool, int, float, str, list or dict of these."""


@dataclass(frozen=True)
class Cause:
    """The reason of a refusal; all given attributes hold together. A cause that gives none is not known.

    Attributes:
        missing: things that the request names and that do not exist, by the reference's word or the field's name.
        invalid: request fields (or ``body``) whose value is malformed or not permitted.
        unchanged: request fields that hold the value that the resource has already.
        taken: request fields whose value another resource has already.
        present: request fields that are given, all of them.
        absent: request fields that are left out.
        ascending: two request fields, of which the first has the greater value although it must not.
        used_by: things that still use, hold or are part of the resource.
        resource: the thing that ``status`` and ``has`` are about; None for the operation's own.
        status: statuses of the thing, one of which it has.
        has: sorted pairs of a field of the thing and its value.
        has_not: sorted pairs of a field of the thing, or of the request, and a value that it does not have.
        locked: True if the thing is locked.
        lacks: roles that the caller lacks.
        quota: the things whose quota is used up.
        environment: name of a trait of the deployment (an extension that is absent, a back end, an option).
    """

    missing: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    ascending: tuple[str, ...] = ()
    used_by: tuple[str, ...] = ()
    resource: str | None = None
    status: tuple[str, ...] = ()
    has: tuple[tuple[str, Value], ...] = ()
    has_not: tuple[tuple[str, Value], ...] = ()
    locked: bool = False
    lacks: tuple[str, ...] = ()
    quota: tuple[str, ...] = ()
    environment: str | None = None


@dataclass(frozen=True)
class Refusal:
    """A refusal that a sentence ties to its cause.

    ``code`` is None if the sentence names no code. ``min`` and ``max`` are the microversions for which it holds.
    ``line`` is None if the description of a parameter states it; the parameter has the line. ``declared`` is True if
    the user's file of readings states it.
    """

    cause: Cause
    code: int | None = None
    line: int | None = None
    min: str | None = None
    max: str | None = None
    declared: bool = False


@dataclass(frozen=True)
class Blank:
    """A promise that a field of an answer is null, empty, absent or shown in a situation; all given attributes hold.

    Attributes:
        kind: ``null``, ``absent``, or ``empty`` for an empty text, list or object; ``shown`` for any other value.
        always: True if the field is so in every answer.
        never: events that the thing has not seen, such as ``updated``.
        unset: other fields of the same object that are null.
        absent: fields that the request leaves out.
        status: words for the state of the thing, one of which it has.
        outside: statuses of the thing, none of which it has.
        environment: the name of a trait of the thing or of the deployment.
        line: the line of the sentence; None if the description of the parameter states it, which has the line.

    A promise whose situation is not known gives none of those between ``kind`` and ``line``.
    """

    kind: Literal["null", "empty", "absent", "shown"]
    always: bool = False
    never: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    environment: str | None = None
    line: int | None = None
