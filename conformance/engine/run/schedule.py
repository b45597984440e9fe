"""Divides work over resources that each do one piece at a time, so that the last of them ends soon.

A piece of work needs a resource in some standing, and leaves it in another one. Transitions, or a new resource, lead
from there to the standing that the next piece needs, and cost time. The pieces are put where
the whole ends soonest, the longest first. Then some of them are taken out and put back, again and again, as long as the
whole is no worse for it: no simple rule finds the resource that is to be spent last, or the transitions that are to
follow each other.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field

DEAR = 15.0
"""The seconds by which a further resource must let the whole end sooner: below them, it costs the cloud more."""

OUT = 5
"""The most pieces that are taken out at a time."""

NEIGHBOURS, WHOLE, SORTED = 0.6, 0.5, 0.5
"""How often these are neighbours, how often neighbours stay together, and how often the longest are put back first."""

SAME = 1e-6
"""The seconds by which two ends may differ and still be the same."""

Standing = Hashable | None
"""How a resource stands, such as by its status; None where there is no resource yet."""


@dataclass(eq=False)
class Work:
    """A piece of work.

    Attributes:
        seconds: the time that it takes, from a resource in the standing that it needs, as far as that is known by now.
        leaves: the standing in which it leaves the resource; None if that serves no other piece.
    """

    seconds: float
    leaves: Standing

    def left(self, standing: Standing) -> Standing:  # noqa: ARG002 -- a subclass uses it
        """The standing in which it leaves a resource that stood so before; always ``leaves``, unless it knows more."""
        return self.leaves


Between = Callable[[Standing, Work], tuple[float, bool]]
"""The seconds from a standing to the one that a piece of work needs, and whether a new resource is made for it."""


@dataclass(eq=False)
class Row:
    """A resource, or room for one, with the pieces of work that it will do.

    Attributes:
        free: the seconds until it can begin.
        standing: how it stands then; None if it is still to be made.
        works: the pieces, in order.
    """

    free: float
    standing: Standing
    works: list[Work] = field(default_factory=list)

    def cost(self, between: Between, works: Sequence[Work] | None = None) -> tuple[float, int]:
        """The seconds until it has done some pieces of work, its own by default, and the resources made for them."""
        seconds, made, _ = through(between, self.standing, self.works if works is None else works)
        return self.free + seconds, made


def through(between: Between, standing: Standing, works: Sequence[Work]) -> tuple[float, int, Standing]:
    """The seconds of pieces that follow each other, the resources made for them, and the standing at their end."""
    seconds, made = 0.0, 0
    for work in works:
        way, new = between(standing, work)
        seconds, made, standing = seconds + way + work.seconds, made + new, work.left(standing)
    return seconds, made, standing


class Schedule:
    """Rows, with the time that each takes.

    Args:
        rows: the rows, of which there is at least one; they may have works already.
        between: tells what lies between two pieces.
    """

    def __init__(self, rows: Sequence[Row], between: Between) -> None:
        self.rows, self._between = rows, between
        self._costs = [row.cost(between) for row in rows]

    def improve(self, works: Iterable[Work], tries: int) -> None:
        """Put further pieces of work into the rows, and look for a better order of all.

        Args:
            works: the further pieces.
            tries: how often some pieces are taken out and put back.
        """
        self._insert([work] for work in sorted(works, key=self._length, reverse=True))
        chance = random.Random(0)  # noqa: S311 -- no secret: the same work gives the same plan
        best, worth = [list(row.works) for row in self.rows], self._worth()
        for _ in range(tries if sum(map(len, best)) > 1 else 0):
            self._insert(self._taken_out(chance))
            if (now := self._worth()) <= worth:
                best, worth = [list(row.works) for row in self.rows], now
            else:
                self._restore(best)
        for row in self.rows:
            self._long_first(row)

    def _worth(self) -> float:
        """The seconds until the last row ends and those of a row on average, with the price of new resources."""
        ends, made = [cost[0] for cost in self._costs], sum(cost[1] for cost in self._costs)
        return round(max(ends) + sum(ends) / len(ends) + DEAR * made, 2)

    def _restore(self, best: Sequence[list[Work]]) -> None:
        for place, (row, works) in enumerate(zip(self.rows, best, strict=True)):
            if row.works != works:
                row.works = list(works)
                self._costs[place] = row.cost(self._between)

    def _taken_out(self, chance: random.Random) -> list[list[Work]]:
        """Take some pieces out, neighbours or any. They are to be put back in this order, and each chain as a whole."""
        taken: list[Work] = []
        neighbours, count = chance.random() < NEIGHBOURS, chance.randint(1, OUT)
        for _ in range(1 if neighbours else count):
            if not (filled := [place for place, row in enumerate(self.rows) if row.works]):
                break
            place = chance.choice(filled)
            works = self.rows[place].works
            first = chance.randrange(len(works))
            after = first + (count if neighbours else 1)
            taken += works[first:after]
            del works[first:after]
            self._costs[place] = self.rows[place].cost(self._between)
        if neighbours and chance.random() < WHOLE:
            return [taken]
        chance.shuffle(taken)
        if chance.random() < SORTED:
            taken.sort(key=self._length, reverse=True)
        return [[work] for work in taken]

    def _length(self, work: Work) -> float:
        """The seconds of a piece of work, with those of the way to it from a resource as good as any."""
        return work.seconds + min(self._between(row.standing, work)[0] for row in self.rows)

    def _insert(self, chains: Iterable[list[Work]]) -> None:
        for chain in chains:
            self._put(chain)

    def _put(self, chain: list[Work]) -> None:
        """Put a chain of pieces where the whole ends soonest, and lasts least."""
        between, share = self._between, 1 / len(self.rows)
        latest = max(cost[0] for cost in self._costs)
        first, further = chain[0], chain[1:]
        usual = through(between, first.leaves, further)
        best = (float("inf"), 0, 0)
        for number, row in enumerate(self.rows):
            end, standing = self._costs[number][0], row.standing
            for place in range(len(row.works) + 1):
                (way, new), left = between(standing, first), first.left(standing)
                own, renewed, leaves = usual if left is first.leaves else through(between, left, further)
                seconds, made = way + first.seconds + own, new + renewed
                if place < len(row.works):
                    following = row.works[place]
                    (then, newer), (now, older) = between(leaves, following), between(standing, following)
                    seconds, made = seconds + then - now, made + newer - older
                    standing = following.left(standing)
                worth = max(latest, end + seconds) + share * seconds + DEAR * made
                if worth <= best[0] + SAME:
                    best = worth, number, place
        _, number, place = best
        self.rows[number].works[place:place] = chain
        self._costs[number] = self.rows[number].cost(between)

    def _long_first(self, row: Row) -> None:
        """Let long pieces come early, where that costs nothing: a piece that is begun late cannot be moved any more."""
        least = row.cost(self._between)
        for work in sorted(row.works, key=lambda one: one.seconds, reverse=True):
            others = [one for one in row.works if one is not work]
            for place in range(row.works.index(work)):
                changed = [*others[:place], work, *others[place:]]
                if others[place].seconds < work.seconds and row.cost(self._between, changed) <= least:
                    row.works, least = changed, row.cost(self._between, changed)
                    break
