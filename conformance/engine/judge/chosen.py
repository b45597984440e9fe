"""The expectation about an answer whose fields the request has chosen."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.engine.api.response_fields import Place, values_at
from conformance.engine.judge.lists import without_page
from conformance.engine.model.evidence import Evidence, Judgement, broken, holds, undecided
from conformance.engine.model.expectation import Expectation
from conformance.engine.model.listing import Page


@dataclass(frozen=True)
class OnlyChosen(Expectation):
    """Every thing in the answer has the chosen fields and no others. An answer without a thing decides nothing.

    Attributes:
        parameter: the query parameter that names the fields.
        holder: the place of the objects that have the fields.
        names: the chosen fields.
    """

    parameter: str
    holder: Place
    names: tuple[str, ...]

    @property
    def expected(self) -> str:
        return f"{' and '.join(self.names)}, and no other field"

    def judge(self, evidence: Evidence) -> Judgement:
        refused = without_page(evidence, Page(evidence.status or 0), self.parameter)
        if refused:
            return refused
        things = values_at(evidence.body, self.holder)[0]
        if not things:
            return undecided("empty", "the answer shows no thing whose fields could be chosen")
        asked = "&".join(f"{self.parameter}={name}" for name in self.names)
        for thing in things:
            shown = set(thing) if isinstance(thing, dict) else set()
            if lost := [name for name in self.names if name not in shown]:
                return broken("missing", f"{asked} does not show {lost[0]}")
            if others := sorted(shown.difference(self.names)):
                more = f" and {len(others) - 1} more" * (len(others) > 1)
                return broken("other fields", f"{asked} shows {others[0]}{more}")
        return holds("the chosen fields")
