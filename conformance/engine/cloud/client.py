"""The one client that everything uses against a cloud under test."""

from __future__ import annotations

import json
import secrets
import time
import uuid
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conformance.engine.cloud.bounds import json_of
from conformance.engine.cloud.created import creation, side_effect_name
from conformance.engine.cloud.credentials import Credential, TokenError
from conformance.engine.cloud.errors import GuardRefusal, ResourceError, RoleMissing
from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.guard import SAFE_METHODS, Guard, safe_in_path
from conformance.engine.cloud.listing import found_by_name, listed
from conformance.engine.cloud.owing import Owing
from conformance.engine.cloud.profile import Profile
from conformance.engine.cloud.redact import Redactor
from conformance.engine.cloud.roles import Anonymous, Role
from conformance.engine.cloud.scope import NOWHERE, Scope
from conformance.engine.cloud.standing import BUSY, Control, Standing, doubtful, retry_after
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

LONGEST_WAIT = 30.0
"""Seconds that one request waits for the times of Retry-After altogether; a longer one is not waited for."""

CONTROL_TIMEOUT = 5.0
"""Seconds for a control, which asks for what was answered before."""

_TELLING = 5
"""Characters of an id that stands in a message only where the message is about it."""

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
        wishes: what the settings of the cloud name to be used in the place of discovery.
        family: the client of another service of the same cloud and run: connections, secrets, counts, journal and
            guard's memory are shared with it.

    Attributes:
        roles: the roles that this run has.
        guard: decides what may be sent.
        owing: writes down what a request changes of others' before it goes out.
        redactor: keeps secrets out of the exchanges.
        standing: whether the cloud still answers as it did.
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
        self.redactor: Redactor = family.redactor if family else redactor or Redactor()
        self.guard: Guard = Guard(
            journal,
            self.profile.guard,
            allow_disruptive=allow_disruptive,
            anonymous_refused=self._anonymous_refused,
            names_nothing=self._names_nothing,
            made=frozenset(k.collection.strip("/") for k in self.profile.kinds.values() if k.factory is not None),
            unknown=family.guard.unknown if family else None,
        )
        self.owing = Owing(self)
        self._credentials = dict(credentials)
        self._transport: Transport = family._transport if family else transport or Transport()
        self._count: _Count = family._count if family else _Count()
        self._accepted: _Count = family._accepted if family else _Count()
        self.standing: Standing = family.standing if family else Standing(self._control)
        self._is_main = family is None
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

    @property
    def lost(self) -> str | None:
        """Why the cloud no longer answers as it did, in one sentence; then nothing is sent any more."""
        return self.standing.lost

    def send(self, ask: Ask) -> Answer:
        """Send a request. Never raises for what the cloud does: see ``Answer.error``.

        Where something else than the cloud has answered, such as a proxy, that is an error, too.

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
            self._not_asked(ask)
            raise
        if self.lost is not None:
            self._not_asked(ask)
            return self._unanswered(ask, self.lost, ())
        side_effect: Intent | None = None
        if ask.expect_created and self.journal:
            name = side_effect_name(ask)
            side_effect = self.journal.intend(ask.expect_created, name, role=_role_name(ask))
        self._look_before(ask, ask.intent, side_effect)
        answer = self._accounted(ask, self._send(ask))
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

    def _names_nothing(self, ask: Ask, collection: str, id_: str) -> bool:
        """Whether a GET says that a collection has no such thing for who asks.

        Only a fault that quotes the id counts: a route that is not there answers 404, too, whatever the path names.
        """
        if not isinstance(ask.role, Role) or len(id_) < _TELLING:
            return False
        path = f"/{quote(collection, safe='')}/{quote(id_, safe='')}"
        # An administrator sees what others do not.
        answers = (self._send(Ask("GET", path, role)) for role in {ask.role, Role.ADMIN} & self.roles)
        return all(answer.status == 404 and _quotes(answer.json, id_) for answer in answers)

    def owner(self, role: Role) -> str | None:
        """Say who acts in a role, and in which project; None if nothing tells."""
        return self._credentials[role].owner()

    def project_of(self, role: Role) -> str | None:
        """Give the id of the project of a role; None if its credential does not tell."""
        credential = self._credentials.get(role)
        return credential.project() if credential is not None else None

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def _not_asked(self, ask: Ask) -> None:
        if ask.intent is not None and self.journal:
            self.journal.refused(ask.intent)  # nothing was asked for, so nothing needs to be looked for

    def _control(self, role: Role, control: Control) -> Answer:
        path, query, version = control.path, control.query, control.microversion
        return self._send(Ask("GET", path, role, version, query=query, timeout=CONTROL_TIMEOUT, patient=False))

    def _accounted(self, ask: Ask, answer: Answer) -> Answer:
        """The answer if it is the cloud's own, else one that has an error in its place."""
        role = ask.role if isinstance(ask.role, Role) else Role.MEMBER
        if not doubtful(answer, with_token=isinstance(ask.role, Role)):
            if self._is_main and ask.method == "GET" and isinstance(ask.role, Role):
                self.standing.learn(role, ask, answer)
            return answer
        trouble = self.standing.account(role, answer)
        if trouble is None:
            return answer
        if self.lost is None and ask.method.upper() in SAFE_METHODS:
            return self._send(ask)
        return replace(answer, status=0, text="", json=ABSENT, error=trouble)

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

    def _look_before(self, ask: Ask, *intents: Intent | None) -> None:
        """Write down what there is of a kind before a thing is asked for that only an answer can name."""
        for intent in intents:
            if intent is None or self.journal is None or not isinstance(ask.role, Role):
                continue
            kind = self.profile.kind(intent.kind)
            if kind.listing.key and not found_by_name(kind, intent.name, (self.prefix,)):
                records, ended = listed(self, kind, ask.role)
                if ended is None:
                    self.journal.before(intent, [str(one[kind.id_field]) for one in records])

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
                shown = listing.get(kind.listing.key) if isinstance(listing, dict) else None
                for one in shown if isinstance(shown, list) else ():
                    id_ = one.get(kind.id_field) if isinstance(one, dict) else None
                    if isinstance(id_, str) and safe_in_path(id_):
                        self.journal.made(intent, id_, kind.path_of(id_))
        elif 400 <= answer.status < 500 and answer.status != 408:
            self.journal.refused(intent)

    def _send(self, ask: Ask) -> Answer:
        """Send a request that the guard has passed, again where that is right."""
        earlier: list[Exchange] = []
        token: str | None = None
        renewed, waited = False, 0.0
        while True:
            try:
                token = token if renewed else self._token(ask)
            except TokenError as error:
                return self._unanswered(ask, str(error), tuple(earlier))
            reply = self._once(ask, token)
            exchange = self._exchange(ask, reply)
            pause: float | None = None
            if len(earlier) < ATTEMPTS - 1:
                pause = _pause(ask, reply, len(earlier), waited)
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
            waited += pause
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
            body = json_of(ask.raw)
            body = ask.raw.decode("utf-8", "replace") if body is ABSENT else body
        elif ask.body is not ABSENT:
            body = ask.body
        answered = json_of(reply.content)
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
        return Answer(reply.status, reply.headers, text, json_of(reply.content), reply.ms, exchange, error, earlier)

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


def _quotes(body: Any, id_: str) -> bool:
    """Whether the message of a fault holds an id."""
    faults = body.values() if isinstance(body, dict) else ()
    return any(isinstance(fault, dict) and id_ in str(fault.get("message")) for fault in faults)


def _role_name(ask: Ask) -> str:
    return str(ask.role) if isinstance(ask.role, Role) else str(Role.MEMBER)


def _pause(ask: Ask, reply: Reply, attempt: int, waited: float) -> float | None:
    """Seconds to wait before the same request may go out again; None if it may not."""
    if reply.error:
        # Sent twice, an action could act twice. What never reached the endpoint was not sent.
        again = (reply.unsent and reply.ms < _HASTY) or (reply.broken and ask.method.upper() in SAFE_METHODS)
        return 0.2 * (attempt + 1) if again else None
    if reply.status in BUSY and ask.patient:
        after = retry_after(reply.headers.get("Retry-After"))
        return after if after is not None and waited + after <= LONGEST_WAIT else None
    return None
