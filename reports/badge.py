"""A badge: a small SVG with the number of promises that hold."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from reports import words
from reports.html import subject

if TYPE_CHECKING:
    from reports.view import View

RED, AMBER, GREEN, GREY = "#b3201a", "#875700", "#1b7a38", "#616871"
_LETTER = 6.6
"""Width of a letter in pixels, at a height of 11 pixels; a little more than browsers need."""


def badge(view: View) -> str:
    """Return the SVG: red if a promise is broken and not waived, amber if too much is undecided, else green."""
    text, colour = _verdict(view)
    return draw(subject(view.info), text, colour)


def draw(name: str, text: str, colour: str) -> str:
    """Return a badge as SVG: a name, and in a colour what is said of it."""
    label = words.one_line(name, 40)
    left, right = (round(len(part) * _LETTER) + 14 for part in (label, text))
    title = escape(f"{label}: {text}", {'"': "&quot;"})
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label="{title}">'
        f"<title>{title}</title>"
        f'<clipPath id="r"><rect width="{left + right}" height="20" rx="3"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left}" height="20" fill="#3d4248"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/></g>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="{left / 2:g}" y="14" textLength="{left - 14}">{escape(label)}</text>'
        f'<text x="{left + right / 2:g}" y="14" textLength="{right - 14}">{escape(text)}</text></g></svg>\n'
    )


def _verdict(view: View) -> tuple[str, str]:
    counts, status = view.requirements, view.exit_status
    tried = sum(counts.values()) - counts["inapplicable"]
    if not tried:
        return "nothing tried", GREY
    broken = counts["fail"] - view.waived_requirements
    if broken:
        return f"{words.number(broken)} of {words.number(tried)} broken", RED
    text = f"{words.number(counts['pass'])} of {words.number(tried)} hold"
    return text, GREEN if status == 0 else AMBER
