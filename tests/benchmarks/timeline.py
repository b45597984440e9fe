"""Where the time of a run goes: a timeline of each thread, and how much of the time its servers were waited for.

```
python -m conformance run ... -p tests.benchmarks.timeline
python -m tests.benchmarks.timeline TRACE [--all]
```

As a plugin of pytest it writes a trace to the file that the variable `TIMELINE` names: a line of JSON for each trial,
each server that was made, each step of one to a status, each wait, and each lane of a thread. As a program it prints
them by thread, the seconds of each thread by their use, and the number of servers that were waited for at a time.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from conformance.engine.cloud.poll import Watch
from conformance.engine.cloud.resources import Resources
from conformance.engine.execute.executor import Executor
from conformance.engine.provision.subject import Subject
from conformance.engine.run.run import Run
from conformance.engine.run.workers import Workers

VARIABLE = "TIMELINE"

USES = {
    "made": ("make",),
    "on the way": ("way",),
    "waited": ("wait",),
    "tried": ("trial", "conclude"),
    "idle": ("next",),
    "other": ("lane",),
}
"""The uses of a thread's time, by the kinds of events. What belongs to several is counted for the first of them."""

SHORT = 1.0
"""The seconds below which the printer leaves an event out, unless it is asked for all."""


class Trace:
    """Writes events: what a thread did, from when to when, in seconds since the start of the trace."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w")
        self._began = time.monotonic()
        self._lock = threading.Lock()

    def around(self, owner: type, name: str, told: Callable[..., tuple[str, str]]) -> None:
        """Let each call of a method be an event; ``told`` gives its kind and its text by the arguments."""
        method = getattr(owner, name)

        @functools.wraps(method)
        def traced(*args: Any, **named: Any) -> Any:
            began = time.monotonic()
            kind, text = told(*args, **named)
            try:
                return method(*args, **named)
            finally:
                self._write(kind, text, began, time.monotonic())

        setattr(owner, name, traced)

    def _write(self, kind: str, text: str, began: float, ended: float) -> None:
        thread = threading.current_thread().name
        event = {"thread": thread, "kind": kind, "text": text, "from": began - self._began, "to": ended - self._began}
        with self._lock:
            print(json.dumps(event), file=self._file, flush=True)


def pytest_configure() -> None:
    """Trace the run of this process."""
    path = os.environ.get(VARIABLE)
    if path is None:
        return
    trace = Trace(Path(path))
    trace.around(Executor, "make", lambda executor, trial, *_, **__: ("trial", trial.key))
    trace.around(Subject, "reach", lambda subject, state: ("reach", f"{subject.status} -> {state}"))
    trace.around(Subject, "_step", lambda _, edge: ("way", edge.operation.id))
    trace.around(Workers, "next", lambda *_: ("next", ""))
    trace.around(Subject, "discard", lambda subject: ("discard", subject.known_id[:8]))
    trace.around(Resources, "make", lambda _, kind, **given: ("make", kind))
    trace.around(Resources, "drop", lambda _, id_, *__, **___: ("drop", id_[:8]))
    trace.around(Watch, "until", lambda watch, id_, *_, **__: ("wait", f"{watch.kind.name} {id_[:8]}"))
    trace.around(Run, "_walk", lambda _, __, jobs, *___: ("lane", f"{jobs[0].trial.situation.state}: {len(jobs)}"))
    trace.around(Run, "_conclude", lambda _, job, *__: ("conclude", job.trial.key))


def spent(events: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The seconds of a thread by their use (see ``USES``)."""
    found: dict[str, float] = {}
    kinds: tuple[str, ...] = ()
    before = 0.0
    for use, more in USES.items():
        kinds += more
        now = _covered([(event["from"], event["to"]) for event in events if event["kind"] in kinds])
        found[use], before = now - before, now
    return found


def _covered(spans: Sequence[tuple[float, float]]) -> float:
    """The length of all spans together, where none counts twice."""
    length, end = 0.0, float("-inf")
    for begin, until in sorted(spans):
        length += max(0.0, until - max(begin, end))
        end = max(end, until)
    return length


def main(argv: Sequence[str] | None = None) -> int:
    """Print a trace by thread."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trace", type=Path)
    parser.add_argument("--all", action="store_true", help="print the events of less than a second, too")
    given = parser.parse_args(argv)
    threads: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in given.trace.read_text().splitlines():
        event = json.loads(line)
        threads[event["thread"]].append(event)
    end = max(event["to"] for events in threads.values() for event in events)
    waited: Counter[str] = Counter()
    for thread, events in sorted(threads.items()):
        print(f"{thread}:")
        for event in sorted(events, key=lambda one: (one["from"], -one["to"])):
            seconds = event["to"] - event["from"]
            if event["kind"] == "wait":
                waited[thread] += seconds
            if given.all or seconds >= SHORT:
                print(f"  {event['from']:7.1f} {seconds:6.1f}  {event['kind']:<8} {event['text']}")
    print("\n| thread | " + " | ".join(USES) + " |\n" + "|---" * (len(USES) + 1) + "|")
    for thread, events in sorted(threads.items()):
        if any(event["kind"] == "lane" for event in events):
            print(f"| {thread} | " + " | ".join(f"{seconds:.0f}" for seconds in spent(events).values()) + " |")
    print(f"\n{end:.0f} s; waited for servers: " + ", ".join(f"{name} {s:.0f} s" for name, s in sorted(waited.items())))
    print(f"utilisation: {sum(waited.values()) / end:.2f} servers waited for at a time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
