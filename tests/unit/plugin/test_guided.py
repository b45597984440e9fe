"""A run that follows a guideline: only the needed cases, a certificate, its exit status, and how it goes on."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from spinning import passed, written

from conformance import cli
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target
from conformance.plugin.choices import choose
from conformance.plugin.endpoint import Endpoint
from conformance.plugin.opened import settings_of
from reports.certify import certify, verify
from specs.guideline.needed import FILE

pytest_plugins = ["pytester", "plugin_project"]

GUIDELINE = """format: 1
id: locks
title: Locks
version: "1"
status: draft
source: {title: L-1, url: "https://example.org/l-1"}
applies_to: [{service: compute, package: nova, version: 34.0.0}]
capabilities:
- id: lock
  title: Lock
  service: compute
  status: required
  since: "1"
  requirements:
  - {operation: servers-actions.lock, kind: [normal], cases: [ACTIVE]}
  - {operation: servers-actions.lock, kind: [error], code: [401]}
- id: pause
  title: Pause
  service: compute
  status: required
  since: "1"
  requirements: [{operation: servers-actions.pause, kind: [error], code: [404], cases: [unknown-id]}]
exceptions:
- {id: no-pause, title: No pause, condition: The hypervisor cannot pause., capabilities: [pause]}
"""
LOCK, PAUSE = "servers-actions.lock/normal/202[ACTIVE]", "servers-actions.pause/error/404[unknown-id]"
NOBODY = tuple(f"servers-actions.lock/error/401[{who}]" for who in ("no-token", "bad-token"))


@pytest.fixture
def guided(project):
    (project.path / "locks.yaml").write_text(GUIDELINE)
    return project


def data(project):
    return json.loads((project.path / "runs/latest/certificate.json").read_text())


def test_only_the_needed_cases_are_tried_and_a_certificate_is_written(guided):
    done = guided.run("--guideline", "locks.yaml")
    assert sorted(guided.tried_cases) == sorted([LOCK, PAUSE, *NOBODY])
    assert done.ret == 0
    done.stdout.fnmatch_lines(
        ["*locks 1: proved: of 2 required capabilities 2 proved, 0 broken, 0 not proved", "certificate: *.html"]
    )
    assert [one["standing"] for one in data(guided)["capabilities"]] == ["proved", "proved"]
    run = guided.path / "runs/latest"
    assert verify(run / "certificate.html", run).holds


@pytest.mark.parametrize(("verdict", "status"), [("fail", 1), ("inconclusive", 3), ("inapplicable", 3), ("error", 3)])
def test_the_exit_status_is_that_of_the_certificate(guided, verdict, status):
    guided.decide_parts({PAUSE: verdict})
    assert guided.run("--guideline", "locks.yaml").ret == status


def test_a_selection_leaves_the_rest_not_proved(guided):
    assert guided.run("--guideline", "locks.yaml", "-k", "lock/normal").ret == 3
    assert guided.tried_cases == [LOCK]
    assert "not tried" in data(guided)["capabilities"][1]["why"]


def test_it_goes_on_with_resume_under_the_same_guideline_alone(guided):
    guided.run("--guideline", "locks.yaml", "-k", "lock/normal")
    first = str((guided.path / "runs/latest").resolve())
    assert guided.run("--guideline", "locks.yaml", "--resume", first).ret == 0
    assert len(guided.tried_cases) == 4
    (guided.path / "locks.yaml").write_text(GUIDELINE.replace("title: Lock\n", "title: Locking\n"))
    refused = guided.refused("--guideline", "locks.yaml", "--resume", first)
    assert refused.ret == 2
    assert "the run to resume followed another text of locks" in refused.stderr.str()


def test_a_declared_exception_needs_no_case_and_stands_in_the_certificate(guided):
    done = guided.run("--guideline", "locks.yaml", "--declare", "no-pause=Example Inc.: no such hypervisor")
    assert done.ret == 0
    assert PAUSE not in guided.tried_cases
    assert data(guided)["capabilities"][1]["excepted"] == "Example Inc.: no such hypervisor"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--guideline", "nobody"), "there is no guideline nobody"),
        (("--declare", "no-pause=x"), "--declare names an exception of a guideline: add --guideline"),
        (("--guideline", "locks.yaml", "--declare", "no-lock=x"), "there is no such exception in locks; its"),
        (("--guideline", "locks.yaml", "--declare", "no-pause"), "is not of the form EXCEPTION=REASON"),
    ],
)
def test_a_wrong_guideline_or_exception_ends_the_run_in_one_sentence(guided, options, said):
    refused = guided.refused(*options)
    assert refused.ret == 2
    assert said in refused.stderr.str()
    assert not (guided.path / "runs").exists() or not list((guided.path / "runs").rglob(FILE))


def test_only_the_roles_that_the_guideline_allows_are_used(tmp_path):
    (tmp_path / "locks.yaml").write_text(GUIDELINE)
    target = Target(clouds={role: role.value for role in Role}, tokens={Role.ADMIN: "t", Role.MEMBER: "m"})
    every = choose({"os-cloud": "mine", "os-cloud-admin": "root"})
    guided = choose({"os-cloud": "mine", "os-cloud-admin": "root", "guideline": str(tmp_path / "locks.yaml")})
    endpoint = Endpoint({"compute": target})
    assert settings_of(every, endpoint, tmp_path, "compute").target == target
    left = settings_of(guided, endpoint, tmp_path, "compute").target
    assert (set(left.clouds), set(left.tokens)) == ({Role.MEMBER}, {Role.MEMBER})


def test_a_guideline_brings_its_services_unless_others_are_given(tmp_path):
    (tmp_path / "locks.yaml").write_text(GUIDELINE)
    guideline = str(tmp_path / "locks.yaml")
    assert choose({}).services_beside([]) == ()
    assert choose({"guideline": guideline}).services_beside([]) == ("compute",)
    assert choose({"guideline": guideline}).services_beside([tmp_path]) == ()
    assert choose({"guideline": guideline, "service": ["image"]}).services_beside([]) == ("image",)


def test_a_dry_run_plans_the_needed_cases_alone(guided):
    done = guided.run("--guideline", "locks.yaml", "--dry-run", endpoint=())
    done.stdout.fnmatch_lines(["4 cases in *"])


def test_the_command_makes_a_run_by_the_guideline(monkeypatch):
    asked = []
    monkeypatch.setattr(cli, "_tried", lambda *given: asked.append(given) or 3)
    done = CliRunner().invoke(cli.main, ["certify", "locks", "--os-cloud", "mine", "-x"], standalone_mode=False)
    assert done.return_value == 3
    ((rest, spec, keyword, values),) = asked
    assert (rest, tuple(spec), keyword) == (("-x",), (), None)
    assert (values["guideline"], values["os_cloud"]) == ("locks", "mine")


def test_the_command_verifies_a_certificate(tmp_path):
    run = written(tmp_path / "run", passed())
    page = certify(run).written[0]
    command = ["certify", "--verify", str(page), str(run)]
    done = CliRunner().invoke(cli.main, command, standalone_mode=False)
    assert (done.return_value, done.output.count("\n")) == (0, 1)
    page.write_text(page.read_text().replace("spinning", "turning"))
    done = CliRunner().invoke(cli.main, command, standalone_mode=False)
    assert (done.return_value, done.output.count("\n")) == (1, 1)


def test_workers_leave_out_the_same_cases(guided):
    pytest.importorskip("xdist")
    done = guided.run_process("--guideline", "locks.yaml", "-n", "2")
    assert done.ret == 0
    assert sorted(guided.tried_cases) == sorted([LOCK, PAUSE, *NOBODY])
