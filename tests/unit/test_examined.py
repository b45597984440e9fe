"""The check of expected deviations: what it finds wrong without a person's judgement."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from conformance.plugin.expected import Expected, NeverGiven
from tests.examined import came_after_all, faults, lines_of, pages

ID = "cars.list/normal/200!contradiction!500"


def known(**changes):
    return Expected(
        **{"deviation": ID, "reference": ("cars.inc:3",), "source": ("cars.py:1-2",), "why": "why", **changes}
    )


def shown(path="cars.inc", line=3, case="cars.list/normal/200"):
    return SimpleNamespace(case=case, source=SimpleNamespace(path=path, line=line), exchanges=(), reason="it was so")


@pytest.fixture
def code(tmp_path):
    (tmp_path / "cars.py").write_text("one\ntwo\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("one", "results", "fault"),
    [
        (known(), [shown()], None),
        (known(), [], f"never seen: {ID}"),
        (known(depends="a garage"), [], f"never seen: {ID} (depends: a garage)"),
        (known(), [shown(line=4)], f"other line of the reference: {ID}: the promise is at cars.inc:4"),
        (known(source=("cars.py:1-3",)), [shown()], f"no such place: {ID}: cars.py:1-3"),
        (known(source=("bikes.py:1",)), [shown()], f"no such place: {ID}: bikes.py:1"),
        (known(cases=frozenset({"x"})), [shown()], f"case not seen: {ID}[x]"),
        (known(cases=frozenset({"x"})), [shown(case="cars.list/normal/200[x]")], None),
    ],
)
def test_faults_that_need_no_eyes(one, results, fault, code):
    assert list(faults([one], {ID: results}, code)) == ([fault] if fault else [])


def test_a_page_has_the_cause_the_source_and_the_answers(code):
    text = "\n".join(pages([known()], {ID: [shown()]}, code))
    assert ["## why" in text, "| one\n   | two" in text, ID in text, "(it was so)" in text] == [True] * 4


@pytest.mark.parametrize(
    ("place", "lines"), [("cars.py:2", ["two"]), ("cars.py:1-2", ["one", "two"]), ("cars.py:2-1", None)]
)
def test_the_lines_of_a_place(place, lines, code):
    assert lines_of(place, code) == lines


def test_a_code_that_came_after_all_is_a_fault(code):
    never = [
        NeverGiven("cars.list/error/404", ("cars.py:1",), "why"),
        NeverGiven("cars.add/error/403", ("x.py:1",), ""),
    ]
    results = [
        SimpleNamespace(requirement="cars.list/error/404", verdict=verdict) for verdict in ("inapplicable", "pass")
    ]
    no_place = "no such place: cars.add/error/403: x.py:1"
    assert list(came_after_all(never, results[:1], code)) == [no_place]
    assert list(came_after_all(never, results, code)) == ["given after all: cars.list/error/404", no_place]
