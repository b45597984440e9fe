"""Probes: questions of an expectation beyond the response and the view of the resource under test."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from specs.microversion import Microversion


@dataclass(frozen=True)
class StatusOf:
    """The status of another resource that the request makes or changes."""

    resource: str


@dataclass(frozen=True)
class RecordOf:
    """Another resource that the request makes, as it is shown when its status lasts."""

    resource: str


@dataclass(frozen=True)
class MadeOfAttached:
    """The number of resources of a kind that were made of each thing attached to the resource under test."""

    resource: str


@dataclass(frozen=True)
class EffectOn:
    """Whether a resource exists, or no longer exists (``effect``: ``created``, ``deleted``, ``unlisted``)."""

    resource: str
    effect: str


@dataclass(frozen=True)
class FieldTaken:
    """Whether the resource shows a field of the request afterwards: True, False, or None if it cannot be seen.

    Attributes:
        value: the value in the template of the request.
        version: a version inside the bounds of the field, at which the thing made or changed shows the field; None if
            only the resource under test can show it.
        place: the place of the field in that view.
        contrasted: whether a thing that was made without the field might show the value, too: then it tells nothing.
    """

    name: str
    value: Any = field(compare=False)
    version: Microversion | None = None
    place: tuple[str, ...] = ()
    contrasted: bool = False


@dataclass(frozen=True)
class ViewOf:
    """The body with which an operation shows the element that the request makes or changes, after the request."""

    operation: str


@dataclass(frozen=True)
class Removed:
    """The codes with which an operation answers for the element that the request removes, before and after it."""

    operation: str


@dataclass(frozen=True)
class Listed:
    """The element that the request makes, as an operation lists it after the request."""

    operation: str


@dataclass(frozen=True)
class Kept:
    """The bodies with which an operation shows the element that the request changes, before and after the request."""

    operation: str


@dataclass(frozen=True)
class Before:
    """The resource under test right before the request, although it is accepted: the expectation compares with that.

    Attributes:
        field: the field that must not be then as it was in the status to which the request leads; empty for none.
    """

    field: str = ""


Probe = Before | StatusOf | RecordOf | MadeOfAttached | EffectOn | FieldTaken | ViewOf | Removed | Listed | Kept

COMPARING = Before | FieldTaken | ViewOf | Kept
"""Probes whose expectations compare the resource under test, or the thing in question, with its former state."""


@dataclass(frozen=True)
class Looked:
    """What a further request has shown of the thing that the request under test makes or removes.

    Attributes:
        status: the code of its answer; None without an answer.
        before: the code of the same request before the request under test; None if it was not sent.
        shown: the thing as it is shown; None if it is not, or if the list does not hold it.
        was: the thing as it was shown before the request under test; None if it was not looked at.
        more: True if the list has more pages, which may hold it.
    """

    status: int | None = None
    before: int | None = None
    shown: Any = None
    was: Any = None
    more: bool = False
