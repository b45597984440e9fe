"""What a run leaves that is killed right after the cloud has changed something for it, and whether cleanup mends it.

```
python -m tests.benchmarks.kills [--random N] [--only TEXT] [--first N] [--through xdist|stestr] [--cleanup-too]
    [--admin-elsewhere] [--cloud | --url URL --token T ...]
```

Without a URL a sandbox of its own is started, or with ``--cloud`` a cloud of six services. It prints a table: the
operation, the request after which the run was killed and whose answer was dropped, how many things differed then, and
after `conformance cleanup`: how many were left or changed, its status, whether its words were true, how many things
it asked the user about, and how many differ after a second cleanup that is told to remove those. Below it stand the
sums, and the words where anything was left or changed. Status 1 if anything differs in the end, or a word was not
true.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from conformance.sandbox.cloud.running import sandbox_cloud
from conformance.sandbox.process import start
from tests.support.inhabited import Cloud, Endpoint
from tests.support.kills import Outcome, tried
from tests.support.moments import MOMENTS, Moment, at_random

HEAD = ("operation", "killed after", "then", "left", "changed", "status", "true", "claimed", "in the end")


def main(arguments: list[str] | None = None) -> int:
    """Kill runs, clean up after them, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--random", type=int, default=0, metavar="N", help="kill N further runs at random")
    parser.add_argument("--seed", type=int, default=15)
    parser.add_argument("--only", default="", metavar="TEXT", help="operations whose name holds a text")
    parser.add_argument("--first", type=int, metavar="N", help="of the chosen moments no more than N, spread evenly")
    parser.add_argument("--through", choices=("alone", "xdist", "stestr"), default="alone", help="two workers of these")
    parser.add_argument(
        "--cleanup-too", action="store_true", help="kill a first cleanup after its first change as well"
    )
    parser.add_argument("--output", metavar="DIR", help="keep the runs here")
    parser.add_argument("--admin-elsewhere", action="store_true", help="in the sandbox, one of another project")
    parser.add_argument("--cloud", action="store_true", help="on a sandbox cloud of six services")
    parser.add_argument("--url")
    for role in ("", "admin-", "reader-", "alt-"):
        parser.add_argument(f"--{role}token")
    given = parser.parse_args(arguments)
    chosen = [one for one in MOMENTS if given.only in one[0]]
    if given.first is not None:
        chosen = [chosen[number * len(chosen) // given.first] for number in range(min(given.first, len(chosen)))]
    with ExitStack() as stack:
        cloud = _cloud(given, stack)
        directory = Path(given.output or stack.enter_context(tempfile.TemporaryDirectory()))
        directory.mkdir(parents=True, exist_ok=True)
        projects = cloud.inhabited()
        print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}", flush=True)
        done: list[Outcome] = []
        killed = 0
        wanted: Iterator[tuple[str, Moment | float]] = itertools.chain(chosen, at_random(given.seed))
        for number, (operation, moment) in enumerate(wanted):
            if number >= len(chosen) and killed >= given.random:
                break
            place = directory / f"run-{number}"
            one = tried(cloud, projects, operation, moment, place, given.through, cleanup_too=given.cleanup_too)
            killed += number >= len(chosen) and bool(one.killed_after)
            done.append(one)
            print(_row(one), flush=True)
        bad = [one for one in done if one.left or one.after or not one.true]
        print(_sums(done))
        for one in bad:
            print("", _row(one), *one.left, *one.after, one.said, sep="\n")
    return 1 if any(one.in_the_end or not one.true for one in done) else 0


def _cloud(given: argparse.Namespace, stack: ExitStack) -> Endpoint:
    if given.url:
        tokens = {role: getattr(given, f"{role}_token", None) for role in ("admin", "reader", "alt")}
        return Endpoint(given.url, {r: t for r, t in {"member": given.token, **tokens}.items() if t})
    if given.cloud:
        running = stack.enter_context(sandbox_cloud())
        return Cloud(running.clouds, running.urls, {role: role for role in ("member", "admin", "reader", "alt")})
    sandbox = start()
    stack.callback(sandbox.stop)
    names = {"member": "member", "admin": "admin", "reader": "reader", "alt": "member2"}
    if given.admin_elsewhere:
        names["admin"] = "admin2"
    return Endpoint(sandbox.url, {role: sandbox.tokens[name] for role, name in names.items()})


def _row(one: Outcome) -> str:
    after = one.killed_after or "ended before"
    figures = (len(one.changed), len(one.left), len(one.after), one.status, one.true, len(one.claimed))
    row = (one.operation, after, *figures, len(one.in_the_end))
    return f"| {' | '.join(map(str, row))} |"


def _sums(done: list[Outcome]) -> str:
    killed = [one for one in done if one.killed_after]
    then, left = sum(len(one.changed) for one in killed), sum(len(one.left) for one in done)
    changed, true = sum(len(one.after) for one in done), sum(one.true for one in done)
    return (
        f"\n{len(killed)} kills, {len(done) - len(killed)} ended before; then {then}, left {left}, changed {changed}; "
        f"the words of the cleanup were true in {true} of {len(done)}; "
        f"{sum(len(one.claimed) for one in done)} claimed, {sum(len(one.in_the_end) for one in done)} in the end"
    )


if __name__ == "__main__":
    raise SystemExit(main())
