"""A run of several services with the fake engine: ids may be equal, one record, one report, one exit status."""

import json
from collections import Counter
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from conformance.plugin.reference import shipped
from reports.commands import report
from reports.view import view
from specs.record import model

SCHEMAS = Path(model.__file__).parents[1] / "schemas"

pytest_plugins = ["pytester", "plugin_project"]
pytestmark = pytest.mark.slow  # each runs a session of pytest

LOCK = "servers-actions.lock/"
NORMAL = "servers-actions.lock/normal/"
REQUIREMENT = "servers-actions.lock/error/404"
EQUAL = f"{REQUIREMENT}[unknown-id]"
"""A case of both services."""
CLOUD = ("--os-cloud", "fake")
BOTH = ("specs/compute", "specs/volume")


@pytest.fixture
def both(project):
    project.add_service()
    project.endpoint = CLOUD
    return project


def run(project, *args, specs=BOTH, process=False):
    start = project.run_process if process else project.run
    return start(*args, endpoint=CLOUD, specs=specs)


def validator(name):
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.json").read_text()))


def named(project, part=""):
    """The selected cases of both services, after their services."""
    services = (("compute", project.cases), ("volume", project.others))
    return [f"{service}:{case}" for service, cases in services for case in cases if part in case]


def test_equal_ids_of_two_services_are_two_cases(both):
    both.decide_parts({f"volume:{EQUAL}": "fail"})
    result = run(both, "-k", LOCK)
    assert result.ret == 1
    assert both.tried_cases == named(both, LOCK), "one service after the other"
    record = both.record
    assert [one.name for one in record.results if one.verdict == "fail"] == [f"volume:{REQUIREMENT}"]
    assert [f"{one.service}:{one.case}" for one in record.results] == named(both, LOCK)
    assert {"compute:" + EQUAL, "volume:" + EQUAL} <= set(both.tried_cases)
    result.stdout.fnmatch_lines(["compute: the fake at *", "volume: the fake at *"])
    count = Counter(name.partition(":")[0] for name in named(both, LOCK))
    result.stdout.fnmatch_lines([f"compute: {count['compute']} cases: *", f"volume: {count['volume']} cases: * 1 fail"])


def test_the_head_names_the_first_service_and_has_a_part_for_each(both):
    run(both, "-k", LOCK)
    info = both.record.info
    assert info.spec["service"] == "compute"
    assert [part.service for part in info.services] == ["compute", "volume"]
    assert [head.spec["package"] for head in info.heads] == ["nova", "volumes"]
    assert [head.totals["requests"] for head in info.heads] == [10, 10]
    assert info.totals["requests"] == 20
    assert info.totals["cases"] == len(named(both, LOCK))
    assert info.heads[1].options["spec"] == "specs/volume"
    assert info.options["spec"] == list(BOTH)
    assert {note.get("service") for note in info.notes} == {"compute", "volume"}
    directory = both.path / "runs" / "latest"
    validator("run-1").validate(json.loads((directory / "run.json").read_text()))
    for line in (directory / "results.jsonl").read_text().splitlines():
        validator("record-1").validate(json.loads(line))


def test_a_run_of_one_service_names_no_service_beside_its_ids(both):
    run(both, "-k", LOCK, specs=("specs/volume",))
    assert both.record.info.services == ()
    assert {one.service for one in both.record.results} == {None}
    assert "services" not in json.loads((both.path / "runs" / "latest" / "run.json").read_text())


def test_a_failure_is_repeated_on_its_service_alone(both):
    both.decide_parts({f"volume:{EQUAL}": "fail"})
    result = run(both, "-k", LOCK)
    assert f"Try again    conformance run -k '{EQUAL}' --os-cloud fake --spec specs/volume" in result.outlines


def test_a_waiver_may_be_of_one_service(both):
    both.decide_parts({EQUAL: "fail"})
    deviation = f"volume:{REQUIREMENT}!contradiction!418"
    (both.path / "waivers.yaml").write_text(
        "format: 1\nwaivers:\n"
        f"- {{deviation: '{deviation}', reason: known, link: 'https://e.org/1', expires: 2999-01-01}}\n"
    )
    assert run(both, "-k", LOCK, "--waivers", "waivers.yaml").ret == 1
    waived = {one.service: one.waiver is not None for one in both.record.results if one.verdict == "fail"}
    assert waived == {"compute": False, "volume": True}


