"""Clouds whose lists keep no limit, no marker, no order and no filter.

What is asked of a list stands in the query, so a requirement's id (``<operation>/list/<what>``) and the query of the
exchange are all that this module goes by: its first part names the parameter; ``sort`` stands for all that begin so.
Which exchanges a trial on a list consists of is known only when it is made, so every case of the kind may meet one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.engine.model.case import Case, id_part
from conformance.prove.after import Elements
from conformance.prove.ground import Catalogue, Ground, detail
from conformance.prove.instead import Answer, OneMore, WithoutQuery
from conformance.prove.where import Queried, Where

KIND = "list"


@dataclass(frozen=True)
class Named:
    """Whether a query parameter is the one that a requirement's last part names."""

    what: str

    def __call__(self, name: str) -> bool:
        """Names are compared as ids write them."""
        if self.what == "sort":
            return name.startswith("sort")
        return id_part(name) == self.what


def break_lists(ground: Ground, book: Catalogue) -> None:
    """Breakages of the kind list."""
    for requirement, cases in ground.requirements(KIND):
        what = requirement.id.removeprefix(f"{requirement.operation}/{KIND}/").partition("/")[0]
        for case in cases:
            if case.trial.outcome.accepted is not False:
                _break(book, case, what, Named(what))


def _break(book: Catalogue, case: Case, what: str, named: Callable[[str], bool]) -> None:
    name = detail(case)
    query = Queried(what, named, of_lists=True)
    asked = Where.of(case.operation, query=query)
    shown = Where.of(case.operation, query=query, answered="accepted")
    book.add(case, "ignored", asked, instead=WithoutQuery(named), situation=name)
    if what == "limit":
        book.add(case, "one-more", asked, instead=OneMore(named), situation=name)
    elif what.startswith("sort"):
        book.add(case, "reversed", shown, after=Elements("reversed"), situation=name)
    else:
        book.add(case, "empty", shown, after=Elements("empty"), situation=name)
    book.add(case, "refused-400", asked, instead=Answer(400), situation=name)
    book.add(case, "500", asked, instead=Answer(500), situation=name)
