"""What depends on the provider, or cannot be taken back, is tried in the sandbox, and elsewhere with care."""

from __future__ import annotations

from dataclasses import replace

import pytest
from workshop import DROP, JOB, KNOWN, LIST, opened, tried


def make(opened_shop, operation, **more):
    return opened_shop[1].make(tried(operation, **more))


@pytest.mark.parametrize(("accepted", "asks"), [(True, False), (None, False), (False, True)])
@pytest.mark.parametrize("sandbox", [False, True])
def test_what_the_sandbox_alone_can_bear_is_sent_elsewhere_only_to_be_refused(tmp_path, sandbox, accepted, asks):
    """Where the reference is silent, a cloud may accept it."""
    shop = opened(tmp_path, service=replace(KNOWN, sandbox_only=(DROP.id,)), sandbox=sandbox)
    make(shop, DROP, accepted=accepted)
    assert any(text.startswith("DELETE") for text in shop[0].changes) is (asks or sandbox)


@pytest.mark.parametrize(
    ("sandbox", "operation", "accepted", "code", "decides"),
    [
        (False, LIST, True, 400, False),
        (True, LIST, True, 400, True),
        (False, JOB, True, 400, True),
        (False, LIST, False, 400, True),
        (False, LIST, True, 404, True),
    ],
)
def test_what_the_provider_has_not_set_up_may_be_refused(tmp_path, sandbox, operation, accepted, code, decides):
    shop = opened(tmp_path, service=replace(KNOWN, by_provider_choice=(LIST.id,)), sandbox=sandbox)
    shop[0].things["/jobs"] = {"5": {"id": "5"}}
    shop[0].does[f"GET {operation.path.replace('{job_id}', '5')}"] = code
    problem = make(shop, operation, accepted=accepted).problem
    assert (problem is None) is decides
