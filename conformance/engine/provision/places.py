"""How many lanes of a run hold things at a time, where the quota of the project does not let all of them do so.

A run does not know all quotas, and other users of the project use them too. So it begins with all its lanes. Each time
the cloud says that a quota is used up, half of the lanes give their things back and wait, and the refused request is
sent again when there may be room. When no quota was found used up for a while, one more lane may hold things again: the
run has given back what it held, or others have. The while doubles each time that this lane finds no room either.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from conformance.engine.cloud.made import Made
from conformance.engine.cloud.things import Thing
from conformance.engine.cloud.wait import GROWTH, LONGEST_PAUSE

Done = TypeVar("Done")

WAIT = 60.0
"""The longest wait for room, in seconds."""

BRIEF = 2.0
"""The longest wait, in seconds, for a room for which others have waited in vain: until a cloud has removed a thing."""

MOST_WAITS = 2
"""How often at most a run waits long for a room that nobody leaves, since things of others take it."""

MOST_BRIEF = 10
"""How often at most a run waits a moment for such a room. After that, each trial that needs it asks once more."""

PAUSE = 0.5
"""The first pause of a wait for room, in seconds."""

RARER = 4.0
"""The growth of the pauses between two requests under test, each of which may leave something behind when refused."""

ONE_MOMENT = 3.0
"""Refusals within so many seconds come from the same crowd, and make the number of lanes smaller once."""

PATIENCE = 20.0
"""How long, in seconds, no quota must be found used up before one more lane holds things again."""

MOST_PATIENCE = 320.0
"""The longest such time, which is reached when lane after lane has found no room."""

EACH = 2
"""The most resources under test that a lane holds at a time, with few exceptions."""

STAY = 12
"""The most resources that nobody needs any more and that stay in a sandbox until it goes."""

AGAIN = (15.0, 60.0, 240.0)
"""The seconds after which the deletion of a thing that nobody needs is requested again, as long as it is refused. A
change that must end first takes seconds to minutes."""

_LOOK = 0.5


@dataclass
class Places:
    """The places of lanes. Safe to use from many threads.

    Attributes:
        stopping: ends every wait when it is set.
        most: the most lanes that may hold things at a time; None as long as no quota was used up.
        in_vain: the rooms that a wait did not find although only one lane held things, each with the operations whose
            trials were refused for it. Nobody waits for such a room again, until one of these trials finds it.
        waited: how often each room was waited for in vain, for long and for a moment, since one was found last.
        last_actions: the name of the last action on each resource that was handed on, by its id.
        one_more: tells, by the limits that the cloud shows now, whether one more lane has room beside those that hold
            things; True where nobody knows.
        ever_found: tells whether the run may have things that take a room; True where nobody knows.
    """

    stopping: threading.Event
    most: int | None = None
    in_vain: dict[str, set[str]] = field(default_factory=dict)
    waited: dict[str, tuple[int, int]] = field(default_factory=dict)
    last_actions: dict[str, str] = field(default_factory=dict)
    one_more: Callable[[], bool] = lambda: True
    ever_found: Callable[[str], bool] = lambda _: True
    _spent: list[Made] = field(default_factory=list)
    _refused: list[Thing] = field(default_factory=list)
    _due: dict[str, float] = field(default_factory=dict)
    _tries: dict[str, int] = field(default_factory=dict)
    _offered: dict[str, list[Made]] = field(default_factory=dict)
    _kept: dict[str, int] = field(default_factory=dict)
    _seated: int = 0
    _stayed: int = 0
    _lanes: int = 0
    _waiting: int = 0
    _before: int | None = None
    _made_smaller: float = float("-inf")
    _quiet_since: float = 0.0
    _patience: float = field(default_factory=lambda: PATIENCE)
    _grown: bool = False
    _free: threading.Condition = field(default_factory=threading.Condition)

    def expect(self, more: int | None, lanes: int) -> None:
        """Begin with fewer lanes if the limits of the project, as the cloud shows them, are too narrow for all.

        Args:
            more: how many resources under test the limits allow beside the first one; None if nobody knows.
            lanes: the number of lanes that would run at a time.
        """
        self._lanes = max(self._lanes, lanes)
        fit = lanes + 1 if more is None else max(1, (more + 1) // EACH)
        if fit <= lanes:
            self._begin_with(fit)

    def bound(self, room: int, lanes: int) -> None:
        """Begin with fewer lanes if there is no room for a thing of some kind in each lane that needs one.

        The last one is left for the other users of the project, or for a trial that makes a second one.

        Args:
            room: how many such things the limits of the project allow.
            lanes: the number of lanes that would need one at a time.
        """
        self._lanes = max(self._lanes, lanes)
        if room < lanes:
            self._begin_with(max(1, room - 1))

    def _begin_with(self, lanes: int) -> None:
        """Begin with so many lanes, if no other limit lets fewer ones begin."""
        self.most, self._quiet_since = min(lanes, self.most or lanes), time.monotonic()

    def take(self) -> None:
        """Wait for a place and take it. A stopped run lets everybody in, so that every lane can end."""
        while not self._seat():
            if self._may_grow():
                self._grow(self.one_more())  # it asks the cloud, while others come and go

    def _seat(self) -> bool:
        """Take a place if there is one, or wait a moment for one; return whether one was taken."""
        with self._free:
            if full := self.most is not None and self._seated >= self.most and not self.stopping.is_set():
                self._free.wait(_LOOK)
            else:
                self._seated += 1
                self._lanes = max(self._lanes, self._seated)
            return not full

    def _may_grow(self) -> bool:
        """Whether it is time to see if there is room for one more lane; that is so for one thread at a time."""
        with self._free:
            now = time.monotonic()
            if self.most is None or not self.most < self._lanes or now - self._quiet_since < self._patience:
                return False
            self._quiet_since = now
            return True

    def _grow(self, room: bool) -> None:
        """Let one more lane hold things if there may be room for it; the next look comes sooner, otherwise later."""
        with self._free:
            if not room:
                self._patience = min(self._patience * 2, MOST_PATIENCE)
            elif self.most is not None:
                if self._grown:  # the lane before found what it needed
                    self._patience = max(self._patience / 2, PATIENCE)
                self.most, self._grown = self.most + 1, True
                self._free.notify_all()

    def leave(self) -> None:
        """Give a place back."""
        with self._free:
            self._seated -= 1
            self._free.notify_all()

    @property
    def crowded(self) -> bool:
        """True if more lanes hold things than may; one of them should give its things and its place back."""
        with self._free:
            return self.most is not None and self._seated > self.most

    @property
    def alone(self) -> bool:
        """True if no more than one lane may hold things, and no other one does."""
        with self._free:
            return self.most == 1 and self._seated <= 1

    def spend(self, things: list[Made]) -> None:
        """Note things that no lane needs any more."""
        with self._free:
            self._spent += things

    def refuse(self, thing: Thing) -> None:
        """Note a thing that no lane needs any more and whose deletion was refused, such as one that is in use yet."""
        with self._free:
            self._refused.append(thing)
            tries = self._tries[thing.path] = self._tries.get(thing.path, -1) + 1
            self._due[thing.path] = time.monotonic() + AGAIN[tries] if tries < len(AGAIN) else float("inf")

    def let_stay(self, thing: Thing) -> None:
        """Note a thing that no lane needs any more and that may stay until room is needed, or else until the end."""
        with self._free:
            self._refused.append(thing)
            self._due[thing.path] = float("inf")

    def due(self) -> list[Thing]:
        """Return the things whose deletion may be requested again by now, to the one lane that does it."""
        with self._free:
            due = [thing for thing in self._refused if self._due[thing.path] <= time.monotonic()]
            self._refused = [thing for thing in self._refused if thing not in due]
            return due

    def offer(self, kind: str, things: list[Made]) -> None:
        """Offer things of a kind that a lane has made and left as they were to the lanes after it."""
        with self._free:
            self._offered.setdefault(kind, []).extend(things)

    def offered(self, kind: str) -> tuple[Made, ...]:
        """The things of a kind that other lanes have left, without those that are kept for other threads."""
        with self._free:
            return tuple(thing for thing in self._offered.get(kind, ()) if not self._is_kept(thing))

    def keep(self, thing: Made | None) -> None:
        """Keep an offered thing for this thread, until it takes one or keeps another one; None keeps none any more."""
        me = threading.get_ident()
        with self._free:
            self._kept = {id_: owner for id_, owner in self._kept.items() if owner != me}
            if thing is not None:
                self._kept[thing.id] = me

    def _is_kept(self, thing: Made) -> bool:
        """Whether a thing is kept for another thread."""
        return self._kept.get(thing.id, threading.get_ident()) != threading.get_ident()

    def take_offered(
        self, kind: str, distance: Callable[[Made], float | tuple[float, ...] | None] = lambda _: 0.0
    ) -> Made | None:
        """Take the nearest thing of a kind that other lanes have left; None if there is none that suits.

        Args:
            kind: the name of the kind.
            distance: how far a thing is from its use; None if it does not suit at all.
        """
        with self._free:
            things = self._offered.get(kind, [])
            mine = {place: thing for place, thing in enumerate(things) if not self._is_kept(thing)}
            far = {place: how_far for place, thing in mine.items() if (how_far := distance(thing)) is not None}
            nearest = min(far, key=lambda place: (mine[place].id not in self._kept, far[place]), default=None)
            return None if nearest is None else things.pop(nearest)

    def withdraw(self, kinds: Collection[str]) -> list[Made]:
        """Return the things of some kinds that other lanes have left, and offer them no more."""
        with self._free:
            return [made for kind in kinds for made in self._offered.pop(kind, [])]

    def may_stay(self) -> bool:
        """Whether one more resource that nobody needs may stay until the sandbox goes, which takes it along.

        Only a few may: each is in every list of such resources.
        """
        with self._free:
            self._stayed += self.most is None
            return self.most is None and self._stayed <= STAY

    def take_spent(self) -> list[Made | Thing]:
        """Return the things that no lane needs any more, to the one lane that removes them.

        Where places are few, these are also the things that are offered to other lanes, and those whose deletion was
        refused when it was first requested. Elsewhere the end of the run removes the latter.
        """
        with self._free:
            spent: list[Made | Thing] = [*self._spent]
            self._spent = []
            if self.most is None:
                return spent
            spent += [*(made for things in self._offered.values() for made in things), *self._refused]
            self._offered.clear()
            self._refused = []
            return spent

    def used_up(self) -> None:
        """Note that a quota is used up: from now on, half as many lanes may hold things, but at least one."""
        with self._free:
            now = self._quiet_since = time.monotonic()
            if self._grown:
                self._patience, self._grown = min(self._patience * 2, MOST_PATIENCE), False
            if self._seated > 0 and now - self._made_smaller > ONE_MOMENT:
                self.most = max(1, min(self._seated, self.most or self._seated) // 2)
                self._made_smaller = now

    def found(
        self,
        done: Done,
        attempt: Callable[[], Done],
        lacking: Callable[[Done], str | None],
        give_back: Callable[[], None],
        operation: str,
        rarely: bool = False,
    ) -> Done:
        """Repeat a refused attempt after growing pauses, as long as a quota is used up, and return the last outcome.

        Where others have waited for the same room in vain, the lane gives back its own things and tries briefly. If the
        run has never found this room, things of others take it, and as many lanes hold things as before the wait.

        Args:
            done: the outcome of the refused attempt.
            attempt: tries again.
            lacking: tells by an outcome which room the attempt failed for; None if it did not fail because of a quota.
            give_back: gives all things of the lane back before the next attempt.
            operation: the operation of the trial.
            rarely: True if the request under test itself was refused: a cloud may count in vain what it has refused.
        """
        with self._waits():
            deadline, pause, brief, lacked = time.monotonic() + WAIT, PAUSE, False, lacking(done)
            while (
                (room := lacking(done)) and self._seated and time.monotonic() < deadline and not self.stopping.is_set()
            ):
                if not brief and self._in_vain_for(room, operation):
                    brief, deadline = True, min(deadline, time.monotonic() + BRIEF)
                if not brief:
                    self.used_up()
                give_back()  # the lane itself may hold the thing that takes the room
                if self.make_way():
                    deadline = time.monotonic() + (BRIEF if brief else WAIT)
                if brief and self.waited.get(room, (0, 0))[1] >= MOST_BRIEF:
                    deadline = 0.0  # once more, for the room of the lane's own things
                else:
                    self.stopping.wait(pause)
                pause = min(pause * RARER, WAIT / 2) if rarely else min(pause * GROWTH, LONGEST_PAUSE)
                done = attempt()
            with self._free:
                if room and self._seated and self.most == 1 and not self.stopping.is_set():
                    if not brief and not self.ever_found(room):
                        self.most = self._before
                        self._free.notify_all()
                    self.in_vain.setdefault(room, set()).add(operation)
                    often, moments = self.waited.get(room, (0, 0))
                    self.waited[room] = (often, moments + 1) if brief else (often + 1, moments)
                elif lacked and not room:
                    self.waited.pop(lacked, None)
            return done

    @contextlib.contextmanager
    def _waits(self) -> Iterator[None]:
        """Count a lane among those that wait for room; the first one notes how many lanes held things before."""
        with self._free:
            self._before = self._before if self._waiting else self.most
            self._waiting += 1
        try:
            yield
        finally:
            with self._free:
                self._waiting -= 1

    def _in_vain_for(self, room: str, operation: str) -> bool:
        """Whether others have waited for a room in vain; then note the operation of a trial that is refused for it."""
        with self._free:
            if self.waited.get(room, (0, 0))[0] >= MOST_WAITS:
                self.in_vain.setdefault(room, set())
            if room in self.in_vain:
                self.in_vain[room].add(operation)
            return room in self.in_vain

    def kept_by_others(self, room: str) -> None:
        """Note that things of others take all of a room, since it lacked when the run had none: no wait finds it."""
        with self._free:
            self.waited[room] = (MOST_WAITS, 0)

    def room_for(self, operation: str) -> None:
        """Note that a trial found all the room that it needed: others may wait again for what it had lacked before."""
        with self._free:
            for room in [room for room, operations in self.in_vain.items() if operation in operations]:
                del self.in_vain[room]

    def make_way(self) -> bool:
        """If more lanes hold things than may, give the place of this lane back and wait for one; return whether."""
        if not self.crowded:
            return False
        self.leave()
        self.take()
        return True
