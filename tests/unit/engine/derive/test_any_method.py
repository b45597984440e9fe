"""What a spec gives for operations of any method: names in paths, queries, bodies that are trees, and versions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import (
    COLOUR,
    KNOWLEDGE,
    PARAMETERS,
    TOP,
    action,
    becomes,
    case,
    ids,
    plain,
    row,
    sample,
    suite,
    untested,
    view,
)

from conformance.engine.api.entries import BindingRule, Refusal
from conformance.engine.api.given import GivenKind
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.derive.constraints import LONGEST
from conformance.engine.judge.codes import Accepted, Refused, RefusedWhereSilent
from conformance.engine.judge.contents import EmptyBody, ErrorBody, FieldShown
from conformance.engine.model.binding import Binding, Step
from conformance.engine.model.trial import Twice
from specs.microversion import Microversion
from specs.model import Body, Condition, Deprecation, Removal, Versions, When

NEW_NAME = Binding("name", "value", "new")
"""Not the name of a sample: a thing that is made must have the prefix of the run."""

GEAR = sample({"gear": {"id": "1", "name": "g"}})
MAKE = plain(
    "POST",
    "/gears",
    row("gear", "object", True),
    row("name", required=True),
    samples=(sample({"gear": {"name": "g"}}),),
    answered=(GEAR,),
    normal=(200,),
    error=(400, 409),
)
SHOW = plain("GET", "/gears/{gear_id}", normal=(200,))
HOST = Binding("host", "name", "any")
BOUND = replace(
    KNOWLEDGE,
    kinds={"host": GivenKind("no-such-host"), "colour": GivenKind()},
    bindings=(BindingRule("*", "colourRef", COLOUR), BindingRule("*", "host", HOST)),
)


def bad(operation, *others, code="400", **more):
    """The cases of a code that is listed, by their details."""
    found = suite(operation, *others, **more)
    wanted = f"{operation.id.removeprefix('widgets.')}/error/{code}["
    return {i.removeprefix(wanted).rstrip("]"): case(found, i) for i in ids(found, wanted)}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (row("gear_id", location="path"), {}),
        (row("gear_id", location="path", format="uuid"), {"gear_id-format": "not-a-uuid"}),
        (row("gear_id", location="path", format="date-time"), {"gear_id-format": "not-a-date"}),
        (row("gear_id", location="path", format="unheard-of"), {}),
        (row("gear_id", "integer", location="path"), {"gear_id-type": "conformance"}),
        (row("gear_id", "boolean", location="path"), {"gear_id-type": "conformance"}),
        (row("gear_id", location="path", enum=("a", "b")), {"gear_id-enum": "conformance"}),
        (row("gear_id", location="path", max_length=3), {"gear_id-max-length": "xxxx"}),
        (row("gear_id", location="path", max_length=LONGEST + 1), {}),
        (row("gear_id", location="path", format="uuid", max="2.5"), {}),
        (row("gear_id", "uuid", location="query"), {}),
    ],
)
def test_a_name_in_the_path_that_is_not_of_its_form_is_a_400(given, expected):
    found = bad(plain("GET", "/gears/{gear_id}", given, normal=(200,), error=(400, 404)))
    assert {detail: dict(one.trial.request.path)["gear_id"] for detail, one in found.items()} == expected
    for one in found.values():
        assert (one.trial.outcome.accepted, one.expectation.codes, one.expectation.also_listed) == (False, (400,), True)
        assert one.expectation.elsewhere == (403, 404, 409), "a name of another form names nothing"
        assert one.beside, "a body or a query is more likely to decide the requirement"


def test_where_400_is_not_listed_a_name_in_the_path_or_the_query_breaks_nothing():
    """It names nothing, and what the reference says of that is another code's matter."""
    rows = row("gear_id", "integer", location="path"), row("limit", "integer", location="query")
    found = suite(plain("GET", "/gears/{gear_id}", *rows, normal=(200,), error=(404,)))
    odd = [i for i in ids(found) if "gear_id-type" in i or "limit-type" in i]
    parts = ("query[limit-type]", "path[gear_id-type]")
    assert odd == [f"get-gears-gear_id/situation/{part}" for part in parts], "the answer is observed, no more"


