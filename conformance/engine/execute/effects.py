"""Looks for the effects of a request where the API shows them: before it is sent, and afterwards until they show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from conformance.engine.api.entries import EffectRule
from conformance.engine.api.response_fields import elements, values_at
from conformance.engine.cloud.created import creation
from conformance.engine.cloud.exchange import Answer, Ask
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.wait import until
from conformance.engine.execute.paging import SOON
from conformance.engine.judge.effects import Seen
from conformance.engine.model.evidence import Problem
from conformance.engine.model.probe import EffectOn, Probe
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.subject import Subject
from specs.microversion import Microversion

LACKING = (403, 404, 410)
"""Codes of a cloud that does not show such things, or does not show them to the role."""


@dataclass(frozen=True)
class _Look:
    """A look for one effect.

    Attributes:
        rule: the place where the API shows the effect.
        effect: ``created`` or another word of the rule.
        query: the names and values of the query of the list.
        subject: the id of the resource under test.
        seen: the finding before the request.
    """

    rule: EffectRule
    effect: str
    query: tuple[tuple[str, str], ...]
    subject: str
    seen: Seen


@dataclass
class Effects:
    """Looks for the effects that the cases of one trial at a time are about.

    Attributes:
        shown: the last answer about each thing that the present request has made, by path, role and microversion.
    """

    context: RunContext
    subject: Subject
    shown: dict[tuple[str, Role, str], Answer] = field(default_factory=dict)
    _looks: dict[EffectOn, _Look] = field(default_factory=dict)

    def before(self, probes: Iterable[Probe]) -> None:
        """Look before the request is sent: a thing that the request removes can be named only then."""
        self._looks = {}
        for probe in probes:
            if isinstance(probe, EffectOn) and self.subject.known_id:
                rule = self.context.service.effect(probe.resource, probe.effect)
                if rule is not None:
                    self._looks[probe] = self._first(rule, probe.effect)

    def after(self, answer: Answer, role: str) -> Mapping[EffectOn, Seen]:
        """Look after the request of a role was accepted, until the effects show or the time is up."""
        self.shown.clear()
        return {probe: self._until(look, answer, Role(role)) for probe, look in self._looks.items()}

    def made_unasked(self, resource: str) -> str | None:
        """The id of the listed thing that no request of the run has named; None unless there is exactly one."""
        rule = self.context.service.effect(resource, "created")
        if rule is None:
            return None
        look = self._look(rule, "created")
        there = self._unasked(look, self._listed(look))
        return next(iter(there)) if len(there) == 1 else None

    def _look(self, rule: EffectRule, effect: str) -> _Look:
        fill = self.subject.bindings.filled
        return _Look(rule, effect, tuple((n, str(fill(v))) for n, v in rule.query), self.subject.resource_id, Seen())

    def _unasked(self, look: _Look, seen: Seen) -> frozenset[str]:
        """The ids of a finding without those that the run has asked for: nobody may have asked for a thing."""
        journal = self.context.cloud.journal
        return frozenset(i for i in seen.after if i == look.subject or journal is None or not journal.owns(i))

    def _first(self, rule: EffectRule, effect: str) -> _Look:
        look = self._look(rule, effect)
        seen = self._listed(look)
        if seen.problem is None and effect != "created":
            there = self._unasked(look, seen)
            if not there:
                why = f"no {rule.resource} that could go was listed before the request"
                return replace(look, seen=Seen(problem=Problem("inapplicable", why)))
            seen = replace(seen, after=there)
        return replace(look, seen=Seen(before=seen.after, problem=seen.problem))

    def _until(self, look: _Look, answer: Answer, role: Role) -> Seen:
        if look.seen.problem is not None:
            return look.seen
        # The answer names the thing only if such things have paths of their own; it may name another new thing.
        kind = self.context.cloud.profile.kinds.get(look.rule.resource)
        made = creation(kind, Ask("POST", ""), answer) if kind is not None else None
        if look.effect == "created" and made is None and role is not Role.MEMBER:
            why = (
                f"the answer names no {look.rule.resource}, and things that the {role} makes belong to another project"
            )
            return Seen(problem=Problem("inconclusive", why))

        def see() -> Seen:
            if look.effect == "created" and made is not None:
                seen = self._shown(look, made.id, made.path, role)
            else:
                seen = self._listed(look)
            return replace(seen, before=look.seen.before)

        patience = self.context.patience
        within = min(SOON, patience.status)
        return until(see, lambda seen: seen.shows(look.effect), within, self.context.stopping, pause=patience.settle)

    def _listed(self, look: _Look) -> Seen:
        """The things of the resource under test that the list shows now."""
        answer = self._get(look.rule, look.rule.path, look.query)
        if not isinstance(answer, Answer):
            return Seen(problem=answer)
        if not answer.ok:
            return Seen(problem=_problem(look.rule.path, answer), exchange=answer.exchange)
        # A cloud that ignores the query shows the things of other resources, too.
        own = [one for one in elements(answer.json) if values_at(one, look.rule.resource_field)[0] == [look.subject]]
        return Seen(after=frozenset(str(one["id"]) for one in own if "id" in one), exchange=answer.exchange)

    def _shown(self, look: _Look, id_: str, path: str, role: Role) -> Seen:
        """Whether the thing that the answer names is shown to the role that made it."""
        answer = self._get(look.rule, path, role=role)
        if not isinstance(answer, Answer):
            return Seen(problem=answer)
        self.shown[path, role, str(self._version(look.rule))] = answer
        there = frozenset({id_}) if answer.ok else frozenset()
        # A 404 is a finding here: the cloud has shown the list before the request.
        problem = None if answer.ok or answer.status in (404, 410) else _problem(path, answer)
        return Seen(after=there, named=id_, problem=problem, exchange=answer.exchange)

    def _get(
        self, rule: EffectRule, path: str, query: tuple[tuple[str, str], ...] = (), role: Role = Role.MEMBER
    ) -> Answer | Problem:
        version = self._version(rule)
        if version not in self.context.cloud.microversions:
            return Problem(
                "inapplicable", f"the cloud does not support microversion {version}, at which {path} is shown"
            )
        return self.context.cloud.get(path, role=role, microversion=str(version), query=query)

    def _version(self, rule: EffectRule) -> Microversion:
        """The microversion at which a thing is looked at: the highest one at which the API shows it."""
        highest = rule.max_microversion
        return self.context.top if highest is None else min(self.context.top, Microversion.parse(highest))


def _problem(path: str, answer: Answer) -> Problem:
    lacking = answer.status in LACKING
    why = f"GET {path} was answered {answer.status or answer.error}"
    return Problem("inapplicable" if lacking else "inconclusive", why)
