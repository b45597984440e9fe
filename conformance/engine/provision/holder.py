"""The members of the resource under test on which the values of bindings depend."""

from __future__ import annotations

from typing import Protocol

from conformance.engine.cloud.kinds import View
from conformance.engine.cloud.poll import WaitResult


class Holder(Protocol):
    """The members of ``provision.subject.Subject``, the resource under test, that values depend on.

    Attributes:
        must_replace: True if the next situation needs another resource.
        outdated: whether the resource may have changed since it was last shown.
    """

    must_replace: bool
    outdated: bool

    @property
    def view(self) -> View | None:
        """The resource as last shown; None where there is none."""

    @property
    def resource_id(self) -> str:
        """The id of the resource."""

    def settle(self, targets: tuple[str, ...] | None, by: str = "", calm: bool = False) -> WaitResult:
        """Wait until the resource stays in one of the statuses."""

    def stir(self, path: str = "") -> None:
        """Note that a part of the resource is changing, at this path."""

    def current(self) -> View | None:
        """The resource as it is now."""

    def reach(self, state: str) -> object:
        """Bring the resource into a status."""
