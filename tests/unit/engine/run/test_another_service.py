"""A service that no module knows: its description stands here, and its things are made, shown, tried and removed."""

from __future__ import annotations

import uuid
from dataclasses import replace
from functools import partial

import pytest
from fake_cloud import fake_cloud
from widgets import plain, row, sample, spec

from conformance.engine.api.description import DescriptionError, read_texts
from conformance.engine.api.learned import with_reference
from conformance.engine.api.load import understood
from conformance.engine.cloud.cleanup import cleanup
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target, connect
from conformance.engine.provision.context import Patience
from conformance.engine.run import session as module
from conformance.engine.run.session import Session, Settings
from specs.microversion import Microversion
from specs.model import Header, Operation, Request, Versions

DESCRIPTION = """\
format: 1
first_microversion: "3.0"
unknown_id_path: /volumes/{id}
resources:
  volume: {stable_statuses: [available, in-use, error]}
  backup: {stable_statuses: [available, error]}
versions:
  headers: [{name: OpenStack-API-Version, value: "volume {}"}]
token_check: {path: /limits}
guard:
  own_collections: [volumes]
  parts: {volumes: [action]}
removal: {order: [[backup], [volume]]}
kinds:
  backup: {collection: /backups}
  volume:
    collection: /volumes
    listing: {name_query: name, status_path: /volumes/detail}
    status: {task_field: migration_status, ready: [available], failed: [error]}
    deletion:
      slow: true
      before: [{statuses: [in-use], act: {body: {os-detach: {}}}}]
    factory: {body: {volume: {name: {resource: name}, size: 1, volume_type: {resource: type}}}}
  type:
    plural: types of volumes
    found:
      lists: [{path: /types, key: volume_types, where: [{field: is_public, filled: true}]}]
      order: [name]
      empty: there is no type of volumes
bindings:
- {operation: "*", parameter: size, value: 1}
- {operation: "*", parameter: name, resource: name, attribute: value, relation: new}
- {operation: "*", parameter: volume_type, resource: type}
"""

OF_VOLUME = (row("volume", "object", True), row("size", "integer", True), row("volume_type", required=True))
BODY = sample({"volume": {"name": "n", "size": 10, "volume_type": "t"}})
SHOWN = {
    "answers": (row("volume", "object", required=True),),
    "answered": (sample({"volume": {"id": "v", "name": "n", "size": 10, "status": "creating"}}),),
}
CREATE = plain("POST", "/volumes", *OF_VOLUME, row("name"), samples=(BODY,), normal=(202,), error=(400,), **SHOWN)
SHOW = plain("GET", "/volumes/{volume_id}", normal=(200,), error=(404,), **SHOWN)
DELETE = plain("DELETE", "/volumes/{volume_id}", normal=(202,), error=(404,))
LINKS = [{"rel": "self", "href": "http://elsewhere.invalid/v3/"}]
VERSION = {"id": "v3.0", "status": "CURRENT", "min_version": "3.0", "version": "3.20", "links": LINKS}
LACKING = (404, {"itemNotFound": {"code": 404, "message": "no such volume"}})


