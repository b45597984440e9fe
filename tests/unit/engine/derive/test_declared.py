"""A promise that the user's readings state is told apart from those that the grammar has read."""

from __future__ import annotations

from typing import Any

import pytest
from widgets import action, becomes, row, status, suite

from specs.model import Operation
from specs.refusals import Cause, Refusal


def declared(*operations: Operation) -> dict[str, bool]:
    """Whether each requirement, and each promise without a case, is declared."""
    found = suite(*operations)
    own: dict[str, bool] = {one.requirement.id: one.requirement.source.declared for one in found.cases}
    own |= {one.requirement: one.source.declared for one in found.untested}
    return {name.removeprefix("widgets.spin/"): is_declared for name, is_declared in own.items()}


@pytest.mark.parametrize("is_declared", [True, False])
def test_conditions(is_declared: bool) -> None:
    found = declared(
        action(
            preconditions=(status("IDLE", declared=is_declared),),
            postconditions=(becomes("SPINNING"),),
            error=(409,),
        )
    )
    assert found["precondition/status"] is is_declared
    assert found["normal/202"] is False
    assert not any(value for name, value in found.items() if name.startswith(("postcondition", "error")))


def test_outcomes_at_the_line_of_another_condition() -> None:
    found = declared(
        action(preconditions=(status("IDLE", line=30),), postconditions=(becomes("SPINNING", declared=True, line=30),))
    )
    assert found["precondition/status"] is False
    assert found["postcondition/widget-SPINNING"] is True


def test_refusals_and_constraints() -> None:
    cause = Cause(used_by=("axle",))
    refusals = (Refusal(cause, 409, 41, declared=True), Refusal(Cause(used_by=("rod",)), 409, 42))
    rows: tuple[Any, ...] = (
        row("speed", "string", max_length=8, declared=True),
        row("size", "string", max_length=8),
    )
    found = declared(action("spin", *rows, error=(409,), refusals=refusals))
    told = {name: value for name, value in found.items() if name.startswith(("refusal", "constraint"))}
    assert {name for name, value in told.items() if "axle" in name or "speed" in name} == {
        name for name, value in told.items() if value
    }
    assert any("axle" in name for name in told)
    assert any("speed" in name for name in told)