def test_a_query_parameter_that_must_be_understood_is_broken_and_a_filter_is_not():
    rows = row("limit", "integer", location="query"), row("size", "integer", location="query")
    found = bad(plain("GET", "/gears", *rows, normal=(200,), error=(400,)))
    assert {detail: one.trial.request.query for detail, one in found.items()} == {
        "limit-type": (("limit", "conformance"),)
    }


def test_what_every_request_of_a_list_needs_stands_before_what_breaks_it():
    service = replace(KNOWLEDGE, required_queries=(("widgets.get-gears", "of", "mine"),))
    found = bad(plain("GET", "/gears", row("limit", "integer", location="query"), error=(400,)), service=service)
    assert found["limit-type"].trial.request.query == (("of", "mine"), ("limit", "conformance"))


def test_a_field_of_a_tree_is_broken_where_it_stands():
    rows = row("gear", "object", True), row("teeth", "array", True), row("teeth.size", "integer", True)
    one = plain("POST", "/gears", *rows, samples=(sample({"gear": {"teeth": [{"size": 1}]}}),), error=(400,))
    thing = {"conformance": "object"}
    assert {detail: case_.trial.request.body for detail, case_ in bad(one).items()} == {
        "gear-missing": {},
        "gear-type": {"gear": "text"},
        "teeth-missing": {"gear": {}},
        "teeth-type": {"gear": {"teeth": thing}},
        "teeth.size-missing": {"gear": {"teeth": [{}]}},
        "teeth.size-type": {"gear": {"teeth": [{"size": thing}]}},
    }


def test_without_a_description_a_type_that_a_sample_contradicts_is_not_broken():
    """Nobody tells which of both the reference means."""
    one = plain("POST", "/gears", row("notes", "array", True), samples=(sample({"notes": {"a": "b"}}),), error=(400,))
    assert set(bad(one, service=replace(KNOWLEDGE, described=False))) == {"notes-missing"}
    assert set(bad(one)) == {"notes-missing", "notes-type"}
    listed = plain("POST", "/gears", row("notes", "array", True), samples=(sample({"notes": ["a"]}),), error=(400,))
    assert set(bad(listed, service=replace(KNOWLEDGE, described=False))) == {"notes-missing", "notes-type"}


@pytest.mark.parametrize("whole", [None, COLOUR, [], "text"])
def test_a_part_of_what_the_table_gives_as_a_whole_is_not_broken(whole):
    service = replace(KNOWLEDGE, bindings=(BindingRule("*", "maker", whole),))
    rows = row("maker", "object", True), row("maker.city", required=True)
    one = plain("POST", "/gears", *rows, samples=(sample({"maker": {"city": "c"}}),), error=(400,))
    assert set(bad(one, service=service)) == {"maker-missing", "maker-type"}


def test_what_is_only_read_has_no_body_to_break():
    assert bad(plain("GET", "/gears", row("name", required=True), error=(400,))) == {}


def test_a_field_that_has_ended_is_broken_at_its_last_version():
    found = bad(plain("POST", "/gears", row("name", max="2.5"), row("size"), error=(400,)))
    assert set(found) == {"name-type-2.5", "size-type"}
    ended = found["name-type-2.5"].trial
    assert (ended.request.version, ended.request.body) == (Microversion(2, 5), {"name": {"conformance": "object"}})
    assert found["size-type"].trial.request.version is None


@pytest.mark.parametrize("path", ["/gears/{gear_id}", "/gears/{gear_id}/teeth"])
def test_what_names_nothing_is_a_404_where_that_is_listed(path):
    found = bad(plain("DELETE", path, error=(404,)), code="404")
    assert set(found) == {"unknown-id"}
    one = found["unknown-id"]
    assert (one.expectation.codes, one.trial.situation.target, one.trial.situation.state) == ((404,), "unknown", None)


def test_the_last_name_of_a_path_is_missing_by_itself_too():
    found = bad(plain("DELETE", "/gears/{gear_id}/teeth/{tooth_id}", error=(404,)), code="404")
    assert set(found) == {"unknown-id", "unknown-tooth_id"}
    assert found["unknown-tooth_id"].trial.situation.target == "missing"


def test_a_name_that_the_client_chooses_is_missing_to_nobody():
    one = plain("PUT", "/gears/{gear_id}/badges/{badge}", normal=(201,), error=(404,))
    assert set(bad(one, code="404")) == {"unknown-id"}


