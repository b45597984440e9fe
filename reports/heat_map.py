"""A picture of all documented codes of a service: a row for each operation, a square for each code, by verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import Markup

from specs.record.model import VERDICTS, Verdict
from specs.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reports.operations import Operation

ROW, CELL, HEAD, NAME, GAP = 9, 16, 22, 152, 24
"""Height of a row, width of a square, height of the head, width of the names, and space between panels."""
LONGEST = 24
"""Number of characters of a name that its place holds."""
PANELS = 3
SHORTEST = 12
"""Height of the shortest group, so that its name has room."""

_SQUARE = Markup(
    '<a href="{link}"><rect class="f-{verdict}" x="{x}" y="{y}" width="{width}" height="{height}">'
    "<title>{said}</title></rect></a>"
)


@dataclass
class _Panel:
    groups: list[tuple[str, list[Operation]]] = field(default_factory=list)
    height: int = HEAD


def codes_of(operation: Operation) -> dict[str, Verdict | None]:
    """Documented code -> the gravest verdict of its requirements; None for a code without a case."""
    found: dict[str, Verdict | None] = dict.fromkeys(operation.codes)
    for requirement in operation.requirements.values():
        parts = requirement.parts
        codes = parts.detail.split("+") if parts.kind == "normal" else [parts.code]
        for code in codes:
            if code and code.isdigit():
                known = found.get(code)
                worse = known is None or VERDICTS.index(requirement.verdict) < VERDICTS.index(known)
                found[code] = requirement.verdict if worse else known
    return found


def heat_map(operations: Sequence[Operation], links: Mapping[str, str]) -> Markup:
    """Return an SVG element; empty if no operation has a documented code.

    Args:
        operations: in the order of the page. Those of one file of the reference stand together, under its name.
        links: the address of each operation's part of the report, by its id.
    """
    by_operation = {one.id: codes_of(one) for one in operations}
    codes = sorted({code for found in by_operation.values() for code in found})
    if not codes:
        return Markup()
    shown = [one for one in operations if by_operation[one.id]]
    groups = [(name, list(group)) for name, group in groupby(shown, key=lambda one: one.id.partition(".")[0])]
    panels = _panels(groups)
    width = NAME + CELL * len(codes)
    drawn = Markup("").join(
        _panel(panel, codes, by_operation, links, at * (width + GAP)) for at, panel in enumerate(panels)
    )
    total = len(panels) * (width + GAP) - GAP
    return Markup('<svg class="heat" viewBox="0 0 {0} {1}" width="{0}" height="{1}" aria-label="{2}">{3}</svg>').format(
        total, max(panel.height for panel in panels), f"Documented codes of {len(shown)} operations", drawn
    )


def _panels(groups: list[tuple[str, list[Operation]]]) -> list[_Panel]:
    """Divide the groups, in their order, among panels of about the same height."""
    whole = sum(_height(group) for _, group in groups)
    panels = [_Panel()]
    for name, group in groups:
        full = panels[-1].height - HEAD >= whole / PANELS
        if full and len(panels) < PANELS:
            panels.append(_Panel())
        panels[-1].groups.append((name, group))
        panels[-1].height += _height(group)
    return panels


def _height(group: list[Operation]) -> int:
    return max(SHORTEST, ROW * len(group)) + 3


def _panel(
    panel: _Panel,
    codes: list[str],
    by_operation: Mapping[str, Mapping[str, Verdict | None]],
    links: Mapping[str, str],
    left: int,
) -> Markup:
    drawn = [
        Markup('<text class="code" x="{}" y="14">{}</text>').format(left + NAME + at * CELL + CELL // 2, code)
        for at, code in enumerate(codes)
    ]
    top = HEAD
    for name, group in panel.groups:
        called = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
        drawn.append(Markup('<text class="file" x="{}" y="{}">{}</text>').format(left, top + 9, visible(called)))
        for row, operation in enumerate(group):
            for code, verdict in by_operation[operation.id].items():
                x = left + NAME + codes.index(code) * CELL
                said = visible(f"{operation.id}: {code} {verdict or 'no case'}")
                drawn.append(
                    _SQUARE.format(
                        link=links[operation.id],
                        verdict=verdict or "none",
                        x=x,
                        y=top + row * ROW,
                        width=CELL - 2,
                        height=ROW - 1,
                        said=said,
                    )
                )
        top += _height(group)
    return Markup("").join(drawn)
