"""Probes: questions of an expectation beyond the response and the view of the resource under test."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class StatusOf:
    """The status of another resource that the request makes or changes."""

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

    ``value`` is the value in the template of the request.
    """

    name: str
    value: Any = field(compare=False)


@dataclass(frozen=True)
class ViewOf:
    """The body with which an operation shows the element that the request makes or changes, after the request."""

    operation: str


Probe = StatusOf | MadeOfAttached | EffectOn | FieldTaken | ViewOf
