"""Puts each expected deviation of a release beside the answers of a run and both places, for the eyes of a person.

``python -m tests.examined RELEASE RUN CODE [--quiet]``: RELEASE such as ``widgets==3.0.0``, RUN the record of a run on
it, CODE a folder with its installed packages. For each cause it prints the sentence, the lines of the source, and the
deviations with their answers. Then it lists faults that need no eyes: a deviation that no answer of the run shows, a
place that does not exist, a line of the reference other than that of the promise, a code that came although the release
is said never to give it. Status 1 if there is any.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from conformance.plugin.expected import Expected, NeverGiven, expected_of
from specs.record.ids import case_detail
from specs.record.model import Result
from specs.record.reader import RunRecord
from specs.record.totals import deviations_of

WIDTH = 300


def seen_in(results: Iterable[Result]) -> dict[str, list[Result]]:
    """The results that show each deviation, by its id."""
    found: dict[str, list[Result]] = {}
    for result in results:
        for deviation in deviations_of(result):
            found.setdefault(deviation.id, []).append(result)
    return found


def lines_of(place: str, code: Path) -> list[str] | None:
    """The lines of a place such as ``widgets/api.py:3-5``; None if the file is missing or shorter."""
    path, _, span = place.rpartition(":")
    first, _, last = span.partition("-")
    try:
        text = (code / path).read_text("utf-8").splitlines()
    except OSError:
        return None
    start, end = int(first), int(last or first)
    return text[start - 1 : end] if start <= end <= len(text) else None


def faults(known: Iterable[Expected], seen: Mapping[str, Sequence[Result]], code: Path) -> Iterator[str]:
    """What is wrong with expected deviations, as far as no judgement is needed."""
    for one in known:
        results = seen.get(one.deviation, ())
        if not results:
            yield f"never seen: {one.deviation}" + (f" (depends: {one.depends})" if one.depends else "")
        promised = {f"{r.source.path}:{r.source.line}" for r in results}
        if promised and not promised & set(one.reference):
            yield f"other line of the reference: {one.deviation}: the promise is at {', '.join(sorted(promised))}"
        shown = {case_detail(r.case, one.requirement) or "" for r in results}
        for missing in sorted(one.cases - shown) if shown else ():
            yield f"case not seen: {one.deviation}[{missing}]"
        for place in one.source:
            if lines_of(place, code) is None:
                yield f"no such place: {one.deviation}: {place}"


def came_after_all(never: Iterable[NeverGiven], results: Iterable[Result], code: Path) -> Iterator[str]:
    """What is wrong with the codes that a release is said never to give."""
    passed = {one.requirement for one in results if one.verdict == "pass"}
    for one in never:
        if one.promise in passed:
            yield f"given after all: {one.promise}"
        for place in one.source:
            if lines_of(place, code) is None:
                yield f"no such place: {one.promise}: {place}"


def pages(known: Iterable[Expected], seen: Mapping[str, Sequence[Result]], code: Path) -> Iterator[str]:
    """The lines to read: each cause with its source, and each of its deviations with the answers."""
    for (why, source), group in groupby(known, key=lambda one: (one.why, one.source)):
        yield f"\n## {why}"
        for place in source:
            yield f"   {place}"
            yield from (f"   | {line}" for line in lines_of(place, code) or ("(no such place)",))
        for one in group:
            yield f" - {one.deviation}"
            for result in seen.get(one.deviation, ()):
                last = result.exchanges[-1] if result.exchanges else None
                asked = last and f"{last.request.method} {last.request.url} {json.dumps(last.request.body)}"[:WIDTH]
                answer = last and last.response
                said = answer and f"{answer.status} {json.dumps(answer.body)}"[:WIDTH]
                yield f"     {result.source.path}:{result.source.line} [{case_detail(result.case, one.requirement)}]"
                yield f"       {asked} -> {said} ({result.reason})"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the pages and the faults; return 1 if there are faults."""
    parser = argparse.ArgumentParser(prog="python -m tests.examined")
    parser.add_argument("release")
    parser.add_argument("run", type=Path)
    parser.add_argument("code", type=Path)
    parser.add_argument("--quiet", action="store_true", help="only the faults")
    options = parser.parse_args(argv)
    package, _, version = options.release.partition("==")
    known = expected_of(package, version)
    if known is None:
        parser.error(f"{options.release} has no expected deviations")
    results = tuple(RunRecord.read(options.run).results)
    seen = seen_in(results)
    if not options.quiet:
        print(*pages(known.by_id.values(), seen, options.code), sep="\n")
    wrong = list(faults(known.by_id.values(), seen, options.code))
    wrong += came_after_all(known.never.values(), results, options.code)
    print(
        f"\n{len(known.by_id)} expected deviations, {len(known.never)} codes never given, {len(wrong)} faults",
        *wrong,
        sep="\n",
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
