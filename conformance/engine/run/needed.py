"""The things that a run will make, and the room that the limits of the project leave for them.

The resource under test is left out: the run knows its own limits (``Discovery.room``) and makes fewer of it at a time
where they are narrow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from conformance.engine.api.producers import collection_of, placeholders
from conformance.engine.model.trial import Trial
from conformance.engine.provision.context import RunContext


@dataclass(frozen=True)
class Needed:
    """Things of one collection that a run will make.

    Attributes:
        things: the last part of the path of the collection.
        count: the number of them; a run may make more, because it tries again what fails.
        room: how many more the limits of the project allow; None if they do not limit it, or do not show it.
    """

    things: str
    count: int
    room: int | None = None

    @property
    def short(self) -> bool:
        """Whether the limits leave no room for all of them at a time."""
        return self.room is not None and self.room < self.count


def needed(lanes: Iterable[Iterable[Trial]], context: RunContext) -> list[Needed]:
    """Return the things that the trials of some lanes make at least, the most frequent first.

    Each lane makes its own things. Those that are only named by a path are counted where a limit on them is known.
    """
    rooms = context.discovery.rooms()[1]
    made: Counter[str] = Counter()
    for trials in lanes:
        here, named = _made(trials, context)
        made += here + Counter(dict.fromkeys(named & rooms.keys() - here.keys(), 1))
    return [Needed(things, count, rooms.get(things)) for things, count in made.most_common()]


def users(lanes: Iterable[Iterable[Trial]], context: RunContext) -> Counter[str]:
    """Return the number of lanes that make, or have made, things of each collection, by the last part of its path."""
    return Counter(things for trials in lanes for part in [_made(trials, context)] for things in {*part[0], *part[1]})


def _made(trials: Iterable[Trial], context: RunContext) -> tuple[Counter[str], set[str]]:
    """Return the things that accepted requests make, with their numbers, and the things that paths name."""
    made: Counter[str] = Counter()
    named: set[str] = set()
    own = context.kind.collection
    for trial in trials:
        operation = trial.request.operation
        if trial.situation.target != "own":
            continue
        producer = context.producers.made_by(operation)
        if producer is not None and trial.outcome.accepted:
            collection = operation.path.rpartition("/")[0] if producer.chosen else operation.path
            if collection.rpartition("}")[2] != own:
                made[_last(collection)] += 1
        named |= {_last(collection_of(operation.path, name)) for name in placeholders(operation.path)}
    return made, named


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]