def test_a_service_of_which_no_resource_can_be_made_does_not_end_the_run(both):
    both.decide(trouble="no volume could be made: the quota is 0")
    run(both, "-k", LOCK)
    assert both.tried_cases == named(both, LOCK)
    notes = [note for note in both.record.info.notes if "the quota is 0" in note["text"]]
    assert {note["kind"] for note in notes} == {"missing"}


def test_workers_go_on_where_no_resource_of_a_service_can_be_made(both):
    both.decide(trouble="no volume could be made: the quota is 0")
    result = run(both, "-n", "2", "-k", LOCK, process=True)
    assert result.ret == 0
    assert sorted(both.tried_cases) == sorted(named(both, LOCK))
    notes = [note for note in both.record.info.notes if "the quota is 0" in note["text"]]
    assert {note["kind"] for note in notes} == {"missing"}


def test_a_run_of_one_service_ends_where_no_resource_can_be_made(both):
    both.decide(trouble="no volume could be made: the quota is 0")
    assert run(both, "-k", LOCK, specs=("specs/volume",)).ret == 2


def test_a_service_that_the_cloud_lacks_is_left_out_in_one_line(both):
    both.decide(lacking="volume")
    result = run(both, "-k", LOCK)
    assert result.ret == 0
    said = "volume: the catalogue of the fake has no volume service"
    result.stdout.fnmatch_lines([f"{said}: its 2 operations are inapplicable"])
    part = both.record.info.services[1]
    assert (part.service, part.lacking) == ("volume", "the catalogue of the fake has no volume service")
    assert {one.service for one in both.record.results} == {"compute"}
    directory = both.path / "runs" / "latest"
    assert f"{said}: its 2 operations are inapplicable" in report([directory], site=both.path / "site").text
    told = "the catalogue of the fake has no volume service: its 2 operations are inapplicable"
    assert told in (directory / "report.html").read_text()
    assert told in (both.path / "site" / "index.html").read_text()


def test_2_if_the_cloud_lacks_every_service(project):
    project.decide(lacking="compute")
    result = project.refused(endpoint=CLOUD)
    assert result.ret == 2
    result.stderr.fnmatch_lines(["conformance: the catalogue of the fake has no compute service"])


def test_3_if_one_of_the_services_shows_nothing(both):
    both.decide_parts({"volume:": "inapplicable"})
    result = run(both, "-k", LOCK)
    assert result.ret == 3
    result.stdout.fnmatch_lines(["note: volume: nothing was decided: *"])


def test_a_run_goes_on_with_each_service(both):
    both.decide_parts({f"volume:{EQUAL}": "inconclusive", f"compute:{EQUAL}": "fail"})
    run(both, "-k", LOCK)
    (both.path / "tried.txt").unlink()
    both.decide()
    assert run(both, "-k", LOCK, "--resume", "runs/latest").ret == 1
    assert both.tried_cases == [f"volume:{EQUAL}"]
    info = both.record.info
    assert [part.totals["requests"] for part in info.services] == [20, 20]
    assert info.totals["requests"] == 40


def test_2_for_other_services_than_those_of_the_run_to_go_on_with(both, capfd):
    run(both, "-k", LOCK)
    result = both.refused("--resume", "runs/latest", endpoint=CLOUD, specs=("specs/volume",))
    assert result.ret == 2
    result.stderr.fnmatch_lines(["conformance: the run to resume tested compute and volume, not volume: give *"])


def test_a_service_without_a_description_says_so(both):
    result = run(both, "-k", LOCK)
    result.stdout.fnmatch_lines(["note: volume: this suite has no description of the service, so it was tried by *"])
    notes = [note for note in both.record.info.notes if note["kind"] == "undescribed"]
    assert [note["service"] for note in notes] == ["volume"]
    assert "no description of the service" in (both.path / "runs" / "latest" / "report.html").read_text()


