"""A refusal of a value counts only if the service knows the name of the member that has it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from boats import BOAT, NAMED, boats, results
from fake_cloud import fake_cloud
from hypothesis import given
from hypothesis import strategies as st
from widgets import KNOWLEDGE, TOP, action, evidence, plain, row, sample, spec, trial

from conformance.engine.api.entries import Fault
from conformance.engine.api.load import load_service
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.judge.codes import Refused
from conformance.engine.model.binding import Binding
from conformance.engine.model.case import Case, Requirement
from conformance.engine.model.evidence import Evidence, holds
from conformance.engine.model.trial import Outcome
from conformance.engine.run import session as sessions
from conformance.engine.run.contrast import members
from conformance.engine.run.unknown_names import UnknownNames, place_of, with_invented
from specs.record.model import Source

MAKE = action("make", row("is-up"), error=(400,))
BROKEN = {"make": {"is-up": {}}}
INVENTED = "nowhere-1"
UNEXPECTED = {"message": "Additional properties are not allowed ('is-up' was unexpected)"}


def case(body: Any = BROKEN, about: str = "is-up", kind: str = "constraint", **more: Any) -> Case:
    requirement = Requirement(f"widgets.make/{kind}", "widgets.make", kind, Source("p", 1))
    asked = trial(MAKE, body=body, accepted=False, **more)
    return Case(requirement.id, requirement, asked, Refused((400,), "why"), about=about)


def refused(message: Any = UNEXPECTED, code: int = 400) -> Evidence:
    return evidence(code, body=message)


def missing(names: UnknownNames, one: Case, said: Evidence, *accepted: Any) -> str | None:
    return names.missing(one, said, holds(said.status or 0), [members(body) for body in accepted])


def told(answer: Evidence, said: Evidence | None = None) -> str | None:
    names, one = UnknownNames(), case()
    assert names.wanted(one, INVENTED) is not None
    names.note(one, INVENTED, answer)
    return missing(names, one, said or refused())


def test_a_name_that_no_accepted_request_had_is_doubtful() -> None:
    assert "no accepted request has is-up" in str(missing(UnknownNames(), case(), refused(), {"make": {"size": 1}}))


def test_a_name_that_an_accepted_request_had_is_known() -> None:
    assert missing(UnknownNames(), case(), refused(), {"make": {"is-up": True}}) is None


@pytest.mark.parametrize("other", [case(kind="error/404"), case(about=""), case(body=ABSENT), case({"make": {}})])
def test_other_refusals_need_no_name(other: Case) -> None:
    assert missing(UnknownNames(), other, refused()) is None


@pytest.mark.parametrize("judgement", [replace(holds(400), verdict="fail"), holds(202), holds(500)])
def test_judgements_that_are_no_pass_of_a_refusal_are_left_alone(judgement: Any) -> None:
    assert UnknownNames().missing(case(), refused(code=judgement.status), judgement, ()) is None


def test_the_same_answer_to_an_invented_name_leaves_the_value_undecided() -> None:
    same = {"message": f"Additional properties are not allowed ('{INVENTED}' was unexpected)"}
    assert "the name is-up may be refused and not its value" in str(told(refused(same)))


@pytest.mark.parametrize(
    "answer",
    [
        refused({"message": "{} is not of type 'boolean'"}),
        refused(UNEXPECTED, 403),
        refused({"message": "Unexpected API Error"}, 500),
        evidence(202, body={"widget": {}}),
    ],
)
def test_another_answer_to_an_invented_name_shows_that_the_value_was_judged(answer: Evidence) -> None:
    assert told(answer) is None


@pytest.mark.parametrize("code", [None, 401, 409, 413, 429, 502, 503])
def test_an_answer_of_the_moment_shows_nothing(code: int | None) -> None:
    assert f"was {f'answered {code}' if code else 'not answered'}" in str(told(evidence(code, body={})))


def test_names_in_other_words_of_an_answer_do_not_tell_two_answers_apart() -> None:
    """The word ``name`` is also one of the service's own message."""
    one, names = case({"make": {"name": {}}}, "name"), UnknownNames()
    names.wanted(one, INVENTED)
    names.note(one, INVENTED, refused({"message": f"the name {INVENTED} is unexpected"}))
    assert missing(names, one, refused({"message": "the name name is unexpected"})) is not None


def test_requests_that_differ_in_the_name_alone_share_one_with_an_invented_name() -> None:
    names = UnknownNames()
    assert names.wanted(case(), INVENTED) is not None
    assert names.wanted(case({"make": {"resource-id": {}}}, "resource-id"), "other") is None
    assert names.wanted(case({"make": {"is-up": "text"}}), "other") is not None


def test_the_request_with_an_invented_name_has_the_value_at_the_same_place() -> None:
    found = with_invented(case(role="admin"), ("make", "is-up"), INVENTED)
    assert found.request.body == {"make": {INVENTED: {}}}
    assert (found.request.role, found.outcome, found.request.uses_optional_fields) == ("admin", Outcome(None), True)
    listed = with_invented(case({"make": [{"is-up": {}, "a": 1}]}), ("make", "[]", "is-up"), INVENTED)
    assert listed.request.body == {"make": [{INVENTED: {}, "a": 1}]}


