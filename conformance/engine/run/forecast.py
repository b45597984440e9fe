"""The forecast of a run: the resources, transitions and requests that some trials will need, lane by lane.

It walks the lanes as a run does, by the order of ``lanes`` and the ways of the state graph, and asks no cloud. The
numbers of resources and transitions are the least: a deviation is tried again on a new resource, and a request on which
the reference is silent may change one. The requests of one trial are averages over runs on the sandbox; a cloud that is
slow needs more polls.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from conformance.engine.api.producers import SAFE
from conformance.engine.derive.state_graph import StateGraph
from conformance.engine.model.setup import Existing, Prepared
from conformance.engine.model.trial import Paged, Trial, Twice
from conformance.engine.run.lanes import NO_RESOURCE, lane_of, order

if TYPE_CHECKING:
    from conformance.engine.api.service import ServiceDescription

PER_RESOURCE = 8.0
"""Requests to make a resource under test, to wait for it, and to remove it."""

PER_TRANSITION = 5.0
"""Requests to change the status of a resource: the request, polls, and looks until it is calm."""

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
    """

    name: str
    trials: int
    resources: int
    tried: int
    ways: int
    requests: float

    @property
    def transitions(self) -> int:
        """The number of all its transitions, which follow one another."""
        return self.tried + self.ways


@dataclass(frozen=True)
class Forecast:
    """The forecast of a run, by lane."""

    lanes: tuple[Lane, ...]

    @property
    def requests(self) -> float:
        """The number of all requests."""
        return AT_START + sum(lane.requests for lane in self.lanes)

    @cached_property
    def longest(self) -> Lane | None:
        """The lane with the longest chain of transitions; None without lanes."""
        return max(self.lanes, key=lambda lane: (lane.transitions, lane.resources, lane.name), default=None)


def requests_of(trial: Trial) -> float:
    """The requests of one trial in its situation: itself, the looks at its consequences, and its setups."""
    outcome, bare = trial.outcome, trial.situation.state is None
    count = 1.0
    if isinstance(trial.exchange, Twice):
        count += 2
    elif isinstance(trial.exchange, Paged):
        count += 3
    if trial.request.operation.method not in SAFE:
        if bare:
            count += 0 if outcome.accepted is False else 2
        else:
            count += 0.3 if outcome.accepted is False else 2.5
    if trial.situation.target in ("own", "any") and bare and "{" in trial.request.operation.path:
        count += 0.5  # a thing is made or found for several trials
    for setup in trial.setup:
        steps = setup.steps if isinstance(setup, Prepared) else ()
        count += 2 * (len(setup.operations) if isinstance(setup, Existing) else max(1, len(steps)))
    return count


def forecast(trials: Iterable[Trial], service: ServiceDescription, graphs: Mapping[str, StateGraph]) -> Forecast:
    """Forecast a run of trials. A trial that comes twice, for several cases, is made once.

    Args:
        trials: the trials.
        service: the description of the service.
        graphs: the ways between the statuses of each kind of resource under test.
    """
    lanes: dict[str, dict[str, Trial]] = {}
    for trial in trials:
        lanes.setdefault(lane_of(trial, service), {})[trial.key] = trial
    kinds = {one.kind for one in service.resources} | {service.resource}
    walks = {kind: _Walk(service.under(kind), graphs.get(kind, StateGraph(()))) for kind in kinds}
    return Forecast(tuple(_lane(name, list(found.values()), service, walks) for name, found in lanes.items()))


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


class _Walk:
    """Walks lanes as a run does."""

    def __init__(self, service: ServiceDescription, graph: StateGraph) -> None:
        self._service = service
        self._initial = service.under_test.initial_status
        self._stable = service.under_test.stable_statuses
        self._steps = lru_cache(maxsize=None)(lambda source, target: _length(graph, source, target))

    def lane(self, name: str, trials: list[Trial]) -> Lane:
        """The forecast of one lane."""
        pending = sorted(trials, key=lambda trial: order(trial, self._service))
        requests = sum(map(requests_of, trials))
        if name == NO_RESOURCE:
            return Lane(name, len(trials), 0, 0, 0, requests)
        status: str | None = None
        environment, altered, resources, tried, ways = "", False, 0, 0, 0
        while pending:
            trial = self._next(pending, status or self._initial)
            pending.remove(trial)
            state, situation, outcome = trial.situation.state, trial.situation, trial.outcome
            if state is None:
                continue
            unlike = situation.environment != environment or (altered and not trial.request.uses_optional_fields)
            steps = self._steps(status, state) if status is not None and not unlike else None
            if steps is None:
                resources += 1
                environment, altered = situation.environment, False
                steps = self._steps(self._initial, state) or 0
            ways += steps
            after = outcome.leads_to[0] if outcome.accepted and outcome.leads_to else state
            tried += after != state
            altered = altered or (outcome.accepted is not False and trial.request.uses_optional_fields)
            lost = after not in self._stable or any(isinstance(one, Existing | Prepared) for one in trial.setup)
            status = None if lost else after
        requests += PER_RESOURCE * resources + PER_TRANSITION * ways
        return Lane(name, len(trials), resources, tried, ways, requests)

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
