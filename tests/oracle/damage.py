"""Damage the documents of a reference in the two known ways, restore them, and compare the facts with the whole ones.

    python -m tests.oracle.damage nova==34.0.0 [--only servers-actions.inc]

Prints what differs and a table; exit status 1 if an operation is lost or a title, code, row, precondition,
postcondition or version of an operation differs.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parsers import commands, errors
from parsers.source import open_source

if TYPE_CHECKING:
    from specs.model import Operation

_NOT_COMPARED = frozenset({"line", "unread", "id"})
_LINK = re.compile(r"`([^`<]+?)\s+<[^<>]+>`(__?)")


def without_blanks(text: str) -> str:
    """Lose blank lines and indentation, and gain the header of a page."""
    return "A page\n12 lines\n\n" + "\n".join(line.strip() for line in text.split("\n") if line.strip())


def without_lines(text: str) -> str:
    """Lose every line end, and the targets of links."""
    return _LINK.sub(r"`\1 `\2", " ".join(text.split()))


def bare(thing: Any) -> Any:
    """Return a fact without its lines, and without bodies of samples (which lie outside of a document)."""
    if isinstance(thing, tuple):
        return tuple(bare(item) for item in thing)
    if not is_dataclass(thing):
        return thing
    kept = [item.name for item in fields(thing) if item.name not in _NOT_COMPARED]
    if type(thing).__name__ == "Sample":
        return Path(thing.file).name
    return {name: bare(getattr(thing, name)) for name in kept}


def _operations(path: Path, parameters: Path) -> tuple[Operation, ...]:
    _, specs = commands.read(path, "any", parameters, keep_going=True)
    return next(iter(specs.values())).operations


def main(arguments: list[str]) -> int:
    """Compare, document by document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source")
    parser.add_argument("--only", action="append", default=[])
    given = parser.parse_args(arguments)
    layout, _ = open_source(given.source)
    top = layout.root.directory / layout.top
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        for path in sorted(top.glob("*.inc")):
            text = path.read_text("utf-8")
            if "rest_method::" not in text or (given.only and path.name not in given.only):
                continue
            for damage in (without_blanks, without_lines):
                _compare(text, path.name, damage, Path(scratch), top / "parameters.yaml", counts)
    print(dict(counts))
    return 1 if any(count for name, count in counts.items() if not name.endswith(("operations", "action"))) else 0


def _compare(text: str, name: str, damage: Any, scratch: Path, parameters: Path, counts: Counter[str]) -> None:
    (scratch / name).write_text(text, "utf-8")
    whole = _operations(scratch / name, parameters)
    (scratch / name).write_text(damage(text), "utf-8")
    try:
        mended = _operations(scratch / name, parameters)
    except errors.ReferenceError as error:
        print(f"{name} {damage.__name__}: {error}")
        mended = ()
    counts[f"{damage.__name__} operations"] += len(whole)
    counts[f"{damage.__name__} lost"] += abs(len(whole) - len(mended))
    for before, after in zip(whole, mended, strict=False):
        for item in fields(before):
            if item.name in _NOT_COMPARED or bare(getattr(before, item.name)) == bare(getattr(after, item.name)):
                continue
            counts[f"{damage.__name__} {item.name}"] += 1
            print(f"{name}:{before.line} {damage.__name__}: {item.name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
