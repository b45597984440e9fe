"""The services of a run without a session of pytest: their specs, their shares, their cleanup and their heads."""

from types import SimpleNamespace

import pytest
from plugin_project import small_spec

from conformance.engine.cloud.cleanup import CleanupReport
from conformance.engine.cloud.errors import EndpointError
from conformance.engine.cloud.journal import Journal
from conformance.plugin import tidying
from conformance.plugin.choices import choose
from conformance.plugin.endpoint import open_endpoint
from conformance.plugin.reference import given_files_of, read_reference, read_references, shipped, shipped_folders
from conformance.plugin.share import Lacking
from conformance.plugin.shares import open_each
from conformance.plugin.trouble import Trouble
from specs.record import RecordWriter, RunRecord
from specs.record.model import Result, RunInfo, ServicePart, Source


@pytest.fixture
def places(tmp_path):
    """Two directories of specs with equal ids, of two services."""
    found = []
    for service in ("gears", "boats"):
        folder = tmp_path / service
        folder.mkdir()
        text = small_spec().replace("service: compute", f"service: {service}")
        (folder / "servers-actions.yaml").write_text(text)
        found.append(folder)
    return found


def test_each_service_has_its_reference_in_the_order_of_the_files(places):
    references = read_references(given_files_of(places, []))
    assert [one.service for one in references] == ["gears", "boats"]
    assert [one.folder for one in references] == places
    assert [one.service for one in read_references(given_files_of(places[::-1], []))] == ["boats", "gears"]


def test_one_directory_may_hold_the_specs_of_several_services(places):
    (places[0] / "boats.yaml").write_text((places[1] / "servers-actions.yaml").read_text())
    references = read_references(given_files_of(places[:1], []))
    assert [one.service for one in references] == ["boats", "gears"]
    with pytest.raises(Trouble, match=r"the specs are of boats and gears: give the specs of one service"):
        read_reference(given_files_of(places[:1], []))


def test_services_of_this_suite_are_named_by_their_types():
    assert shipped_folders(["placement"]) == [shipped()["placement"]]
    assert shipped_folders(["placement", "all"])[0] == shipped()["placement"]
    assert sorted(shipped_folders(["all"])) == sorted(shipped().values())
    with pytest.raises(
        Trouble, match=r"--service boats: this installation contains no specs of it, only of .*placement"
    ):
        shipped_folders(["boats"])


def test_a_url_is_of_one_service(tmp_path):
    choices = choose({"url": "http://127.0.0.1:9", "token": "t"})
    assert list(open_endpoint(choices, tmp_path, ["gears"]).targets) == ["gears"]
    with pytest.raises(Trouble, match=r"^--url names one service, and the specs are of gears and boats: .*--os-cloud"):
        open_endpoint(choices, tmp_path, ["gears", "boats"])


class Opened:
    """What ``open_each`` is given to open a share."""

    def __init__(self, *lacking, broken=()):
        self._lacking, self._broken = lacking, broken
        self.prefixes, self.closed = [], []

    def __call__(self, reference, prefix):
        service = reference.service
        if service in self._lacking:
            raise Lacking(f"no {service} here")
        if service in self._broken:
            raise Trouble("it does not answer")
        self.prefixes.append(prefix)
        session = SimpleNamespace(
            journal=SimpleNamespace(prefix="mine"),
            settings=SimpleNamespace(service=service),
            close=lambda: self.closed.append(service),
        )
        return SimpleNamespace(session=session, service=service, reference=reference)


def test_all_services_of_a_run_name_their_things_alike(places):
    opened = Opened()
    shares = open_each(read_references(given_files_of(places, [])), {}, opened)
    assert opened.prefixes == [None, "mine"]
    assert shares.several
    assert [shares.of(name) for name in ("gears", "boats", "other")] == [*shares, None]


def test_services_that_the_cloud_lacks_are_left_out(places):
    references = read_references(given_files_of(places, []))
    shares = open_each(references, {}, Opened("gears"))
    assert [share.service for share in shares] == ["boats"]
    assert shares.lacking == ((references[0], "no gears here"),)
    assert shares.several
    assert open_each(references, {"boats": "known before"}, Opened()).lacking == ((references[1], "known before"),)


