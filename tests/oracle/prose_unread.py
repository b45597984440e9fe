"""What becomes of the sentences of a reference: read into a fact, known to promise nothing, or unread.

Usage: ``python -m tests.oracle.prose_unread [--list] project=DIR ...`` with roots of source distributions.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from parsers.prose.constraints import read_description
from parsers.prose.grammar import Taken, read_text
from parsers.prose.rules import Scope
from tests.oracle.prose_reference import TOP, given, read_reference


def sentences(directory: Path) -> Iterator[tuple[str, Taken]]:
    """Every sentence of a reference's documents, once, with what took it."""
    for file in read_reference(directory):
        path = file.context.path.removeprefix(TOP + "/")
        for operation in file.operations:
            enums = {r.parameter.name: tuple(read_description(r).get("enum", ())) for r in operation.rows}
            for taken in read_text(operation.blocks, Scope(file.context, operation, enums)).taken:
                yield path, taken
        for taken in read_text(file.context.blocks, Scope(file.context)).taken:
            yield path, taken


def main() -> None:
    """Print the shares, and every unread sentence on request."""
    parser = argparse.ArgumentParser(description="shares of sentences read, known and unread")
    parser.add_argument("--list", action="store_true", help="print each unread sentence")
    parser.add_argument("--rules", action="store_true", help="print how often each rule took a sentence")
    parser.add_argument("sources", nargs="+", metavar="project=directory")
    arguments = parser.parse_args()
    for project, directory in given(arguments.sources).items():
        outcomes: Counter[str] = Counter()
        rules: Counter[str] = Counter()
        for path, taken in sentences(directory):
            outcomes[taken.outcome] += 1
            rules.update(f"{r.family} {r.name}" for r in taken.rules)
            if arguments.list and taken.outcome == "unread":
                print(f"{path}:{taken.sentence.line}: {taken.sentence.text}")
        if arguments.rules:
            print("\n".join(f"{times:6} {name}" for name, times in sorted(rules.items())))
        total = sum(outcomes.values())
        share = 100 * outcomes["unread"] / total if total else 0
        print(
            f"{project}: {total} sentences, {outcomes['fact']} read into facts, {outcomes['nothing']} known to promise "
            f"nothing, {outcomes['unread']} unread ({share:.1f} %)"
        )


if __name__ == "__main__":
    main()
