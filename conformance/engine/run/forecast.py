"""The forecast of a run: the resources, transitions and requests that some trials will need, lane by lane.

It walks the lanes as a run does, by the order of ``lanes`` and the ways of the state graph, and asks no cloud. Each
resource under test that it counts has a reason: a lane begins; a trial leaves the resource of no use; something is
attached to it that other trials cannot use; a thing below it cannot be made in its status; an expected deviation is
tried again. The requests of a resource, a transition and a trial are averages over traced runs on the sandbox
(``costs``); a cloud that is slow needs more polls.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Protocol

from conformance.engine.api.needs import Needs
from conformance.engine.api.producers import Producers
from conformance.engine.derive.state_graph import StateGraph
from conformance.engine.derive.suite import highest_version, views
from conformance.engine.model.setup import Existing, Prepared
from conformance.engine.model.trial import Trial
from conformance.engine.provision.makeable import makes_in
from conformance.engine.run.costs import THING, requests_beside, requests_of
from conformance.engine.run.following import ENDS, SETS, SPENDS
from conformance.engine.run.lanes import NO_RESOURCE, lane_of, order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.engine.api.service import ServiceDescription
    from specs.microversion import Microversion
    from specs.model import Operation, Spec

IN_BACKGROUND = 202
"""The code of an answer to a request for a thing that is still being made: then it is attached to the resource."""

PER_RESOURCE = 3.3
"""Requests to make a resource under test, to wait for it, and to remove it."""

PER_TRANSITION = 3.2
"""Requests to change the status of a resource: the request, a poll, and a look at its record of actions."""

AFTER_A_TRIAL = 2.2
"""The same without the request, which is a trial itself."""

PER_OPERATION = 0.8
"""Requests that show that the route of an operation exists, where none of its trials does."""

SILENT = 1 / 6
"""The part of the requests of administrators, and of those that remove the resource, that are accepted although the
reference is silent on them in this status, and leave the resource of no use. Other silent requests are mostly refused.
"""

AT_START = 12.0
"""Requests at the start of a run: for versions and discovery."""


@dataclass(frozen=True)
class Lane:
    """The forecast of one lane.

    Attributes:
        name: the name of the lane.
        trials: the number of its trials.
        resources: the number of resources under test that it makes, one after the other.
        tried: the transitions that are trials themselves.
        ways: the transitions that only lead to the situations of trials.
        requests: the number of its requests.
        hands_on: whether its last resource serves a lane that begins later.
    """

    name: str
    trials: int
    resources: int
    tried: int
    ways: int
    requests: float
    hands_on: bool = False

    @property
    def transitions(self) -> int:
        """The number of all its transitions, which follow one another."""
        return self.tried + self.ways


@dataclass(frozen=True)
class Forecast:
    """The forecast of a run, by lane, with the number of the operations that it tries and of the lanes at a time."""

    lanes: tuple[Lane, ...]
    operations: int = 0
    parallel: int = 6

    @property
    def requests(self) -> float:
        """The number of all requests."""
        beside = AT_START + PER_OPERATION * self.operations - PER_RESOURCE * self._handed_on
        return beside + sum(lane.requests for lane in self.lanes)

    @property
    def resources(self) -> int:
        """The number of all resources under test."""
        return sum(lane.resources for lane in self.lanes) - self._handed_on

    @property
    def _handed_on(self) -> int:
        """The number of lanes that begin with the resource of another one, which has ended by then."""
        later = sum(lane.resources > 0 for lane in self.lanes) - self.parallel
        return max(0, min(later, sum(lane.hands_on for lane in self.lanes)))

    @cached_property
    def longest(self) -> Lane | None:
        """The lane with the longest chain of transitions; None without lanes."""
        return max(self.lanes, key=lambda lane: (lane.transitions, lane.resources, lane.name), default=None)


class Known(Protocol):
    """The members of ``provision.context.RunContext``, the context of a run, on which a forecast stands."""

    @property
    def service(self) -> ServiceDescription:
        """The description of the service."""

    @property
    def graphs(self) -> Mapping[str, StateGraph]:
        """The ways between the statuses of each kind of resource under test."""

    @property
    def producers(self) -> Producers:
        """The operations that make the elements of collections."""

    @property
    def operations(self) -> Mapping[str, Operation]:
        """All operations of the reference, by id."""

    def needs_of(self, operation: Operation) -> Needs:
        """The needs of an operation's requests."""


