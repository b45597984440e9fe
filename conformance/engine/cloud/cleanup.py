"""Removing what a run left, from its journal."""

from __future__ import annotations

from dataclasses import dataclass

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.engine.cloud.client import Cloud
    from pathlib import Path


@dataclass(frozen=True)
class CleanupReport:
    """What the cleanup did: names of resources as "kind id"; ``left`` with the reason."""

    removed: tuple[str, ...] = ()
    already_gone: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether nothing is left."""
        return not self.left


def cleanup(run_dir: Path, cloud: Cloud, *, timeout: float = 300.0) -> CleanupReport:
    """Remove what the journals of the run directory hold. May be repeated."""
    raise NotImplementedError