def test_an_operation_on_a_server_is_missing_below_the_server_too():
    found = bad(plain("DELETE", "/widgets/{widget_id}/hooks/{hook_id}", error=(404,)), code="404")
    assert set(found) == {"unknown-id", "unknown-hook_id", "other-project"}
    assert found["unknown-hook_id"].trial.situation.state == "IDLE"
    assert found["other-project"].trial.request.role == "alt"


def test_a_field_of_the_body_that_names_nothing_is_a_404_or_observed():
    rows = row("gear", "object", True), row("host", required=True), row("name", required=True)
    one = plain("POST", "/gears", *rows, samples=(sample({"gear": {"host": "h", "name": "n"}}),), error=(404,))
    found = bad(one, code="404", service=BOUND)
    assert set(found) == {"unknown-host"}
    assert found["unknown-host"].trial.request.body == {"gear": {"host": "no-such-host", "name": NEW_NAME}}
    assert found["unknown-host"].expectation == RefusedWhereSilent(404, "a host that names nothing")


def test_an_operation_without_names_is_not_found_after_its_last_version():
    one = plain("GET", "/gears", microversions=Versions(max="2.7"), error=(404,))
    found = bad(one, code="404")
    assert set(found) == {"2.8"}
    assert found["2.8"].trial.request.version == Microversion.parse("2.8")
    assert found["2.8"].expectation == Refused((404,), "the operation exists only up to 2.7")


def test_a_404_that_nothing_provokes_has_a_reason():
    found = suite(plain("GET", "/gears", error=(404,)))
    assert untested(found) == {"get-gears/error/404": "no-constraint"}
    assert found.untested[0].detail == "the path names nothing that could be missing"


def test_where_no_token_is_taken_the_refusals_of_tokens_have_no_case():
    one = plain("GET", "/gears", error=(401, 403))
    found = suite(one, service=replace(KNOWLEDGE, without_token=(one.id,)))
    reason = ("no-constraint", "the request takes no token")
    assert {(each.reason, each.detail) for each in found.untested} == {reason}


def test_the_same_asked_for_twice_conflicts_or_is_observed():
    found = bad(MAKE, SHOW, code="409")
    assert set(found) == {"twice"}
    one = found["twice"]
    assert one.expectation == RefusedWhereSilent(409, "the same asked for twice")
    assert (one.trial.exchange, one.trial.outcome.accepted) == (Twice(), None)


def test_what_is_added_by_a_step_is_asked_for_twice_too():
    join = plain("POST", "/clubs/{club_id}/join", error=(409,))
    service = replace(KNOWLEDGE, steps_after=((join.id, Step("widgets.leave", {})),))
    assert set(bad(join, code="409", service=service)) == {"twice"}
    found = suite(join)
    assert (ids(found, "error/409"), untested(found)) == ([], {"post-clubs-club_id-join/error/409": "no-constraint"})
    assert found.untested[0].detail == "the reference names no cause of a conflict"


def test_a_sample_with_an_id_of_somebody_elses_has_a_reason():
    named = {"gear": {"owner_id": "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a10"}}
    found = suite(plain("POST", "/gears", row("gear", "object"), samples=(sample(named),), normal=(200,)))
    assert ids(found, "sample") == []
    (left,) = found.untested
    assert left.requirement == "widgets.post-gears/normal/200[sample-widget-sample-2.1]"
    assert (left.reason, left.detail) == (
        "not-derivable",
        "the sample's owner_id names a resource that the suite cannot make",
    )


@pytest.mark.parametrize(
    "shown",
    [
        {"gear": {"owner_id": "me"}},
        {"gear": {"reservation": "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a10"}},
        {"gear": {"colourRef": "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a10"}},
    ],
)
def test_a_sample_that_names_nothing_of_others_is_a_documented_request(shown):
    found = suite(plain("POST", "/gears", row("gear", "object"), samples=(sample(shown),), normal=(200,)))
    assert ids(found, "sample") == ["post-gears/normal/200[sample-widget-sample-2.1]"]


