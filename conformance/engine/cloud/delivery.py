"""Delivers requests that the guard has passed, again where that is right, and turns the replies into answers."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conformance.engine.cloud.bounds import json_of
from conformance.engine.cloud.credentials import Credential, TokenError
from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.purpose import Spent, purpose_of
from conformance.engine.cloud.redact import Redactor
from conformance.engine.cloud.roles import Anonymous, Role
from conformance.engine.cloud.scope import ABOVE, Scope, above
from conformance.engine.cloud.standing import BUSY, retry_after, seconds_ahead
from conformance.engine.cloud.transport import Reply, Transport
from conformance.engine.model.content import Content
from specs.record.model import Exchange, ReceivedResponse, SentRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ATTEMPTS = 4
"""The highest number of times that one request goes out, whatever the reasons."""

LONGEST_WAIT = 30.0
"""Seconds that one request waits in all for the times of Retry-After; a longer time is not waited for."""

READ_TIMEOUT = 40.0
"""The most seconds for a request that only reads; others may have to wait for several services."""

_HASTY = 5000.0
"""Milliseconds: a connection that fails later than that would fail again, and as late."""


class Count:
    """A number to which many threads add."""

    def __init__(self) -> None:
        self.value = 0
        self._lock = Lock()

    def add(self) -> None:
        """Add one."""
        with self._lock:
            self.value += 1


@dataclass
class Delivery:
    """Delivers the requests to one endpoint. Safe to use from many threads.

    Attributes:
        url: the versioned root.
        credentials: the source of the token of each role.
        asked_headers: gives the headers that a request has beside those of its body and its token.
        scope: the paths that stand below the project of the role that asks.
        transport: the connections.
        redactor: keeps secrets out of the exchanges.
        spent: the requests that went out, by purpose, retries included.
        ahead: the seconds by which this machine's clock was ahead at the last answer with a date; None without one.
    """

    url: str
    credentials: Mapping[Role, Credential]
    asked_headers: Callable[[Ask], Mapping[str, str]]
    scope: Scope
    transport: Transport
    redactor: Redactor
    spent: Spent = field(default_factory=Spent)
    ahead: float | None = None
    _bad_token: str = field(default_factory=lambda: secrets.token_hex(16))

    def send(self, ask: Ask) -> Answer:
        """Send a request, and send it again where that is right. Never raises for what the cloud does."""
        earlier: list[Exchange] = []
        token: str | None = None
        renewed, waited = False, 0.0
        while True:
            try:
                token = token if renewed else self._token(ask)
            except TokenError as error:
                return self.unanswered(ask, str(error), tuple(earlier))
            reply = self._once(ask, token)
            ahead = seconds_ahead(reply.headers)
            self.ahead = ahead if ahead is not None else self.ahead
            exchange = self._exchange(ask, reply)
            pause: float | None = None
            if len(earlier) < ATTEMPTS - 1:
                pause = _pause(ask, reply, len(earlier), waited)
                if reply.status == 401 and token and not renewed and isinstance(ask.role, Role):
                    try:
                        fresh = self.credentials[ask.role].renew(token)
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

    def unanswered(self, ask: Ask, error: str, earlier: tuple[Exchange, ...] = ()) -> Answer:
        """The answer that stands for none, with the reason in one sentence."""
        reply = Reply(0, quote(self.address(ask), safe="/%:@!$&'()*+,;=~"), {}, error=error)
        return self._answer(reply, self._exchange(ask, reply), earlier)

    def address(self, ask: Ask) -> str:
        """The URL of a request, without its query.

        Raises:
            RoleMissing: the path stands below the project of a role whose project nothing tells.
        """
        if ask.path.startswith(ABOVE + "/"):
            return above(self.url, ask.path)
        return self.url + self.scope.part(ask.role, ask.path) + ask.path

    def _token(self, ask: Ask) -> str | None:
        if isinstance(ask.role, Anonymous):
            return None if ask.role is Anonymous.NO_TOKEN else self._bad_token
        token = self.credentials[ask.role].token()
        self.redactor.learn(token)
        return token

    def _once(self, ask: Ask, token: str | None) -> Reply:
        data = ask.raw
        headers: dict[str, str] = {}
        given = ask.body if isinstance(ask.body, Content) else Content("application/json", ask.body)
        if data is None and ask.body is not ABSENT:
            data = given.data if given is ask.body else json.dumps(ask.body).encode()
        if data is not None:
            headers["Content-Type"] = given.media_type
        headers.update(self.asked_headers(ask))
        if token:
            headers["X-Auth-Token"] = token
        named = {name.lower() for name, _ in ask.headers}
        headers = {name: value for name, value in headers.items() if name.lower() not in named}
        headers.update(ask.headers)
        self.spent.add(purpose_of(ask))
        timeout = min(ask.timeout, READ_TIMEOUT) if ask.only_reads else ask.timeout
        return self.transport.exchange(ask.method, self.address(ask), headers, data, query=ask.query, timeout=timeout)

    def _exchange(self, ask: Ask, reply: Reply) -> Exchange:
        body: Any = None
        if ask.raw is not None:
            body = json_of(ask.raw)
            body = ask.raw.decode("utf-8", "replace") if body is ABSENT else body
        elif ask.body is not ABSENT:
            body = ask.body.value if isinstance(ask.body, Content) else ask.body
        answered = reply.json if reply.json is not ABSENT else reply.text or None
        sent, shown = self.redactor.values(body, answered)
        response = None
        if reply.status:
            response = ReceivedResponse(reply.status, self.redactor.headers(reply.headers), shown)
        request = SentRequest(
            ask.method,
            self.redactor.url(reply.url),
            self.redactor.headers(reply.sent),
            sent,
        )
        return Exchange(request, response, reply.ms)

    def _answer(self, reply: Reply, exchange: Exchange, earlier: tuple[Exchange, ...]) -> Answer:
        error = self.redactor.text(reply.error) if reply.error else None
        return Answer(reply.status, reply.headers, reply.text, reply.json, reply.ms, exchange, error, earlier)


def _pause(ask: Ask, reply: Reply, attempt: int, waited: float) -> float | None:
    """Seconds to wait before the same request may go out again; None if it may not."""
    if reply.error:
        # Sent twice, an action could act twice. What never reached the endpoint was not sent.
        again = (reply.unsent and reply.ms < _HASTY) or (reply.broken and ask.only_reads)
        return 0.2 * (attempt + 1) if again else None
    if reply.status in BUSY and ask.patient:
        after = retry_after(reply.headers.get("Retry-After"))
        return after if after is not None and waited + after <= LONGEST_WAIT else None
    return None
