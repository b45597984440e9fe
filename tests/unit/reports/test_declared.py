"""A report says which sentences are read as the user declares."""

from __future__ import annotations

from record_builder import PATH, info, record, result

from conformance.plugin.failure import failure_lines
from reports import html, text, words
from reports.view import view
from specs.record.model import Source

PLACE = Source(PATH, 409, declared=True)
FAILED = result(verdict="fail", source=PLACE)


def test_the_place_of_a_declared_sentence() -> None:
    assert words.place(PLACE) == f"{PATH}:409 (declared)"
    assert words.place(Source(PATH, 409)) == f"{PATH}:409"


def test_a_failure_in_the_terminal() -> None:
    assert f"{PATH}:409 (declared)" in "\n".join(failure_lines(FAILED, info()))
    assert f"{PATH}:409 (declared)" in text.summary(record(FAILED))
    assert "(declared)" not in text.summary(record(result(verdict="fail")))


def test_the_page() -> None:
    assert ":409 (declared)" in html.page(view(record(FAILED)))
    assert "(declared)" not in html.page(view(record(result(verdict="fail"))))


def test_a_promise_without_a_case() -> None:
    note = {
        "kind": "untested",
        "requirement": "servers-actions.lock/refusal/used",
        "reason": "not-derivable",
        "source": PLACE.plain,
    }
    found = view(record(result(), notes=(note,)))
    assert [one.source for operation in found.operations for one in operation.untested.values()] == [PLACE]
