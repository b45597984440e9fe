"""An API of one version without microversions, a reference without versions, and one of several versions."""

import pytest

from conformance.engine.api.service import ServiceDescription
from conformance.engine.derive.suite import derive
from conformance.engine.model.api_version import ApiVersion
from specs.microversion import Microversion
from specs.model import Code, Operation, Parameter, Reference, Request, Response, Responses, Sample, Spec, Versions

ONLY = ApiVersion(only=True)


def operation(id_, path="/gears", **more):
    responses = Responses((Code(200, 3),), ())
    return Operation(f"gears.{id_}", id_, "GET", path, 1, **{"responses": responses, **more})


def spec(*operations):
    return Spec("gearing", Reference("gearing", "1.0", "gears.inc", "", {}), operations)


def cases(*operations, top, api=ONLY):
    return derive([spec(*operations)], ceiling=Microversion.parse(top), service=ServiceDescription(), api=api)


SINCE = operation("list", microversions=Versions(min="3.6"))


@pytest.mark.parametrize(("top", "there"), [("3.5", False), ("3.6", True), ("3.14", True), ("4.0", True)])
def test_new_in_a_version_is_a_fact_about_the_one_version(top, there):
    suite = cases(SINCE, top=top)
    assert bool(suite.cases) is there
    # Nobody can ask for the version before.
    assert all(case.trial.request.version is None for case in suite.cases)
    assert not [case.id for case in suite.cases if "microversion" in case.id]
    assert [u.reason for u in suite.untested if u.requirement == "gears.list"] == ([] if there else ["beyond-cloud"])


def test_with_microversions_both_sides_are_tried():
    suite = cases(SINCE, top="3.14", api=ApiVersion())
    assert {str(case.trial.request.version) for case in suite.cases} == {"3.5", "None"}


def test_fields_of_a_later_version_are_not_expected():
    sample = Sample(file="s", line=4, microversion="3.14", body={"gears": [{"teeth": 3, "noise": 1}]})
    rows = (
        Parameter("teeth", "body", "integer", True, "teeth", 5, min="3.6"),
        Parameter("noise", "body", "integer", True, "noise", 6, min="3.7"),
    )
    listing = operation("list", response=Response(parameters=rows, samples=(sample,)))
    shown = {case.id for case in cases(listing, top="3.6").cases}
    assert "gears.list/body/teeth" in shown
    assert not [one for one in shown if "noise" in one]


def test_a_reference_without_versions_is_tried_at_the_lowest_of_the_cloud():
    api = ApiVersion(first=Microversion(1, 1))
    suite = cases(operation("list"), top="1.1", api=api)
    assert suite.cases
    assert not suite.untested


def test_another_version_of_the_api_is_beyond_the_cloud_as_a_whole():
    several = (operation("old", "/v2/gears"), operation("new", "/v3/gears"), operation("boat", "/boats"))
    suite = cases(*several, top="3.0", api=ApiVersion(major=3))
    assert {case.operation.id for case in suite.cases} == {"gears.new"}
    assert {case.operation.path for case in suite.cases} == {"/gears"}
    assert {(u.requirement, u.reason, u.detail) for u in suite.untested} == {
        ("gears.old", "beyond-cloud", "version 2 of the API"),
        ("gears.boat", "not-derivable", "/boats belongs to no version of the API"),
    }
    older = cases(*several, top="2.0", api=ApiVersion(major=2))
    assert {case.operation.id for case in older.cases} == {"gears.old"}


def test_the_documents_of_versions_are_asked_for_above_the_version():
    several = (
        operation("gears", "/v3/gears"),
        operation("root", "/"),
        operation("old", "/v2/"),
        operation("new", "/v3/"),
    )
    suite = cases(*several, top="3.0", api=ApiVersion(major=3))
    paths = {case.operation.id: case.operation.path for case in suite.cases}
    assert paths == {"gears.gears": "/gears", "gears.root": "/../", "gears.new": "/../v3/"}
    assert [(u.requirement, u.reason) for u in suite.untested] == [("gears.old", "beyond-cloud")]


def test_a_reference_whose_paths_have_no_version_has_documents_of_versions():
    several = (operation("gears", "/gears"), operation("root", "/"), operation("named", "/{gear_version}/"))
    suite = cases(*several, top="1.1")
    assert {c.operation.path for c in suite.cases} == {"/gears", "/../"}, "nothing says which version to name"
    assert "gears.named" in {u.requirement for u in suite.untested}


def test_a_version_without_its_first_slash_is_a_version():
    suite = cases(operation("new", "v3/gears"), operation("other", "/v3/wheels"), top="3.0", api=ApiVersion(major=3))
    assert {case.operation.path for case in suite.cases} == {"/gears", "/wheels"}
    assert not suite.untested


@pytest.mark.parametrize(("documented", "path"), [("usage", "/gears?usage=True"), ("wear", None)])
def test_a_query_of_the_url_is_named_by_the_table(documented, path):
    """Without a parameter of that name, nobody knows the word for which the placeholder stands."""
    rows = (Parameter(documented, "query", "boolean", False, documented, 5),)
    told = operation("usage", "/v3/gears?{usage}=True", request=Request(parameters=rows))
    suite = cases(told, operation("other", "/v3/wheels"), top="3.0", api=ApiVersion(major=3))
    assert {case.operation.path for case in suite.cases} == {"/wheels", *([path] if path else [])}
    assert [untested.requirement for untested in suite.untested] == ([] if path else ["gears.usage"])
