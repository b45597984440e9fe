"""A value that a new thing has anyway shows nothing when it comes back."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from widgets import KNOWLEDGE, ids, plain, row, sample, suite

from conformance.engine.api.producers import Producers
from conformance.engine.judge.equality import ComesBack
from conformance.engine.model.case import Case
from conformance.engine.model.evidence import Evidence, holds
from conformance.engine.run.causes import Causes
from conformance.engine.run.usual import Usual, _names

ROWS = (row("gear", "object", required=True), row("name", required=True), row("hue"))
ANSWER = sample({"gear": {"id": "g", "name": "n", "hue": "red"}})
SHOWN = {"answers": (row("id", required=True), row("name"), row("hue")), "answered": (ANSWER,), "normal": (201,)}
MAKE = plain("POST", "/gears", *ROWS, samples=(sample({"gear": {"name": "n", "hue": "red"}}),), **SHOWN)
SHOW = plain("GET", "/gears/{gear_id}", **{**SHOWN, "normal": (200,)})
SUITE = suite(MAKE, SHOW)


def equality(name: str = "hue", end: str = "") -> Case:
    return next(c for c in SUITE.cases if c.id == f"widgets.post-gears/equality/{name}{end}")


def usual(found: Any = SUITE) -> Usual:
    return Usual(found.cases, having(MAKE, SHOW))


def having(*operations: Any) -> Any:
    return SimpleNamespace(producers=Producers(operations))


def seeking() -> Any:
    """The objects that a search for further answers needs."""
    return SimpleNamespace(
        producers=Producers((MAKE, SHOW)),
        stopping=SimpleNamespace(is_set=lambda: False),
        service=KNOWLEDGE,
        environment=None,
        lacking=frozenset(),
    )


def answered(case: Case, sent: dict[str, Any], shown: Any, status: int = 201) -> Evidence:
    assert isinstance(case.expectation, ComesBack)
    found = {} if case.expectation.probe is None else {case.expectation.probe: shown}
    body = shown if case.expectation.probe is None else None
    return Evidence(case.trial, status=status, sent={"gear": sent}, body=body, found=found)


RED = {"gear": {"name": "n", "hue": "red"}}
GIVEN = {"name": "n", "hue": "red"}


@pytest.mark.parametrize("end", ["", "/show"])
@pytest.mark.parametrize(
    ("sent", "shown", "counts"),
    [
        ({"name": "m"}, RED, False),
        ({"name": "m"}, {"gear": {"name": "m", "hue": "blue"}}, True),
        ({"name": "m"}, {"gear": {"name": "m"}}, True),
    ],
)
def test_a_value_counts_where_a_thing_made_without_it_has_another(sent, shown, counts, end):
    case, known = equality(end=end), usual()
    passed = answered(case, GIVEN, RED)
    assert "no accepted request without hue was seen" in str(known.missing(case, passed, holds("the same")))
    known.note(answered(case, sent, shown))
    why = known.missing(case, passed, holds("the same"))
    assert (why is None) is counts
    assert counts or "the same is shown" in str(why)


@pytest.mark.parametrize(
    "more", [{"sent": GIVEN}, {"sent": {"of": [{"hue": "red"}]}}, {"status": 400}, {"shown": None}]
)
def test_only_an_accepted_request_without_the_field_whose_answer_shows_the_thing_tells_it(more):
    case, known = equality(), usual()
    known.note(answered(case, **{"sent": {"name": "m"}, "shown": RED, **more}))
    assert "no accepted request" in str(known.missing(case, answered(case, GIVEN, RED), holds("the same")))


def test_a_request_with_a_field_that_this_one_has_not_may_have_the_value_by_that_field():
    case, known = equality(), usual()
    known.note(answered(case, {"name": "m", "paint": "red"}, RED))
    assert "no accepted request" in str(known.missing(case, answered(case, GIVEN, RED), holds("the same")))
    known.note(answered(case, {"name": "m"}, {"gear": {"name": "m", "hue": "blue"}}))
    assert known.missing(case, answered(case, GIVEN, RED), holds("the same")) is None


def test_a_body_of_one_field_gives_this_field():
    assert _names({"name": "n"}) == {"name"}
    assert _names({"gear": {"name": "n"}}) == {"name"} == _names({"gears": [{"name": "n"}]})


def test_a_field_that_every_request_gives_is_compared_with_nothing():
    case = equality("name")
    assert usual().without(case) is None
    assert usual().missing(case, answered(case, GIVEN, RED), holds("the same")) is None


def test_a_request_that_makes_several_is_compared_with_the_one_that_makes_one():
    answer = sample({"gears": [{"id": "g", "name": "n", "hue": "red"}]})
    asked = (sample({"gears": [{"name": "n", "hue": "red"}]}),)
    rows = (row("gears", "array", required=True), *ROWS[1:])
    several = plain("POST", "/gears", *rows, samples=asked, name="bulk", **{**SHOWN, "answered": (answer,)})
    found = suite(MAKE, SHOW, several)
    case = next(c for c in found.cases if c.id == "widgets.bulk/equality/hue")
    known = Usual(found.cases, having(MAKE, SHOW, several))
    known.note(answered(equality(), {"name": "m"}, RED))
    passed = Evidence(case.trial, status=201, sent={"gears": [GIVEN]}, body={"gears": [{"id": "g", **GIVEN}]})
    assert "the same is shown" in str(known.missing(case, passed, holds("the same")))


def test_a_request_without_the_field_is_sent_once_where_none_was():
    case, asked = equality(end="/show"), []
    context = seeking()
    locks = SimpleNamespace(taken=lambda *_: SimpleNamespace(__enter__=None))
    causes = Causes(context, SUITE, locks)  # type: ignore[arg-type]  # stand-ins

    def made(job: Any, _: Any) -> Evidence:
        asked.append(job)
        given = job.trial.request.body["gear"]
        status = 400 if "hue" in given else 201
        return answered(replace(case, trial=job.trial), {**given, "name": "m"}, RED, status)

    causes._made = made  # type: ignore[method-assign]  # a stand-in
    passed = answered(case, GIVEN, RED), holds("the same")
    for _ in range(2):
        assert causes.seek(case, *passed, SimpleNamespace()) == passed  # type: ignore[arg-type]  # a stand-in
    plain_one, other = asked
    assert "hue" not in plain_one.trial.request.body["gear"]
    assert other.trial.request.body["gear"]["hue"] == "red2"
    assert plain_one.probes == case.expectation.probes == other.probes
    why = causes.missing(case, answered(case, GIVEN, RED), holds("the same"))
    assert why is not None
    assert causes.undecided(case, holds("the same"), why).verdict == "inapplicable"


@pytest.mark.parametrize(
    ("shown", "verdict"), [("as it was sent", "pass"), ("usual", "pass and unproved"), ("refused", "pass and unproved")]
)
def test_where_the_same_is_shown_without_the_field_another_value_decides(shown: str, verdict: str):
    """A text that does not come back may name something: it breaks nothing."""
    case = equality()
    context = seeking()
    causes = Causes(context, SUITE, SimpleNamespace())  # type: ignore[arg-type]  # stand-ins

    def made(job: Any, _: Any) -> Evidence:
        given = job.trial.request.body["gear"]
        hue = given.get("hue", "red") if shown == "as it was sent" else "red"
        status = 400 if shown == "refused" and "hue" in given else 201
        return answered(replace(case, trial=job.trial), {**given, "name": "m"}, {"gear": {"hue": hue}}, status)

    causes._made = made  # type: ignore[method-assign]  # a stand-in
    evidence, judgement = causes.seek(case, answered(case, GIVEN, RED), holds("the same"), SimpleNamespace())  # type: ignore[arg-type]  # a stand-in
    why = causes.missing(case, evidence, judgement)
    assert judgement.verdict + (" and unproved" if why else "") == verdict


def test_a_whole_thing_is_compared_with_others_and_not_with_itself():
    case = replace(equality(), expectation=ComesBack("gear", ("gear",), ("gear",), False))
    known = Usual((case,), having(MAKE, SHOW))
    passed = Evidence(case.trial, status=201, sent={"gear": {"name": "n"}}, body={"gear": {"id": "g", "name": "n"}})
    known.note(passed)
    assert known.missing(case, passed, holds("the same")) is None
    known.note(replace(passed, sent={"gear": {}}, body={"gear": {"id": "h", "name": "n"}}))
    assert "the same is shown" in str(known.missing(case, passed, holds("the same")))


def test_the_suite_of_these_tests_compares_both_answers():
    assert ids(SUITE, "equality/hue") == ["post-gears/equality/hue", "post-gears/equality/hue/show"]
