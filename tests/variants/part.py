"""A pytest plugin for runs on variants: it selects some operations whole, and a fixed part of all other cases.

Its two settings are environment variables: ``VARIANTS_WHOLE`` begins the ids of all cases that are selected, and one in
``VARIANTS_ONE_IN`` of the others is selected, by a hash of the case id that is the same everywhere and always.
"""

from __future__ import annotations

import os
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

WHOLE, ONE_IN = "VARIANTS_WHOLE", "VARIANTS_ONE_IN"


def chosen(case: str, whole: str, one_in: int) -> bool:
    """Whether a case belongs to the part; an empty ``whole`` selects no operation whole."""
    return bool(whole and case.startswith(whole)) or zlib.crc32(case.encode()) % one_in == 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the cases that do not belong to the part."""
    whole, one_in = os.environ[WHOLE], int(os.environ[ONE_IN])
    rest = [item for item in items if not chosen(item.name, whole, one_in)]
    if rest:
        left_out = set(rest)
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=rest)
