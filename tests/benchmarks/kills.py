"""What a run leaves that is killed right after the cloud has changed something for it, and whether cleanup mends it.

```
python -m tests.benchmarks.kills [--random N] [--only TEXT] [--admin-elsewhere] [--url URL --token T ...]
```

Without a URL a sandbox of its own is started. It prints a table: the operation, the request after which the run was
killed and whose answer was dropped, how many things differed then, and after `conformance cleanup`: how many were left
or changed, and whether its words were true. Status 1 if anything was left or changed, or a word was not true.
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path

from conformance.sandbox.process import start
from tests.support.kills import MOMENTS, Endpoint, Moment, at_random, tried


def main(arguments: list[str] | None = None) -> int:
    """Kill runs, clean up after them, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--random", type=int, default=0, metavar="N", help="kill N further runs at random")
    parser.add_argument("--seed", type=int, default=15)
    parser.add_argument("--only", default="", metavar="TEXT", help="operations whose name holds a text")
    parser.add_argument("--output", metavar="DIR", help="keep the runs here")
    parser.add_argument("--admin-elsewhere", action="store_true", help="in the sandbox, one of another project")
    parser.add_argument("--url")
    for role in ("", "admin-", "reader-", "alt-"):
        parser.add_argument(f"--{role}token")
    given = parser.parse_args(arguments)
    with ExitStack() as stack:
        if given.url:
            tokens = {role: getattr(given, f"{role}_token", None) for role in ("admin", "reader", "alt")}
            cloud = Endpoint(given.url, {r: t for r, t in {"member": given.token, **tokens}.items() if t})
        else:
            running = start()
            stack.callback(running.stop)
            names = {"member": "member", "admin": "admin", "reader": "reader", "alt": "member2"}
            if given.admin_elsewhere:
                names["admin"] = "admin2"
            cloud = Endpoint(running.url, {role: running.tokens[name] for role, name in names.items()})
        directory = Path(given.output or stack.enter_context(tempfile.TemporaryDirectory()))
        directory.mkdir(parents=True, exist_ok=True)
        projects = cloud.inhabited()
        chosen: list[tuple[str, Moment | float]] = [one for one in MOMENTS if given.only in one[0]]
        chosen += at_random(given.random, given.seed)
        print("| operation | killed after | then | left | changed | status | true |\n|---|---|---|---|---|---|---|")
        bad = 0
        for number, (operation, moment) in enumerate(chosen):
            done = tried(cloud, projects, operation, moment, directory / f"run-{number}")
            after = done.killed_after or "was not sent"
            row = (operation, after, len(done.changed), len(done.left), len(done.after), done.status, done.true)
            print("| " + " | ".join(map(str, row)) + " |", flush=True)
            if done.left or done.after or not done.true:
                bad += 1
                print(*done.left, *done.after, done.said, sep="\n", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
