"""The one client that everything uses against a cloud under test."""

from __future__ import annotations

from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.guard import Guard
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.roles import Role
from specs.microversion import VersionRange

__all__ = ["ABSENT", "Answer", "Ask", "Cloud"]


class Cloud:
    """An endpoint, and the roles in which we may speak to it. Safe to use from many threads.

    Attributes:
        name: how to name the endpoint to a person.
        url: the versioned root, without a slash at its end.
        roles: the roles that this run has.
        microversions: what the endpoint supports, from its version document.
        journal: of this process; None if nothing may be made.
        guard: decides what may be sent.
    """

    name: str
    url: str
    service_type: str
    roles: frozenset[Role]
    microversions: VersionRange
    journal: Journal | None
    guard: Guard

    @property
    def prefix(self) -> str:
        """What every name of this run begins with."""
        raise NotImplementedError

    @property
    def request_count(self) -> int:
        """Requests that went out so far, retries included."""
        raise NotImplementedError

    def send(self, ask: Ask) -> Answer:
        """Send a request. Never raises for what the cloud does: see ``Answer.error``.

        Raises:
            GuardRefusal: the guard did not let it out.
            RoleMissing: this run does not have the role.
        """
        raise NotImplementedError

    def get(
        self,
        path: str,
        *,
        role: Role = Role.MEMBER,
        microversion: str | None = None,
        query: tuple[tuple[str, str], ...] = (),
    ) -> Answer:
        """Short for ``send`` with a GET."""
        return self.send(Ask("GET", path, role, microversion, query=query))

    def unknown_id(self, template: str = "/servers/{id}", *, role: Role = Role.MEMBER) -> str:
        """A random uuid that names nothing: it was asked for with GET at ``template``, and answered with 404.

        What follows the placeholder is not part of the question: "/servers/{id}/action" asks at "/servers/{id}".

        Raises:
            ResourceError: the answer was not 404.
        """
        raise NotImplementedError

    def service(self, service_type: str) -> Cloud | None:
        """The client for another service of the same cloud and run; None if the catalogue has none."""
        raise NotImplementedError

    def close(self) -> None:
        """Close all connections."""
        raise NotImplementedError
