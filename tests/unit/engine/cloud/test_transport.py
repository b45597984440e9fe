"""What a transport takes from the environment."""

from __future__ import annotations

import pytest
import requests


@pytest.mark.parametrize("times", [0, 3, 99])
def test_the_environment_is_read_once_although_others_change_it(monkeypatch, fake, cloud, times):
    """pytest names the test that runs there, and takes the name away, while the threads of a run ask."""
    reads = []
    usual = requests.Session.merge_environment_settings

    def read(*arguments):
        reads.append(arguments)
        if len(reads) <= times:
            raise KeyError("PYTEST_CURRENT_TEST")
        return usual(*arguments)

    monkeypatch.setattr(requests.Session, "merge_environment_settings", read)
    cloud._delivery.transport._known.clear()
    if times == 99:
        with pytest.raises(KeyError):
            cloud.get("/servers")
        return
    for _ in range(3):
        assert cloud.get("/servers").status == 404
    assert len(reads) == times + 1
