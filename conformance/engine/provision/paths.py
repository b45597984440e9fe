"""Fills the placeholders of paths: with the resource under test, an element of the run, or one that the cloud lists.

The path gives the collection of a placeholder: ``{gear_id}`` in ``/gears/{gear_id}`` names an element of the list that
``GET /gears`` returns. A request that only reads takes an element of this list, if there is one. For any other request,
the lane makes an element by the documented operation (see ``producers``), and no other lane uses it.
"""

from __future__ import annotations

import contextlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from conformance.engine.api.addresses import names_project
from conformance.engine.api.entries import Naming
from conformance.engine.api.json_path import lookup
from conformance.engine.api.producers import SAFE, collection_of, last_version, listed_by, placeholders
from conformance.engine.api.response_fields import elements, identity
from conformance.engine.cloud.exchange import Answer
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.wait import until
from conformance.engine.model.setup import Existing
from conformance.engine.model.trial import Trial
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.elements import Elements
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.owned import Owned
from conformance.engine.provision.steps import Steps
from conformance.engine.provision.subject import Subject
from specs.microversion import Microversion
from specs.model import Operation

UNKNOWN_NUMBER = "987654321"
"""A number that is the id of nothing."""

PROMPT = 0.1
"""Seconds between two looks for a short-lived thing: it may end at any moment."""

SLOWER, LATER = 1.1, 2.0
"""The factor by which each pause between such looks exceeds the pause before, and the longest pause in seconds."""


@dataclass(frozen=True)
class Filled:
    """A path with values for its placeholders.

    Attributes:
        path: the filled path.
        values: the value of each placeholder.
        owned: the element that the last placeholder names; None if this lane has not made it.
        passing: the collection and the placeholder of each short-lived thing in the path.
    """

    path: str
    values: Mapping[str, str] = field(default_factory=dict)
    owned: Owned | None = None
    passing: tuple[tuple[str, str], ...] = ()


