"""Views that would reveal that a refused request was executed: of the thing that it names, of a list, of an action log.

Others use the same cloud. So of their things only the fields that the request would set are compared, and of a list
only elements with a name of this run. Of things that this run has made, all fields are compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.engine.api.json_path import members
from conformance.engine.api.producers import SAFE, element_in, form, listed_by, placeholders
from conformance.engine.api.response_fields import elements, identity
from conformance.engine.cloud.book import Intent
from conformance.engine.cloud.exchange import ABSENT, Answer
from conformance.engine.cloud.names import is_of
from conformance.engine.cloud.roles import Role
from conformance.engine.execute.arrivals import Lists, arrived
from conformance.engine.model.setup import Locked
from conformance.engine.model.trial import Trial
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.elevation import FORBIDDEN
from conformance.engine.provision.owned import Filled, Owned, content, name_in
from conformance.engine.provision.subject import Subject
from specs.microversion import Microversion
from specs.model import Operation

BEING, SHOWN, BELOW, RECORDED, ARRIVED = "exists", "shown", "below", "recorded", "arrived"
"""The keys of a view: whether the thing exists, its content, the views below it, its log of actions, new things."""

OF = "of"
"""The key, in the content of an element of a list, of the id of that element."""


@dataclass
class Snapshots:
    """Takes the views of the things that the requests of one lane must leave as they are.

    Attributes:
        context: the objects that all lanes of the run share.
        subject: the resource under test of the lane.
        marked: the fields that the lane has set to other values than the request would, to reveal an execution.
        together: whether the present trial shares its look with others. Then the log of actions is not read before it:
            each entry afterwards that is not of a request which the cloud has accepted calls the group in question.
    """

    context: RunContext
    subject: Subject
    marked: frozenset[str] = frozenset()
    together: bool = False
    _logged: set[str] = field(default_factory=set)
    _answers: dict[tuple[str, Role, str], Answer] = field(default_factory=dict)
    _kept_out: set[tuple[str, str]] = field(default_factory=set)
    _lists: Lists = field(default_factory=dict)

    def forget(self) -> None:
        """Ask the cloud anew for every view from now on, since something may have changed."""
        self._answers.clear()
        self._lists.clear()

    def _get(self, path: str, role: Role, version: Microversion) -> Answer:
        """The answer to a GET, which is sent once until ``forget``."""
        key = (path, role, str(version))
        if key not in self._answers:
            self._answers[key] = self.context.cloud.get(path, role=role, microversion=str(version))
        return self._answers[key]

    def before(self, trial: Trial, filled: Filled, body: Any) -> Mapping[str, Any] | None:
        """The views that a refused request must leave as they are; None if nothing can be seen."""
        bare = trial.situation.state is None
        if trial.outcome.accepted is True or trial.request.operation.method == "GET":
            return None if bare else self.subject.view
        view = None if bare else self.subject.current()
        apart = self._apart(trial, filled, body, None)
        if view is None:
            return apart if trial.situation.state is None else None
        if trial.outcome.refused_for != "sender" or not self._scoped(trial.request.operation):
            return {**view, **(apart or {})}
        recorded = () if self.together and self.context.cloud.seen.done else self._record()
        self._logged.update(recorded or ())
        return {**view, **(apart or {}), **({RECORDED: tuple(recorded)} if recorded is not None else {})}

    def after(
        self, trial: Trial, filled: Filled, body: Any, before: Mapping[str, Any], status: int
    ) -> Mapping[str, Any]:
        """The same views after a refusal with a code, without that of the resource under test."""
        name = name_in(body)
        if name is not None and not is_of(name, [self.context.cloud.prefix]):
            name = None
        parts = {key: before[key] for key in (BEING, SHOWN, BELOW) if key in before}
        now = self._comparable(parts, self._apart(trial, filled, body, name or ""))
        seen = {key: value for key, value in now.items() if key in before}
        if RECORDED in before and _for_the_sender(trial, status):
            known, now = before[RECORDED], self._record() or {}
            others = known or (self._logged | self.context.cloud.seen.done)
            seen[RECORDED] = (*known, *(entry for entry, counts in now.items() if counts and entry not in others))
            self._logged.update(now if known else ())  # those of a group are still to be told apart
        return seen

    def arrived(self, intent: Intent | None, body: Any) -> tuple[str, ...]:
        """The ids of things without a name that came since a refused request asked for one (see ``arrivals``)."""
        return arrived(self.context, intent, body, self._lists)

    @staticmethod
    def _comparable(before: Mapping[str, Any], seen: Mapping[str, Any] | None) -> Mapping[str, Any]:
        """The views now. A view that could not be taken now or before counts as unchanged.

        So does a view of another element of a list, if the element that was seen before has gone.
        """
        if seen is None:
            return before
        shown = (view.get(SHOWN) for view in (before, seen))
        one, other = (view.get(OF) if isinstance(view, Mapping) else None for view in shown)
        if one != other:
            return before
        if not isinstance(before.get(BELOW), Mapping):
            return seen
        below = seen.get(BELOW, {})
        return {**seen, BELOW: {key: below.get(key, value) for key, value in before[BELOW].items()}}

    def _apart(self, trial: Trial, filled: Filled, body: Any, name: str | None) -> Mapping[str, Any] | None:
        """The views but that of the resource under test.

        ``name`` is None before the request; after it, it is the name in the body, empty if there is none.
        """
        again, scoped = name is not None, self._scoped(trial.request.operation)
        if scoped and form(trial.request.operation.path) == form(f"{self.context.kind.collection}/{{id}}"):
            return None  # it is the resource under test itself
        producer = self.context.producers.made_by(trial.request.operation)
        if producer is not None and not producer.chosen and not scoped:
            return {BEING: self._listed(trial, filled, name) if name else False}
        owned = filled.owned
        if owned is not None and owned.producer is not None and owned.producer.reader is not None and not scoped:
            return self._owned(trial, owned, owned.producer.reader, again)
        return self._asked(trial, filled, body, again, scoped)

    def _owned(self, trial: Trial, owned: Owned, reader: Operation, again: bool) -> Mapping[str, Any] | None:
        """The whole view of a thing that this lane has made, and the views below it if the request is about those."""
        answer = self._get(owned.path, Role(owned.role), self.context.version_for(reader))
        shown = content(answer)
        if shown is None:
            return {BEING: False} if again and answer.status in GONE else None
        seen = {BEING: True, SHOWN: lasting(shown)}
        if form(trial.request.operation.path) == form(reader.path):
            return seen
        below = {}
        for operation in _right_below(self.context.operations.values(), reader.path):
            path = f"{owned.path}/{operation.path.rpartition('/')[2]}"
            answer = self._get(path, Role(owned.role), self.context.version_for(operation))
            if answer.ok:
                below[operation.id] = answer.json
        return {**seen, BELOW: below}

    def _asked(self, trial: Trial, filled: Filled, body: Any, again: bool, own: bool) -> Mapping[str, Any] | None:
        """The view at the path of a request; of others' things, only the fields that it would set."""
        if trial.request.operation.action is not None:
            return None
        view = self._view(trial.request.operation, filled, body)
        if view is None:
            return {BEING: False} if again or self._joins(trial.request.operation, filled) else None
        if view is _UNREADABLE:
            return None
        if trial.request.operation.method == "DELETE" and "{" not in trial.request.operation.path:
            return {BEING: True, SHOWN: self._own_in(view)}
        if isinstance(view, Mapping):
            names = {name.rpartition(".")[2] for name in members("", body)} | self.marked
            if "{" not in trial.request.operation.path:  # a word of the path sets a field that the answer shows
                names |= {row.name.rpartition(".")[2] for row in trial.request.operation.response.parameters}
                names |= {OF}
                view = {**view, OF: identity(view, "id")}
            return {BEING: True, SHOWN: {key: value for key, value in view.items() if key in names}}
        if own and isinstance(view, list):
            # The elements of the list count, not their fields, which may change by themselves.
            name = self._called(trial.request.operation)
            return {BEING: True, SHOWN: [identity(element, name) for element in view]}
        return {BEING: True, SHOWN: view if own else None}

    def _joins(self, operation: Operation, filled: Filled) -> bool:
        """Whether a request would put a thing of this run elsewhere, or another one below it, as nobody else would."""
        journal = self.context.cloud.journal
        if journal is None or operation.method != "PUT" or not operation.path.endswith("}"):
            return False
        joins = self.context.producers.joined_by(operation.path) is not None or not journal.holds(filled.path)
        return joins and any(journal.owns(value) for value in filled.values.values())

    def _own_in(self, view: Any) -> list[str]:
        """The things of this run that the lists of a view name: all that a request may take which empties them."""
        journal = self.context.cloud.journal
        lists = [one for one in view.values() if isinstance(one, list)] if isinstance(view, Mapping) else []
        shown = [one for listed in lists for one in listed]
        said = [text for one in shown for text in (one.values() if isinstance(one, Mapping) else (one,))]
        texts = {text for text in said if isinstance(text, str)}
        return sorted(text for text in texts if journal is not None and journal.owns(text))

    def _view(self, operation: Operation, filled: Filled, body: Any) -> Any:
        """The view at a path, or in the list above it; None if nothing is there, ``_UNREADABLE`` if it cannot be seen.

        In the list it is the element of the last name of the path, or the one that shows most values of the body.
        """
        known, above = self.context.operations, False
        reader, path = listed_by(known, operation.path), filled.path
        if reader is None and operation.method != "POST":
            above = True
            reader, path = listed_by(known, operation.path.rpartition("/")[0]), path.rpartition("/")[0]
        if reader is None or reader.removed is not None:
            return _UNREADABLE
        role = Role.ADMIN if Role.ADMIN in self.context.cloud.roles else Role.MEMBER
        answer = self._get(path, role, self.context.version_for(reader))
        if not answer.ok:
            return None if answer.status in GONE and not above else _UNREADABLE
        if not above:
            shown = content(answer)
            return {} if shown is None else shown
        listed = [one for one in elements(answer.json) if isinstance(one, Mapping)]
        if operation.path.endswith("}"):
            name = placeholders(operation.path)[-1]
            value = filled.values.get(name)
            found = next((one for one in listed if identity(one, name) == value), None)
            return {} if found is None and _names(answer.json, value) else found
        said = {name.rpartition(".")[2]: value for name, value in members("", body).items()}
        fits = [sum(one.get(key, ABSENT) == value for key, value in said.items()) for one in listed]
        best = max(fits, default=0)
        return listed[fits.index(best)] if best and fits.count(best) == 1 else _UNREADABLE

    def _scoped(self, operation: Operation) -> bool:
        """Whether the path names the resource under test."""
        return self.context.service.identifier in placeholders(operation.path)

    def _called(self, operation: Operation) -> str:
        producer = self.context.producers.of(operation.path)
        return producer.name if producer is not None else "id"

    def _listed(self, trial: Trial, filled: Filled, name: str) -> bool:
        """Whether the list of a collection, which all trials of the collection share, shows an element of a name."""
        producer = self.context.producers.made_by(trial.request.operation)
        lister = producer.lister if producer is not None else None
        if lister is None or ("{" in lister.path and form(lister.path) != form(trial.request.operation.path)):
            return False
        path = filled.path if "{" in lister.path else lister.path
        for role in ("admin", "member"):
            if role in self.context.role_names and (lister.path, role) not in self._kept_out:
                answer = self._get(path, Role(role), self.context.version_for(lister))
                if answer.ok and element_in(answer.json, "name", name):
                    return True
                if answer.status == FORBIDDEN:
                    self._kept_out.add((lister.path, role))
        return False

    def _record(self) -> dict[str, bool] | None:
        """The entries of the action log of the resource, by name, with True if they count; None if there is no log.

        An action of the cloud itself has no user, and a failed one has a message: neither counts.
        """
        record = self.context.service.under_test.action_log
        operation = self.context.operations.get(record.list_operation)
        if operation is None:
            return None
        path = operation.path.replace(f"{{{self.context.service.identifier}}}", self.subject.resource_id)
        answer = self._get(path, Role.MEMBER, self.context.version_for(operation))
        if not answer.ok:
            return None
        found = (one for one in elements(answer.json) if isinstance(one, Mapping) and record.name_field in one)
        return {
            name: bool(one.get(record.user_field)) and not one.get(record.failure_field)
            for name, one in ((str(one[record.name_field]), one) for one in found)
            if name not in self.subject.actions.own
        }


def _names(body: Any, value: str | None) -> bool:
    """Whether one of the lists of a body has a text among its elements."""
    return isinstance(body, Mapping) and any(isinstance(one, list) and value in one for one in body.values())


GONE = (404, 410)
_UNREADABLE = object()


def _for_the_sender(trial: Trial, status: int) -> bool:
    """True if the request was refused because of the role or a lock, which a cloud checks before it logs an action.

    A cloud may log an action as begun, and refuse it for another reason after that.
    """
    if Locked() in trial.setup:
        return status in (403, 409)
    return status in (401, 403) or (status == 404 and trial.request.role == "alt")


def _right_below(operations: Iterable[Operation], path: str) -> list[Operation]:
    """The operations that read the collections and resources right below a path."""
    right_below = re.compile(re.escape(form(path)) + r"/[^/{]+")
    reading = (o for o in operations if o.method in SAFE and o.removed is None)
    return [operation for operation in reading if right_below.fullmatch(form(operation.path))]


def lasting(shown: Any) -> Any:
    """A view without the fields that change by themselves."""
    if isinstance(shown, Mapping):
        return {key: value for key, value in shown.items() if "updated" not in key and key != "progress"}
    return shown
