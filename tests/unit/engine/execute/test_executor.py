"""One trial, made: the situation, the request in it, and what prevents either."""

from __future__ import annotations

from dataclasses import replace

import pytest
from subjects import answer
from widgets import COLOUR, action, becomes, plain, row, sample, status
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

PATH = "/servers/{server_id}/action"


def server_status(*states):
    return replace(status(*states), resource="server")


def server_becomes(*states):
    return replace(becomes(*states), resource="server")


SPIN = action(
    "spin",
    path=PATH,
    preconditions=(server_status("IDLE"),),
    postconditions=(server_becomes("SPINNING"),),
    error=(403, 409),
)
CALM = action("calm", path=PATH, preconditions=(server_status("SPINNING"),), postconditions=(server_becomes("IDLE"),))
LOCK, UNLOCK = action("lock", path=PATH), action("unlock", path=PATH)
BADGE = plain("PUT", "/servers/{server_id}/badges/{badge}", normal=(201,), preconditions=(server_status("IDLE"),))
UNBADGE = plain("DELETE", "/servers/{server_id}/badges/{badge}", normal=(204,))
COLOURED = {"note": {"colour": COLOUR}}
BODY = {"gear": {"name": Binding("name", "value", "new")}}


def acting(shop):
    """Lets actions change the server's status and lock."""

    def act(ask):
        (name,) = ask.body
        server = shop.things["/servers"][ask.path.split("/")[2]]
        server["status"] = {"spin": "SPINNING", "calm": "IDLE"}.get(name, server["status"])
        server["locked"] = {"lock": True, "unlock": False}.get(name, server["locked"])
        return 202

    return act


@pytest.fixture
def shop(tmp_path):
    opened_shop = opened(tmp_path, *EVERY[:-1], SPIN, CALM, LOCK, UNLOCK, BADGE, UNBADGE)
    opened_shop[0].does["POST action"] = acting(opened_shop[0])
    return opened_shop


def make(opened_shop, operation, state=None, **more):
    return opened_shop[1].make(tried(operation, state, **more))


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


USED_UP = (403, {"forbidden": {"code": 403, "message": "Quota exceeded for gears: 3 of 3"}})


def test_what_the_quota_refuses_is_tried_again_when_others_have_given_their_things_back(shop, monkeypatch):
    monkeypatch.setattr("conformance.engine.provision.places.PAUSE", 0.001)
    answers = iter([USED_UP, USED_UP, None])
    shop[0].does["POST gears"] = lambda ask: next(answers)
    places = shop[1].context.places
    places.take()
    evidence = make(shop, MAKE)
    assert (evidence.problem, evidence.status) == (None, 200)
    assert places.most == 1
    assert [text for text in shop[0].changes if text == "POST /gears"] == ["POST /gears"] * 3


@pytest.mark.parametrize("later", [USED_UP, (400, {"badRequest": {"code": 400, "message": "no name"}}), None])
def test_a_group_of_refusals_keeps_none_that_a_quota_has_caused(shop, monkeypatch, later):
    """The things of the lane are given back before the next attempt, and the group looks at what it has before that."""
    monkeypatch.setattr("conformance.engine.provision.places.PAUSE", 0.001)
    monkeypatch.setattr("conformance.engine.provision.places.WAIT", 0.01)
    answers = iter([USED_UP])
    shop[0].does["POST gears"] = lambda ask: next(answers, later)
    shop[1].context.places.take()
    trial = tried(MAKE, key="nameless", accepted=False, body={"gear": {}})
    evidence = shop[1].make(trial, together=True)
    shop[1].looks.take()
    judged_by = shop[1].looks.collect().get("nameless", evidence)
    if later is USED_UP:
        assert judged_by.problem.verdict == "inconclusive"
    else:
        assert (judged_by.problem, judged_by.status) == (None, 400 if later else 200)


def test_what_was_made_for_bindings_is_removed_when_a_quota_is_used_up(shop):
    removed = []
    shop[1].context.resources.remove_all = lambda things: removed.extend(one.name for one in things)
    places = shop[1].context.places
    make(shop, NOTE, body=COLOURED)
    shop[1].discard()
    assert removed == [], "another lane may use it"
    places.take()
    places.used_up()
    make(shop, NOTE, body=COLOURED)
    shop[1].discard()
    assert removed == ["red"], "that of the lane that has ended, which this one has used"


