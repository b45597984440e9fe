"""The views of things of one kind: by their list if there are several, or if processes share it, else one by one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from conformance.engine.cloud.exchange import NOT_THERE
from conformance.engine.cloud.kinds import Kind, View
from conformance.engine.cloud.shared_lists import Listed, SharedLists

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.engine.cloud.client import Cloud
    from conformance.engine.cloud.roles import Role

LONGEST_PACE = 5.0
"""The most seconds to which the number of processes makes a pace longer."""

_PAGES = 50


@dataclass(frozen=True)
class Sight:
    """One look at things.

    Attributes:
        begun: the time before which none of the views was requested, by ``time.monotonic``.
        views: the views by id, None for a thing that does not exist; a thing that could not be requested is left out.
        sent: the number of requests that the look needs, also if another process has sent them.
        seconds: the duration of these requests.
    """

    begun: float
    views: dict[str, View | None]
    sent: int
    seconds: float


class Lookout:
    """Asks for the views of things of one kind.

    Args:
        cloud: the client of the cloud.
        kind: the kind of the things.
        microversion: the microversion of the requests.
        lists: the lists that the processes of the run share; None in a run of one process.
    """

    def __init__(self, cloud: Cloud, kind: Kind, microversion: str | None, lists: SharedLists | None) -> None:
        self._cloud = cloud
        self._kind = kind
        self._microversion = microversion
        self._processes = lists.processes if lists is not None else 1
        self._lists = lists if kind.listing.status_path else None
        self._seen: dict[str, float] = {}
        self.problem: str | None = None

    def pace(self, shortest: float) -> float:
        """The least seconds between two looks of this process, so that all processes of the run keep a pace together.

        Args:
            shortest: the least seconds between two looks of any processes.
        """
        return shortest if self._lists is not None else min(shortest * self._processes, max(shortest, LONGEST_PACE))

    def look(self, role: Role, ids: Iterable[str], since: float, pace: float) -> Sight:
        """Return the views of things.

        Args:
            role: the role that asks.
            ids: the ids of the things.
            since: the time after which the views must be requested, by ``time.monotonic``. A list that another
                process requested after it, and this process has not seen, will do.
            pace: the least seconds between the lists of all processes that share them.

        Raises:
            OSError: the lists that processes share cannot be read or written.
        """
        wanted = set(ids)
        listed = self._listed(role, since, pace, several=len(wanted) > 1)
        views: dict[str, View | None] = {id_: view for id_, view in listed.views.items() if id_ in wanted}
        begun, sent = time.monotonic(), listed.sent
        # The list leaves out deleted things that are kept for a while, and things with changed names.
        for id_ in sorted(wanted - set(views)):
            path = self._kind.path_of(id_)
            sent += 1
            answer = self._cloud.get(path, role=role, microversion=self._microversion)
            view = self._kind.shown_in(answer.json) if answer.ok else None
            if view is not None or answer.status in NOT_THERE:
                views[id_] = view
            else:
                shown = " and did not show it" if answer.ok else ""
                self.problem = answer.error or f"GET {path} gave {answer.status}{shown}"
        return Sight(listed.begun, views, sent, listed.seconds + time.monotonic() - begun)

    def _listed(self, role: Role, since: float, pace: float, *, several: bool) -> Listed:
        """The list, if the kind has one, and processes share it or several things are looked for."""
        if self._lists is not None:
            name = f"{self._kind.name}-{role.value}"
            after = max(since, self._seen.get(name, since))
            listed = self._lists.newest(name, after, pace, lambda: self._listing(role))
            self._seen[name] = listed.begun
            return listed
        if several and self._kind.listing.status_path:
            return self._listing(role)
        return Listed(time.monotonic(), {}, 0, 0.0)

    def _may_be_own(self, view: View) -> bool:
        """Whether a thing may be one of the run by its name: nothing of others is written to a file."""
        name = view.get("name")
        return self._lists is None or not isinstance(name, str) or name.startswith(self._cloud.prefix)

    def _listing(self, role: Role) -> Listed:
        """The things of the run in the list, to its last page."""
        begun = time.monotonic()
        views: dict[str, View] = {}
        how, id_field = self._kind.listing, self._kind.id_field
        named = ((how.name_query, self._cloud.prefix),) if how.name_query else ()
        query: tuple[tuple[str, str], ...] = named
        sent = 0
        while sent < _PAGES:
            sent += 1
            answer = self._cloud.get(how.status_path, role=role, microversion=self._microversion, query=query)
            if not answer.ok or not isinstance(answer.json, dict):
                self.problem = answer.error or f"GET {how.status_path} gave {answer.status}"
                break
            page = [one for one in answer.json.get(how.key) or () if isinstance(one, dict) and id_field in one]
            views.update((one[id_field], one) for one in page if self._may_be_own(one))
            links = answer.json.get(f"{how.key}_links") or ()
            following = next((one.get("href", "") for one in links if one.get("rel") == "next"), "")
            marker = parse_qs(urlsplit(following).query).get("marker")
            if not page or not marker:
                break
            # Only the marker of the link is used: its host may not be reachable from here.
            query = (*named, ("marker", marker[0]))
        return Listed(begun, views, sent, time.monotonic() - begun)