def test_a_parameter_of_a_query_gets_an_invented_name_too() -> None:
    one = case(ABSENT, "limit", query=(("sort", "a"), ("limit", "x")))
    assert place_of(one) == ("?", "limit")
    assert with_invented(one, ("?", "limit"), INVENTED).request.query == (("sort", "a"), (INVENTED, "x"))


@pytest.mark.parametrize(
    ("body", "about", "place"),
    [
        ({"make": {"a": {"id": 1}, "b": {"id": {}}}}, "b.id", ("make", "b", "id")),
        ({"make": {"id": {}, "a": {"id": 1}}}, "id", ("make", "id")),
        ({"make": {"nets": [{"port": {}}]}}, "nets.port", ("make", "nets", "[]", "port")),
        ({"make": {Binding("/things"): {"id": {}}}}, "{}.id", ("make", str(Binding("/things")), "id")),
        ({"make": {"a": 1}}, "b", None),
    ],
)
def test_the_place_is_found_by_the_name_and_those_above_it(body: Any, about: str, place: Any) -> None:
    assert place_of(case(body, about)) == place


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(), min_size=1), st.data())
def test_no_other_member_changes(body: dict[str, int], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(body)))
    made = with_invented(case({"make": body}), ("make", name), INVENTED).request.body["make"]
    assert made == {INVENTED if key == name else key: value for key, value in body.items()}


def test_a_good_value_is_sent_in_place_of_the_faulty_one_once() -> None:
    names, place = UnknownNames(), case()
    found = names.good(place, KNOWLEDGE, TOP)
    assert found is not None
    assert (found.request.body, found.outcome) == ({"make": {"is-up": "conformance"}}, Outcome(None))
    assert names.good(place, KNOWLEDGE, TOP) is None


@pytest.mark.parametrize("other", [case(about=""), case({"make": {"size": {}}}, "size"), case({"is-up": {}})])
def test_without_a_row_of_the_place_there_is_no_good_value(other: Case) -> None:
    assert UnknownNames().good(other, KNOWLEDGE, TOP) is None


SENT = sample({"boat": {"name": "n"}})
SAILED = (*NAMED, row("sail-cloth", "boolean"))
OTHER = plain("POST", "/boats", *SAILED, samples=(SENT,), normal=(201,), error=(400,), answered=(BOAT,))


def strict(known: str, unknown: list[Any], serve: Any, message: str = "{} is not of type 'boolean'") -> Any:
    """A service with one member beside the name, of which it takes booleans; ``unknown``: its answers to other members.

    The last one stays. None: it ignores the member. ``message``: of its refusal of a value.
    """

    def answer(asked: Any) -> Any:
        boat = asked.json.get("boat") if asked.method == "POST" and isinstance(asked.json, dict) else None
        for name, value in boat.items() if isinstance(boat, dict) else ():
            if name not in ("name", known):
                said = unknown.pop(0) if len(unknown) > 1 else unknown[0]
                if said is not None:
                    return said, {"message": f"'{name}' was unexpected"}
            if name == known and not isinstance(value, bool):
                return 400, {"message": message.format(value)}
        return serve(asked)

    return answer


@pytest.mark.parametrize(
    ("known", "unknown", "verdict"),
    [
        ("sail-cloth", [400], "pass"),
        ("sail-cloth", [None], "pass"),
        ("sail-cloth", [500, 500, 400], "pass"),
        ("sail-cloth", [503], "pass"),
        ("sail_cloth", [400], "inconclusive"),
    ],
)
def test_a_service_that_knows_another_name_has_refused_no_value(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, known: str, unknown: list[Any], verdict: str
) -> None:
    described = replace(load_service("unknown"), described=True, error_body=Fault(code_field=None, required_fields=()))
    monkeypatch.setattr(sessions, "load_service", lambda _: described)
    with fake_cloud() as fake:
        boats(fake)
        fake.default = strict(known, list(unknown), fake.default)
        found, _ = results(fake, tmp_path, (replace(spec(OTHER), service="boating"),), "sail-cloth-type")
    assert [(one.verdict, one.status) for one in found] == [(verdict, 400)]


@pytest.mark.parametrize(("known", "verdict"), [("sail-cloth", "pass"), ("sail_cloth", "inconclusive")])
def test_an_accepted_good_value_shows_the_name_where_all_refusals_are_alike(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, known: str, verdict: str
) -> None:
    described = replace(load_service("unknown"), described=True, error_body=Fault(code_field=None, required_fields=()))
    monkeypatch.setattr(sessions, "load_service", lambda _: described)
    with fake_cloud() as fake:
        boats(fake)
        fake.default = strict(known, [400], fake.default, "'sail-cloth' was unexpected")
        found, _ = results(fake, tmp_path, (replace(spec(OTHER), service="boating"),), "sail-cloth-type")
    assert [(one.verdict, one.status) for one in found] == [(verdict, 400)]
