"""An absence outside the versions of a field shows nothing where no answer shows the field within them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from widgets import action, plain, row, sample, suite

from conformance.engine.model.case import Case
from conformance.engine.model.evidence import Evidence, broken, holds
from conformance.engine.run.absences import Absences
from conformance.engine.run.causes import Causes

WIDGET = sample({"widget": {"mood": "x"}})
SPIN = action(answers=(row("mood", min="2.5"), row("X-Trace", location="header", min="2.5")), answered=(WIDGET,))
LIST = plain("GET", "/widgets", answers=(row("mood", min="2.5"),), answered=(sample({"widgets": [{"mood": "x"}]}),))
SUITE = suite(SPIN, LIST)
MOOD, TRACE = "widgets.spin/microversion/mood/min-2.5", "widgets.spin/microversion/X-Trace/min-2.5"


def case(name: str) -> Case:
    return next(one for one in SUITE.cases if one.id == name)


def answered(to: Case, body: Any = None, status: int = 202, **headers: str) -> Evidence:
    return Evidence(to.trial, status=status, body=body, headers=headers)


SHOWN = {"widget": {"mood": "calm"}}


@pytest.mark.parametrize(
    ("evidence", "counts"),
    [
        (answered(case(f"{MOOD}[2.5]"), SHOWN), True),
        (answered(case(f"{MOOD}[2.5]"), {"widget": {"mood": None}}), True),
        (answered(case(f"{MOOD}[2.5]"), {"widget": {}}), False),
        (answered(case(f"{MOOD}[2.5]"), SHOWN, status=400), False),
        (answered(case("widgets.get-widgets/microversion/mood/min-2.5[2.5]"), {"widgets": [{"mood": "x"}]}), False),
    ],
)
def test_an_absence_counts_beside_an_accepted_request_of_the_operation_whose_answer_shows_the_field(evidence, counts):
    known, outside = Absences(SUITE.cases), case(f"{MOOD}[2.4]")
    assert "no answer shows mood" in str(known.missing(outside, holds("absent")))
    known.note(evidence)
    assert (known.missing(outside, holds("absent")) is None) is counts


def test_a_header_is_looked_for_among_the_headers():
    known, outside = Absences(SUITE.cases), case(f"{TRACE}[2.4]")
    known.note(answered(case(f"{TRACE}[2.5]"), SHOWN))
    assert "no answer shows X-Trace" in str(known.missing(outside, holds("absent")))
    known.note(answered(case(f"{TRACE}[2.5]"), **{"x-trace": "7"}))
    assert known.missing(outside, holds("absent")) is None


def test_what_is_present_is_broken_whatever_other_answers_show():
    known = Absences(SUITE.cases)
    assert known.missing(case(f"{MOOD}[2.4]"), broken("present", "so")) is None
    assert known.missing(case(f"{MOOD}[2.5]"), holds("string")) is None


def test_the_request_within_the_versions_is_sent_once_where_the_run_has_not_sent_it():
    causes, asked = Causes(*stand_ins()), []

    def made(job: Any, _: Any) -> Evidence:
        asked.append(job.trial)
        return Evidence(job.trial, status=202, body={"widget": {}})

    causes._made = made  # type: ignore[method-assign]  # a stand-in
    outside = case(f"{MOOD}[2.4]")
    for _ in range(2):
        causes.seek(outside, answered(outside), holds("absent"), SimpleNamespace())  # type: ignore[arg-type]  # a stand-in
    assert asked == [case(f"{MOOD}[2.5]").trial]
    why = causes.missing(outside, answered(outside), holds("absent"))
    assert why is not None
    assert causes.undecided(outside, holds("absent"), why).verdict == "inapplicable"


def test_nothing_is_sent_for_a_part_that_the_cloud_lacks_or_again():
    outside, within = case(f"{MOOD}[2.4]"), case(f"{MOOD}[2.5]")
    known = Absences(SUITE.cases)
    known.note(answered(within, {"widget": {}}))
    assert list(known.wanted(outside, frozenset())) == []
    assert list(known.wanted(within, frozenset())) == []


def stand_ins() -> tuple[Any, Any, Any]:
    stopping = SimpleNamespace(is_set=lambda: False)
    return SimpleNamespace(producers=None, stopping=stopping, lacking=frozenset()), SUITE, SimpleNamespace()
