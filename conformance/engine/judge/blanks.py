"""Expectations about fields that are null or empty in a situation."""

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
    """A field is null, or empty, in every object of an answer that is in the documented situation.

    Attributes:
        name: the name of the row.
        place: the place of the field in the body.
        kind: ``null`` or ``empty``.
        situation: the situation in words.
        beside: other fields of the same object, each with the value that it has in the situation.
        probe: the view to look up; None for the answer of the request itself.
    """

    name: str
    place: Place
    kind: Literal["null", "empty"]
    situation: str
    beside: tuple[tuple[str, Any], ...] = ()
    probe: ViewOf | None = None

    @property
    def expected(self) -> str:
        return f"{self.name}: {self.kind}, {self.situation}"

    @property
    def probes(self) -> tuple[Probe, ...]:
        return (self.probe,) if self.probe is not None else ()

    def judge(self, evidence: Evidence) -> Judgement:
        if not evidence.accepted:
            return undecided(
                evidence.status, f"the request was answered {evidence.status}, so there is no such response to judge"
            )
        body = evidence.found.get(self.probe) if self.probe is not None else evidence.body
        if self.probe is not None and body in (None, ""):
            return undecided("no view", f"{self.probe.operation} did not show the resource after the request")
        shown = list(self._shown(body))
        if not shown:
            reason = f"no object of the response shows {self.name} {self.situation}"
            return Judgement("inapplicable", "not shown", reason)
        for value in shown:
            fits = value is None if self.kind == "null" else value is not None and value in EMPTY
            if not fits:
                text = "" if is_secret_name(self.name) else f" {value!r:.60}"
                what = "null" if value is None else "empty" if value in EMPTY else "a value"
                return broken(what, f"{self.name} is{text}, documented as {self.kind}, {self.situation}")
        return holds(self.kind)

    def _shown(self, body: Any) -> Iterator[Any]:
        """Yield the value of the field in each object that is in the situation."""
        holders = values_at(body, self.place[:-1])[0] if len(self.place) > 1 else [body]
        for holder in holders:
            if isinstance(holder, Mapping) and self.place[-1] in holder and self._is_there(holder):
                yield holder[self.place[-1]]

    def _is_there(self, holder: Mapping[str, Any]) -> bool:
        return all(key in holder and _same(holder[key], value) for key, value in self.beside)


def _same(shown: Any, value: Any) -> bool:
    """Whether a shown value is the documented one; words for a state are the same in capitals and in small letters."""
    if isinstance(shown, str) and isinstance(value, str):
        return shown.lower() == value.lower()
    return type(shown) is type(value) and bool(shown == value)
