"""Print a table of runs on the variants of the sandbox: what a run says where the cloud is not one that we made.

``python -m tests.variants [NAME ...] [--whole PREFIX] [--one-in N] [--keep DIR]`` starts each variant in turn, looks at
all that is there, runs the cases of the server actions and a fixed part of all others as a user with a URL and tokens
does, and looks again. The exit status is 1 if a failure is not among the expected deviations of the release, if too
much is undecided, or if something is left.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.engine.cloud.journal import Journal
from conformance.plugin.expected import compare, expected_of
from conformance.sandbox.process import RunningSandbox, Sandbox
from conformance.sandbox.releases import interpreter
from conformance.sandbox.variants import VARIANTS, Variant
from parsers.commands import build
from specs.record import RunRecord
from specs.record.model import Result
from tests.support.kills import Endpoint, differences
from tests.variants.part import ONE_IN, WHOLE

ROOT = Path(__file__).parents[2]
OPTIONS = {"member": "token", "admin": "admin-token", "reader": "reader-token", "member2": "alt-token"}
"""The users of the sandbox, and the options with which a run gets their tokens."""

MOST_UNDECIDED = 2.0
"""Percent of the decided and undecided cases."""

_REASON = 110


@dataclass(frozen=True)
class Line:
    """How the run on one variant ended.

    Attributes:
        counts: the number of cases by verdict.
        reasons: why cases are undecided, with their number.
        news: deviations that fail a case and are not expected of the release.
        left: what is there after the run and was not there before, or is otherwise, or is not settled in its journal.
        seconds: from the start of the run to its end.
    """

    variant: str
    status: int
    counts: Counter[str]
    reasons: Counter[str]
    news: tuple[str, ...]
    left: tuple[str, ...]
    requests: int
    seconds: float

    @property
    def undecided(self) -> float:
        """The undecided cases in percent of those that are not inapplicable."""
        open_ = self.counts["inconclusive"] + self.counts["error"]
        return 100 * open_ / max(1, self.counts.total() - self.counts["inapplicable"])

    @property
    def good(self) -> bool:
        """Whether there is no news, little is undecided, and nothing is left."""
        could_run = self.status in (0, 1)
        return could_run and not self.news and not self.left and self.undecided <= MOST_UNDECIDED

    def __str__(self) -> str:
        verdicts = " ".join(f"{self.counts[name]:>5}" for name in VERDICTS)
        figures = (
            f"{self.undecided:>5.1f} {len(self.news):>5} {self.requests:>8} {self.seconds:>7.0f} {len(self.left):>4}"
        )
        return f"{self.variant:<17} {self.status:>3} {verdicts} {figures}{'' if self.good else '  <--'}"

    @property
    def details(self) -> Iterable[str]:
        """The reasons, the news and the things left, one a line."""
        yield from (f"    undecided {number}x: {reason}" for reason, number in self.reasons.most_common())
        yield from (f"    not expected: {one}" for one in self.news)
        yield from (f"    left: {one}" for one in self.left)


VERDICTS = ("pass", "fail", "inconclusive", "inapplicable", "error")
HEAD = f"{'variant':<17} end  pass  fail incon inapp error  open%  news requests seconds left"


def shortened(result: Result) -> str:
    """The beginning of a reason, in which names of the run do not tell two reasons apart."""
    words = (result.reason or "no reason").split()
    return " ".join("..." if any(c.isdigit() for c in word) and len(word) > 12 else word for word in words)[:_REASON]


def run(variant: Variant, nova: RunningSandbox, directory: Path, whole: str, one_in: int) -> Line:
    """Make one run on a running variant."""
    cloud = Endpoint(nova.url, {user: nova.tokens[user] for user in OPTIONS})
    projects = tuple(nova.projects.values())
    before = cloud.dump(projects)
    tokens = variant.tokens(nova.tokens)
    command = [sys.executable, "-m", "conformance", "run", "--url", nova.url, "-p", "tests.variants.part"]
    command += [f"--{option}={tokens[user]}" for user, option in OPTIONS.items() if user in tokens]
    command += ["--output", str(directory), "-q", "--tb=no", "-p", "no:cacheprovider"]
    if variant.release:  # a release is held to its own reference
        specs = directory.with_name(f"{directory.name}-specs")
        build(variant.release, None, None, specs, None)
        command += ["--spec", str(specs)]
    environment = os.environ | {WHOLE: whole, ONE_IN: str(one_in)}
    began = time.monotonic()
    with directory.with_suffix(".txt").open("wb") as said:
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=said, stderr=said, check=False)
    seconds = time.monotonic() - began
    left = (*differences(before, cloud.dump(projects)), *_unsettled(directory))
    record = RunRecord.read(directory)
    last = {result.case: result for result in record.results}
    open_ = [one for one in last.values() if one.verdict in ("inconclusive", "error")]
    return Line(
        variant.name,
        done.returncode,
        Counter(one.verdict for one in last.values()),
        Counter(map(shortened, open_)),
        _news(nova.release, list(last.values())),
        left,
        int(record.info.totals.get("requests", 0)),
        seconds,
    )


def _news(release: str, results: Sequence[Result]) -> tuple[str, ...]:
    """The failures that are not among the expected deviations of a release."""
    known = expected_of("nova", release)
    failed = [result for result in results if result.verdict == "fail"]
    if known is None:
        return tuple(result.case for result in failed)
    return tuple(map(str, compare(known, failed, {}, whole=False).unexpected))


def _unsettled(directory: Path) -> tuple[str, ...]:
    entries = [f"journal {e.intent.kind} {e.intent.name}" for e in Journal.read(directory) if not e.settled]
    return (*entries, *(f"journal owes {debt}" for debt in Journal.read_debts(directory)))


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.variants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(VARIANTS)}; all without one")
    parser.add_argument("--whole", default="servers-actions.", help="the begin of the ids of which all are run")
    parser.add_argument("--one-in", type=int, default=10, metavar="N", help="of all other cases one in N is run")
    parser.add_argument("--keep", type=Path, help="a directory for the records and the outputs")
    given = parser.parse_args(argv)
    if unknown := sorted(set(given.names) - set(VARIANTS)):
        parser.error(f"unknown: {', '.join(unknown)}")
    directory = given.keep or Path(tempfile.mkdtemp(prefix="variants-"))
    directory.mkdir(parents=True, exist_ok=True)
    print(HEAD, flush=True)
    lines = []
    for name in given.names or VARIANTS:
        variant = VARIANTS[name]
        python = interpreter(variant.release, tell=print) if variant.release else None
        with Sandbox(python, changes=variant.changes) as nova:
            lines.append(run(variant, nova, directory / name, given.whole, given.one_in))
        print(lines[-1], *lines[-1].details, sep="\n", flush=True)
    bad = [line for line in lines if not line.good]
    print(f"{len(lines)} variants, {len(bad)} with news, things left or too much undecided; records in {directory}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
