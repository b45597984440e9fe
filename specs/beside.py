"""The files of a directory of specs: those that ``conformance build`` writes, and the one that its user may keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

READINGS = "readings.yaml"
"""The name of the file beside specs that says how sentences of their reference are to be read."""

_HEAD = b"format: "


def is_spec(path: Path) -> bool:
    """Whether a file begins as those that ``conformance build`` writes."""
    try:
        with path.open("rb") as stream:
            head = stream.read(200)
    except OSError:
        return False
    return head.startswith(_HEAD) and b"\nservice: " in head
