"""The errors of this package. Each message is one sentence for users."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.engine.cloud.exchange import Answer


class CloudError(Exception):
    """Errors between this suite and the cloud."""


class EndpointError(CloudError):
    """The endpoint cannot be used, so the run cannot start (exit status 2)."""


class ServiceMissing(EndpointError):
    """The cloud offers nothing of a service, or no version of it that the reference describes."""


class GuardRefusal(CloudError):
    """The guard refused a request that could have changed a thing which this run did not make."""


class UnsafePath(GuardRefusal):
    """The path of a request could be that of another thing, because of an id with a slash, for example."""


class RoleMissing(CloudError):
    """A request needs a role that this run does not have; ``cloud.roles`` lists those that it has."""


class ResourceError(CloudError):
    """A resource could not be made, found or removed.

    Attributes:
        answer: the answer that decided it; None if there was none.
    """

    def __init__(self, message: str, answer: Answer | None = None) -> None:
        super().__init__(message)
        self.answer = answer


class NoRoomError(ResourceError):
    """A resource could not be made, because a quota of the project is used up.

    Attributes:
        room: the words that say which, without ids and numbers (see ``faults.room_that_lacks``).
    """

    def __init__(self, message: str, room: str) -> None:
        super().__init__(message)
        self.room = room


class MissingError(ResourceError):
    """A resource cannot be made, because the cloud lacks a thing from which it is made."""
