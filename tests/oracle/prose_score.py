"""Precision and recall of the grammar of sentences against the truth of ``tests/truth``, by family.

A fact counts as found if it is equal in all that can be checked, line included. Free wording (the name of an effect's
environment, ``as_written``, names of codes) is not compared.

Usage: ``python -m tests.oracle.prose_score [--differences] nova=DIR cinder=DIR ...`` with roots of source
distributions.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from parsers.prose import ProseFacts, read_operation
from specs.model import Condition, When
from tests.oracle.prose_reference import TOP, given, read_reference

TRUTH = Path(__file__).parent.parent / "truth"
Fact = tuple[str, Any]
"""A family and a fact of it, comparable."""

CORE = ("preconditions", "postconditions", "locks", "codes", "versions", "policy")


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(sorted((k, _frozen(v)) for k, v in value.items() if v not in (None, [], {}, (), False)))
    return tuple(_frozen(v) for v in value) if isinstance(value, list | tuple) else value


def _condition(family: str, data: dict[str, Any]) -> Fact:
    data = {k: v for k, v in data.items() if k != "as_written"}
    if data["kind"] == "environment":
        data = {"kind": data["kind"], "line": data["line"], "when": data.get("when")}
    if data["kind"] == "locked_requires_admin":
        family = "locks"
    return family, _frozen(data)


def _plain(condition: Condition) -> dict[str, Any]:
    data = asdict(condition)
    if condition.when:
        data["when"] = {k: v for k, v in asdict(condition.when).items() if v != getattr(When(), k)}
    return data


def expected(entry: dict[str, Any]) -> Iterator[Fact]:
    """The facts that a truth entry states."""
    for kind in ("normal", "error"):
        for line, codes in entry.get(kind, {}).items():
            for code in codes:
                yield "codes", _frozen(code if isinstance(code, dict) else {"kind": kind, "code": code, "line": line})
    for family in ("preconditions", "postconditions"):
        for data in entry.get(family, []):
            yield _condition(family, data)
    for key, family in (("microversions", "versions"), ("policy", "policy"), ("deprecated", "deprecated"),
                        ("removed", "removed"), ("body", "body")):  # fmt: skip
        if key in entry:
            yield family, _frozen(entry[key])


def found(facts: ProseFacts) -> Iterator[Fact]:
    """The facts that the grammar read."""
    for kind, codes in (("normal", facts.normal), ("error", facts.error)):
        for code in codes:
            data = {"kind": kind, "code": code.code, "line": code.line, "min": code.min, "max": code.max}
            yield "codes", _frozen(data)
    for family, conditions in (("preconditions", facts.preconditions), ("postconditions", facts.postconditions)):
        for condition in conditions:
            yield _condition(family, _plain(condition))
    if facts.microversions.min or facts.microversions.max:
        yield "versions", _frozen(asdict(facts.microversions))
    if facts.policy:
        yield "policy", _frozen(asdict(facts.policy))
    if facts.deprecated:
        yield "deprecated", _frozen({"since": facts.deprecated.since, "line": facts.deprecated.line})
    if facts.removed:
        yield "removed", _frozen(asdict(facts.removed))
    if facts.body.content == "empty":
        yield "body", _frozen(asdict(facts.body))


def compare(directories: dict[str, Path], folder: Path = TRUTH) -> tuple[dict[str, Counter[str]], list[str], int]:
    """Count hits, misses and false alarms by family; list the differences; count the operations."""
    counts: dict[str, Counter[str]] = {}
    differences: list[str] = []
    operations = 0
    for project, directory in directories.items():
        truth = yaml.safe_load((folder / f"{project}.yaml").read_text(encoding="utf-8"))
        sources = {(f.context.path, o.line): (f.context, o) for f in read_reference(directory) for o in f.operations}
        for entry in truth["operations"]:
            operations += 1
            context, source = sources[(f"{TOP}/{entry['path']}", entry["line"])]
            want, have = Counter(expected(entry)), Counter(found(read_operation(source, context)))
            where = f"{project} {entry['path']}:{entry['line']}"
            for sign, facts in (("hit", want & have), ("missed", want - have), ("false", have - want)):
                for (family, fact), times in facts.items():
                    counts.setdefault(family, Counter())[sign] += times
                    if sign != "hit":
                        differences.append(f"{sign:7}{where} {family}: {dict(fact)}")
    return counts, differences, operations


def table(counts: dict[str, Counter[str]]) -> list[str]:
    """Precision and recall, a line a family."""
    lines = [f"{'family':16}{'facts':>7}{'found':>7}{'hits':>6}{'precision':>11}{'recall':>8}"]
    total: Counter[str] = Counter()
    for family in sorted(counts, key=lambda f: (f not in CORE, f)):
        if family in CORE:
            total += counts[family]
        lines.append(_line(family, counts[family]))
    return [*lines, _line("core families", total)]


def _line(family: str, count: Counter[str]) -> str:
    want, have, hits = count["hit"] + count["missed"], count["hit"] + count["false"], count["hit"]
    precision, recall = (f"{hits / n:.3f}" if n else "-" for n in (have, want))
    return f"{family:16}{want:>7}{have:>7}{hits:>6}{precision:>11}{recall:>8}"


def main() -> None:
    """Print the table, and every difference on request."""
    parser = argparse.ArgumentParser(description="precision and recall of the grammar against the truth")
    parser.add_argument("--differences", action="store_true", help="print each missed and each false fact")
    parser.add_argument("--held-out", action="store_true", help="compare with the sample labelled after the rules")
    parser.add_argument("sources", nargs="+", metavar="project=directory")
    arguments = parser.parse_args()
    counts, differences, operations = compare(
        given(arguments.sources), TRUTH / "held_out" if arguments.held_out else TRUTH
    )
    if arguments.differences:
        print("\n".join(differences))
    print(f"{operations} operations")
    print("\n".join(table(counts)))


if __name__ == "__main__":
    main()
