"""Titles of operations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from parsers.lint.findings import CERTAIN, TASTE, Place, Rule

if TYPE_CHECKING:
    from parsers.lint.view import Subject, View


def _key(subject: Subject) -> str:
    return " ".join(subject.source.title.lower().split())


def _twice(view: View) -> Iterator[Place]:
    """Find two operations of one file with the same title, except the methods of one section."""
    first: dict[tuple[str, str], Subject] = {}
    for subject in view.subjects:
        if not subject.source.title:
            continue
        held = first.setdefault((subject.path, _key(subject)), subject)
        if held.source.line != subject.source.line:
            yield Place(
                subject.path,
                subject.operation.line,
                f"{subject.source.title!r} is already the title of the operation in line {held.operation.line}, so "
                "links cannot tell the two apart; choose another title",
            )


def _elsewhere(view: View) -> Iterator[Place]:
    first: dict[str, Subject] = {}
    for subject in view.subjects:
        held = first.setdefault(_key(subject), subject)
        if subject.source.title and held.path != subject.path:
            yield Place(
                subject.path,
                subject.operation.line,
                f"{subject.source.title!r} is also the title of an operation in {held.path}:{held.operation.line}; "
                "choose another title to keep links stable",
            )


def _untitled(view: View) -> Iterator[Place]:
    for subject in view.subjects:
        if not subject.source.title:
            yield Place(subject.path, subject.operation.line, "an operation has an empty title; write one")


RULES = (
    Rule("duplicate-title", CERTAIN, "Two operations of one file have the same title.", _twice),
    Rule("missing-title", CERTAIN, "An operation has no title.", _untitled),
    Rule("title-used-elsewhere", TASTE, "Operations of two files have the same title.", _elsewhere),
)
