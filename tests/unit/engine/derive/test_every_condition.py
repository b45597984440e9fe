"""Every precondition and every postcondition that a reference states has a case, or a reason why it has none."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from shipped import specs_of, suite_of
from widgets import action, becomes, spec

import specs
from conformance.engine.api.load import load_service
from conformance.engine.derive import success
from conformance.engine.derive.suite import derive

pytestmark = [pytest.mark.xdist_group("shipped"), pytest.mark.slow]  # all specs are read, in one process

SHIPPED = sorted(path.parent for path in Path(specs.__file__).parent.glob("*/NOTICE"))


def said(condition):
    """What a condition says: a second sentence that says the same is the same requirement."""
    if condition.effect or condition.becomes or condition.transient or condition.unchanged:
        return success.post_name(condition)
    return condition.kind, condition.resource, condition.attribute, condition.any_of, condition.when


def passed_over(given, found):
    """Kind and line of each condition of which no case and no reason in a suite says anything."""
    known = defaultdict(set)
    for case in found.cases:
        known[case.operation.id].add((case.requirement.kind, case.requirement.source.line))
    whole = set()
    for untested in found.untested:
        operation, _, rest = untested.requirement.partition("/")
        known[operation].add((rest.partition("/")[0], untested.source.line))
        whole |= set() if rest else {operation}  # it has a reason for all that is said of it
    left = []
    for operation in (o for one in given for o in one.operations if o.id not in whole and o.removed is None):
        for kind, conditions in (
            ("precondition", operation.preconditions),
            ("postcondition", operation.postconditions),
        ):
            covered = {said(c) for c in conditions if (kind, c.line) in known[operation.id]}
            left += [(operation.id, kind, c.line) for c in conditions if said(c) not in covered]
    return left


def test_there_are_specs():
    assert {path.name for path in SHIPPED} >= {"block-storage", "compute", "identity", "image", "network", "placement"}


@pytest.mark.parametrize("directory", SHIPPED, ids=lambda path: path.name)
def test_no_condition_is_passed_over(directory):
    assert passed_over(specs_of(directory.name), suite_of(directory.name)) == []


def test_one_that_is_passed_over_would_be_told(monkeypatch):
    known = load_service("compute")
    same = (becomes("SPINNING", line=30, resource="server"), becomes("SPINNING", line=31, resource="server"))
    given = [spec(action(path="/servers/{server_id}/action", postconditions=same))]
    assert passed_over(given, derive(given, service=known)) == []
    monkeypatch.setattr(success, "_postconditions", lambda *_: None)
    told = [("widgets.spin", "postcondition", line) for line in (30, 31)]
    assert passed_over(given, derive(given, service=known)) == told
