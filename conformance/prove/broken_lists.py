"""Breakages of lists: clouds that ignore the limit, the marker, the order, the filter or the choice of fields.

The id of such a requirement, ``<operation>/list/<parameter>[/...]``, names the query parameter that is ignored;
``sort`` stands for all parameters whose names begin with it. The exchanges of a trial on a list are known only while
it runs, so every case of the kind may have an exchange that is changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.engine.judge.chosen import OnlyChosen
from conformance.engine.judge.sorting import BOTH, Sorted
from conformance.engine.model.case import Case, id_part
from conformance.engine.model.trial import Paged
from conformance.prove.after import Elements, Field
from conformance.prove.ground import Catalogue, Ground, detail
from conformance.prove.instead import Answer, OneMore, WithoutQuery
from conformance.prove.where import Queried, Where

KIND = "list"


@dataclass(frozen=True)
class Named:
    """A test of a query parameter's name: True if it is the parameter that a requirement's id names."""

    what: str

    def __call__(self, name: str) -> bool:
        """Compare the name as ids write it."""
        if self.what == "sort":
            return name.startswith("sort")
        return id_part(name) == self.what


def break_lists(ground: Ground, book: Catalogue) -> None:
    """Add the breakages of the requirements of kind list."""
    for requirement, cases in ground.requirements(KIND):
        what = requirement.id.removeprefix(f"{requirement.operation}/{KIND}/").partition("/")[0]
        for case in cases:
            if case.trial.outcome.accepted is not False:
                _break(book, case, what, Named(what))


def _comes_anyway(case: Case) -> bool:
    """Whether a list comes by the key of a case without a key as well: a cloud that ignores it breaks nothing."""
    exchange = case.trial.exchange
    both = isinstance(case.expectation, Sorted) and case.expectation.directions == BOTH
    return both and isinstance(exchange, Paged) and exchange.listing.contrast is not None


def _break(book: Catalogue, case: Case, what: str, named: Callable[[str], bool]) -> None:
    name = detail(case)
    query = Queried(what, named, of_lists=True)
    asked = Where.of(case.operation, query=query)
    shown = Where.of(case.operation, query=query, answered="accepted")
    if not _comes_anyway(case):
        book.add(case, "ignored", asked, instead=WithoutQuery(named), situation=name)
    if isinstance(case.expectation, OnlyChosen):
        place = (*case.expectation.holder, case.expectation.names[0])
        book.add(case, "missing", shown, after=Field(place, "drop"), situation=name)
    elif what == "limit":
        book.add(case, "one-more", asked, instead=OneMore(named), situation=name)
    elif what.startswith("sort"):
        book.add(case, "reversed", shown, after=Elements("reversed"), situation=name)
    else:
        book.add(case, "empty", shown, after=Elements("empty"), situation=name)
    book.add(case, "refused-400", asked, instead=Answer(400), situation=name)
    book.add(case, "500", asked, instead=Answer(500), situation=name)
