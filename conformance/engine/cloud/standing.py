"""Finds out whether the cloud still answers as at the start of the run, or whether its answers come from elsewhere.

An expired token, the page of a proxy or a sign-in page, an overloaded service or a failure on the way would pass for
an answer of the cloud. So a doubtful answer is followed by a control: a GET of the same role that was answered before.
If the control is answered as before, the doubtful answer is the cloud's own. If it is not, for some seconds, the run
has lost the cloud, and no answer decides anything any more.
"""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from conformance.engine.cloud.exchange import ABSENT
from specs.text import one_line

if TYPE_CHECKING:
    from conformance.engine.cloud.exchange import Answer, Ask
    from conformance.engine.cloud.roles import Role

PATIENCE = 15.0
"""The seconds after a doubtful request within which the cloud may come back."""

PAUSE = 2.0
"""Seconds between two controls."""

BUSY = frozenset({413, 429, 503})
"""Codes of an overloaded cloud, or of an overloaded front end."""

_FORBIDDEN, _GONE = 403, 404

REFUSED_TOKEN = 401
"""The code for a token that is not accepted."""


@dataclass(frozen=True)
class Control:
    """A GET with its former answer.

    Attributes:
        status: the code of the answer.
        members: the keys of the JSON object that was the answer.
    """

    path: str
    query: tuple[tuple[str, str], ...]
    microversion: str | None
    status: int
    members: frozenset[str]

    def holds(self, answer: Answer) -> bool:
        """Whether an answer to the same GET is like the former one; the thing may have been deleted."""
        if not isinstance(answer.json, dict):
            return False
        if answer.status == _GONE and self.status != _GONE:
            return bool(answer.json)
        return answer.status == self.status and self.members <= answer.json.keys()


Look = Callable[["Role", Control], "Answer"]
"""Sends a control in a role, with a short time limit, and without waiting for Retry-After."""


class Standing:
    """The standing of the cloud in this run. Safe to use from many threads.

    Args:
        look: a function that sends a control.

    Attributes:
        lost: the reason why the cloud no longer answers as before, in one sentence; None while it does.
        when_lost: a function that is called when ``lost`` is set.
    """

    def __init__(self, look: Look) -> None:
        self.lost: str | None = None
        self.when_lost: Callable[[], None] = lambda: None
        self._look = look
        self._known: dict[Role, dict[str, Control]] = {}
        self._lock = Lock()

    def learn(self, role: Role, ask: Ask, answer: Answer) -> None:
        """Remember an answered GET as a later control, unless it has headers of its own, which a control has not."""
        if ask.headers:
            return
        if (answer.ok or answer.status == _FORBIDDEN) and isinstance(answer.json, dict) and answer.json:
            # The links to further pages are not in every answer.
            members = frozenset(name for name in answer.json if not name.endswith("_links"))
            known = self._known.setdefault(role, {})
            known[ask.path.split("/")[1]] = Control(ask.path, ask.query, ask.microversion, answer.status, members)

    def never_accepted(self, role: Role) -> str | None:
        """A sentence if no answer shows that the token of a role is valid: it may have expired before its first use."""
        if self._known.get(role):
            return None
        return f"the token of the role {role} is refused (401), and no answer of the run shows that it is valid"

    def account(self, role: Role, answer: Answer) -> str | None:
        """The reason why a doubtful answer is not the cloud's own; None if it is, or if nothing shows that.

        This may take some seconds, in which the cloud may come back. Then the request can be sent again.
        """
        with self._lock:
            if self.lost is not None:
                return self.lost
            trouble: str | None = None
            deadline = time.monotonic() + PATIENCE - answer.ms / 1000
            while True:
                seen = self._seen(role)
                if seen is None:
                    return trouble
                trouble = _said(role, *seen)
                last = seen[1]
                wait = max(PAUSE, retry_after(last.headers.get("Retry-After")) or 0.0)
                if last.status == REFUSED_TOKEN or time.monotonic() + wait > deadline:
                    break
                time.sleep(wait)
            self.lost = trouble
        self.when_lost()
        return self.lost

    def look_again(self) -> None:
        """Find out whether a lost cloud has come back, so that the things of the run can be removed."""
        with self._lock:
            if self.lost is not None and any(self._seen(role, 1) is None for role in list(self._known)[:1]):
                self.lost = None

    def _seen(self, role: Role, most: int = 2) -> tuple[Control, Answer] | None:
        """A control that fails, with its answer; None if one holds, or if there is none."""
        known = list(self._known.get(role, {}).values())
        failed = None
        # Two are tried, because the cloud itself may have a failure at one of them.
        for control in dict.fromkeys([*known[:1], *known[-1:]][:most]):
            answer = self._look(role, control)
            if control.holds(answer):
                return None
            failed = control, answer
            if answer.error and answer.ms > 1000 * PAUSE:
                break  # nobody answers, so another control would take as long
        return failed


