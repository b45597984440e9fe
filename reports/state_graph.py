"""A picture of the promised changes of status: statuses as boxes, operations as arrows in the colours of verdicts."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from markupsafe import Markup

from specs.record.model import VERDICTS, Verdict, requirement_verdict
from specs.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reports.transitions import Transition

WIDTH, HEIGHT = 1120, 660
"""Size of the picture, in its own units; the page scales it."""
BOX_HEIGHT = 34
CHARACTER = 7.6
"""Width of a character of a box's name."""
LABEL_AT = 0.38
"""Part of the way along an arrow at which its label stands."""
NAMED = 2
"""Number of operations that an arrow names; the others are counted."""
AROUND = 24
"""Largest number of statuses around the middle; a picture with more could not be read."""


@dataclass(frozen=True)
class _Box:
    name: str
    x: float
    y: float

    @property
    def half(self) -> float:
        """Half of its width."""
        return max(60.0, len(self.name) * CHARACTER + 24) / 2

    def edge_towards(self, x: float, y: float) -> tuple[float, float]:
        """The point of the border in the direction of a point, with a small gap."""
        dx, dy = x - self.x, y - self.y
        if not dx and not dy:
            return self.x, self.y
        reach = min(
            (self.half + 4) / abs(dx) if dx else math.inf,
            (BOX_HEIGHT / 2 + 4) / abs(dy) if dy else math.inf,
        )
        return self.x + dx * reach, self.y + dy * reach


def state_graph(transitions: Sequence[Transition]) -> Markup:
    """Return an SVG element of the transitions of one resource; empty if there are none, or too many statuses."""
    boxes = _placed(transitions)
    if not boxes or len(boxes) > AROUND + 1:
        return Markup()
    arrows: dict[tuple[str, str], list[Transition]] = defaultdict(list)
    for one in transitions:
        arrows[one.start, one.end].append(one)
    drawn = [_arrow(boxes[start], boxes[end], group) for (start, end), group in arrows.items() if start != end]
    loops = {start: group for (start, end), group in arrows.items() if start == end}
    names = [_box(box, loops.get(box.name, [])) for box in boxes.values()]
    heads = Markup("").join(
        Markup(
            '<marker id="head-{0}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
            'orient="auto-start-reverse"><path class="f-{0}" d="M0 0L10 5L0 10z"/></marker>'
        ).format(verdict)
        for verdict in VERDICTS
    )
    resource = transitions[0].resource
    label = f"The {len(boxes)} statuses of a {resource} and {len(arrows)} ways between them"
    return Markup('<svg class="graph" viewBox="0 0 {} {}" role="img" aria-label="{}"><defs>{}</defs>{}{}</svg>').format(
        WIDTH, HEIGHT, visible(label), heads, Markup("").join(drawn), Markup("").join(names)
    )


def _placed(transitions: Iterable[Transition]) -> dict[str, _Box]:
    """Place the status with most ways in the middle, and the others around it, joined ones side by side."""
    degree: Counter[str] = Counter()
    joined: set[frozenset[str]] = set()
    for one in transitions:
        degree.update({one.start, one.end})
        joined.add(frozenset((one.start, one.end)))
    if not degree:
        return {}
    hub = max(sorted(degree), key=lambda name: degree[name])
    around = _in_order(sorted(name for name in degree if name != hub), joined)
    boxes = {hub: _Box(hub, WIDTH / 2, HEIGHT / 2)}
    for at, name in enumerate(around):
        angle = 2 * math.pi * at / max(1, len(around)) - math.pi / 2
        boxes[name] = _Box(name, WIDTH / 2 + 440 * math.cos(angle), HEIGHT / 2 + 280 * math.sin(angle))
    return boxes


def _in_order(names: list[str], joined: set[frozenset[str]]) -> list[str]:
    """Exchange places on the circle as long as that brings joined statuses nearer to each other."""
    pairs = [tuple(pair) for pair in joined if len(pair) == 2 and pair <= set(names)]
    if len(names) > AROUND:
        return names

    def length(order: list[str]) -> int:
        place = {name: at for at, name in enumerate(order)}
        apart = (abs(place[one] - place[other]) for one, other in pairs)
        return sum(min(steps, len(order) - steps) for steps in apart)

    best, better = length(names), True
    while better:
        better = False
        for one, other in combinations(range(len(names)), 2):
            tried = names.copy()
            tried[one], tried[other] = tried[other], tried[one]
            if length(tried) < best:
                names, best, better = tried, length(tried), True
    return names


def _arrow(start: _Box, end: _Box, group: list[Transition]) -> Markup:
    dx, dy = end.x - start.x, end.y - start.y
    far = math.hypot(dx, dy) or 1.0
    bend = min(46.0, far * 0.16)
    # Both directions bend to their own left, so that the arrows of a pair lie beside each other.
    middle = ((start.x + end.x) / 2 + dy / far * bend, (start.y + end.y) / 2 - dx / far * bend)
    x1, y1 = start.edge_towards(*middle)
    x2, y2 = end.edge_towards(*middle)
    label_x = _on_curve(x1, middle[0], x2)
    label_y = _on_curve(y1, middle[1], y2)
    verdict = _gravest(group)
    return Markup(
        '<g class="way s-{verdict}"><title>{title}</title>'
        '<path d="M{x1:.0f} {y1:.0f}Q{mx:.0f} {my:.0f} {x2:.0f} {y2:.0f}" marker-end="url(#head-{verdict})"/>'
        '<text x="{x:.0f}" y="{y:.0f}">{label}</text></g>'
    ).format(
        verdict=verdict,
        title=_title(group),
        x1=x1,
        y1=y1,
        mx=middle[0],
        my=middle[1],
        x2=x2,
        y2=y2,
        x=label_x,
        y=label_y + 4,
        label=_label(group),
    )


def _on_curve(start: float, control: float, end: float) -> float:
    """A coordinate of the place of a label: before the middle, where arrows of both directions leave room."""
    at = LABEL_AT
    return (1 - at) ** 2 * start + 2 * at * (1 - at) * control + at**2 * end


def _box(box: _Box, loops: list[Transition]) -> Markup:
    inside = Markup()
    if loops:
        inside = Markup('<g class="way s-{}"><title>{}</title><text x="{:.0f}" y="{:.0f}">↻ {}</text></g>').format(
            _gravest(loops), _title(loops), box.x, box.y + BOX_HEIGHT / 2 + 16, _label(loops)
        )
    return Markup(
        '<g class="status"><rect x="{:.0f}" y="{:.0f}" width="{:.0f}" height="{}" rx="7"/>'
        '<text x="{:.0f}" y="{:.0f}">{}</text></g>{}'
    ).format(
        box.x - box.half,
        box.y - BOX_HEIGHT / 2,
        2 * box.half,
        BOX_HEIGHT,
        box.x,
        box.y + 4.5,
        visible(box.name),
        inside,
    )


def _gravest(group: Iterable[Transition]) -> Verdict:
    return requirement_verdict([one.verdict for one in group])


def _title(group: Iterable[Transition]) -> str:
    return visible("\n".join(f"{one.start} → {one.end}: {one.operation} ({one.verdict})" for one in group))


def _label(group: list[Transition]) -> str:
    actions = list(dict.fromkeys(one.action for one in group))
    more = f" +{len(actions) - NAMED}" if len(actions) > NAMED else ""
    return visible(", ".join(actions[:NAMED]) + more)
