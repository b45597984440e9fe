"""The summary for a terminal, as it prints."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from record_builder import exchange, mixed, record, result
from syrupy.assertion import SnapshotAssertion

from reports import text
from reports.compare import compare
from reports.view import view
from specs.record.model import Source


def test_a_mixed_run_as_printed(snapshot: SnapshotAssertion) -> None:
    assert text.summary(mixed()) == snapshot


def test_an_empty_run_as_printed(snapshot: SnapshotAssertion) -> None:
    assert text.summary(record(finished=None, endpoint={}, spec={})) == snapshot


def test_a_thousand_failures_with_one_cause_are_one() -> None:
    said = text.summary(record(*(result(f"a.{at}/normal/202", "fail") for at in range(1000))))
    assert said.count("Requirement ") == 1
    assert "The same in  a.1/normal/202, a.2/normal/202, a.3/normal/202, and 996 more" in said


def test_more_causes_than_fit_are_counted() -> None:
    run = record(*(result(f"a.{at}/normal/202", "fail", observed=f"20{at} came") for at in range(25)))
    said = text.summary(run)
    assert said.count("Requirement ") == text.SHOWN
    assert "... and 5 more: the page of the report shows all" in said


def test_more_reasons_than_fit_are_counted() -> None:
    said = text.summary(record(*(result(f"a.{at}/x", "error", reason="why" + "?" * at) for at in range(11))))
    assert "and 3 other reasons" in said


def test_a_command_that_is_too_long_is_said_to_be() -> None:
    huge = exchange(200, body={"name": "x" * 9_000})
    assert "too long to be shown" in text.summary(record(result("a.b/normal/202", "fail", exchanges=(huge,))))


def test_against_a_baseline() -> None:
    now, before = view(mixed()), view(record(result("servers-actions.pause/error/404", "fail")))
    said = text.of_view(now, compare(now, before))
    assert "Requirement  servers-actions.lock/normal/202: the documented request is answered with 202 [new]\n" in said
    assert "Against the baseline: 5 deviations new, 1 gone, 0 unchanged.\n" in said
    assert "  gone: servers-actions.pause/error/404!contradiction!200\n" in said


@given(st.text(st.characters(exclude_categories=())))
def test_no_control_reaches_the_terminal(hostile: str) -> None:
    one = result(
        f"{hostile}/normal/x",
        "fail",
        operation=hostile,
        observed=hostile,
        expected=hostile,
        reason=hostile,
        role=hostile,
        state=hostile,
        source=Source(hostile, 1),
        exchanges=(exchange(200, hostile, url=hostile),),
    )
    other = result("a.b/x", "error", reason=hostile)
    said = text.summary(record(one, other, endpoint={"url": hostile}, options={"url": hostile}, started=hostile))
    said.encode("utf-8")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028]", said)


def test_what_is_known_of_the_release() -> None:
    lock = "servers-actions.lock/normal/202"
    notes = (
        {"kind": "expected deviations", "text": "1 expected deviation seen, 0 unexpected, 0 vanished"},
        {"kind": "expected", "deviation": f"{lock}!contradiction!200", "why": "So it is.", "source": ["nova/a.py:2"]},
    )
    written = text.summary(record(result(lock, "fail"), notes=notes))
    assert "  Known        So it is. (nova/a.py:2)\n" in written
    assert "Known release: 1 expected deviation seen, 0 unexpected, 0 vanished\n" in written
    assert "nown in" not in written
    assert "Known" not in text.summary(record(result(lock, "fail")))
    news = {"kind": "unexpected", "deviation": f"{lock}!contradiction!200", "case": f"{lock}[PAUSED]"}
    written = text.summary(record(result(lock, "fail"), notes=(*notes, news)))
    assert f"  Not known in {lock}[PAUSED]\n" in written
