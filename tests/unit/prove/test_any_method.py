"""Breakages of operations that are no actions: POST on a collection, PUT and DELETE on an element, sub-resources."""

from dataclasses import replace

import pytest
from made_up import broken, case, operation
from widgets import TOP, row

from conformance.engine.judge.afterwards import BroughtBack, GoneAfterwards, InTheList
from conformance.engine.judge.codes import Accepted, AnsweredAsListed, Refused, RefusedAsUnreadable, RefusedWhereSilent
from conformance.engine.judge.contents import ErrorBody, FieldShown, HeaderShown, OfMediaType
from conformance.engine.judge.statuses import Reaches
from conformance.engine.model.content import Content
from conformance.engine.model.probe import Listed, Removed
from conformance.prove.after import AlteredLater, Gone, LeftOut
from conformance.prove.instead import Answer, DoneAndRefused, Elsewhere, ForwardAs
from conformance.prove.memory import Memory
from conformance.prove.where import NO_RESOURCE, Holds, Where, is_inner
from conformance.prove.wire import Reply, Request
from specs.microversion import Microversion, VersionRange

ELEMENT = "/widgets/{widget_id}"
KEY = "/widgets/{widget_id}/marks/{key}"
GADGET = "/gadgets/{gadget_id}"


def refusals(one, state=None):
    return (
        case(one, "error/403[reader]", Refused((403,), ""), state, "reader"),
        case(one, "error/404[unknown-id]", Refused((404,), ""), None, target="unknown"),
    )


def test_a_thing_is_made_in_spite_of_a_refusal():
    post = operation("POST", "/widgets")
    found = broken(*refusals(post)[:1])
    assert found["error/403#done-and-refused@reader"].instead == DoneAndRefused("member", 403)
    assert found["error/403#not-checked@reader"].instead == ForwardAs("member")
    assert not [name for name in found if "effect-" in name]
    assert {b.where.states for b in found.values()} == {None}
    where = found["error/403#done-and-refused@reader"].where
    assert (where.method, where.path, where.action) == ("POST", "/widgets", None)


def test_a_thing_is_deleted_or_changed_in_spite_of_a_refusal():
    for method in ("DELETE", "PUT"):
        one = operation(method, GADGET)
        found = broken(*refusals(one))
        assert found["error/403#done-and-refused@reader"].instead == DoneAndRefused("member", 403)
        assert found["error/403#effect-gone@reader"].after == Gone()
        assert "error/404#effect-gone@unknown-id" not in found  # nothing is there that could go


def test_of_the_resource_that_has_statuses_they_are_changed():
    found = broken(*refusals(operation("DELETE", ELEMENT), "IDLE"), templates=[("POST", f"{ELEMENT}/action")])
    assert {"effect-status", "effect-lock", "effect-name"} <= {b.mutation for b in found.values()}
    assert found["error/403#effect-status@reader"].where.states == {"IDLE"}
    assert found["error/404#accepted@unknown-id"].where.states == {NO_RESOURCE}
    assert found["error/404#accepted@unknown-id"].where.identifier == "widget_id"


def test_a_resource_without_actions_is_removed_in_spite_of_the_refusal():
    found = broken(*refusals(operation("DELETE", ELEMENT), "IDLE"))
    assert not {"effect-status", "effect-lock", "effect-name"} & {b.mutation for b in found.values()}
    assert found["error/403#effect-gone@reader"].after == Gone()


def test_where_no_request_names_a_version_no_breakage_asks_for_one():
    one = operation("POST", "/widgets")
    kept = case(one, "normal/200[early]", Accepted((200,)), accepted=True, version=Microversion(2, 5))
    for only, versions in ((True, {None}), (False, {VersionRange(Microversion(2, 5), Microversion(2, 5))})):
        found = broken(kept, one_version=only)
        assert {
            found[f"normal/200#{name}@None-2.5"].where.versions for name in ("refused-400", "other-success")
        } == versions


def test_of_what_only_reads_nothing_is_done():
    one = operation("GET", KEY, normal=200)
    foreign = case(one, "error/404[other-project]", Refused((404,), "", also_listed=True), "IDLE", "alt")
    found = broken(*refusals(one, "IDLE"), replace(foreign, fault=ErrorBody(None, "code", ("message",))))
    assert not {"done-and-refused", "effect-status", "effect-gone"} & {b.mutation for b in found.values()}
    assert found["error/404#not-checked@other-project"].instead == ForwardAs("member")
    assert found["error/404#accepted@unknown-id"].instead == Answer(200)
    assert {"error-html", "error-empty", "error-no-message"} <= {b.mutation for b in found.values()}


def test_what_was_to_go_stays():
    one = operation("DELETE", ELEMENT, normal=204)
    gone = case(one, "postcondition/widget-DELETED[IDLE]", Reaches("widget", ("DELETED",)), "IDLE", accepted=True)
    assert broken(gone)["postcondition/widget-DELETED#never@IDLE"].instead == Answer(204)


