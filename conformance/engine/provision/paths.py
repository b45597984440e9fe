"""Fills the placeholders of paths: with the resource under test, an element of the run, or one that the cloud lists.

The path gives the collection of a placeholder: ``{gear_id}`` in ``/gears/{gear_id}`` names an element of the list that
``GET /gears`` returns. A request that only reads takes an element of this list, if there is one. For any other request,
the lane makes an element by the documented operation (see ``producers``), and no other lane uses it.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote

from conformance.engine.api.entries import Naming
from conformance.engine.api.json_path import lookup
from conformance.engine.api.needs import PROJECT, ElementNeeded, Placeholder
from conformance.engine.api.producers import SAFE, last_version, listed_by, placeholders
from conformance.engine.api.response_fields import elements, identity
from conformance.engine.cloud.exchange import ABSENT, Answer
from conformance.engine.cloud.journal import holds_above
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.wait import until
from conformance.engine.model.binding import Binding
from conformance.engine.model.trial import Trial
from conformance.engine.provision.anew import with_new_elements
from conformance.engine.provision.companions import Companions
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.elements import Elements
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.fleeting import Fleeting
from conformance.engine.provision.found import is_number, may_vanish, none_listed
from conformance.engine.provision.makeable import makes_in
from conformance.engine.provision.owned import Filled, Owned
from conformance.engine.provision.steps import Steps
from conformance.engine.provision.subject import Subject
from specs.microversion import Microversion
from specs.model import Operation

UNKNOWN_NUMBER = "987654321"
"""A number that is the id of nothing."""

SLOWER, LATER = 1.1, 2.0
"""The growth of the pauses between looks for a short-lived thing, which may end, and the longest in seconds."""


@dataclass(frozen=True)
class _Wanted:
    """The need of a request for the value of a placeholder.

    Attributes:
        placeholder: the placeholder.
        collection: the filled path before the placeholder.
        operation: the operation of the request.
        role: the role that sends the request.
        version: the microversion of the request.
    """

    placeholder: Placeholder
    collection: str
    operation: Operation
    role: str
    version: Microversion


class Paths:
    """Fills paths for one lane, and keeps the elements that it has found or made for them.

    Attributes:
        elements: makes elements.
        seen_by_admin: the ids and names that only an administrator's list has shown.
        steps: takes the steps before and after a request.
        companions: finds the things that came with elements of the lane.
    """

    def __init__(self, context: RunContext, subject: Subject) -> None:
        self._context = context
        self._subject = subject
        self._known: dict[tuple[str, str, str], str] = {}
        self._changed: set[tuple[str, str]] = set()
        self.seen_by_admin: set[str] = set()
        self.elements = Elements(context, subject)
        self.steps = Steps(context, subject)
        self.companions = Companions(context, self.elements)
        self.elements.prepare, self.steps.changed = self.prepare, self.forget_below

    @with_new_elements
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
        other = self._context.operations.get(operation.same_as.operation) if operation.same_as is not None else None
        if other is not None and set(placeholders(operation.path)) <= set(placeholders(other.path)):
            # Its own path leaves out the names that tell where its thing is made.
            return self.fill(other, role, version, unknown, last_only, given).at(operation.path)
        filled, values = operation.path, {}
        owned: Owned | None = None
        passing: list[tuple[str, str]] = []
        needs = self._context.needs.get(operation.id) or self._context.needs_of(operation)
        chosen = needs.producer is not None and needs.producer.chosen and len(needs.placeholders) > 1
        named = any(placeholder.value is None for placeholder in needs.placeholders)
        things = any(isinstance(placeholder.value, Binding) for placeholder in needs.placeholders)
        for number, placeholder in enumerate(needs.placeholders):
            name, last = placeholder.name, number == len(needs.placeholders) - 1
            if given and any(earlier.name in given for earlier in needs.placeholders[:number]):
                unknown, last_only = self._context.cloud.guard.made_up(), False  # nothing is known below a fixed value
            nothing = unknown if not last_only or last else None
            constant = things and isinstance(placeholder.value, str) and placeholder.value != PROJECT
            if (constant or (placeholder.value is not None and named)) and not last_only:
                nothing = None  # a fixed value names no element, so an unknown id in its place would be another fault
            above = placeholder.element.collection if placeholder.lent else filled.partition(placeholder.mark)[0]
            owned, wants = None, _Wanted(placeholder, above, operation, role, version)
            if given and name in given:
                value = given[name]
            elif nothing is not None and last_only and placeholder.source is not None:
                self._something(wants)  # the situation of a known name
                value = self._nothing(wants, nothing)
                passing += [(wants.collection, name)] if placeholder.passing else []
            # A name that the client chooses is in the body, too, so a random id cannot stand for it here.
            elif nothing is not None and not (last and chosen):
                value = self._nothing(wants, nothing)
            elif name == self._context.service.identifier:
                value = self._subject.known_id or self._subject.resource_id
            else:
                value, owned = self._something(wants)
                owned = None if placeholder.lent else owned
                passing += [(wants.collection, name)] if placeholder.passing else []
            values[name] = value
            filled = filled.replace(f"{{{name}}}", quote(value, safe=""), 1)
        path, _, query = filled.partition("?")
        return Filled(path, values, owned, tuple(passing), tuple(parse_qsl(query, keep_blank_values=True)))

    def prepare(self, operation: Operation, values: Mapping[str, str] | None = None, body: Any = ABSENT) -> None:
        """Take the steps that an accepted request of an operation needs before it.

        Args:
            operation: the operation of the request.
            values: the values of the placeholders in its path, which the steps share.
            body: the body of the request.

        Raises:
            Unavailable: the cloud refused a step.
        """
        for step in self._context.service.steps(operation, "steps_before"):
            self.steps.before(step, values or {}, self.path_of, body)

    def path_of(self, operation: Operation) -> str:
        """The filled path of an operation that goes before or after another one, for an administrator."""
        return self.fill(operation, "admin", self._context.version_for(operation)).path

    def populated(self, operation: Operation, filled: Filled, answer: Answer) -> bool:
        """Make an element for a list that was empty. Returns whether the list has an element now."""
        template = operation.path.removesuffix("/detail")
        producer = self._context.producers.of(template)
        if producer is None or any(True for _ in elements(answer.json)):
            return False
        if self._context.cloud.guard.read_only or (producer.lister is None and operation.path == template):
            return False
        known = self._context
        wanted = ElementNeeded.of(operation, template, producer.name, known.service, known.producers)
        try:
            return self.elements.own(wanted, filled.path.removesuffix("/detail"), operation) is not None
        except Unavailable:
            return False

    def makes_in(self, trial: Trial) -> str:
        """The status of the resource under test in which a trial's elements can be made; empty if none is stable."""
        return makes_in(trial, self._context.producers, self._context.operations, self._context.service)

    def lasts(self, operation: Operation, filled: Filled, role: str, version: Microversion) -> bool:
        """Whether the collections still list the short-lived things that a path names."""
        needs = self._context.needs.get(operation.id) or self._context.needs_of(operation)
        named = {placeholder.name: placeholder for placeholder in needs.placeholders}
        try:
            for collection, name in filled.passing:
                self._listed(_Wanted(named[name], collection, operation, role, version))
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
            pause=self._context.patience.settle,
            growth=SLOWER,
            cap=LATER,
        ):
            raise Unavailable("the thing that the path names has not ended", optional=False)
        if self._subject.view is not None:
            self._subject.settle(None)

    def _something(self, wants: _Wanted) -> tuple[str, Owned | None]:
        placeholder, operation, sandbox = wants.placeholder, wants.operation, self._context.sandbox
        if placeholder.value is not None:
            return self._fixed(placeholder.value), None
        if placeholder.source is not None:
            return self._named(wants, placeholder.source), None
        if placeholder.made and not self._context.cloud.guard.read_only:
            try:
                owned = self.elements.own(placeholder.element, wants.collection, operation)
            except Unavailable:
                if self._context.service.always_made or not sandbox:
                    raise
                owned = None  # in a sandbox, every listed element is free for use
            if owned is not None:
                return owned.value, owned
            if self._context.service.always_made and operation.method not in SAFE:
                raise Unavailable(f"no operation makes an element of {wants.collection} for {{{placeholder.name}}}")
        return self._found(wants)

    def _found(self, wants: _Wanted) -> tuple[str, Owned | None]:
        """The value of an element that the run need not make, unless the cloud shows none that the request may name."""
        placeholder, operation, empty = wants.placeholder, wants.operation, self._context.empty_at_first
        own = self.elements.own if placeholder.element.collection in empty else self.elements.kept_for
        owned = own(placeholder.element, wants.collection, operation)
        if owned is not None:
            return owned.value, owned
        free = self._context.sandbox or self._context.service.described or self._context.needs_of(operation).only_reads
        if not (free or holds_above(self._context.cloud.journal, wants.collection)):
            at = wants.collection, placeholder.name
            return self.companions.one(*at, operation, wants.role, str(self._listed_at(wants))), None
        try:
            return self._element(wants), None
        except Unavailable:
            owned = self.elements.own(placeholder.element, wants.collection, operation)
            if owned is None:
                raise
            if f"{{{self._context.service.identifier}}}" in placeholder.element.collection:
                empty.add(placeholder.element.collection)
            return owned.value, owned

    def _named(self, wants: _Wanted, rule: Naming, again: bool = True) -> str:
        """A name that the described requests give: in the last answer, or in a list while the thing lasts."""
        name = wants.placeholder.name
        if rule.min_microversion is not None and wants.version < Microversion.parse(rule.min_microversion):
            raise Unavailable(f"a value of {{{name}}} is accepted from {rule.min_microversion} on")
        if rule.passing:
            with contextlib.suppress(Unavailable):
                return self._listed(wants)
        if self._subject.view is None:
            self._subject.reach(self._context.service.under_test.initial_status)
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
                return self._listed(wants)
            except Unavailable as error:
                return error

        patience, stopping, thing = self._context.patience, self._context.stopping, Fleeting(self._subject)
        seen = until(look, thing.over, patience.status, stopping, pause=patience.settle, growth=SLOWER, cap=LATER)
        if isinstance(seen, Unavailable) and thing.missed and again:
            return self._named(wants, rule, again=False)
        if isinstance(seen, Unavailable):
            raise seen
        return seen

    def _nothing(self, wants: _Wanted, unknown: str) -> str:
        """A value that names nothing: a number if the names in the collection are numbers, else the given UUID."""
        if not is_number(wants.operation, wants.placeholder.name, wants.version):
            return unknown
        key = (wants.placeholder.element.collection, wants.placeholder.name, str(self._listed_at(wants)))
        numbers = self._context.named_by_numbers
        if key not in numbers:
            try:
                numbers[key] = self._element(wants).isdigit()
            except Unavailable:
                numbers[key] = True  # nothing there contradicts the reference
        return UNKNOWN_NUMBER if numbers[key] else unknown

    def _fixed(self, value: Any) -> str:
        """The value of a placeholder that names no element."""
        if value != PROJECT:
            given = str(self._subject.bindings.filled(value))
            rules = self._context.cloud.profile.discovery.get(value.resource) if isinstance(value, Binding) else None
            if rules is not None and rules.role is Role.ADMIN:
                self.seen_by_admin.add(given)
            return given
        if ("", PROJECT, "") not in self._known:
            self._known["", PROJECT, ""] = self._subject.bindings.project()
        return self._known["", PROJECT, ""]

    def _element(self, wants: _Wanted) -> str:
        key = (wants.collection, wants.placeholder.name, str(self._listed_at(wants)))
        if key not in self._known:
            self._known[key] = self._listed(wants)
        return self._known[key]

    def _listed_at(self, wants: _Wanted) -> Microversion:
        """The version at which a collection is listed: that of the request, or the nearest version of the list.

        The ids of things may differ by version.
        """
        listing = listed_by(self._context.operations, wants.placeholder.element.collection)
        if listing is None:
            return wants.version
        first, last = listing.microversions.range.min, last_version(listing)
        at = min(wants.version, last) if last is not None else wants.version
        return max(at, first) if first is not None else at

    def forget(self, filled: Filled, changed: bool = False) -> None:
        """Forget the things that a path named, since they are gone or changed: the next path gets others.

        ``changed``: a refused request has changed them, which another one could not be seen to do again.
        """
        for key, value in list(self._known.items()):
            if filled.values.get(key[1]) == value and key[0]:
                del self._known[key]
                if changed:
                    self._changed.add((key[0], value))
        if filled.owned is not None:
            self.elements.forget(filled.owned)

    def forget_below(self, path: str) -> None:
        """Forget the elements below a path, since they are gone or changed."""
        self.elements.forget_below(path)
        self._known = {key: value for key, value in self._known.items() if not f"{key[0]}/".startswith(f"{path}/")}

    def forget_found(self) -> None:
        """Forget the things that lists have shown: they may be gone by now, and are looked up again."""
        self._known.clear()

    def _listed(self, wants: _Wanted) -> str:
        service, cloud = self._context.service, self._context.cloud
        collection, name, version = wants.collection, wants.placeholder.name, str(self._listed_at(wants))
        wanted = service.elements_for(wants.operation, collection.rpartition("/")[2])
        wanted = {**wanted, **wants.placeholder.element.fields}  # one made otherwise would not do, nor one found
        # A member may use the elements that a member sees; those that only an administrator sees come after them.
        answer: Answer | None = None
        spare = ""
        for sender in (Role.ADMIN,) if wants.role == "admin" else (Role.MEMBER, Role.ADMIN):
            if sender not in cloud.roles:
                continue
            answer = cloud.get(collection, role=sender, microversion=version)
            for element in elements(answer.json) if answer.ok else ():
                if isinstance(element, Mapping) and not wanted.items() <= element.items():
                    continue
                value = identity(element, name)
                if value is not None and not may_vanish(cloud, element, value, collection):
                    if (collection, value) in self._changed:
                        spare = spare or value
                        continue
                    if sender is Role.ADMIN and wants.role != "admin":
                        self.seen_by_admin.add(value)
                    cloud.guard.listed(value, collection)
                    return value
        if spare:
            return spare
        raise none_listed(collection, f"{{{name}}}", answer)
