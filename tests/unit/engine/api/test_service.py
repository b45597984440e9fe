"""The description of the compute API speaks of what its specs know."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase

import pytest
from shipped import specs_of, suite_of

from conformance.engine.api.acting import with_acting_reads
from conformance.engine.api.load import load_service
from conformance.engine.api.producers import Producers, collection_of, placeholders
from conformance.engine.api.response_fields import places_in
from conformance.engine.api.strictness import GENERATED
from conformance.engine.api.values import let_in
from conformance.engine.derive.book import Book
from conformance.engine.derive.state_graph import StateGraph
from conformance.engine.derive.suite import derive, views
from conformance.engine.model.binding import bindings_in
from conformance.engine.model.case import REASONS, id_part
from conformance.engine.provision.bindings import NAMED
from specs.microversion import Microversion

KNOWN = load_service("compute")

pytestmark = pytest.mark.xdist_group("shipped")  # what is derived once is derived in one process


@pytest.fixture(scope="module")
def shipped():
    return specs_of("compute")


@pytest.fixture(scope="module")
def operations(shipped):
    return {o.id: o for spec in shipped for o in spec.operations}


def steps():
    """Every step that the tables name, before, after, or in order that something has a name."""
    return [
        *(step for _, step in (*KNOWN.steps_before, *KNOWN.steps_after)),
        *(step for naming in KNOWN.placeholder_sources.values() for step in naming.steps),
        *KNOWN.quotas.values(),
    ]


def meant(operations, pattern):
    """The operations that a pattern means."""
    return [operation for operation in operations.values() if fnmatchcase(operation.id, pattern)]


def rows(operation, *locations):
    """The last parts of the names of a request's rows."""
    return {
        r.name.rpartition(".")[2] for r in operation.request.parameters if r.location in (locations or {r.location})
    }


def test_every_bound_parameter_is_one_of_a_request(operations):
    for rule in KNOWN.bindings:
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
    for how in KNOWN.under_test.attached_by.values():
        assert how.parameter in {r.name for r in operations[how.operation].request.parameters}
    for way in KNOWN.under_test.transitions:
        rows = {r.name.rpartition(".")[2] for r in operations[way.operation].request.parameters}
        assert {name for name, _ in way.request} <= rows


def test_every_field_of_a_query_an_inclusion_or_a_companion_is_one_of_each_request_that_is_meant(operations):
    for pattern, name, _ in KNOWN.required_queries:
        assert all(name in rows(operation, "query") for operation in meant(operations, pattern)), (pattern, name)
    for pattern, name in KNOWN.always_included:
        assert all(name in rows(operation, "body") for operation in meant(operations, pattern)), (pattern, name)
    whole = {o.id: {r.name for r in o.request.parameters if r.location == "body"} for o in operations.values()}
    for pattern, name, needed in KNOWN.required_together:
        for operation in meant(operations, pattern):
            assert needed in whole[operation.id], (pattern, needed)
            assert any(fnmatchcase(one, name) for one in whole[operation.id] - {needed}), (pattern, name)


def test_every_value_of_a_rule_is_documented_and_what_goes_with_it_is_too(operations):
    for rule in KNOWN.value_rules:
        for operation in meant(operations, rule.operation):
            named = [r for r in operation.request.parameters if fnmatchcase(r.name, rule.parameter)]
            labels = {"given", *(label for row in named for label, _ in let_in(row))}
            assert named, rule
            assert any(fnmatchcase(label, rule.value) for label in labels), rule
            assert set(rule.together_with) <= {r.name for r in operation.request.parameters}, rule
        assert rule.reason is None or (rule.reason in REASONS and rule.explanation and not rule.together_with), rule


def test_every_parameter_of_a_list_rule_is_one_of_a_query(operations):
    for rule in KNOWN.list_rules:
        asked = set().union(*(rows(operation, "query") for operation in meant(operations, rule.operation)))
        for parameter in rule.parameters:
            assert any(fnmatchcase(name, parameter.partition("=")[0]) for name in asked), (rule.operation, parameter)
        assert {name for name, _ in rule.query} <= asked, rule


def test_every_step_gives_fields_that_its_request_has(operations):
    for step in steps():
        assert set(step.fields) <= rows(operations[step.operation], "body"), step


def test_every_quota_is_shown_where_it_is_looked_for_and_set_when_nothing_else_is_tried(operations):
    assert KNOWN.quotas
    for step in KNOWN.quotas.values():
        assert {row.name for row in operations[step.seen_by].response.parameters} & set(step.fields)
        assert KNOWN.is_alone(step.operation)


