"""Runs the unit tests under slipcover, a process for each folder, two at a time, and tells how much code they ran.

python -m tests.covering COVERAGE.json [options of pytest]

slipcover's own support of pytest-xdist does not outlive the runs of pytest that tests start in their own process: each
of them ends the counting of the worker.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tests.covered import lines

TESTS = Path("tests/unit")
AT_ONCE = 2
SOURCES = "specs,parsers,conformance,reports"
# It runs in Nova's own interpreter, where nothing counts.
OMITTED = "conformance/sandbox/guest/*"
# slipcover has imported modules whose assertions pytest would rewrite.
PYTEST = ("-m", "pytest", "-W", "ignore::pytest.PytestAssertRewriteWarning")
NO_TESTS = 5


def shares(tests: Path = TESTS) -> list[list[Path]]:
    """Give the folders of the unit tests, each with its subfolders, and the files beside them; the longest job first.

    ``engine`` holds half of all tests, so its folders are jobs of their own.
    """
    holders = [one for one in (tests, tests / "engine") if one.is_dir()]
    folders = [[one] for top in holders for one in top.iterdir() if one not in holders and any(one.rglob("test_*.py"))]
    beside = [sorted(top.glob("test_*.py")) for top in holders]
    return sorted(filter(None, [*folders, *beside]), key=_weight, reverse=True)


def _weight(share: Sequence[Path]) -> tuple[int, int]:
    texts = [file.read_text("utf-8") for one in share for file in (one.rglob("test_*.py") if one.is_dir() else [one])]
    # Slow tests are those that start processes.
    return sum("mark.slow" in text for text in texts), sum(map(len, texts))


def covered(share: Sequence[Path], counted: Path, options: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run the tests of some folders or files, with their counts in a file, and return the process with its output."""
    slipcover = ("-m", "slipcover", "--source", SOURCES, "--omit", OMITTED, "--json", "--out", str(counted))
    command = [sys.executable, *slipcover, *PYTEST, *options, *map(str, share)]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def run(output: Path, options: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Run all shares, and yield the output and the status of each as it ends; at last merge their counts."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = {}
        for number, share in enumerate(shares()):
            counted = Path(folder) / f"{number}.json"
            jobs[pool.submit(covered, share, counted, options)] = counted
        for job in as_completed(jobs):
            yield job.result().stdout, job.result().returncode
        counts = [str(file) for file in jobs.values() if file.is_file()]
        subprocess.run([sys.executable, "-m", "slipcover", "--merge", *counts, "--out", str(output)], check=True)


def main(arguments: Sequence[str]) -> int:
    """Run the tests, print their output and the figures, and return the first status that is a failure."""
    output, statuses = Path(arguments[0]), []
    for text, status in run(output, arguments[1:]):
        print(text, flush=True)
        statuses.append(status)
    print("\n".join(lines(json.loads(output.read_text("utf-8")))))
    failures = [status for status in statuses if status not in (0, NO_TESTS)]
    return failures[0] if failures else 0 if 0 in statuses else NO_TESTS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
