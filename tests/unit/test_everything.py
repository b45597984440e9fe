"""What a dump of everything asks for, and what it takes from the answers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.everything import SERVICES, USER, _paths, _things


@pytest.mark.parametrize(
    ("service", "path"),
    [
        ("network", "/v2.0/networks"),
        ("network", "/v2.0/quotas/{project_id}"),
        ("block-storage", "/v3/{project_id}/volumes"),
        ("block-storage", "/v3/{project_id}/os-quota-sets/{project_id}"),
        ("identity", "/v3/users"),
        ("identity", "/v3/users/{user_id}/access_rules"),
        ("image", "/v2/images"),
        ("compute", "/v2.1/os-keypairs"),
        ("placement", "/resource_providers"),
    ],
)
def test_the_lists_and_quotas_of_each_service_are_asked_for(service: str, path: str) -> None:
    assert path in _paths(service)


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_look_changes_and_single_things_are_left_out(service: str) -> None:
    paths = _paths(service)
    assert paths
    assert not [path for path in paths if "auto-allocated" in path or "/auth/" in path]
    assert not [
        path for path in paths if "{" in path.replace("{project_id}", "").replace("{tenant_id}", "").replace(USER, "")
    ]


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ({"nets": [{"id": "1", "mtu": 5, "updated_at": "now"}]}, {"p 1": {"id": "1", "mtu": 5}}),
        ({"keys": [{"key": {"name": "k"}}]}, {"p k": {"name": "k"}}),
        ({"services": [{"binary": "b", "host": "h", "state": "up"}]}, {"p b h": {"binary": "b", "host": "h"}}),
        ({"nets": [], "links": "x"}, {}),
        (None, {}),
        ([1], {}),
    ],
)
def test_the_things_of_a_list_are_told_without_what_changes_by_itself(shown: Any, found: dict[str, Any]) -> None:
    assert dict(_things("p", shown)) == found
