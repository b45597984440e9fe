"""The tables that are shipped speak of what the specs know."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

import specs
from conformance.engine import knowledge as module
from conformance.engine.case import Binding, id_part
from conformance.engine.cloud.discover import Discovery
from conformance.engine.cloud.resources import Resources
from conformance.engine.derive.suite import derive, views
from conformance.engine.derive.view import Book
from conformance.engine.graph import StateGraph
from conformance.engine.knowledge import load_knowledge
from specs.load import load_directory
from specs.microversion import Microversion

KNOWN = load_knowledge()


@pytest.fixture(scope="module")
def shipped():
    return load_directory(Path(specs.__file__).parent / "compute").specs


@pytest.fixture(scope="module")
def operations(shipped):
    return {o.id: o for spec in shipped for o in spec.operations}


def named():
    """Every operation or pattern that the tables name."""
    return sorted(
        {
            *KNOWN.accepts,
            *(t.operation for t in KNOWN.transitions),
            KNOWN.lock,
            KNOWN.unlock,
            *KNOWN.final,
            *(r.operation for r in KNOWN.rules),
            *(operation for operation, _ in KNOWN.attach.values()),
            *(r.operation for r in KNOWN.refusals),
            *(pattern for pattern, _, _ in KNOWN.creates),
        }
    )


@pytest.mark.parametrize("pattern", named())
def test_every_operation_is_one_of_the_specs(pattern, operations):
    assert any(fnmatchcase(operation, pattern) for operation in operations)


def test_every_bound_parameter_is_one_of_a_request(operations):
    for rule in KNOWN.rules:
        names = {
            row.name.rpartition(".")[2]
            for operation in operations.values()
            if fnmatchcase(operation.id, rule.operation)
            for row in operation.request.parameters
        }
        assert any(fnmatchcase(name, rule.parameter) for name in names), rule


def test_every_named_field_is_one_of_its_request(operations):
    for refusal in KNOWN.refusals:
        assert refusal.parameter in {r.name for r in operations[refusal.operation].request.parameters}
        assert refusal.code in {c.code for c in operations[refusal.operation].responses.error}
    for operation, parameter in KNOWN.attach.values():
        assert parameter in {r.name for r in operations[operation].request.parameters}
    for way in KNOWN.transitions:
        rows = {r.name.rpartition(".")[2] for r in operations[way.operation].request.parameters}
        assert {name for name, _ in way.request} <= rows


def test_every_status_is_documented(shipped):
    documented = {
        value
        for spec in shipped
        for one in spec.vocabulary
        if (one.resource, one.attribute) == (KNOWN.resource, "status")
        for value in one.values
    }
    if not documented:
        pytest.skip("these specs hold no vocabulary of the status")
    used = {*KNOWN.stable, KNOWN.initial, *(s for states in KNOWN.accepts.values() for s in states)}
    used |= {status for way in KNOWN.transitions for status in (way.source, way.target)}
    assert used <= documented


def test_situations_are_statuses_that_last():
    lasting = set(KNOWN.stable)
    assert KNOWN.initial in lasting
    assert {s for states in KNOWN.accepts.values() for s in states} <= lasting
    assert {s for way in KNOWN.transitions for s in (way.source, way.target)} <= lasting


def test_every_lasting_status_can_be_reached_from_the_first_and_left(shipped):
    graph = StateGraph.of(views(shipped, Microversion(2, 100), KNOWN))
    for status in KNOWN.stable:
        assert graph.way(KNOWN.initial, status) is not None, status
        assert graph.way(status, KNOWN.initial) is not None, status


def test_every_resource_of_a_binding_can_be_had():
    own = {"name", "password", "server", "host"}
    for binding in [r.value for r in KNOWN.rules] + [r.binding for r in KNOWN.refusals]:
        if isinstance(binding, Binding) and binding.resource not in own:
            assert hasattr(Resources, binding.resource) or hasattr(Discovery, binding.resource), binding
        if isinstance(binding, Binding):
            assert binding.relation in {"any", "free", "attached", "other", "new", "ambiguous"}
    assert all(hasattr(Resources, resource) for resource in KNOWN.attach)


def test_the_first_rule_that_fits_counts(operations):
    assert KNOWN.binding(operations["servers-actions.createBackup"], "rotation") == (True, 1)
    assert KNOWN.binding(operations["servers-actions.rebuild"], "nothing-of-the-kind") == (False, None)
    assert KNOWN.binding(operations["servers-actions.rebuild"], "trusted_image_certificates") == (True, None)
    assert KNOWN.created_by(operations["servers-actions.createImage"]) == ("image", "name")
    assert KNOWN.created_by(operations["servers-actions.pause"]) is None


def test_a_table_of_another_format_is_refused(monkeypatch, tmp_path):
    (tmp_path / "states.yaml").write_text("format: 2\n")
    monkeypatch.setattr(module.resources, "files", lambda _: tmp_path)
    with pytest.raises(ValueError, match="format 2 is not 1"):
        module._table("states.yaml")


def test_no_case_hides_another_of_the_same_id(shipped, monkeypatch):
    """``Book.case`` keeps the first of an id: a second one must expect the same."""
    hidden = []
    keep = Book.case

    def case(self, requirement, detail, trial, expectation):
        keep(self, requirement, detail, trial, expectation)
        kept = self.cases.get(requirement.id + (f"[{id_part(detail)}]" if detail else ""))
        if kept is None or kept.expectation != expectation:
            hidden.append((requirement.id, detail, expectation))

    monkeypatch.setattr(Book, "case", case)
    derive(shipped)
    assert hidden == []


def test_the_shipped_specs_give_a_suite_in_which_nothing_is_dropped(shipped):
    found = derive(shipped)
    told = {c.operation.id for c in found.cases} | {u.requirement.partition("/")[0] for u in found.untested}
    assert told >= {o.id for spec in shipped for o in spec.operations}
    requirements = {r.id for r in found.requirements} | {u.requirement.partition("[")[0] for u in found.untested}
    for spec in shipped:
        for operation in spec.operations:
            if operation.id in {c.operation.id for c in found.cases} and operation.removed is None:
                for code in operation.responses.error:
                    assert f"{operation.id}/error/{code.code}" in requirements
                for condition in operation.preconditions:
                    assert any(r.startswith(f"{operation.id}/precondition/") for r in requirements), condition