def test_an_element_of_a_lane_goes_with_the_lane(shop):
    make(shop, CHANGE)
    assert shop[0].changes == ["POST /gears", "PUT /gears/gear-1"]
    make(shop, SHOW)
    shop[1].discard()
    assert shop[0].changes[-1] == "DELETE /gears/gear-1"
    assert not shop[0].journal.entries()[0].left


def test_a_thing_of_an_environment_that_the_quota_refuses_is_not_one_that_the_cloud_lacks(shop):
    environment = "of-glass"
    shop[1].subject.environment = environment

    def refused(kind, **_):
        raise ResourceError(f"no {kind} could be made: {said}")

    shop[1].context.resources.make = refused
    said = "POST /servers gave 403 (Quota exceeded for servers)"
    assert shop[1].subject.reach("IDLE").verdict == "inconclusive"
    said = "POST /servers gave 400 (no such glass)"
    assert shop[1].subject.reach("IDLE").verdict == "inapplicable"


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


def test_a_status_is_reached_and_what_becomes_of_the_server_is_followed(shop):
    evidence = make(shop, CALM, "SPINNING", body={"calm": None}, leads_to=("IDLE",))
    assert (evidence.before["status"], evidence.after["status"]) == ("SPINNING", "IDLE")
    assert shop[0].changes == [f"POST /servers/server-1/{'action'}"] * 2


def test_after_a_refusal_the_server_is_looked_at(shop):
    shop[0].does["POST /servers/server-1/action"] = 409
    evidence = make(shop, SPIN, "IDLE", body={"spin": None}, accepted=False)
    assert (evidence.before["status"], evidence.after["status"]) == ("IDLE", "IDLE")
    assert len(evidence.exchanges) == 2


def test_after_what_should_have_been_refused_the_server_must_be_replaced(shop):
    make(shop, SPIN, "IDLE", body={"spin": None}, accepted=False)
    assert shop[1].subject.must_replace


@pytest.mark.parametrize("last", [(), (CALM.id,)])
def test_after_an_operation_that_uses_a_server_up_it_must_be_replaced(tmp_path, last):
    shop = opened(tmp_path, *EVERY[:-1], SPIN, CALM, service=replace(KNOWN, tried_last=last))
    shop[0].does["POST action"] = acting(shop[0])
    make(shop, CALM, "SPINNING", body={"calm": None}, leads_to=("IDLE",))
    assert shop[1].subject.must_replace == bool(last)


def test_after_a_change_of_status_that_nobody_documents_the_server_must_be_replaced(shop):
    make(shop, CALM, "IDLE", body={"calm": None}, accepted=None)
    assert not shop[1].subject.must_replace, "its status is as before"
    make(shop, SPIN, "IDLE", body={"spin": None}, accepted=None)
    assert shop[1].subject.status == "SPINNING"
    assert shop[1].subject.must_replace


def test_optional_fields_alter_the_server_for_trials_without_them(shop):
    make(shop, SPIN, "IDLE", body={"spin": None}, uses_optional_fields=True, leads_to=("SPINNING",))
    assert shop[1].subject.altered
    make(shop, CALM, "SPINNING", body={"calm": None}, uses_optional_fields=True, leads_to=("IDLE",))
    assert list(shop[0].things["/servers"]) == ["server-1"], "a trial that alters it may be made on an altered one"
    make(shop, SPIN, "IDLE", body={"spin": None}, leads_to=("SPINNING",))
    assert list(shop[0].things["/servers"]) == ["server-2"]


def test_a_server_is_locked_after_all_that_the_request_needs_was_made(shop):
    """A locked server would let nothing be made in it."""
    make(shop, UNBADGE, "IDLE", locked=True, accepted=False)
    names = [text.split("/")[3] + str(ask.body if ask.body is not ABSENT else "") for text, ask in asks(shop)]
    assert [name.split("{")[0] for name in names] == ["badges", "action", "badges"]
    assert asks(shop)[1][1].body == {"lock": None}


def asks(shop):
    return [(t, a) for t, a in zip(shop[0].said, shop[0].asked, strict=True) if not t.startswith("GET")]


