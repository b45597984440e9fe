"""``--level`` and ``-m readonly`` as pytest's selection: the cases that a run tries, and in words those left out.

Every process of a run makes the same choice, by the cases that its options select.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from conformance.engine.run.levels import ESSENTIAL, cheapest, reads_only
from conformance.plugin.further import LeftOut, essential
from conformance.plugin.items import CaseItem
from conformance.plugin.markers import READONLY
from conformance.plugin.selection import selection
from reports.words import LEFT_OUT, count, number
from specs.record.model import scoped

if TYPE_CHECKING:
    from conformance.engine.api.service import ServiceDescription
    from conformance.engine.model.case import Case
    from conformance.engine.model.trial import Trial
    from conformance.engine.run.session import Session
    from conformance.plugin.share import Share


@dataclass(frozen=True)
class Choice:
    """The cases that a run tries, and one sentence for each option that left some out."""

    cases: tuple[Case, ...]
    left_out: tuple[str, ...]


def choose(
    cases: Sequence[Case],
    level: str,
    service: ServiceDescription,
    possible: Callable[[Trial], bool] = lambda _: True,
    *,
    readonly: Iterable[Case] | None = None,
) -> Choice:
    """Choose the cases that a run tries.

    Args:
        cases: the cases that the other options select.
        level: the level of the run.
        service: the description of the service.
        possible: tells whether the run can make a trial.
        readonly: for a run that changes nothing, all cases among which that option has selected; None otherwise.
    """
    chosen, said = tuple(cases), []
    if readonly is not None:
        every = list(readonly)
        left = [case for case in every if not reads_only(case.trial)]
        lost = {case.requirement.id for case in every} - {case.requirement.id for case in cases}
        said.append(
            f"-m readonly changes nothing: {number(len(left))} of {count(len(every), 'case')} left out, and with them "
            f"all cases of {count(len(lost), 'requirement')}"
        )
    if level == ESSENTIAL:
        chosen = tuple(cheapest(chosen, service, possible))
        said.append(essential(len(cases) - len(chosen), len(cases)))
    return Choice(chosen, tuple(said))


def select(share: Share, level: str, *, readonly: bool) -> tuple[Case, ...]:
    """Choose among all cases of a service, for a runner without pytest's options, and note what is left out."""
    session = share.session
    every = session.suite.cases
    cases = [case for case in every if not readonly or reads_only(case.trial)]
    if readonly:
        session.change_nothing()
    choice = choose(cases, level, session.context.service, session.can_make, readonly=every if readonly else None)
    share.left_out = left_out_of(session, cases, {case.id for case in choice.cases}) if level == ESSENTIAL else None
    for sentence in choice.left_out:
        session.context.notes.add(LEFT_OUT, sentence)
    return choice.cases


def choose_again(share: Share, handed: Mapping[str, Any]) -> None:
    """Prepare another process for the choice that ``select`` has made in the owner of the run, by its settings."""
    readonly = bool(handed.get("readonly"))
    if readonly:
        share.session.change_nothing()
    if handed.get("level") == ESSENTIAL:
        chosen = {case for service, case in handed["cases"] if service == share.service}
        cases = [case for case in share.suite.cases if not readonly or reads_only(case.trial)]
        share.left_out = left_out_of(share.session, cases, chosen)


def left_out_of(session: Session, cases: Sequence[Case], chosen: Collection[str]) -> LeftOut:
    """The cases that the level has left out of those that the other options select; ``chosen``: the ids of the rest."""
    left = [case for case in cases if case.id not in chosen]
    return LeftOut(session.context.service, session.can_make, len(cases), left)


def asks_for_readonly(expression: str | None) -> bool:
    """Whether an expression of ``-m`` names the marker of cases that change nothing."""
    return re.search(rf"\b{READONLY}\b", expression or "") is not None


@dataclass(frozen=True)
class Tried:
    """A service of the run: its description, and the share of this process in it; None for a plan."""

    description: ServiceDescription
    share: Share | None = None


