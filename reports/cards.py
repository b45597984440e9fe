"""Deviations as cards for a page, within a budget that limits the size of the page."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from reports import words
from reports.again import again
from reports.curl import curl_of, decisive, shown_header
from reports.known import Known, known_of, was_compared
from reports.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.compare import Comparison
    from reports.findings import Cause, Finding
    from specs.record.model import Exchange, Result, RunInfo

BODY = 4_000
"""Largest number of characters of a body that are shown."""
COMMAND = 6_000
"""Largest number of characters of a curl command; a longer one is left out."""
EXCHANGES = 6
"""Largest number of exchanges of one case that are shown: the first two, and the last ones."""
CARDS = 800
"""Largest number of deviations that are shown as cards; the others are shown by their ids."""
BUDGET = 4_000_000
"""Largest number of characters of all exchanges on one page."""


@dataclass(frozen=True)
class ShownExchange:
    """An exchange as text. ``by`` names the role that sent the judged request; empty for other requests."""

    request: str
    response: str
    time: str
    by: str = ""


@dataclass(frozen=True)
class Card:
    """A deviation as the page shows it.

    Attributes:
        tried: role, microversion and state of the judged request, in words.
        news: ``new`` if the deviation is not in the baseline of the comparison; else empty.
        known: the evidence, if the deviation is a known one of the release.
        unknown: True if the release has known deviations, and some case of this one is not among them.
        left_out: a sentence on the exchanges that are not shown; empty if all are.
    """

    finding: Finding
    anchor: str
    tried: str
    again: str
    curl: str
    exchanges: tuple[ShownExchange, ...]
    left_out: str
    news: str
    known: Known | None = None
    unknown: bool = False


@dataclass(frozen=True)
class Pile:
    """The deviations of one cause: as cards as far as the page has room, the others by their ids."""

    cause: Cause
    first: Card
    rest: tuple[Card, ...]
    unshown: tuple[str, ...]

    @property
    def size(self) -> int:
        """Number of deviations, shown or not."""
        return len(self.cause.findings)


@dataclass(frozen=True)
class Dealt:
    """The content of one section: causes with cards, and the ids of the deviations that are not shown as cards."""

    piles: tuple[Pile, ...]
    unshown: tuple[str, ...]

    @property
    def size(self) -> int:
        """Number of deviations, shown or not."""
        return sum(pile.size for pile in self.piles) + len(self.unshown)


class Deck:
    """Makes cards until the budget of the page is used up.

    Attributes:
        anchors: id of a requirement, in a run of several services after its service -> the anchors of its cards.
    """

    def __init__(self, info: RunInfo, comparison: Comparison | None = None) -> None:
        self.anchors: dict[str, list[str]] = {}
        self._info = info
        self._new = frozenset(comparison.new) if comparison else frozenset()
        self._heads: dict[str | None, tuple[RunInfo, dict[str, Known], bool]] = {}
        self._cards = CARDS
        self._budget = BUDGET

    def deal(self, causes: Iterable[Cause]) -> Dealt:
        """Make the cards of each cause, until the budget is used up."""
        piles: list[Pile] = []
        left: list[str] = []
        for cause in causes:
            room = max(0, self._cards)
            cards = [self._card(finding) for finding in cause.findings[:room]]
            unshown = tuple(finding.id for finding in cause.findings[room:])
            if cards:
                piles.append(Pile(cause, cards[0], tuple(cards[1:]), unshown))
            else:
                left += unshown
        return Dealt(tuple(piles), tuple(left))

    def _card(self, finding: Finding) -> Card:
        self._cards -= 1
        example = finding.example
        head, known, compared = self._head(example.service)
        anchor = f"d-{hashlib.sha256(finding.key.encode('utf-8', 'replace')).hexdigest()[:12]}"
        self.anchors.setdefault(example.name, []).append(anchor)
        command = curl_of(example, head) or ""
        shown, left_out = self._exchanges(example)
        return Card(
            finding=finding,
            anchor=anchor,
            tried=_tried(example),
            again=again(example.case, head),
            curl=command if len(command) <= COMMAND else "",
            exchanges=shown,
            left_out=left_out,
            news="new" if finding.key in self._new else "",
            known=known.get(finding.id),
            unknown=compared and (finding.id not in known or bool(known[finding.id].beyond)),
        )

    def _head(self, service: str | None) -> tuple[RunInfo, dict[str, Known], bool]:
        """The head of a service of the run, the known deviations in its notes, and whether there was a comparison."""
        if service not in self._heads:
            head = self._info.head_of(service)
            self._heads[service] = head, known_of(head), was_compared(head)
        return self._heads[service]

    def _exchanges(self, result: Result) -> tuple[tuple[ShownExchange, ...], str]:
        exchanges = result.exchanges
        if len(exchanges) > EXCHANGES:
            exchanges = exchanges[:2] + exchanges[-(EXCHANGES - 2) :]
        shown: list[ShownExchange] = []
        judged = decisive(result)
        for exchange in exchanges:
            if self._budget <= 0:
                break
            text = shown_exchange(exchange, as_role(result.role) if exchange is judged else "")
            self._budget -= len(text.request) + len(text.response)
            shown.append(text)
        missing = len(result.exchanges) - len(shown)
        where = f"{words.count(missing, 'more exchange')} in the run record, at {result.case}"
        return tuple(shown), where if missing else ""


def shown_exchange(exchange: Exchange, by: str = "") -> ShownExchange:
    """Return an exchange as text: secrets as ``***``, and long bodies cut, with the number of missing characters."""
    request, response = exchange.request, exchange.response
    sent = _message(f"{request.method} {request.url}", request.headers, request.body)
    came = "no answer came" if response is None else _message(str(response.status), response.headers, response.body)
    return ShownExchange(sent, came, f"{exchange.ms:.0f} ms", by)


def _message(head: str, headers: dict[str, str], body: Any) -> str:
    lines = [_cut(head, 2_000)]
    lines += [f"{name}: {_cut(shown_header(name, value), 1_000)}" for name, value in headers.items()]
    if body is not None:
        lines += ["", _cut(body if isinstance(body, str) else _indented(json.dumps(body, ensure_ascii=False)), BODY)]
    return "\n".join(lines)


@lru_cache(maxsize=256)
def _indented(text: str) -> str:
    """A text of JSON with a line for each member. The cases of a trial share its bodies, and Python indents slowly."""
    return json.dumps(json.loads(text), indent=2, ensure_ascii=False)


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n… {words.number(len(text) - limit)} more characters in the run record"


def _tried(result: Result) -> str:
    parts = [as_role(result.role)]
    if result.microversion:
        parts.append(f"at microversion {result.microversion}")
    if result.state:
        parts.append(f"in the state {result.state}")
    return ", ".join(parts)
