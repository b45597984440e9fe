"""Microversions that contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from parsers import prose
from parsers.lint.findings import CERTAIN, Place, Rule
from parsers.lint.view import SIDES, span, version, written
from parsers.prose.descriptions import blocks_of
from parsers.prose.sentences import in_blocks

if TYPE_CHECKING:
    from parsers.lint.view import Subject, View
    from parsers.parameters import Definition

_NUMBER = r"v?(?P<version>\d+\.\d+)"
_NEW = re.compile(
    r"\W*(?:New|Added|Available|Introduced)\s+(?:in|since|from|as\s+of|starting\s+(?:with|from|in))\s+(?:API\s+)?"
    rf"(?:(?:micro)?version\s+)?{_NUMBER}(?:\s+(?:and|or)\s+(?:later|above|newer|greater|higher))?\W*\Z",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"\W*(?:Available|Valid|Returned)\s+(?:only\s+)?(?:up\s+to|through)\s+(?:and\s+including\s+)?(?:API\s+)?"
    rf"(?:(?:micro)?version\s+)?{_NUMBER}\W*\Z",
    re.IGNORECASE,
)


def _line(entry: Definition, *keys: str) -> int:
    return next((line for name, line in entry.keys if name in keys), entry.line)


def _malformed(view: View) -> Iterator[Place]:
    for held in view.parameter_files:
        for entry in held.entries.values():
            for key, text in (("min_version", entry.min), ("max_version", entry.max)):
                if text is not None and version(text) is None:
                    yield Place(
                        held.path,
                        _line(entry, key),
                        f"{key} of {entry.key} is {text!r}, which is not a microversion; write two whole numbers, such "
                        "as 2.73",
                    )


def _backwards(view: View) -> Iterator[Place]:
    for held in view.parameter_files:
        for entry in held.entries.values():
            if span(entry.min, entry.max).empty:
                yield Place(
                    held.path,
                    _line(entry, "min_version", "max_version"),
                    f"{entry.key} begins at {entry.min} and ends at {entry.max}, so it exists in no version; correct "
                    "one of the two",
                )
    for subject in view.subjects:
        own = subject.source.versions
        if own.line is not None and span(own.min, own.max).empty:
            yield Place(
                subject.path,
                view.line(subject.path, own.line),
                f"min_version {own.min} is above max_version {own.max}, so the operation exists in no version; correct "
                "one of the two",
            )


def _description(view: View) -> Iterator[Place]:
    """Find the sentence of a description that only says when the parameter was added or removed."""
    for held in view.parameter_files:
        for entry in held.entries.values():
            if not entry.description or not (entry.min or entry.max):
                continue
            for sentence in in_blocks(blocks_of(entry.description, entry.description_line or entry.line)):
                if sentence.block.kind == "item":
                    continue
                for form, key, own in ((_NEW, "min_version", entry.min), (_LAST, "max_version", entry.max)):
                    found = form.match(sentence.text)
                    if found and version(own) is not None and version(own) != version(found["version"]):
                        yield Place(
                            held.path,
                            sentence.line,
                            f"the description of {entry.key} says {found['version']}, but its {key} is {own}; correct "
                            "one of the two",
                        )


def _directive(view: View) -> Iterator[Place]:
    for subject in view.subjects:
        own = subject.source.versions
        if own.line is None:
            continue
        said = prose.read_operation(subject.source, subject.file.context).microversions
        for key, one, other in (("min_version", own.min, said.min), ("max_version", own.max, said.max)):
            if version(one) is not None and version(other) is not None and version(one) != version(other):
                yield Place(
                    subject.path,
                    view.line(subject.path, own.line),
                    f"{key} is {one}, but the text (line {view.line(subject.path, said.line or own.line)}) says "
                    f"{other}; correct one of the two",
                )


def _rows(view: View) -> Iterator[Place]:
    """Find rows whose entry has no version in common with the heading above or the operation."""
    for subject in view.subjects:
        for side in SIDES:
            for row in subject.rows(side):
                own = span(row.source.parameter.min, row.source.parameter.max)
                around = span(row.source.versions.min, row.source.versions.max)
                if own.empty:
                    continue
                if (own & around).empty and not around.empty:
                    yield Place(
                        subject.path,
                        row.line,
                        f"{row.name} exists in {written(own)}, but is below a heading for {written(around)}; "
                        "move the row, or correct the heading",
                    )
                elif _outside(subject, row.parameter.min, row.parameter.max):
                    yield Place(
                        subject.path,
                        row.line,
                        f"{row.name} exists in {written(own)}, but its operation only in "
                        f"{written(subject.operation.microversions)}; remove the row, or correct the versions",
                    )


def _outside(subject: Subject, low: str | None, high: str | None) -> bool:
    held = subject.operation.microversions
    return (span(low, high) & span(held.min, held.max)).empty


RULES = (
    Rule("malformed-version", CERTAIN, "A version of an entry is not a microversion.", _malformed),
    Rule("backward-range", CERTAIN, "A range of microversions ends before it begins.", _backwards),
    Rule("version-against-description", CERTAIN, "An entry and its description name different versions.", _description),
    Rule("version-against-text", CERTAIN, "A method directive and the text name different versions.", _directive),
    Rule("row-outside-versions", CERTAIN, "A row has no version in common with its heading or its operation.", _rows),
)