class Paths:
    """Fills paths for one lane, and keeps the elements that it has found or made for them.

    Attributes:
        elements: makes elements.
        steps: takes the steps before and after a request.
    """

    def __init__(self, context: RunContext, subject: Subject) -> None:
        self._context = context
        self._subject = subject
        self._known: dict[tuple[str, str, str], str] = {}
        self.elements = Elements(context, subject)
        self.steps = Steps(context, subject)
        self.elements.prepare = self.prepare

    def fill(
        self,
        operation: Operation,
        role: str,
        version: Microversion,
        unknown: str | None = None,
        last_only: bool = False,
        given: Mapping[str, str] | None = None,
    ) -> Filled:
        """The path of an operation with its placeholders filled.

        Args:
            operation: the operation of the request.
            role: the role of the request; for an administrator, collections are listed as administrator alone.
            version: the microversion of the request.
            unknown: a UUID that names nothing, for every placeholder; None for things that exist.
            last_only: True if the UUID stands for the last placeholder alone.
            given: fixed values of some placeholders.

        Raises:
            Unavailable: the cloud shows no element of a collection, and none could be made.
        """
        filled, values = operation.path, {}
        owned: Owned | None = None
        passing: list[tuple[str, str]] = []
        needs = self._context.needs.get(operation.id) or self._context.needs_of(operation)
        names = needs.placeholders
        for number, name in enumerate(names):
            if given and any(earlier in given for earlier in names[:number]):
                unknown, last_only = str(uuid.uuid4()), False  # no element is known below a fixed value
            nothing = unknown if not last_only or name == names[-1] else None
            owned = None
            if given and name in given:
                value = given[name]
            elif nothing is not None and last_only and name in self._context.service.placeholder_sources:
                self._something(filled, operation, name, role, version)  # the situation of a known name
                value = self._nothing(filled, operation, name, role, version, nothing)
                if name in needs.passing:
                    passing += self._passing(filled, operation, name)
            elif nothing is not None and not (unknown is not None and name == names[-1] and self._chosen(operation)):
                value = self._nothing(filled, operation, name, role, version, nothing)
            elif name == self._context.service.identifier:
                value = self._subject.known_id or self._subject.resource_id
            else:
                value, owned = self._something(filled, operation, name, role, version)
                if name in needs.passing:
                    passing += self._passing(filled, operation, name)
            values[name] = value
            filled = filled.replace(f"{{{name}}}", quote(value, safe=""), 1)
        return Filled(filled, values, owned, tuple(passing))

    def prepare(self, operation: Operation, values: Mapping[str, str] | None = None) -> None:
        """Take the steps that an accepted request of an operation needs before it.

        Args:
            operation: the operation of the request.
            values: the values of the placeholders in its path, which the steps share.

        Raises:
            Unavailable: the cloud refused a step.
        """
        for step in self._context.service.steps(operation, "steps_before"):
            self.steps.before(step, values or {}, self.path_of)

    def path_of(self, operation: Operation) -> str:
        """The filled path of an operation that goes before or after another one, for an administrator."""
        return self.fill(operation, "admin", self._context.version_for(operation)).path

    def _chosen(self, operation: Operation) -> bool:
        """Whether the client chooses the last name of a path with several names, and repeats it in the body."""
        producer = self._context.producers.made_by(operation)
        return producer is not None and producer.chosen and len(placeholders(operation.path)) > 1

    def populated(self, operation: Operation, filled: Filled, answer: Answer) -> bool:
        """Make an element for a list that was empty. Returns whether the list has an element now."""
        template = operation.path.removesuffix("/detail")
        producer = self._context.producers.of(template)
        if producer is None or any(True for _ in elements(answer.json)):
            return False
        if producer.lister is None and operation.path == template:
            return False
        collection = filled.path.removesuffix("/detail")
        fields = self._context.service.fields_for(operation, template)
        try:
            return self.elements.own(template, collection, producer.name, operation, fields) is not None
        except Unavailable:
            return False

    def makes_in(self, trial: Trial) -> str:
        """The status of the resource under test in which a trial's elements can be made; empty if none is stable."""
        having = (name for setup in trial.setups(Existing) for name in setup.operations)
        paths = [trial.request.operation.path, *(self._context.operations[name].path for name in having)]
        for collection in (collection_of(path, name) for path in paths for name in placeholders(path)):
            producer = self._context.producers.of(collection)
            for condition in producer.operation.preconditions if producer is not None else ():
                if condition.kind == "status" and condition.resource == self._context.service.resource:
                    return next((s for s in condition.any_of if s in self._context.service.stable_statuses), "")
        return self._context.service.initial_status

    def lasts(self, operation: Operation, filled: Filled, role: str, version: Microversion) -> bool:
        """Whether the collections still list the short-lived things that a path names."""
        try:
            for collection, name in filled.passing:
                at = self._listed_at(collection_of(operation.path, name), version)
                self._listed(collection, name, role, str(at), operation)
        except Unavailable:
            return False
        return True

    def end(self, operation: Operation, filled: Filled, role: str, version: Microversion) -> None:
        """End the short-lived things that a path names, and wait until they have ended.

        Raises:
            Unavailable: they have not ended in time.
        """
        for name in self._context.service.passing(operation):
            for step in self._context.service.placeholder_sources[name].end_steps:
                with contextlib.suppress(Unavailable):  # the thing may have ended by itself
                    self.steps.before(step, filled.values, self.path_of)
        self.steps.sent.clear()
        within, stopping = self._context.patience.status, self._context.stopping
        if until(
            lambda: self.lasts(operation, filled, role, version),
            lambda lasts: not lasts,
            within,
            stopping,
            pause=PROMPT,
            growth=SLOWER,
            cap=LATER,
        ):
            raise Unavailable("the thing that the path names has not ended", optional=False)
        if self._subject.view is not None:
            self._subject.settle(None)

    def _passing(self, filled: str, operation: Operation, name: str) -> list[tuple[str, str]]:
        fixed = self._fixed(collection_of(operation.path, name), name)
        return [(collection_of(filled, name), name)] if fixed is None else []

    def _something(
        self, filled: str, operation: Operation, name: str, role: str, version: Microversion
    ) -> tuple[str, Owned | None]:
        fixed = self._fixed(collection_of(operation.path, name), name)
        if fixed is not None:
            return fixed, None
        collection, template = collection_of(filled, name), collection_of(operation.path, name)
        rule = self._context.service.placeholder_sources.get(name)
        if rule is not None:
            return self._named(rule, collection, name, role, version, operation), None
        fields = self._context.service.fields_for(operation, template)
        if self._context.service.always_made or operation.method not in SAFE or fields or self._below(operation, name):
            try:
                owned = self.elements.own(template, collection, name, operation, fields)
            except Unavailable:
                if self._context.service.always_made or not self._context.sandbox:
                    raise
                owned = None  # in a sandbox, every listed element is free for use
            if owned is not None:
                return owned.value, owned
        try:
            return self._element(filled, operation, name, role, version), None
        except Unavailable:
            owned = self.elements.own(template, collection, name, operation, fields)
            if owned is None:
                raise
            return owned.value, owned

    def _named(
        self, rule: Naming, collection: str, name: str, role: str, version: Microversion, operation: Operation
    ) -> str:
        """A name that the described requests give: in the last answer, or in a list while the thing lasts."""
        if rule.min_microversion is not None and version < Microversion.parse(rule.min_microversion):
            raise Unavailable(f"a value of {{{name}}} is accepted from {rule.min_microversion} on")
        at = str(self._listed_at(collection_of(operation.path, name), version))
        if rule.passing:
            with contextlib.suppress(Unavailable):
                return self._listed(collection, name, role, at, operation)
        if self._subject.view is None:
            self._subject.reach(self._context.service.initial_status)
        values = {self._context.service.identifier: self._subject.known_id}
        answer: Answer | None = None
        try:
            for step in rule.steps:
                answer = self.steps.before(step, values, self.path_of)
        except Unavailable as error:
            raise Unavailable(str(error)) from None  # optional: in this status, no such thing can be made
        finally:
            self.steps.sent.clear()
            # The new thing goes on in the resource under test, and would disturb any other trial.
            self._subject.must_replace = True
        if rule.field is not None:
            shown = lookup(answer.json if answer else None, rule.field)
            found = re.search(rule.pattern, str(shown)) if isinstance(shown, str | int) else None
            if found is None:
                raise Unavailable(f"{rule.steps[-1].operation} showed no value for {{{name}}}", optional=False)
            return found.group(1)

        def look() -> str | Unavailable:
            try:
                return self._listed(collection, name, role, at, operation)
            except Unavailable as error:
                return error

        within, stopping = self._context.patience.status, self._context.stopping
        seen = until(look, lambda one: isinstance(one, str), within, stopping, pause=PROMPT, growth=SLOWER, cap=LATER)
        if isinstance(seen, Unavailable):
            raise seen
        return seen

    def _below(self, operation: Operation, name: str) -> bool:
        """Whether a later element must be made, so that the lane must own the element above it, too."""
        names = placeholders(operation.path)
        later = names[names.index(name) + 1 :]
        if self._context.producers.of(operation.path) is not None:
            return True
        return any(self.elements.makes(collection_of(operation.path, other)) for other in later)

    def _nothing(
        self, filled: str, operation: Operation, name: str, role: str, version: Microversion, unknown: str
    ) -> str:
        """A value that names nothing, a number or a UUID as the names in the collection are."""
        if not _is_number(operation, name, version):
            return unknown
        try:
            known = self._element(filled, operation, name, role, version)
        except Unavailable:
            known = UNKNOWN_NUMBER
        return UNKNOWN_NUMBER if known.isdigit() else unknown

    def _fixed(self, collection: str, name: str) -> str | None:
        table = self._context.service.placeholder_values
        value = table.get(f"{collection.rpartition('/')[2]}.{name}", table.get(name))
        if value is None and names_project(name) and not self._is_element(collection):
            return self._project()
        if value == "project":
            return self._project()
        return value if value is None else str(self._subject.bindings.filled(value))

    def _is_element(self, template: str) -> bool:
        """Whether the reference says how elements of a collection are made or listed."""
        known = self._context
        return known.producers.of(template) is not None or listed_by(known.operations, template) is not None

    def _project(self) -> str:
        if ("", "project", "") not in self._known:
            self._known["", "project", ""] = self._subject.bindings.project()
        return self._known["", "project", ""]

    def _element(self, filled: str, operation: Operation, name: str, role: str, version: Microversion) -> str:
        collection, template = collection_of(filled, name), collection_of(operation.path, name)
        at = self._listed_at(template, version)
        key = (collection, name, str(at))
        if key not in self._known:
            self._known[key] = self._listed(collection, name, role, str(at), operation)
        return self._known[key]

    def _listed_at(self, template: str, version: Microversion) -> Microversion:
        """The version at which a collection is listed: that of the request, or the nearest version of the list.

        The ids of things may differ by version.
        """
        listing = listed_by(self._context.operations, template)
        if listing is None:
            return version
        first, last = listing.microversions.range.min, last_version(listing)
        at = min(version, last) if last is not None else version
        return max(at, first) if first is not None else at

    def forget(self, filled: Filled) -> None:
        """Forget the things that a path named, since they are gone or changed: the next path gets others."""
        for key, value in list(self._known.items()):
            if filled.values.get(key[1]) == value and key[0]:
                del self._known[key]
        if filled.owned is not None:
            self.elements.forget(filled.owned)

    def _of_another_lane(self, value: str, collection: str) -> bool:
        """Whether this run has made a listed element, so that another lane may remove it at any moment."""
        journal = self._context.cloud.journal
        return journal is not None and journal.owns(value, collection)

    def _listed(self, collection: str, name: str, role: str, version: str, operation: Operation) -> str:
        service, cloud = self._context.service, self._context.cloud
        last = collection.rpartition("/")[2]
        wanted = service.elements_for(operation, last)
        # A member may use the elements that a member sees; those that only an administrator sees come after them.
        for sender in (Role.ADMIN,) if role == "admin" else (Role.MEMBER, Role.ADMIN):
            if sender not in cloud.roles:
                continue
            answer = cloud.get(collection, role=sender, microversion=version)
            for element in elements(answer.json) if answer.ok else ():
                if isinstance(element, Mapping) and not wanted.items() <= element.items():
                    continue
                value = identity(element, name)
                if value is not None and not self._of_another_lane(value, collection):
                    return value
        raise Unavailable(f"the cloud shows no element of {collection} that could stand for {{{name}}}")


def _is_number(operation: Operation, name: str, version: Microversion) -> bool:
    return any(
        row.name == name and row.location == "path" and row.type in ("integer", "int") and version in row.range
        for row in operation.request.parameters
    )
