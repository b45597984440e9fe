"""The one client that everything uses against a cloud under test."""

from __future__ import annotations

import email.utils
import json
import secrets
import time
import uuid
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conformance.engine.cloud.created import creation, side_effect_name
from conformance.engine.cloud.credentials import Credential, TokenError
from conformance.engine.cloud.errors import GuardRefusal, ResourceError, RoleMissing
from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.guard import SAFE_METHODS, Guard
from conformance.engine.cloud.owing import Owing
from conformance.engine.cloud.profile import Profile
from conformance.engine.cloud.redact import Redactor
from conformance.engine.cloud.roles import Anonymous, Role
from conformance.engine.cloud.scope import NOWHERE, Scope
from conformance.engine.cloud.transport import Reply, Transport
from specs.microversion import VersionRange
from specs.record.model import Exchange, ReceivedResponse, SentRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.engine.cloud.journal import Intent, Journal
    from conformance.engine.cloud.versions import Root

__all__ = ["ABSENT", "Answer", "Ask", "Cloud"]

ATTEMPTS = 4
"""How often one request goes out at most, whatever the reasons."""

LONGEST_PAUSE = 30.0
"""Seconds: a longer Retry-After is not waited for; the answer stands as it is."""

_HASTY = 5000.0
"""Milliseconds: a connection that fails later than that would fail again, and as late."""


