"""Removes the things that a run left behind, by its journal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.engine.cloud.owing import pay_all
from conformance.engine.cloud.poll import Watch
from conformance.engine.cloud.purpose import serving
from conformance.engine.cloud.removal import Remover, Tell
from conformance.engine.cloud.search import search
from conformance.engine.cloud.survey import Listed, survey
from conformance.engine.cloud.things import Removal
from specs.record.purposes import Purpose

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.engine.cloud.book import Entry
    from conformance.engine.cloud.client import Cloud
    from conformance.engine.cloud.journal import Journal


@dataclass(frozen=True)
class CleanupReport:
    """The outcome of a cleanup.

    Attributes:
        removed: the removed things, as "kind id".
        left: the things that could not be removed, as "kind id" with the reason.
        restored: the number of things of others that are again as they were before the run.
        told: sentences about things of others that somebody else has changed meanwhile, and that were left so.
    """

    removed: tuple[str, ...] = ()
    already_gone: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    restored: int = 0
    told: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether nothing is left behind."""
        return not self.left


def cleanup(
    run_dir: Path,
    cloud: Cloud,
    *,
    timeout: float = 300.0,
    tell: Tell | None = None,
    claimed: frozenset[str] = frozenset(),
) -> CleanupReport:
    """Remove the things in the journals of a run directory, and restore the things of others. May be repeated.

    Args:
        run_dir: the directory of a run that has ended; the things that a running one still asks for would be missed.
        cloud: a client with a journal in that directory (such as ``journal-cleanup.jsonl``), so that its guard knows
            the things of the run.
        timeout: the seconds for one thing.
        tell: a function that takes a sentence whenever a wait begins.
        claimed: the ids or addresses of things that the user takes for the run's, though nothing shows who made them.

    Raises:
        ValueError: the journal of the client belongs to another run.
    """
    journal = cloud.journal
    if journal is None or journal.path.parent.resolve() != run_dir.resolve():
        raise ValueError(f"the cloud must be connected with a journal in {run_dir}")
    cloud.profile = replace(cloud.profile, carried=journal.carried)
    watch = Watch(cloud)
    try:
        # First of all, because a changed limit may keep others from working.
        debts = journal.debts()
        owed, told = pay_all(cloud, journal, debts)
        entries = journal.entries()
        report = remove_entries(
            cloud, watch, journal, entries, timeout=timeout, tell=tell, claimed=claimed, whole_run=True
        )
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
    claimed: frozenset[str] = frozenset(),
    whole_run: bool = False,
) -> CleanupReport:
    """Remove the things of some entries of a journal, and things that can only be found by the names in them.

    ``whole_run``: no process of the run makes anything any more, so each of its things that a list shows is to go.
    """
    cloud.standing.look_again()
    remover = Remover(cloud, watch, journal, timeout=timeout, tell=tell)
    with serving(Purpose.REMOVING):
        found = search(cloud, journal, entries, claimed)
    done: list[Removal] = remover.remove_all(found.things)
    looked: list[str] = []
    if whole_run and entries and cloud.lost is None:
        done, looked = _shown(cloud, journal, remover, done)
    lost = found.lost
    if lost and done:
        # A thing without a name that seemed to be the run's may have gone meanwhile, with another one or by the lists.
        keys = {entry.intent.key for entry in entries}
        open_ = [entry for entry in journal.entries() if entry.intent.key in keys and not entry.settled]
        with serving(Purpose.REMOVING):
            lost = search(cloud, journal, open_).lost
    removed = [str(one.thing) for one in done if one.trouble is None and one.was_there]
    already = [str(one.thing) for one in done if one.trouble is None and not one.was_there]
    left = [f"{one.thing}: {one.trouble}" for one in done if one.trouble is not None]
    return CleanupReport(tuple(removed), tuple(already), (*left, *lost, *looked))


def _shown(cloud: Cloud, journal: Journal, remover: Remover, done: list[Removal]) -> tuple[list[Removal], list[str]]:
    """The removals with those of the things that the lists still show; and sentences about those that stay."""
    lists = tuple(Listed(*one) for one in journal.lists)
    with serving(Purpose.REMOVING):
        shown = survey(cloud, journal, lists)
    if not shown.things:
        return done, list(shown.told)
    again = remover.remove_all(shown.things)
    done = [one for one in done if one.thing not in shown.things] + again
    done = [one if one.trouble is None else remover.last_time(one) for one in done]  # it may have been in the way
    with serving(Purpose.REMOVING):
        still = survey(cloud, journal, lists)
    why = "a list still shows it, though its removal was answered as if it were gone"
    return done, [*still.told, *(f"{thing}: {why}" for thing in still.things)]
