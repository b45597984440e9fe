"""Expectations about response codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.engine.model.evidence import (
    Evidence,
    Judgement,
    broken,
    holds,
    left_out,
    silent,
    undecided,
)
from conformance.engine.model.expectation import Expectation
from conformance.engine.model.probe import FieldTaken, Probe

LOOKED_UP = ("exists", "shown", "below", "recorded", "arrived")
"""The findings beside the fields of the resource: whether a list or the view of the resource shows it, the content of
that view, the content of the views below it, the log of its actions, and the things that a list shows more."""

SAID = {
    "below": "what is shown below it changed",
    "recorded": "the list of what was done with it has an entry more",
    "arrived": "the list shows a thing more, which nobody else of this run has made",
}

HIDDEN = 404
"""The status code for a resource that does not exist, or whose existence must stay hidden."""


def _codes(codes: tuple[int, ...]) -> str:
    return " or ".join(map(str, codes))


def _framework(evidence: Evidence) -> Judgement | None:
    """Return the verdict for a response that belongs to no operation; None for all others."""
    if evidence.framework:
        return undecided(evidence.status, f"the answer {evidence.status} comes from the framework, not the operation")
    return None


def _unordered(value: Any) -> Any:
    """Return a value whose lists compare without their order, because no reference gives the order of such lists."""
    if isinstance(value, dict):
        return {key: _unordered(value[key]) for key in sorted(value)}
    return sorted(map(_unordered, value), key=repr) if isinstance(value, list) else value


def changed_by(evidence: Evidence) -> str | None:
    """Return how the resource differs after a refusal; None if it does not.

    Only fields in both views are compared: the fields of a view may depend on the microversion.
    """
    if evidence.before is None:
        return None
    if evidence.after is None:
        return "the resource is gone"
    for name in (*evidence.lasting_fields, *LOOKED_UP):
        if name in evidence.before and name in evidence.after:
            before, after = evidence.before[name], evidence.after[name]
            if _unordered(before) != _unordered(after):
                if name == "exists" and not after:
                    return "the resource is gone"
                if name in SAID:
                    return SAID[name]
                plain = not isinstance(before, dict | list) and not isinstance(after, dict | list)
                return f"{name} changed" + (f" from {before} to {after}" if plain else "")
    return None


def _observed(evidence: Evidence, situation: str, observation: Mapping[str, Any]) -> Judgement:
    """Return the verdict in a situation that the reference leaves open: only an unlisted code of an error counts."""
    status = evidence.status or 0
    framework = _framework(evidence)
    if framework:
        return framework
    if status >= 500 and status not in evidence.listed():
        return broken(status, f"answered {status}, which the reference does not list: {situation}")
    if evidence.accepted:
        return silent(
            status,
            f"the reference does not say that {situation} conflicts; this cloud accepts it (observation)",
            observation,
        )
    if status not in evidence.listed():
        return left_out(status, f"refused with {status}, which the reference does not list: {situation}")
    return silent(
        status,
        f"refused with {status} in the situation {situation}, of which the reference is silent (observation)",
        observation,
    )


@dataclass(frozen=True)
class Accepted(Expectation):
    """One of the documented normal codes."""

    codes: tuple[int, ...]

    @property
    def expected(self) -> str:
        return _codes(self.codes)

    def judge(self, evidence: Evidence) -> Judgement:
        if evidence.status in self.codes:
            return holds(evidence.status)
        framework = _framework(evidence)
        if framework:
            return framework
        if evidence.accepted:
            return broken(evidence.status, f"accepted with {evidence.status}, which is no documented normal code")
        return broken(evidence.status, f"the documented request was refused with {evidence.status}")


ELSEWHERE = frozenset({401, 403, 404, 409})
"""Status codes of refusals whose reason is not in the request table: policy, quota, a missing resource, a conflict."""


@dataclass(frozen=True)
class LetIn(Expectation):
    """A value that the reference allows: the request is accepted with a normal code.

    A refusal of the request itself (400, 422, ...) refuses the value, the only difference from a documented request,
    and so breaks the promise. A policy on an optional field, a quota, a conflict or a driver that lacks something
    may refuse the same request for reasons of their own, so their codes decide nothing.

    Attributes:
        codes: the normal ones.
        what: the value that the reference allows, in words.
    """

    codes: tuple[int, ...]
    what: str

    @property
    def expected(self) -> str:
        return f"{_codes(self.codes)}: {self.what}"

    def judge(self, evidence: Evidence) -> Judgement:
        status = evidence.status or 0
        if evidence.accepted or status in self.codes:
            return Accepted(self.codes).judge(evidence)
        framework = _framework(evidence)
        if framework:
            return framework
        if status in ELSEWHERE or (status >= 500 and status in evidence.listed()):
            return undecided(status, f"refused with {status}, which says nothing of whether {self.what}")
        return broken(status, f"refused with {status} although {self.what}")


@dataclass(frozen=True)
class Admitted(Expectation):
    """The request passes a precondition: accepted, whatever the normal code; only a refusal breaks it."""

    what: str

    @property
    def expected(self) -> str:
        return f"accepted: {self.what}"

    def judge(self, evidence: Evidence) -> Judgement:
        if evidence.accepted:
            return holds(evidence.status)
        framework = _framework(evidence)
        if framework:
            return framework
        if evidence.status in (401, 403, 404):
            return undecided(
                evidence.status, f"refused with {evidence.status}, which says nothing of whether {self.what}"
            )
        return broken(evidence.status, f"refused with {evidence.status} although {self.what}")


@dataclass(frozen=True)
class Refused(Expectation):
    """A refusal with one of some codes, which leaves the resource as it was.

    Attributes:
        codes: those that the promise names.
        why: the fault of the request, for the reason of the verdict.
        also_listed: True if another listed 4xx keeps the promise too.
        any_refusal: True if any refusal keeps the promise, and an unlisted code is an omission (for constraints and
            preconditions, whose sentences name no code).
        first: a listed code that decides nothing, because another fault of the request is found first; or None.
        elsewhere: listed codes that a service which overlooks the fault gives, too, such as 404 for a name that names
            nothing, whatever its form. They show nothing, and the reference does not say which code comes.
    """

    codes: tuple[int, ...]
    why: str
    also_listed: bool = False
    any_refusal: bool = False
    first: int | None = None
    elsewhere: tuple[int, ...] = ()

    @property
    def expected(self) -> str:
        if self.any_refusal:
            return f"refused: {self.why}"
        return _codes(self.codes) + (" or another listed 4xx" if self.also_listed else "")

    def judge(self, evidence: Evidence) -> Judgement:
        status = evidence.status or 0
        if evidence.accepted:
            return broken(status, f"accepted with {status} although {self.why}")
        framework = None if status in self.codes else _framework(evidence)
        if framework:
            return framework
        if status >= 500 and status not in self.codes:
            return broken(status, f"answered {status} where a refusal was due: {self.why}")
        changed = changed_by(evidence)
        if changed:
            return broken("changed", f"refused with {status}, and yet {changed}")
        if status == self.first and status in evidence.listed():
            return undecided(status, f"refused with {status}, which is listed too and may come first: {self.why}")
        if status in self.elsewhere and status not in self.codes and status in evidence.listed():
            return silent(
                status,
                f"refused with {status}, which is listed too and has other causes than that {self.why} (observation)",
                {"situation": self.why, "answer": status},
            )
        if status in (evidence.listed() if self.any_refusal else self.codes):
            return holds(status)
        if self.any_refusal:
            return left_out(status, f"refused with {status}, which the reference does not list")
        if self.also_listed and status in evidence.listed():
            return holds(status)
        return broken(status, f"refused with {status} instead of {_codes(self.codes)}: {self.why}")


@dataclass(frozen=True)
class RefusedAsUnreadable(Expectation):
    """A refusal of a request that cannot be read at all: with any 4xx that no other cause explains.

    No operation lists a code for it, since the framework of the service answers before the operation does.
    """

    why: str

    @property
    def expected(self) -> str:
        return f"a 4xx: {self.why}"

    def judge(self, evidence: Evidence) -> Judgement:
        status = evidence.status or 0
        framework = _framework(evidence)
        if framework:
            return framework
        if status in ELSEWHERE:
            return undecided(status, f"refused with {status}, which says nothing of whether {self.why}")
        if evidence.accepted or status >= 500:
            return broken(status, f"answered {status} although {self.why}")
        changed = changed_by(evidence)
        return broken("changed", f"refused with {status}, and yet {changed}") if changed else holds(status)


@dataclass(frozen=True)
class RefusedUnlessProviderChose(Expectation):
    """A refusal to a role below the documented one, where the provider may have changed the policy.

    Attributes:
        default_policy: True if the cloud is known to keep the documented defaults, so acceptance breaks the promise.
        first: a listed code that decides nothing, because another fault of the request is found first; or None.
    """

    code: int
    why: str
    default_policy: bool
    first: int | None = None

    @property
    def expected(self) -> str:
        return str(self.code)

    def judge(self, evidence: Evidence) -> Judgement:
        if evidence.accepted and not self.default_policy:
            return silent(
                evidence.status,
                "the provider may change the policy; this cloud accepts the request (observation)",
                {"policy": self.why, "answer": evidence.status},
            )
        return Refused((self.code,), self.why, first=self.first).judge(evidence)


@dataclass(frozen=True)
class RefusedWhereSilent(Expectation):
    """A code that the reference lists without a situation: this code keeps the promise, any other is only observed.

    Attributes:
        may_hide: True if a listed 404 also keeps the promise. A cloud may hide the existence of a forbidden resource
            (RFC 9110, 15.5.4).
        state: the status of the resource, if the situation consists of the status alone.
    """

    code: int
    situation: str
    may_hide: bool = False
    state: str | None = None

    @property
    def expected(self) -> str:
        hidden = f" or {HIDDEN}" if self.may_hide else ""
        return f"{self.code}{hidden}, or accepted (the reference does not say which)"

    def judge(self, evidence: Evidence) -> Judgement:
        status = evidence.status or 0
        observation: dict[str, Any] = {"situation": self.situation, "answer": status}
        observation |= {"state": self.state} if self.state else {}
        if status == self.code or (self.may_hide and status == HIDDEN and HIDDEN in evidence.listed()):
            changed = changed_by(evidence)
            if changed:
                return broken("changed", f"refused with {status}, and yet {changed}")
            return holds(status, observation)
        return _observed(evidence, self.situation, observation)


@dataclass(frozen=True)
class AnsweredAsListed(Expectation):
    """Any listed answer, or acceptance, in a situation of which the reference says nothing.

    Attributes:
        situation: the situation, in words.
        state: the status of the resource, if the situation consists of the status alone.
    """

    situation: str
    state: str | None = None

    @property
    def expected(self) -> str:
        return "accepted, or refused with a listed code (the reference does not say which)"

    def judge(self, evidence: Evidence) -> Judgement:
        observation: dict[str, Any] = {"situation": self.situation, "answer": evidence.status}
        observation |= {"state": self.state} if self.state else {}
        return _observed(evidence, self.situation, observation)


@dataclass(frozen=True)
class OutsideVersions(Expectation):
    """A request field outside its microversions: refused or ignored; it must not take effect.

    The reference says in which versions the field exists, not how a request outside of them is answered, so both a
    listed refusal and an acceptance without effect keep the promise.
    """

    probe: FieldTaken
    field: str
    bound: str

    @property
    def expected(self) -> str:
        return f"{self.field} is refused or has no effect ({self.bound})"

    @property
    def probes(self) -> tuple[Probe, ...]:
        return (self.probe,)

    def judge(self, evidence: Evidence) -> Judgement:
        status = evidence.status or 0
        if status in (400, 404):
            return holds(status)
        framework = _framework(evidence)
        if framework:
            return framework
        if not evidence.accepted:
            return broken(status, f"answered {status} to a request with {self.field}, outside its versions")
        taken = evidence.found.get(self.probe)
        if taken:
            return broken("took effect", f"{self.field} took effect although it exists only {self.bound}")
        if taken is False:
            return holds("ignored", {"field": self.field, "answer": "ignored"})
        return silent(
            status,
            f"{self.field}, which exists only {self.bound}, was accepted; no field shows whether it took effect",
            {"field": self.field, "answer": status},
        )
