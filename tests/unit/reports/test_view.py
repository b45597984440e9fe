"""What a report shows is counted and grouped as the record says."""

from __future__ import annotations

from typing import Any

import pytest
from record_builder import exchange, info, mixed, omission, record, result

from reports import words
from reports.compare import compare
from reports.requirements import parts_of, short
from reports.runs import deviating, differing
from reports.view import View, notes_by_kind, view
from specs.record.model import Deviation, ServicePart, Source


@pytest.fixture(scope="module")
def seen() -> View:
    return view(mixed())


def test_totals(seen: View) -> None:
    assert seen.requirements == {"fail": 3, "error": 1, "inconclusive": 1, "pass": 6, "inapplicable": 1}
    assert seen.tally.cases.total() == 19
    assert words.headline(seen.requirements, seen.waived_requirements) == (
        "2 promises are broken; 1 is waived; 2 could not be decided; 6 hold."
    )


def test_columns_stand_in_the_order_of_the_kinds(seen: View) -> None:
    assert seen.columns == (
        "normal", "error/400", "error/401", "error/403", "error/404", "error/409", "error", "precondition",
        "postcondition",
    )  # fmt: skip


def test_pairs_are_decided_by_a_pass_or_a_failure_only(seen: View) -> None:
    lock = next(item for item in seen.operations if item.id == "servers-actions.lock")
    assert lock.codes == {"401": True, "403": False, "404": True, "409": False}
    assert seen.pairs == (5, 9)
    assert seen.pairs_by_code["404"] == (3, 3)


def test_a_requirement_has_the_weightiest_verdict_of_its_cases(seen: View) -> None:
    lock = next(item for item in seen.operations if item.id == "servers-actions.lock")
    normal = lock.requirements["servers-actions.lock/normal/202"]
    assert (normal.verdict, normal.counts) == ("fail", {"fail": 1, "pass": 1})
    assert normal.outcomes == [("servers-actions.lock/normal/202[2.73]", "202", "200", "so it came")]


def test_states_accepted_and_refused(seen: View) -> None:
    rebuild = next(item for item in seen.operations if item.id == "servers-actions.rebuild")
    assert rebuild.states.accepted == ["ACTIVE"]
    assert rebuild.states.refused == ["PAUSED"]
    assert rebuild.states.wrong == ["RESCUE: accepted"]
    pause = next(item for item in seen.operations if item.id == "servers-actions.pause")
    assert pause.states.accepted == []  # the reference is silent: that is an observation


def test_silence_is_observed(seen: View) -> None:
    (observed,) = seen.observations
    assert observed.sentence == (
        "The reference is silent; this cloud accepts ACTIVE and refuses "
        "the other four (SHUTOFF, PAUSED, SUSPENDED, RESCUE)."
    )


def test_other_observations_are_said_as_they_are() -> None:
    told = view(
        record(
            result("a.b/error/403", observation={"about": "policy", "text": "a reader may", "choice": True}),
            result("a.b/error/400", detail="x", observation={"unknown field": True, "fields": ["x", "y"]}),
            result("a.b/error/400", detail="y", observation={"unknown field": True, "fields": ["x", "y"]}),
        )
    ).observations
    assert [(item.about, item.sentence, len(item.cases)) for item in told] == [
        ("policy", "The reference leaves it to the provider. A reader may", 1),
        ("error/400", "The reference is silent. Unknown field: yes; fields: x, y", 2),
    ]


def test_the_states_of_silence_take_in_those_of_the_normal_case() -> None:
    def silent(state: str, answer: int) -> Any:
        seen = {"situation": f"status {state}", "state": state, "answer": answer}
        return result("a.b/error/409", "inapplicable", detail=state, state=state, status=answer, observation=seen)

    told = view(
        record(
            result("a.b/normal/202", detail="ACTIVE", state="ACTIVE"),
            silent("PAUSED", 202),
            silent("SHUTOFF", 409),
            silent("ERROR", 409),
            result(
                "a.b/error/409", state="ACTIVE", status=409, observation={"situation": "a locked server", "answer": 409}
            ),
            result(
                "a.b/error/403", "inapplicable", state="ACTIVE", observation={"policy": "a reader asks", "answer": 202}
            ),
            result("a.b/error/404", status=404, observation={"answer": 404, "state": 3}),
        )
    ).observations
    assert [(item.about, item.sentence) for item in told] == [
        ("states", "The reference is silent; this cloud accepts ACTIVE and PAUSED and refuses SHUTOFF and ERROR."),
        ("error/409", "The reference is silent. A locked server: refused with 409"),
        ("policy", "The reference leaves it to the provider. A reader asks: accepted with 202"),
        ("error/404", "The reference is silent. Refused with 404; state: 3"),
    ]


def test_promises_without_a_case_are_counted_in_the_open() -> None:
    def note(requirement: Any, **more: Any) -> dict[str, Any]:
        return {"kind": "untested", "requirement": requirement, **more}

    where = {"path": "x.inc", "line": 7}
    told = view(
        record(
            result("a.b/error/404"),
            notes=(
                note("a.b/error/501", reason="provider", detail="", source=where),
                note("a.b/error/404", reason="tried all the same"),
                note("c.d/error/501", reason="provider", source="nowhere"),
                note("c.d/postcondition/effect", reason="not-through-api", detail="a port goes"),
                note("c.d/error/501", reason="twice"),
                note(None),
                {"kind": "state table", "text": "x"},
            ),
        )
    )
    assert [(reason.text, reason.cases) for reason in told.untested] == [
        ("provider", ["a.b/error/501", "c.d/error/501"]),
        ("not-through-api: a port goes", ["c.d/postcondition/effect"]),
    ]
    assert told.pairs == (1, 3)
    assert told.columns == ("error/404", "error", "postcondition")
    assert [operation.id for operation in told.operations] == ["a.b", "c.d"]
    assert told.operations[0].untested["a.b/error/501"].source.line == 7
    assert list(notes_by_kind(told.info)) == ["state table"]
    assert words.headline(told.requirements, 0, told.without_case) == "No promise is broken; 1 holds; 3 have no case."


