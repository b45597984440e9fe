"""Recall and precision of the grammar on invented sentences about statuses: needs, refusals, outcomes, none of them.

``invented_sentences`` holds the sentences with the facts that each states, and the operations that they are about. A
fact counts as found if all of it is equal. The half ``held`` was measured once before its faults were mended.

Usage: ``python -m tests.oracle.invented [--differences] [development | held]``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from parsers.document import Block, FileContext, OperationSource
from parsers.prose import read_operation
from parsers.prose.words import normalised
from specs.codec import to_plain

TRUTH = Path(__file__).parent / "invented_sentences"
HALVES = ("development", "held")
Fact = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Sentence:
    """An invented sentence, the name of its operation, and the facts that it states."""

    text: str
    on: str
    facts: frozenset[Fact]


def _fact(plain: dict[str, Any]) -> Fact:
    """Return a fact in a form that can be compared: statuses in the documented vocabulary, in any order."""
    return tuple(
        sorted((key, tuple(sorted(normalised(tuple(value))[0])) if isinstance(value, list) else value)
               for key, value in plain.items())
    )  # fmt: skip


def sentences(half: str) -> Iterator[Sentence]:
    """Yield the sentences of a half."""
    for entry in yaml.safe_load((TRUTH / f"{half}.yaml").read_text(encoding="utf-8"))["sentences"]:
        yield Sentence(entry["text"], entry["about"], frozenset(map(_fact, entry["facts"])))


def read(sentence: Sentence) -> frozenset[Fact]:
    """Return the facts about statuses that the grammar reads in a sentence."""
    on = yaml.safe_load((TRUTH / "operations.yaml").read_text(encoding="utf-8"))["operations"][sentence.on]
    source = OperationSource(on["title"], 5, on["method"], on["path"], 6, blocks=(Block(sentence.text, 10),))
    told = read_operation(source, FileContext("api-ref/source/things.inc", "Things"))
    found = []
    for kind, conditions in (("precondition", told.preconditions), ("postcondition", told.postconditions)):
        for plain in (to_plain(c) for c in conditions if c.kind == "status"):
            when = dict(plain.pop("when", {}))
            before = {"before": list(when.pop("status"))} if "status" in when else {}
            rest = {key: value for key, value in plain.items() if key not in ("kind", "line", "as_written")}
            found.append({"kind": kind, **rest, **before, **({"when": str(when)} if when else {})})
    for refusal in map(to_plain, told.refusals):
        cause = refusal.pop("cause")
        refusal.pop("line", None)
        if "status" in cause:
            found.append({"kind": "refusal", **cause, **refusal})
    return frozenset(map(_fact, found))


def main() -> None:
    """Print recall and precision by kind and in all."""
    parser = argparse.ArgumentParser(description="recall and precision on invented sentences")
    parser.add_argument("--differences", action="store_true", help="print what is missed and what is too much")
    parser.add_argument("halves", nargs="*", default=HALVES)
    arguments = parser.parse_args()
    for half in arguments.halves:
        counts: dict[str, list[int]] = {kind: [0, 0, 0] for kind in ("precondition", "refusal", "postcondition")}
        for sentence in sentences(half):
            found = read(sentence)
            if arguments.differences and found != sentence.facts:
                print(f"{sentence.on}: {sentence.text}")
                print(*(f"  missed: {dict(fact)}" for fact in sentence.facts - found), sep="\n")
                print(*(f"  too much: {dict(fact)}" for fact in found - sentence.facts), sep="\n")
            for kind, count in counts.items():
                of_it = [{fact for fact in facts if dict(fact)["kind"] == kind} for facts in (sentence.facts, found)]
                for place, number in enumerate((len(of_it[0] & of_it[1]), len(of_it[0]), len(of_it[1]))):
                    count[place] += number
        for kind, (both, right, all_) in counts.items():
            print(f"{half}, {kind}s: {both} of {right} found, {all_ - both} too much")
        both, right, all_ = (sum(count[place] for count in counts.values()) for place in range(3))
        print(f"{half}: recall {both / right:.3f} ({both} of {right}), precision {both / all_:.3f} ({both} of {all_})")


if __name__ == "__main__":
    main()
