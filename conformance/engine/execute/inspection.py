"""Further looks at the thing that an accepted request makes, changes or removes, for the expectations about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.engine.api.response_fields import elements, identity, values_at
from conformance.engine.cloud.addressed import addressed
from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.exchange import Answer, Ask
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.wait import until
from conformance.engine.execute.paging import SOON
from conformance.engine.execute.views import with_view
from conformance.engine.judge.afterwards import MISSING, kept_as_deleted
from conformance.engine.judge.equality import shows
from conformance.engine.model.evidence import Evidence
from conformance.engine.model.probe import FieldTaken, Kept, Listed, Looked, Probe, Removed, ViewOf
from conformance.engine.model.trial import Trial
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.elements import Elements
from conformance.engine.provision.elevation import FORBIDDEN, with_administrator
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.owned import Owned
from specs.microversion import Microversion


@dataclass
class Inspection:
    """Looks at the thing of one trial at a time, before its request and after it."""

    context: RunContext
    elements: Elements
    _before: Answer | None = field(default=None)
    _seen_by: Role | None = field(default=None)

    def before(self, trial: Trial, path: str, version: Microversion, probes: tuple[Probe, ...]) -> None:
        """Look at the thing that the request will remove or change, if a probe asks how it was before.

        An administrator looks at what the sender is not shown, and looks for it afterwards, too.
        """
        wanted = any(isinstance(probe, Removed | Kept) for probe in probes)
        self._before = self._seen_by = None
        for role in with_administrator(trial.request.role, self.context.role_names) if wanted else ():
            self._before = self._get(path, Role(role), version)
            if self._before.ok:
                self._seen_by = Role(role)
                break

    def after(self, evidence: Evidence, made: Owned | None, path: str, probes: tuple[Probe, ...]) -> Evidence:
        """Return evidence with the findings of the probes about the thing that the request was about.

        Args:
            evidence: the evidence of an accepted request.
            made: the thing that the request has made; None if it makes none.
            path: the path of the request.
            probes: the probes of the expectations.
        """
        evidence = with_view(self.context, evidence, made.path if made else path, probes)
        for probe in probes:
            if isinstance(probe, Removed) and self._before is not None:
                evidence = self._removed(evidence, probe, path)
            elif isinstance(probe, Kept) and self._before is not None:
                was = self._before.json if self._before.ok else None
                if (view := ViewOf(probe.operation)) in evidence.found:  # it was just asked for
                    looked = Looked(None, self._before.status, evidence.found[view], was)
                    evidence = replace(evidence, found={**evidence.found, probe: looked})
                    continue
                seen = self._until(evidence, path, lambda answer: answer.ok, SOON)
                looked = Looked(seen.status, self._before.status, seen.json if seen.ok else None, was)
                evidence = _found(evidence, probe, looked, seen)
            elif isinstance(probe, Listed) and made is not None:
                evidence = self._listed(evidence, probe, made)
            elif isinstance(probe, FieldTaken) and probe.version is not None and evidence.trial.situation.state is None:
                evidence = self._taken(evidence, probe, probe.version, made.path if made else path, made)
        return evidence

    def _removed(self, evidence: Evidence, probe: Removed, path: str) -> Evidence:
        def over(answer: Answer) -> bool:
            return answer.status in MISSING or (answer.ok and kept_as_deleted(answer.json))

        seen = self._until(evidence, path, over, self.context.patience.status, self._seen_by)
        before = self._before.status if self._before is not None else None
        shown = seen.json if seen.ok else None
        return _found(evidence, probe, Looked(seen.status, before, shown), seen)

    def _listed(self, evidence: Evidence, probe: Listed, made: Owned) -> Evidence:
        name, at = made.producer.name if made.producer is not None else "id", made.collection

        def element(answer: Answer) -> Any:
            listed = (*elements(answer.json), *_in_lists(answer.json)) if answer.ok else ()
            return next((one for one in listed if made.value in (identity(one, name), addressed(one, at))), None)

        def there(answer: Answer) -> bool:
            return element(answer) is not None

        seen = self._until(evidence, made.collection, there, SOON)
        if seen.status == FORBIDDEN and Role.ADMIN in self.context.cloud.roles:
            # Some lists are open to administrators alone, even to look for a thing of one's own.
            seen = self._until(evidence, made.collection, there, SOON, Role.ADMIN)
        chosen = made.producer is not None and made.producer.chosen
        if seen.ok and element(seen) is None and not chosen and not _has_list(seen.json):
            return evidence  # pairs of names and values instead of things, of which the answer has named none
        return _found(evidence, probe, Looked(seen.status, shown=element(seen), more=_has_more(seen.json)), seen)

    def _taken(
        self, evidence: Evidence, probe: FieldTaken, version: Microversion, path: str, made: Owned | None
    ) -> Evidence:
        """Return evidence that tells whether the thing shows a field that was sent outside its versions."""
        seen = self._get(path, Role(evidence.role or evidence.trial.request.role), version)
        shown, _ = values_at(seen.json, probe.place) if seen.ok else ([], 0)
        taken = any(shows(one, probe.value) for one in shown) if shown else None
        if taken and probe.contrasted and not self._differs(probe, version, made):
            taken = None
        return replace(evidence, found={**evidence.found, probe: taken}, exchanges=(*evidence.exchanges, seen.exchange))

    def _differs(self, probe: FieldTaken, version: Microversion, made: Owned | None) -> bool:
        """Whether another thing, made as usual and so without a field, shows another value of it than was sent."""
        if made is None or made.producer is None:
            return False
        try:
            other = self.elements.produce(made.producer, made.collection, made.producer.name, {})
        except (CloudError, Unavailable):
            return False
        seen = self._get(other.path, Role(other.role), version)
        self.elements.dispose(other)
        shown, _ = values_at(seen.json, probe.place) if seen.ok else ([], 0)
        return bool(shown) and not any(shows(one, probe.value) for one in shown)

    def _until(
        self, evidence: Evidence, path: str, done: Callable[[Answer], bool], within: float, role: Role | None = None
    ) -> Answer:
        role = role or Role(evidence.role or evidence.trial.request.role)
        version = evidence.version or self.context.top
        patience = self.context.patience
        return until(
            lambda: self._get(path, role, version),
            done,
            min(within, patience.status),
            self.context.stopping,
            pause=patience.settle,
        )

    def _get(self, path: str, role: Role, version: Microversion) -> Answer:
        return self.context.cloud.send(Ask("GET", path, role, str(version)))


def _found(evidence: Evidence, probe: Probe, looked: Looked, answer: Answer) -> Evidence:
    found = {**evidence.found, probe: looked}
    return replace(evidence, found=found, exchanges=(*evidence.exchanges, answer.exchange))


def _has_more(body: Any) -> bool:
    """Whether the body of a list names a next page: by a list of links, or by a member of the name ``next``."""
    for key, value in body.items() if isinstance(body, Mapping) else ():
        links = value if isinstance(value, list) and key.endswith("links") else ()
        if (key == "next" and value) or any(isinstance(one, Mapping) and one.get("rel") == "next" for one in links):
            return True
    return False


def _has_list(body: Any) -> bool:
    """Whether a body has a list at any depth."""
    inner = body.values() if isinstance(body, Mapping) else ()
    return isinstance(body, list) or any(_has_list(one) for one in inner)


def _in_lists(body: Any) -> Iterator[Any]:
    """The elements of the lists at any depth of a body, for a list that stands within the thing that it belongs to."""
    for inner in body.values() if isinstance(body, Mapping) else body if isinstance(body, list) else ():
        if isinstance(body, list):
            yield inner
        yield from _in_lists(inner)
