"""A picture of two runs: how many requirements had which verdict before, and which they have now."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from markupsafe import Markup

from specs.record.model import VERDICTS, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH, HEIGHT, BAR, SPACE, TOP = 760, 320, 16, 14, 26
LEFT, RIGHT = 150, WIDTH - 150
THINNEST = 1.5
"""Height of the thinnest band, so that one requirement can be seen among thousands."""

ABSENT = "not in this run"


def flow(before: Mapping[str, Verdict], now: Mapping[str, Verdict]) -> Markup:
    """Return an SVG element of bands from the verdicts before to those now; empty if nothing is to be shown.

    Args:
        before: the verdict of each requirement of the earlier run, by its id.
        now: the same of this run.
    """
    counts = Counter((before.get(name, ABSENT), now.get(name, ABSENT)) for name in before.keys() | now.keys())
    if not counts:
        return Markup()
    names = [*VERDICTS, ABSENT]
    pairs = sorted(counts, key=lambda pair: (names.index(pair[0]), names.index(pair[1])))
    used = max(len({pair[side] for pair in pairs}) for side in (0, 1))
    scale = (HEIGHT - TOP - SPACE * (used - 1) - THINNEST * len(pairs)) / counts.total()
    tall = {pair: THINNEST + counts[pair] * scale for pair in pairs}
    starts = _stacked(pairs, tall, 0)
    ends = _stacked(sorted(pairs, key=lambda pair: (names.index(pair[1]), names.index(pair[0]))), tall, 1)
    middle = (LEFT + RIGHT) / 2
    drawn = []
    for pair in pairs:
        upper, lower, height = starts[pair], ends[pair], tall[pair]
        kind = "same" if pair[0] == pair[1] else "moved"
        colour = pair[1] if pair[1] != ABSENT else pair[0]
        drawn.append(
            Markup(
                '<path class="band {} f-{}" d="M{l} {:.1f}C{m} {:.1f} {m} {:.1f} {r} {:.1f}V{:.1f}'
                'C{m} {:.1f} {m} {:.1f} {l} {:.1f}z"><title>{}</title></path>'
            ).format(
                kind,
                colour,
                *(upper, upper, lower, lower, lower + height, lower + height, upper + height, upper + height),
                f"{counts[pair]}: {pair[0]} before, {pair[1]} now",
                l=LEFT + BAR,
                m=f"{middle:.0f}",
                r=RIGHT - BAR,
            )
        )
    for side, places in ((0, starts), (1, ends)):
        drawn += [_bar(name, side, places, tall, counts) for name in names if any(pair[side] == name for pair in pairs)]
    heads = Markup('<text class="head end" x="{}" y="14">before</text><text class="head" x="{}" y="14">now</text>')
    return Markup(
        '<svg class="flow" viewBox="0 0 {} {}" role="img" aria-label="Verdicts before and now">{}{}</svg>'
    ).format(WIDTH, HEIGHT, heads.format(LEFT - 6, RIGHT + 6), Markup("").join(drawn))


def _stacked(
    pairs: list[tuple[str, str]], tall: Mapping[tuple[str, str], float], side: int
) -> dict[tuple[str, str], float]:
    """The upper end of each band on one side."""
    places, top, last = {}, float(TOP), ""
    for pair in pairs:
        if last and pair[side] != last:
            top += SPACE
        places[pair], last = top, pair[side]
        top += tall[pair]
    return places


def _bar(
    name: str,
    side: int,
    places: Mapping[tuple[str, str], float],
    tall: Mapping[tuple[str, str], float],
    counts: Counter[tuple[str, str]],
) -> Markup:
    mine = [pair for pair in places if pair[side] == name]
    top = min(places[pair] for pair in mine)
    height = max(places[pair] + tall[pair] for pair in mine) - top
    x, at, end = (LEFT, LEFT - 6, " end") if side == 0 else (RIGHT - BAR, RIGHT + 6, "")
    return Markup(
        '<rect class="f-{}" x="{}" y="{:.1f}" width="{}" height="{:.1f}"/>'
        '<text class="name{}" x="{}" y="{:.1f}">{} {}</text>'
    ).format(
        name if name != ABSENT else "none",
        x,
        top,
        BAR,
        height,
        end,
        at,
        top + height / 2 + 4,
        name,
        sum(counts[pair] for pair in mine),
    )