def test_constraints_of_a_body_without_an_action():
    post = operation(
        "POST", "/widgets", row("name", required=True, max_length=5, min_length=2), row("id", "string", format="uuid")
    )
    bad = case(post, "error/400[name-missing]", Refused((400,), "", also_listed=True), body={})
    good = case(post, "normal/202", Accepted((202,)), accepted=True, body={"name": "xxx"})
    found = broken(good, bad)
    missing = found["error/400#accepted@name-missing"]
    assert missing.cases == (bad.id,)
    assert missing.where.body({})
    assert not missing.where.body({"name": "x"})
    form = found["error/400#accepted@id-format"].where.body
    assert form({"id": "not-a-uuid"})
    assert not form({"id": "11111111-2222-3333-4444-555555555555"})
    shortest = found["normal/202#limit-refused@name-limit-shortest"]
    assert shortest.where.body({"name": "xx"})
    assert not shortest.where.body({"name": "xxx"})
    longest = found["normal/202#limit-refused@name-limit-longest"]
    assert longest.instead == Answer(400)
    assert longest.where.body({"name": "xxxxx"})
    assert not longest.where.body({"name": "xxxx"})
    assert longest.cases == ()  # the suite has no such case: it will not be reached
    given = found["normal/202#given-refused@id-given"].where.body
    assert given({"id": "11111111-2222-3333-4444-555555555555"})
    assert not given({"id": "not-a-uuid"})
    assert not given({})


def test_a_field_of_the_elements_of_a_list():
    holds = Holds(("widget", "parts", "[]", "size"), "", lambda value: value == 3)
    assert holds({"widget": {"parts": [{"size": 1}, {"size": 3}]}})
    assert not holds({"widget": {"parts": [{"size": 1}]}})
    named = Holds(("{}", "size"), "", lambda value: value == 3)
    assert named({"front": {"size": 1}, "back": {"size": 3}})
    assert not named({"front": {"size": 1}})
    assert not holds({"widget": {"parts": "none"}})
    assert Holds(("widget", "parts", "[]", "size"), "", lambda value: not value)({"widget": {"parts": [{}]}})


def test_where_the_reference_is_silent_only_an_error_of_the_service_breaks_it():
    one = operation("POST", "/widgets")
    found = broken(case(one, "error/403[visitor]", RefusedWhereSilent(403, "a role without rights"), role="visitor"))
    assert set(found) == {"error/403#500@visitor", "error/403#done-and-refused@visitor"}


def test_what_a_guide_promises_is_broken_in_every_answer():
    one = operation("GET", "/widgets", normal=200)
    beyond = Microversion(2, 9999)
    found = broken(
        case(one, "everywhere/API-Version", HeaderShown("API-Version", True, "2.1"), accepted=True),
        case(one, "everywhere/application/json", OfMediaType("application/json"), accepted=True),
        case(one, "everywhere/unknown_version", Refused((406,), ""), version=beyond),
    )
    assert set(found) == {
        "everywhere/API-Version#header-dropped",
        "everywhere/API-Version#header-form",
        "everywhere/application/json#media-type",
        "everywhere/unknown_version#accepted",
    }
    assert found["everywhere/unknown_version#accepted"].where.versions == VersionRange(beyond, beyond)


def test_what_cannot_be_read_is_answered_with_an_error_of_the_service():
    text = case(
        operation("POST", "/widgets"),
        "everywhere/not_json",
        RefusedAsUnreadable(""),
        body=Content("application/json", "{x"),
    )
    breakage = broken(text)["everywhere/not_json#500"]
    assert breakage.cases == (text.id,)
    assert breakage.where.matches(Request("POST", "/v2.1/widgets", body=b"{x"), None)
    assert not breakage.where.matches(Request("POST", "/v2.1/widgets", body=b"{}"), None)


def test_an_odd_query_is_answered_with_an_error_of_the_service():
    query = (("needed", "1"), ("limit", "-1"))
    odd = case(operation("GET", "/widgets"), "situation/query[limit-negative]", AnsweredAsListed("-1"), query=query)
    where = broken(odd)["situation/query#500@limit-negative"].where
    assert where.matches(Request("GET", "/v2.1/widgets?needed=1&limit=-1"), None)
    assert not where.matches(Request("GET", "/v2.1/widgets?needed=1&limit=1"), None)


def test_what_was_made_is_left_out_of_its_list_and_what_was_removed_stays():
    post, drop = operation("POST", "/widgets", normal=202), operation("DELETE", GADGET, normal=204)
    listed = case(post, "postcondition/listed", InTheList(Listed("widgets.list")), accepted=True)
    gone = case(drop, "postcondition/gone", GoneAfterwards(Removed("widgets.show")), accepted=True)
    assert broken(listed)["postcondition/listed#left-out"].after == LeftOut()
    assert broken(gone)["postcondition/gone#never"].instead == Answer(204)


def test_what_is_to_be_brought_back_is_shown_as_something_else():
    undo = case(operation("PUT", ELEMENT), "equality/shape", BroughtBack("shape"), "IDLE", accepted=True)
    assert broken(undo)["equality/shape#another-value"].after == AlteredLater(("widget", "shape"))


