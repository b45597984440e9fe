"""What is there, or is there no more, after a request: where it is looked for, and what follows from what is seen."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from widgets import KNOWLEDGE, action, evidence, plain, suite
from workshop import KNOWN, opened, tried

from conformance.engine.api.entries import EffectRule
from conformance.engine.api.given import RelatedStatus
from conformance.engine.api.load import load_service
from conformance.engine.cloud.roles import Role
from conformance.engine.judge.effects import Effect, Seen
from conformance.engine.model.binding import Binding
from conformance.engine.model.evidence import Problem
from conformance.engine.model.probe import EffectOn, RecordOf, StatusOf
from conformance.engine.run.jobs import Job
from conformance.engine.run.trying import made
from specs.microversion import Microversion, VersionRange
from specs.model import Condition, When

OWN = Binding("server", "id", "any")
RULES = (
    EffectRule("server", ("unlisted",), "/servers", ("id",)),
    EffectRule("image", ("created", "deleted"), "/images", ("server", "id"), (("server", OWN),), "2.10"),
)
COPIED = RelatedStatus("/images/{id}", "image.status", named_by=("image_id",), passing=("SAVING",))
SHOWING = replace(KNOWN, effects=RULES, related_statuses={"image": COPIED})
COPY, MELT = (action(name, path="/servers/{server_id}/action") for name in ("copy", "melt"))
DELETE = plain("DELETE", "/servers/{server_id}", normal=(204,))
EVERY = ("image created", "image deleted", "server unlisted")
STATUS = StatusOf("image")


def effect(resource, what, when=None):
    return Condition("effect", resource, 30, effect=what, when=when)


def picture(id_, server):
    return {"id": id_, "server": {"id": server}}


@pytest.fixture
def shop(tmp_path):
    return opened(tmp_path, COPY, MELT, DELETE, service=SHOWING)


def probe(what):
    """What is to be looked up for an effect, of the words ``image created``."""
    resource, _, name = what.partition(" ")
    return EffectOn(resource, name)


def looked(opened_shop, operation, what, **more):
    """What is seen of an effect of a trial of an operation."""
    done = opened_shop[1].make(tried(operation, "IDLE", **more), (probe(what),))
    return done, done.found[probe(what)]


def judged(what, seen, **more):
    resource, _, name = what.partition(" ")
    expectation = Effect(resource, name)
    assert expectation.probes == (probe(what),)
    return expectation.judge(evidence(found={probe(what): seen}, **more))


def test_what_a_table_says_is_shown_has_a_case_and_the_rest_a_reason():
    known = replace(KNOWLEDGE, effects=(EffectRule("image", ("created",), "/images", ("id",)),))
    posts = (effect("image", "created"), effect("image", "deleted"), effect("oil", "created"))
    found = suite(action(postconditions=posts), service=known)
    (case,) = (c for c in found.cases if "/postcondition/" in c.id)
    assert (case.id, case.expectation) == ("widgets.spin/postcondition/image-created[IDLE]", Effect("image", "created"))
    reasons = {u.requirement.rpartition("/")[2]: u.reason for u in found.untested if "/postcondition/" in u.requirement}
    assert reasons == {"image-deleted": "not-through-api", "oil-created": "not-through-api"}
    assert "effects: image created" in found.used


def test_an_effect_in_an_environment_that_does_not_hold_has_no_case():
    known = replace(KNOWLEDGE, effects=(EffectRule("image", ("created",), "/images", ("id",)),))
    found = suite(
        action(postconditions=(effect("image", "created", When(environment="volume-backed")),)), service=known
    )
    assert not [c for c in found.cases if "/postcondition/" in c.id]


def test_a_status_that_is_only_passed_through_has_the_reason_that_it_is():
    found = suite(action(postconditions=(Condition("status", "widget", 30, transient=("turning",)),)))
    assert [(u.requirement, u.reason) for u in found.untested if "/postcondition/" in u.requirement] == [
        ("widgets.spin/postcondition/widget-turning", "transient")
    ]


def test_the_tables_know_where_images_and_servers_are_listed():
    known = load_service("compute")
    assert known.effect("server", "unlisted").resource_field == ("id",)
    assert known.effect("image", "created") is known.effect("image", "deleted")
    assert known.effect("image", "deleted").query == (("server", OWN),)
    assert known.effect("port", "deleted") is None


@pytest.mark.parametrize("gone", [True, False])
def test_a_server_is_looked_for_in_the_list(shop, gone):
    cloud = shop[0]

    def delete(ask):
        if gone:
            cloud.things["/servers"].clear()
        return 204

    cloud.does["DELETE servers"] = delete
    done, seen = looked(shop, DELETE, "server unlisted")
    assert (seen.before, seen.shows("unlisted")) == ({"server-1"}, gone)
    assert judged("server unlisted", seen).verdict == ("pass" if gone else "fail")
    assert done.exchanges[-1].request.url.endswith("/servers")


def test_what_the_answer_names_is_looked_at_by_itself(shop):
    cloud = shop[0]
    cloud.does["POST action"] = lambda _: (202, {"image_id": "image-7"})
    cloud.does["GET /images/image-7"] = 200, {"image": {"id": "image-7"}}
    _, seen = looked(shop, COPY, "image created")
    assert (seen.named, seen.after) == ("image-7", {"image-7"})
    assert judged("image created", seen).verdict == "pass"
    assert {ask.microversion for ask in cloud.asked if ask.path.startswith("/images")} == {"2.10"}


def test_what_an_administrator_has_made_is_looked_at_as_administrator(shop):
    cloud = shop[0]
    cloud.does["POST action"] = lambda ask: (202, {"image_id": "image-7"}) if ask.role == Role.ADMIN else 403
    cloud.does["GET /images/image-7"] = lambda ask: (200, {"image": {}}) if ask.role == Role.ADMIN else 404
    _, seen = looked(shop, COPY, "image created", fallback_role="admin")
    assert judged("image created", seen).verdict == "pass"


def test_what_an_administrator_has_made_and_the_answer_does_not_name_is_not_to_be_found(shop):
    _, seen = looked(shop, COPY, "image created", role="admin")
    assert judged("image created", seen).verdict == "inconclusive"


def test_what_the_answer_names_and_nobody_shows_is_a_contradiction(shop):
    shop[0].does["POST action"] = lambda _: (202, {"image_id": "image-7"})
    _, seen = looked(shop, COPY, "image created")
    judgement = judged("image created", seen)
    assert (judgement.verdict, judgement.observed) == ("fail", "not there")
    assert "image-7" in judgement.reason


def test_where_the_answer_names_nothing_a_new_one_in_the_list_counts(shop):
    cloud = shop[0]
    cloud.things["/images"] = {"old": picture("old", "server-1")}

    def copied(_):
        cloud.things["/images"] |= {"new": picture("new", "server-1"), "alien": picture("alien", "server-9")}
        return 202

    cloud.does["POST action"] = copied
    _, seen = looked(shop, COPY, "image created")
    assert (seen.before, seen.after) == ({"old"}, {"old", "new"})
    assert judged("image created", seen).verdict == "pass"
    assert judged("image created", replace(seen, after=seen.before)).verdict == "fail"


@pytest.mark.parametrize(("late", "verdict"), [(0, "pass"), (2, "pass"), (10**9, "fail")])
def test_what_is_to_go_may_take_its_time(shop, late, verdict):
    cloud = shop[0]
    cloud.things["/images"] = {"old": picture("old", "server-1"), "alien": picture("alien", "server-9")}
    looks = []

    def listed(_):
        if "POST /servers/server-1/action" in cloud.said:
            looks.append(1)
            if len(looks) > late:
                cloud.things["/images"].pop("old", None)

    cloud.does["GET /images"] = listed
    _, seen = looked(shop, MELT, "image deleted")
    assert seen.before == {"old"}
    assert judged("image deleted", seen).verdict == verdict


def test_what_the_run_has_asked_for_is_not_what_is_to_go(shop):
    cloud = shop[0]
    cloud.journal.made(cloud.journal.intend("image", "mine"), "mine", "/images/mine")
    cloud.things["/images"] = {"old": picture("old", "server-1"), "mine": picture("mine", "server-1")}
    cloud.does["POST action"] = lambda _: cloud.things["/images"].pop("old") and 202
    _, seen = looked(shop, MELT, "image deleted")
    assert (seen.before, judged("image deleted", seen).verdict) == ({"old"}, "pass")


def test_where_nothing_was_there_that_could_go_nothing_is_decided(shop):
    _, seen = looked(shop, MELT, "image deleted")
    assert judged("image deleted", seen).verdict == "inapplicable"


def test_where_some_have_gone_nobody_knows_which_it_was():
    seen = Seen(frozenset({"a", "b"}), frozenset({"b"}))
    assert judged("image deleted", seen).verdict == "inconclusive"


@pytest.mark.parametrize(("code", "verdict"), [(404, "inapplicable"), (403, "inapplicable"), (500, "inconclusive")])
def test_a_cloud_that_does_not_show_the_list_decides_nothing(shop, code, verdict):
    shop[0].does["GET /images"] = code
    shop[0].does["POST action"] = lambda _: (202, {"image_id": "image-7"})
    _, seen = looked(shop, COPY, "image created")
    judgement = judged("image created", seen)
    assert (judgement.verdict, judgement.observed) == (verdict, "not shown")
    assert str(code) in judgement.reason


def test_a_cloud_that_has_left_the_version_behind_decides_nothing(shop):
    shop[0].microversions = VersionRange.parse("2.12", "2.20")
    _, seen = looked(shop, COPY, "image created")
    assert judged("image created", seen).verdict == "inapplicable"


@pytest.mark.parametrize(
    ("listed", "status"),
    [
        ([picture("i-1", "server-1"), picture("i-2", "another")], "ACTIVE"),
        ([picture("i-1", "server-1"), picture("i-3", "server-1")], None),
        ([picture("i-2", "another")], None),
    ],
)
def test_the_status_of_what_is_made_without_a_name_is_that_of_the_one_thing_of_the_server(shop, listed, status):
    shop[0].does |= {
        "POST action": 202,
        "GET /images": (200, {"images": listed}),
        "GET /images/i-1": (200, {"image": {"id": "i-1", "status": "ACTIVE"}}),
    }
    assert shop[1].make(tried(MELT, "IDLE"), (STATUS,)).found[STATUS] == status


def test_one_look_shows_a_status_and_the_values_of_other_fields(shop):
    image = {"image": {"id": "image-7", "status": "ACTIVE", "name": "a copy"}}
    shop[0].does |= {"POST action": lambda _: (202, {"image_id": "image-7"}), "GET /images/image-7": (200, image)}
    found = shop[1].make(tried(MELT, "IDLE"), (STATUS, RecordOf("image"))).found
    assert (found[STATUS], found[RecordOf("image")]) == ("ACTIVE", image)
    assert len([ask for ask in shop[0].asked if ask.path == "/images/image-7"]) == 1


@pytest.mark.parametrize(("microversion", "looks"), [(Microversion(2, 10), 1), (None, 2)])
def test_the_look_for_what_was_made_shows_its_status_too_at_the_same_microversion(tmp_path, microversion, looks):
    at = replace(COPIED, microversion=microversion)
    cloud, executor = opened(tmp_path, COPY, service=replace(SHOWING, related_statuses={"image": at}))
    image = {"image": {"id": "image-7", "status": "ACTIVE"}}
    cloud.does |= {"POST action": lambda _: (202, {"image_id": "image-7"}), "GET /images/image-7": (200, image)}
    for key in ("one", "two"):
        cloud.asked.clear()
        found = executor.make(tried(COPY, "IDLE", key=key), (probe("image created"), STATUS)).found
        assert (found[STATUS], judged("image created", found[probe("image created")]).verdict) == ("ACTIVE", "pass")
        assert len([ask for ask in cloud.asked if ask.path == "/images/image-7"]) == looks


def test_a_status_that_is_only_passed_through_is_looked_at_again(tmp_path, monkeypatch):
    monkeypatch.setattr("conformance.engine.execute.related.PAUSE", 0.01)
    at = replace(COPIED, microversion=Microversion(2, 10))
    cloud, executor = opened(tmp_path, COPY, service=replace(SHOWING, related_statuses={"image": at}))
    shown = ["ACTIVE", "SAVING"]
    cloud.does["POST action"] = lambda _: (202, {"image_id": "image-7"})
    cloud.does["GET /images/image-7"] = lambda _: (200, {"image": {"id": "image-7", "status": shown.pop()}})
    assert executor.make(tried(COPY, "IDLE"), (probe("image created"), STATUS)).found[STATUS] == "ACTIVE"


def test_a_look_that_fails_once_is_made_again(shop):
    cloud, answers = shop[0], [500]
    cloud.does["POST action"] = lambda _: (202, {"image_id": "image-7"})
    cloud.does["GET /images/image-7"] = lambda _: answers.pop() if answers else (200, {"image": {}})
    _, seen = looked(shop, COPY, "image created")
    assert judged("image created", seen).verdict == "pass"


def test_a_run_asks_for_the_effects_that_its_cases_are_about():
    known = replace(KNOWLEDGE, effects=(EffectRule("image", ("created",), "/images", ("id",)),))
    found = suite(action(postconditions=(effect("image", "created"),)), service=known)
    asked = []
    executor = SimpleNamespace(
        make=lambda trial, probes, together: asked.append(probes) or evidence(202, trial=trial),
        context=SimpleNamespace(service=known),
    )
    for case in found.cases:
        job = Job.of([case])
        made(executor, job)
    assert [probes for probes in asked if probes] == [(EffectOn("image", "created"),)]


def test_nothing_is_looked_for_that_no_case_asks_for(shop):
    shop[1].make(tried(COPY, "IDLE"))
    assert not [text for text in shop[0].said if "/images" in text]


@pytest.mark.parametrize("what", EVERY)
def test_what_does_not_follow_from_the_request_decides_nothing(what):
    seen = Seen(frozenset({"a"}), frozenset({"a"}), "a")
    assert judged(what, seen, code=409).verdict == "inconclusive"
    assert judged(what, seen, unseen="stopped").verdict == "inconclusive"
    assert judged(what, None).verdict == "inapplicable"
    assert judged(what, Seen(problem=Problem("inapplicable", "none"))).verdict == "inapplicable"
