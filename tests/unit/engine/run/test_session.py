"""What a session writes into the head of its record: the figures by resource, and why a promise has no case."""

from __future__ import annotations

import errno
import time
from collections import Counter
from types import SimpleNamespace

import pytest

from conformance.engine.cloud.roles import Role
from conformance.engine.model.case import REASONS, Untested
from conformance.engine.provision.context import Notes
from conformance.engine.run import session as module
from conformance.engine.run.session import Session
from specs.record.model import Source


def test_versions_of_the_api_that_are_not_tried_are_told_each_in_one_line():
    session = SimpleNamespace(
        addressed=SimpleNamespace(elsewhere=[(None, None, 1), (None, None, 2), (None, None, 1), (None, None, None)]),
        api=SimpleNamespace(major=3),
        cloud=SimpleNamespace(root=SimpleNamespace(offered=(2, 3))),
    )
    assert Session.versions_left_out.fget(session) == (
        "this cloud offers no version 1 of the API: the 2 operations of it are inapplicable",
        "the 1 operations of version 2 are not tried: this run is of version 3",
    )


@pytest.mark.parametrize(
    ("resource", "made", "figure"),
    [("widget", 3, {"widget": 3}), ("widget", 0, {}), ("", 2, {})],
)
def test_figures_name_the_resource_as_its_service_does(resource, made, figure):
    session = SimpleNamespace(
        _began=time.monotonic(),
        cloud=SimpleNamespace(request_count=7, accepted_count=5, purposes={"trial": 7}),
        run=SimpleNamespace(resources_made=Counter({resource: made})),
    )
    figures = Session.figures(session)
    assert (figures["requests"], figures["accepted"], figures["made"]) == (7, 5, figure)
    assert figures["purposes"] == {"trial": 7}
    assert figures["processor_seconds"] > 0


def test_a_promise_without_a_case_says_why_in_a_sentence():
    untested = (Untested("a.b/error/501", "provider", Source("x.inc", 3)),)
    session = SimpleNamespace(
        context=SimpleNamespace(notes=Notes()),
        suite=SimpleNamespace(used=(), untested=untested),
        run=SimpleNamespace(whole=True, operations=frozenset()),
        left=(),
        versions_left_out=(),
        hints=(),
    )
    (note,) = Session.notes(session)
    assert (note["requirement"], note["reason"], note["why"]) == ("a.b/error/501", "provider", REASONS["provider"])


def test_a_journal_that_cannot_be_written_before_the_first_resource_is_told(monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", "run/journal.jsonl")

    monkeypatch.setattr(module, "prepare", full)
    case = SimpleNamespace(id="a", trial=SimpleNamespace(situation=SimpleNamespace(state="IDLE"), operation=None))
    service = SimpleNamespace(under_test=SimpleNamespace(role=Role.MEMBER))
    context = SimpleNamespace(discovery=None, kind=None, top=None, service=service, about=lambda _: context)
    session = SimpleNamespace(
        _worker=None,
        context=context,
        suite=SimpleNamespace(cases=[case]),
        settings=SimpleNamespace(max_resources=6),
        journal=SimpleNamespace(trouble="run/journal.jsonl cannot be written: No space left on device; make room"),
    )
    assert Session.prepare(session, ["a"], print) == session.journal.trouble


@pytest.mark.parametrize(("ends", "removed", "settled"), [(False, 1, 0), (True, 0, 1)])
def test_a_cloud_that_ends_with_the_run_takes_its_resources_with_it(monkeypatch, ends, removed, settled):
    calls = []
    monkeypatch.setattr(module, "pay_all", lambda *_: (["a limit is still changed"], []))
    monkeypatch.setattr(module, "withdraw", lambda context: calls.append(("removed", context)))
    nothing = SimpleNamespace(close=lambda: None)
    session = SimpleNamespace(
        run=SimpleNamespace(stop=lambda: None),
        journal=SimpleNamespace(
            debts=lambda own: (), end=lambda own: calls.append(("settled", own)), close=lambda: None
        ),
        resources=SimpleNamespace(close=lambda own: calls.append(("removed", own)) or ("server 1: in use",)),
        cloud=nothing,
        watch=nothing,
        context="context",
    )
    left = Session.close(session, whole_run=True, cloud_ends=ends)
    assert calls[0] == (("settled", False) if ends else ("removed", "context"))
    assert (calls.count(("removed", False)), calls.count(("settled", False))) == (removed, settled)
    assert left == ("a limit is still changed", "server 1: in use")[: 1 + removed]
