"""Facts found in Nova's reference, family by family, against the occurrences that a reading by eye counted.

The counts of the reading are of a later revision than release 34.0.0, and of sentences, descriptions of parameters
included; those found here are of sentences in documents, and of parameters in tables. Each difference is explained.

Usage: ``python -m tests.oracle.prose_families DIR`` with the root of Nova's unpacked source distribution.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from parsers.prose import read_file, read_operation
from parsers.prose.code_lists import read_list
from parsers.prose.constraints import RULES, read_description
from parsers.prose.descriptions import blocks_of
from parsers.prose.sentences import in_blocks
from tests.oracle.prose_reference import read_reference
from tests.oracle.prose_unread import sentences

COUNTED: dict[str, tuple[int, str]] = {
    "A1": (245, ""),
    "A2": (4, ""),
    "A3": (1, ""),
    "A4": (248, ""),
    "A6": (
        60,
        "23 of the 60 are versions (E1), 13 stand in descriptions of parameters, 4 of A7 are read too",
    ),
    "B1": (5, ""),
    "B2": (18, "2 are read as B3, for the request decides; 3 of B4 are read by the same rule"),
    "B4": (5, "3 are read by the rules of B2, 1 is the second half of a sentence of B2"),
    "B5": (12, ""),
    "C1": (8, "2 of C4 are read by the same rule"),
    "C2": (8, ""),
    "C3": (3, "1 of C5 is read by the same rule"),
    "D1": (12, "1 more names the status after a failure, counted as advice by eye (D2)"),
    "E1": (23, ""),
    "E2": (13, ""),
    "E4": (18, "7 items without a version and 3 sentences that introduce the list are counted too"),
    "E7": (3, "2 of the 3 are read as K1 with versions"),
    "F1": (
        77,
        "4 speak of parameters, 1 names a rule (F5) and is a policy too; 1 more says that there are two policies",
    ),
    "H1": (5, "the 5 of H2 are read by the same rule"),
    "I1": (12, "19 of I3 say the same without a version"),
    "I2": (18, "3 speak of parameters, 1 of a driver"),
    "I4": (23, "12 are titles of operations, which the assembly reads, not a rule"),
    "K1": (71, '2 more: "No response body is returned after ..."'),
    "V1": (20, ""),
    "J1": (52, "5 conditions and examples are none; sentences of operations give 6 more"),
    "J2": (71, "11 are comparisons of versions, 4 sizes of parts, the rest limits that no field of the format holds"),
}
"""Family -> occurrences by eye, and why the number found differs."""


def count(directory: Path) -> Counter[str]:
    """Count what the grammar finds."""
    found: Counter[str] = Counter()
    for _, taken in sentences(directory):
        found.update({rule.family for rule in taken.rules})
    seen: set[str] = set()
    for file in read_reference(directory):
        facts = read_file(file.context, file.operations)
        found["V1"] += sum(len(v.values) for v in facts.vocabulary) - len(facts.vocabulary)
        for source in file.operations:
            read_operation(source, file.context)
            for block in source.blocks:
                codes = read_list(block) if block.kind == "codes" else None
                if codes is not None:
                    found[_list_family(*codes)] += 1
            for row in source.rows:
                if row.parameter.ref in seen:
                    continue
                seen.add(row.parameter.ref)
                if read_description(row):
                    for sentence in in_blocks(blocks_of(row.description)):
                        found.update({family for _, family, read, _ in RULES if family != "F3" and read(sentence, row)})
    return found


def _list_family(kind: str, codes: tuple[object, ...]) -> str:
    if kind == "error":
        return "A4"
    if any(getattr(c, "min", None) for c in codes):
        return "A3"
    return "A1" if len(codes) == 1 else "A2"


def main() -> None:
    """Print the table."""
    found = count(Path(sys.argv[1]))
    print(f"{'family':8}{'by eye':>8}{'found':>8}  why they differ")
    for family, (times, why) in COUNTED.items():
        print(f"{family:8}{times:>8}{found[family]:>8}  {why if times != found[family] else ''}")


if __name__ == "__main__":
    main()
