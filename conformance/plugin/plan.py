"""The plan of a run as text: lanes, trials, resources, transitions and requests. It needs no endpoint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from conformance.engine.api.service import ServiceDescription
from conformance.engine.model.case import Case
from conformance.engine.run.forecast import Forecast, Lane
from conformance.engine.run.lanes import NO_RESOURCE, lane_of
from reports.words import count, plural


def plan_lines(cases: Iterable[Case], plan: Forecast, max_resources: int, service: ServiceDescription) -> list[str]:
    """Return the plan of a run, as lines of text.

    Args:
        cases: the cases to try.
        plan: the forecast for them.
        max_resources: the most resources under test that may exist at a time.
        service: the description of the service.
    """
    cases = list(cases)
    counts = Counter(lane_of(case.trial, service) for case in cases)
    kinds = Counter(case.requirement.kind.partition("/")[0] for case in cases)
    noun = service.resource if len(service.resources) < 2 else "resource"
    return [
        *_table(plan, counts, plural(noun) if noun else ""),
        "",
        ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())),
        *_sums(plan, len(cases), max_resources, noun),
    ]


def _table(plan: Forecast, counts: Counter[str], noun: str) -> list[str]:
    """One line for each lane; the columns of resources and transitions only if some lane needs them."""
    lanes = sorted(plan.lanes, key=lambda lane: (lane.name != NO_RESOURCE, -lane.trials, lane.name))
    width = max((len(lane.name) for lane in lanes), default=4)
    rich = bool(noun) and any(lane.resources for lane in lanes)
    lines = [f"{'lane':<{width}}  cases  trials" + (f"  {noun}  transitions" if rich else "")]
    for lane in lanes:
        more = f"  {lane.resources:>{len(noun)}}  {lane.transitions:>11}" if rich else ""
        lines.append(f"{lane.name:<{width}}  {counts[lane.name]:>5}  {lane.trials:>6}{more}")
    return lines


def _sums(plan: Forecast, cases: int, max_resources: int, resource: str) -> list[str]:
    walked = sum(lane.name != NO_RESOURCE for lane in plan.lanes)
    trials = sum(lane.trials for lane in plan.lanes)
    lines = [
        f"{count(cases, 'case')} in {count(trials, 'trial')}, on {count(walked, 'lane')} of which "
        f"{min(walked, max_resources)} run at a time; about {round(plan.requests, -1):.0f} requests"
    ]
    if resources := plan.resources:
        tried = sum(lane.tried for lane in plan.lanes)
        transitions = sum(lane.transitions for lane in plan.lanes)
        lines.append(
            f"about {count(resources, resource, plural(resource))} and {count(transitions, 'transition')}, "
            f"of which {tried} are trials themselves"
        )
    longest = plan.longest
    if longest is not None and longest.transitions:
        lines.append(f"longest chain: {_chain(longest, resource)}")
    return lines


def _chain(lane: Lane, resource: str) -> str:
    made = count(lane.resources, resource, plural(resource))
    return f"{count(lane.transitions, 'transition')} one after the other, in lane {lane.name}, on {made}"
