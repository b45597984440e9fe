"""Operations of any method have cases for names, queries and bodies that must be refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import COLOUR, KNOWLEDGE, PARAMETERS, case, ids, plain, row, sample, suite, untested
from workshop import MAKE, NEW_NAME, SHOW

from conformance.engine.api.entries import BindingRule, Refusal
from conformance.engine.api.given import GivenKind
from conformance.engine.derive.constraints import LONGEST
from conformance.engine.judge.codes import Refused, RefusedWhereSilent
from conformance.engine.judge.contents import ErrorBody
from conformance.engine.model.binding import Binding, Step
from conformance.engine.model.trial import Twice
from specs.microversion import Microversion
from specs.model import Versions

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
