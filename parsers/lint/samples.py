"""Samples: missing and invalid files, and the microversions of samples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from parsers.inline import versions_in
from parsers.lint.findings import CERTAIN, TASTE, Place, Rule
from parsers.lint.view import SIDES, span, version, written

if TYPE_CHECKING:
    from parsers.lint.view import View

_IN_PATH = re.compile(r"(?:\A|/)v(?P<version>\d+\.\d+)/")
_ONE = re.compile(r"\(\s*v?(?P<version>\d+\.\d+)\s*\)", re.IGNORECASE)
_FILE_OF = {
    "request": re.compile(r"[-_]req(?:uest)?(?:\W|_|\Z)"),
    "response": re.compile(r"[-_]resp?(?:onse)?(?:\W|_|\Z)"),
}


def _missing(view: View) -> Iterator[Place]:
    if not view.whole:
        return
    for subject in view.subjects:
        for side in SIDES:
            for sample in subject.samples(side):
                if sample.file in view.reading.samples.missing and not view.exists(sample.file):
                    yield Place(
                        subject.path,
                        sample.line,
                        f"the sample {sample.file} does not exist; add it, or correct the path",
                        sample.file,
                    )


def _invalid(view: View) -> Iterator[Place]:
    """Find samples that cannot be read or are not JSON; each is reported once, at its own file."""
    for subject in view.subjects:
        for side in SIDES:
            for sample in subject.samples(side):
                wrong = view.reading.samples.problems.get(sample.file)
                if wrong and view.exists(sample.file):
                    found = re.search(r"\bline (\d+)", wrong)
                    yield Place(sample.file, int(found[1]) if found else 1, f"{wrong}; write valid JSON")


_UNFILLED = re.compile(r"%\(\w+\)[sdi]|\[0-9a-f\]\{8\}|\{\{\s*\w+\s*\}\}|\$\{\w+\}")


def _unfilled(view: View) -> Iterator[Place]:
    """Find samples with an unfilled template placeholder; each is reported at its own file."""
    for path in sorted({s.file for subject in view.subjects for side in SIDES for s in subject.samples(side)}):
        if path in view.reading.samples.missing or not path.endswith(".json"):
            continue
        for number, line in enumerate(view.text(path).split("\n"), 1):
            found = _UNFILLED.search(line)
            if found:
                yield Place(path, number, f"{found[0]} is an unfilled placeholder of a template; write a real value")


def _outside(view: View) -> Iterator[Place]:
    for subject in view.subjects:
        held = subject.operation.microversions
        for side in SIDES:
            for sample in subject.samples(side):
                own = version(sample.microversion)
                if own is not None and own not in span(held.min, held.max):
                    yield Place(
                        subject.path,
                        sample.line,
                        f"the sample has version {own}, but the operation exists in {written(held)}; show a sample "
                        "of one of these versions",
                    )


def _heading(view: View) -> Iterator[Place]:
    """Compare the version in a sample's path with the version or the range in its heading."""
    for subject in view.subjects:
        for sample in subject.source.samples:
            found = _IN_PATH.search(sample.path)
            own = version(found["version"]) if found else None
            single = _ONE.search(sample.heading)
            bounds = versions_in(sample.heading, None)
            if own is None:
                continue
            held = span(bounds.min, bounds.max)
            if (version(single["version"]) != own) if single else own not in held:
                said = single["version"] if single else written(held)
                yield Place(
                    subject.path,
                    view.line(subject.path, sample.line),
                    f"the heading names version {said}, but the sample {sample.path} has {own}; correct one of the two",
                )


def _other_side(view: View) -> Iterator[Place]:
    for subject in view.subjects:
        for side in SIDES:
            other = "response" if side == "request" else "request"
            for sample in subject.samples(side):
                name = sample.file.rsplit("/", 1)[-1]
                if _FILE_OF[other].search(name) and not _FILE_OF[side].search(name):
                    yield Place(
                        subject.path,
                        sample.line,
                        f"{name} is named as a {other}, but shown as a {side}; show another sample, or rename this one",
                    )


RULES = (
    Rule("missing-sample", CERTAIN, "A sample file does not exist.", _missing),
    Rule("invalid-sample", CERTAIN, "A sample is not JSON.", _invalid),
    Rule("unfilled-sample", CERTAIN, "A sample contains an unfilled placeholder.", _unfilled),
    Rule(
        "sample-outside-operation", CERTAIN, "A sample has a version in which its operation does not exist.", _outside
    ),
    Rule("sample-against-heading", CERTAIN, "A sample and its heading name different versions.", _heading),
    Rule(
        "sample-of-other-side",
        TASTE,
        "A sample named as a request is shown as a response, or the other way round.",
        _other_side,
    ),
)
