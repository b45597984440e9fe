"""Runs on two variants of the sandbox, which change from commit to commit: no news, and nothing left.

``python -m tests.variants`` runs many more cases on all of them.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.sandbox.process import Sandbox
from conformance.sandbox.variants import VARIANTS
from tests.variants.__main__ import run

if TYPE_CHECKING:
    from conformance.sandbox.process import RunningSandbox

HERE = Path(__file__).parent
ONE_IN = 120
"""Of all cases one in so many is run: about fifty, some of most kinds."""


def two_in_turn() -> list[str]:
    """Two variants of the installed release, by the hash of the newest commit, so that a failure can be repeated."""
    asked = ["git", "rev-parse", "HEAD"]
    done = subprocess.run(asked, cwd=HERE, capture_output=True, text=True, check=False)
    names = [name for name, variant in VARIANTS.items() if variant.release is None]
    first = int(done.stdout.strip() or "0", 16) % len(names)
    return [names[first], names[(first + len(names) // 2) % len(names)]]


@pytest.mark.parametrize("name", two_in_turn())
def test_a_foreign_cloud_is_blamed_for_nothing_and_left_as_it_was(
    sandbox: RunningSandbox, tmp_path: Path, name: str
) -> None:
    """(``sandbox`` skips where Nova is not installed; the variant is a sandbox of its own.)"""
    assert sandbox.alive
    variant = VARIANTS[name]
    with Sandbox(changes=variant.changes, log=tmp_path / "nova.log") as nova:
        line = run(variant, nova, tmp_path / name, "servers-actions.lock/", ONE_IN)
    shown = "\n".join([str(line), *line.details])
    assert line.status in (0, 1), (tmp_path / f"{name}.txt").read_text()[-3000:]
    assert (line.news, line.left) == ((), ()), shown
    assert line.counts["pass"] > 30, shown