def test_a_sample_whose_id_the_table_binds_is_a_documented_request():
    shown = {"gear": {"colour_id": "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a10"}}
    service = replace(KNOWLEDGE, bindings=(BindingRule("*", "colour_id", COLOUR),))
    found = suite(plain("POST", "/gears", samples=(sample(shown),), normal=(200,)), service=service)
    assert case(found, "post-gears/normal/200[sample-widget-sample-2.1]").trial.request.body == {
        "gear": {"colour_id": COLOUR}
    }


def test_the_fields_of_a_body_that_ended_are_judged_at_the_last_version_that_had_them():
    answers = (row("gear", "object", True),)
    one = plain("POST", "/gears", answers=answers, answered=(GEAR,), normal=(200,), body=Body("empty", 40, min="2.9"))
    found = suite(one)
    shown = case(found, "post-gears/body/gear")
    assert isinstance(shown.expectation, FieldShown)
    assert str(shown.trial.request.version) == "2.8"
    empty = case(found, "post-gears/body/empty")
    assert (empty.expectation, empty.trial.request.version) == (EmptyBody(), None)


def test_a_body_that_was_always_empty_has_no_fields():
    one = plain("POST", "/gears", answers=(row("gear"),), answered=(GEAR,), normal=(200,), body=Body("empty", 40))
    assert ids(suite(one), "body/gear") == []


def test_an_operation_whose_replacement_takes_its_path_is_tried_up_to_the_version_before():
    gone = Deprecation(7, "2.9", "GET /gears/{gear_id}")
    found = suite(plain("GET", "/gears/all", normal=(200,), deprecated=gone))
    assert ids(found) == ["get-gears-all/normal/200", "get-gears-all/normal/200[2.1]"]
    late = suite(plain("GET", "/gears/all", normal=(200,), deprecated=gone, microversions=Versions(min="2.9")))
    assert (late.cases, untested(late)) == ((), {"get-gears-all": "beyond-cloud"})


def test_an_operation_without_a_server_is_tried_in_no_status():
    found = suite(MAKE, SHOW)
    one = case(found, "post-gears/normal/200")
    assert one.expectation == Accepted((200,))
    assert (one.trial.situation.state, one.trial.request.body) == (None, {"gear": {"name": NEW_NAME}})


@pytest.mark.parametrize("relation", ["own", "other", "attached"])
def test_an_operation_whose_values_belong_to_a_server_is_tried_on_one(relation):
    rules = (BindingRule("*", "colourRef", Binding("colour", "id", relation)),)
    one = plain("POST", "/gears", row("colourRef", required=True), normal=(200,))
    found = suite(one, service=replace(KNOWLEDGE, bindings=rules))
    assert case(found, "post-gears/normal/200").trial.situation.state == "IDLE"


def test_an_environment_that_the_tables_meet_is_no_hindrance():
    one = plain("POST", "/gears", normal=(200,), preconditions=(Condition("environment", "gear", 21),))
    assert untested(suite(one))["post-gears/normal/200"] == "not-through-api"
    met = replace(KNOWLEDGE, environment_satisfied=("*.post-gears",))
    stepped = replace(KNOWLEDGE, steps_before=(("*.post-gears", Step("widgets.oil", {})),))
    for service in (met, stepped):
        assert case(suite(one, service=service), "post-gears/normal/200")


def test_a_field_that_is_refused_without_another_goes_with_it():
    service = replace(KNOWLEDGE, required_together=(("*.post-gears", "force", "host"),))
    one = plain("POST", "/gears", row("force", "boolean", min="2.5"), row("host"), normal=(200,))
    found = suite(one, service=service)
    inside = case(found, "post-gears/microversion/force/min-2.5[2.5]")
    assert inside.trial.request.body == {"force": True, "host": "conformance"}


def test_a_refusal_of_the_table_may_be_asked_for_in_a_query():
    one = plain("GET", "/gears", row("owner", location="query"), normal=(200,), error=(403,))
    refusal = Refusal(one.id, 403, "another-owner", "owner", "somebody", "member")
    found = suite(one, service=replace(KNOWLEDGE, refusals=(refusal,)))
    trial = case(found, "get-gears/error/403[another-owner]").trial
    assert (trial.request.query, trial.request.role, trial.outcome.accepted) == (
        (("owner", "somebody"),),
        "member",
        False,
    )


