"""Tell how much of each service some runs have decided, and why the rest is not.

```
python -m tests.services RUN... [--open]
```

For each service: the operations that the cloud offers, how many of them pass a documented normal code, and the others
with the reason; the pairs (operation, code) that are decided; the cases by verdict; the requests and the seconds. With
``--open`` every pair that is not decided is listed with the reason. Several runs of one service count as one.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from specs.record import RunRecord
from tests.services.figures import CODES, Figures, figures


def main(arguments: list[str] | None = None) -> int:
    """Print the figures of each service."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", metavar="RUN", help="the directory of a run record")
    parser.add_argument("--open", action="store_true", help="list every pair that is not decided")
    given = parser.parse_args(arguments)
    for one in figures(map(RunRecord.read, given.runs)):
        print("\n".join(lines(one, given.open)))
    return 0


def lines(one: Figures, every: bool = False) -> Iterator[str]:
    """The lines about a service. ``every``: those of undecided pairs included."""
    yield f"# {one.service}"
    yield f"operations offered: {len(one.offered)}; pass a normal code: {_share(len(one.accepted), len(one.offered))}"
    if one.silent & one.offered:
        share = _share(len(one.accepted), len(one.promised))
        yield f"  {len(one.silent & one.offered)} of them have no normal code in the reference; of the others: {share}"
    pairs = {code: one.pairs(code) for code in CODES}
    for code, found in pairs.items():
        stated = f"; of those with a stated cause: {_share(found.decided, found.stated)}"
        given = f"; of those that the release may give: {_share(found.decided, found.all - found.never)}"
        yield f"{code} decided: {_share(found.decided, found.all)}{stated}{given if found.never else ''}"
    counted = ", ".join(f"{count} {verdict}" for verdict, count in one.verdicts.items())
    yield f"cases: {counted}; requests: {one.requests}; seconds: {one.seconds:.0f}"
    for name, reason in sorted(one.lacking.items()):
        yield f"  not offered: {name}: {reason}"
    for name, reason in one.not_accepted.items():
        yield f"  no normal code: {name}: {reason}"
    for code, found in pairs.items() if every else ():
        for name, reason in sorted(found.open.items()):
            yield f"  {code} open: {name}: {reason}"
    yield ""


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.1f} %)" if whole else "0 of 0"


if __name__ == "__main__":
    raise SystemExit(main())
