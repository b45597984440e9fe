"""Removing what a run left, from its journal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.engine.cloud.owing import pay_all
from conformance.engine.cloud.poll import Watch
from conformance.engine.cloud.removal import Removal, Remover, Tell
from conformance.engine.cloud.search import search

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.engine.cloud.client import Cloud
    from conformance.engine.cloud.journal import Entry, Journal


@dataclass(frozen=True)
class CleanupReport:
    """The outcome of a cleanup: names of resources as "kind id"; ``left`` with the reason.

    Attributes:
        restored: how many things that are not the run's are as they were before it.
        told: sentences about things of others that somebody else has changed meanwhile, and that were left so.
    """

    removed: tuple[str, ...] = ()
    already_gone: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    restored: int = 0
    told: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether nothing is left."""
        return not self.left


def cleanup(run_dir: Path, cloud: Cloud, *, timeout: float = 300.0, tell: Tell | None = None) -> CleanupReport:
    """Remove what the journals of the run directory hold. May be repeated.

    Args:
        run_dir: of a run that has ended: what a living one still asks for would be missed.
        cloud: connected with a journal in that directory (such as ``journal-cleanup.jsonl``), so that its guard knows
            what the run has made.
        timeout: seconds for one resource.
        tell: takes a sentence whenever a wait begins.

    Raises:
        ValueError: the cloud's journal is of another run.
    """
    journal = cloud.journal
    if journal is None or journal.path.parent.resolve() != run_dir.resolve():
        raise ValueError(f"the cloud must be connected with a journal in {run_dir}")
    watch = Watch(cloud)
    try:
        # First: a limit may be what keeps others from working.
        debts = journal.debts()
        owed, told = pay_all(cloud, journal, debts)
        report = remove_entries(cloud, watch, journal, journal.entries(), timeout=timeout, tell=tell)
        restored = len(debts) - len(owed)
        return replace(report, left=(*owed, *report.left), restored=restored, told=tuple(told))
    finally:
        watch.close()


def remove_entries(
    cloud: Cloud,
    watch: Watch,
    journal: Journal,
    entries: Sequence[Entry],
    *,
    timeout: float,
    tell: Tell | None = None,
) -> CleanupReport:
    """Remove what these entries of a journal hold, and what only their names can find."""
    cloud.standing.look_again()
    remover = Remover(cloud, watch, journal, timeout=timeout, tell=tell)
    found = search(cloud, journal, entries)
    done: list[Removal] = remover.remove_all(found.things)
    removed = [str(one.thing) for one in done if one.trouble is None and one.was_there]
    already = [str(one.thing) for one in done if one.trouble is None and not one.was_there]
    left = [f"{one.thing}: {one.trouble}" for one in done if one.trouble is not None]
    return CleanupReport(tuple(removed), tuple(already), (*left, *found.lost))