class Volumes:
    """The service in memory: a volume is creating at first, and lasts for a look after its deletion."""

    def __init__(self, fake):
        self.fake, self.there, self.ever = fake, {}, []
        fake.routes |= {
            ("GET", "/"): (300, {"versions": [VERSION]}),
            ("GET", "/v3/limits"): (200, {"limits": {}}),
            ("GET", "/v3/types"): (200, {"volume_types": [{"id": "t-0", "name": "a"}, self.type()]}),
        }
        fake.default = self.answer

    @staticmethod
    def type():
        return {"id": "t-1", "name": "b", "is_public": True}

    def answer(self, asked):
        collection, *rest = asked.path.removeprefix("/v3/").split("/")
        if collection != "volumes":
            return LACKING
        if not rest and asked.method == "POST":
            return self.create(asked)
        if rest in ([], ["detail"]):
            return 200, {"volumes": [self.shown(one) for one in list(self.there.values())]}
        if rest[0] not in self.there:
            return LACKING
        return self.one(asked, self.there[rest[0]], rest[1:])

    def create(self, asked):
        given = asked.json.get("volume") if asked.body else None
        right = isinstance(given, dict) and isinstance(given.get("size"), int) and given.get("volume_type") == "t-1"
        if not right or not isinstance(given.get("name", ""), str):
            return 400, {"badRequest": {"code": 400, "message": "a size and a type are needed"}}
        made = {"id": str(uuid.uuid4()), "name": given.get("name"), "size": 1, "status": "creating"}
        self.there[made["id"]] = made
        self.ever.append(made["id"])
        return 202, {"volume": dict(made)}

    def one(self, asked, volume, rest):
        if rest == ["action"]:
            volume["status"] = "available"
            return 202, None
        if asked.method == "DELETE":
            if volume["status"] == "in-use":
                return 400, {"badRequest": {"code": 400, "message": "it is in use"}}
            volume["status"] = "deleting"
            return 202, None
        return 200, {"volume": self.shown(volume)}

    def shown(self, volume):
        """A volume as it is now; the next look finds it further on."""
        shown = dict(volume)
        if volume["status"] == "deleting":
            self.there.pop(volume["id"], None)
        elif volume["status"] == "creating":
            volume["status"] = "available"
        return shown


@pytest.fixture
def service():
    return understood(read_texts([("volumes.yaml", DESCRIPTION)]), "block-storage")


@pytest.fixture
def volumes():
    with fake_cloud() as fake:
        yield Volumes(fake)


@pytest.fixture
def target(volumes):
    return Target(url=volumes.fake.url, tokens={Role.MEMBER: "member-token", Role.ADMIN: "admin-token"})


def test_its_operations_are_tried_and_nothing_is_left(volumes, target, service, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "load_service", lambda _: service)
    reference = spec(CREATE, SHOW, DELETE)
    results = {}
    settings = Settings(target, tmp_path, patience=Patience(status=5.0, settle=0.0))
    newest = spec(Operation("other.last", "", "GET", "/", 1, microversions=Versions(max="3.20")))
    session = Session(
        settings, [reference, newest], [reference], lambda result: results.setdefault(result.case, result)
    )
    session.run.start([case.id for case in session.suite.cases])
    for case in session.suite.cases:
        session.run.wait(case.id)
    left = session.close(whole_run=True)
    assert left == ()
    assert volumes.there == {}
    verdicts = {name.removeprefix("widgets."): result.verdict for name, result in results.items()}
    # Where the reference is silent, what a service does is observed, and nothing passes.
    judged = {n: verdict for n, verdict in verdicts.items() if "/situation/" not in n and "[in-" not in n}
    without = [name for name, verdict in judged.items() if verdict != "pass"]
    assert sorted(without) == [f"{method}-volumes-volume_id/error/404[other-project]" for method in ("delete", "get")]
    assert {"post-volumes/normal/202", "get-volumes-volume_id/body/volume"} <= set(verdicts)
    assert "delete-volumes-volume_id/normal/202[available]" in verdicts
    assert len(volumes.ever) > 5
    assert {one.headers["OpenStack-API-Version"] for one in volumes.fake.changes} <= {"volume 3.0", "volume 3.20"}


def test_what_must_go_before_its_deletion_goes_first(volumes, target, service, tmp_path):
    cloud = connect(target, Journal(tmp_path / "journal.jsonl"), profile=service.profile)
    kind = cloud.profile.kind("volume")
    made = volumes.create(type("Asked", (), {"json": {"volume": {"size": 1, "volume_type": "t-1"}}, "body": b"x"}))
    id_ = made[1]["volume"]["id"]
    volumes.there[id_]["status"] = "in-use"
    cloud.journal.made(cloud.journal.intend("volume", "n"), id_, kind.path_of(id_))
    volumes.fake.asked.clear()
    report = cleanup(tmp_path, cloud, timeout=5.0)
    cloud.close()
    assert (report.removed, report.left) == ((f"volume {id_}",), ())
    assert [(one.method, one.path.removeprefix("/v3")) for one in volumes.fake.changes] == [
        ("POST", f"/volumes/{id_}/action"),
        ("DELETE", f"/volumes/{id_}"),
    ]


