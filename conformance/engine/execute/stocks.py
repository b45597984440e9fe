"""Elements that are made to be listed: two for each list of the description, or more by the operations of the API."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from conformance.engine.api import request_fields
from conformance.engine.api.entries import Stock
from conformance.engine.api.producers import Producer
from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.made import Made
from conformance.engine.cloud.names import behind
from conformance.engine.model.binding import Binding
from conformance.engine.model.trial import Trial
from conformance.engine.provision.bindings import NAME
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.errors import NeedsNewResource, Unavailable
from conformance.engine.provision.locking import lock, unlock
from conformance.engine.provision.owned import Owned
from conformance.engine.provision.paths import Paths
from conformance.engine.provision.subject import Subject
from specs.microversion import Microversion

MORE = 4
"""The most elements that are made so that a list comes in another order than that of a key: that of six is the order of
all of them once in 720 times."""

TEXTS = ("name", "description")
"""The ends of the names of fields that surely hold any text: of others, references often leave the values out."""

TICK = 1.1
"""Seconds between the creation of two elements, so that their times, which have whole seconds, differ."""


@dataclass
class Stocks:
    """Makes the elements of one lane that are to be listed.

    Attributes:
        context: the objects that all lanes share.
        subject: the resource under test of the lane.
        paths: makes the elements that requests of the API make.
        shared: the text with which the names of the elements begin, by the name of the stock; one that failed included.
        kept: resources that must exist as long as the records of their actions are to be listed.
    """

    context: RunContext
    subject: Subject
    paths: Paths
    shared: dict[str, str] = field(default_factory=dict)
    kept: list[Subject] = field(default_factory=list)
    _grown: set[str] = field(default_factory=set)
    _more: Counter[str] = field(default_factory=Counter)
    _grown_by: list[Owned] = field(default_factory=list)
    _made: list[Made] = field(default_factory=list)

    def discard(self) -> None:
        """Give up the resources that were kept, and the elements that were made or with which lists have grown.

        The latter go with the run, or as soon as room is needed where a quota is narrow; then lists grow anew.
        """
        while self.kept:
            self.kept.pop().discard()
        if self._made:
            self.context.places.spend(self._made)
            self._made = []
            self.shared.clear()
            self._more.clear()
        if self._grown_by:
            narrow = self.context.places.most is not None
            for owned in self._grown_by:
                if narrow:
                    self.paths.elements.forget(owned)
                if not self.paths.elements.holds(owned):
                    self.paths.elements.let_go(owned)
            self._grown_by.clear()
            if narrow:
                self._grown.clear()

    def make(self, stock: Stock) -> bool:
        """Make two elements. True if both were made; if not, a trial uses elements that the cloud shows."""
        if self.context.cloud.guard.read_only:
            return False
        shared = self.shared[stock.name] = self.context.resources.rand_name("list")
        # Their names and fields fall while their times rise, so that no list has both in one order.
        for name in (f"{shared}-b", f"{shared}-a"):
            if name.endswith("a") and stock.isolated_by is not None:
                time.sleep(TICK)
            try:
                if stock.factory is None:
                    self._through(stock.statuses)
                else:
                    self._element(stock, stock.factory, name)
            except (CloudError, Unavailable, NeedsNewResource) as error:
                self.context.notes.add("missing", f"no element of {stock.name} could be made to be listed: {error}")
                return False
        return True

    def _through(self, statuses: tuple[str, ...]) -> None:
        """Bring a new resource through statuses and keep it: a list may not show the records of a deleted resource."""
        subject = self.subject.another()
        subject.sparing = False  # no trial uses it, and a query may show the records of the usual way alone
        self.kept.append(subject)
        problem = next(filter(None, map(subject.reach, statuses)), None)
        self.subject.resources_made += subject.resources_made
        if problem:
            raise Unavailable(problem.reason)

    def _element(self, stock: Stock, kind: str, name: str) -> None:
        """Make one element: apart from the other, else with its fields only, else with nothing but its name."""
        if stock.isolated_by is None and not stock.fields:
            self._made.append(self.context.resources.make(kind))
            return
        given: dict[str, Any] = {
            field_name: values[-1 if name.endswith("b") else 0]
            for field_name, since, values in stock.fields
            if since is None or self.context.top >= Microversion.parse(since)
        }
        ways = [({"beside": stock.apart}, given, "wherever")] if stock.apart else []
        ways += [({}, given, "with nothing but its name"), ({}, {}, "")]
        for number, (beside, fields, less) in enumerate(ways):
            called, version = name + "-again" * number, str(self.context.top)
            try:
                more = self.subject.bindings.filled({"fields": fields, **beside})
                self._made.append(self.context.resources.make(kind, name=called, microversion=version, **more))
                return
            except (CloudError, Unavailable, NeedsNewResource) as error:
                if not less:
                    raise
                self.context.notes.add("missing", f"an element of {stock.name} was made to be listed {less}: {error}")

    def grow(self, trial: Trial, collection: str, number: int) -> bool:
        """Let a list grow by the operation that makes its elements, else by two actions on the resource that has it.

        A list at the top of the API grows once, since an element of the run may not show what a filter needs.
        Returns True if that could be done.
        """
        context, producer = self.context, self.context.producers.of(trial.request.operation.path)
        if producer and not context.sandbox and context.service.only_in_sandbox(producer.operation):
            return False  # no request may remove what it makes
        if trial.situation.state is None:
            if producer is None or collection in self._grown or context.cloud.guard.read_only:
                return False
            self._grown.add(collection)
        if producer is None:
            return lock(self.subject) is None and unlock(self.subject) is None
        return self._produced(producer, collection, number)

    def _produced(
        self, producer: Producer, collection: str, number: int, fields: Mapping[str, Any] = MappingProxyType({})
    ) -> bool:
        try:
            for _ in range(number):
                owned = self.paths.elements.produce(producer, collection, producer.name, fields)
                self._grown_by.append(owned)
                self.paths.elements.lend(owned)
        except (CloudError, Unavailable, NeedsNewResource) as error:
            self.context.notes.add("missing", f"no element of {collection} could be made to be listed: {error}")
            return False
        return True

    def one_more(self, trial: Trial, collection: str, stock: Stock | None, key: str) -> bool:
        """Let a list grow by one element for an order of a field, a few times. True if it has grown.

        In turn its name, and the field if the client may choose any text for it, stand behind and before all others.
        """
        context, producer = self.context, self.context.producers.of(trial.request.operation.path)
        what = stock.name if stock is not None else f"{collection} {key}"
        if trial.situation.state is not None or context.cloud.guard.read_only or self._more[what] == MORE:
            return False
        self._more[what] += 1
        with behind() if self._more[what] % 2 else nullcontext():
            if stock is not None and stock.factory is not None and stock.name in self.shared:
                name = f"{self.shared[stock.name]}-{'bcdef'[self._more[what]]}"
                try:
                    self._element(stock, stock.factory, name)
                except (CloudError, Unavailable, NeedsNewResource) as error:
                    context.notes.add("missing", f"no element of {stock.name} could be made to be listed: {error}")
                    return False
                return True
            if producer is None or (not context.sandbox and context.service.only_in_sandbox(producer.operation)):
                return False
            return self._produced(producer, collection, 1, self._chosen(producer, key))

    def may_choose(self, trial: Trial, stock: Stock | None, key: str) -> bool:
        """Whether a list can grow by elements with texts of the client's in a field."""
        producer = self.context.producers.of(trial.request.operation.path)
        return stock is None and producer is not None and bool(self._chosen(producer, key))

    def _chosen(self, producer: Producer, key: str) -> dict[str, str]:
        """A new text for a field of the request that makes an element; nothing if the client may not choose a text."""
        operation = producer.operation
        for field_ in request_fields.fields(operation, self.context.version_for(operation)):
            row, bound = field_.row, self.context.service.binding(operation, field_.path[-1])
            free = row.type == "string" and not row.enum and not row.format and row.maximum is None
            named = bound == (False, None) or (isinstance(bound[1], Binding) and bound[1].resource == NAME)
            if field_.path[-1] == key and free and named and key.endswith(TEXTS):
                return {field_.name: self.context.resources.rand_name("case")}
        return {}
