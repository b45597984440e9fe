"""The one client through which everything speaks to a cloud under test."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import quote

from conformance.engine.cloud.changes import announce
from conformance.engine.cloud.created import creation, side_effect_name
from conformance.engine.cloud.credentials import Credential
from conformance.engine.cloud.delivery import Count, Delivery
from conformance.engine.cloud.errors import GuardRefusal, ResourceError, RoleMissing
from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.faults import message_in, quotes, says_any
from conformance.engine.cloud.guard import Guard, safe_in_path
from conformance.engine.cloud.listing import found_by_name, ids_in_list
from conformance.engine.cloud.owing import Owing
from conformance.engine.cloud.profile import Profile
from conformance.engine.cloud.purpose import Spent
from conformance.engine.cloud.redact import Redactor
from conformance.engine.cloud.roles import Anonymous, Role
from conformance.engine.cloud.scope import NOWHERE, Scope
from conformance.engine.cloud.seen import Seen
from conformance.engine.cloud.standing import REFUSED_TOKEN, Control, Standing, doubtful
from conformance.engine.cloud.transport import Transport
from specs.microversion import VersionRange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.engine.cloud.book import Intent
    from conformance.engine.cloud.journal import Journal
    from conformance.engine.cloud.versions import Root

__all__ = ["ABSENT", "Answer", "Ask", "Cloud"]

CLOCK_TOLERANCE = 60.0
"""Seconds by which the clocks of this machine and of the cloud may differ."""

CONTROL_TIMEOUT = 5.0
"""Seconds for a control: a request that was answered before."""

_TELLING = 5
"""The least length of an id that stands in a message only if the message is about it."""


class Cloud:
    """The client of one endpoint, for all roles of a run. Safe to use from many threads.

    Args:
        url: the versioned root.
        credentials: the source of the token of each role.
        microversions: the supported microversions; without a highest one there are none, and no request asks for one.
        name: the name of the endpoint in messages.
        profile: the facts about the service that the client needs.
        journal: the journal of this process; None if nothing may be made.
        scope: the paths that stand below the project of the role that asks.
        root: the version of the API at the URL; None if unknown.
        allow_disruptive: True if the guard may let everything out that can be undone.
        wishes: the things to use instead of discovered ones, from the settings of the cloud.
        family: the client of another service of the same cloud and run; the two share connections, secrets, counts,
            journal and the memory of the guard.

    Attributes:
        roles: the roles that this run has.
        region: the region in the settings of the cloud; None if they name none, or the endpoint is a URL.
        guard: decides which requests may be sent.
        owing: writes the things of others that a request will change into the journal before the request is sent.
        redactor: keeps secrets out of the exchanges.
        standing: finds out whether the cloud still answers as before.
        seen: the answers to requests with a token that name their operation.
    """

    def __init__(
        self,
        url: str,
        credentials: Mapping[Role, Credential],
        microversions: VersionRange,
        *,
        name: str | None = None,
        profile: Profile | None = None,
        journal: Journal | None = None,
        scope: Scope = NOWHERE,
        root: Root | None = None,
        allow_disruptive: bool = False,
        transport: Transport | None = None,
        redactor: Redactor | None = None,
        wishes: Mapping[str, str] | None = None,
        family: Cloud | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self.name = name or self.url
        self.profile = profile or Profile()
        self.microversions = microversions
        self.journal = journal
        self.wishes = dict(wishes or {})
        self.scope = scope
        self.root = root
        self.roles = frozenset(credentials)
        self.region: str | None = None
        self.redactor: Redactor = family.redactor if family else redactor or Redactor()
        self.guard: Guard = Guard(
            journal,
            self.profile.guard,
            allow_disruptive=allow_disruptive,
            anonymous_refused=self._anonymous_refused,
            names_nothing=self._names_nothing,
            user_of=self.user_of,
            made=frozenset(k.collection.strip("/") for k in self.profile.kinds.values() if k.factory is not None),
            unknown=family.guard.unknown if family else None,
        )
        self.owing = Owing(self)
        self._credentials = dict(credentials)
        self._delivery: Delivery = Delivery(
            self.url,
            self._credentials,
            self.asked_headers,
            scope,
            transport=family._delivery.transport if family else transport or Transport(),
            redactor=self.redactor,
            spent=family._delivery.spent if family else Spent(),
        )
        self._accepted: Count = family._accepted if family else Count()
        self.seen = Seen()
        self.standing: Standing = family.standing if family else Standing(self._control)
        self._is_main = family is None
        self._lock = Lock()
        self._refused: dict[tuple[Anonymous, str], bool] = {}
        self._services: dict[str, Cloud | None] = {}

    @property
    def prefix(self) -> str:
        """The prefix of every name of this run."""
        return self.journal.prefix if self.journal else "conformance"

    @property
    def request_count(self) -> int:
        """The number of requests sent so far to all services of the cloud, retries included."""
        return self._delivery.spent.total

    @property
    def purposes(self) -> Mapping[str, int]:
        """The same requests by purpose."""
        return self._delivery.spent.by_purpose()

    @property
    def accepted_count(self) -> int:
        """The number of requests with a token that all services of the cloud have accepted so far."""
        return self._accepted.value

    @property
    def clock(self) -> str | None:
        """One sentence if the clock of this machine and that of the cloud differ by more than a minute; None if not."""
        ahead = self._delivery.ahead
        if ahead is None or abs(ahead) <= CLOCK_TOLERANCE:
            return None
        side = "ahead of" if ahead > 0 else "behind"
        return (
            f"the clock of this machine is {abs(ahead):.0f} s {side} the cloud's: tokens may seem to be expired, "
            "and certificates not valid; set the clock"
        )

    @property
    def lost(self) -> str | None:
        """The reason why the cloud no longer answers as before, in one sentence; then nothing more is sent."""
        return self.standing.lost

    def send(self, ask: Ask) -> Answer:
        """Send a request. Never raises for what the cloud does: see ``Answer.error``.

        An answer that did not come from the cloud, but for example from a proxy, counts as such an error.

        Raises:
            GuardRefusal: the guard did not let the request out.
            RoleMissing: this run does not have the role.
        """
        try:
            if isinstance(ask.role, Role) and ask.role not in self._credentials:
                raise RoleMissing(f"{ask.method} {ask.path} needs the role {ask.role}, which this run does not have")
            self._delivery.address(ask)
            self.guard.check(ask)
            announce(ask)
            self.owing.before(ask)
        except (RoleMissing, GuardRefusal):
            self._not_asked(ask)
            raise
        if self.lost is not None:
            self._not_asked(ask)
            return self._delivery.unanswered(ask, self.lost)
        side_effect: Intent | None = None
        if ask.expect_created and self.journal:
            name = side_effect_name(ask)
            side_effect = self.journal.intend(ask.expect_created, name, role=_role_name(ask))
        self._look_before(ask, ask.intent, side_effect)
        answer = self._accounted(ask, self._delivery.send(ask))
        self.owing.learn(ask, answer)
        if ask.is_under_test and isinstance(ask.role, Role):
            self.seen.add(ask.operation, ask, answer)
        if isinstance(ask.role, Role):
            self.seen.did(ask, answer)
            if answer.ok:
                self._accepted.add()
        if ask.intent is not None and self.journal:
            self._settle(ask.intent, ask, answer)
        if side_effect is not None:
            self._settle(side_effect, ask, answer)
        return answer

    def get(
        self,
        path: str,
        *,
        role: Role = Role.MEMBER,
        microversion: str | None = None,
        query: tuple[tuple[str, str], ...] = (),
    ) -> Answer:
        """Send a GET."""
        return self.send(Ask("GET", path, role, microversion, query=query))

    def unknown_id(self, template: str, *, role: Role = Role.MEMBER) -> str:
        """Make a random uuid, request it with GET at ``template``, and make sure that the answer is 404.

        The rest of the template after the placeholder is left out: "/things/{id}/action" is requested at
            "/things/{id}".

        Raises:
            ResourceError: the answer was not 404.
        """
        head, mark, rest = template.partition("{")
        if not mark or "}" not in rest:
            raise ValueError(f"{template!r} has no placeholder such as {{id}}")
        id_ = str(uuid.uuid4())
        answer = self.get(head + id_, role=role)
        if answer.status != 404:
            was = answer.error or f"the answer was {answer.status}"
            asked = f"GET {head}{{{rest.partition('}')[0]}}} of a random id"
            raise ResourceError(f"no unknown id could be had: {asked} should be 404, but {was}", answer)
        self.guard.seen_unknown(id_)
        return id_

    def invent(self) -> str:
        """Invent a part of a path, or an action, that no service knows. The guard lets paths with it out."""
        name = f"{self.prefix}-nowhere-{secrets.token_hex(4)}"
        self.guard.nowhere.add(name)
        return name

    def service(self, service_type: str) -> Cloud | None:
        """Give the client for another service of the same cloud and run; None if the catalogue has none."""
        with self._lock:
            if service_type not in self._services:
                self._services[service_type] = self._sibling(service_type)
            return self._services[service_type]

    def change_nothing(self) -> None:
        """From now on, send only requests that read, to all services of the cloud."""
        with self._lock:
            for client in (self, *filter(None, self._services.values())):
                client.guard.read_only = True

    def _names_nothing(self, ask: Ask, collection: str, id_: str) -> bool:
        """Whether a GET shows that a collection has no such thing, for the role that asks and for an administrator.

        Only an error message with the id counts: at a route that does not exist, every path is answered 404.
        """
        if not isinstance(ask.role, Role) or len(id_) < _TELLING:
            return False
        path = f"/{quote(collection, safe='')}/{quote(id_, safe='')}"
        # An administrator sees what others do not.
        answers = (self._delivery.send(Ask("GET", path, role)) for role in {ask.role, Role.ADMIN} & self.roles)
        return all(answer.status == 404 and quotes(answer.json, id_) for answer in answers)

    def owner(self, role: Role) -> str | None:
        """The user of a role and the project, in words; None if unknown."""
        return self._credentials[role].owner()

    def project_of(self, role: Role) -> str | None:
        """The id of the project of a role; None if unknown."""
        credential = self._credentials.get(role)
        return credential.project() if credential is not None else None

    def token_of(self, role: Role) -> str:
        """The present token of a role, which no record shows. Raises TokenError."""
        token = self._credentials[role].token()
        self.redactor.learn(token)
        return token

    def another_token(self, role: Role) -> str | None:
        """A token of a role beside that of its requests; None if its credentials give none. Raises TokenError."""
        token = self._credentials[role].another()
        self.redactor.learn(token or "")
        return token

    def user_of(self, role: Role) -> str | None:
        """The id of the user of a role; None if unknown."""
        credential = self._credentials.get(role)
        return credential.user() if credential is not None else None

    def close(self) -> None:
        """Close all connections."""
        self._delivery.transport.close()

    def asked_headers(self, ask: Ask) -> Mapping[str, str]:
        """The headers that ask for a microversion, if the endpoint has any, and those that a request has to carry."""
        carried = self.profile.carried.of(ask.method, ask.path, ask.microversion, ask.body)
        version = ask.microversion if self.microversions.max is not None else None
        return carried if version is None else {**self.profile.version_headers(version), **carried}

    def _not_asked(self, ask: Ask) -> None:
        if ask.intent is not None and self.journal:
            self.journal.refused(ask.intent)  # nothing was asked for, so nothing needs to be looked for

    def _control(self, role: Role, control: Control) -> Answer:
        path, query, version = control.path, control.query, control.microversion
        return self._delivery.send(Ask("GET", path, role, version, query=query, timeout=CONTROL_TIMEOUT, patient=False))

    def _accounted(self, ask: Ask, answer: Answer) -> Answer:
        """The answer if it is the cloud's own; else an answer that consists of an error."""
        role = ask.role if isinstance(ask.role, Role) else Role.MEMBER
        if not doubtful(answer, with_token=isinstance(ask.role, Role)):
            if self._is_main and ask.method == "GET" and isinstance(ask.role, Role):
                self.standing.learn(role, ask, answer)
            return answer
        trouble = self.standing.account(role, answer)
        if trouble is None and answer.status == REFUSED_TOKEN and ask.is_under_test:
            trouble = self.standing.never_accepted(role)
        elif trouble is not None and self.lost is None and ask.only_reads:
            return self._delivery.send(ask)
        return answer if trouble is None else replace(answer, status=0, text="", json=ABSENT, error=trouble)

    def _sibling(self, service_type: str) -> Cloud | None:
        credential = self._credentials.get(Role.MEMBER)
        url = credential.endpoint(service_type) if credential else None
        if not url:
            return None
        sibling = Cloud(
            url,
            self._credentials,
            VersionRange(),
            name=f"{self.name} ({service_type})",
            profile=Profile(service_type),
            journal=self.journal,
            allow_disruptive=self.guard.allow_disruptive,
            family=self,
        )
        sibling.guard.read_only = self.guard.read_only
        return sibling

    def _anonymous_refused(self, sender: Anonymous, path: str) -> bool:
        key = (sender, path)
        with self._lock:
            known = self._refused.get(key)
        if known is None:
            known = self._delivery.send(Ask("GET", path, sender)).status == 401
            with self._lock:
                self._refused[key] = known
        return known

    def _look_before(self, ask: Ask, *intents: Intent | None) -> None:
        """Note the existing things of a kind in the journal, before a request whose thing has no findable name."""
        for intent in intents:
            if intent is None or self.journal is None or not isinstance(ask.role, Role):
                continue
            kind = self.profile.kind(intent.kind)
            if not found_by_name(kind, intent.name, (self.prefix,)):
                ids = ids_in_list(self, kind, ask.role)
                if ids is not None:
                    self.journal.before(intent, ids)

    def _settle(self, intent: Intent, ask: Ask, answer: Answer) -> None:
        """Write the outcome of an intent into the journal. An unknown outcome stays open for the cleanup."""
        assert self.journal is not None  # noqa: S101 -- for the type checker
        kind = self.profile.kind(intent.kind)
        found = creation(kind, ask, answer)
        if answer.ok or found:
            if found and found.id != intent.name and found.id in ask.path.split("/"):
                # The answer shows a thing that was there, so something was joined to it. A chosen name is new.
                self.journal.refused(intent)
            elif found:
                self.journal.made(intent, found.id, found.path, alias=found.alias)
            elif kind.batch_field and isinstance(answer.json, dict) and kind.batch_field in answer.json:
                query = ((kind.batch_field, str(answer.json[kind.batch_field])),)
                role = ask.role if isinstance(ask.role, Role) else Role.MEMBER
                listing = self._delivery.send(Ask("GET", kind.collection, role, query=query)).json
                shown = listing.get(kind.listing.key) if isinstance(listing, dict) else None
                for one in shown if isinstance(shown, list) else ():
                    id_ = one.get(kind.id_field) if isinstance(one, dict) else None
                    if isinstance(id_, str) and safe_in_path(id_):
                        self.journal.made(intent, id_, kind.path_of(id_))
        elif 400 <= answer.status < 500 and answer.status != 408:
            self.journal.refused(intent)
        elif answer.status >= 500 and says_any(message_in(answer.json), self.profile.missing_parts):
            self.journal.refused(intent)  # the part that would have made it does not exist


def _role_name(ask: Ask) -> str:
    return str(ask.role) if isinstance(ask.role, Role) else str(Role.MEMBER)