def test_a_lock_is_not_a_state() -> None:
    (operation,) = view(
        record(result("a.b/precondition/locked", detail="admin", state="ACTIVE", expected="accepted: as admin"))
    ).operations
    assert operation.states.accepted == []


def test_a_cloud_of_two_minds_is_said_to_be() -> None:
    told = view(
        record(
            *(
                result("a.b/precondition", detail=f"{at}", state="ACTIVE", status=code, observation={"state": "ACTIVE"})
                for at, code in enumerate((202, 409))
            )
        )
    ).observations
    assert told[0].sentence.endswith("this cloud sometimes accepts and sometimes refuses ACTIVE.")


def test_reasons_are_grouped_without_names_and_ids() -> None:
    told = view(
        record(
            *(
                result(f"a.{name}/error/409", "inconclusive", reason=f"server conf-{name}4f-1 did not reach ERROR")
                for name in ("ab12", "cd34", "ef56")
            ),
            result("a.x/error/400", "error", reason="boom"),
            result("a.x/error/403", "inapplicable", reason=None),
        )
    )
    assert [(item.verdict, item.text, len(item.cases)) for item in told.undecided] == [
        ("inconclusive", "server conf-…-1 did not reach ERROR", 3),
        ("error", "boom", 1),
    ]
    assert told.inapplicable[0].text == "no reason is given"


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


@pytest.mark.parametrize(
    ("requirement", "kind", "parts"),
    [
        ("a.b/normal/200+201", None, ("normal", "200+201", "normal", None)),
        ("a.b/error/404", None, ("error", "404", "error/404", "404")),
        ("a.b/error/501", None, ("error", "501", "error", "501")),
        ("a.b/error/400/name/too-long", None, ("error", "400/name/too-long", "error/400", "400")),
        ("a.b/microversion/x/min-2.73", None, ("microversion", "x/min-2.73", "microversion", None)),
        ("a.b/body", None, ("body", "", "body", None)),
        ("a.b/x", "error/409", ("error", "409", "error/409", "409")),
        ("framework/406", None, ("framework", "406", "framework", None)),
        ("a.b", None, ("other", "", "other", None)),
    ],
)  # fmt: skip
def test_the_parts_of_an_id(requirement: str, kind: str | None, parts: tuple[str, str, str, str | None]) -> None:
    operation = "" if requirement.startswith("framework") else "a.b"
    name = requirement if requirement != "a.b" else "a.b/"
    found = parts_of(result(name, kind=kind, operation=operation))
    assert (found.kind, found.detail, found.column, found.code) == parts


def test_a_column_is_headed_by_its_code_or_its_kind() -> None:
    assert [short(column) for column in ("error/404", "normal", "error")] == ["404", "normal", "error"]


def test_a_state_names_the_variant_of_the_resource_that_its_precondition_is_about() -> None:
    told = view(
        record(
            result("a.b/precondition/status", state="UP"),
            result("a.b/precondition/status-large", "fail", state="UP", observed="202"),
        )
    )
    states = told.operations[0].states
    assert (states.accepted, states.wrong) == (["UP"], ["UP (large): accepted"])


def test_a_state_is_that_of_the_record_and_no_word_of_an_id() -> None:
    named = result("a.b/precondition/status", detail="PAUSED")
    told = view(record(named, result("a.c/precondition/status", state="UP")))
    assert [operation.states.accepted for operation in told.operations] == [[], ["UP"]]


@pytest.mark.parametrize(
    ("given", "lists"),
    [
        ({"observed": "refused with 202, as it reads"}, ([], [], [], [])),
        ({"observed": "409", "expected": "accepted: so it reads"}, ([], ["UP"], [], [])),
        ({"observed": "202", "expected": "refused: so it reads"}, (["UP"], [], [], [])),
        ({"observed": "as expected", "status": 204}, (["UP"], [], [], [])),
        ({"verdict": "fail", "observed": "202"}, ([], [], ["UP: accepted"], [])),
        ({"verdict": "fail", "observed": "500"}, ([], [], ["UP: 500"], [])),
        ({"verdict": "fail", "observed": "changed", "status": 409}, ([], [], ["UP: changed"], [])),
        ({"verdict": "inconclusive", "observed": "202"}, ([], [], [], ["UP"])),
    ],
)
def test_what_was_accepted_is_a_field_and_never_read_from_a_text(given: dict[str, Any], lists: tuple[Any, ...]) -> None:
    (operation,) = view(record(result("a.b/precondition/status", state="UP", **given))).operations
    states = operation.states
    assert (states.accepted, states.refused, states.wrong, states.undecided) == lists


def test_an_older_record_says_less_and_that_it_does() -> None:
    older = {"status": None, "accepted": None, "exchanges": (exchange(202),)}
    told = view(record(result("a.b/precondition/status", state="UP", **older)))
    assert told.operations[0].states.accepted == []
    assert not told.tells_status
    assert view(record(result())).tells_status
    assert view(record(result(status=None, accepted=None))).tells_status  # nothing was sent


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


def test_notes_are_grouped_by_kind() -> None:
    notes = ({"kind": "binding", "a": 1}, {"b": 2}, {"kind": "binding", "a": 3})
    assert notes_by_kind(info(notes=notes)) == {"binding": [{"a": 1}, {"a": 3}], "note": [{"b": 2}]}


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
