"""A request to a cloud, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from conformance.engine.cloud.faults import message_in
from conformance.engine.cloud.roles import Role, Sender

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.engine.cloud.book import Intent
    from specs.record.model import Exchange


class Absent(Enum):
    """The type of ABSENT, which stands for no value at all; None is a value, the null of JSON."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent.ABSENT

SAFE_METHODS = frozenset({"GET", "HEAD"})
"""The methods of requests that change nothing."""

NOT_THERE = frozenset({404, 410})
"""Codes that say that a thing does not exist."""


@dataclass(frozen=True)
class Ask:
    """A request.

    Attributes:
        path: the path below the versioned root, beginning with a slash, percent-encoded if needed, without a query.
        microversion: the microversion, such as "2.73"; None sends no header.
        body: the JSON value to send, or a ``Content`` of another media type; ABSENT sends none.
        raw: bytes to send instead of ``body``, for a body that is no JSON.
        query: pairs of name and value.
        headers: further headers, which win over the usual ones. They never hold the token, which the role gives.
        intent: the intent of the journal, if the request makes a thing.
        timeout: the seconds for the connection, and from the request to the last byte of the answer.
        expect_created: the kind of thing that an action makes on the side; the client writes the intent and the id in
            the answer into the journal.
        operation: the id of the operation under test; empty for a request that only serves a trial.
        pays: the key of the debt in the journal that the request pays; empty for all other requests.
        signed: True if the client signs the request with things of the run, by the header Authorization.
        patient: True to honour Retry-After (429, 503); False if such an answer is under test.
    """

    method: str
    path: str
    role: Sender = Role.MEMBER
    microversion: str | None = None
    body: Any = ABSENT
    raw: bytes | None = None
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    intent: Intent | None = None
    timeout: float = 60.0
    expect_created: str | None = None
    signed: bool = False
    patient: bool = True
    pays: str = ""
    operation: str = ""

    @property
    def is_under_test(self) -> bool:
        """Whether this is the request under test of a trial, and not one that only serves a trial."""
        return bool(self.operation)

    @property
    def only_reads(self) -> bool:
        """Whether the method, in any case of its letters, is one that changes nothing."""
        return self.method.upper() in SAFE_METHODS


@dataclass(frozen=True)
class Answer:
    """An answer, or the reason why none came.

    Attributes:
        status: the status code; 0 if no answer came.
        headers: the headers, by name in any case; a repeated header is joined with ", ".
        text: the body as text.
        json: the JSON value of the body; ABSENT if the body is empty or is not JSON.
        ms: the milliseconds from the request to the last byte.
        exchange: request and answer for the record, without secrets.
        error: the reason why no answer came, in one sentence; None if one came.
        earlier: earlier exchanges of the same request that asked to try again later, or whose connection broke.
    """

    status: int
    headers: Mapping[str, str]
    text: str
    json: Any
    ms: float
    exchange: Exchange
    error: str | None = None
    earlier: tuple[Exchange, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the status code is 2xx."""
        return 200 <= self.status < 300


def said(what: str, answer: Answer) -> str:
    """The cloud's answer, in one clause."""
    if answer.error:
        return f"{what}: {answer.error}"
    message = message_in(answer.text if answer.json is ABSENT else answer.json)
    return f"{what} gave {answer.status}" + (f" ({message})" if message else "")
