"""Servers in every status, made past the proxy: a broken promise is not to stand in the way of the situation.

A server that no accepted request can have changed is as good as a new one, so it is lent again; making one, and
bringing it into a status, is most of what a breakage would cost.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance.engine.cloud.discover import Discovery
from conformance.engine.cloud.errors import CloudError, ResourceError
from conformance.engine.cloud.resources import Made, Resources
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target
from conformance.engine.provision.subject import Subject
from conformance.engine.run.session import Session, Settings
from conformance.prove.wire import Upstream
from conformance.sandbox.process import RunningSandbox
from specs.model import Spec
from specs.record.model import Result

SPARE = 4
"""Servers in one status that are kept at most."""

READY = 1
"""Servers in a status that are made before they are asked for: every case that fails is tried on a second one."""


class Stock:
    """Servers to lend. Safe to use from many threads; as a context manager it ends what it has begun.

    Args:
        sandbox: where they are made.
        specs: of the reference: they say how a status is reached.
        directory: for the journal of what is made.
        tidy: whether all is removed in the end; on a sandbox that ends with the proof it need not be.
    """

    def __init__(self, sandbox: RunningSandbox, specs: Sequence[Spec], directory: Path, tidy: bool = True) -> None:
        settings = Settings(
            Target.sandbox(sandbox.url, sandbox.tokens), directory, sandbox=True, release=sandbox.release
        )
        self._session = Session(settings, specs, (), _ignore)
        self._tidy = tidy
        self._shelf: dict[str, list[Made]] = {}
        self._coming: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._behind = ThreadPoolExecutor(2, "stock")

    @property
    def discovery(self) -> Discovery:
        """What the unbroken cloud offers."""
        return self._session.context.discovery

    def __enter__(self) -> Stock:
        return self

    def __exit__(self, *_: object) -> None:
        self._behind.shutdown(cancel_futures=True)
        session = self._session
        if self._tidy:
            session.close()
            return
        session.run.stop()
        session.watch.close()
        session.cloud.close()
        session.journal.close()

    def lending(self, upstream: Upstream, state: str, called: Callable[[str], str]) -> Lending:
        """Factories whose servers are of this stock and have a status.

        Args:
            upstream: tells which were changed.
            state: the status.
            called: makes up names: those of the borrower, who knows what is its own by them.
        """
        context = self._session.context
        return Lending(self, upstream, state, context.resources, self._session, called)

    def take(self, state: str) -> Made:
        """A server in a status, as it is shown now.

        Raises:
            ResourceError: none can be had.
        """
        with self._lock:
            ready = self._shelf.setdefault(state, [])
            made = ready.pop() if ready else None
            order = len(ready) + self._coming[state] < READY
            self._coming[state] += order
        if order:
            self._behind.submit(self._fetch, state)
        return made or self._make(state)

    def give(self, made: Made, changed: Collection[str]) -> None:
        """Take a server back: it is kept where no accepted request has named it, else it is deleted."""
        status = str(made.body.get("status"))
        with self._lock:
            ready = self._shelf.setdefault(status, [])
            if made.id not in changed and len(ready) < SPARE:
                ready.append(made)
                return
        with contextlib.suppress(RuntimeError):  # at the end all is removed anyway
            self._behind.submit(self._delete, made)

    def _fetch(self, state: str) -> None:
        made = None
        with contextlib.suppress(CloudError):  # who needs one will be told
            made = self._make(state)
        with self._lock:
            self._coming[state] -= 1
            if made is not None:
                self._shelf[state].append(made)

    def _make(self, state: str) -> Made:
        subject = Subject(self._session.context)
        problem = subject.reach(state)
        if problem is not None:
            raise ResourceError(problem.reason)
        shown = subject.show()
        kind = self._session.context.kind
        body = kind.shown_in(shown.json)
        if body is None:
            raise ResourceError(f"{kind.name} {subject.resource_id} was made and is not shown")
        path = kind.path_of(subject.resource_id)
        return Made(kind.name, subject.resource_id, str(body[kind.name_field]), path, Role.MEMBER, body, shown)

    def _delete(self, made: Made) -> None:
        with contextlib.suppress(CloudError):  # it stands in the journal
            self._session.resources.delete(made, wait=False)


class Lending(Resources):
    """The factories of a stock, as a run uses them: servers are lent, all else is made past the proxy."""

    def __init__(
        self,
        stock: Stock,
        upstream: Upstream,
        state: str,
        plain: Resources,
        session: Session,
        called: Callable[[str], str],
    ) -> None:
        super().__init__(session.cloud, session.context.discovery, session.watch)
        self._plain = plain
        self._stock = stock
        self._upstream = upstream
        self._state = state
        self._called = called
        self._lent: dict[str, Made] = {}

    def rand_name(self, kind: str = "") -> str:
        """Make up a name that begins with the borrower's prefix."""
        return self._called(kind)

    def make(self, kind: str, **wishes: Any) -> Made:
        """A resource of the stock, where nothing but its kind and a version is wished for."""
        if kind != self._watch.kind.name or set(wishes) - {"microversion"}:
            return self._plain.make(kind, **wishes)
        made = self._stock.take(self._state)
        self._lent[made.id] = made
        return replace(made, body=dict(made.body))

    def delete(self, made: Made, *, wait: bool = True) -> None:
        """Give a server back; delete all else."""
        if made.id in self._lent:
            self._stock.give(made, self._upstream.changed)
        else:
            self._plain.delete(made, wait=wait)

    def drop(self, id_: str, role: Role) -> None:
        """The same at once."""
        made = self._lent.get(id_)
        if made is not None:
            self._stock.give(made, self._upstream.changed)
        else:
            self._plain.drop(id_, role)


def _ignore(_: Result) -> None:
    """No record is kept."""