def test_a_lock_that_is_not_why_a_member_is_refused_decides_nothing(shop):
    act = acting(shop[0])
    shop[0].does["POST action"] = lambda ask: 403 if "spin" in ask.body else act(ask)
    problem = make(shop, SPIN, "IDLE", locked=True, accepted=None, body={"spin": None}).problem
    assert (problem.verdict, problem.reason) == (
        "inapplicable",
        "members are refused widgets.spin on this cloud, locked or not",
    )


def test_a_lock_that_is_why_a_member_is_refused_is_evidence(shop):
    act = acting(shop[0])

    def spin(ask):
        locked = shop[0].things["/servers"]["server-1"]["locked"]
        return 403 if "spin" in ask.body and locked else act(ask)

    shop[0].does["POST action"] = spin
    evidence = make(shop, SPIN, "IDLE", locked=True, accepted=None, body={"spin": None})
    assert (evidence.problem, evidence.status) == (None, 403)


def test_what_cannot_be_made_in_a_status_is_made_before_it_is_reached(shop):
    def put(ask):
        server = shop[0].things["/servers"][ask.path.split("/")[2]]
        return None if server["status"] == "IDLE" else 409

    shop[0].does["PUT badges"] = put
    evidence = make(shop, UNBADGE, "SPINNING", leads_to=())
    assert (evidence.problem, evidence.status) == (None, 204)
    assert evidence.before["status"] == "SPINNING"
    said = [text.partition("/")[0] + text.split("/")[3] for text in shop[0].changes]
    way, put = "POST action", "PUT badges"
    assert said == [way, put, way, put, way, "DELETE badges"], "the same resource goes back for it"
    assert {text.split("/")[2] for text in shop[0].changes} == {"server-1"}


def test_what_can_be_made_in_no_status_leaves_the_trial_undecided(shop):
    shop[0].does["PUT badges"] = 409
    problem = make(shop, UNBADGE, "SPINNING").problem
    assert problem.verdict == "inconclusive"
    assert "put-servers-server_id-badges-badge, which makes an element for {badge}, was answered 409" in problem.reason


HOOK = plain(
    "POST", "/servers/{server_id}/hooks", answered=(sample({"hook": {"id": "1", "name": "h"}}),), normal=(200, 202)
)
UNHOOK = plain("DELETE", "/servers/{server_id}/hooks/{hook_id}", normal=(204,))


@pytest.mark.parametrize("code", [202, 200])
def test_what_was_attached_in_the_background_belongs_to_the_requests_on_it(tmp_path, code):
    """Another request gets another server; what is there when it is answered is in nobody's way."""
    shop = opened(tmp_path, *EVERY, HOOK, UNHOOK)
    shop[0].does |= {"POST hooks": (code, {"hook": {"id": "h-1"}}), "DELETE hooks": 409}
    make(shop, HOOK, "IDLE")
    make(shop, HOOK, "IDLE")
    make(shop, UNHOOK, "IDLE")
    assert list(shop[0].things["/servers"]) == ["server-1"]
    assert shop[1].subject.furnished == ({"/servers/server-1/hooks"} if code == 202 else set())
    make(shop, SPIN, "IDLE", body={"spin": None})
    assert shop[0].changes[-1] == f"POST /servers/server-{2 if code == 202 else 1}/action"


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


FULL = 403, {"forbidden": {"code": 403, "message": "Quota exceeded, too many gears."}}, {}


@pytest.mark.parametrize("accepted", [True, False, None])
def test_a_quota_that_is_used_up_is_not_the_clouds_contradiction(shop, accepted):
    shop[0].does["POST /gears"] = FULL
    problem = make(shop, MAKE, body=BODY, accepted=accepted).problem
    assert problem.verdict == "inconclusive"
    assert problem.reason == (
        "the quota of the project is used up (Quota exceeded, too many gears.): raise it, or remove what is not needed"
    )


def test_what_is_needed_and_not_made_for_a_quota_says_so(shop):
    shop[0].does["POST /gears"] = FULL
    problem = make(shop, DROP).problem
    assert problem.verdict == "inconclusive"
    assert problem.reason.endswith("was answered 403 (Quota exceeded, too many gears.)")


def test_a_request_that_nobody_answers_is_inconclusive(shop, monkeypatch):
    send = shop[0].send

    def nothing(ask):
        answer = send(ask)
        return replace(answer, status=0, json=ABSENT, error="h did not answer within 60 s") if ask.body else answer

    monkeypatch.setattr(shop[0], "send", nothing)
    problem = make(shop, MAKE, body=BODY).problem
    assert (problem.verdict, problem.reason) == ("inconclusive", "no answer: h did not answer within 60 s")


