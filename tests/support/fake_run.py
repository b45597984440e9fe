"""A run whose trials are decided by a table, and not by any cloud."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest
from widgets import KNOWLEDGE, TOP, action, becomes, evidence, spec, status, suite

from conformance.engine.api.producers import Producers
from conformance.engine.cloud.seen import Seen
from conformance.engine.cloud.spares import Spares
from conformance.engine.cloud.waits import Waits
from conformance.engine.derive.state_graph import Edge, StateGraph
from conformance.engine.derive.suite import views
from conformance.engine.model.probe import Probe, StatusOf
from conformance.engine.provision.context import Notes
from conformance.engine.provision.places import Places
from conformance.engine.run import executors
from conformance.engine.run import run as module
from conformance.engine.run.run import Run
from specs.microversion import VersionRange

SPIN = action(
    "spin",
    error=(401, 404, 409),
    preconditions=(status("IDLE"),),
    postconditions=(becomes("SPINNING", resource="gear"),),
)
REST = action("rest", preconditions=(status("IDLE"),), postconditions=(becomes("HALTED", line=31),))
SUITE = suite(SPIN, action("halt", error=(401,)), action("melt"), REST)
GEAR = StatusOf("gear")
SPUN = {GEAR: "SPINNING"}
EVERY = [c.id for c in SUITE.cases]
SPIN_IDLE = "widgets.spin/normal/202[IDLE]"


@dataclass
class Cloud:
    """Decides trials by their keys: an Evidence without its trial, an exception, or a function of the attempt."""

    answers: dict[str, Any] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    probes: dict[str, set[Probe]] = field(default_factory=dict)
    unmet: list[Edge] = field(default_factory=list)
    hollow: dict[str, str] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    forgotten: int = 0
    discarded: int = 0
    together: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def make(self, trial, probes):
        with self.lock:
            self.made.append(trial.key)
            self.probes[trial.key] = set(probes)
            attempt = self.made.count(trial.key)
        answer = self.answers.get(trial.key)
        if callable(answer):
            answer = answer(attempt)
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            answer = as_promised(trial)
        return replace(answer, trial=trial)


def as_promised(trial):
    if trial.request.role in ("no-token", "bad-token"):
        return evidence(401, trial=trial)
    if trial.situation.target == "unknown" or trial.request.role == "alt":
        return evidence(404, trial=trial, body={"itemNotFound": {"code": 404, "message": "m"}})
    if trial.outcome.accepted and trial.outcome.leads_to:
        return evidence(202, trial=trial, found=SPUN, after={"status": trial.outcome.leads_to[0]})
    body = None if trial.outcome.accepted else {"conflict": {"code": 409, "message": "no"}}
    return evidence(202 if trial.outcome.accepted else 409, trial=trial, body=body, found=SPUN)


@pytest.fixture
def cloud(monkeypatch):
    cloud = Cloud()

    class Subject:
        def __init__(self, context):
            self.status, self.locked, self.resources_made = None, False, 1
            self.environment, self.unmet = "", cloud.unmet
            self.bindings = SimpleNamespace(wanted=frozenset(), as_before=None, attached={})

        def discard(self):
            with cloud.lock:
                cloud.discarded += 1

    class Executor:
        def __init__(self, context, subject):
            self.context, self.subject = context, subject
            self.discard = self.leave = self.renew = subject.discard
            self.paths = SimpleNamespace(forget_found=self.forget)
            self.looks = SimpleNamespace(
                waits=lambda trial=None: False,
                may_be_refused=lambda trial: False,
                take=lambda: None,
                collect=dict,
                take_again=frozenset,
                expects_refusal=lambda trial: False,
                knows=lambda trial: True,
                expected=set(),
            )

        def make(self, trial, probes, together=False):
            return cloud.make(trial, probes)

        def forget(self):
            with cloud.lock:
                cloud.forgotten += 1

        def harmless(self, operation):
            return None

    class Controls:
        def __init__(self, context):
            pass

        def missing(self, operation, harmless):
            return cloud.hollow.get(operation.id)

        def nowhere(self, operation, harmless):
            return cloud.hollow.get("")

        def answered(self, operation):
            return operation.id in cloud.answered

    monkeypatch.setattr(executors, "Subject", Subject)
    monkeypatch.setattr(module, "Controls", Controls)
    monkeypatch.setattr(executors, "Executor", Executor)
    return cloud


def started(*case_ids, parallel=3, record=None):
    stopping = threading.Event()
    context = SimpleNamespace(
        cloud=SimpleNamespace(
            lost=None,
            journal=None,
            seen=Seen(),
            microversions=VersionRange(TOP, TOP),
            guard=SimpleNamespace(forbids=lambda method, path: None),
        ),
        service=KNOWLEDGE,
        producers=Producers(()),
        spending=set(),
        graph=StateGraph.of(views([spec(SPIN, REST)], TOP, KNOWLEDGE)),
        role_names=frozenset({"member", "admin"}),
        lacking=frozenset(),
        stopping=stopping,
        places=Places(stopping),
        waits=Waits(),
        resources=SimpleNamespace(spares=Spares(), usual={}),
        kind=SimpleNamespace(name="widget", state_of=lambda shown: (shown["status"], None)),
        environment="",
        notes=Notes(),
        sandbox=True,
        default_policy=True,
        operations={},
        needs={},
        needs_of=lambda operation: SimpleNamespace(version=TOP, sandbox_only=False),
    )
    context.about = lambda operation: context
    results: list[Any] = []
    run = Run(SUITE, context, record or results.append, parallel)
    run.results = results
    run.start(case_ids)
    return run


def key(case_id=SPIN_IDLE):
    return next(c.trial.key for c in SUITE.cases if c.id == case_id)
