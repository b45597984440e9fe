"""The setups of a trial: conditions that must hold before a request is sent, beside the status of the resource.

Each setup is entered before the request, in the order of the trial, and left after it in reverse.
"""

from __future__ import annotations

from dataclasses import dataclass

from conformance.engine.model.binding import Step


@dataclass(frozen=True)
class Locked:
    """The owner has locked the resource under test."""


@dataclass(frozen=True)
class Existing:
    """Everything that the paths of some operations name exists. ``operations`` are their ids."""

    operations: tuple[str, ...]


@dataclass(frozen=True)
class Prepared:
    """Requests have been accepted that bring the situation about, so that the tried one is refused or shows a field.

    After it the lane makes anew what later trials need.
    """

    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Ended:
    """The thing that the path names only while it lasts has come to its end."""


Setup = Locked | Existing | Prepared | Ended
