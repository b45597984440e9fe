"""Whether the cloud still answers as it did when the run began, or something between it and us has given out.

A token that has expired, the page of a proxy or of a sign-in, an overloaded service and a line that is down all come in
the place of an answer, and would be taken for one. So an answer that could be such is followed by a
control: a GET that the same role was answered before. As long as that is answered as it was, the doubtful answer is the
cloud's own. If it is not, for some seconds on end, the run has lost the cloud, and what it asks for decides nothing.
"""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from conformance.engine.cloud.exchange import ABSENT
from specs.text import one_line

if TYPE_CHECKING:
    from conformance.engine.cloud.exchange import Answer, Ask
    from conformance.engine.cloud.roles import Role

PATIENCE = 15.0
"""Seconds from the doubtful request on, within which the cloud may come back."""

PAUSE = 2.0
"""Seconds between two controls."""

BUSY = frozenset({413, 429, 503})
"""Codes of a cloud, or of what stands before it, that has too much to do."""

_FORBIDDEN, _GONE, _REFUSED_TOKEN = 403, 404, 401


@dataclass(frozen=True)
class Control:
    """A GET with the answer that it had.

    Attributes:
        members: of the JSON object that was the answer.
    """

    path: str
    query: tuple[tuple[str, str], ...]
    microversion: str | None
    status: int
    members: frozenset[str]

    def holds(self, answer: Answer) -> bool:
        """Whether the same GET is answered as it was; a thing that was there may be gone."""
        if not isinstance(answer.json, dict):
            return False
        if answer.status == _GONE and self.status != _GONE:
            return bool(answer.json)
        return answer.status == self.status and self.members <= answer.json.keys()


Look = Callable[["Role", Control], "Answer"]
"""Makes a control in a role, with a short time limit, and waits for no Retry-After."""


class Standing:
    """What is known of the cloud's answers. Safe to use from many threads.

    Args:
        look: makes a control.

    Attributes:
        lost: why the cloud no longer answers as it did, in one sentence; None while it does.
        when_lost: is called when ``lost`` is set.
    """

    def __init__(self, look: Look) -> None:
        self.lost: str | None = None
        self.when_lost: Callable[[], None] = lambda: None
        self._look = look
        self._known: dict[Role, dict[str, Control]] = {}
        self._lock = Lock()

    def learn(self, role: Role, ask: Ask, answer: Answer) -> None:
        """Remember a GET that was answered, as a control for later."""
        if (answer.ok or answer.status == _FORBIDDEN) and isinstance(answer.json, dict) and answer.json:
            # Links to further pages come and go.
            members = frozenset(name for name in answer.json if not name.endswith("_links"))
            known = self._known.setdefault(role, {})
            known[ask.path.split("/")[1]] = Control(ask.path, ask.query, ask.microversion, answer.status, members)

    def account(self, role: Role, answer: Answer) -> str | None:
        """Say why a doubtful answer is not the cloud's own; None if it is, or nothing tells.

        It may take some seconds, in which the cloud may come back, and then what was asked can be asked again.
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
                if last.status == _REFUSED_TOKEN or time.monotonic() + wait > deadline:
                    break
                time.sleep(wait)
            self.lost = trouble
        self.when_lost()
        return self.lost

    def look_again(self) -> None:
        """See whether a cloud that was lost has come back: what a run has made should be removed if it can be."""
        with self._lock:
            if self.lost is not None and any(self._seen(role, 1) is None for role in list(self._known)[:1]):
                self.lost = None

    def _seen(self, role: Role, most: int = 2) -> tuple[Control, Answer] | None:
        """A control that does not hold, with its answer; None if one does, or there is none."""
        known = list(self._known.get(role, {}).values())
        failed = None
        # One of them may be what the cloud itself is at odds with.
        for control in dict.fromkeys([*known[:1], *known[-1:]][:most]):
            answer = self._look(role, control)
            if control.holds(answer):
                return None
            failed = control, answer
            if answer.error and answer.ms > 1000 * PAUSE:
                break  # nobody answers, so another question would wait as long
        return failed


def doubtful(answer: Answer, *, with_token: bool) -> bool:
    """Whether something else than the cloud could have given an answer, or kept it back."""
    if answer.error or answer.status >= 500 or 300 < answer.status < 400 or answer.status in BUSY:
        return True
    if answer.status == _REFUSED_TOKEN and with_token:
        return True
    return (answer.json is ABSENT and bool(answer.text.strip())) or (answer.ok and answer.json == {})


def is_busy(status: int, headers: Mapping[str, str]) -> bool:
    """Whether an answer asks for patience: a 503 does so by its Retry-After alone."""
    return status in BUSY and (status != 503 or "Retry-After" in headers)


def retry_after(value: str | None) -> float | None:
    """Seconds from a Retry-After header, which gives them or a date; None where it gives neither."""
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
        return time.time() - email.utils.parsedate_to_datetime(headers.get("Date", "")).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def not_the_cloud(asked: str, answer: Answer) -> str | None:
    """Say that something before the cloud has answered a request for JSON; None if nothing shows that."""
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
    """A sentence about a control that does not hold."""
    if answer.error:
        return f"the cloud no longer answers: {answer.error}"
    if answer.status == _REFUSED_TOKEN:
        return (
            f"the token of the role {role} is no longer accepted (401): it has expired or was revoked; give a new one"
        )
    asked = f"GET {control.path}"
    shown = f" with {' and '.join(sorted(control.members))}" if control.status == answer.status else ""
    return not_the_cloud(asked, answer) or (
        f"the cloud no longer answers as it did when the run began: {asked} gave {control.status}{shown}, "
        f"and now {answer.status}{' without' if shown else ''}"
    )
