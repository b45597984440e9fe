"""Removes the things of a run: in the order of dependence, with waits, and with as many attempts as needed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from conformance.engine.cloud import fields
from conformance.engine.cloud.ending import end_changes, with_value
from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.exchange import NOT_THERE, Answer, Ask, said
from conformance.engine.cloud.holders import holder_of
from conformance.engine.cloud.kinds import GONE, Act, Kind, View
from conformance.engine.cloud.listing import listed
from conformance.engine.cloud.named import named_in, stands_on
from conformance.engine.cloud.poll import WaitResult
from conformance.engine.cloud.purpose import serving
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.things import Removal, Thing
from conformance.engine.cloud.wait import until
from conformance.engine.cloud.waiters import wait_for_gone
from conformance.engine.cloud.waits import LEAST, MULTIPLE
from specs.record.purposes import Purpose

if TYPE_CHECKING:
    from conformance.engine.cloud.client import Cloud
    from conformance.engine.cloud.journal import Journal
    from conformance.engine.cloud.poll import Watch

WORKERS = 8

BAD_REQUEST, FORBIDDEN, ACCEPTED = 400, 403, 202
NO_SUCH_REQUEST = (405, 501)
"""The codes for a method that the service does not have, so that no later attempt works (RFC 9110, 15.5.6, 15.6.2)."""

Tell = Callable[[str], None]
"""A function that takes a sentence for the user."""

HASTY = 10.0
"""Seconds in which a removal without a wait repeats a refused request. Then the end of the run removes the thing."""

FINISHING = 60.0
"""Seconds for which a removal waits until a thing is finished that may not yet show all that is made with it."""

PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds before each further deletion of a thing that shows that its accepted deletion has failed."""