def tried(shares: Iterable[Share]) -> dict[str, Tried]:
    """The services of a run that is not only a plan."""
    return {one.reference.service: Tried(one.session.context.service, one) for one in shares}


class Levels:
    """The pytest hooks that deselect cases by level, and make a run with ``-m readonly`` change nothing.

    Args:
        level: the level of the run.
        services: the services of the run, by their types.

    Attributes:
        left_out: one sentence for each option that left cases out, and each service; empty before the collection has
            ended.
        readonly: whether the run changes nothing; False before the collection has ended.
    """

    def __init__(self, level: str, services: Mapping[str, Tried]) -> None:
        self._level = level
        self._services = services
        self._collected: list[CaseItem] = []
        self._left: dict[tuple[str, str], CaseItem] = {}
        self.left_out: tuple[str, ...] = ()
        self.readonly = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Remember each case, because ``-m`` deselects some before their number can be told."""
        if isinstance(item, CaseItem):
            self._collected.append(item)

    def _without_markers(self, keyword: str, service: str) -> list[Case]:
        """The collected cases of a service that an expression of ``-k`` selects, whatever ``-m`` says."""
        collected = [item for item in self._collected if item.tested == service]
        if not keyword.strip():
            return [item.case for item in collected]
        selects = selection(keyword)
        return [item.case for item in collected if selects(_names(item))]

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Deselect the cases that the level leaves out, from those that the other options have left."""
        cases = [item for item in items if isinstance(item, CaseItem)]
        readonly = asks_for_readonly(config.option.markexpr) and bool(cases)
        self.readonly = readonly = readonly and all(reads_only(item.case.trial) for item in cases)
        chosen: set[tuple[str, str]] = set()
        for name, service in self._services.items():
            mine = [item.case for item in cases if item.tested == name]
            every = self._without_markers(config.option.keyword, name) if readonly else None
            chosen |= {(name, case.id) for case in self._chosen(name, service, mine, every)}
        left = [item for item in cases if (item.tested, item.case.id) not in chosen]
        self._left = {(item.tested, item.case.id): item for item in left}
        if left:
            config.hook.pytest_deselected(items=left)
            gone = set(left)
            items[:] = [item for item in items if item not in gone]

    def _chosen(
        self, name: str, service: Tried, cases: Sequence[Case], readonly: Sequence[Case] | None
    ) -> tuple[Case, ...]:
        """Choose among the cases of a service, and note what is left out. ``readonly``: see ``choose``."""
        share = service.share
        possible = share.session.can_make if share is not None else lambda _: True
        choice = choose(cases, self._level, service.description, possible, readonly=readonly)
        said = choice.left_out if cases or readonly else ()
        self.left_out += tuple(scoped(name, f" {one}") if len(self._services) > 1 else one for one in said)
        if share is not None:
            share.left_out = self._rest(share, cases, choice)
            if readonly is not None:
                share.session.change_nothing()
            for sentence in said:
                share.session.context.notes.add(LEFT_OUT, sentence)
        return choice.cases

    def _rest(self, share: Share, cases: Sequence[Case], choice: Choice) -> LeftOut | None:
        """The cases that the level leaves out; None if it is another level than ``essential``."""
        chosen = {case.id for case in choice.cases}
        return left_out_of(share.session, cases, chosen) if self._level == ESSENTIAL else None

    def instead_of(self, items: Sequence[CaseItem]) -> list[CaseItem]:
        """Return further cases of the requirements of which the tried cases of one service have decided nothing."""
        share = items[0].share if items else None
        more = share.instead_of([item.case.id for item in items]) if share is not None else []
        return [self._left[items[0].tested, case.id] for case in more]


def _names(item: pytest.Item) -> list[str]:
    """The texts that pytest compares with an expression of ``-k``, in lower case."""
    nodes = [node.name for node in item.listchain() if not isinstance(node, pytest.Session | pytest.Directory)]
    return [name.lower() for name in (*nodes, *(mark.name for mark in item.own_markers))]