@pytest.mark.parametrize(
    "listed",
    [
        {"widgets": [{"id": "w", "name": "n"}, {"id": "other", "name": "n"}]},
        {"widgets": [{"widget": {"name": "w"}}, {"widget": {"name": "other"}}]},
        {"widgets": ["w", "other"]},
        {"widgets": {"w": 1, "other": 2}},
    ],
)
def test_an_element_of_any_form_is_left_out_of_a_list(listed):
    memory = Memory()
    memory.leave_out("/widgets/w")
    reply = Reply(200).with_json(listed)
    for path in ("/widgets", "/widgets/detail"):
        left = memory.disguised(Request("GET", f"/v2.1{path}"), reply).json["widgets"]
        assert (len(left), "other" in str(left)) == (1, True)
    assert memory.disguised(Request("GET", "/v2.1/gadgets"), reply) == reply


def test_an_element_whose_name_is_escaped_in_its_path_is_left_out_too():
    memory = Memory()
    memory.leave_out("/widgets/hw%3Anodes")
    reply = Reply(200).with_json({"widgets": {"hw:nodes": "1", "other": "2"}})
    assert memory.disguised(Request("GET", "/v2.1/widgets"), reply).json == {"widgets": {"other": "2"}}


def test_a_value_of_a_query_that_is_refused():
    one = operation("GET", "/widgets", normal=200)
    query = (("name", "x"), ("limit", "many"))
    bad = case(one, "error/400[limit-type]", Refused((400,), "", also_listed=True), query=query)
    where = broken(bad)["error/400#accepted@limit-type"].where
    assert where.matches(Request("GET", "/v2.1/widgets?name=x&limit=many"), None)
    assert not where.matches(Request("GET", "/v2.1/widgets?name=x&limit=5"), None)
    assert where.covers(bad.trial, TOP)
    assert not where.covers(replace(bad.trial, request=replace(bad.trial.request, query=query[:1])), TOP)


def test_what_was_removed_is_there_again():
    one = operation("GET", "/widgets", normal=200)
    gone = case(one, "removed/22.0.0", Refused((410,), ""))
    found = broken(gone)
    assert found["removed/22.0.0#accepted"].instead == Answer(200)
    assert found["removed/22.0.0#404"].instead == Answer(404)
    assert {b.kind for b in found.values()} == {"removed"}
    anyhow = case(one, "removed/22.0.0", Refused((410,), "", any_refusal=True))
    assert "removed/22.0.0#404" not in broken(anyhow)


def test_the_answer_for_another_element():
    one = operation("GET", ELEMENT, normal=200)
    shown = FieldShown("id", ("widget", "id"), "string", True, False, identifies=True)
    found = broken(case(one, "body/id", shown, "IDLE", accepted=True))
    assert found["body/id#other-server"].instead == Elsewhere(ELEMENT, "widget_id")


def test_a_template_leaves_out_what_another_names_more_closely():
    assert is_inner("/widgets/detail", ELEMENT)
    assert is_inner("/widgets/{widget_id}/marks/all", KEY)
    assert not is_inner(ELEMENT, "/widgets/detail")
    assert not is_inner("/widgets/{other}", ELEMENT)
    assert not is_inner("/gadgets/detail", ELEMENT)
    one = operation("GET", ELEMENT, normal=200)
    templates = {("GET", "/widgets/detail"), ("POST", "/widgets/all")}
    where = broken(case(one, "normal/200", Accepted((200,)), accepted=True), templates=templates)
    where = where["normal/200#other-success"].where
    assert where.besides == ("/widgets/detail",)
    assert where.matches(Request("GET", "/v2.1/widgets/1"), None)
    assert where.matches(Request("GET", "/v2.1/widgets/all"), None)
    assert not where.matches(Request("GET", "/v2.1/widgets/detail?limit=1"), None)


@pytest.mark.parametrize(
    ("template", "path", "resource"),
    [
        (ELEMENT, "/widgets/1", "/widgets/1"),
        (KEY, "/widgets/1/marks/red", "/widgets/1"),
        ("/widgets/{widget_id}/marks/{mark-id}", "/widgets/1/marks/red", "/widgets/1"),
        ("/widgets", "/widgets", None),
        (GADGET, "/gadgets/1", None),
        (ELEMENT, "/widgets/1/marks", None),
    ],
)
def test_what_a_path_names(template, path, resource):
    where = Where("GET", template, None, identifier="widget_id")
    assert where.resource_of(Request("GET", f"/v2.1{path}?x=1")) == resource


def test_where_nothing_is_said_of_a_situation_only_an_error_of_the_service_breaks_it():
    one = operation("DELETE", ELEMENT)
    halted = case(one, "situation/status[HALTED]", AnsweredAsListed("status HALTED", "HALTED"), "HALTED")
    found = broken(halted)
    assert set(found) == {"situation/status#500@HALTED"}
    assert found["situation/status#500@HALTED"].cases == (halted.id,)
