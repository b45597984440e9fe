"""The requirements and cases that a guideline needs of some specs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs.guideline.choice import Promise, cases_of, choose
from specs.guideline.model import Capability, Guideline, Origin, Scope, Selector
from specs.record.model import Source

HERE = Source("widgets.inc", 7)


def guideline(*selectors: Selector, **more: object) -> Guideline:
    capability = Capability("spin", "Spin", "widgets", "required", "1", selectors, **more)  # type: ignore[arg-type]
    scope = Scope("widgets", "widgetry", "2.0.0")
    return Guideline("g", "G", "1", "draft", Origin("W", "https://example.org"), (scope,), (capability,))


def promise(name: str, *cases: tuple[str, str], service: str = "widgets", why: str | None = None) -> Promise:
    made = tuple((f"{name}[{detail}]" if detail else name, role) for detail, role in cases)
    return Promise(service, name, HERE, made, why)


NORMAL = promise("widgets.spin/normal/200+202", ("IDLE", "member"), ("2.1", "member"), ("HALTED", "admin"))
UNKNOWN = promise("widgets.spin/error/404", ("unknown-id", "member"), ("other", "alt"), ("no", "no-token"))


@pytest.mark.parametrize(
    ("selector", "name", "chosen"),
    [
        (Selector(id="widgets.spin/error/404"), "widgets.spin/error/404", True),
        (Selector(id="widgets.spin/error/404"), "widgets.spin/error/40", False),
        (Selector(operation="widgets.spin"), "widgets.spin/anything/at/all", True),
        (Selector(operation="widgets.spin"), "widgets.spinning/normal/200", False),
        (Selector(operation="widgets.spin", kind=("error",)), "widgets.spin/normal/404", False),
        (Selector(operation="widgets.spin", kind=("normal",), code=(202,)), "widgets.spin/normal/200+202", True),
        (Selector(operation="widgets.spin", kind=("error",), code=(404,)), "widgets.spin/error/409", False),
        (Selector(operation="widgets.spin", kind=("list",), parameter=("name",)), "widgets.spin/list/name", True),
        (Selector(operation="widgets.spin", parameter=("name",)), "widgets.spin/equality/name/show", True),
        (Selector(operation="widgets.spin", parameter=("name",)), "widgets.spin/equality/names", False),
    ],
)
def test_a_selector_chooses_by_id_or_by_pattern(selector: Selector, name: str, chosen: bool) -> None:
    assert selector.chooses(name) is chosen


def test_only_cases_that_the_roles_may_send_are_needed() -> None:
    (choice,) = choose(guideline(Selector(operation="widgets.spin")), [NORMAL, UNKNOWN])
    assert [one.cases for one in choice.needed] == [
        ("widgets.spin/normal/200+202[IDLE]", "widgets.spin/normal/200+202[2.1]"),
        ("widgets.spin/error/404[unknown-id]", "widgets.spin/error/404[no]"),
    ]
    assert [one.of for one in choice.needed] == [3, 3]
    (choice,) = choose(guideline(Selector(id=UNKNOWN.id), roles=("alt",)), [UNKNOWN])
    assert choice.needed[0].cases == ("widgets.spin/error/404[other]", "widgets.spin/error/404[no]")


def test_two_selectors_of_one_requirement_are_joined() -> None:
    one, other = Selector(id=NORMAL.id, cases=("IDLE",)), Selector(operation="widgets.spin", cases=("2.*",))
    (choice,) = choose(guideline(one, other), [NORMAL])
    assert [need.cases for need in choice.needed] == [
        ("widgets.spin/normal/200+202[IDLE]", "widgets.spin/normal/200+202[2.1]")
    ]
    assert list(cases_of([choice])) == list(choice.needed[0].cases)


@pytest.mark.parametrize(
    ("selector", "given_", "why"),
    [
        (Selector(id=NORMAL.id, cases=("HALTED",)), NORMAL, "its cases need the role admin, which the capability"),
        (Selector(id=NORMAL.id, cases=("LOST",)), NORMAL, "no case of it that the guideline names ('LOST')"),
        (Selector(id="widgets.spin/list/x"), promise("widgets.spin/list/x", why="no field shows it"), "no field shows"),
        (Selector(id="widgets.spin/list/x"), promise("widgets.spin/list/x"), "this suite has no case for it"),
    ],
)
def test_a_requirement_that_no_case_decides_says_why(selector: Selector, given_: Promise, why: str) -> None:
    (choice,) = choose(guideline(selector), [given_])
    assert choice.needed[0].cases == ()
    assert why in str(choice.needed[0].why)


def test_a_selector_that_chooses_nothing_is_told() -> None:
    nothing = Selector(operation="widgets.spin", kind=("normal",), code=(204,))
    (choice,) = choose(guideline(Selector(id=UNKNOWN.id), nothing), [NORMAL, UNKNOWN])
    assert choice.unknown == ((1, nothing),)
    assert str(nothing) == "widgets.spin/normal/204"


def test_an_operation_of_another_service_is_not_meant() -> None:
    other = promise("widgets.spin/error/404", ("unknown-id", "member"), service="gadgets")
    (choice,) = choose(guideline(Selector(id=UNKNOWN.id)), [other])
    assert choice.needed == ()
    (choice,) = choose(guideline(Selector(id=UNKNOWN.id, service="gadgets")), [other, UNKNOWN])
    assert [one.service for one in choice.needed] == ["gadgets"]


@given(st.text(alphabet="aAbB._/+:~-2", max_size=12), st.lists(st.text(alphabet="aAbB.*-2", max_size=6), max_size=3))
def test_every_needed_case_is_one_of_the_requirement(detail: str, patterns: list[str]) -> None:
    made = promise("widgets.spin/error/404", (detail, "member"), ("", "no-token"))
    (choice,) = choose(guideline(Selector(id=made.id, cases=tuple(patterns))), [made])
    (one,) = choice.needed
    assert set(one.cases) <= {case for case, _ in made.cases}
    assert (one.why is None) == bool(one.cases)
