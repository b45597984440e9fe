"""The ids of a record are taken apart as they were put together, and what is none is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs.record.ids import DeviationId, RequirementId, case_detail
from specs.record.model import Deviation

part = st.from_regex(r"\A[A-Za-z0-9._+:~-]+\Z")


@given(part, part, st.lists(part, max_size=3))
def test_a_requirement(operation: str, kind: str, details: list[str]) -> None:
    text = "/".join([operation, kind, *details])
    assert RequirementId.parse(text) == RequirementId(operation, kind, "/".join(details))
    assert RequirementId.parse(text, operation) == RequirementId.parse(text)


def test_a_requirement_of_no_operation() -> None:
    assert RequirementId.parse("framework/406", "") == RequirementId("", "framework", "406")
    assert RequirementId.parse("a.b") == RequirementId("a.b", "", "")


@given(st.text().filter(lambda text: "!" not in text), st.sampled_from(["contradiction", "omission"]), st.text())
def test_a_deviation(requirement: str, class_: str, observed: str) -> None:
    made = Deviation.of(requirement, class_, observed)  # type: ignore[arg-type]
    assert DeviationId.parse(made.id) == DeviationId(requirement, class_, observed)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "a.b/normal/202", "a!contradiction", "a!other!200", "!!"])
def test_what_is_no_deviation_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not the id of a deviation"):
        DeviationId.parse(text)


@given(part, part)
def test_a_case(requirement: str, detail: str) -> None:
    assert case_detail(requirement, requirement) == ""
    assert case_detail(f"{requirement}[{detail}]", requirement) == detail


@pytest.mark.parametrize("case", ["a.c", "a.b/c", "a.b[x", "a.bx]", "x.a.b[d]"])
def test_a_case_of_another_requirement_is_refused(case: str) -> None:
    with pytest.raises(ValueError, match="is not a case of"):
        case_detail(case, "a.b")
