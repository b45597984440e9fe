"""Response codes: operations without codes, codes missing from a list, and malformed lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from parsers.lint.findings import CERTAIN, TASTE, Place, Rule
from parsers.prose.code_lists import codes_alone, is_label, read_code_lists

if TYPE_CHECKING:
    from parsers.document import Block
    from parsers.lint.view import Subject, View

_CODE = r"(?<![\d.])[1-5]\d\d(?![\d.]*\d)"
_NO_COMMA = re.compile(
    rf"{_CODE}(?:\)\s*|\s+)(?!(?:and|or|to|if|in|for|when)\b)(?P<next>[A-Za-z]*\s*\(?{_CODE}\)?)", re.IGNORECASE
)
_NOTE = re.compile(r"\([^()]*\)")
_MISTAKE = re.compile(
    r"\bbug\b|\berroneous|\bincorrect|\bmistaken|\bused\s+to\b|\bhistorically\b|\bprior\s+to\s+the\s+fix\b|"
    r"\bpreviously\b|\bshould\s+not\b",
    re.IGNORECASE,
)
_NAMES = {
    "ok": 200, "created": 201, "accepted": 202, "nocontent": 204, "multistatus": 207, "multiplechoices": 300,
    "badrequest": 400, "unauthorized": 401, "unauthorised": 401, "forbidden": 403, "itemnotfound": 404,
    "notfound": 404, "badmethod": 405, "methodnotallowed": 405, "notacceptable": 406, "conflict": 409,
    "conflictingrequest": 409, "gone": 410, "preconditionfailed": 412, "badmediatype": 415,
    "unsupportedmediatype": 415, "internalservererror": 500, "notimplemented": 501, "badgateway": 502,
    "serviceunavailable": 503,
}  # fmt: skip
"""Name of a status code, in lower case and without spaces -> the code."""


def _lists(subject: Subject) -> Iterator[Block]:
    for block in subject.source.blocks:
        if block.kind == "codes":
            yield block


def _not_understood(subject: Subject) -> int | None:
    """Return the line of a probable list of codes that was not understood, or None.

    That is a label without codes, a text of codes alone without a label, a table of codes, or a title for codes.
    """
    blocks = subject.source.blocks
    found = read_code_lists(tuple(blocks))
    for index, block in enumerate(blocks):
        if index in found.unread or (index not in found.read and is_label(block.text)):
            return block.line
        cells = block.text.replace(" | ", "\n").split("\n") if block.kind == "table" else [block.text]
        if index not in found.read and block.kind != "literal" and any(map(codes_alone, cells)):
            return block.line
        if index not in found.read and is_label(block.heading):
            return block.line
    return None


def _not_read(view: View) -> Iterator[Place]:
    for subject, line in _without(view):
        if line is not None:
            yield Place(
                subject.path,
                view.line(subject.path, line),
                f"the response codes of {subject.source.title!r} were not understood; write `Normal response codes:` "
                "and the codes after it",
            )


def _without(view: View) -> Iterator[tuple[Subject, int | None]]:
    """Yield operations without a known success code, each with the line of codes that were not understood."""
    for subject in view.subjects:
        if "rest_status_code" not in subject.lost and not any(c.listed for c in subject.operation.responses.normal):
            yield subject, _not_understood(subject)


def _none(view: View) -> Iterator[Place]:
    for subject, line in _without(view):
        if line is None:
            nothing = not any(code.listed for code in subject.operation.responses.error)
            yield Place(
                subject.path,
                subject.operation.line,
                f"{subject.source.title!r} lists no {'response codes' if nothing else 'success code'}; write "
                "`Normal response codes:` and the codes",
            )


def _no_errors(view: View) -> Iterator[Place]:
    for subject in view.subjects:
        responses = subject.operation.responses
        if "rest_status_code" in subject.lost or _not_understood(subject) is not None:
            continue
        if any(code.listed for code in responses.normal) and not any(code.listed for code in responses.error):
            yield Place(
                subject.path,
                subject.operation.line,
                f"{subject.source.title!r} lists no error code; write `Error response codes:` and the codes",
            )


_DISCOVERY = re.compile(r"/?(?:v\d[\w.]*|\{(?:api_)?version\}|versions?)?/?", re.IGNORECASE)
_OPEN = re.compile(
    r"\b(?:not|no|without|un)[\s-]*(?:\w+\s+){0,3}(?:authenticat|token|credential)|\bunauthenticated\b", re.IGNORECASE
)


def _without_401(view: View) -> Iterator[Subject]:
    """Yield operations that list errors without 401, except version documents and operations that need no token."""
    for subject in view.subjects:
        if not _errors(subject) or 401 in _errors(subject) or "rest_status_code" in subject.lost:
            continue
        if _not_understood(subject) is not None or _DISCOVERY.fullmatch(subject.source.path):
            continue
        if not any(_OPEN.search(block.text) for block in subject.source.blocks):
            yield subject


def _errors(subject: Subject) -> frozenset[int]:
    return frozenset(code.code for code in subject.operation.responses.error if code.listed)


def _unauthorized(view: View) -> Iterator[Place]:
    """Report a missing 401 only if other operations of the reference list 401."""
    if not any(401 in _errors(subject) for subject in view.subjects):
        return
    for subject in _without_401(view):
        yield Place(
            subject.path,
            subject.operation.line,
            f"{subject.source.title!r} lists error codes, but not 401 for a request without a valid token, unlike "
            "other operations; add unauthorized(401), or say that the operation needs no token",
            subject.path,
        )


def _never_unauthorized(view: View) -> Iterator[Place]:
    if not view.whole or any(401 in _errors(subject) for subject in view.subjects):
        return
    for subject in _without_401(view):
        yield Place(
            subject.path,
            subject.operation.line,
            "no operation of this reference lists 401 for a request without a valid token; add unauthorized(401) to "
            "the operations that need one",
            "401",
        )


def _unlisted(view: View) -> Iterator[Place]:
    """Find codes that a sentence promises and the list lacks, except codes that a sentence calls a mistake."""
    for subject in view.subjects:
        if "rest_status_code" in subject.lost or _not_understood(subject) is not None:
            continue
        responses = subject.operation.responses
        if not any(code.listed for code in (*responses.normal, *responses.error)):
            continue
        texts: dict[int, list[str]] = {}
        for block in subject.source.blocks:
            texts.setdefault(view.line(subject.path, block.line), []).append(block.text)
        for code in (*responses.normal, *responses.error):
            if code.listed or any(_MISTAKE.search(text) for text in texts.get(code.line, ())):
                continue
            which = "normal" if code.code < 400 else "error"
            yield Place(
                subject.path,
                code.line,
                f"the text mentions the response code {code.code}, but the list does not; add {code.code} to the "
                f"{which} response codes, or correct the text",
            )


def _without_note(found: re.Match[str]) -> str:
    """Return a parenthesis as it is, or only its line ends if it contains words."""
    return found[0] if len(found[0].split()) < 2 else "," + "\n" * found[0].count("\n")


def _commas(view: View) -> Iterator[Place]:
    for subject in view.subjects:
        for block in _lists(subject):
            # A parenthesis after a code explains the code, and may contain words and other numbers.
            text = _NOTE.sub(_without_note, re.sub(r"[ \t]+", " ", block.text))
            for found in _NO_COMMA.finditer(text):
                yield Place(
                    subject.path,
                    view.line(subject.path, block.line + text.count("\n", 0, found.start("next"))),
                    f"a comma is missing before {' '.join(found['next'].split())}; separate the codes with commas",
                )


def _parentheses(view: View) -> Iterator[Place]:
    for subject in view.subjects:
        for block in _lists(subject):
            if block.text.count("(") != block.text.count(")"):
                yield Place(
                    subject.path,
                    view.line(subject.path, block.line),
                    "this list of codes has an unbalanced parenthesis; write `name(code)`",
                )


def _named(view: View) -> Iterator[Place]:
    for subject in view.subjects:
        responses = subject.operation.responses
        for code in chain(responses.normal, responses.error):
            number = _NAMES.get(re.sub(r"[^a-z]", "", (code.name or "").lower()))
            if code.listed and number is not None and number != code.code:
                yield Place(
                    subject.path,
                    code.line,
                    f"{code.name} is the name of {number}, not of {code.code}; write {code.name}({number}), "
                    f"or the name of {code.code}",
                )


_LABEL = re.compile(r"\bcodes?\W*:", re.IGNORECASE)
_TALK = re.compile(r"\b[a-z]+\s+[a-z]+\s+[a-z]+\b")


def _explained(view: View, subject: Subject) -> frozenset[int]:
    """Return the lines of lists with sentences or another list in them, and of rows that give their own reason."""
    blocks = [
        block.line for block in _lists(subject) if _TALK.search(block.text) or len(_LABEL.findall(block.text)) > 1
    ]
    rows = [status.line for status in subject.source.statuses if status.own_reason]
    return frozenset(view.line(subject.path, line) for line in (*blocks, *rows))


def _misplaced(view: View) -> Iterator[Place]:
    for subject in view.subjects:
        responses = subject.operation.responses
        explained = _explained(view, subject)
        for code in responses.normal:
            if code.listed and code.code >= 400 and code.line not in explained:
                yield Place(
                    subject.path, code.line, f"{code.code} is an error code, but listed as a success code; move it"
                )
        for code in responses.error:
            if code.listed and code.code < 300 and code.line not in explained:
                yield Place(
                    subject.path, code.line, f"{code.code} is a success code, but listed as an error code; move it"
                )


def _twice(view: View) -> Iterator[Place]:
    """Find a code that one paragraph or table lists twice without any distinction."""
    for subject in view.subjects:
        responses = subject.operation.responses
        explained = _explained(view, subject)
        for codes in (responses.normal, responses.error):
            seen = set()
            for code in codes:
                key = (code.code, code.line, code.min, code.max, code.name)
                if code.listed and key in seen and code.line not in explained:
                    yield Place(subject.path, code.line, f"{code.code} is listed twice; remove one")
                seen.add(key)
        rows: dict[tuple[str, int, str], int] = {}
        for status in subject.source.statuses:
            same, line = (status.kind, status.code, status.reason), view.line(subject.path, status.line)
            if same in rows and view.together(subject.path, rows[same], line):
                yield Place(subject.path, line, f"{status.code} is listed twice with the same reason; remove one")
            rows[same] = line


RULES = (
    Rule("no-codes", CERTAIN, "An operation lists no success code.", _none),
    Rule("codes-not-read", CERTAIN, "Response codes were not understood.", _not_read),
    Rule("unlisted-401", CERTAIN, "An operation lists error codes, but not 401 as others do.", _unauthorized),
    Rule("unlisted-code", CERTAIN, "The text promises a code that is not in the list.", _unlisted),
    Rule("missing-comma", CERTAIN, "The comma between two codes is missing.", _commas),
    Rule("unbalanced-codes", CERTAIN, "A list of codes has an unbalanced parenthesis.", _parentheses),
    Rule("code-name", CERTAIN, "A code has the name of another code.", _named),
    Rule("misplaced-code", CERTAIN, "An error code is listed as a success code, or the other way round.", _misplaced),
    Rule("duplicate-code", CERTAIN, "A list names a code twice.", _twice),
    Rule("no-401", TASTE, "No operation of the reference lists 401.", _never_unauthorized),
    Rule("no-error-codes", TASTE, "An operation lists no error code.", _no_errors),
)
