"""Makes one trial on a list: the whole list, the pages that are asked for, and the whole list again.

The run makes two elements if the description says how, and shows them alone if the list has a parameter for that.
Otherwise the trial uses the elements that the cloud shows. The whole lists before and after are the controls: the trial
counts only if they agree. A filter is tried with a value that selects and with one that does not, so pages that fit the
first control need no second one; nor do pages of elements that nobody else removes. So one control serves all trials
that follow each other, and a trial that does not pass is made again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.engine.api.entries import Stock
from conformance.engine.api.response_fields import is_filled
from conformance.engine.cloud.exchange import Answer, Ask
from conformance.engine.cloud.purpose import serving
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.wait import until
from conformance.engine.execute.contrasts import Contrasts, Query, may_disagree
from conformance.engine.execute.filter_values import LONG_AGO, none_of, pick, text
from conformance.engine.execute.page import page_of
from conformance.engine.execute.stocks import Stocks
from conformance.engine.judge.order import comparable
from conformance.engine.judge.sorting import heard
from conformance.engine.model.binding import Binding
from conformance.engine.model.evidence import Evidence, Problem
from conformance.engine.model.listing import Listing, Page, Pages, values_of
from conformance.engine.model.trial import Trial
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.elevation import FORBIDDEN
from conformance.engine.provision.paths import Paths
from conformance.engine.provision.subject import Subject
from specs.microversion import Microversion
from specs.record.model import Exchange
from specs.record.purposes import Purpose

TRIES = 8
"""The highest number of tries until the controls of a trial agree."""

TWO = ("limit", "next", "marker", "offset", "sort")
"""The kinds of trials that need two elements."""

SOON = 30.0
"""Seconds to wait until a new element shows in its list: some show only when the resource is complete."""

DISTANT = "2999-01-01T00:00:00Z"
"""A time after all times that a cloud shows."""


@dataclass
class Paging:
    """Makes the trials on lists of one lane. Elements that it makes are kept for the next trial.

    Attributes:
        context: the objects that all lanes of the run share.
        subject: the resource under test of the lane.
        paths: fills the placeholders of paths.
        last: the last control of the trial before: its request and the answer. The next trial may use it, for whichever
            of the fields that the answer shows.
        together: whether the present trial may do without a second control.
        reused: the number of trials that have used the last control again.
        stocks: makes elements that are to be listed.
        contrasts: the pages that show lists in other orders.
    """

    context: RunContext
    subject: Subject
    paths: Paths
    last: tuple[tuple[Any, ...], Answer] | None = None
    together: bool = False
    reused: int = 0
    stocks: Stocks = field(init=False)
    contrasts: Contrasts = field(default_factory=Contrasts)

    def __post_init__(self) -> None:
        self.stocks = Stocks(self.context, self.subject, self.paths)

    def make(self, trial: Trial, listing: Listing, version: Microversion, roles: tuple[str, ...]) -> Evidence:
        """Ask for the controls and the pages, in the first of the roles that may see the list.

        Returns:
            Evidence with ``pages``, or with the problem that prevented them.

        Raises:
            Unavailable: a placeholder of the path has no value.
            CloudError: a request could not be sent.
        """
        if trial.situation.state is not None:
            problem = self.subject.reach(trial.situation.state)
            if problem:
                return Evidence(trial, version=version, problem=problem)
        if any(isinstance(value, Binding) for _, value in trial.request.query):
            query = tuple((name, self.subject.bindings.filled(value)) for name, value in trial.request.query)
            trial = replace(trial, request=replace(trial.request, query=query))
        stock = next((s for s in self.context.service.made_for_lists if s.name == listing.made), None)
        fresh = stock is not None and stock.name not in self.stocks.shared and self.stocks.make(stock)
        asking = _Asking(
            self,
            trial,
            listing,
            version,
            roles[0],
            self._isolated(stock, trial, listing),
            fresh,
            self.stocks.shared.get(stock.name if stock else ""),
            stock,
        )
        evidence = asking.evidence()
        if evidence.status == FORBIDDEN and len(roles) > 1:
            self.context.elevate(trial.request.operation, trial.request.operation.id)
            evidence = replace(asking, role=roles[-1]).evidence()
        return evidence

    def _isolated(self, stock: Stock | None, trial: Trial, listing: Listing) -> Query:
        """The query that shows only elements of this run; empty if the list has no parameter for that."""
        if stock is None or not stock.isolated_by or stock.name not in self.stocks.shared:
            return ()
        rows = [r.name for r in trial.request.operation.request.parameters if r.location == "query"]
        if stock.isolated_by not in rows or stock.isolated_by == listing.parameter:
            return ()  # the parameter under test must not choose the elements that it is tested with
        return ((stock.isolated_by, self.stocks.shared[stock.name]),)

    def populated(self, trial: Trial, answer: Answer) -> bool:
        """Make elements for an empty list at the top of the API. True if they were made."""
        body = answer.json if isinstance(answer.json, Mapping) else {}
        empty = next((str(key) for key, value in body.items() if value == []), "")
        stock = self.context.service.stock(empty)
        if trial.situation.state is not None or stock is None or stock.name in self.stocks.shared:
            return False
        return self.stocks.make(stock)

    def until_listed(self, ask: Callable[[], Answer], trial: Trial, role: str) -> Answer:
        """Ask for a list until it shows an element, or the time is over.

        A list that stayed empty is not waited for again: an administrator may be shown the things of another project.

        Args:
            ask: asks once.
            trial: the trial of the list.
            role: the role that asks.
        """
        patience, waits, name = self.context.patience, self.context.waits, f"{trial.operation.id} as {role}"

        def filled(answer: Answer) -> bool:
            return is_filled(answer.json)

        within = 0.0 if waits.was_in_vain(name) else min(SOON, patience.status)
        answer = until(ask, filled, within, self.context.stopping, pause=patience.settle)
        if not filled(answer):
            waits.ended(name, within, well=False)
        return answer


@dataclass(frozen=True)
class _Asking:
    """The exchanges of one trial.

    Attributes:
        paging: what makes the elements, and keeps the last control.
        plan: the list, the parameter and the kind of the trial.
        version: the microversion of its requests.
        role: the role that sends them.
        isolated: the query that shows only elements of this run.
        fresh: True if two elements were made for this trial.
        shared: the text with which the names of this run's elements begin; None if it made none.
        stock: the way to make elements; None where the description has none.
        exchanges: the requests and responses of the last try.
    """

    paging: Paging
    trial: Trial
    plan: Listing
    version: Microversion
    role: str
    isolated: Query
    fresh: bool
    shared: str | None
    stock: Stock | None
    exchanges: list[Exchange] = field(default_factory=list)

    def evidence(self) -> Evidence:
        """The evidence of the last try."""
        for number in range(TRIES):
            self.exchanges.clear()
            found = self._once(number == 0 and not self.fresh)
            if found.problem and number == 0 and self.paging.reused > 1 and not self.isolated:
                continue  # an old control may lack elements of others that are there now
            if found.problem or found.pages is None or found.pages.quiet(self.plan) or number == TRIES - 1:
                break
            # Other lanes need a moment to finish making and removing elements.
            if self.paging.context.stopping.wait(self.paging.context.patience.settle * (number + 1)):
                break
        return replace(found, role=self.role, exchanges=tuple(self.exchanges))

    def _once(self, may_reuse: bool) -> Evidence:
        before, answer = self._control(may_reuse)
        if self.fresh and before.ok and len(before.elements) < 2:
            before, answer = self._until_two()
        lacking = self._lacking(before) if before.ok else 0
        if lacking and self.paging.stocks.grow(self.trial, self._path(), lacking):
            self.exchanges.clear()
            before, answer = self._control()
        if not before.ok:
            return self._evidence(answer, problem=self._unlisted(answer))
        asked = self._asked(before)
        shown = self._other_orders(before, isinstance(asked, str)) if self.plan.way == "sort" else {}
        if shown is None:  # there is one more element now
            self.exchanges.clear()
            return self._once(False)
        if isinstance(asked, str):
            return self._evidence(answer, problem=Problem("inapplicable", asked))
        target, value, queries = asked
        first: Answer | None = None
        for which, query in queries:
            page, answer = self._ask(self._path(), query, first=first is None)
            if answer.error:
                return self._evidence(answer, problem=Problem("inconclusive", f"no answer: {answer.error}"))
            first = first or answer
            shown[which] = page
        if self.plan.way == "next" and shown["page"].next:
            page, answer = self._ask(self._path(), tuple(parse_qsl(urlsplit(shown["page"].next or "").query)))
            shown["next"] = page
        if self.paging.together and may_reuse and (self.isolated or self.plan.way not in TWO):
            return self._evidence(first or answer, Pages(before, before, shown, target, value, controlled=False))
        after, answer = self._control()
        if not after.ok:
            return self._evidence(answer, problem=self._unlisted(answer))
        pages = Pages(before, after, shown, target, value)
        if self.plan.way in TWO and len(after.elements) < 2:
            return self._evidence(answer, problem=Problem("inapplicable", self._few()))
        return self._evidence(first or answer, pages)

    def _other_orders(self, before: Page, too_few: bool) -> dict[str, Page] | None:
        """The pages that show other orders than that of the key; None if the list has grown, since none did.

        None are asked for where the list shows too few values of the key.
        """
        path = self._path()
        if too_few:
            return None if self._grows(before) else {}

        def ask(query: Query, known: Answer | None) -> Answer:
            if known is not None:
                self.exchanges.append(known.exchange)
            return known or self._ask(path, query, Purpose.LOOKING)[1]

        about = (path, self.role, self.version)
        found = self.paging.contrasts.pages(self.plan, before, self._base(self.plan.parameter), ask, about)
        if heard(Pages(before, before, found), self.plan) or not may_disagree(before, self.plan):
            return found
        return None if self._one_more() else found

    def _grows(self, before: Page) -> bool:
        """Let a list grow that shows too few values of a key, if the client may choose them. True if it has grown."""
        may = self.paging.stocks.may_choose(self.trial, self.stock, self.plan.field[-1])
        return may and len(before.elements) >= 2 and self._one_more()

    def _one_more(self) -> bool:
        return self.paging.stocks.one_more(self.trial, self._path(), self.stock, self.plan.field[-1])

    def _lacking(self, before: Page) -> int:
        """The number of elements that the trial needs beside those of a list."""
        if self.plan.way in TWO:
            return max(0, 2 - len(before.elements))
        return int(self.plan.way == "filter" and pick(before, self.plan, self.shared) is None)

    def _until_two(self) -> tuple[Page, Answer]:
        """Ask for the control until it shows the two elements that were just made."""

        def control() -> tuple[Page, Answer]:
            self.exchanges.clear()
            return self._control()

        context = self.paging.context
        return until(
            control,
            lambda seen: not seen[0].ok or len(seen[0].elements) >= 2,
            min(SOON, context.patience.status),
            context.stopping,
            pause=0.3,
        )

    def _evidence(self, answer: Answer, pages: Pages | None = None, problem: Problem | None = None) -> Evidence:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Evidence(
            self.trial,
            status=answer.status,
            body=answer.json if isinstance(answer.json, dict | list) else answer.text or None,
            headers=headers,
            version=self.version,
            problem=problem,
            pages=pages,
        )

    def _unlisted(self, answer: Answer) -> Problem:
        """The reason why the list was not shown."""
        if answer.status == 403:
            return Problem("inapplicable", f"the role {self.role} may not list {'.'.join(self.plan.array)} here")
        return Problem("inconclusive", f"the whole list was answered {answer.status or answer.error}")

    def _few(self) -> str:
        return f"the cloud shows fewer than two elements of {'.'.join(self.plan.array)} to this role"

    def _path(self) -> str:
        return self.paging.paths.fill(self.trial.request.operation, self.role, self.version).path

    def _base(self, but: str = "") -> Query:
        """The query that all requests of the trial share, without the parameter ``but``."""
        given = (*self.trial.request.query, *self.isolated, *self.plan.also)
        return tuple((name, str(value)) for name, value in given if name != but)

    def _control(self, may_reuse: bool = False) -> tuple[Page, Answer]:
        """The whole list; that of another path if only its elements show the field in question."""
        path, query = self.plan.shown_at or self._path(), self._base()
        asked = (path, query, self.role, self.version)
        if may_reuse and self.paging.last is not None and self.paging.last[0] == asked:
            answer = self.paging.last[1]
            page = page_of(answer, self.plan)
            self.paging.reused += 1
            self.exchanges.append(answer.exchange)
        else:
            page, answer = self._ask(path, query)
            self.paging.last, self.paging.reused = (asked, answer) if page.ok else None, 0
        return page, answer

    def _ask(
        self, path: str, query: Query, purpose: Purpose = Purpose.TRIAL, first: bool = False
    ) -> tuple[Page, Answer]:
        ask = Ask("GET", path, Role(self.role), str(self.version), query=query)
        with serving(Purpose.LOOKING if query == self._base() else purpose):
            answer = self.paging.context.cloud.send(ask)
        # In the record, the request under test comes first, then the controls.
        self.exchanges.insert(0 if first else len(self.exchanges), answer.exchange)
        return page_of(answer, self.plan), answer

    def _asked(self, before: Page) -> tuple[str | None, Any, list[tuple[str, Query]]] | str:
        """The element, the value, and the queries with their names; or the reason why the list cannot be tried."""
        plan, base = self.plan, self._base(self.plan.parameter)
        if plan.way in TWO and len(before.elements) < 2:
            return self._few()
        if plan.way == "offset":
            # The order in which a service counts need not be the one that it shows, so the first is asked for.
            return None, 1, [("page", (*base, (plan.parameter, "1"))), ("first", (*base, ("limit", "1")))]
        if plan.way in ("limit", "next"):
            return None, 1, [("page", (*base, (plan.parameter, "1")))]
        if plan.way == "marker":
            names = [name for name in before.names if name is not None]
            if len(names) < 2:
                return self._few()
            target = names[(len(names) - 1) // 2]
            return target, target, [("page", (*base, (plan.parameter, target)))]
        if plan.way == "sort":
            return self._orders(before, base)
        if plan.way == "changes":
            moments = (LONG_AGO, DISTANT) if plan.parameter.endswith("since") else (DISTANT, LONG_AGO)
            if not before.elements:
                return f"the cloud shows no element of {'.'.join(plan.array)}"
            asks = [(which, (*base, (plan.parameter, at))) for which, at in zip(("page", "none"), moments, strict=True)]
            return None, moments[0], asks
        picked = pick(before, plan, self.shared)
        if picked is None:
            return f"no element shows a value that {plan.parameter} could select by"
        target, value = picked
        none = none_of(before, plan, value)
        asks = [(which, (*base, (plan.parameter, text(v)))) for which, v in (("page", value), ("none", none))]
        return target, value, asks

    def _orders(self, before: Page, base: Query) -> tuple[str | None, Any, list[tuple[str, Query]]] | str:
        plan = self.plan
        values = [v for element in before.elements for v in values_of(element, plan) or ()]
        if len({text(v).casefold() for v in values}) < 2 or not comparable(values):
            return f"the cloud shows fewer than two different values of {plan.key}"
        keyed = (*base, (plan.parameter, plan.key or ""))
        asks = [(way, (*keyed, (plan.direction or "", way))) for way in ("asc", "desc")]
        return None, plan.key, [*asks, ("default", keyed)]
