"""Probes: the things that an expectation wants to be looked up beside the answer and the resource."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class StatusOf:
    """The status of another resource that the request makes or changes."""

    resource: str


@dataclass(frozen=True)
class MadeOfAttached:
    """How many of a resource were made of each thing that is attached to the resource under test."""

    resource: str


@dataclass(frozen=True)
class EffectOn:
    """Whether a resource is there, or is there no more (``effect``: ``created``, ``deleted``, ``unlisted``)."""

    resource: str
    effect: str


@dataclass(frozen=True)
class FieldTaken:
    """Whether a field of the request shows in the resource afterwards: True, False, or nothing where nobody can tell.

    ``value`` is the one of the request's template.
    """

    name: str
    value: Any = field(compare=False)


@dataclass(frozen=True)
class ViewOf:
    """The body with which an operation shows the element that the request makes or changes, after the request."""

    operation: str


Probe = StatusOf | MadeOfAttached | EffectOn | FieldTaken | ViewOf