def test_a_header_of_the_table_is_sent_if_the_description_binds_it():
    """No sample shows a header, so the others are left out."""
    rows = (row(name, location="header") for name in ("X-Thing", "X-Other", "X-Gone"))
    rules = (BindingRule("*", "X-Thing", Binding("token")), BindingRule("*", "X-Gone", ABSENT))
    one = plain("GET", "/gears", *rows, normal=(200,), error=(401, 404))
    refusal = Refusal(one.id, 404, "no-such-thing", "X-Thing", "none")
    found = suite(one, service=replace(KNOWLEDGE, bindings=rules, refusals=(refusal,)))
    for name in ("normal/200", "error/401[no-token]"):
        assert case(found, f"get-gears/{name}").trial.request.headers == (("X-Thing", Binding("token")),)
    wrong = case(found, "get-gears/error/404[no-such-thing]").trial
    assert (wrong.request.headers, wrong.request.query) == ((("X-Thing", "none"),), ())


def test_a_situation_may_need_several_parameters_of_a_query():
    rows = (row("owner", location="query"), row("deep", location="query"))
    one = plain("GET", "/gears", *rows, normal=(200,), error=(404,))
    refusal = Refusal(one.id, 404, "no-owner", "owner", "none", query=(("deep", "true"),))
    found = suite(one, service=replace(KNOWLEDGE, refusals=(refusal,)))
    asked = case(found, "get-gears/error/404[no-owner]").trial.request
    assert asked.query == (("owner", "none"), ("deep", "true"))


def test_a_constraint_of_a_tree_without_a_listed_400_is_a_promise_of_its_row():
    one = plain("POST", "/gears", row("gear", "object", True), samples=(sample({"gear": {}}),), normal=(200,))
    found = suite(one)
    assert ids(found, "constraint") == ["post-gears/constraint/gear-missing", "post-gears/constraint/gear-type"]
    requirement = case(found, "post-gears/constraint/gear-type").requirement
    assert (requirement.source.path, requirement.source.line) == (PARAMETERS, 104)
    assert not any(isinstance(c.expectation, ErrorBody) for c in found.cases)


def test_a_required_field_without_a_place_has_a_reason():
    one = plain("POST", "/gears", row("size", required=True), samples=(sample({"gear": {"name": "g"}}),))
    assert untested(suite(one)) == {"post-gears/constraint/size": "no-place"}


def test_a_postcondition_of_other_versions_does_not_lead_anywhere_at_this_one():
    post = becomes("SPINNING", when=When(min="2.9"))
    spin = view(action(postconditions=(post,)), TOP)
    variant = spin.variants[0]
    assert spin.leads_to("IDLE", variant) == ("SPINNING",)
    assert spin.leads_to("IDLE", variant, Microversion(2, 8)) == ()


def test_what_needs_others_beside_it_may_be_named_by_a_pattern():
    service = replace(KNOWLEDGE, required_together=(("*", "teeth*", "teeth.size"),))
    gears = plain("POST", "/gears")
    assert service.with_companions(gears, ["teeth.note"]) == ["teeth.size"]
    assert service.with_companions(gears, ["teeth.size"]) == []
    assert service.with_companions(gears, ["name"]) == []


@pytest.mark.parametrize(
    ("method", "path", "target"),
    [
        ("GET", "/gears/{gear_id}", "any"),
        ("DELETE", "/gears/{gear_id}", "unknown"),
        ("GET", "/gears", "own"),
        ("GET", "/widgets/{widget_id}/gears", "own"),
        ("GET", "/widgets/{widget_id}/gears/{gear_id}", "missing"),
        ("DELETE", "/widgets/{widget_id}/gears/{gear_id}", "missing"),
    ],
)
def test_what_was_removed_is_looked_for_and_never_acted_on(method, path, target):
    (one,) = suite(plain(method, path, removed=Removal(44, "7.0.0"))).cases
    assert one.trial.situation.target == target


@pytest.mark.parametrize("path", ["/gears/(gear_id)", "/gears/:gear_id", "/gears/<gear_id>", "gears/{gear_id}"])
def test_a_url_of_another_form_is_never_sent(path):
    """A cloud would take the placeholder for a name."""
    found = suite(plain("GET", path, normal=(200,), error=(404,), name="get-gear"))
    assert not found.cases
    assert untested(found)["get-gear"] == "not-derivable"