def test_a_run_of_which_the_cloud_lacks_everything_cannot_start(places):
    references = read_references(given_files_of(places, []))
    with pytest.raises(Trouble, match=r"^no gears here; no boats here$"):
        open_each(references, {}, Opened("gears", "boats"))
    with pytest.raises(Lacking, match=r"^no gears here$"):
        open_each(references[:1], {}, Opened("gears"))


def test_a_service_that_does_not_answer_is_named_and_the_others_are_closed(places):
    opened = Opened(broken=["boats"])
    with pytest.raises(Trouble, match=r"^boats: it does not answer$"):
        open_each(read_references(given_files_of(places, [])), {}, opened)
    assert opened.closed == ["gears"]


@pytest.fixture
def left(tmp_path):
    """The record of a run of three services that has left a thing in two of them."""
    parts = [
        ServicePart("gears", {"url": "http://127.0.0.1:9/gears"}, spec={"service": "gears"}),
        ServicePart("boats", {"url": "http://127.0.0.1:9/boats"}, spec={"service": "boats"}),
        ServicePart("kites", lacking="the catalogue has no kites service"),
    ]
    info = RunInfo("2026-03-01T12:00:00Z", options={"os-cloud": "mine"}, services=tuple(parts))
    with RecordWriter(tmp_path) as writer:
        writer.start(info)
    for service in ("gears", "boats"):
        journal = Journal(tmp_path / f"journal-{service}.jsonl", service=service)
        journal.made(journal.intend(service[:-1], "mine"), f"{service}-1", f"/{service}/1")
        journal.close()
    return tmp_path


def test_each_service_removes_what_it_has_left(left, monkeypatch):
    cleaned = []

    def clean(directory, cloud, **_):
        cleaned.append([entry.intent.kind for entry in cloud.journal.entries()])
        return CleanupReport(removed=(f"{cloud.journal.service} thing",))

    def connect(target, journal, *, profile, described):
        return SimpleNamespace(journal=journal, close=lambda: None)

    monkeypatch.setattr(tidying, "connect", connect)
    monkeypatch.setattr(tidying, "cleanup", clean)
    assert tidying.tidy(left, {}).removed == ("gears thing", "boats thing")
    assert cleaned == [["gear"], ["boat"]]


def test_a_service_that_cannot_be_reached_does_not_keep_the_others_from_cleaning_up(left, monkeypatch):
    def connect(target, journal, *, profile, described):
        if journal.service == "gears":
            raise EndpointError("gears do not answer")
        return SimpleNamespace(journal=journal, close=lambda: None)

    monkeypatch.setattr(tidying, "connect", connect)
    monkeypatch.setattr(tidying, "cleanup", lambda *_, **__: CleanupReport(removed=("a boat",)))
    report = tidying.tidy(left, {})
    assert (report.removed, report.left) == (("a boat",), ("gears: gears do not answer",))
    assert not report.clean


def test_a_record_gives_back_the_parts_of_its_run_and_equal_ids_of_two_services(tmp_path):
    part = ServicePart("boats", {"url": "u"}, ("member",), {"service": "boats"}, {"pass": 1}, {"spec": "s"}, None)
    notes = ({"kind": "a", "text": "of all"}, {"kind": "b", "text": "of boats", "service": "boats"}, {"service": "x"})
    info = RunInfo("2026-03-01T12:00:00Z", options={"spec": ["s", "t"], "os-cloud": "c"}, notes=notes, services=(part,))
    with RecordWriter(tmp_path) as writer:
        writer.start(info)
        for service in ("boats", "gears", "boats"):
            writer.add(Result("a.b/c", "a.b/c", "a.b", "pass", Source("x", 1), "1", service, service=service))
    record = RunRecord.read(tmp_path)
    assert record.info == info
    assert [one.name for one in record.results] == ["boats:a.b/c", "gears:a.b/c"]
    head = info.head_of("boats")
    assert head.options == {"spec": "s", "os-cloud": "c"}
    assert head.notes == ({"kind": "a", "text": "of all"}, {"kind": "b", "text": "of boats"})
    assert (head.service, head.totals, head.services) == ("boats", {"pass": 1}, ())
    assert info.heads == (head,)
    assert info.head_of("kites") is info
