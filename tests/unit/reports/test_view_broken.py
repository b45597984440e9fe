"""A report groups broken promises by cause, counts waivers, sums up in a headline, and compares runs."""

from __future__ import annotations

from typing import Any

import pytest
from record_builder import info, omission, record, result

from reports import words
from reports.compare import compare
from reports.runs import deviating, differing
from reports.view import view
from specs.record.model import Deviation, ServicePart, Source


def test_deviations_with_one_identity_are_one_and_with_one_cause_stand_together() -> None:
    told = view(
        record(
            *(omission(f"a.{at}/error/404", "400", detail=f"{case}") for at in range(5) for case in range(2)),
            result("a.1/normal/202", "fail", observed="200"),
            result("a.2/normal/202", "fail", observed="200"),
            result("a.3/normal/202", "fail", observed="500"),
        )
    )
    (left_out,) = told.omissions
    assert (len(left_out.findings), left_out.operations, left_out.cases) == (5, 5, 10)
    assert [len(cause.findings) for cause in told.contradictions] == [2, 1]
    assert left_out.first.cases == ["a.0/error/404[0]", "a.0/error/404[1]"]


def test_a_failure_without_a_deviation_is_a_contradiction() -> None:
    told = view(record(result("a.b/normal/202", "fail", deviation=None)))
    assert told.findings[0].id == "a.b/normal/202!contradiction!200"


def test_further_omissions_count_too() -> None:
    more = Deviation.of("a.b/body", "omission", "field x")
    told = view(record(omission("a.b/body", "206", omissions=(more,))))
    assert [finding.deviation.observed for finding in told.findings] == ["206", "field x"]
    assert told.tally.omissions == 1


def test_a_waiver_must_cover_every_case() -> None:
    waived = result("a.b/normal/202", "fail", detail="1", waiver={"reason": "so"})
    bare = result("a.b/normal/202", "fail", detail="2")
    assert len(view(record(waived)).waived) == 1
    assert view(record(waived, bare)).waived == ()
    assert view(record(waived)).waived_requirements == 1
    assert view(record(waived)).exit_status == 0
    assert view(record(waived, bare)).exit_status == 1


@pytest.mark.parametrize(
    ("head", "results", "status"),
    [
        ({"exit_status": 130}, [result()], 130),
        ({"finished": None}, [result()], None),
        ({}, [], 2),
        ({}, [result()], 0),
        ({"options": {"fail_on_omission": True}}, [omission("a.b/normal/202", "203")], 1),
        ({"options": {"allow-undecided": 100}}, [result(), result("a.b/error/404", "error")], 0),
        ({"options": {"allow-undecided": 100}}, [result(verdict="error")], 3),
        ({"totals": {"accepted": 0}}, [result()], 3),
        ({}, [result(verdict="inapplicable")], 3),
        ({"options": {"allow-undecided": "many"}}, [result(verdict="error")], 3),
    ],
)
def test_the_exit_status(head: dict[str, Any], results: list[Any], status: int | None) -> None:
    assert view(record(*results, **head)).exit_status == status


def test_a_comparison_tells_gone_from_untried() -> None:
    before = view(
        record(
            result("a.b/normal/202", "fail"),
            result("a.c/normal/202", "fail"),
            result("a.d/normal/202", "fail"),
            result("a.e/normal/202", "fail"),
        )
    )
    now = view(
        record(
            result("a.b/normal/202", "fail"),
            result("a.c/normal/202"),
            result("a.d/normal/202", "inconclusive"),
            result("a.f/normal/202", "fail"),
        )
    )
    comparison = compare(now, before)
    assert comparison.new == ("a.f/normal/202!contradiction!200",)
    assert comparison.unchanged == ("a.b/normal/202!contradiction!200",)
    assert comparison.gone == ("a.c/normal/202!contradiction!200",)
    assert comparison.untried == ("a.d/normal/202!contradiction!200", "a.e/normal/202!contradiction!200")
    assert comparison.sentence == "1 deviation new, 1 gone, 1 unchanged, 2 not tried this time."


