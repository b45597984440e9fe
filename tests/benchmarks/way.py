"""How far a reader has to walk through the engine to follow one passing case.

```
python -m tests.benchmarks.way [CASE ...]
```

Each case is tried on a sandbox of its own. While its trial is made and judged, every call of a function of the engine
is counted (the client, ``engine/cloud``, and comprehensions are left out): the files that are entered, the calls, and
how often the next call is in another file than the one before. What the trial needs is made as usual.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).parents[2]
ENGINE = str(ROOT / "conformance" / "engine") + os.sep
CLIENT = ENGINE + "cloud" + os.sep
CASES = ("servers-actions.lock/normal/202[ACTIVE]", "os-aggregates.update-aggregate/normal/200")
ENTRY = ("_try", "judged")
"""The functions of a run that make one trial and judge its cases."""


class Way:
    """Counts the calls below the function that tries one trial; one for each thread."""

    def __init__(self) -> None:
        self.tried: list[list[str]] = []
        self._inside = threading.local()

    def seen(self, frame: FrameType, event: str, _argument: Any) -> None:
        """What ``threading.setprofile`` calls."""
        name = frame.f_code.co_filename
        if event not in ("call", "return") or not name.startswith(ENGINE) or name.startswith(CLIENT):
            return
        where = name.removeprefix(ENGINE)
        inside: list[str] | None = getattr(self._inside, "calls", None)
        if frame.f_code.co_name in ENTRY and where.endswith("run.py"):
            self._inside.calls = [f"{where}:{frame.f_code.co_name}"] if event == "call" else None
            if event == "return" and inside:
                self.tried.append(inside)
        elif event == "call" and inside is not None and not frame.f_code.co_name.startswith("<"):
            inside.append(f"{where}:{frame.f_code.co_name}")


def figures(calls: Sequence[str]) -> tuple[int, int, int]:
    """Files, calls and changes of file."""
    files = [call.partition(":")[0] for call in calls]
    return len(set(files)), len(files), sum(a != b for a, b in itertools.pairwise(files))


def main(argv: Sequence[str] | None = None) -> int:
    """Try the cases and print their figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.way", description=__doc__)
    parser.add_argument("cases", nargs="*", default=CASES)
    parser.add_argument("--calls", action="store_true", help="print every call, too")
    chosen = parser.parse_args(argv)
    from conformance.cli import main as conformance

    for case in chosen.cases:
        way = Way()
        threading.setprofile(way.seen)
        operation = case.partition("/")[0]
        with tempfile.TemporaryDirectory() as directory:
            try:
                conformance(
                    ["run", "--sandbox", "-k", case, "-q", "--output", f"{directory}/run"], standalone_mode=False
                )
            except SystemExit:
                pass
            finally:
                threading.setprofile(None)
        for calls in way.tried:
            files, number, changes = figures(calls)
            print(f"{case}: {files} files, {number} calls, {changes} changes of file")
            if chosen.calls:
                print("".join(f"  {call}\n" for call in calls))
        if not way.tried:
            print(f"{case}: not tried ({operation})", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