@dataclass(frozen=True)
class Ground:
    """The same without a cloud, by a reference and a description alone."""

    service: ServiceDescription
    specs: Sequence[Spec]

    @cached_property
    def graphs(self) -> Mapping[str, StateGraph]:
        """The ways between the statuses of each kind of resource under test."""
        return StateGraph.of_each(views(self.specs, self._top, self.service))

    @cached_property
    def operations(self) -> Mapping[str, Operation]:
        """All operations of the reference, by id."""
        return {operation.id: operation for spec in self.specs for operation in spec.operations}

    @cached_property
    def producers(self) -> Producers:
        """The operations that make the elements of collections."""
        return Producers(self.operations.values(), self.service.producers)

    def needs_of(self, operation: Operation) -> Needs:
        """The needs of an operation's requests at the highest version."""
        return Needs.of(operation, self.service.about(operation), self.producers, self._top)

    @cached_property
    def _top(self) -> Microversion:
        return highest_version(self.specs)


def forecast(
    trials: Iterable[Trial],
    ground: Known,
    deviating: Container[str] = frozenset(),
    *,
    changes: bool = True,
    parallel: int = 6,
) -> Forecast:
    """Forecast a run of trials. A trial that comes twice, for several cases, is made once.

    Args:
        trials: the trials.
        ground: the things that a run knows before its first request.
        deviating: the keys of trials that are expected to show a deviation, so that they are made twice.
        changes: False for a run that changes nothing.
        parallel: the most lanes that run at a time.
    """
    lanes: dict[str, dict[str, Trial]] = {}
    for trial in trials:
        lanes.setdefault(lane_of(trial, ground.service), {})[trial.key] = trial
    # The documents of versions have operations that are none of the service's own.
    operations = {trial.operation.id: trial.operation for found in lanes.values() for trial in found.values()}
    needs = lru_cache(maxsize=None)(lambda id_: ground.needs_of(operations[id_]))
    kinds = {one.kind for one in ground.service.resources} | {ground.service.resource}
    walks = {kind: _Walk(ground, kind, needs, deviating, changes) for kind in kinds}
    found = tuple(_lane(name, list(found.values()), ground.service, walks) for name, found in lanes.items())
    return Forecast(found, len(operations), parallel)


def _lane(name: str, trials: list[Trial], service: ServiceDescription, walks: Mapping[str, _Walk]) -> Lane:
    """The forecast of one lane, whose resources under test are of the kind that the first such trial needs."""
    kinds = (service.about(trial.operation).resource for trial in trials if trial.situation.state is not None)
    return walks[next(kinds, service.resource)].lane(name, trials)


def shares(plan: Forecast, trials: Mapping[str, Trial], service: ServiceDescription) -> dict[str, float]:
    """Divide the requests of a forecast among cases: case -> its part of all, from 0 to 1.

    Args:
        plan: the forecast.
        trials: the trial of each case.
        service: the description of the service.
    """
    lanes = {case_id: lane_of(trial, service) for case_id, trial in trials.items()}
    counts = Counter(lanes.values())
    whole = sum(lane.requests for lane in plan.lanes) or 1.0
    each = {lane.name: lane.requests / counts[lane.name] / whole for lane in plan.lanes if counts[lane.name]}
    return {case_id: each.get(lane, 0.0) for case_id, lane in lanes.items()}


@dataclass
class _Resource:
    """The resource under test of a walk: its status, and the things below it."""

    status: str | None = None
    environment: str = ""
    altered: bool = False
    holds: set[str] = field(default_factory=set)
    attached: set[str] = field(default_factory=set)

    def renew(self, environment: str) -> None:
        """Let another resource take its place."""
        self.status, self.environment, self.altered = None, environment, False
        self.holds, self.attached = set(), set()