@pytest.mark.parametrize(
    ("options", "endpoint", "sentence"),
    [
        (
            ["--microversion", "2.1"],
            CLOUD,
            "--microversion 2.1 is a version of one API, and *",
        ),
        (
            [],
            ("--url", "http://127.0.0.1:9", "--token", "t"),
            "--url names one service, and the specs are of *",
        ),
        (["--use", "gadget=x"], CLOUD, "--use gadget=... cannot be used: --use knows *"),
        (
            ["--known", "openstack-placement==16.0.0"],
            CLOUD,
            "--known * is not of nova and volumes, *",
        ),
        (["--service", "gadgets"], CLOUD, "--service gadgets: this installation contains no specs of it, only of *"),
    ],
)
def test_2_for_options_that_do_not_fit_the_services(both, options, endpoint, sentence):
    result = both.refused(*options, endpoint=endpoint, specs=BOTH)
    assert result.ret == 2
    result.stderr.fnmatch_lines([f"conformance: {sentence}"])


def test_services_are_named_by_their_types(project):
    result = project.run("--service", "placement", "--dry-run", "-k", "root.list", specs=())
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*cases in * trials*"])
    result = project.run("--service", "all", "--dry-run", "-k", "root.list or limits", specs=())
    result.stdout.fnmatch_lines([f"{service}:" for service in shipped() if service in ("compute", "placement")])


def test_processes_share_the_services(both):
    both.decide_parts({f"volume:{EQUAL}": "fail"})
    result = run(both, "-n", "2", process=True)
    assert result.ret == 1
    assert sorted(both.tried_cases) == sorted(named(both))
    record = both.record
    assert len(record.results) == len(named(both))
    assert [part.totals["requests"] for part in record.info.services] == [30, 30]
    assert not list((both.path / "runs" / "latest").glob("part-*"))
    lanes = {}
    for process, lane, case in both.tried:
        lanes.setdefault((case.partition(":")[0], lane), set()).add(process)
    assert all(len(processes) == 1 for processes in lanes.values())


def test_the_report_has_a_part_for_each_service(both):
    both.decide_parts({f"volume:{EQUAL}": "fail", f"compute:{EQUAL}": "quiet-omission"})
    run(both, "-k", LOCK)
    directory = both.path / "runs" / "latest"
    seen = view(both.record)
    assert [part.info.service for part in seen.parts] == ["compute", "volume"]
    assert sum(sum(part.requirements.values()) for part in seen.parts) == sum(seen.requirements.values())
    assert [len(part.contradictions) for part in seen.parts] == [0, 1]
    assert [len(part.omissions) for part in seen.parts] == [1, 0]
    page = (directory / "report.html").read_text()
    assert '<h3 class="pad" id="service-volume">' in page
    assert '<a href="#service-compute">compute</a>' in page
    assert f"volume:{REQUIREMENT}" in page
    done = report([directory], matrix=both.path / "m.csv", sarif=both.path / "s.json")
    assert "volume: " in done.text
    assert (both.path / "m.csv").read_text().startswith("service,operation,requirement,")
    runs = json.loads((both.path / "s.json").read_text())["runs"]
    assert [one["automationDetails"]["id"].rpartition("/")[2] for one in runs] == ["compute", "volume"]
    assert [len(one["results"]) for one in runs] == [1, 1]
    report([directory], site=both.path / "site")
    assert {path.name for path in (both.path / "site").iterdir()} >= {"compute", "volume", "index.html"}


def test_a_run_of_one_service_is_compared_with_that_part_of_another(both):
    both.decide_parts({f"volume:{EQUAL}": "fail"})
    run(both, "-k", LOCK, "--conformance-output", "one")
    both.decide_parts({EQUAL: "fail"})
    run(both, "-k", LOCK, "--conformance-output", "two", specs=("specs/volume",))
    run(both, "-k", LOCK, "--conformance-output", "three", specs=("specs/compute",))
    one, two, three = (both.path / name for name in ("one", "two", "three"))
    deviation = f"{REQUIREMENT}!contradiction!418"
    assert report([two], baseline=one).comparison.unchanged == (deviation,)
    assert report([three], baseline=one).comparison.new == (deviation,)
    assert report([one], baseline=two).comparison.unchanged == (f"volume:{deviation}",)
    said = report([one, two]).text
    assert f"compute:{REQUIREMENT}: pass, not tried" in said
    assert f"volume:{REQUIREMENT}" not in said
