"""A second attempt at a path, where what an earlier request has left is in the way of a new thing.

A request that is answered with an error may have made its thing all the same, which nobody knows by its id, and a thing
may be there still although its removal was accepted. Where a collection holds only one such thing, no other can be made
below the same element: a new element is needed first. A conflict tells that, or a refusal where one was made before.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from conformance.engine.provision.errors import Unavailable

F = TypeVar("F", bound=Callable[..., Any])


class Renewing(Protocol):
    """Elements of which one can be given up for a new one."""

    def renew(self, path: str) -> bool:
        """Give the last element that a path names up. False without one."""


class Filling(Protocol):
    """The owner of a method that fills paths."""

    @property
    def elements(self) -> Renewing:
        """The elements that stand in the paths."""


def with_new_elements(fill: F) -> F:
    """Let a method that fills paths be called once more with a new element in place of one that is blocked."""

    @wraps(fill)
    def twice(self: Filling, *args: Any, **more: Any) -> Any:
        try:
            return fill(self, *args, **more)
        except Unavailable as error:
            if not error.blocked or not self.elements.renew(error.blocked):
                raise
        return fill(self, *args, **more)

    return cast(F, twice)
