"""Who is said to have told of a breakage, and what the score makes of it."""

import json
from dataclasses import replace

import pytest

from conformance.engine.api.load import load_service
from conformance.prove.breakage import Breakage
from conformance.prove.instead import Answer
from conformance.prove.outcome import Outcome, Unbroken, judge
from conformance.prove.score import Score
from conformance.prove.where import Where
from specs.record.model import Deviation, Result, Source

BROKEN = Breakage(
    "op/normal/202#500", "op/normal/202", "normal", "op", "500", Where("POST", "/x", None), ("op/normal/202[A]",),
    Answer(500),
)  # fmt: skip


def result(case, verdict="pass", observed="202", omission=None):
    requirement = case.partition("[")[0]
    deviation = Deviation.of(requirement, "contradiction", observed) if verdict == "fail" else None
    if omission:
        deviation = Deviation.of(requirement, "omission", omission)
    return Result(case, requirement, "op", verdict, Source("x", 1), "202", observed, deviation=deviation)


UNBROKEN = {r.case: r for r in (result("op/normal/202[A]"), result("op/body/empty"), result("op/error/404"))}


def fate(*results, unbroken=UNBROKEN, related=("op/body/empty",), touched=1):
    return judge(BROKEN, results, Unbroken(unbroken), related, touched)


def test_caught_by_its_own_requirement_before_all_others():
    outcome = fate(result("op/body/empty", "fail", "x"), result("op/normal/202[A]", "fail", "500"))
    assert (outcome.fate, outcome.by, outcome.alarms) == ("caught", ("op/normal/202", "op/body/empty"), ())
    assert outcome.observed == "op/normal/202[A]: 500"


def test_caught_by_one_that_judges_the_same_exchange():
    outcome = fate(result("op/normal/202[A]"), result("op/body/empty", "fail"))
    assert (outcome.fate, outcome.by) == ("caught by another", ("op/body/empty",))


def test_an_untouched_requirement_that_fails_is_a_false_alarm_and_no_catch():
    outcome = fate(result("op/normal/202[A]"), result("op/error/404", "fail", "500"))
    assert (outcome.fate, outcome.alarms) == ("missed", ("op/error/404",))


def test_missed_and_not_reached():
    assert fate(result("op/normal/202[A]")).fate == "missed"
    assert fate(result("op/normal/202[A]"), touched=0).fate == "not reached"
    assert fate(result("op/normal/202[A]", "inconclusive")).fate == "inconclusive"


@pytest.mark.parametrize(
    ("side", "accepted", "expected"),
    [
        ("accepted", False, "void"),
        ("accepted", True, "not reached"),
        ("refused", True, "void"),
        ("refused", False, "not reached"),
        ("accepted", None, "not reached"),
        (None, False, "not reached"),
    ],
)
def test_a_breakage_of_answers_that_the_unbroken_cloud_never_gives_is_void(side, accepted, expected):
    broken = replace(BROKEN, where=replace(BROKEN.where, answered=side))
    tried = replace(result("op/normal/202[A]"), accepted=accepted)
    assert judge(broken, [tried], Unbroken(UNBROKEN), (), 0).fate == expected


def test_what_the_unbroken_cloud_does_not_keep_proves_nothing():
    already = UNBROKEN | {"op/normal/202[A]": result("op/normal/202[A]", "fail", "500")}
    broken = result("op/normal/202[A]", "fail", "500")
    assert fate(broken, unbroken=already).fate == "void"
    outcome = fate(broken, result("op/body/empty", "fail", "x"), unbroken=already)
    assert (outcome.fate, outcome.by) == ("void", ("op/body/empty",)), "another promise that is kept does not prove it"


def test_a_new_omission_tells_and_an_old_one_does_not():
    odd = result("op/normal/202[A]", omission="418")
    assert fate(odd).fate == "caught"
    assert fate(odd, unbroken=UNBROKEN | {odd.case: odd}).fate == "missed"


def test_what_no_client_can_see_has_a_reason():
    unseen = load_service("compute").why_unseen
    console = "servers-action-remote-consoles.os-getVNCConsole/error/403"
    assert "console" in unseen(f"{console}#done-and-refused@reader")
    assert unseen(f"{console}#not-checked@reader") is None
    # The list of a server's actions would show it.
    assert unseen("servers-actions.changePassword/error/403#done-and-refused@reader") is None


OUTCOMES = (
    *(Outcome(f"a#{n}", "a", "normal", "op1", "500", "caught", ("a",), observed="said") for n in range(19)),
    Outcome("b#1", "b", "body", "op2", "drop", "missed", observed="b[x]: pass: 202"),
    Outcome("c#1", "c", "body", "op2", "drop", "void"),
)


def test_the_score_counts_what_is_decided():
    score = Score(OUTCOMES, ("a!contradiction!500",), {"d": "no generator breaks it"}, {"seed": 1})
    assert score.total.decided == 20
    assert score.total.percent == pytest.approx(95.0)
    assert score.enough
    assert [row.name for row in score.by(lambda o: o.kind)] == ["body", "normal"]
    text = score.text()
    assert "95.0" in text
    assert "b#1\n      missed: b[x]: pass: 202" in text
    assert "a!contradiction!500" in text
    plain = json.loads(json.dumps(score.to_json()))
    assert plain["total"]["caught"] == 19
    assert plain["by_operation"][1]["void"] == 1
    assert plain["outcomes"][0]["by"] == ["a"]


@pytest.mark.parametrize(
    "more",
    [
        Outcome("e#1", "e", "body", "op2", "drop", "missed"),
        Outcome("e#1", "e", "body", "op2", "drop", "caught", ("e",), ("f",)),
        Outcome("e#1", "e", "body", "op2", "drop", "error"),
    ],
)
def test_what_is_not_enough(more):
    assert not Score((*OUTCOMES, more)).enough


def test_nothing_tried_is_not_enough():
    assert not Score(()).enough
