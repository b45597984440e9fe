"""The catalogue of all breakages of a suite, the choice of those to try, and the requirements without one."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from conformance.engine.judge.codes import RefusedWhereSilent
from conformance.prove.breakage import Breakage
from conformance.prove.broken_bounds import break_bounds
from conformance.prove.broken_causes import break_causes, break_references
from conformance.prove.broken_constraints import break_constraints
from conformance.prove.broken_lists import break_lists
from conformance.prove.broken_outcomes import break_outcomes
from conformance.prove.broken_refusals import break_refusals
from conformance.prove.broken_successes import break_successes
from conformance.prove.ground import Catalogue, Ground

GENERATORS = (
    break_successes,
    break_refusals,
    break_causes,
    break_references,
    break_constraints,
    break_outcomes,
    break_bounds,
    break_lists,
)
"""Each adds the breakages of some kinds of requirements to a catalogue."""


LISTED = "the reference lists 500, which alone would break its silence"
"""Why the proof breaks no promise of which the reference says nothing else."""


def catalogue(ground: Ground) -> tuple[Breakage, ...]:
    """Return every breakage that the generators find, in the order of the suite's requirements."""
    book = Catalogue(ground)
    for generate in GENERATORS:
        generate(ground, book)
    rank = {requirement.id: number for number, requirement in enumerate(ground.suite.requirements)}
    return tuple(sorted(book.found.values(), key=lambda b: rank.get(b.requirement, len(rank))))


def chosen(
    breakages: Iterable[Breakage], sample: int | None = None, kind: str | None = None, seed: int = 0
) -> Sequence[Breakage]:
    """Return the breakages to try.

    Args:
        breakages: all breakages.
        sample: number of breakages; None for all. A sample takes one from every pair of kind and mutation in turn, so
            that the rare ones are in it.
        kind: the kind of the broken requirements (``error`` for all codes); None for all.
        seed: seed of the random choice: the same seed gives the same sample.
    """
    wanted = [b for b in breakages if kind is None or kind in (b.kind, b.kind.split("/")[0])]
    if sample is None or sample >= len(wanted):
        return wanted
    piles: dict[tuple[str, str], list[Breakage]] = {}
    for breakage in wanted:
        piles.setdefault((breakage.kind, breakage.mutation), []).append(breakage)
    dice = random.Random(seed)  # noqa: S311 -- a sample, not a secret
    for pile in piles.values():
        dice.shuffle(pile)
    taken: list[Breakage] = []
    while len(taken) < sample:
        for pile in piles.values():
            if pile and len(taken) < sample:
                taken.append(pile.pop())
    order = {b.id: number for number, b in enumerate(wanted)}
    return sorted(taken, key=lambda b: order[b.id])


def unbreakable(ground: Ground, breakages: Iterable[Breakage]) -> dict[str, str]:
    """Return the ids of the requirements that no breakage breaks, each with the reason."""
    broken = {b.requirement for b in breakages}
    found: dict[str, str] = {}
    for requirement in ground.suite.requirements:
        if requirement.id not in broken:
            cases = ground.by_requirement[requirement.id]
            operation = cases[0].operation
            silent = requirement.kind == "situation" or all(
                isinstance(one.expectation, RefusedWhereSilent) for one in cases
            )
            if requirement.kind == "body" and ground.normal_code(operation) == 204:
                found[requirement.id] = "HTTP allows no body with a 204"
            elif silent and ground.lists(operation, 500):
                found[requirement.id] = LISTED
            else:
                found[requirement.id] = "no generator breaks it"
    return found
