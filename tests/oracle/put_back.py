"""Put wrong statements back into a reference, and see whether lint or a run on a real service tells of each.

    python -m tests.oracle.put_back nova==34.0.0 [--output DIR] [--only WORD] [--keep RUN]

The statements are those of ``put_back.yaml``: each was wrong or missing in the reference once, and was corrected. All
are put into one copy of the reference. Prints who tells of each, and for which reason; exit status 1 if nobody tells of
one, or the reason is another.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from parsers import commands
from parsers.source import open_source

EDITS = Path(__file__).with_suffix(".yaml")
EXPECTED = Path("conformance/services")


def put_back(text: str, edit: Mapping[str, Any]) -> str:
    """Return a document with a statement put back.

    Raises:
        ValueError: the place of the statement is not there.
    """
    start = text.find(edit["after"]) if "after" in edit else 0
    place = text.find(edit["find"], max(start, 0))
    if start < 0 or place < 0:
        raise ValueError(f"{edit['file']} has no place for: {edit['about']}")
    return text[:place] + edit["put"] + text[place + len(edit["find"]) :]


def damaged(source: str, edits: list[Mapping[str, Any]], to: Path) -> Path:
    """Write a copy of a reference with all statements put back, and return its directory."""
    layout, _ = open_source(source)
    root = layout.root.directory
    for part in ("api-ref", "doc/api_samples"):
        if (root / part).is_dir():
            shutil.copytree(root / part, to / part)
    for edit in edits:
        path = to / layout.top / edit["file"]
        path.write_text(put_back(path.read_text("utf-8"), edit), "utf-8")
    return to


def findings(source: str | Path) -> set[str]:
    """The findings of lint, each as its rule and its text, without lines: an edit moves them."""
    return {f"{one.rule}: {one.path}: {one.message}" for one in commands.lint(source)}


def deviations(run: Path) -> Iterator[str]:
    """The deviations of a run."""
    for line in (run / "results.jsonl").read_text("utf-8").splitlines():
        found = json.loads(line)["deviation"]
        if found is not None:
            yield found["id"]


def known(service: str, source: str) -> set[str]:
    """The deviations that the release has with its own reference."""
    path = EXPECTED / service / "expected" / f"{source.replace('==', '-')}.yaml"
    return {one for entry in yaml.safe_load(path.read_text("utf-8"))["expected"] for one in entry["deviations"]}


def tried(specs: Path, edits: list[Mapping[str, Any]], run: Path) -> list[str]:
    """Run the operations of the edits on a real service, and return the deviations."""
    chosen = " or ".join(dict.fromkeys(f"{edit['operation']}/" for edit in edits))
    command = ["-m", "conformance", "run", "--sandbox", "--spec", str(specs), "-k", chosen, "--output", str(run)]
    subprocess.run([sys.executable, *command], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return sorted(set(deviations(run)))


def tellers(edit: Mapping[str, Any], new: set[str], seen: list[str]) -> tuple[list[str], list[str]]:
    """Return those that tell of an edit for the expected reason, and all that are new with its operation."""
    of_run = [one for one in seen if one.startswith(f"{edit['operation']}/")]
    of_lint = [one for one in new if Path(edit["file"]).stem in one or edit["operation"].split(".")[0] in one]
    right = [f"lint: {one}" for one in new if "lint" in edit and fnmatchcase(one, edit["lint"])]
    right += [f"run: {one}" for one in of_run if "told" in edit and fnmatchcase(one, edit["told"])]
    return right, [*of_run, *of_lint]


def main(arguments: list[str]) -> int:
    """Put all statements back, lint, build, run, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source")
    parser.add_argument("--service", default="compute")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", type=Path, help="the record of an earlier run, instead of a new one")
    given = parser.parse_args(arguments)
    edits = [edit for edit in yaml.safe_load(EDITS.read_text("utf-8")) if given.only in edit["about"]]
    if not edits:
        parser.error(f"--only {given.only!r} selects no statement of {EDITS.name}")
    with tempfile.TemporaryDirectory() as scratch:
        copy = damaged(given.source, edits, (given.output or Path(scratch)) / "reference")
        new = findings(copy) - findings(given.source)
        specs = (given.output or Path(scratch)) / "specs" / given.service
        commands.build(copy, given.service, output=specs, keep_going=True)
        run = given.keep or (given.output or Path(scratch)) / "run"
        of_run = list(deviations(run)) if given.keep else tried(specs, edits, run)
        seen = sorted(set(of_run) - known(given.service, given.source))
    missed = 0
    for edit in edits:
        right, others = tellers(edit, new, seen)
        missed += not right
        print(f"{'told' if right else 'MISSED'}  {edit['about']}")
        for one in right[:2] or [f"only: {other}" for other in others[:3]]:
            print(f"        {one}")
    print(f"{len(edits) - missed} of {len(edits)} told for the expected reason")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
