"""Whatever a reference says: ids are unique shell words, nothing is dropped, and the same comes again."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from widgets import KNOWLEDGE, TOP, action, becomes, driving, row, sample, status, suite

from conformance.engine.model.case import ID_CHARACTERS, REASONS, id_part
from specs.model import Condition, Versions, When

names = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=6)
versions = st.none() | st.integers(1, 20).map(lambda n: f"2.{n}")
rows = st.builds(
    row,
    names,
    st.sampled_from(["string", "integer", "object", "array", "none", None]),
    st.booleans(),
    st.sampled_from(["body", "header"]),
    min=versions,
    max=versions,
    max_length=st.none() | st.integers(0, 9),
)
conditions = st.builds(
    status,
    st.sampled_from(KNOWLEDGE.under_test.stable_statuses) | names,
    line=st.integers(20, 22),
    attribute=st.none() | st.just("power"),
    when=st.none() | st.builds(When, environment=st.none() | names),
) | st.just(Condition("locked_requires_admin", "widget", 23))
posts = st.builds(becomes, names, resource=st.sampled_from(["widget", "gear"]))
codes = st.lists(st.sampled_from([200, 202, 400, 401, 403, 404, 409, 500]), unique=True, max_size=6)
operations = st.builds(
    lambda name, own, answers, normal, errors, pre, post, span: action(
        name,
        *own,
        answers=tuple(answers),
        answered=(sample({"w": {r.name: None for r in answers}}),),
        normal=normal,
        error=errors,
        preconditions=tuple(pre),
        postconditions=tuple(post),
        microversions=span,
    ),
    st.sampled_from(["spin", "paint", "lock"]),
    st.lists(rows, max_size=3),
    st.lists(rows, max_size=3),
    codes,
    codes,
    st.lists(conditions, max_size=3),
    st.lists(posts, max_size=2),
    st.builds(Versions, versions, versions),
)


def plain(found):
    return [(c.id, c.requirement, c.trial.key, repr(c.trial.request.body), c.expectation) for c in found.cases]


@settings(max_examples=60, deadline=None)
@given(operations)
def test_ids_are_unique_shell_words_and_all_is_the_same_again(operation):
    found = suite(operation, top=TOP)
    every = [c.id for c in found.cases]
    assert len(every) == len(set(every))
    for case_id in every:
        requirement, _, detail = case_id.partition("[")
        assert requirement
        assert not ID_CHARACTERS.search(requirement + detail.removesuffix("]"))
        assert case_id == requirement or detail.endswith("]")
    assert {c.requirement for c in found.cases} == set(found.requirements)
    for one in found.untested:
        assert one.reason in REASONS
        assert one.requirement not in every
    keys = {c.trial.key: c.trial for c in found.cases}
    assert all(c.trial is keys[c.trial.key] for c in found.cases)
    assert plain(found) == plain(suite(operation, top=TOP))


@settings(max_examples=40, deadline=None)
@given(operations)
def test_every_listed_error_has_a_case_or_a_reason(operation):
    found = suite(operation, top=TOP)
    if any("/" not in u.requirement for u in found.untested):
        return
    told = {c.requirement.id for c in found.cases} | {u.requirement for u in found.untested}
    for code in operation.responses.error:
        assert f"{operation.id}/error/{code.code}" in told


@given(st.text(max_size=12))
def test_a_part_of_an_id_is_never_empty_and_stays_what_it_is(text):
    part = id_part(text)
    assert part
    assert not ID_CHARACTERS.search(part)
    assert id_part(part) == part


def test_a_status_of_two_words_is_one_word_in_an_id():
    service = driving(KNOWLEDGE, stable_statuses=("IDLE", "in [deep] sleep"))
    found = suite(action(preconditions=(status("IDLE"),)), service=service)
    assert "widgets.spin/precondition/status[in-deep-sleep]" in [c.id for c in found.cases]