class Cloud:
    """An endpoint, and the roles in which we may speak to it. Safe to use from many threads.

    Args:
        url: the versioned root.
        credentials: by role.
        microversions: what the endpoint supports; without a highest one it has none, and no request asks for one.
        name: how to name the endpoint to a person.
        profile: what must be known of the service.
        journal: of this process; None if nothing may be made.
        scope: which paths stand below the project of the role that asks.
        root: the version of the API whose root the URL is; None where nobody has looked.
        allow_disruptive: let the guard let everything out.
        family: the client of another service of the same cloud and run: connections, secrets, counts, journal and
            guard's memory are shared with it.

    Attributes:
        roles: the roles that this run has.
        guard: decides what may be sent.
        owing: writes down what a request changes of others' before it goes out.
        redactor: keeps secrets out of the exchanges.
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
        family: Cloud | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self.name = name or self.url
        self.profile = profile or Profile()
        self.microversions = microversions
        self.journal = journal
        self.scope = scope
        self.root = root
        self.roles = frozenset(credentials)
        self.redactor: Redactor = family.redactor if family else redactor or Redactor()
        self.guard: Guard = Guard(
            journal,
            self.profile.guard,
            allow_disruptive=allow_disruptive,
            anonymous_refused=self._anonymous_refused,
            unknown=family.guard.unknown if family else None,
        )
        self.owing = Owing(self)
        self._credentials = dict(credentials)
        self._transport: Transport = family._transport if family else transport or Transport()
        self._count: _Count = family._count if family else _Count()
        self._accepted: _Count = family._accepted if family else _Count()
        self._bad_token = secrets.token_hex(16)
        self._lock = Lock()
        self._refused: dict[tuple[Anonymous, str], bool] = {}
        self._services: dict[str, Cloud | None] = {}

    @property
    def prefix(self) -> str:
        """The prefix of every name of this run."""
        return self.journal.prefix if self.journal else "conformance"

    @property
    def request_count(self) -> int:
        """Requests that went out so far, to all services of the cloud, retries included."""
        return self._count.value

    @property
    def accepted_count(self) -> int:
        """Requests with a token that were accepted so far, by all services of the cloud."""
        return self._accepted.value

    def send(self, ask: Ask) -> Answer:
        """Send a request. Never raises for what the cloud does: see ``Answer.error``.

        Raises:
            GuardRefusal: the guard did not let it out.
            RoleMissing: this run does not have the role.
        """
        try:
            if isinstance(ask.role, Role) and ask.role not in self._credentials:
                raise RoleMissing(f"{ask.method} {ask.path} needs the role {ask.role}, which this run does not have")
            self._address(ask)
            self.guard.check(ask)
            self.owing.before(ask)
        except (RoleMissing, GuardRefusal):
            if ask.intent is not None and self.journal:
                self.journal.refused(ask.intent)  # nothing was asked for, so nothing needs to be looked for
            raise
        side_effect: Intent | None = None
        if ask.expect_created and self.journal:
            name = side_effect_name(ask)
            side_effect = self.journal.intend(ask.expect_created, name, role=_role_name(ask))
        answer = self._send(ask)
        self.owing.learn(ask, answer)
        if answer.ok and isinstance(ask.role, Role):
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
        """Make a random uuid, ask for it with GET at ``template``, and see that the answer is 404.

        What follows the placeholder is not part of the question: "/things/{id}/action" asks at "/things/{id}".

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
            raise ResourceError(f"no unknown id could be had: GET {head}{id_} should be 404, but {was}", answer)
        self.guard.seen_unknown(id_)
        return id_

    def invent(self) -> str:
        """Make up a part of a path, or an action, that no service knows. The guard lets paths with it out."""
        name = f"{self.prefix}-nowhere-{secrets.token_hex(4)}"
        self.guard.nowhere.add(name)
        return name

    def service(self, service_type: str) -> Cloud | None:
        """Give the client for another service of the same cloud and run; None if the catalogue has none."""
        with self._lock:
            if service_type not in self._services:
                self._services[service_type] = self._sibling(service_type)
            return self._services[service_type]

    def project_of(self, role: Role) -> str | None:
        """Give the id of the project of a role; None if its credential does not tell."""
        credential = self._credentials.get(role)
        return credential.project() if credential is not None else None

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def _sibling(self, service_type: str) -> Cloud | None:
        credential = self._credentials.get(Role.MEMBER)
        url = credential.endpoint(service_type) if credential else None
        if not url:
            return None
        return Cloud(
            url,
            self._credentials,
            VersionRange(),
            name=f"{self.name} ({service_type})",
            profile=Profile(service_type),
            journal=self.journal,
            allow_disruptive=self.guard.allow_disruptive,
            family=self,
        )

    def _anonymous_refused(self, sender: Anonymous, path: str) -> bool:
        key = (sender, path)
        with self._lock:
            known = self._refused.get(key)
        if known is None:
            known = self._send(Ask("GET", path, sender)).status == 401
            with self._lock:
                self._refused[key] = known
        return known

    def _settle(self, intent: Intent, ask: Ask, answer: Answer) -> None:
        """Write down what came of an intent. Where that is not known, it stays open for the cleanup."""
        assert self.journal is not None  # noqa: S101 -- for the type checker
        if answer.ok:
            kind = self.profile.kind(intent.kind)
            if found := creation(kind, ask, answer):
                self.journal.made(intent, found.id, found.path, alias=found.alias)
            elif kind.batch_field and isinstance(answer.json, dict) and kind.batch_field in answer.json:
                query = ((kind.batch_field, str(answer.json[kind.batch_field])),)
                role = ask.role if isinstance(ask.role, Role) else Role.MEMBER
                listing = self._send(Ask("GET", kind.collection, role, query=query)).json
                for one in listing.get(kind.listing.key, ()) if isinstance(listing, dict) else ():
                    self.journal.made(intent, one[kind.id_field], kind.path_of(one[kind.id_field]))
        elif 400 <= answer.status < 500 and answer.status != 408:
            self.journal.refused(intent)

    def _send(self, ask: Ask) -> Answer:
        """Send a request that the guard has passed, again where that is right."""
        earlier: list[Exchange] = []
        token: str | None = None
        renewed = False
        while True:
            try:
                token = token if renewed else self._token(ask)
            except TokenError as error:
                return self._unanswered(ask, str(error), tuple(earlier))
            reply = self._once(ask, token)
            exchange = self._exchange(ask, reply)
            pause: float | None = None
            if len(earlier) < ATTEMPTS - 1:
                pause = _pause(ask, reply, len(earlier))
                if reply.status == 401 and token and not renewed and isinstance(ask.role, Role):
                    try:
                        fresh = self._credentials[ask.role].renew(token)
                    except TokenError:
                        fresh = None
                    if fresh:
                        self.redactor.learn(fresh)
                        token, renewed, pause = fresh, True, 0.0
            if pause is None:
                return self._answer(reply, exchange, tuple(earlier))
            earlier.append(exchange)
            time.sleep(pause)

    def _token(self, ask: Ask) -> str | None:
        if isinstance(ask.role, Anonymous):
            return None if ask.role is Anonymous.NO_TOKEN else self._bad_token
        token = self._credentials[ask.role].token()
        self.redactor.learn(token)
        return token

    def _once(self, ask: Ask, token: str | None) -> Reply:
        data = ask.raw
        headers: dict[str, str] = {}
        if data is None and ask.body is not ABSENT:
            data = json.dumps(ask.body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        headers.update(self.version_headers(ask.microversion))
        if token:
            headers["X-Auth-Token"] = token
        given = {name.lower() for name, _ in ask.headers}
        headers = {name: value for name, value in headers.items() if name.lower() not in given}
        headers.update(ask.headers)
        self._count.add()
        return self._transport.exchange(
            ask.method, self._address(ask), headers, data, query=ask.query, timeout=ask.timeout
        )

    def _address(self, ask: Ask) -> str:
        return self.url + self.scope.part(ask.role, ask.path) + ask.path

    def version_headers(self, microversion: str | None) -> dict[str, str]:
        """Give the headers that ask for a microversion."""
        if microversion is None or self.microversions.max is None:
            return {}
        return self.profile.version_headers(microversion)

    def _exchange(self, ask: Ask, reply: Reply) -> Exchange:
        body: Any = None
        if ask.raw is not None:
            body = _json(ask.raw)
            body = ask.raw.decode("utf-8", "replace") if body is ABSENT else body
        elif ask.body is not ABSENT:
            body = ask.body
        answered = _json(reply.content)
        for secret_holder in (body, answered):
            self.redactor.learn_from(secret_holder)
        response = None
        if reply.status:
            text = reply.content.decode("utf-8", "replace")
            shown = answered if answered is not ABSENT else text or None
            response = ReceivedResponse(reply.status, self.redactor.headers(reply.headers), self.redactor.value(shown))
        request = SentRequest(
            ask.method,
            self.redactor.url(reply.url),
            self.redactor.headers(reply.sent),
            self.redactor.value(body),
        )
        return Exchange(request, response, reply.ms)

    def _answer(self, reply: Reply, exchange: Exchange, earlier: tuple[Exchange, ...]) -> Answer:
        text = reply.content.decode("utf-8", "replace")
        error = self.redactor.text(reply.error) if reply.error else None
        return Answer(reply.status, reply.headers, text, _json(reply.content), reply.ms, exchange, error, earlier)

    def _unanswered(self, ask: Ask, error: str, earlier: tuple[Exchange, ...]) -> Answer:
        reply = Reply(0, quote(self._address(ask), safe="/%:@!$&'()*+,;=~"), {}, error=error)
        return self._answer(reply, self._exchange(ask, reply), earlier)


class _Count:
    """A number that many threads add to."""

    def __init__(self) -> None:
        self.value = 0
        self._lock = Lock()

    def add(self) -> None:
        with self._lock:
            self.value += 1


def _role_name(ask: Ask) -> str:
    return str(ask.role) if isinstance(ask.role, Role) else str(Role.MEMBER)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8")) if content.strip() else ABSENT
    except (ValueError, RecursionError):
        return ABSENT


def _pause(ask: Ask, reply: Reply, attempt: int) -> float | None:
    """Seconds to wait before the same request may go out again; None if it may not."""
    if reply.error:
        # Sent twice, an action could act twice. What never reached the endpoint was not sent.
        again = (reply.unsent and reply.ms < _HASTY) or (reply.broken and ask.method.upper() in SAFE_METHODS)
        return 0.2 * (attempt + 1) if again else None
    if reply.status in {429, 503} and ask.patient:
        after = _retry_after(reply.headers.get("Retry-After"))
        return after if after is not None and after <= LONGEST_PAUSE else None
    return None


def _retry_after(value: str | None) -> float | None:
    """Seconds from a Retry-After header, which gives them or a date."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
