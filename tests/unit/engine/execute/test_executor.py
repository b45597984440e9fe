"""One trial is made: the role that asks, the version, the target, and the causes that prevent the request."""

from __future__ import annotations

from dataclasses import replace

import pytest
from acting import BODY, CALM, SPIN, UNBADGE, acting, acting_shop, make
from subjects import answer
from workshop import CHANGE, DROP, EVERY, JOB, JOBS, KNOWN, LIST, MAKE, NOTE, PROFILE, PULL, SHOW, opened, tried

from conformance.engine.api.entries import Stock
from conformance.engine.api.given import GivenKind
from conformance.engine.cloud.candidates import Candidates, Lookup
from conformance.engine.cloud.errors import CloudError, GuardRefusal, MissingError, ResourceError, UnsafePath
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.roles import Role
from conformance.engine.execute.barriers import NOBODY
from conformance.engine.model.binding import Binding
from conformance.engine.model.trial import ProviderDependent, UnknownVersion
from conformance.engine.provision.paths import Paths
from specs.microversion import Microversion, VersionRange
from specs.model import Versions


@pytest.fixture
def shop(tmp_path):
    return acting_shop(tmp_path)


@pytest.mark.parametrize("role", ["reader", "alt", "visitor"])
def test_without_the_role_a_trial_is_inapplicable(shop, role):
    problem = make(shop, LIST, role=role).problem
    assert (problem.verdict, problem.reason) == ("inapplicable", f"no credentials of the role {role} were given")
    assert shop[0].asked == []


def test_the_headers_of_a_trial_are_sent(shop):
    make(shop, LIST, headers=(("X-Thing", Binding("token")),))
    assert shop[0].asked[-1].headers == (("X-Thing", "token of member"),)


def test_a_header_without_a_value_leaves_nothing_asked(shop):
    shop[0].issues = False
    problem = make(shop, LIST, headers=(("X-Thing", Binding("token", "id", "fresh")),)).problem
    assert (problem.verdict, shop[0].asked) == ("inapplicable", [])


def refused_an_unknown_id(shop, *roles):
    """Lets only administrators ask for the id by which an unknown one is found."""
    shop[0].roles = frozenset(roles)

    def unknown_id(template, *, role):
        raise ResourceError(f"no unknown id could be had at {template}", answer(403))

    shop[0].unknown_id = unknown_id
    return shop


def test_members_who_may_not_ask_for_an_unknown_id_lack_an_administrator(shop):
    problem = make(refused_an_unknown_id(shop, Role.MEMBER), DROP, target="missing", accepted=False).problem
    assert problem.verdict == "inapplicable"
    assert problem.reason.endswith("so give --os-cloud-admin or --admin-token")


def test_an_administrator_without_an_unknown_id_decides_nothing(shop):
    problem = make(refused_an_unknown_id(shop, Role.MEMBER, Role.ADMIN), DROP, target="missing", accepted=False).problem
    assert (problem.verdict, problem.reason) == ("inconclusive", "no unknown id could be had at /servers/{id}")


@pytest.mark.parametrize(
    ("operation", "role"), [(DROP, "no-token"), (DROP, "bad-token"), (SHOW, "no-token"), (SHOW, "member")]
)
def test_a_request_that_changes_nothing_needs_no_proof_of_its_random_id(shop, operation, role):
    evidence = make(refused_an_unknown_id(shop, Role.MEMBER), operation, role=role, target="missing", accepted=False)
    assert evidence.problem is None
    assert shop[0].asked[-1].role == NOBODY.get(role, role)


def test_nobody_needs_no_credentials(shop):
    make(shop, LIST, role="no-token", accepted=False)
    assert [str(ask.role) for ask in shop[0].asked] == ["no token"]


def test_a_version_that_the_cloud_does_not_know_is_inapplicable(shop):
    shop[0].microversions = VersionRange.parse("2.1", "2.7")
    problem = make(shop, LIST, version=Microversion(2, 9)).problem
    assert problem.verdict == "inapplicable"
    assert "2.9" in problem.reason


def test_a_version_that_no_cloud_knows_is_asked_for_all_the_same(shop):
    beyond = tried(LIST, version=Microversion(2, 9999), accepted=False)
    evidence = shop[1].make(replace(beyond, gates=(UnknownVersion(),)))
    assert evidence.problem is None
    assert shop[0].asked[-1].microversion == "2.9999"


