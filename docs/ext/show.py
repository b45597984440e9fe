"""A program for the page "How a verdict comes about": print the trial of a case, or its line of the example record.

``python docs/ext/show.py trial CASE`` derives the case from the specs; ``... result CASE`` reads ``docs/example``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "example"


def trial(case: str) -> Iterator[str]:
    """Give the lines of a case: its expectation, and each part of its trial that is not as it is by default."""
    from conformance.engine.derive.suite import derive
    from conformance.plugin.reference import given_specs, read_reference

    # An operation's id begins with the name of its file: the other files need not be derived from.
    reference = read_reference(given_specs(ROOT / "specs" / "compute" / f"{case.partition('.')[0]}.yaml"))
    found = next((one for one in derive(reference.specs, reference.selected).cases if one.id == case), None)
    if found is None:
        raise SystemExit(f"no case of specs/compute has the id {case}: `conformance list` shows all")
    yield from _parts("trial", found.trial)
    yield from _parts("expectation", found.expectation)


def result(case: str) -> Iterator[str]:
    """Give the line of a case as JSON that people can read."""
    lines = (EXAMPLE / "results.jsonl").read_text("utf-8").splitlines()
    found = [line for line in map(json.loads, lines) if line["case"] == case]
    if not found:
        raise SystemExit(f"docs/example has no result of {case}")
    yield from json.dumps(found[-1], indent=1, ensure_ascii=False).splitlines()


def _parts(name: str, value: Any, indent: str = "") -> Iterator[str]:
    """One line for a plain value; for a dataclass its type, and below it the fields that differ from their default."""
    if _is_operation(value):
        yield f"{indent}{name}: {value.id} ({value.method} {value.path})"
    elif is_dataclass(value):
        yield f"{indent}{name}: {type(value).__name__}"
        for one in fields(value):
            part = getattr(value, one.name)
            if one.init and part != _default(one):  # the others follow from these
                yield from _parts(one.name, part, f"{indent}  ")
    elif isinstance(value, tuple) and any(is_dataclass(part) for part in value):
        for index, part in enumerate(value, 1):
            yield from _parts(f"{name} {index}", part, indent)
    elif isinstance(value, dict):
        yield f"{indent}{name}:"
        for key, part in value.items():
            yield from _parts(str(key), part, f"{indent}  ")
    else:
        yield f"{indent}{name}: {value}"


def _is_operation(value: Any) -> bool:
    return all(hasattr(value, name) for name in ("id", "method", "path"))


def _default(one: Field[Any]) -> Any:
    return one.default_factory() if one.default_factory is not MISSING else one.default


if __name__ == "__main__":
    what, wanted = sys.argv[1:]
    print("\n".join({"trial": trial, "result": result}[what](wanted)))
