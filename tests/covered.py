"""How much of the code the tests ran, from the JSON that slipcover writes: one figure, and the modules to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LEAST = 10


def lines(found: Mapping[str, Any]) -> list[str]:
    """Give the ten modules of which the least share of lines was run, then the figure for all of them."""
    modules = {name: one["summary"] for name, one in found["files"].items()}
    least = sorted(modules, key=lambda name: (modules[name]["percent_covered"], name))[:LEAST]
    total = found["summary"]
    return [
        f"The {len(least)} least covered of {len(modules)} modules:",
        *(f"{modules[n]['percent_covered']:4.0f} %  {modules[n]['missing_lines']:5} lines not run  {n}" for n in least),
        f"Coverage: {total['percent_covered']:.1f} % of {total['covered_lines'] + total['missing_lines']} lines",
    ]