def test_a_trial_that_names_no_version_is_made_at_the_highest_that_the_operation_has(tmp_path):
    old = replace(LIST, microversions=Versions(max="2.5"))
    shop = opened(tmp_path, *(old if one is LIST else one for one in EVERY))
    assert str(make(shop, old).version) == "2.5"
    assert {ask.microversion for ask in shop[0].asked if ask.path == "/gears" and ask.method == "GET"} == {"2.5"}


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (GuardRefusal("not sent"), "inapplicable"),
        (MissingError("the cloud has no pool of gears"), "inapplicable"),
        (UnsafePath("not sent"), "inconclusive"),
        (ResourceError("no such thing could be made"), "inconclusive"),
        (CloudError("what was changed could not be put back"), "error"),
    ],
)
def test_what_prevents_the_request_is_the_problem_of_the_trial(shop, error, verdict):
    def refuse(ask):
        raise error

    shop[0].does["PUT gears"] = refuse
    problem = make(shop, CHANGE).problem
    assert (problem.verdict, problem.reason) == (verdict, str(error))


def test_what_the_cloud_lacks_is_inapplicable_and_what_it_does_not_make_inconclusive(shop):
    assert make(shop, JOB).problem.verdict == "inapplicable"
    shop[0].does["POST gears"] = 500
    assert make(shop, DROP).problem.verdict == "inconclusive"


def test_the_values_of_a_body_and_a_query_are_filled_in(shop):
    make(shop, MAKE, body=BODY, query=(("of", Binding("name", "value", "new")), ("few", {"a": [1]})))
    ask = next(ask for ask in shop[0].asked if ask.method == "POST")
    assert ask.body["gear"]["name"].startswith(shop[0].prefix)
    (_, name), few = ask.query
    assert name.startswith(shop[0].prefix)
    assert few == ("few", '{"a": [1]}')


def test_a_body_can_hold_what_the_path_names_and_what_that_shows(shop):
    shop[0].things["/gears"] = {}
    shown = {"gear": {"id": Binding("path", "gear_id"), "name": Binding("shown", "name")}}
    make(shop, CHANGE, body=shown)
    asks = [ask for ask in shop[0].asked if ask.method in ("POST", "PUT")]
    assert asks[1].body == {"gear": {"id": "gear-1", "name": asks[0].body["gear"]["name"]}}


@pytest.mark.parametrize("binding", [Binding("path", "tooth_id"), Binding("shown", "weight")])
def test_what_the_path_neither_names_nor_shows_leaves_the_trial_undecided(shop, binding):
    assert make(shop, CHANGE, body={"gear": {"x": binding}}).problem.verdict == "inconclusive"


def test_an_unknown_target_is_one_that_the_cloud_was_seen_not_to_know(shop):
    evidence = make(shop, PULL, target="unknown", accepted=False)
    assert evidence.status == 404
    assert shop[0].said == [f"DELETE /gears/{shop[0].unknown}/teeth/{shop[0].unknown}"]


def test_a_body_for_an_unknown_target_makes_nothing(tmp_path):
    shop = opened(tmp_path, service=replace(KNOWN, kinds={"volume": GivenKind(plain={"id": "no-volume"})}))
    body = {"a": [Binding("volume", "id", "free")], "b": Binding("colour", "id", "free"), "c": {"d": 1}}
    make(shop, CHANGE, target="unknown", accepted=False, body=body)
    assert shop[0].asked[-1].body == {
        "a": ["no-volume"],
        "b": "conformance",
        "c": {"d": 1},
    }
    assert len(shop[0].asked) == 1


def test_a_body_for_an_unknown_target_names_what_exists_where_that_is_only_read(tmp_path):
    jobs = Candidates((Lookup("/jobs", "jobs"),))
    shop = opened(tmp_path, service=replace(KNOWN, profile=replace(PROFILE, discovery={"job": jobs})))
    shop[0].does["GET /jobs"] = 200, {"jobs": [{"id": "j-1"}]}
    make(shop, CHANGE, target="unknown", accepted=False, body={"job": Binding("job", "id", "any")})
    assert shop[0].asked[-1].body == {"job": "j-1"}


