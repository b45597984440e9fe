"""A folder with two operations' specs in which pytest runs against the fake engine."""

import json
import os
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import conformance.cli
import conformance.plugin.beginning
import conformance.plugin.tidying
import conformance.stestr.suite  # noqa: F401
import reports.commands  # noqa: F401
from conformance.engine.derive.suite import derive
from specs.dump import dump
from specs.load import load, loads
from specs.microversion import Microversion
from specs.record import RunRecord

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
ENDPOINT = ("--url", "http://127.0.0.1:9/v2.1", "--token", "a-secret")
OPERATIONS = ("servers-actions.lock", "servers-actions.pause")


@cache
def small_spec():
    """The spec of two operations, as text."""
    whole = load(ROOT / "specs" / "compute" / "servers-actions.yaml")
    return dump(replace(whole, operations=tuple(o for o in whole.operations if o.id in OPERATIONS)))


@cache
def cases_of(text):
    """The ids of the cases that the fake derives."""
    spec = loads(text)
    return tuple(case.id for case in derive([spec], [spec], Microversion(2, 96)).cases)


# Each run within a run would import hypothesis and rewrite its assertions anew: two seconds.
PLUGINS = ("-p", "fake_engine", "-p", "no:hypothesispytest", "--assert=plain")


class Project:
    endpoint = ENDPOINT

    def __init__(self, pytester, capfd):
        self.pytester = pytester
        self._capfd = capfd
        self.path = pytester.path
        self.text = small_spec()
        self.spec = self.path / "specs" / "compute" / "servers-actions.yaml"
        self.spec.parent.mkdir(parents=True)
        self.spec.write_text(self.text)
        self.cases = list(cases_of(self.text))

    def add_service(self, service="volume", package="volumes"):
        """Add specs of another service with the same ids of operations and cases."""
        folder = self.path / "specs" / service
        folder.mkdir(parents=True)
        text = self.text.replace("service: compute", f"service: {service}")
        text = text.replace("package: nova", f"package: {package}")
        (folder / "servers-actions.yaml").write_text(text)
        self.others = list(cases_of(text))

    def decide(self, **verdicts):
        (self.path / "verdicts.json").write_text(json.dumps(verdicts))

    def decide_parts(self, verdicts):
        self.decide(**verdicts)

    def run(self, *args, endpoint=ENDPOINT, specs=("specs/compute",)):
        return self.pytester.runpytest_inprocess(*PLUGINS, *endpoint, *args, *specs)

    def run_process(self, *args, endpoint=ENDPOINT, specs=("specs/compute",)):
        return self.pytester.runpytest_subprocess(*PLUGINS, *endpoint, *args, *specs)

    def refused(self, *args, endpoint=ENDPOINT, specs=("specs/compute",)):
        """A run that ends before a session begins, of which pytester cannot tell the status."""
        self._capfd.readouterr()
        status = pytest.main([*PLUGINS, *endpoint, *args, *specs])
        said = self._capfd.readouterr()
        return pytest.RunResult(status, said.out.splitlines(), said.err.splitlines(), 0)

    @property
    def tried(self):
        """Lines of (process, lane, case)."""
        path = self.path / "tried.txt"
        return [line.split(" ", 2) for line in path.read_text().splitlines()] if path.exists() else []

    @property
    def tried_cases(self):
        return [case for _, _, case in self.tried]

    @property
    def record(self):
        return self.record_of("runs/latest")

    def record_of(self, name):
        return RunRecord.read(self.path / name)

    def matching(self, *parts):
        return [case for case in self.cases if all(part in case for part in parts)]


@pytest.fixture
def project(pytester, monkeypatch, capfd):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(HERE), str(ROOT)]))
    monkeypatch.setattr(sys, "path", [str(HERE), *sys.path])
    return Project(pytester, capfd)
