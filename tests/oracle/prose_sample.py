"""Draw the operations that the truth of ``tests/truth`` is made of: a fixed seed, two strata a project.

The first stratum holds the operations whose text speaks of conditions, which are rare and matter most, the second all
others. The draw reads sections and ``rest_method`` by their form alone, so that it depends on no rule of the grammar.

Usage: ``python -m tests.oracle.prose_sample [--held-out] nova=DIR cinder=DIR ...`` with the roots of unpacked source
distributions.
"""

from __future__ import annotations

import random
import re
import sys
from dataclasses import dataclass
from pathlib import Path

SEED = 20260821
SHARES = {  # project: operations with conditions, operations without
    "nova": (15, 25),
    "cinder": (4, 2),
    "manila": (2, 2),
    "ironic": (2, 2),
    "octavia": (1, 2),
    "keystone": (1, 2),
}
HELD_OUT = {  # drawn and labelled after the rules were written, by a seed of its own
    "nova": (2, 4),
    "glance": (2, 2),
    "neutron": (1, 2),
    "placement": (1, 1),
    "designate": (1, 1),
    "manila": (1, 2),
}
_TITLE = re.compile(r"^(?P<title>\S.*|\s\S.*)\n(?P<rule>[=\-~^*+#\"'`]{3,})$", re.MULTILINE)
_METHOD = re.compile(r"^\.\. rest_method::[ \t]*\n?[ \t]*(?P<method>[A-Z]+)[ \t]+(?P<path>\S+)", re.MULTILINE)
_CONDITIONS = re.compile(r"preconditions|postconditions|(status|state)\W+(must|is|has to)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Drawn:
    """One operation: its file below ``api-ref/source``, the line below its title, its title, and its lines."""

    path: str
    line: int
    end: int
    title: str
    conditions: bool


def operations(root: Path) -> list[Drawn]:
    """List the operations of a reference by their form."""
    source = root / "api-ref" / "source"
    found: list[Drawn] = []
    for file in sorted(source.rglob("*.inc")):
        text = file.read_text(encoding="utf-8")
        titles = [
            (m.start(), m["title"].strip(), text.count("\n", 0, m.start("rule")) + 1) for m in _TITLE.finditer(text)
        ]
        methods = list(_METHOD.finditer(text))
        heads = [max((t for t in titles if t[0] < m.start()), default=None) for m in methods]
        for number, head in enumerate(heads):
            if head is None:
                continue
            following = next((h[0] for h in heads[number + 1 :] if h and h[0] > head[0]), len(text))
            body = text[head[0] : following]
            found.append(
                Drawn(
                    str(file.relative_to(source)),
                    head[2],
                    text.count("\n", 0, following),
                    head[1],
                    bool(_CONDITIONS.search(body)),
                )
            )
    return found


def draw(project: str, root: Path, *, held_out: bool = False) -> list[Drawn]:
    """Draw a project's share; of the held-out sample, on request."""
    chance = random.Random(f"{SEED}/{'held-out/' if held_out else ''}{project}")
    every = operations(root)
    some: list[Drawn] = []
    missing = 0
    for wanted, conditions in zip((HELD_OUT if held_out else SHARES)[project], (True, False), strict=True):
        stratum = [o for o in every if o.conditions is conditions]
        taken = min(wanted + missing, len(stratum))
        missing += wanted - taken  # a stratum that is too small is made up for by the other
        some += chance.sample(stratum, taken)
    return sorted(some, key=lambda o: (o.path, o.line))


def main() -> None:
    """Print the sample of every project given."""
    held_out = "--held-out" in sys.argv
    for argument in (a for a in sys.argv[1:] if "=" in a):
        project, _, root = argument.partition("=")
        for drawn in draw(project, Path(root), held_out=held_out):
            print(
                project,
                drawn.path,
                drawn.line,
                drawn.end,
                "conditions" if drawn.conditions else "-",
                drawn.title,
                sep="\t",
            )


if __name__ == "__main__":
    main()