def test_a_missing_target_is_missing_in_what_is_there(shop):
    make(shop, PULL, target="missing", accepted=False)
    assert shop[0].changes == ["POST /gears", f"DELETE /gears/gear-1/teeth/{shop[0].unknown}"]
    make(shop, UNBADGE, "IDLE", target="missing", accepted=False)
    assert shop[0].changes[-1].endswith(f"/badges/{shop[0].unknown}")


def test_a_name_that_is_given_stands_in_the_path(shop):
    make(shop, SHOW, path=(("gear_id", "not-a-uuid"),), accepted=False)
    assert shop[0].said == ["GET /gears/not-a-uuid"]


def test_a_promise_that_is_not_about_roles_is_tried_as_an_administrator(shop):
    shop[0].does["PUT notes"] = lambda ask: 403 if ask.role == "member" else None
    evidence = make(shop, NOTE, fallback_role="admin")
    assert (evidence.role, evidence.status) == ("admin", 201)
    assert [e.response.status for e in evidence.exchanges] == [201, 403]
    again = make(shop, NOTE, fallback_role="admin")
    assert len(again.exchanges) == 1, "what members are refused is known now"


@pytest.mark.parametrize("accepted", [True, None, False])
def test_what_is_below_a_thing_that_members_do_not_see_is_tried_as_an_administrator(shop, accepted):
    """A 404 for the thing above says nothing of the one that the request is about."""
    shop[0].does["POST gears"] = lambda ask: 403 if ask.role == "member" else None
    shop[0].does["DELETE teeth"] = lambda ask: 404 if ask.role == "member" else 409
    evidence = make(shop, PULL, target="missing", accepted=accepted, fallback_role="admin")
    assert (evidence.role, evidence.status) == ("admin", 409)
    assert make(shop, PULL, target="missing", accepted=accepted).status == 404, "the promise is one to members"


def test_a_thing_that_nobody_knows_keeps_no_member_from_others(shop):
    """A 404 to the administrator as well is about the thing itself: later requests are still the members' own."""
    shop[0].does["POST gears"] = lambda ask: 403 if ask.role == "member" else None
    shop[0].does["DELETE teeth"] = 404
    assert make(shop, PULL, target="missing", accepted=False, fallback_role="admin").status == 404
    shop[0].does["DELETE teeth"] = 409
    assert make(shop, PULL, target="missing", accepted=False, fallback_role="admin").role == "member"


@pytest.mark.parametrize("accepted", [True, None, False])
def test_without_an_administrator_a_refusal_to_members_decides_nothing(tmp_path, accepted):
    """A 403 for the sake of the role alone would break the promise of a code, or keep that of a refusal."""
    shop = opened(tmp_path, roles=("member",))
    shop[0].does["PUT notes"] = 403
    problem = make(shop, NOTE, fallback_role="admin", accepted=accepted).problem
    assert problem.verdict == "inapplicable"
    assert "members are refused" in problem.reason
    assert "give the credentials of an administrator" in problem.reason
    assert make(shop, NOTE, accepted=accepted).problem is None, "the reference names the role"


def test_what_an_optional_field_asks_for_says_nothing_of_the_operation_without_it(shop):
    shop[0].does["PUT notes"] = lambda ask: 403 if ask.role == "member" else None
    make(shop, NOTE, fallback_role="admin", uses_optional_fields=True, key="with-colour")
    assert NOTE.id not in shop[1].context.elevated
    assert "with-colour" in shop[1].context.elevated


@pytest.mark.parametrize(("path", "elevated"), [((), True), ((("gear_id", "odd"), ("key", "x")), False)])
def test_a_name_that_nothing_can_have_tells_nothing_about_roles(shop, path, elevated):
    for name in ("notes", "/gears/odd/notes/x"):
        shop[0].does[f"PUT {name}"] = lambda ask: 403 if ask.role == "member" else 404
    assert make(shop, NOTE, fallback_role="admin", path=path).role == "admin"
    assert (NOTE.id in shop[1].context.elevated) is elevated


def test_an_administrator_looks_again_when_a_list_that_was_empty_has_an_element(shop):
    shop[0].does["GET gears"] = lambda ask: 403 if ask.role == "member" else None
    evidence = make(shop, LIST, fallback_role="admin")
    assert shop[0].changes == ["POST /gears"]
    assert (evidence.role, evidence.status) == ("admin", 200)


