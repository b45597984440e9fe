"""Expectations about values: one that was sent is shown, and one that was not sent stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.engine.api.response_fields import Place, values_at
from conformance.engine.cloud.redact import is_secret_name
from conformance.engine.model.evidence import Evidence, Judgement, broken, holds, undecided
from conformance.engine.model.expectation import Expectation
from conformance.engine.model.probe import Kept, Listed, Looked, Probe, RecordOf, ViewOf

HAD_IT = "had it before"
"""The observation that a thing had the value before the request that gives it."""

_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")


@dataclass(frozen=True)
class ComesBack(Expectation):
    """The value of a request field is shown in an answer.

    Attributes:
        name: the name of the field.
        sent_at: keys from the top of the request's body to the field.
        shown_at: the place of the field in the body of the answer, or in the element of a list.
        required: True if the reference requires the field in the answer.
        probe: the view, the list or the other resource that shows it; None for the answer of the request itself.
        own: True if the answer shows the resource under test, whose view was also taken before the request.
        was: the views of another thing before and after the request that changes it, and the place of the field in
            them; None if the request makes the thing, or nothing shows it.
    """

    name: str
    sent_at: tuple[str, ...]
    shown_at: Place
    required: bool
    probe: ViewOf | Listed | RecordOf | None = None
    own: bool = False
    was: tuple[Kept, Place] | None = None

    @property
    def expected(self) -> str:
        where = "in the response"
        if isinstance(self.probe, RecordOf):
            where = f"by the {self.probe.resource}"
        elif self.probe is not None:
            where = f"by {self.probe.operation}"
        return f"{self.name} is shown {where} with the value that was sent"

    @property
    def probes(self) -> tuple[Probe, ...]:
        return (*((self.probe,) if self.probe is not None else ()), *((self.was[0],) if self.was is not None else ()))

    def judge(self, evidence: Evidence) -> Judgement:
        if not evidence.accepted:
            return undecided(evidence.status, f"the request was answered {evidence.status}, so no value was taken")
        body = evidence.found.get(self.probe) if self.probe is not None else evidence.body
        if isinstance(body, Looked):
            body = body.shown
        if body in (None, ""):
            if self.probe is None:
                return _not_shown("the response has no body")
            if isinstance(self.probe, RecordOf):
                return _not_shown(f"no {self.probe.resource} could be looked up")
            return undecided("no view", f"{self.probe.operation} did not show the resource after the request")
        sent, _ = values_at(evidence.sent, self.sent_at)
        if not sent or sent[0] is None:
            return _not_shown(f"{self.name} was not sent with a value")
        shown, parents = values_at(body, self.shown_at)
        if not shown:
            if self.required and parents:
                return broken("missing", f"{self.name} was sent, and is missing from what is shown")
            return _not_shown(f"{self.name} is not shown, which the reference allows")
        if any(shows(one, sent[0]) for one in shown):
            if any(shows(one, sent[0]) for one in self._before(evidence)):
                why = f"{self.name} had the value already, so a request that is ignored shows it as well"
                return replace(_not_shown(why), observed=HAD_IT)
            return holds("the same")
        values = "" if is_secret_name(self.name) else f": {sent[0]!r:.60} was sent, {shown[0]!r:.60} is shown"
        return broken("another value", f"{self.name} does not come back{values}")

    def _before(self, evidence: Evidence) -> list[Any]:
        """The values that the thing had before the request."""
        if self.own:
            return values_at(evidence.before, self.shown_at[1:])[0]
        looked = evidence.found.get(self.was[0]) if self.was is not None else None
        return values_at(looked.was, self.was[1])[0] if self.was is not None and isinstance(looked, Looked) else []


@dataclass(frozen=True)
class KeepsValue(Expectation):
    """A field that an update leaves out has the same value after the update as before it.

    Attributes:
        name: the field.
        shown_at: its place in the body that shows the element.
        probe: the views of the element before and after the update.
        changed: the field that the update sends.
    """

    name: str
    shown_at: Place
    probe: Kept
    changed: str

    @property
    def expected(self) -> str:
        return f"{self.name} keeps its value when {self.changed} alone is sent"

    @property
    def probes(self) -> tuple[Probe, ...]:
        return (self.probe,)

    def judge(self, evidence: Evidence) -> Judgement:
        if not evidence.accepted:
            return undecided(evidence.status, f"the request was answered {evidence.status}, so it changed nothing")
        looked = evidence.found.get(self.probe)
        if not isinstance(looked, Looked) or looked.was is None or looked.shown is None:
            return undecided("no view", f"{self.probe.operation} did not show the element before and after the request")
        was, _ = values_at(looked.was, self.shown_at)
        now, _ = values_at(looked.shown, self.shown_at)
        if not was or was[0] in (None, "", [], {}):
            return _not_shown(f"{self.name} had no value before the request")
        if was == now:
            return holds("the same")
        values = "" if is_secret_name(self.name) or not now else f": it was {was[0]!r:.60}, and is {now[0]!r:.60}"
        return broken("another value", f"{self.name} was not sent, and did not keep its value{values}")


def _not_shown(reason: str) -> Judgement:
    return Judgement("inapplicable", "not shown", reason)


def shows(shown: Any, sent: Any) -> bool:
    """True if a shown value is the sent one.

    A service may add members to an object and elements to a list, and show a number or a truth value as text or the
    reverse. UUIDs are the same with and without hyphens. Everything else must be equal.
    """
    if isinstance(sent, Mapping):
        return isinstance(shown, Mapping) and all(key in shown and shows(shown[key], v) for key, v in sent.items())
    if isinstance(sent, list):
        return isinstance(shown, list) and all(any(shows(one, wanted) for one in shown) for wanted in sent)
    if shown == sent:
        return True
    if isinstance(shown, Mapping | list) or shown is None:
        return False
    one, other = str(shown), str(sent)
    if isinstance(sent, bool) or isinstance(shown, bool):
        return one.lower() == other.lower()
    if _UUID.fullmatch(one.lower()) and _UUID.fullmatch(other.lower()):
        return one.lower().replace("-", "") == other.lower().replace("-", "")
    return one == other or (_number(one) is not None and _number(one) == _number(other))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
