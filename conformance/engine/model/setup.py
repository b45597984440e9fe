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
    """Earlier requests have made the situation, so that the request under test is refused or shows a field.

    After the trial, the lane makes the things anew that later trials need.
    """

    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Ended:
    """The short-lived thing that the path names has ended."""


@dataclass(frozen=True)
class UnderWay:
    """The resource under test is changing: some requests have brought it into a status that passes by itself."""

    status: str
    steps: tuple[Step, ...]


Setup = Locked | Existing | Prepared | Ended | UnderWay
