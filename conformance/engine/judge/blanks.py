"""Expectations about fields that are null, empty, absent or shown in a situation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from conformance.engine.api.response_fields import Place, values_at
from conformance.engine.cloud.redact import is_secret_name
from conformance.engine.model.evidence import Evidence, Judgement, broken, holds, undecided
from conformance.engine.model.expectation import Expectation
from conformance.engine.model.probe import Probe, ViewOf

EMPTY: tuple[Any, ...] = ("", [], {})
"""The empty values; null is not one of them."""


@dataclass(frozen=True)
class IsBlank(Expectation):
    """A field is null, empty, absent or shown in every object of an answer that is in the documented situation.

    Attributes:
        name: the name of the row.
        place: the place of the field in the body.
        kind: ``null``, ``empty``, ``absent``, or ``shown`` for any other value.
        situation: the situation in words.
        beside: other fields of the same object, each with the value that it has in the situation.
        outside: a field of the same object, and the values that it does not have in the situation.
        open: True if another case judges whether the request is accepted; a refusal then shows nothing.
        probe: the view to look up; None for the answer of the request itself.
    """

    name: str
    place: Place
    kind: Literal["null", "empty", "absent", "shown"]
    situation: str
    beside: tuple[tuple[str, Any], ...] = ()
    outside: tuple[str, tuple[str, ...]] | None = None
    open: bool = False
    probe: ViewOf | None = None

    @property
    def expected(self) -> str:
        return f"{self.name}: {self.kind}, {self.situation}"

    @property
    def probes(self) -> tuple[Probe, ...]:
        return (self.probe,) if self.probe is not None else ()

    def judge(self, evidence: Evidence) -> Judgement:
        if not evidence.accepted:
            reason = f"the request was answered {evidence.status}, so there is no such response to judge"
            return _not_shown(reason) if self.open else undecided(evidence.status, reason)
        body = evidence.found.get(self.probe) if self.probe is not None else evidence.body
        if self.probe is not None and body in (None, ""):
            return undecided("no view", f"{self.probe.operation} did not show the resource after the request")
        holders = list(self._holders(body))
        shown = [holder[self.place[-1]] for holder in holders if self.place[-1] in holder]
        if not holders or (not shown and self.kind not in ("absent", "shown")):
            return _not_shown(f"no object of the response shows {self.name} {self.situation}")
        if self.kind == "shown" and len(shown) < len(holders):
            return broken("absent", f"{self.name} is absent, documented as shown, {self.situation}")
        for value in shown:
            what = "null" if value is None else "empty" if value in EMPTY else "a value"
            if what != ("a value" if self.kind == "shown" else self.kind):
                text = "" if is_secret_name(self.name) else f" {value!r:.60}"
                return broken(what, f"{self.name} is{text}, documented as {self.kind}, {self.situation}")
        return holds(self.kind)

    def _holders(self, body: Any) -> Iterator[Mapping[str, Any]]:
        """Yield each object that could show the field and is in the situation."""
        for holder in values_at(body, self.place[:-1])[0] if len(self.place) > 1 else [body]:
            if isinstance(holder, Mapping) and self._is_there(holder):
                yield holder

    def _is_there(self, holder: Mapping[str, Any]) -> bool:
        if self.outside is not None:
            state = holder.get(self.outside[0])
            if not isinstance(state, str) or any(_same(state, one) for one in self.outside[1]):
                return False
        return all(key in holder and _same(holder[key], value) for key, value in self.beside)


def _not_shown(reason: str) -> Judgement:
    return Judgement("inapplicable", "not shown", reason)


def _same(shown: Any, value: Any) -> bool:
    """Whether a shown value is the documented one; words for a state are the same in capitals and in small letters."""
    if isinstance(shown, str) and isinstance(value, str):
        return shown.lower() == value.lower()
    return type(shown) is type(value) and bool(shown == value)
