"""The workshop with all of its operations, as a fixture."""

from __future__ import annotations

import pytest
from workshop import opened


@pytest.fixture
def shop(tmp_path):
    return opened(tmp_path)
