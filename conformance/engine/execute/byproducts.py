"""Byproducts: things that a request makes from the things attached to the resource. They are counted and removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.engine.api.entries import Byproduct
from conformance.engine.cloud.removal import Remover
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.things import Thing
from conformance.engine.cloud.wait import until
from conformance.engine.model.evidence import Evidence
from conformance.engine.model.probe import MadeOfAttached, Probe
from conformance.engine.model.setup import Existing
from conformance.engine.model.trial import Trial
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.elements import Elements
from conformance.engine.provision.subject import Subject
from specs.record.model import Exchange

REMOVAL = 60.0
"""Seconds to wait until one of them is deleted; the journal keeps the rest for the end of the run."""


@dataclass
class Byproducts:
    """Counts the byproducts of the requests of one lane, and removes them.

    They are removed at once, because the attached things cannot be deleted as long as something was made from them. A
    sandbox that has room for all deletes neither.

    The last list serves the next request too: nobody but the lane makes anything of the things that are attached to its
    resource. A deviation that comes of a late byproduct does not come again, on another resource.
    """

    context: RunContext
    subject: Subject
    elements: Elements
    _before: dict[str, frozenset[str]] = field(default_factory=dict)
    _things: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _listing: tuple[Exchange, ...] = ()
    _latest: dict[str, tuple[tuple[str, ...], frozenset[str]]] = field(default_factory=dict)

    def look(self, trial: Trial) -> None:
        """List the byproducts that exist before the request of a trial."""
        self._before.clear()
        self._things.clear()
        for rule, _ in self._rules(trial):
            if any(isinstance(setup, Existing) for setup in trial.setup):
                self.subject.calm()  # a thing that was just attached may not be shown yet
                self.subject.refresh()
            things = self._attached(rule)
            if things and self._latest.get(rule.kind, ((),))[0] != things:
                self._note(rule, things, self._listed(rule))
            if things and rule.kind in self._latest:
                self._things[rule.kind], self._before[rule.kind] = self._latest[rule.kind]

    def seen(self, evidence: Evidence, probes: tuple[Probe, ...]) -> Evidence:
        """Return evidence with the number of byproducts of each attached thing, and remove these byproducts."""
        found, exchanges = dict(evidence.found), evidence.exchanges
        for rule, expected in self._rules(evidence.trial):
            if rule.kind not in self._before:
                continue
            probe = MadeOfAttached(rule.resource)
            made = self._made(rule, expected and probe in probes)
            things = self._things[rule.kind]
            self._note(rule, things, None if made is None else self._before[rule.kind] | made.keys())
            if made is not None:
                found[probe] = {thing: list(made.values()).count(thing) for thing in things}
                exchanges += self._listing if probe in probes else ()
                self._remove(rule, made)
        return replace(evidence, found=found, exchanges=exchanges)

    def _note(self, rule: Byproduct, things: tuple[str, ...], byproducts: Iterable[str] | None) -> None:
        """Keep the ids of a list for the next request; None if the cloud shows no list."""
        self._latest.pop(rule.kind, None)
        if byproducts is not None:
            self._latest[rule.kind] = things, frozenset(byproducts)

    def _rules(self, trial: Trial) -> list[tuple[Byproduct, bool]]:
        """The rules for byproducts of the operation, each with True if the reference promises some."""
        service, here = self.context.service, trial.situation.environment
        return [
            (rule, post.effect == "created" and post.when is not None and bool(here))
            for rule in service.under_test.byproducts
            for post in trial.request.operation.postconditions
            if post.kind == "effect" and post.resource == rule.resource
            if service.environment_of(post.when.environment if post.when else None) == here
        ]

    def _attached(self, rule: Byproduct) -> tuple[str, ...]:
        shown = (self.subject.current() or {}).get(rule.attached_field)
        return tuple(str(one["id"]) for one in shown or () if isinstance(one, Mapping) and "id" in one)

    def _made(self, rule: Byproduct, expected: bool) -> Mapping[str, str] | None:
        """New byproducts, by id, with the source of each. They are awaited if the reference promises some."""
        things, before = self._things[rule.kind], self._before[rule.kind]

        def new(found: Mapping[str, str]) -> Mapping[str, str]:
            return {id_: thing for id_, thing in found.items() if thing in things and id_ not in before}

        def all_made(found: Mapping[str, str]) -> bool:
            return expected and set(new(found).values()) == set(things)

        def look() -> Mapping[str, str] | None:
            found = self._listed(rule, all_made)
            return None if found is None else new(found)

        def complete(made: Mapping[str, str] | None) -> bool:
            return made is None or not expected or set(made.values()) == set(things)

        return until(look, complete, self.context.patience.status, self.context.stopping, pause=0.3)

    def _listed(
        self, rule: Byproduct, enough: Callable[[Mapping[str, str]], bool] = lambda _: False
    ) -> dict[str, str] | None:
        """All byproducts of the list, by id, with the source of each; None if the cloud shows no list.

        The pages end with one that shows nothing new, or once the byproducts so far are enough.
        """
        kind = self.context.cloud.profile.kind(rule.kind)
        found: dict[str, str] = {}
        self._listing = ()
        while True:
            query = (("offset", str(len(found))),) if found else ()
            answer = self.context.cloud.get(kind.collection, query=query)
            rows: Any = answer.json.get(kind.listing.key) if answer.ok and isinstance(answer.json, dict) else None
            if not isinstance(rows, list):
                return None
            self._listing = (answer.exchange,) if rows or not query else self._listing
            fresh = {str(one[kind.id_field]): str(one.get(rule.source_field)) for one in rows if isinstance(one, dict)}
            if fresh.keys() <= found.keys():
                return found
            found |= fresh
            if enough(found):
                return found

    def _remove(self, rule: Byproduct, made: Mapping[str, str]) -> None:
        journal = self.context.cloud.journal
        if journal is None:
            return
        self.elements.aside.came_along(rule.kind, made, str(Role.MEMBER))
        if self.context.sandbox and self.context.places.most is None:
            return  # the sandbox takes them along, and with them the things from which they were made
        remover = Remover(self.context.cloud, self.context.watch, journal, timeout=REMOVAL)
        kind = self.context.cloud.profile.kind(rule.kind)
        for id_ in made:
            remover.remove(Thing(rule.kind, id_, kind.path_of(id_), Role.MEMBER))