def test_a_misspelt_key_is_refused_with_its_place_and_the_right_word():
    misspelt = DESCRIPTION.replace("task_field", "task_feild")
    with pytest.raises(DescriptionError) as refused:
        understood(read_texts([("volumes.yaml", misspelt)]), "block-storage")
    wrong = "there is no key task_feild in kinds.volume.status"
    assert str(refused.value) == f"volumes.yaml:19: {wrong}; did you mean task_field?"


def test_without_its_description_a_refusal_neither_breaks_nor_keeps_a_promise(volumes, target, tmp_path, monkeypatch):
    """The reference does not say which types of volumes this cloud has, so each request to make one is refused."""
    without = replace(understood(read_texts([("volumes.yaml", "format: 1\n")]), "block-storage"), described=False)
    monkeypatch.setattr(module, "load_service", lambda _: without)
    reference = spec(CREATE, SHOW, DELETE)
    results = {}
    settings = Settings(target, tmp_path, patience=Patience(status=5.0, settle=0.0))
    session = Session(settings, [reference], [reference], lambda result: results.setdefault(result.case, result))
    session.run.start([case.id for case in session.suite.cases])
    for case in session.suite.cases:
        session.run.wait(case.id)
    assert session.close(whole_run=True) == ()
    assert volumes.there == {}
    assert {result.verdict for result in results.values()} <= {"inconclusive", "inapplicable", "pass"}
    assert {result.case for result in results.values() if result.verdict == "pass"} == set()
    made = next(result for name, result in results.items() if name.endswith("post-volumes/normal/202"))
    assert made.reason.startswith("the documented request was refused with 400; this suite has no description of the")
    refused = next(result for name, result in results.items() if "post-volumes/error/400" in name)
    assert refused.reason.startswith("no request of the operation was accepted, and this suite has no description of")


TRIAL = Header("X-Volumes-Trial", "True", 9)


def on_trial(volumes, asked):
    """Answer as the same service, whose volumes nobody finds without a header."""
    documented = asked.path.startswith("/v3/volumes") and asked.path != "/v3/volumes/detail"
    return LACKING if documented and asked.headers.get(TRIAL.name) != TRIAL.value else volumes.answer(asked)


@pytest.mark.parametrize("headers", [(TRIAL,), ()])
def test_each_request_has_the_header_that_its_operation_has_to_carry(tmp_path, service, monkeypatch, headers):
    monkeypatch.setattr(module, "load_service", lambda _: service)
    asking = [replace(one, request=replace(one.request, headers=headers)) for one in (CREATE, SHOW, DELETE)]
    with fake_cloud() as fake:
        volumes, reference, results = Volumes(fake), spec(*asking), {}
        fake.default = partial(on_trial, volumes)
        target = Target(url=fake.url, tokens={Role.MEMBER: "member-token", Role.ADMIN: "admin-token"})
        settings = Settings(target, tmp_path, patience=Patience(status=5.0, settle=0.0))
        session = Session(settings, [reference], [reference], lambda one: results.setdefault(one.case, one))
        session.run.start([case.id for case in session.suite.cases])
        for case in session.suite.cases:
            session.run.wait(case.id)
        assert session.close(whole_run=True) == ()
    assert volumes.there == {}
    assert bool(volumes.ever) is bool(headers)
    kept = {one.operation for one in results.values() if one.verdict == "pass" and "/normal/" in one.case}
    assert kept == ({one.id for one in asking} if headers else set())


def test_a_cleanup_sends_them_too(volumes, target, service, tmp_path):
    """It does not know the reference, and a thing that it does not find would be taken for gone."""
    journal = Journal(tmp_path / "journal.jsonl")
    asking = [replace(one, request=Request(headers=(TRIAL,))) for one in (SHOW, DELETE)]
    with_reference(service.profile, [spec(*asking)], service, Microversion(3, 20), journal)
    journal.made(journal.intend("volume", "n"), "v-1", "/volumes/v-1")
    volumes.there["v-1"] = {"id": "v-1", "status": "available"}
    volumes.fake.default = partial(on_trial, volumes)
    cloud = connect(target, Journal(tmp_path / "journal-cleanup.jsonl"), profile=service.profile)
    report = cleanup(tmp_path, cloud, timeout=5.0)
    cloud.close()
    assert report.removed == ("volume v-1",)
    assert volumes.there == {}
