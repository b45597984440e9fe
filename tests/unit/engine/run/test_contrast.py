"""A refusal for a fault of a request counts only beside the same request without the fault."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from boats import BOAT, NAMED, SENT, boats, results
from fake_cloud import fake_cloud
from hypothesis import given
from hypothesis import strategies as st
from widgets import KNOWLEDGE, action, evidence, plain, row, spec, suite, trial

from conformance.engine.api.entries import Fault
from conformance.engine.api.load import load_service
from conformance.engine.cloud.exchange import ABSENT, Ask
from conformance.engine.cloud.roles import Role
from conformance.engine.judge.codes import Refused
from conformance.engine.model.case import Case, Requirement
from conformance.engine.model.evidence import Evidence, Judgement, holds
from conformance.engine.run import session as sessions
from conformance.engine.run.causes import Causes
from conformance.engine.run.contrast import Contrasts, documented, members
from specs.record.model import Source

MAKE = action("make", row("size"), row("name"), error=(400, 403, 404, 409))
WHOLE = {"make": {"name": "n", "size": 1}}
BROKEN = {"make": {"name": "n", "size": {}}}


def case(kind: str, about: str = "size") -> Case:
    requirement = Requirement(f"widgets.make/{kind}", "widgets.make", kind, Source("p", 1))
    return Case(requirement.id, requirement, trial(MAKE), Refused((400,), "why"), about=about)


def answered(code: int, body: Any, documented: bool = True, **more: Any) -> Evidence:
    asked = trial(MAKE, accepted=documented, **more)
    return evidence(code, trial=asked, sent=body)


def missing(kind: str, code: int, *before: Evidence, about: str = "size", sent: Any = BROKEN) -> str | None:
    contrasts = Contrasts()
    for one in before:
        contrasts.note(one)
    return contrasts.missing(case(kind, about), answered(code, sent, False), holds(code), ())


@pytest.mark.parametrize("kind", ["error/400", "constraint"])
@pytest.mark.parametrize(
    ("before", "why"),
    [
        ([], "the same request without the fault was not answered in this run"),
        ([answered(400, WHOLE)], "the request without the fault was answered 400"),
        ([answered(202, {"make": {"size": 1}})], "no accepted request has all other fields"),
        ([answered(400, BROKEN, documented=False)], "the same request without the fault was not answered"),
        *[
            ([answered(code, WHOLE)], f"without the fault was answered {code}")
            for code in (401, 409, 413, 429, 500, 503)
        ],
    ],
)
def test_a_fault_of_a_request_needs_the_request_without_it(kind: str, before: list[Evidence], why: str) -> None:
    assert why in str(missing(kind, 400, *before))


@pytest.mark.parametrize("code", [200, 202, 403, 404])
def test_another_answer_to_the_request_without_the_fault_is_a_contrast(code: int) -> None:
    assert missing("error/400", 400, answered(code, WHOLE)) is None


def test_a_request_with_just_the_same_members_decides_before_one_with_more() -> None:
    alike, more = {"make": {"size": 1}}, {"make": {"size": 1, "name": "n", "colour": "c"}}
    broken = {"make": {"size": 1, "name": {}}}
    assert missing("error/400", 400, answered(202, more), about="name", sent=broken) is None
    assert missing("error/400", 400, answered(202, more), answered(400, alike), about="name", sent=broken)
    assert missing("error/400", 400, answered(400, alike), answered(202, alike), about="name", sent=broken) is None


@pytest.mark.parametrize(
    ("accepted", "shown"),
    [
        ({"name": "n", "hull": [{"size": 1}]}, True),
        ({"name": "n", "hull": [{"size": 1}], "sail": {"mast": 1}}, True),
        ({"name": "n", "hull": [{"size": 1, "wood": "oak"}]}, False),
        ({"name": "n", "hull": [{"wood": "oak"}]}, False),
    ],
)
def test_beside_a_member_that_is_left_out_an_accepted_request_has_no_further_one(accepted: Any, shown: bool) -> None:
    """Nova refuses a block device without a boot index for want of the source that all sound ones have."""
    broken = {"make": {"name": "n", "hull": [{}]}}
    why = missing("error/400", 400, answered(202, {"make": accepted}), sent=broken)
    assert (why is None) == shown
    wrong = {"make": {"name": "n", "hull": [{"size": {}}]}}
    assert missing("error/400", 400, answered(202, {"make": accepted}), sent=wrong) is None, "the value is there"


def test_a_conflict_of_the_same_request_leaves_the_decision_to_one_with_more() -> None:
    alike, more = {"make": {"size": 1}}, {"make": {"size": 1, "name": "n", "colour": "c"}}
    broken = {"make": {"size": 1, "name": {}}}
    assert missing("error/400", 400, answered(409, alike), answered(202, more), about="name", sent=broken) is None
    assert missing("error/400", 400, answered(409, alike), about="name", sent=broken)


@pytest.mark.parametrize(
    ("sent", "before", "shown"),
    [
        ({"make": {"name": "n", "size": {"odd": 1}}}, answered(202, WHOLE), True),
        ({"make": {"name": "n", "size": ["odd"]}}, answered(202, WHOLE), True),
        ({"make": {"name": "n"}}, answered(202, WHOLE), True),
        ({"make": {"size": {"odd": 1}}}, answered(202, WHOLE), False),  # the name may be what it lacks
        ({"make": {"size": {}}}, answered(202, {"make": {"name": "n"}}), False),
        ({"make": {"size": {}}}, answered(404, WHOLE), False),
        ({"make": {"size": {}, "other": 1}}, answered(202, WHOLE), False),
    ],
)
def test_without_a_description_only_an_accepted_request_with_the_faulty_member_is_a_contrast(
    sent: Any, before: Evidence, shown: bool
) -> None:
    contrasts = Contrasts()
    contrasts.note(before)
    refused = answered(400, sent, False)
    why = contrasts.missing(case("error/400"), refused, holds(400), (), strict=True)
    assert (why is None) is shown


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("size is odd", True),
        ("Invalid: 'size'", True),
        ("{'odd': 1} is not of type integer", True),
        ('{"odd": 1} is not of type integer', True),
        ("name is a required property", False),
        ("oversize", False),
    ],
)
def test_without_a_description_words_show_the_cause_where_a_member_lacks_that_all_accepted_requests_have(
    words: str, shown: bool
) -> None:
    contrasts = Contrasts()
    contrasts.note(answered(202, WHOLE))
    refused = replace(answered(400, {"make": {"size": {"odd": 1}}}, False), body={"error": {"message": words}})
    assert (contrasts.missing(case("error/400"), refused, holds(400), (), strict=True) is None) is shown


def test_an_object_that_held_nothing_but_the_faulty_member_is_no_part_of_the_request_without_it() -> None:
    broken = {"make": {"size": 1, "more": {"name": {}}}}
    assert missing("error/400", 400, answered(202, {"make": {"size": 1}}), about="more.name", sent=broken) is None
    beside = {"make": {"size": 1, "more": {"name": {}, "other": 1}}}
    assert missing("error/400", 400, answered(202, {"make": {"size": 1}}), about="more.name", sent=beside)


def test_members_named_by_ids_are_alike_whatever_the_id() -> None:
    ids = ("5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a10", "AF1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a11")
    sound, broken = ({"make": {one: {"size": size, "name": "n"}}} for one, size in zip(ids, (1, {}), strict=True))
    assert missing("error/400", 400, answered(202, sound), sent=broken) is None
    assert missing("error/400", 400, answered(202, {"make": {"n": {"size": 1, "name": "n"}}}), sent=broken)


def test_an_accepted_request_counts_whatever_it_was_sent_for() -> None:
    assert missing("error/400", 400, answered(202, WHOLE, documented=False)) is None
    contrasts = Contrasts()
    seen: Any = [(Ask("POST", "/p", body=WHOLE), SimpleNamespace(status=202, ok=True))]
    assert contrasts.missing(case("error/400"), answered(400, BROKEN, False), holds(400), seen) is None


def test_a_parameter_of_a_query_is_a_part_of_the_request() -> None:
    refused = answered(400, None, False, query=(("limit", "x"), ("sort", "y")))
    contrasts = Contrasts()
    contrasts.note(answered(200, None))
    assert "no accepted request has all other" in str(
        contrasts.missing(case("error/400", "limit"), refused, holds(400), ())
    )
    contrasts.note(answered(200, None, query=(("sort", "y"),)))
    assert contrasts.missing(case("error/400", "limit"), refused, holds(400), ()) is None


@pytest.mark.parametrize(
    ("kind", "code", "before", "proved"),
    [
        ("error/404", 404, [], True),
        ("error/404", 404, [404], False),
        ("error/404", 404, [404, 202], True),
        ("error/404", 404, [400], True),
        ("error/409", 409, [409], False),
        ("refusal", 400, [400], False),
        ("refusal", 400, [400, 202], True),
        ("refusal", 400, [], True),
        ("error/403", 403, [], True),
        ("error/403", 403, [403], False),
        ("error/403", 403, [403, 202], True),
        ("error/403", 404, [], False),
        ("error/403", 404, [404], False),
        ("error/403", 404, [202], True),
        ("error/401", 401, [401], True),
        ("precondition", 409, [], True),
        ("precondition", 409, [409], False),
        ("precondition", 409, [409, 202], True),
        ("situation", 409, [409], True),
    ],
)
def test_of_other_refusals_the_documented_request_must_not_be_refused_alike(
    kind: str, code: int, before: list[int], proved: bool
) -> None:
    assert (missing(kind, code, *[answered(one, WHOLE) for one in before]) is None) is proved


@pytest.mark.parametrize(("role", "proved"), [("admin", False), ("member", True), (None, True)])
def test_what_an_administrator_alone_is_let_in_to_may_be_hidden_for_the_sake_of_a_thing_above_it(role, proved) -> None:
    let_in = replace(answered(200, WHOLE), role=role)
    assert (missing("error/403", 404, let_in) is None) is proved
    ask = Ask("GET", "/p", Role(role or "member"))
    seen: Any = [(ask, SimpleNamespace(status=200, ok=True))]
    why = Contrasts().missing(case("error/403"), answered(404, None, False), holds(404), seen)
    assert (why is None) is proved


def test_judgements_that_are_no_pass_of_a_refusal_are_left_alone() -> None:
    contrasts, asked = Contrasts(), answered(400, BROKEN, False)
    assert contrasts.missing(case("error/400"), asked, replace(holds(400), verdict="fail"), ()) is None
    assert contrasts.missing(case("error/400"), answered(500, BROKEN, False), holds(500), ()) is None


VALUES = st.recursive(st.none() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(st.dictionaries(st.text(), VALUES), st.text(), VALUES)
def test_a_body_has_the_members_of_each_body_that_it_holds(body: dict[str, Any], key: str, value: Any) -> None:
    more = {**body, key: value}
    less = {name: inner for name, inner in more.items() if name != key}
    assert members(less) < members(more)
    assert (key,) in members(more)


def test_bodies_without_members_have_none() -> None:
    assert members(ABSENT) == members(None) == members("text") == members([]) == frozenset()


def test_the_documented_request_is_the_one_in_the_same_situation() -> None:
    found = suite(MAKE)
    broken = next(one for one in found.cases if one.requirement.kind == "error/400")
    control = documented(broken, found.cases)
    assert control is not None
    assert control.requirement.kind == "normal"
    assert control.trial.situation == broken.trial.situation
    assert documented(broken, [one for one in found.cases if one.requirement.kind != "normal"]) is None


OTHER = plain("POST", "/boats", *NAMED, samples=(SENT,), normal=(201,), error=(400,), answered=(BOAT,))


def tried(tmp_path: Any, monkeypatch: pytest.MonkeyPatch, serve: Any, part: str) -> tuple[list[Any], list[Any]]:
    """The results of the cases whose ids hold a text, on a described service, and the bodies that were posted."""
    described = replace(load_service("unknown"), described=True, error_body=Fault(code_field=None, required_fields=()))
    monkeypatch.setattr(sessions, "load_service", lambda _: described)
    with fake_cloud() as fake:
        boats(fake)
        fake.default = serve(fake.default)
        found, _ = results(fake, tmp_path, (replace(spec(OTHER), service="boating"),), part)
        return found, [asked.json for asked in fake.asked if asked.method == "POST" and asked.path.endswith("/boats")]


def with_a_sail(serve: Any) -> Any:
    """A service that wants a field of which the reference says nothing."""

    def answer(asked: Any) -> Any:
        lacks = asked.method == "POST" and asked.path.endswith("/boats") and "sail" not in (asked.json or ())
        return (400, {"message": "a boat has a sail"}) if lacks else serve(asked)

    return answer


def test_no_400_passes_where_the_documented_request_is_refused_with_it(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _ = tried(tmp_path, monkeypatch, with_a_sail, "")
    refused = [one for one in found if one.kind == "error/400"]
    assert len(refused) > 2
    assert {one.verdict for one in refused} == {"inconclusive"}
    assert "the request without the fault was answered 400" in str(refused[0].reason)


def test_the_documented_request_is_sent_once_if_no_chosen_case_does(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, posted = tried(tmp_path, monkeypatch, lambda serve: serve, "error/400")
    assert {one.kind for one in found} == {"error/400"}
    assert {one.verdict for one in found} == {"pass"}
    sound = [body for body in posted if isinstance(body, dict) and isinstance(body.get("boat"), dict)]
    assert sum(isinstance(body["boat"].get("name"), str) for body in sound) == 1


def test_a_documented_request_without_an_answer_is_not_sent_for_each_case() -> None:
    contrasts = Contrasts()
    assert [contrasts.wanted(case("error/400", about)) for about in ("size", "name")] == [True, False]


def test_a_documented_request_with_an_answer_is_not_sent_again() -> None:
    contrasts = Contrasts()
    contrasts.note(answered(202, WHOLE))
    assert not contrasts.wanted(case("error/400"))


def test_the_reason_why_the_documented_request_cannot_be_made_is_the_reason_of_its_refusals(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A quota that others have used up leaves room for none, and no fault of a request can be shown then."""
    monkeypatch.setattr("conformance.engine.provision.places.WAIT", 0.01)

    def full(serve: Any) -> Any:
        def answer(asked: Any) -> Any:
            if asked.method != "POST" or not asked.path.endswith("/boats"):
                return serve(asked)
            boat = asked.json.get("boat") if isinstance(asked.json, dict) else None
            sound = isinstance(boat, dict) and isinstance(boat.get("name"), str)
            return (409, {"message": "Quota exceeded for boats"}) if sound else (400, {"message": "no boat"})

        return answer

    found, _ = tried(tmp_path, monkeypatch, full, "error/400")
    assert len(found) > 2
    assert {one.verdict for one in found} == {"inconclusive"}
    assert {str(one.reason) for one in found} == {
        "the same request without the fault could not be made: the quota of the project is used up "
        "(Quota exceeded for boats): raise it, or remove what is not needed"
    }


def test_where_the_cloud_lacks_a_part_no_fault_of_a_request_can_be_shown() -> None:
    context = SimpleNamespace(service=KNOWLEDGE)
    causes = Causes(context, SimpleNamespace(cases=()), SimpleNamespace())  # type: ignore[arg-type]  # stand-ins
    broken, why = case("error/400"), "the request without the fault was answered 400"
    refused = holds(400)
    assert causes.undecided(broken, refused, why).verdict == "inconclusive"
    inapplicable = Judgement("inapplicable", "400", "this cloud lacks an optional part: no twin")
    causes.note([(case("error/404"), answered(400, WHOLE), inapplicable)])
    assert causes.undecided(broken, refused, why).reason == why, "another refusal than that of the documented request"
    causes.note([(case("normal"), answered(400, WHOLE), Judgement("inapplicable", "403", "no administrator"))])
    assert causes.undecided(broken, refused, why).verdict == "inconclusive", "nothing says that a part is missing"
    causes.note([(case("normal"), answered(400, WHOLE), inapplicable)])
    found = causes.undecided(broken, refused, why)
    assert (found.verdict, found.reason) == ("inapplicable", "this cloud lacks an optional part: no twin")
