"""Requests to a cloud and its answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from conformance.engine.cloud.faults import message_in
from conformance.engine.cloud.roles import Role, Sender

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.engine.cloud.journal import Intent
    from specs.record.model import Exchange


class Absent(Enum):
    """The type of ABSENT: nothing, where None (JSON's null) would be something."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True)
class Ask:
    """A request.

    Attributes:
        path: below the versioned root, with a slash first, percent-encoded where needed, without a query.
        microversion: such as "2.73"; None sends no header.
        body: the JSON value to send; ABSENT sends none.
        raw: bytes to send in the place of ``body``, for what is no JSON.
        query: name and value pairs.
        headers: further headers, which win over ours. Never a token: that is the role's part.
        intent: the journal's intent if the request creates something.
        timeout: in seconds, for the connection, and from the request to the last byte of the answer.
        expect_created: the kind of what an action makes on the side: the client journals the intent, and the id that
            the answer names.
        operation: the id of the operation of which the request is one; empty where it only serves something else.
        pays: the key of the debt in the journal that the request pays; empty for all others.
        patient: honour Retry-After (429, 503). False where such an answer is what is tested.
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
    patient: bool = True
    pays: str = ""
    operation: str = ""


@dataclass(frozen=True)
class Answer:
    """An answer, or the reason why none came.

    Attributes:
        status: the code; 0 if no answer came.
        headers: by name in any case; a header that came twice is joined with ", ".
        json: the value; ABSENT if the body is empty or is not JSON.
        ms: from the request to the last byte, in milliseconds.
        exchange: for the record, already without secrets.
        error: why no answer came, in one sentence; None if one did.
        earlier: exchanges of the same request that were answered "try again later", or whose connection broke.
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
        """Whether the code is one of 2xx."""
        return 200 <= self.status < 300


def said(what: str, answer: Answer) -> str:
    """The cloud's answer, in one clause."""
    if answer.error:
        return f"{what}: {answer.error}"
    message = message_in(answer.text if answer.json is ABSENT else answer.json)
    return f"{what} gave {answer.status}" + (f" ({message})" if message else "")