class Remover:
    """Removes things of one run, and notes in the journal that they are gone.

    It also waits after the run was stopped, because the things of the run must go.

    Args:
        timeout: the seconds for one thing.
        tell: a function that takes a sentence whenever a wait begins.
    """

    def __init__(
        self, cloud: Cloud, watch: Watch, journal: Journal, *, timeout: float = 300.0, tell: Tell | None = None
    ) -> None:
        self._cloud = cloud
        self._watch = watch
        self._journal = journal
        self._timeout = timeout
        self._tell = tell or (lambda _: None)
        self._came: list[Thing] = []
        self._never_finished = False
        self._stuck: set[str] = set()
        self._slowest = 0.0
        self._first_left: Thing | None = None
        self._left_at = 0.0
        highest = cloud.microversions.max if cloud.profile.removed_at_highest else None
        self._version = str(highest) if highest is not None else None

    def remove_all(self, things: Iterable[Thing]) -> list[Removal]:
        """Remove things in the order of dependence, several at a time.

        No description tells the order of the others. So those that may not be removed yet are asked for again, as long
        as one of them goes. What hangs on a thing that cannot go is waited for briefly, and asked for once more at the
        end: a chain of things holds a run up as long as a single one.
        """
        done = [self.last_time(one) if one.hurried else one for one in self._in_order(things)]
        while again := [one for one in done if one.forbidden and not self._described(one.thing)]:
            later = self._in_order(one.thing for one in again)
            done = [one for one in done if one not in again] + later
            if all(one.forbidden for one in later):
                break
        return done

    def _described(self, thing: Thing) -> bool:
        return thing.kind in self._cloud.profile.kinds

    def _in_order(self, things: Iterable[Thing]) -> list[Removal]:
        done: list[Removal] = []
        waiting = dict.fromkeys(things)
        while waiting:
            first = min(map(self._rank, waiting))
            now = [thing for thing in waiting if self._rank(thing) == first]
            with ThreadPoolExecutor(WORKERS, "conformance-removal") as pool:
                done += pool.map(self.remove, now)
            came, self._came = self._came, []
            waiting = dict.fromkeys([*(thing for thing in waiting if thing not in now), *came])
        return done

    def _rank(self, thing: Thing) -> int:
        order = self._cloud.profile.removal_order
        return next((i for i, kinds in enumerate(order) if thing.kind in kinds), len(order))

    def remove(self, thing: Thing, *, wait: bool = True, once: bool = False) -> Removal:
        """Remove one thing. A thing that does not exist counts as removed. ``once``: it is asked for only once.

        A thing whose removal the guard refuses is left, and the removal of the others goes on.
        """
        try:
            with serving(Purpose.REMOVING):
                removal = self._removed(thing, wait, once)
        except CloudError as error:
            removal = Removal(thing, True, str(error))
        if wait and removal.trouble is not None and self._first_left is None:
            self._first_left, self._left_at = thing, time.monotonic()
        return removal

    def last_time(self, left: Removal) -> Removal:
        """The outcome of another attempt to remove a thing, without a wait until it can be removed."""
        again = self.remove(left.thing, once=True)
        return left if again.trouble is not None else replace(again, was_there=True)

    def _removed(self, thing: Thing, wait: bool, once: bool = False) -> Removal:
        kind = self._cloud.profile.kind(thing.kind)
        removal = self._removed_by_its_role(thing, kind, wait, once)
        if removal.trouble is None and not removal.was_there and not kind.goes_with:
            holder = holder_of(self._cloud, thing.id, thing.path, thing.role, self._version)
            if holder is not None:
                removal = self._removed_by_its_role(replace(thing, role=holder), kind, wait, once)
        if removal.trouble is None and (wait or not removal.was_there):
            self._journal.gone(thing.id)
        return removal

    def _removed_by_its_role(self, thing: Thing, kind: Kind, wait: bool, once: bool) -> Removal:
        deadline = time.monotonic() + (self._timeout if wait else min(self._timeout, HASTY))
        self._remove_base(thing, kind)
        self._emptied(thing, kind)
        removal = self._looked_at(thing, kind, wait) or self._delete(thing, kind, deadline, once)
        if removal.trouble is None and removal.was_there and wait:
            removal = Removal(thing, True, self._await(thing, kind, deadline))
        return removal

    def force(self, thing: Thing, view: View | None = None) -> bool:
        """Have a thing removed at once, if the description or the reference knows how. True if that was accepted.

        ``view`` is the last view of the thing, which tells what it needs before; None if nobody has one.
        """
        profile, collection = self._cloud.profile, thing.path.rpartition("/")[0]
        kind, freeing = profile.kind(thing.kind), profile.freeing.get(collection)
        act = kind.deletion.force or profile.forced.get(collection)
        if act is not None and view is not None:
            self._prepare(thing, kind, view)
        with serving(Purpose.MAKING):  # a status, which removes nothing yet
            freed = act is None and freeing is not None and self._by_someone(thing, freeing, any_refusal=True).ok
        answer = self._by_someone(thing, act) if act is not None or freed else None
        return answer is not None and (answer.ok or answer.status in NOT_THERE)

    def _looked_at(self, thing: Thing, kind: Kind, wait: bool) -> Removal | None:
        """The outcome for a thing that is being deleted already; None if its deletion must be requested.

        A second DELETE that arrives at the end of the first one can leave a thing in a task that never ends.
        """
        rules = kind.deletion
        if not (rules.change or rules.before or kind.brings or (wait and (rules.going or rules.going_tasks))):
            return None
        answer = self._cloud.get(thing.path, role=thing.role, microversion=self._version)
        if answer.status in NOT_THERE:
            return Removal(thing, False)
        view = kind.shown_in(answer.json) if answer.ok else None
        if view is None:
            return None
        if wait and kind.state_of(view)[0] in rules.making:
            view = self._finished(thing, kind) or view
        if kind.changing(view):
            end_changes(self._cloud, thing, kind)
            if not wait:
                return Removal(thing, True, f"{thing} is {kind.state_of(view)[0]}, and is removed once that has ended")
            view = self._changed(thing, kind) or view
        self._note_came_with(thing, kind, view)
        status, task = kind.state_of(view)
        if wait and (status in rules.going or task in rules.going_tasks):
            return Removal(thing, True)
        self._prepare(thing, kind, view)
        return None

    def _prepare(self, thing: Thing, kind: Kind, view: View) -> None:
        """Send the requests that a thing needs before its removal, as it shows itself."""
        status = kind.state_of(view)[0]
        for one in kind.deletion.before:
            if status in one.statuses and all(condition.holds(view) for condition in one.where):
                self._by_someone(thing, one.act)

    def _finished(self, thing: Thing, kind: Kind) -> View | None:
        """The view of a thing after it was made; None if that never ends, which is waited for in vain only once."""
        if self._never_finished:
            return None
        within = min(self._timeout, FINISHING)
        self._tell(f"waiting until {thing} is made and shows all that came with it, for {within:g} s at most")
        making = kind.deletion.making
        result = self._watch.until(
            thing.id, lambda view: kind.state_of(view)[0] not in making, within, role=thing.role, kind=kind
        )
        if result.timed_out or result.problem:
            self._never_finished = True
            self._tell(f"{thing} is removed unfinished: something that was being made with it may stay behind unseen")
        return result.view

    def _changed(self, thing: Thing, kind: Kind) -> View | None:
        """The view of a thing after its change; one whose change does not end in time is removed anyway."""
        within = min(self._timeout, FINISHING)
        self._tell(f"waiting until a change of {thing} has ended, for {within:g} s at most")
        result = self._watch.until(thing.id, lambda one: not kind.changing(one), within, role=thing.role, kind=kind)
        if result.timed_out or result.problem:
            self._tell(f"{thing} is removed as {result.status}, which may hold up other things of the cloud")
        return result.view

    def _delete(self, thing: Thing, kind: Kind, deadline: float, once: bool) -> Removal:
        """Request the deletion until it is accepted: again while the thing is locked or in use."""
        rules, unlocked, told, began = kind.deletion, False, once, time.monotonic()

        def ends() -> float:
            # No description tells on which things this one hangs, so its removal may have come before theirs.
            counts = self._first_left is not None and (self._left_at <= began or not self._described(thing))
            briefly = 0.0 if once else max(LEAST, MULTIPLE * self._slowest)
            return min(deadline, max(began, self._left_at) + briefly) if counts else deadline

        def ask() -> Answer:
            nonlocal unlocked, told
            if told:
                self._emptied(thing, kind)  # an obstacle may have stayed, since others use it at the same time
            answer = self._by_someone(thing, rules.act)
            if answer.status == 409 and rules.unlock is not None and not unlocked:
                unlocked = True
                self._by_someone(thing, rules.unlock, any_refusal=True)
                answer = self._by_someone(thing, rules.act)
            stuck = answer.status == FORBIDDEN or (told and not decided(answer))
            if stuck and not self._described(thing) and self.force(thing):
                return replace(answer, status=ACCEPTED)
            if not told and not decided(answer):
                told = True
                if self._never_was(thing, kind, answer):
                    return replace(answer, status=404)
                why = said(f"DELETE {thing.path}", answer)
                within = max(0.0, ends() - time.monotonic())
                self._tell(f"{thing} cannot be removed yet: {why}; asking again, for {within:.0f} s at most")
            return answer

        def decided(answer: Answer) -> bool:
            # The thing is in use (400, 409), or the cloud had a failure: a later attempt may work.
            final = {401, 403, *NO_SUCH_REQUEST, *NOT_THERE, *rules.final_codes}
            return answer.ok or answer.status in final or self._cloud.lost is not None or bool(kind.goes_with)

        answer = until(
            ask, lambda answer: decided(answer) or time.monotonic() >= ends(), ends() - began, pause=0.2, growth=2
        )
        above = self._first_left if ends() < deadline else None
        # A part of a thing of the run is removed with that thing, which is reported if it is left.
        if answer.status == ACCEPTED and not self._described(thing):
            return Removal(thing, True, self._still_shown(thing, began + LEAST if once else deadline))
        if answer.ok or answer.status in NOT_THERE or kind.goes_with:
            return Removal(thing, answer.ok)
        why, hurried = said(f"DELETE {thing.path}", answer), above is not None and not decided(answer)
        if hurried:
            why += f"; it may hang on {above}, which could not be removed, and was not waited for in full"
        return Removal(thing, True, why, answer.status == FORBIDDEN, hurried)

    def _still_shown(self, thing: Thing, deadline: float) -> str | None:
        """Wait until a thing of a kind that no description knows is gone. Returns the reason why it is not, or None."""
        began = time.monotonic()
        if thing.kind in self._stuck:
            deadline = min(deadline, began + LEAST)
        seen = until(
            lambda: self._cloud.get(thing.path, role=thing.role, microversion=self._version),
            lambda answer: not answer.ok,
            max(0.0, deadline - began),
            pause=0.2,
            growth=2,
        )
        if not seen.ok:
            return None
        self._stuck.add(thing.kind)
        return f"GET {thing.path} still shows it {time.monotonic() - began:.0f} s after its deletion was accepted"

    def _never_was(self, thing: Thing, kind: Kind, answer: Answer) -> bool:
        """Whether the refusal is about the id itself (400), and the list of the kind shows no such thing."""
        if answer.status != BAD_REQUEST or not kind.listing.key or kind.deletion.kept:
            return False
        found, ended = listed(self._cloud, kind, thing.role)
        return ended is None and all(str(one.get(kind.id_field)) != thing.id for one in found)

    def _await(self, thing: Thing, kind: Kind, deadline: float) -> str | None:
        """Wait until the thing is gone. Returns the reason why it is not; None if it is."""
        rules = kind.deletion
        if not rules.slow:
            return None
        began = time.monotonic()
        if kind.name in self._stuck:  # a cloud that removes none of them is not waited for again and again
            deadline = min(deadline, began + max(LEAST, MULTIPLE * self._slowest))
        self._tell(f"waiting until {thing} is gone, for {max(0.0, deadline - began):.0f} s at most")
        result = self._gone(thing, kind, deadline)
        for pause in PAUSES:
            if not kind.stays(result.view) or time.monotonic() + pause > deadline:
                break
            # A service may give a deletion up that meets another change of the thing. Once that has ended, it works.
            self._tell(f"{thing} shows {result.status} after its deletion was accepted; asking again")
            time.sleep(pause)
            if (refused := self._refused_again(thing, rules.act)) is not None:
                return refused
            result = self._gone(thing, kind, deadline)
        if result.status in rules.kept and rules.force is not None:
            # The cloud keeps deleted things for a while, and they count against the quota until then.
            answer = self._by_someone(thing, rules.force, any_refusal=True)
            if not answer.ok and answer.status not in NOT_THERE:
                return said(f"the deletion of {thing.path} by force", answer)
            result = self._gone(thing, kind, deadline, kept=False)
        if not result.timed_out and (result.status == GONE or result.status.upper() in rules.gone):
            self._slowest = max(self._slowest, time.monotonic() - began)
            return None
        shown = f", as {result.status}" if result.status else ""
        why = f" ({result.problem})" if result.problem else ""
        self._stuck.add(kind.name)
        waited = f"{time.monotonic() - began:.1f}".removesuffix(".0")
        return f"{thing} was still there {waited} s after its deletion was accepted{shown}{why}"

    def _refused_again(self, thing: Thing, act: Act | None) -> str | None:
        answer = self._by_someone(thing, act)
        accepted = answer.ok or answer.status in NOT_THERE
        return None if accepted else said(f"another deletion of {thing.path}", answer)

    def _gone(self, thing: Thing, kind: Kind, deadline: float, kept: bool = True) -> WaitResult:
        left = max(0.0, deadline - time.monotonic())
        return wait_for_gone(self._watch, thing.id, left, kind=kind, role=thing.role, kept=kept)

    def _by_someone(self, thing: Thing, act: Act | None, any_refusal: bool = False) -> Answer:
        """Send the DELETE or an act as the role that made the thing, or as an administrator if that is forbidden."""
        role = thing.role
        answer = self._act(thing, act, role)
        refused = not answer.ok and answer.status not in NOT_THERE if any_refusal else answer.status == 403
        if refused and role is not Role.ADMIN and Role.ADMIN in self._cloud.roles:
            answer = self._act(thing, act, Role.ADMIN)
        return answer

    def _act(self, thing: Thing, act: Act | None, role: Role) -> Answer:
        ask = Ask("DELETE", thing.path, role, self._version)
        if act is not None:
            ask = Ask(act.method, act.path.replace("{path}", thing.path), role, self._version, body=act.body)
        with serving(Purpose.REMOVING):
            return self._cloud.send(ask)

    def _note_came_with(self, thing: Thing, kind: Kind, view: View) -> None:
        """Note the things that were made with a thing and stay after it, where a killed run had no time to do it.

        One with a name is left: somebody has named it, and nobody names those that come with a thing.
        """
        for field, name in kind.brings.items():
            other = self._cloud.profile.kind(name)
            for id_ in named_in(view, field, "id"):
                path = other.path_of(id_)
                shown = None
                if not self._journal.owns(id_, other.collection):
                    shown = other.shown_in(self._cloud.get(path, role=thing.role).json)
                if shown is not None and not shown.get(other.name_field):
                    self._journal.there(name, id_, path, role=thing.role)
                    self._came.append(Thing(name, id_, path, thing.role))

    def _emptied(self, thing: Thing, kind: Kind) -> None:
        """Remove the obstacles to the removal of a thing."""
        contents = kind.deletion.contents
        if contents is None:
            return
        query = tuple((name, text.replace("{id}", thing.id)) for name, text in contents.query)
        path = contents.path.replace("{id}", quote(thing.id, safe="")) or thing.path
        answer = self._cloud.get(path, role=thing.role, microversion=self._version, query=query)
        shown = answer.json if contents.path else kind.shown_in(answer.json)
        place = ".".join(filter(None, (contents.field, fields.EVERY, contents.of)))
        for one in fields.values(shown, place):
            path = contents.act.path.replace("{value}", quote(str(one), safe=""))
            act = replace(contents.act, path=path, body=with_value(contents.act.body, one))
            self._by_someone(thing, act, any_refusal=True)

    def _remove_base(self, thing: Thing, kind: Kind) -> None:
        """Remove the base of a thing, which nobody else knows."""
        base = kind.deletion.base
        if base is None:
            return
        answer = self._cloud.get(thing.path, role=thing.role, microversion=self._version)
        below = self._cloud.profile.kind(base.kind)
        for id_ in stands_on(kind, kind.shown_in(answer.json) or {}):
            self._journal.there(base.kind, id_, below.path_of(id_), role=thing.role)
            self.remove(Thing(base.kind, id_, below.path_of(id_), thing.role))