class _Walk:
    """Walks lanes as a run does."""

    def __init__(
        self, ground: Known, kind: str, needs: Callable[[str], Needs], deviating: Container[str], changes: bool
    ) -> None:
        self._ground, self._needs, self._deviating, self._changes = ground, needs, deviating, changes
        self._service = ground.service.under(kind)
        graph = ground.graphs.get(kind, StateGraph(()))
        known = self._service.under_test
        self._initial, self._stable = known.initial_status, known.stable_statuses
        self._spending = graph.less_kind_than(known.brought_back)
        self._steps = lru_cache(maxsize=None)(lambda source, target: _length(graph, source, target))

    def lane(self, name: str, trials: list[Trial]) -> Lane:
        """The forecast of one lane."""
        again = [trial for trial in trials if trial.key in self._deviating]
        requests = sum(map(self._requests, [*trials, *again])) + self._shared(trials)
        if name == NO_RESOURCE:
            return Lane(name, len(trials), 0, 0, 0, requests)
        has = _Resource()
        resources, tried, ways, things, silent = 0, 0, 0, 0, 0.0
        for trial, state in self._in_turn(trials, has):
            for last in (False, True) if trial.key in self._deviating else (True,):
                made, steps, below = self._reach(has, trial, state)
                resources, ways, things = resources + made, ways + steps, things + below
                after = self._after(has, trial, state)
                tried += after != state
                if not last or (trial.key in self._deviating and trial.outcome.accepted is False):
                    has.status = None
            silent += SILENT * self._spoils(trial)
        resources += round(silent)
        requests += PER_RESOURCE * resources + PER_TRANSITION * ways + AFTER_A_TRIAL * tried + THING * things
        hands_on = has.status is not None and not (has.altered or has.attached or has.environment)
        return Lane(name, len(trials), resources, tried, ways, requests, hands_on)

    def _spoils(self, trial: Trial) -> bool:
        """Whether a request on which the reference is silent is often accepted, and spoils the resource."""
        operation = trial.operation
        ends = operation.method == "DELETE" or operation.id in self._ground.service.tried_last
        may_change = trial.outcome.accepted is None and not self._needs(operation.id).only_reads
        return may_change and (ends or trial.request.role == "admin")

    def _requests(self, trial: Trial) -> float:
        marks = len(self._service.steps_before_refusal(trial)) if trial.outcome.accepted is not True else 0
        return requests_of(trial, self._needs(trial.operation.id), marks, self._changes)

    def _shared(self, trials: list[Trial]) -> float:
        """The requests that the trials of one operation share."""
        by_operation: dict[str, list[Trial]] = {}
        for trial in trials:
            by_operation.setdefault(trial.operation.id, []).append(trial)
        return sum(requests_beside(found, self._needs(id_)) for id_, found in by_operation.items())

    def _reach(self, has: _Resource, trial: Trial, state: str) -> tuple[int, int, int]:
        """Bring a resource into the situation of a trial: the resources, transitions and things that this takes."""
        needs, situation = self._needs(trial.operation.id), trial.situation
        if any(placeholder.passing for placeholder in needs.placeholders):
            has.status = None
        below = self._below(needs)
        unlike = situation.environment != has.environment or (has.altered and not trial.request.uses_optional_fields)
        unfit = not all(trial.operation.path.startswith(path) for path in has.attached)
        fits = has.status is not None and not unlike and not unfit
        lacking = below.keys() - (has.holds if fits else set())
        where = makes_in(trial, self._ground.producers, self._ground.operations, self._service) if lacking else ""
        made = ways = 0
        if fits and lacking and has.status != where and state != where:
            fits = False
        steps = self._steps(has.status, where or state) if fits and has.status else None
        if steps is None:
            made, ways = 1, self._steps(self._initial, where or state) or 0
            has.renew(situation.environment)
            lacking = set(below)
        else:
            ways = steps
        if where and where != state:
            ways += self._steps(where, state) or 0
        has.holds |= lacking
        has.attached |= {path for path in lacking if below[path]}
        return made, ways, len(lacking)

    def _below(self, needs: Needs) -> dict[str, bool]:
        """The collections below the resource of which a request needs an element, and whether it is attached."""
        mark = f"{{{self._service.identifier}}}/"
        return {
            one.element.collection: any(
                code.code == IN_BACKGROUND for code in one.element.producer.operation.responses.normal
            )
            for one in needs.placeholders
            if mark in one.element.collection and one.element.producer is not None and not one.passing
        }

    def _after(self, has: _Resource, trial: Trial, state: str) -> str:
        """Note how a trial leaves the resource, and return the status after it."""
        outcome, operation = trial.outcome, trial.operation
        after = outcome.leads_to[0] if outcome.accepted and outcome.leads_to else state
        has.altered = has.altered or (outcome.accepted is not False and trial.request.uses_optional_fields)
        ended = operation.id in self._ground.service.tried_last and outcome.accepted is True
        lost = after not in self._stable or any(isinstance(one, Existing | Prepared) for one in trial.setup)
        has.status = None if lost or ended else after
        return after

    def _in_turn(self, trials: list[Trial], has: _Resource) -> Iterator[tuple[Trial, str]]:
        """Yield the trials of a lane that need a resource, as a run makes them, with the statuses that they need."""
        groups: dict[int, list[Trial]] = {}
        for trial in sorted(trials, key=lambda trial: order(trial, self._service)):
            worn = ENDS if trial.key in self._deviating else self._wear(trial)
            groups.setdefault(worn, []).append(trial)
        for _, pending in sorted(groups.items()):
            while pending:
                trial = self._next(pending, has.status or self._initial)
                pending.remove(trial)
                if trial.situation.state is not None:
                    yield trial, trial.situation.state

    def _wear(self, trial: Trial) -> int:
        """How much a trial wears the resource, as far as that is known beforehand (see ``following``)."""
        if trial.outcome.accepted is False:
            return 0
        if trial.request.uses_optional_fields:
            return SETS
        return SPENDS if trial.outcome.accepted and trial.operation.id in self._spending else 0

    def _next(self, pending: list[Trial], status: str) -> Trial:
        for trial in pending:
            if trial.situation.state in (None, status):
                return trial

        def distance(trial: Trial) -> int:
            steps = self._steps(status, trial.situation.state)
            return 1000 if steps is None else steps

        return min(pending, key=distance)


def _length(graph: StateGraph, source: str, target: str) -> int | None:
    way = graph.way(source, target)
    return None if way is None else len(way)
