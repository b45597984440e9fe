"""No promise holds at an address where something else answers: 404, 401 or 200 for every request."""

from dataclasses import replace
from itertools import count

import pytest
from fake_cloud import fake_cloud
from widgets import plain, row, sample, spec

from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target
from conformance.engine.provision.context import Patience
from conformance.engine.run.session import Session, Settings

TOKEN = "member-token-0123456789"
BOATS = sample({"boats": [{"id": "b", "name": "n"}]})
BOAT = sample({"boat": {"id": "b", "name": "n"}})
NAMED = (row("boat", "object", True), row("name", required=True))
SENT = sample({"boat": {"name": "n"}})
LIST = plain(
    "GET", "/boats", normal=(200,), error=(401, 404), answered=(BOATS,), answers=(row("boats", "array", True),)
)
SHOW = plain("GET", "/boats/{boat_id}", normal=(200,), error=(401, 404), answered=(BOAT,))
MAKE = plain("POST", "/boats", *NAMED, samples=(SENT,), normal=(201,), error=(400, 401, 404), answered=(BOAT,))
SINK = plain("DELETE", "/boats/{boat_id}", normal=(204,), error=(401, 404))
SPECS = (replace(spec(LIST, SHOW, MAKE, SINK), service="boating"),)
LINKS = [{"rel": "self", "href": "http://elsewhere.invalid/v1/"}]
VERSION = {"id": "v1.0", "status": "CURRENT", "min_version": "1.1", "version": "1.5", "links": LINKS}
NOBODY = (401, {"error": {"code": 401}})


def boats(fake):
    """A service that has boats."""
    there, numbers = {}, count(1)

    def serve(asked):
        if asked.token != TOKEN:
            return NOBODY
        parts = asked.path.strip("/").split("/")[1:]
        if parts[:1] != ["boats"] or len(parts) > 2:
            return 404, {"message": "no such route"}
        if len(parts) == 2 and parts[1] not in there:
            return 404, {"message": f"there is no boat {parts[1]}"}
        if asked.method == "POST":
            if not isinstance(asked.json, dict) or not isinstance(asked.json.get("boat"), dict):
                return 400, {"message": "a boat is an object"}
            if not isinstance(asked.json["boat"].get("name"), str):
                return 400, {"message": "a name is a text"}
            key = f"b-{next(numbers)}"  # lanes make and delete boats at the same time
            there[key] = {"id": key, "name": asked.json["boat"]["name"]}
            return 201, {"boat": there[key]}
        if asked.method == "DELETE":
            del there[parts[1]]
            return 204, None
        return 200, {"boat": there[parts[1]]} if len(parts) == 2 else {"boats": list(there.values())}

    fake.default = serve


def results(fake, tmp_path):
    """The results of all cases at a cloud."""
    fake.routes["GET", "/"] = (300, {"versions": [VERSION]})
    for path in ("/v2.1/", "/v2.1/flavors"):
        fake.routes.pop(("GET", path), None)
    found = []
    settings = Settings(
        Target(url=fake.url, tokens={Role.MEMBER: TOKEN}),
        tmp_path,
        allow_disruptive=True,
        patience=Patience(status=0.5, settle=0.0),
    )
    session = Session(settings, SPECS, SPECS, found.append)
    session.run.start([case.id for case in session.suite.cases])
    for case in session.suite.cases:
        session.run.wait(case.id)
    accepted = session.figures()["accepted"]
    session.close()
    return found, accepted


def test_promises_of_a_service_hold(tmp_path):
    with fake_cloud() as fake:
        boats(fake)
        found, accepted = results(fake, tmp_path)
    assert accepted
    passed = {result.case for result in found if result.verdict == "pass"}
    for operation in SPECS[0].operations:
        assert any(case.startswith(f"{operation.id}/normal") for case in passed), operation.id
        assert any(case.startswith(f"{operation.id}/error/401") for case in passed), operation.id
    assert not [result for result in found if result.verdict in ("error", "inconclusive")]


def echoed(asked):
    return 404, {"message": f"Cannot {asked.method} {asked.path}"}


def taken_by_token(asked):
    return (200, {}) if asked.token == TOKEN else NOBODY


def lacking_by_token(asked):
    return (404, {}) if asked.token == TOKEN else NOBODY


@pytest.mark.parametrize(
    "everything",
    [
        (404, {"error": {"code": 404, "message": "The resource could not be found."}}),
        (404, b"<h1>Not Found</h1>", {"Content-Type": "text/html"}),
        echoed,
        (401, {"error": {"code": 401, "message": "no"}}),
        (403, {}),
        (400, {"message": "no"}),
        (200, {}),
        (201, {"boat": {"id": "b", "name": "n"}, "boats": []}),
        (204, None),
        (503, {}),
        taken_by_token,
        lacking_by_token,
    ],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_no_promise_holds_where_everything_is_answered_in_one_way(tmp_path, everything):
    with fake_cloud() as fake:
        fake.default = everything
        found, _ = results(fake, tmp_path)
    assert found
    assert [(result.case, result.observed) for result in found if result.verdict in ("pass", "fail")] == []
    assert all(result.reason for result in found)
