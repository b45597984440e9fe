"""A report counts and groups operations, states and silence as the record says."""

from __future__ import annotations

from typing import Any

import pytest
from record_builder import exchange, info, mixed, record, result

from reports import words
from reports.requirements import parts_of, short
from reports.view import View, notes_by_kind, view


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


def test_notes_are_grouped_by_kind() -> None:
    notes = ({"kind": "binding", "a": 1}, {"b": 2}, {"kind": "binding", "a": 3})
    assert notes_by_kind(info(notes=notes)) == {"binding": [{"a": 1}, {"a": 3}], "note": [{"b": 2}]}
