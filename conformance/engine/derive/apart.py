"""Normal codes that sentences tell apart: "if no such data exists, the call returns 204" (``Code.when``).

Each such code is a requirement of its own, beside the one that any of the normal codes fulfils. The situation is a
thing that exists or does not, and a header that the request gives or leaves out. The thing is the element that the path
names (then a second request finds the thing that the first has made), or something that the resource under test has in
some statuses and lacks in others, by the description of the service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.engine.api.references import singular
from conformance.engine.derive.attempt import ONCE, Asked, Where, attempt
from conformance.engine.derive.book import Book
from conformance.engine.derive.view import View
from conformance.engine.judge.apart import AcceptedWith
from conformance.engine.model.trial import Exchange, Trial, Twice
from specs.model import When

HEADER_VALUES = {"Range": "bytes=0-2"}
"""The value of each header that a situation may ask for. These are the first three bytes (RFC 9110, 14.1.2)."""

UNSATISFIABLE = {"Range": "bytes=999999999-"}
"""The value of each header that asks for a part which the content does not have (RFC 9110, 15.5.17)."""


def derive_apart(view: View, book: Book) -> None:
    """Add a case for each normal code of the tried version that has a situation, or the reason why it has none."""
    codes = [code for code in view.operation.responses.normal if code.listed and view.default in code.range]
    for code in codes if len(codes) > 1 else ():
        when = code.when
        if when is None or not (when.exists or when.missing or when.present or when.absent):
            continue
        words = _words(when)
        requirement = view.requirement("normal", f"{code.code}/{words}", when.line or code.line)
        found = list(_trials(view, when))
        if not found:
            book.without_case(requirement, "no-situation", words.replace("-", " "))
        for detail, trial in found:
            book.case(requirement, detail, trial, AcceptedWith(code.code, words.replace("-", " ")))


def _words(when: When) -> str:
    """The situation in words joined by hyphens, which its requirement is named after."""
    parts = [f"{name}-exists" for name in when.exists]
    parts += [f"no-{name}-exists" for name in when.missing]
    parts += [f"with-{name}" for name in when.present]
    parts += [f"without-{name}" for name in when.absent]
    return "-".join(re.sub(r"[^A-Za-z0-9]+", "-", part) for part in parts)


def _trials(view: View, when: When) -> Iterator[tuple[str, Trial]]:
    """Yield the trials in the situation, each with a text that tells it from others; none if no request brings it."""
    headers = tuple((name, HEADER_VALUES[name]) for name in when.present if name in HEADER_VALUES)
    if len(headers) != len(when.present):
        return
    label = f"with-{'-'.join(when.present)}" if headers else "documented"
    variant, state = view.main
    things = when.exists + when.missing
    states: tuple[str | None, ...] = (state,)
    exchange: Exchange = ONCE
    if len(things) > 1:
        return
    if things and things[0] == _element(view):
        if when.missing and not view.makes:
            return  # the path of such a request names an element that is there
        if when.exists and view.makes:
            label, exchange = f"{label}-twice", Twice()
    elif things:
        lacking = view.service.under_test.lacking.get(things[0])
        if lacking is None or not view.scoped:
            return
        named = lacking if when.missing else tuple(one for one in variant.states if one not in lacking)[:1]
        states = tuple(one for one in named if one in view.service.under_test.stable_statuses)
    for one in states:
        trial = attempt(view, label, Where(variant, one), Asked(headers=headers), exchange=exchange)
        yield (one or "") if things and len(states) > 1 else "", trial


def _element(view: View) -> str:
    """The name of the element that the path ends in, such as "resource class"; empty for another path."""
    collection, _, last = view.operation.path.rpartition("/")
    words = re.split(r"[_-]", collection.rpartition("/")[2])
    return " ".join((*words[:-1], singular(words[-1]))).lower() if last.startswith("{") else ""