def test_runs_side_by_side() -> None:
    one = view(record(result("a.b/normal/202"), result("a.c/normal/202", "fail")))
    two = view(record(result("a.b/normal/202"), result("a.c/normal/202"), result("a.d/normal/202")))
    assert [(row.name, row.verdicts) for row in differing([one, two])] == [
        ("a.c/normal/202", ("fail", "pass")),
        ("a.d/normal/202", (None, "pass")),
    ]
    assert [row.verdicts for row in deviating([one, two])] == [("fail", None)]


@pytest.mark.parametrize(
    ("requirements", "waived", "sentence"),
    [
        ({}, 0, "No promise was tried."),
        ({"pass": 1}, 0, "No promise is broken; 1 holds."),
        ({"fail": 3, "inconclusive": 10, "error": 2, "pass": 1204}, 0,
         "3 promises are broken; 12 could not be decided; 1,204 hold."),
        ({"fail": 1, "pass": 2}, 0, "1 promise is broken; 2 hold."),
        ({"fail": 2, "pass": 2}, 2, "No promise is broken; 2 are waived; 2 hold."),
        ({"error": 1}, 0, "No promise is broken; 1 could not be decided; 0 hold."),
    ],
)  # fmt: skip
def test_the_headline(requirements: dict[Any, int], waived: int, sentence: str) -> None:
    assert words.headline(requirements, waived) == sentence


@pytest.mark.parametrize(
    ("broken", "causes", "known", "said"),
    [
        (9, 2, 9, "2 findings, by which 9 promises are broken, all of them known deviations of this release; 1 holds."),
        (9, None, 7, "9 promises are broken, 7 of them known deviations of this release; 1 holds."),
        (9, None, 1, "9 promises are broken, 1 of them a known deviation of this release; 1 holds."),
        (9, None, 0, "9 promises are broken, none of them a known deviation of this release; 1 holds."),
        (1, None, 1, "1 promise is broken, a known deviation of this release; 1 holds."),
        (1, None, 0, "1 promise is broken, which is no known deviation of this release; 1 holds."),
        (9, None, None, "9 promises are broken; 1 holds."),
        (0, None, 0, "No promise is broken; 1 holds."),
    ],
)
def test_the_headline_tells_what_is_known_of_the_release(
    broken: int, causes: int | None, known: int | None, said: str
) -> None:
    assert words.headline({"fail": broken, "pass": 1}, causes=causes, known=known) == said


LOCK, PAUSE = "servers-actions.lock/normal/202", "servers-actions.pause/normal/202"
COMPARED = {"kind": "expected deviations", "text": "seen"}
SEEN = {"kind": "expected", "deviation": f"{LOCK}!contradiction!200", "why": "So it is."}
BEYOND = {"kind": "unexpected", "deviation": f"{LOCK}!contradiction!200", "case": f"{LOCK}[PAUSED]"}


@pytest.mark.parametrize(
    ("notes", "known"),
    [((), None), ((COMPARED,), 0), ((COMPARED, SEEN), 1), ((COMPARED, SEEN, BEYOND), 0)],
)
def test_a_promise_is_broken_as_known_if_each_of_its_contradictions_is(notes: Any, known: int | None) -> None:
    told = view(record(result(LOCK, "fail"), result(PAUSE, "fail"), notes=notes))
    assert told.known_breaks == known
    twice = view(
        record(result(LOCK, "fail"), result(LOCK, "fail", case=f"{LOCK}[PAUSED]", observed="201"), notes=notes)
    )
    assert twice.known_breaks == (known if known is None else 0)


def test_services_without_a_list_of_their_release_have_no_known_breaks() -> None:
    parts = (ServicePart("compute"), ServicePart("image"))
    results = (result(LOCK, "fail", service="compute"), result(LOCK, "fail", service="image"))
    listed = tuple({**note, "service": "compute"} for note in (COMPARED, SEEN))
    assert view(record(*results, services=parts)).known_breaks is None
    told = view(record(*results, services=parts, notes=listed))
    assert told.known_breaks == 1
    assert told.headline.startswith("2 promises are broken, 1 of them a known deviation of this release;")


