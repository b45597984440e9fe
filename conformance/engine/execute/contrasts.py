"""Asks for a list in other orders than that of a key, and has it grow where all of them are the same.

An order shows that a service has heard of its key only where the list would come in another order without it. The
list as it stands tells this where its elements are neither in the order of the key nor in the reversed one. Otherwise
the list is asked for in each direction without a key; the answers serve all cases of the operation. Where the client
chooses the values, the elements of a run disagree anyway (see ``names.ending``). Where the service chooses them, as it
does with ids, they may agree by chance: then the list grows by one element, a few times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from conformance.engine.cloud.exchange import Answer
from conformance.engine.execute.page import page_of
from conformance.engine.judge.sorting import heard
from conformance.engine.model.listing import (
    FALLING_ALONE,
    MOMENT,
    OTHER_KEY,
    RISING_ALONE,
    UNSORTED,
    Listing,
    Page,
    Pages,
    values_of,
)

Query = tuple[tuple[str, str], ...]

Question = tuple[Any, ...]
"""All that decides an answer: the path, the query, the role and the version."""


@dataclass
class Contrasts:
    """The pages that show whether a list would come in another order without a key.

    Attributes:
        kept: the answers so far. One serves again as long as it shows all elements that a trial has before it.
    """

    kept: dict[Question, Answer] = field(default_factory=dict)

    def pages(
        self, plan: Listing, before: Page, base: Query, ask: Callable[[Query, Answer | None], Answer], about: Question
    ) -> dict[str, Page]:
        """The pages by their names in ``Pages.asked``; none if the list before shows another order itself.

        Args:
            plan: the order.
            before: the whole list, the first control of the trial.
            base: the query of the trial without the parameters of the order.
            ask: sends a query, or notes an answer that it is given as one of the exchanges.
            about: the path, the role and the version of the trial.
        """
        found: dict[str, Page] = {}
        for which, query in _questions(plan, base):
            if heard(Pages(before, before, found), plan):
                break
            asked = (*about, query)
            known = self.kept.get(asked)
            if known is not None and not set(before.names) <= set(page_of(known, plan).names):
                known = None
            answer = self.kept[asked] = ask(query, known)
            found[which] = page_of(answer, plan)
        return found


def _questions(plan: Listing, base: Query) -> list[tuple[str, Query]]:
    """The queries for other orders, the most telling first."""
    rising, falling = ((plan.direction or "", way) for way in ("asc", "desc"))
    if plan.contrast is not None:
        return [(OTHER_KEY, (*base, (plan.parameter, plan.contrast), rising))]
    plain = [(UNSORTED, base)] if plan.shown_at else []  # the list before is that of another operation
    return [*plain, (RISING_ALONE, (*base, rising)), (FALLING_ALONE, (*base, falling))]


def may_disagree(before: Page, plan: Listing) -> bool:
    """Whether one more element may bring another order about: each element that has a value has a text of its own.

    By a time, or by the documented default, a list grows in its order.
    """
    values = [shown for element in before.elements if (shown := values_of(element, plan))]
    texts = [shown[0] for shown in values if len(shown) == 1 and isinstance(shown[0], str)]
    alone = len(texts) == len(values) == len({text.casefold() for text in texts})
    return plan.contrast is None and alone and not any(MOMENT.match(text) for text in texts)