def test_what_clouds_have_by_their_providers_choice_is_tried_in_the_sandbox_alone(shop):
    problem = make(shop, NOTE, gates=(ProviderDependent(),)).problem
    assert (problem.verdict, shop[0].asked) == ("inapplicable", [])
    shop[1].context = replace(shop[1].context, sandbox=True)
    assert make(shop, NOTE, gates=(ProviderDependent(),)).problem is None


@pytest.mark.parametrize("more", [{"fallback_role": None}, {"fallback_role": "admin", "role": "admin"}])
def test_a_promise_about_roles_is_not_tried_as_another(shop, more):
    shop[0].does["PUT notes"] = 403
    evidence = make(shop, NOTE, **more)
    assert (evidence.status, len(evidence.exchanges)) == (403, 1)


def test_after_what_should_have_been_refused_the_server_must_be_replaced(shop):
    make(shop, SPIN, "IDLE", body={"spin": None}, accepted=False)
    assert shop[1].subject.must_replace


def test_any_target_is_what_is_there_and_else_what_names_nothing(shop):
    shop[0].things["/jobs"] = {"j-1": {"id": "j-1"}}
    make(shop, JOB, target="any", accepted=False)
    assert shop[0].said[-1] == "GET /jobs/j-1"
    shop[0].things["/jobs"].clear()
    shop[1].arrangement.paths = Paths(shop[1].context, shop[1].subject)
    make(shop, JOB, target="any", accepted=False)
    assert shop[0].said[-1] == f"GET /jobs/{shop[0].unknown}"


def test_an_empty_list_of_everybodys_is_asked_for_until_it_shows_what_was_made_for_it(tmp_path):
    stock = Stock("jobs", None, ("jobs",), statuses=("SPINNING", "IDLE"))
    shop = opened(tmp_path, *EVERY[:-1], SPIN, CALM, service=replace(KNOWN, made_for_lists=(stock,)))
    act, answers = acting(shop[0]), iter([[], [], [], [{"id": 9}], [{"id": 9}]])
    shop[0].does |= {"POST action": act, "GET /jobs": lambda ask: (200, {"jobs": next(answers)})}
    assert make(shop, JOBS).body == {"jobs": [{"id": 9}]}
    assert shop[0].said.count("GET /jobs") == 4
    assert [text for text in shop[0].changes if "action" in text] == [
        f"POST /servers/server-{number}/action" for number in (1, 1, 2, 2)
    ], "a server of its own for each, since what comes of a deleted one may not be listed"
    assert [subject.known_id for subject in shop[1].paging.stocks.kept] == ["server-1", "server-2"]
    assert make(shop, JOBS).body == {"jobs": [{"id": 9}]}
    assert shop[0].said.count("GET /jobs") == 5


@pytest.mark.parametrize(("shown", "asked"), [({"cipher": "x"}, 1), ({}, 2), ({"teeth": []}, 2)])
def test_what_shows_its_own_fields_is_not_asked_for_again_until_it_shows_a_list(shop, shown, asked):
    answers = iter([shown, {"cipher": "x"}])
    shop[0].does["GET /gears/g-1/cover"] = lambda ask: (200, next(answers))
    answer = shop[1].paging.until_listed(lambda: shop[0].get("/gears/g-1/cover"), tried(SHOW), "member")
    assert answer.json == {"cipher": "x"}
    assert len(shop[0].asked) == asked


def test_a_list_that_stays_empty_is_waited_for_once_for_each_role(shop):
    shop[0].does["GET /gears/g-1/teeth"] = 200, {"teeth": []}
    counts = []
    for role in ("admin", "admin", "member"):
        shop[0].asked.clear()
        shop[1].paging.until_listed(lambda: shop[0].get("/gears/g-1/teeth"), tried(LIST), role)
        counts.append(len(shop[0].asked))
    assert counts[0] > 1 < counts[2]
    assert counts[1] == 1


def test_a_request_that_nobody_answers_is_inconclusive(shop, monkeypatch):
    send = shop[0].send

    def nothing(ask):
        answer = send(ask)
        return replace(answer, status=0, json=ABSENT, error="h did not answer within 60 s") if ask.body else answer

    monkeypatch.setattr(shop[0], "send", nothing)
    problem = make(shop, MAKE, body=BODY).problem
    assert (problem.verdict, problem.reason) == ("inconclusive", "no answer: h did not answer within 60 s")