def test_words() -> None:
    assert words.visible("a\x1b[31m\u202eb\x00\tc\nd") == "a\\x1b[31m\\u202eb\\x00\tc\nd"
    assert words.visible("\ud800\U000e0041") == "\\ud800\\U000e0041"
    assert words.one_line("a\n b\t c") == "a b c"
    assert [words.plural(noun) for noun in ("widget", "policy", "key", "box", "address")] == [
        "widgets", "policies", "keys", "boxes", "addresses",
    ]  # fmt: skip
    assert words.one_line("x" * 500, 10) == "x" * 9 + "…"
    assert [words.duration(value) for value in (0.31, 41.6, 312, 7500)] == ["0.3 s", "42 s", "5 min 12 s", "2 h 5 min"]
    assert words.when("2026-03-01T12:00:05.1Z") == "2026-03-01 12:00:05 UTC"
    assert words.when("yesterday") == "yesterday"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.exit_meaning(None, finished=False) == "The run has not ended, or was killed."
    assert words.exit_meaning(77) == "Exit status 77: an unknown status."
    assert words.lasted(info(totals={"seconds": 61})) == "1 min 1 s"
    assert words.lasted(info(finished=None)) is None


def _null(name: str, line: int, operation: str = "a.show", kind: str = "integer") -> Any:
    return result(
        f"{operation}/body/{name}",
        "fail",
        expected=f"{name}: {kind}",
        observed="null",
        source=Source("api-ref/parameters.yaml", line),
    )


def test_an_entry_of_a_parameter_file_is_one_finding_wherever_it_is_used() -> None:
    told = view(
        record(
            result("a.x/body/name", "fail", expected="x.name: string", observed="object", source=Source("p.yaml", 5)),
            result(
                "a.y/microversion/name/min-2.4", "fail", expected="name", observed="object", source=Source("p.yaml", 5)
            ),
            result("a.z/body/name", "fail", expected="z.name: string", observed="object", source=Source("p.yaml", 9)),
        )
    )
    assert [len(cause.findings) for cause in told.contradictions] == [2, 1]
    assert told.causes == 2


def test_all_numbers_of_an_answer_that_are_null_are_one_finding() -> None:
    told = view(record(*(_null(f"n{at}", at + 1) for at in range(12)), _null("host", 40, kind="string")))
    assert [len(cause.findings) for cause in told.contradictions] == [12, 1]
    assert words.findings(told.causes, 13) == "2 findings (13 deviations)"
    assert words.headline(told.requirements, causes=told.causes).startswith(
        "2 findings, by which 13 promises are broken"
    )


def test_the_codes_of_one_line_are_several_findings() -> None:
    here = Source("boats.inc", 7)
    told = view(
        record(
            result("a.x/error/404", "fail", expected="404", observed="200", source=here),
            result("a.x/error/409", "fail", expected="409", observed="200", source=here),
        )
    )
    assert told.causes == 2


def test_a_finding_that_two_causes_share_joins_them() -> None:
    told = view(record(_null("a", 1, "a.show"), _null("b", 2, "a.list"), _null("b", 2, "a.show")))
    assert [len(cause.findings) for cause in told.contradictions] == [3]


def test_a_cause_that_a_person_has_found_counts_before_any_guess() -> None:
    def note(operation: str, why: str) -> dict[str, object]:
        return {"kind": "expected", "deviation": f"{operation}/error/400!contradiction!200", "why": why}

    def accepted(operation: str) -> Any:
        return result(f"{operation}/error/400", "fail", expected="400 or another listed 4xx", observed="200")

    names = ("a.x", "a.y", "a.z", "b.x", "b.y")
    notes = (
        note("a.x", "The name may be missing."),
        note("a.y", "No format is checked."),
        note("a.z", "No format is checked."),
    )
    told = view(record(*map(accepted, names), notes=notes))
    found = [[one.example.operation for one in cause.findings] for cause in told.contradictions]
    assert found == [["a.y", "a.z"], ["b.x", "b.y"], ["a.x"]], "those that nobody has examined are grouped by values"