def test_what_a_step_takes_from_another_request_is_sent_by_it(operations):
    """``sent`` names a field of the operation itself, ``before`` one of a step that goes before it."""
    for pattern, step in KNOWN.steps_after:
        for binding in bindings_in(dict(step.fields)):
            for operation in meant(operations, pattern):
                if binding.resource == "sent":
                    assert binding.attribute in rows(operation, "body"), (operation.id, step)
                if binding.resource == "before":
                    before = KNOWN.steps(operation, "steps_before")
                    assert any(binding.attribute in {*s.fields, *rows(operations[s.operation])} for s in before), step


def test_what_a_path_names_is_named_in_the_path_of_each_request_that_is_meant(operations):
    for rule in KNOWN.bindings:
        for binding in bindings_in(rule.value):
            if binding.resource == "path":
                for operation in meant(operations, rule.operation):
                    assert f"{{{binding.attribute}}}" in operation.path, (rule, operation.path)


def test_every_placeholder_is_one_of_a_path(operations):
    used = [(collection_of(o.path, name), name) for o in operations.values() for name in placeholders(o.path)]
    names = {name for _, name in used}
    with_collection = {f"{collection.rpartition('/')[2]}.{name}" for collection, name in used}
    assert set(KNOWN.placeholder_values) <= names | with_collection
    assert set(KNOWN.placeholder_sources) <= names
    assert KNOWN.identifier in names


def test_every_collection_is_one_of_a_path(operations):
    collections = {collection_of(o.path, name) for o in operations.values() for name in placeholders(o.path)}
    last = {collection.rpartition("/")[2] for collection in collections}
    assert set(KNOWN.made_by_factory) <= last
    assert {collection for _, collection, _ in KNOWN.usable_elements} <= last
    assert {f"/{name}" for name in KNOWN.user_owned} <= collections
    for pattern, collection, fields in KNOWN.elements_made_with:
        assert all(o.path.startswith(f"{collection}/") for o in meant(operations, pattern)), (pattern, collection)
        producer = Producers(operations.values()).of(collection)
        assert producer is not None, collection
        assert set(fields) <= rows(producer.operation, "body"), (collection, fields)


def test_every_list_that_shows_what_is_made_is_documented(operations):
    reads = [o for o in operations.values() if o.method == "GET"]
    keys = {key for o in reads for s in o.response.samples if s.valid for place in places_in(s.body) for key in place}
    for stock in KNOWN.made_for_lists:
        assert set(stock.shown_in) <= keys, stock.name
        assert stock.factory is None or KNOWN.profile.kind(stock.factory).factory is not None, stock.name
        assert set(stock.statuses) <= set(KNOWN.under_test.stable_statuses), stock.name
    assert set(KNOWN.marker_fields) <= keys


def test_what_acts_although_it_is_read_is_read(operations, shipped):
    acting = with_acting_reads(KNOWN, shipped).unsafe_gets
    assert {operations[operation].method for operation in acting} == {"GET"}
    assert len(acting) == len(KNOWN.profile.guard.acting_reads)


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
    used = {
        *KNOWN.under_test.stable_statuses,
        KNOWN.under_test.initial_status,
        *(s for states in KNOWN.under_test.statuses_to_try.values() for s in states),
    }
    used |= {status for way in KNOWN.under_test.transitions for status in (way.source, way.target)}
    assert used <= documented


def test_situations_are_statuses_that_last():
    lasting = set(KNOWN.under_test.stable_statuses)
    assert KNOWN.under_test.initial_status in lasting
    assert {s for states in KNOWN.under_test.statuses_to_try.values() for s in states} <= lasting
    assert set(KNOWN.under_test.statuses_to_show) <= lasting - {KNOWN.under_test.initial_status}
    assert {s for way in KNOWN.under_test.transitions for s in (way.source, way.target)} <= lasting


def test_every_lasting_status_can_be_reached_from_the_first_and_left(shipped):
    graph = StateGraph.of(views(shipped, Microversion(2, 100), KNOWN))
    for status in KNOWN.under_test.stable_statuses:
        assert graph.way(KNOWN.under_test.initial_status, status) is not None, status
        assert graph.way(status, KNOWN.under_test.initial_status) is not None, status


def test_every_resource_of_a_binding_can_be_had(operations):
    given = [
        *(rule.value for rule in KNOWN.bindings),
        *(refusal.binding for refusal in KNOWN.refusals),
        *(value for _, _, value in KNOWN.required_queries),
        *(value for rule in KNOWN.effects for _, value in rule.query),
        *(dict(step.fields) for step in steps()),
        *(dict(fields) for _, _, fields in KNOWN.elements_made_with),
        *(dict(rule.together_with) for rule in KNOWN.value_rules),
    ]
    makes = Producers(operations.values(), KNOWN.producers)
    for binding in bindings_in(given):
        assert can_be_given(binding) or makes.of(binding.resource) is not None, binding
        assert binding.relation in {"any", "free", "fresh", "attached", "own", "other", "new", "ambiguous"}
    made = {
        *KNOWN.under_test.attached_by,
        *KNOWN.made_by_factory.values(),
        *(stock.factory for stock in KNOWN.made_for_lists if stock.factory),
    }
    assert all(KNOWN.profile.kind(kind).factory is not None for kind in made)


