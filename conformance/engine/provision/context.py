"""The objects that all lanes of a run share: the cloud, the factories, the description, the notes, and the patience."""

from __future__ import annotations

import copy
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.engine.api.needs import Needs
from conformance.engine.api.producers import Producers
from conformance.engine.api.service import ServiceDescription
from conformance.engine.cloud.client import Cloud
from conformance.engine.cloud.discover import Discovery
from conformance.engine.cloud.kinds import Kind
from conformance.engine.cloud.poll import Watch
from conformance.engine.cloud.resources import Resources
from conformance.engine.cloud.waits import Waits
from conformance.engine.derive.state_graph import StateGraph
from conformance.engine.provision.demanded import Demanded
from conformance.engine.provision.parts import without
from conformance.engine.provision.places import Places
from conformance.engine.provision.silence import Silence
from conformance.engine.provision.unkept import Unkept
from specs.microversion import Microversion
from specs.model import Operation


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds.

    Attributes:
        status: the longest wait for a documented status.
        settle: the time that an unchanged status must last, without a task, to count as settled.
    """

    status: float = 300.0
    settle: float = 0.3


@dataclass
class Notes:
    """Facts for the reader of a run record, each noted once. Safe to use from many threads."""

    entries: dict[tuple[str, str], None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, text: str) -> None:
        """Note a fact of a kind (``table``, ``binding``, ``missing``, ``broken-way``)."""
        with self._lock:
            self.entries.setdefault((kind, text))

    def correct(self, kind: str, text: str, instead: str) -> None:
        """Note another text in place of one that no longer holds."""
        with self._lock:
            self.entries.pop((kind, text), None)
            self.entries.setdefault((kind, instead))

    def sorted(self) -> list[tuple[str, str]]:
        """Kind and text of each note so far."""
        with self._lock:
            return sorted(self.entries)


@dataclass(frozen=True)
class RunContext:
    """The context that all lanes of a run share.

    Attributes:
        cloud: the client of the cloud.
        discovery: finds the things of the cloud that requests can name.
        resources: makes and removes resources.
        watch: waits for the statuses of resources.
        service: the description of the service.
        graph: the ways from one status of the resource under test to another.
        graphs: the same for each kind of resource under test, if the service has several.
        producers: the operations that make the elements of collections.
        operations: all operations of the reference, by id.
        top: the highest microversion that cloud and reference share.
        patience: how long to wait.
        notes: facts for the reader of the run record.
        elevated: names of requests that this cloud refuses to members; an administrator sends them (see ``elevate``).
        spending: the ids of operations after which a resource no longer gives a value that requests need, as the
            description tells or the run has seen.
        silence: the answers of the run to requests on which the reference is silent.
        complete_at_once: the operations that show new things without any status, so that nothing can be waited for.
        empty_at_first: the paths of collections below a resource under test that are empty when it has been made.
        named_by_numbers: whether the things of a collection are named by numbers, by the path of the collection, the
            placeholder of the thing, and the microversion at which the collection is listed.
        sandbox: True if nobody else uses the cloud.
        default_policy: True if the cloud is known to keep the documented defaults of its policy.
        stopping: is set when the run is to stop.
        password: a random text, the same for all users that this process makes with the password of the run.
        lacking: the optional parts of the service that the cloud does not have.
        needs: the needs of each operation's requests, by the id of the operation.
        role_names: the roles that the run has.
        kind: the kind of the resource under test; a kind without a name if the service has no such resource.
        unkept: the statuses that such resources of this cloud were seen to leave by themselves.
        places: the places of the lanes, if the quota of the project is too small for all of them.
        waits: the waits for transitions so far, which bound later ones.
        demanded: the fields that refusals have demanded, on a service without a description.
    """

    cloud: Cloud
    discovery: Discovery
    resources: Resources
    watch: Watch
    service: ServiceDescription
    graph: StateGraph
    producers: Producers
    operations: Mapping[str, Operation]
    top: Microversion
    patience: Patience = field(default_factory=Patience)
    notes: Notes = field(default_factory=Notes)
    elevated: set[str] = field(default_factory=set)
    spending: set[str] = field(default_factory=set)
    silence: Silence = field(default_factory=Silence)
    complete_at_once: set[str] = field(default_factory=set)
    empty_at_first: set[str] = field(default_factory=set)
    named_by_numbers: dict[tuple[str, str, str], bool] = field(default_factory=dict)
    graphs: Mapping[str, StateGraph] = field(default_factory=dict)
    sandbox: bool = False
    default_policy: bool = True
    stopping: threading.Event = field(default_factory=threading.Event)
    lacking: frozenset[str] = frozenset()
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12), repr=False)
    needs: Mapping[str, Needs] = field(init=False)
    role_names: frozenset[str] = field(init=False)
    kind: Kind = field(init=False)
    unkept: Unkept = field(init=False)
    places: Places = field(init=False)
    waits: Waits = field(init=False, default_factory=Waits)
    demanded: Demanded = field(init=False)
    _about: dict[str, RunContext] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        known = {name: self.needs_of(operation) for name, operation in self.operations.items()}
        object.__setattr__(self, "needs", known)
        object.__setattr__(self, "role_names", frozenset(map(str, self.cloud.roles)))
        object.__setattr__(self, "places", Places(self.stopping, ever_found=self.cloud.seen.found_room))
        object.__setattr__(self, "demanded", Demanded(self.service))
        for kind, graph in ({self.service.resource: self.graph} | dict(self.graphs)).items():
            self._about[kind] = self if kind == self.service.resource else copy.copy(self)
            self._about[kind]._turn_to(kind, graph)
            self.spending.update(graph.less_kind_than(self.service.under(kind).under_test.brought_back))

    def _turn_to(self, kind: str, graph: StateGraph) -> None:
        """Make the resources of a kind those under test."""
        service = self.service.under(kind)
        object.__setattr__(self, "service", service)
        object.__setattr__(self, "graph", graph)
        object.__setattr__(self, "kind", self.cloud.profile.kind(kind))
        object.__setattr__(self, "unkept", Unkept(service.under_test.optional_statuses))

    def about(self, operation: Operation) -> RunContext:
        """The context for the requests of an operation (see ``ServiceDescription.about``); the rest is shared."""
        return self._about.get(self.service.about(operation).resource, self)

    def needs_of(self, operation: Operation) -> Needs:
        """The needs of an operation's requests; ``needs`` holds them for every operation of the reference."""
        return Needs.of(operation, self.service.about(operation), self.producers, self.top)

    def fitting(self, operation: Operation, body: Any, version: Microversion | None = None) -> Any:
        """A body, or a query as pairs, without the fields of parts that the cloud lacks, with those that it demands."""
        fits = without(body, operation, self.service.optional_parts, self.lacking)
        return self.demanded.added(operation, version or self.version_for(operation), fits)

    def elevate(self, operation: Operation, name: str) -> None:
        """Note that the cloud refuses a request to members: from now on, an administrator sends it.

        Args:
            operation: the operation that was refused.
            name: the name for ``elevated``: the operation's id, or the key of a trial with optional fields.
        """
        self.elevated.add(name)
        self.notes.add("elevated", f"a request of {operation.id} is refused to members; it is tried as administrator")

    @property
    def environment(self) -> str:
        """The environment of all resources under test that this cloud can make; empty if they are the usual ones."""
        made = self.resources.usual.get(self.kind.name)
        others = self.service.under_test.environments.items()
        return next((name for name, one in others if made and one.factory_arguments.get("variant") == made), "")

    def not_for_these(self, operation: Operation) -> str | None:
        """The reason why an operation may refuse every resource under test of this cloud; None if there is none.

        The reference names an environment that has bounds of its own, such as resources without a disk of their own,
        and this cloud makes resources in this environment only.
        """
        here = self.environment
        for condition in operation.preconditions if here else ():
            when = condition.when
            if condition.kind == "environment" and when and self.service.environment_of(when.environment) == here:
                return f"this cloud makes each {self.kind.name} {here}, for which {operation.id} has bounds of its own"
        return None

    def version_for(self, operation: Operation) -> Microversion:
        """The version of a request that names none: the highest that cloud, reference and operation share."""
        known = self.needs.get(operation.id)
        return known.version if known is not None else self.needs_of(operation).version
