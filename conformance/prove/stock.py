"""A stock of servers in every status, made without the proxy, so that a breakage cannot disturb their preparation.

A server that no accepted request can have changed is as good as a new one, so it is lent again. This saves time: to
make a server and bring it into a status would take most of the time of a breakage.
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
from conformance.engine.cloud.kinds import Kind, View
from conformance.engine.cloud.made import Made
from conformance.engine.cloud.resources import Resources
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target
from conformance.engine.provision.subject import Subject
from conformance.engine.run.session import Session, Settings
from conformance.prove.proxy import Proxy
from conformance.prove.wire import Upstream
from conformance.sandbox.cloud.part import PartOfCloud
from conformance.sandbox.process import RunningSandbox
from specs.model import Spec
from specs.record.model import Result

SPARE = 4
"""The largest number of servers in one status that are kept."""

READY = 1
"""Number of servers in a status that are made in advance: every case that fails is tried on a second one."""


def proxy_of(sandbox: RunningSandbox | PartOfCloud) -> Proxy:
    """Make a proxy in front of a sandbox, which gets new tokens where the sandbox's own end."""
    return Proxy(sandbox.url, sandbox.tokens, sandbox.renewed if isinstance(sandbox, PartOfCloud) else None)


def target_of(sandbox: RunningSandbox | PartOfCloud, url: str) -> Target:
    """Return the endpoint of a session on a sandbox, at the URL of a proxy or at its own."""
    owners = sandbox.owners if isinstance(sandbox, PartOfCloud) else None
    return Target.sandbox(url, sandbox.tokens, owners=owners)


class Stock:
    """Servers to lend. Safe to use from many threads; as a context manager it closes its session at the end.

    Args:
        sandbox: the sandbox in which the servers are made, and with which they go.
        specs: the specs of the reference; they state how a status is reached.
        directory: directory for the journal of created resources.
    """

    def __init__(self, sandbox: RunningSandbox | PartOfCloud, specs: Sequence[Spec], directory: Path) -> None:
        self._ends = contextlib.ExitStack()
        url = sandbox.url
        if isinstance(sandbox, PartOfCloud):  # its tokens end before a long proof does, and a proxy renews them
            url = self._ends.enter_context(proxy_of(sandbox)).url
        settings = Settings(target_of(sandbox, url), directory, sandbox=True, release=sandbox.release)
        self._session = Session(settings, specs, (), _ignore)
        self._shelf: dict[str, list[Made]] = {}
        self._coming: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._behind = ThreadPoolExecutor(2, "stock")

    @property
    def discovery(self) -> Discovery:
        """The discovery of the unbroken cloud."""
        return self._session.context.discovery

    def __enter__(self) -> Stock:
        return self

    def __exit__(self, *_: object) -> None:
        self._behind.shutdown(cancel_futures=True)
        session = self._session
        with self._ends:
            session.close(cloud_ends=True)

    def lending(self, upstream: Upstream, state: str, called: Callable[[str], str]) -> Lending:
        """Return factories that lend servers of this stock in a status.

        Args:
            upstream: connections that record which servers were changed.
            state: the status.
            called: makes names with the borrower's prefix, by which the borrower knows its own resources.
        """
        context = self._session.context
        context.resources.attempts.forget()  # a sandbox can make servers: it was slow for a moment
        return Lending(self, upstream, state, context.resources, self._session, called)

    def take(self, state: str) -> Made:
        """Return a server in a status, as the cloud shows it.

        Raises:
            ResourceError: no such server can be made.
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
        """Take a server back: it is kept if its id is not in ``changed``, else deleted."""
        status = str(made.body.get("status"))
        with self._lock:
            ready = self._shelf.setdefault(status, [])
            if made.id not in changed and len(ready) < SPARE:
                ready.append(made)
                return
        with contextlib.suppress(RuntimeError):  # the pool is shut down: at the end all servers go anyway
            self._behind.submit(self._delete, made)

    def _fetch(self, state: str) -> None:
        made = None
        with contextlib.suppress(CloudError):  # the next caller of ``take`` tries again and gets the error
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
            raise ResourceError(f"{kind.name} {subject.resource_id} was made, but is not shown")
        path = kind.path_of(subject.resource_id)
        return Made(kind.name, subject.resource_id, str(body[kind.name_field]), path, Role.MEMBER, body, shown)

    def _delete(self, made: Made) -> None:
        with contextlib.suppress(CloudError):  # the journal lists it for a later clean-up
            self._session.resources.delete(made, wait=False)


class Lending(Resources):
    """The factories of a stock, as a run uses them: servers are lent, other resources are made without the proxy."""

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
        """Return a random name that begins with the borrower's prefix."""
        return self._called(kind)

    def make(self, kind: str, **wishes: Any) -> Made:
        """Return a server of the stock if no wish but a microversion is given; else make the resource."""
        if kind != self._watch.kind.name or set(wishes) - {"microversion"}:
            return self._plain.make(kind, **wishes)
        made = self._stock.take(self._state)
        self._lent[made.id] = made
        return replace(made, body=dict(made.body))

    def delete(self, made: Made, *, wait: bool = True) -> None:
        """Give a lent server back; delete any other resource."""
        if made.id in self._lent:
            self._stock.give(made, self._upstream.changed)
        else:
            self._plain.delete(made, wait=wait)

    def drop(self, id_: str, role: Role, kind: Kind | None = None, view: View | None = None) -> bool:
        """Give a lent server back; drop any other resource."""
        made = self._lent.get(id_)
        if made is None:
            return self._plain.drop(id_, role, kind, view)
        self._stock.give(made, self._upstream.changed)
        return True


def _ignore(_: Result) -> None:
    """Keep no record of a result."""