def doubtful(answer: Answer, *, with_token: bool) -> bool:
    """Whether an answer, or the lack of one, may be due to something between this machine and the cloud."""
    if answer.error or answer.status >= 500 or 300 < answer.status < 400 or answer.status in BUSY:
        return True
    if answer.status == REFUSED_TOKEN and with_token:
        return True
    return (answer.json is ABSENT and bool(answer.text.strip())) or (answer.ok and answer.json == {})


def is_busy(status: int, headers: Mapping[str, str]) -> bool:
    """Whether an answer asks for patience; a 503 does so only with Retry-After."""
    return status in BUSY and (status != 503 or "Retry-After" in headers)


def retry_after(value: str | None) -> float | None:
    """The seconds of a Retry-After header, which are a number or a date; None if it is neither."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value.strip()[:12])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None


def seconds_ahead(headers: Mapping[str, str]) -> float | None:
    """The seconds by which the clock of this machine is ahead of the answer's Date; None if the answer has no date."""
    try:
        return time.time() - _moment(headers.get("Date", ""))
    except (TypeError, ValueError, OverflowError):
        return None


@lru_cache(maxsize=16)
def _moment(date: str) -> float:
    """The time of a Date in seconds since 1970. All answers of a second have the same Date, which is read slowly."""
    return email.utils.parsedate_to_datetime(date).timestamp()


def not_the_cloud(asked: str, answer: Answer) -> str | None:
    """One sentence if an answer to a request for JSON did not come from the cloud; None if nothing shows that."""
    status = answer.status
    if is_busy(status, answer.headers):
        wish = answer.headers.get("Retry-After")
        wait = f", and asks to wait {one_line(wish, 40)}{' s' if wish.strip().isdigit() else ''}" if wish else ""
        return f"the cloud is overloaded, or limits how often it may be asked: {asked} gave {status}{wait}"
    if answer.json is ABSENT or 300 < status < 400:
        kind = one_line(answer.headers.get("Content-Type", "").partition(";")[0], 60) or "no content type"
        return (
            f"another program answers in place of the cloud: {asked} gave {status} and no JSON ({kind}); "
            "is it a proxy, or a page that wants a sign-in?"
        )
    return None


def _said(role: Role, control: Control, answer: Answer) -> str:
    """A sentence about a failed control."""
    if answer.error:
        return f"the cloud no longer answers: {answer.error}"
    if answer.status == REFUSED_TOKEN:
        return (
            f"the token of the role {role} is no longer accepted (401): it has expired or was revoked; give a new one"
        )
    asked = f"GET {control.path}"
    shown = f" with {' and '.join(sorted(control.members))}" if control.status == answer.status else ""
    return not_the_cloud(asked, answer) or (
        f"the cloud no longer answers as it did when the run began: {asked} gave {control.status}{shown}, "
        f"and now {answer.status}{' without' if shown else ''}"
    )
