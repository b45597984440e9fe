"""On a service without a description a refusal decides little, and everything else as much as elsewhere."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from widgets import plain, row, sample

from conformance.engine.api.lists import unlisted_collection
from conformance.engine.api.load import load_service
from conformance.engine.api.producers import Producers
from conformance.engine.judge.contents import FieldShown
from conformance.engine.model.evidence import Judgement
from conformance.engine.run.undescribed import doubted, unproved_query, unproved_refusal
from specs.record.model import Deviation

CARS = (plain("GET", "/cars"), plain("GET", "/cars/{car_id}"))
DEVIATION = Deviation.of("a.b/normal/200", "contradiction", "400")


def evidence(status, body=None):
    return SimpleNamespace(status=status, accepted=status is not None and 200 <= status < 300, body=body)


def case(kind="normal", policy=None, detail=""):
    requirement, operation = SimpleNamespace(kind=kind, id=f"cars.{kind}"), SimpleNamespace(policy=policy)
    return SimpleNamespace(
        id=f"{requirement.id}{detail}", requirement=requirement, operation=operation, expectation=None
    )


def failed(status):
    return Judgement("fail", str(status), f"it came out as {status}", deviation="contradiction", status=status)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 415, 499])
@pytest.mark.parametrize("kind", ["normal", "error/403", "error/404", "constraint", "precondition"])
def test_no_refusal_breaks_a_promise(status, kind):
    judgement = doubted(failed(status), case(kind), evidence(status))
    assert (judgement.verdict, judgement.deviation) == ("inconclusive", None)
    assert judgement.reason.startswith(f"it came out as {status}; this suite has no description of the service")


@pytest.mark.parametrize("status", [200, 204, 302, 500, 503, None])
def test_any_other_fail_stands(status):
    assert doubted(failed(status), case(), evidence(status)).verdict == "fail"


def test_credentials_of_the_wrong_scope_are_no_failure_of_the_service():
    body = {"error": {"message": "x requires a scope of ['system'], request was made with project scope."}}
    judgement = doubted(failed(500), case(), evidence(500, body))
    assert (judgement.verdict, judgement.deviation) == ("inconclusive", None)
    assert judgement.reason.endswith("wants system scope, and that the request had project scope")


@pytest.mark.parametrize(("policy", "verdict"), [(None, "inconclusive"), ("admin", "fail")])
def test_a_role_is_too_low_only_if_the_reference_says_so(policy, verdict):
    assert doubted(failed(200), case("error/403", policy), evidence(200)).verdict == verdict


@pytest.mark.parametrize(("detail", "verdict"), [("[at-1.1]", "inconclusive"), ("", "fail"), ("[ACTIVE]", "fail")])
def test_a_field_without_a_first_version_need_not_be_there_from_the_beginning(detail, verdict):
    assert doubted(failed(200), case("body", detail=detail), evidence(200)).verdict == verdict


@pytest.mark.parametrize(
    ("bodies", "verdict"),
    [
        ([{"cars": [{"id": 1}]}], "inconclusive"),
        ([{"cars": [{"id": 1, "age": 2}]}], "fail"),
        ([{"cars": [{"id": 1}]}, {"cars": [{"id": 1, "age": 2}]}], "fail"),
        ([{"cars": []}], "fail"),
        ([], "fail"),
    ],
)
def test_a_field_that_the_samples_lack_may_be_missing(bodies, verdict):
    broken = case("body")
    broken.expectation = FieldShown("age", ("cars", "[]", "age"), "integer", True, False)
    broken.operation.response = SimpleNamespace(samples=[sample(body) for body in bodies])
    assert doubted(failed(200), broken, evidence(200)).verdict == verdict


@pytest.mark.parametrize("verdict", ["pass", "inconclusive", "inapplicable", "error"])
def test_other_judgements_are_left_alone(verdict):
    judgement = Judgement(verdict, "400", "why", status=400)
    assert doubted(judgement, case(), evidence(400)) is judgement


def answers(*codes):
    return [(None, SimpleNamespace(ok=200 <= code < 300)) for code in codes]


@pytest.mark.parametrize(
    ("verdict", "status", "others", "proved"),
    [
        ("pass", 404, [], False),
        ("pass", 400, [400, 403], False),
        ("pass", 400, [400, 202], True),
        ("pass", 401, [], True),
        ("pass", 200, [], True),
        ("pass", 500, [], True),
        ("inconclusive", 404, [], True),
    ],
)
def test_a_refusal_keeps_a_promise_only_beside_an_accepted_request(verdict, status, others, proved):
    judgement = Judgement(verdict, str(status), None, status=status)
    assert (unproved_refusal(judgement, case(), evidence(status), answers(*others)) is None) is proved


@pytest.mark.parametrize(
    ("kind", "status", "proved"),
    [
        ("error/400", 400, True),
        ("error/400", 409, False),
        ("error/400", 404, False),
        ("error/404", 404, True),
        ("constraint", 403, False),
        ("error/409", 409, True),
    ],
)
def test_a_code_for_a_role_or_a_status_does_not_prove_a_constraint(kind, status, proved):
    judgement = Judgement("pass", str(status), None, status=status)
    assert (unproved_refusal(judgement, case(kind), evidence(status), answers(201)) is None) is proved


@pytest.mark.parametrize(
    ("verdict", "kind", "query", "loose", "proved"),
    [
        ("pass", "normal", (("sort", "asc"),), True, False),
        ("pass", "normal", (("sort", "asc"),), None, False),
        ("pass", "normal", (("sort", "asc"),), False, True),
        ("pass", "normal", (), True, True),
        ("pass", "list", (("sort", "asc"),), True, True),
        ("fail", "normal", (("sort", "asc"),), True, True),
    ],
)
def test_that_a_query_is_accepted_shows_nothing_where_any_is(verdict, kind, query, loose, proved):
    asked = case(kind)
    asked.trial = SimpleNamespace(request=SimpleNamespace(query=query))
    assert (unproved_query(Judgement(verdict, "200", None, status=200), asked, loose) is None) is proved


def test_services_with_a_folder_are_described():
    assert load_service("compute").described
    assert not load_service("shared-file-system").described


def test_a_name_is_not_unknown_where_nothing_lists_or_makes_such_things():
    show = plain("GET", "/quota-classes/{name}")
    read = {o.id: o for o in (show, *CARS)}
    assert unlisted_collection(show, read, Producers(read.values())) == "quota-classes"
    assert unlisted_collection(CARS[-1], read, Producers(read.values())) is None
    accepted = failed(200), case("error/404"), evidence(200)
    doubt = doubted(*accepted, "quota-classes")
    assert (doubt.verdict, doubt.deviation) == ("inconclusive", None)
    assert "any name may be the name of one" in doubt.reason
    assert doubted(*accepted).verdict == "fail"
    assert doubted(failed(500), case("error/404"), evidence(500), "quota-classes").verdict == "fail"


@pytest.mark.parametrize(
    ("about", "rows", "bodies", "verdict"),
    [
        ("age", [row("name"), row("age")], [{"car": {"name": "Beetle"}}], "inconclusive"),
        ("name", [row("name"), row("age")], [{"car": {"name": "Beetle"}}], "fail"),
        ("age", [row("name"), row("age")], [], "fail"),
        ("limit", [], [{"car": {"name": "Beetle"}}], "fail"),
    ],
)
def test_the_place_of_a_field_that_no_sample_shows_is_a_guess(about, rows, bodies, verdict):
    add = plain("POST", "/cars", *rows, samples=tuple(map(sample, bodies)))
    broken = SimpleNamespace(requirement=SimpleNamespace(kind="error/400"), operation=add, about=about)
    assert doubted(failed(201), broken, evidence(201)).verdict == verdict


@pytest.mark.parametrize(
    ("sent", "shown", "verdict"),
    [
        ({"car": {"make": "vw"}}, {"car": {"make": "VW"}}, "inconclusive"),
        ({"car": {"make": "vw"}}, {"cars": [{"make": "vw"}]}, "fail"),
        ({"car": {"make": "vw"}}, {"car": {"id": 1}}, "fail"),
    ],
)
def test_a_value_that_no_sample_shows_coming_back_need_not(sent, shown, verdict):
    add = plain("POST", "/cars", samples=(sample(sent),))
    add = replace(add, response=replace(add.response, samples=(sample(shown),)))
    requirement = SimpleNamespace(kind="equality", id="cars.add/equality/make/show")
    broken = SimpleNamespace(requirement=requirement, operation=add, about="")
    assert doubted(failed(201), broken, evidence(201)).verdict == verdict
