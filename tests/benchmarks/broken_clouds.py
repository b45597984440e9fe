"""Which broken clouds Tempest and a certificate notice: the cloud is broken in ways drawn from what the tests assert.

```
python -m tests.benchmarks.tempest --keep DIR
python -m tests.benchmarks.broken_clouds DIR [--seed N] [--only TEXT] [--keep DIR]
```

DIR has the outputs of both on the unbroken cloud. A proxy breaks the cloud in one way after the other. Of Tempest the
tests run that assert the broken fact, up to six; of the guideline the cases of the operations that these tests use. The
table shows for each way how many tests and cases fail that did not fail on the unbroken cloud, and how many cases are
undecided now. Status 1 if Tempest notices more than the certificate.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.sandbox.cloud.running import sandbox_cloud
from specs.record import RecordError, RunRecord
from tests.benchmarks.tempest import certify
from tests.support import tempest
from tests.support.broken_clouds import LETTERS, Broken, drawn, facts, fault
from tests.support.cloud_proxy import CloudProxy, cloud_proxy

MOST_TESTS = 6


@dataclass(frozen=True)
class Noticed:
    """What both say of one broken cloud.

    Attributes:
        tests: how many tests ran; failed: those that failed, and did not before.
        cases: how many cases ran; broken: those that failed, and did not before; undecided: likewise.
    """

    tests: int
    failed: tuple[str, ...]
    cases: int
    broken: tuple[str, ...]
    undecided: tuple[str, ...]

    def __str__(self) -> str:
        first = next(iter((*self.broken, *self.undecided)), "-")
        figures = (
            f"{len(self.failed)} of {self.tests}",
            f"{len(self.broken)} of {self.cases}",
            len(self.undecided),
            first,
        )
        return " | ".join(map(str, figures))


def main(arguments: Sequence[str] | None = None) -> int:
    """Break the cloud in each way, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("unbroken", type=Path, metavar="DIR")
    parser.add_argument("--seed", type=int, default=18)
    parser.add_argument("--only", default="", metavar="TEXT", help="ways whose description holds a text")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="a directory for the outputs and the records")
    given = parser.parse_args(arguments)
    directory = given.keep or Path(tempfile.mkdtemp(prefix="broken-"))
    directory.mkdir(parents=True, exist_ok=True)
    before = tempest.ended((given.unbroken / "tempest.txt").read_text("utf-8"), tempest.tests())
    verdicts = _verdicts(given.unbroken / "run")
    chosen = [(at, one) for at, one in enumerate(drawn(given.seed), 1) if given.only in f"{one.way} {one}"]
    taken = [str(at) for at, _ in chosen if (directory / str(at)).exists()]
    if taken:
        parser.error(f"{directory} holds the records of an earlier run ({', '.join(taken)}): name another directory")
    by_tempest = by_certificate = 0
    with sandbox_cloud() as cloud, cloud_proxy(cloud.urls) as proxy:
        clouds = proxy.clouds_file(cloud.clouds, directory)
        conf = tempest.write(clouds, False, directory)
        print("| | way | broken | tests that fail | cases that fail | undecided | the first |")
        print(f"|{'---|' * 7}", flush=True)
        for at, broken in chosen:
            one = _tried(broken, proxy, conf, directory / str(at), before, verdicts)
            by_tempest += bool(one.failed)
            by_certificate += bool(one.broken)
            print(f"| {at} | {broken.way} | {broken} | {one} |", flush=True)
    print(f"{len(chosen)} broken clouds: Tempest notices {by_tempest}, the certificate {by_certificate}")
    print(f"outputs in {directory}")
    return int(by_tempest > by_certificate)


def _tried(
    broken: Broken, proxy: CloudProxy, conf: Path, output: Path, before: dict[str, str], verdicts: dict[str, str]
) -> Noticed:
    names = [name for name in touching(broken) if before[name] == "ok"][:MOST_TESTS]
    failed: tuple[str, ...] = ()
    if names:  # without names, Tempest would run all its tests
        proxy.break_in(broken.about.service, fault(broken))
        how = tempest.run(conf, names)
        output.with_suffix(".tempest.txt").write_text(how.output, "utf-8")
        failed = how.failed
    proxy.break_in(broken.about.service, fault(broken))  # a new one, which remembers nothing
    if broken.operations:  # a request that no reference describes has no case
        selected = " or ".join(f"{operation}/" for operation in broken.operations)
        _, said = certify(conf.with_name("clouds.yaml"), output, "-k", selected)
        output.with_suffix(".certify.txt").write_text(said, "utf-8")
    proxy.break_in(None)
    now = _verdicts(output)

    def new(*wanted: str) -> tuple[str, ...]:
        return tuple(case for case, verdict in now.items() if verdict in wanted and verdicts.get(case) not in wanted)

    return Noticed(len(names), failed, len(now), new("fail"), new("inconclusive", "error"))


def touching(broken: Broken) -> list[str]:
    """Return the tests that assert the broken fact, with the one from which it was drawn first."""
    letters = set(LETTERS.get(broken.way, ""))
    others = [
        name
        for name, (of, asserted) in facts().items()
        if name != broken.test and broken.about in asserted and (not letters or letters & set(of))
    ]
    return [broken.test, *others]


def _verdicts(run: Path) -> dict[str, str]:
    """Return the verdict of each case of a run; none if it left no record."""
    try:
        return {result.case: result.verdict for result in RunRecord.read(run).results}
    except RecordError:
        return {}


if __name__ == "__main__":
    raise SystemExit(main())