def can_be_given(binding):
    """Whether the description says where a value comes from."""
    found, kind = KNOWN.profile.discovery.get(binding.resource), KNOWN.kinds.get(binding.resource)
    if binding.resource in {*GENERATED, *NAMED, KNOWN.resource}:
        return True
    if found is not None:
        return binding.attribute in {"id", "name", *found.attributes}
    given = kind is not None and (kind.made_up is not None or kind.made_as is not None)
    return KNOWN.profile.kind(binding.resource).factory is not None or given


def test_what_kinds_name_of_one_another_is_there():
    found, kinds = KNOWN.profile.discovery, KNOWN.profile.kinds
    for rules in found.values():
        own = {"id", "name", *rules.attributes}
        assert own >= {*rules.order, *rules.prefers, *rules.in_use.values()}
        if rules.other is not None:
            assert own >= {*rules.other.differs_in, *rules.other.at_least, *rules.other.larger_by, *rules.other.prefers}
        for name, fits in (*rules.fits.items(), *(rules.other.fits.items() if rules.other else ())):
            assert name in found
            assert fits
    for kind in kinds.values():
        for binding in bindings_in(kind.factory.body if kind.factory else None):
            assert binding.resource == "name" or can_be_given(binding), (kind.name, binding)
    assert {name for rank in KNOWN.profile.removal_order for name in rank} <= set(kinds)
    assert KNOWN.profile.watched == (KNOWN.resource,)


def test_effects_are_shown_by_lists_that_the_reference_knows_and_at_the_last_version_that_it_gives(operations, shipped):
    lists = {o.path: o for o in operations.values() if o.method == "GET" and o.removed is None}
    said = {(c.resource, c.effect) for o in operations.values() for c in o.postconditions if c.effect}
    for rule in KNOWN.effects:
        assert rule.max_microversion == lists[rule.path].microversions.max
        assert {(rule.resource, effect) for effect in rule.effects} <= said


def test_the_first_rule_that_fits_counts(operations):
    assert KNOWN.binding(operations["servers-actions.createBackup"], "rotation") == (True, 1)
    assert KNOWN.binding(operations["servers-actions.rebuild"], "nothing-of-the-kind") == (False, None)
    assert KNOWN.binding(operations["servers-actions.rebuild"], "trusted_image_certificates") == (True, None)
    assert KNOWN.created_by(operations["servers-actions.createImage"]) == ("image", "name")
    assert KNOWN.created_by(operations["servers-actions.pause"]) is None


@pytest.mark.slow
def test_no_case_hides_another_of_the_same_id(shipped, monkeypatch):
    """``Book.case`` keeps the first of an id: a second one must expect the same of the same trial, whatever its key."""
    hidden = []
    keep = Book.case

    def case(self, requirement, detail, trial, expectation, *rest, **more):
        keep(self, requirement, detail, trial, expectation, *rest, **more)
        kept = self.cases.get(requirement.id + (f"[{id_part(detail)}]" if detail else ""))
        if kept is None or (kept.expectation, kept.trial) != (expectation, replace(trial, key=kept.trial.key)):
            hidden.append((requirement.id, detail, expectation))

    monkeypatch.setattr(Book, "case", case)
    derive(shipped)
    assert hidden == []


@pytest.mark.slow
def test_the_shipped_specs_give_a_suite_in_which_nothing_is_dropped(shipped):
    found = suite_of("compute")
    told = {c.operation.id for c in found.cases} | {u.requirement.partition("/")[0] for u in found.untested}
    assert told >= {o.id for spec in shipped for o in spec.operations}
    requirements = {r.id for r in found.requirements} | {u.requirement.partition("[")[0] for u in found.untested}
    for spec in shipped:
        for operation in spec.operations:
            if operation.id in {c.operation.id for c in found.cases} and operation.removed is None:
                for code in operation.responses.error:
                    if not code.listed:
                        continue  # running text that names a code lists none
                    assert f"{operation.id}/error/{code.code}" in requirements
                for condition in operation.preconditions:
                    assert any(r.startswith(f"{operation.id}/precondition/") for r in requirements), condition


def test_two_are_made_of_what_is_listed():
    service = load_service("compute")
    servers = service.stock("servers")
    assert servers is not None
    assert service.stock("server_usages") is servers
    assert all(len(values) == 2 for stock in service.made_for_lists for _, _, values in stock.fields)
    assert all(stock.factory or stock.statuses for stock in service.made_for_lists)
