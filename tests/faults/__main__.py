"""Print a table of faults: how a run ends, its seconds, its memory and its contradictions, of which none is due.

``python -m tests.faults [NAME ...] [--at start|middle|both] [--keep DIR]`` starts one sandbox, and for each fault a
proxy in front of it and a run of a few cases. The exit status is 1 if a run was too slow or too large, ended
with a traceback or a control character, or blamed the cloud.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from conformance.sandbox.process import RunningSandbox, Sandbox
from specs.record import RecordError, RunRecord
from tests.support.fault_proxy import FAULTS, fault_proxy

SECONDS, MIBIBYTES = 90.0, 300
"""The bounds of every run."""

PATIENCE = 10
"""The longest wait of every run for a status, in seconds. The default suits slow clouds, and alone takes 300 s."""

LET_THROUGH = {"start": 0, "middle": 40}
"""How many requests come through before the fault: none, or those that connect and begin."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    fault: str
    at: str
    status: int
    seconds: float
    mebibytes: int
    contradictions: int
    strayed: int
    left: int
    sentence: str
    faulty_output: bool

    @property
    def good(self) -> bool:
        """Whether it kept within the bounds and blamed nobody."""
        within = self.seconds <= SECONDS and self.mebibytes <= MIBIBYTES
        return within and not (self.contradictions or self.strayed or self.faulty_output)

    def __str__(self) -> str:
        mark = "" if self.good else "  <-- "
        return (
            f"{self.fault:<20} {self.at:<7} {self.status:>3} {self.seconds:>6.1f} {self.mebibytes:>5} "
            f"{self.contradictions:>5} {self.left:>4}  {self.sentence}{mark}"
        )


def run(nova: RunningSandbox, fault: str, at: str, directory: Path, select: str) -> Ended:
    """Make one run behind a proxy."""
    address = urlsplit(nova.url)
    record, log = directory / f"{fault}-{at}", directory / f"{fault}-{at}.txt"
    with fault_proxy(address.netloc, fault, LET_THROUGH[at]) as proxy, log.open("wb") as output:
        command = [sys.executable, "-m", "conformance", "run", "--url", f"{proxy.url}{address.path}"]
        command += ["--token", nova.tokens["member"], "--admin-token", nova.tokens["admin"]]
        command += ["-k", select, "--output", str(record), "-p", "no:cacheprovider"]
        command += ["--patience", str(PATIENCE)]
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        _, wait_status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        strayed = len(proxy.strayed)
    printed = log.read_text("utf-8", "replace")
    try:
        results = RunRecord.read(record).results
    except RecordError:
        results = []
    failed = sum(result.verdict in {"fail", "error"} for result in results)
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("note: ", "conformance: "))] or lines[-1:]
    left = re.search(r"(\d+) resources could not be removed", printed)
    return Ended(
        fault,
        at,
        os.waitstatus_to_exitcode(wait_status),
        seconds,
        usage.ru_maxrss // 1024,
        failed,
        strayed,
        int(left[1]) if left else 0,
        " | ".join(told)[:300],
        "Traceback" in printed or bool(_CONTROL.search(printed)),
    )


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("faults", nargs="*", metavar="NAME", help=f"of {', '.join(FAULTS)}; all without one")
    parser.add_argument("--at", choices=(*LET_THROUGH, "both"), default="both", help="when the fault begins")
    parser.add_argument("--select", default="servers-actions.lock/", help="the cases, as -k selects them")
    parser.add_argument("--keep", type=Path, help="a directory for the records and the outputs")
    given = parser.parse_args()
    if unknown := sorted(set(given.faults) - set(FAULTS)):
        parser.error(f"unknown: {', '.join(unknown)}")
    directory = given.keep or Path(tempfile.mkdtemp(prefix="faults-"))
    directory.mkdir(parents=True, exist_ok=True)
    moments = list(LET_THROUGH) if given.at == "both" else [given.at]
    print(f"{'fault':<20} {'at':<7} end seconds   MiB false left  told")
    ended = []
    with Sandbox() as nova:
        for fault in given.faults or FAULTS:
            for at in moments:
                ended.append(run(nova, fault, at, directory, given.select))
                print(ended[-1], flush=True)
    bad = [one for one in ended if not one.good]
    print(f"{len(ended)} runs, {len(bad)} beyond the bounds or unjust; outputs in {directory}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
