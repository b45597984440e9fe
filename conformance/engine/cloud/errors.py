"""The errors of this package. Each message is one sentence that can be shown as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.engine.cloud.exchange import Answer


class CloudError(Exception):
    """Errors between this suite and the cloud."""


class EndpointError(CloudError):
    """The endpoint cannot be used at all: the run cannot start (exit status 2)."""


class GuardRefusal(CloudError):
    """The guard did not let a request out: it could have changed what this run did not make. An error of ours."""


class UnsafePath(GuardRefusal):
    """The path of a request could be read as that of another thing, such as one with an id that holds a slash."""


class RoleMissing(CloudError):
    """A request was to be sent in a role that this run does not have. An error of ours: ask ``cloud.roles`` first."""


class ResourceError(CloudError):
    """A resource could not be had.

    Attributes:
        answer: the cloud's last answer, if one decided it.
    """

    def __init__(self, message: str, answer: Answer | None = None) -> None:
        super().__init__(message)
        self.answer = answer
