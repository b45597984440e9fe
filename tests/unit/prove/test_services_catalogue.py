"""The catalogue has breakages for services of other forms, and none for promises that a case cannot judge."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from made_up import broken, case, operation
from widgets import KNOWLEDGE, row

from conformance.engine.judge.codes import Accepted, AnsweredAsListed, Refused, RefusedWhereSilent
from conformance.engine.judge.contents import ErrorBody, FieldShown
from conformance.engine.model.case import Untested
from conformance.prove.after import ErrorShape
from conformance.prove.wire import Reply
from specs.model import Code, Responses


def test_a_listed_error_of_the_service_breaks_no_silence():
    for codes, expected in (((404,), {"situation/query#500@odd"}), ((404, 500), set())):
        one = operation("GET", "/widgets", codes=codes, normal=200)
        odd = case(one, "situation/query[odd]", AnsweredAsListed("odd"), query=(("limit", "-1"),))
        assert set(broken(odd)) == expected
    for code, detail in ((403, "visitor"), (404, "unknown-axle_id"), (409, "HALTED")):
        for codes, expected in (((code,), {"500"}), ((code, 500), set())):
            one = operation("POST", "/widgets", codes=codes)
            silent = case(one, f"error/{code}[{detail}]", RefusedWhereSilent(code, detail), "IDLE")
            assert {b.mutation for b in broken(silent).values()} - {"done-and-refused"} == expected


def test_a_value_of_which_the_suite_says_why_it_is_not_tried_is_not_refused():
    post = operation("POST", "/widgets", row("colour"), row("size", enum=("one", "two")))
    made = case(post, "normal/202", Accepted((202,)), accepted=True, body={"name": "x"})
    plain = {"normal/202#given-refused@colour-given", "normal/202#value-refused@size-value-one"}
    assert plain <= set(broken(made))
    told = tuple(
        Untested(f"{made.requirement.id}[{name}]", "not-derivable", made.requirement.source)
        for name in ("with-colour", "size-one")
    )
    assert not plain & set(broken(made, untested=told))
    assert "normal/202#value-refused@size-value-two" in broken(made, untested=told)


def test_a_code_that_a_body_does_not_repeat_is_not_changed():
    one = operation("DELETE", "/gears/{gear_id}")
    refused = replace(case(one, "error/404[unknown-id]", Refused((404,), ""), "IDLE"), fault=ErrorBody())
    silent = replace(refused, fault=ErrorBody(code=None))
    shapes = {"error-html", "error-empty", "error-no-message"}
    assert {b.mutation for b in broken(refused).values()} >= {*shapes, "error-other-code"}
    mutations = {b.mutation for b in broken(silent).values()}
    assert mutations >= shapes
    assert "error-other-code" not in mutations


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("no-message", {"errors": [{"status": 404}]}),
        ("other-code", {"errors": [{"status": 418, "title": "none"}]}),
        ("list", [{"status": 404, "title": "none"}]),
    ],
)
def test_an_error_within_a_list_gets_another_shape(kind, expected):
    reply = Reply(404, (), json.dumps({"errors": [{"status": 404, "title": "none"}]}).encode())
    changed = ErrorShape(kind, "status", "errors")(None, reply)
    assert changed.json == expected


def test_of_a_name_in_a_body_that_may_be_unknown_only_an_error_of_the_service_is_wrong():
    """The reference lists 404 and does not say when; the cloud may accept the request, or refuse it otherwise."""
    one = operation("POST", "/gears")
    silent = case(one, "error/404[unknown-axle_id]", RefusedWhereSilent(404, "an axle that is none"), "IDLE")
    assert {b.mutation for b in broken(silent).values()} == {"500"}


def test_of_a_constraint_without_a_case_the_reason_is_that_of_the_suite():
    one = operation("PUT", "/gears/{gear_id}", row("teeth", "integer", required=True), codes=(404,))
    any_case = case(one, "normal/202", Accepted((202,)), accepted=True)
    name = f"{one.id}/constraint/teeth-type"
    assert "constraint/teeth-type#accepted" in broken(any_case)
    told = Untested(name, "not-derivable", any_case.requirement.source)
    assert not [id_ for id_ in broken(any_case, untested=(told,)) if "teeth-type" in id_]


def test_a_constraint_that_a_documented_request_breaks_is_not_broken_by_itself():
    """The sample gives a list where the table says object: a cloud that refuses it breaks another promise, too."""
    one = operation("PUT", "/gears/{gear_id}", row("teeth", "object"), codes=(404,))

    def having(value):
        return set(broken(case(one, "normal/202", Accepted((202,)), accepted=True, body={"teeth": value})))

    assert "constraint/teeth-type#500" in having({"of": "steel"})
    assert "constraint/teeth-type#500" not in having(["of steel"])


def test_a_whole_body_is_another_one_by_the_promise_of_its_outermost_field():
    one = operation("GET", "/gears/{gear_id}", normal=200)
    inner = FieldShown("teeth", ("gear", "teeth"), "integer", True, False)
    outer = FieldShown("gear", ("gear",), "object", True, False)
    asked = [case(one, f"body/{e.name}", e, accepted=True) for e in (inner, outer)]
    whole = {b.requirement.rpartition("/")[2] for b in broken(*asked).values() if b.mutation in ("html", "empty")}
    assert whole == {"gear"}
    alone = case(one, "body/teeth", replace(inner, wrapped=True), accepted=True)
    assert {b.mutation for b in broken(alone).values()} >= {"html", "empty"}


def test_a_field_is_broken_by_the_part_of_its_row_that_a_case_judges():
    """A type that is no known word lets any value in, and of an early version the type is not known."""
    one = operation("GET", "/gears/{gear_id}", normal=200)
    known = FieldShown("teeth", ("teeth",), "integer", True, False, (1, 2))
    early = replace(known, type=None, nullable=True, enum=())
    cases = [case(one, f"body/teeth{end}", e, accepted=True) for end, e in (("", known), ("[at-1.0]", early))]
    found = {b.mutation: len(b.cases) for b in broken(*cases).values()}
    assert found.items() >= {"field-retyped": 1, "field-null": 1, "field-value": 1, "field-dropped": 2}.items()
    unheard = replace(known, type="enum", enum=())
    assert "body/teeth#field-retyped" not in broken(case(one, "body/teeth", unheard, accepted=True))


def test_an_answer_to_head_has_no_body_of_another_shape():
    one = operation("HEAD", "/gears/{gear_id}")
    refused = replace(case(one, "error/404[unknown-id]", Refused((404,), ""), "IDLE"), fault=ErrorBody())
    assert not [b for b in broken(refused).values() if b.mutation.startswith("error-")]


@pytest.mark.parametrize(("place", "lost"), [(("teeth",), True), (("status",), False)])
def test_a_field_that_shows_the_status_is_not_lost_in_one_status_alone(place, lost):
    """Nobody could see the resource in this status."""
    kind = KNOWLEDGE.profile.kind(KNOWLEDGE.resource)
    bare = replace(KNOWLEDGE, profile=replace(KNOWLEDGE.profile, kinds={kind.name: replace(kind, bare=True)}))
    one = operation("GET", "/widgets/{widget_id}", normal=200)
    field = FieldShown(place[-1], place, "string", True, False)
    there = replace(case(one, "body/it[in-JAMMED]", field, "JAMMED", accepted=True), beside=True)
    found = broken(case(one, "body/it", field, "IDLE", accepted=True), there, service=bare)
    assert any(b.mutation == "field-lost" for b in found.values()) is lost


def test_another_code_of_success_is_none_of_those_of_any_version():
    one = operation("POST", "/gears", normal=200)
    both = Responses((Code(200, 10, max="2.5"), Code(202, 10, min="2.6")), one.responses.error)
    found = broken(case(replace(one, responses=both), "normal/202", Accepted((202,)), accepted=True))
    assert found["normal/202#other-success"].after.status == 201
