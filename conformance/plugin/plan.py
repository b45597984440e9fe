"""The plan of a run as text: lanes, trials and the expected number of requests. It needs no endpoint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from conformance.engine.api.load import load_service
from conformance.engine.model.case import Case
from conformance.engine.model.trial import Trial
from conformance.engine.run.lanes import NO_RESOURCE, lane_of

PER_TRIAL = 4.0
"""Requests of a trial on a resource: the request itself, views before and after it, waiting, and undoing."""
PER_LANE = 12
"""Requests for the resource of a lane: making it, waiting for it, bringing it into its status, and deleting it."""
AT_START = 12
"""Requests at the start of a run: for versions, tokens and discovery."""


def plan_lines(cases: Iterable[Case], max_resources: int, service_type: str) -> list[str]:
    """Return the plan of a run of these cases, as lines of text."""
    service = load_service(service_type)
    lanes: dict[str, dict[str, Trial]] = {}
    counts: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for case in cases:
        lane = lane_of(case.trial, service)
        lanes.setdefault(lane, {})[case.trial.key] = case.trial
        counts[lane] += 1
        kinds[case.requirement.kind.partition("/")[0]] += 1
    walked = [lane for lane in lanes if lane != NO_RESOURCE]
    trials = sum(len(found) for found in lanes.values())
    requests = _requests(lanes)
    width = max((len(lane) for lane in lanes), default=4)
    lines = [f"{'lane':<{width}}  cases  trials"]
    for lane in sorted(lanes, key=lambda name: (name != NO_RESOURCE, -len(lanes[name]), name)):
        label = "none" if lane == NO_RESOURCE else lane
        lines.append(f"{label:<{width}}  {counts[lane]:>5}  {len(lanes[lane]):>6}")
    return [
        *lines,
        "",
        ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())),
        f"{sum(counts.values())} cases in {trials} trials, on {len(walked)} lanes of which "
        f"{min(len(walked), max_resources)} run at a time; about {requests} requests",
    ]


def _requests(lanes: Mapping[str, Mapping[str, Trial]]) -> int:
    count = float(AT_START)
    for lane, trials in lanes.items():
        count += len(trials) if lane == NO_RESOURCE else PER_LANE + PER_TRIAL * len(trials)
    return round(count, -1).__int__()
