"""The guidelines of this suite fit its specs, and stand for the tests of old programmes without a gap."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.plugin.guideline_check import check
from conformance.plugin.guidelines import find, shipped
from specs.guideline.model import OldTest

LISTED = (Path(__file__).parent / "scs-0128.lst").read_text("utf-8").split()
SERVICES = {"volume": "block-storage"}


def held_in(name: str) -> dict[str, OldTest]:
    guideline = find(name).guideline
    return {old.test: old for one in guideline.capabilities for old in one.tests} | {
        old.test: old for old in guideline.left_out
    }


def listed() -> set[str]:
    """The names of the list that belong to a service of the guideline."""
    services = {one.service for one in find("scs-iaas").guideline.capabilities}
    kinds = {name: SERVICES.get(name.split(".")[2], name.split(".")[2]) for name in LISTED}
    return {name for name, kind in kinds.items() if kind in services}


def test_every_test_of_the_list_is_covered_or_has_its_reason() -> None:
    assert len(LISTED) == len(set(LISTED)) == 258
    held = held_in("scs-iaas")
    assert set(held) == listed()
    assert all(old.by or old.beyond for old in held.values())


def test_the_old_capabilities_hold_the_207_tests_that_stood_in_both_lists() -> None:
    held = held_in("openstack-powered")
    assert len(held) == 207
    assert set(held) <= set(LISTED)
    mine = {one.id: one for one in find("scs-iaas").guideline.capabilities}
    for one in find("openstack-powered").guideline.capabilities:
        assert {old.test for old in one.tests} <= {old.test for old in mine[one.id].tests}


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped())
def test_each_fits_the_specs(name: str) -> None:
    found = check(find(name))
    assert found.problems == []