def test_a_trial_that_finds_the_room_it_lacked_lets_others_wait_for_it_again(tmp_path):
    _, executor = opened(tmp_path)
    executor.context.places.in_vain |= {"carts": {SHOW.id}, "wheels": {DROP.id}}
    executor.make(tried(SHOW))
    assert executor.context.places.in_vain == {"wheels": {DROP.id}}


def test_trials_on_a_locked_server_that_need_nothing_else_share_the_lock(shop):
    act = acting(shop[0])
    shop[0].does["POST action"] = lambda ask: 409 if "spin" in ask.body else act(ask)
    for number in range(3):
        make(shop, SPIN, "IDLE", key=str(number), locked=True, accepted=False, body={"spin": None})
    assert [ask.body for _, ask in asks(shop)] == [{"lock": None}, *[{"spin": None}] * 3]
    shop[0].does["DELETE badges"] = 409
    make(shop, UNBADGE, "IDLE", locked=True, accepted=False)
    names = [next(iter(ask.body)) if ask.path.endswith("action") else ask.method for _, ask in asks(shop)[4:]]
    assert names == ["unlock", "PUT", "lock", "DELETE"], "what the path names is made without the lock"
    make(shop, SPIN, "IDLE", body={"spin": None}, leads_to=("SPINNING",))
    assert [ask.body for _, ask in asks(shop)[-2:]] == [{"unlock": None}, {"spin": None}]


@pytest.mark.parametrize(("sandbox", "removed"), [(False, ["used-up"]), (True, [])])
def test_what_a_lane_has_used_up_goes_with_the_lane_where_others_need_the_room(tmp_path, sandbox, removed):
    shop = opened(tmp_path, sandbox=sandbox)
    gone = []
    shop[1].context.resources.remove_all = gone.extend
    shop[1].context.places.spend(["used-up"])
    shop[1].discard()
    assert gone == removed


def test_what_an_earlier_request_has_taken_away_unseen_is_made_anew(tmp_path):
    """As a transfer whose path does not name the thing: its maker sees it no more. It stays in the journal."""
    shop = opened(tmp_path)
    lane = shop[1]
    lane.make(tried(CHANGE, body=BODY))
    del shop[0].things["/gears"]["gear-1"]
    evidence = lane.make(tried(CHANGE, body=BODY))
    assert evidence.status == 200
    assert [line for line in shop[0].changes if line.startswith("P")][-3:] == [
        "PUT /gears/gear-1",
        "POST /gears",
        "PUT /gears/gear-2",
    ]
    left = [id_ for entry in shop[0].journal.entries() for id_, _ in entry.left]
    assert "gear-1" in left


def test_a_refusal_of_a_thing_that_is_there_is_no_loss(tmp_path):
    shop = opened(tmp_path)
    shop[0].does["PUT gears"] = 404
    evidence = shop[1].make(tried(CHANGE, body=BODY))
    assert evidence.status == 404
    assert sum(line.startswith("POST /gears") for line in shop[0].changes) == 1


FIT = plain("POST", "/wheels", row("wheel", "object"), samples=(sample({"wheel": {"gear_id": "1"}}),), normal=(201,))
WHEEL = {"wheel": {"gear_id": Binding("/gears")}}


@pytest.mark.parametrize(("room", "status", "gears"), [(1, 200, 2), (0, 409, 2)])
def test_without_a_description_a_thing_that_is_full_gives_way_to_another_one(tmp_path, room, status, gears):
    """Once in vain, and then no more for this operation."""
    shop = opened(tmp_path, *EVERY, FIT, service=replace(KNOWN, described=False))
    fitted = []

    def fit(ask):
        gear = ask.body["wheel"]["gear_id"]
        fitted.append(gear)
        return 409 if fitted.count(gear) > room else None

    shop[0].does["POST wheels"] = fit
    statuses = [shop[1].make(tried(FIT, body=WHEEL)).status for _ in range(2)]
    assert statuses[-1] == status
    assert len(set(fitted)) == gears
    described = opened(tmp_path / "described", *EVERY, FIT)
    described[0].does["POST wheels"] = 409
    assert described[1].make(tried(FIT, body=WHEEL)).status == 409
    assert sum(line == "POST /gears" for line in described[0].changes) == 1
