"""``--level`` and ``-m readonly`` as pytest's selection: the cases that a run tries, and in words those left out.

Every process of a run makes the same choice, by the cases that its options select.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from conformance.engine.run.levels import ESSENTIAL, cheapest, reads_only
from conformance.plugin.items import READONLY, CaseItem
from conformance.plugin.selection import selection
from reports.words import LEFT_OUT, count, number

if TYPE_CHECKING:
    from conformance.engine.api.service import ServiceDescription
    from conformance.engine.model.case import Case
    from conformance.engine.model.trial import Trial
    from conformance.engine.run.session import Session


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
        left_out = len(cases) - len(chosen)
        said.append(
            f"level essential: {number(left_out)} of {count(len(cases), 'case')} left out; each requirement is tried "
            "once, by its cheapest case"
        )
    return Choice(chosen, tuple(said))


def select(session: Session, level: str, *, readonly: bool) -> tuple[Case, ...]:
    """Choose among all cases of a session, for a runner without pytest's options, and note what is left out."""
    every = session.suite.cases
    cases = [case for case in every if not readonly or reads_only(case.trial)]
    if readonly:
        session.change_nothing()
    choice = choose(cases, level, session.context.service, session.can_make, readonly=every if readonly else None)
    for sentence in choice.left_out:
        session.context.notes.add(LEFT_OUT, sentence)
    return choice.cases


def asks_for_readonly(expression: str | None) -> bool:
    """Whether an expression of ``-m`` names the marker of cases that change nothing."""
    return re.search(rf"\b{READONLY}\b", expression or "") is not None


class Levels:
    """The pytest hooks that deselect cases by level, and make a run with ``-m readonly`` change nothing.

    Args:
        level: the level of the run.
        session: the connection to the cloud; None for a plan.
        service: the description of the service.

    Attributes:
        left_out: one sentence for each option that left cases out; empty before the collection has ended.
    """

    def __init__(self, level: str, service: ServiceDescription, session: Session | None = None) -> None:
        self._level = level
        self._session = session
        self._service = service
        self._collected: list[CaseItem] = []
        self.left_out: tuple[str, ...] = ()

    @pytest.hookimpl(tryfirst=True)
    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Remember each case, because ``-m`` deselects some before their number can be told."""
        if isinstance(item, CaseItem):
            self._collected.append(item)

    def _without_markers(self, keyword: str) -> list[Case]:
        """The collected cases that an expression of ``-k`` selects, whatever ``-m`` says."""
        if not keyword.strip():
            return [item.case for item in self._collected]
        selects = selection(keyword)
        return [item.case for item in self._collected if selects(_names(item))]

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Deselect the cases that the level leaves out, from those that the other options have left."""
        cases = [item.case for item in items if isinstance(item, CaseItem)]
        readonly = asks_for_readonly(config.option.markexpr) and bool(cases)
        readonly = readonly and all(reads_only(case.trial) for case in cases)
        if readonly and self._session is not None:
            self._session.change_nothing()
        possible = self._session.can_make if self._session is not None else lambda _: True
        every = self._without_markers(config.option.keyword) if readonly else None
        choice = choose(cases, self._level, self._service, possible, readonly=every)
        self.left_out = choice.left_out
        if self._session is not None:
            for sentence in choice.left_out:
                self._session.context.notes.add(LEFT_OUT, sentence)
        chosen = {case.id for case in choice.cases}
        left = [item for item in items if isinstance(item, CaseItem) and item.case.id not in chosen]
        if left:
            config.hook.pytest_deselected(items=left)
            gone = set(left)
            items[:] = [item for item in items if item not in gone]


def _names(item: pytest.Item) -> list[str]:
    """The texts that pytest compares with an expression of ``-k``, in lower case."""
    nodes = [node.name for node in item.listchain() if not isinstance(node, pytest.Session | pytest.Directory)]
    return [name.lower() for name in (*nodes, *(mark.name for mark in item.own_markers))]
