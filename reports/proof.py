"""A proof as an HTML page, made from its JSON: the broken promises that the suite has caught, and the others."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports import words
from reports.html import render
from specs.proof import ProofFileError, validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

MEANING = {
    "caught": "the broken requirement failed, as it should",
    "caught by another": "only another requirement failed, one that judges the same exchange",
    "missed": "no requirement failed, although an answer was changed",
    "inconclusive": "the cases could not be decided on the broken cloud",
    "not reached": "no case sends a request whose answer the breakage changes",
    "unseen": "no client can see the breakage, for a reason that is written down",
    "void": "the unbroken cloud does not keep the promise either",
    "error": "the proof itself failed",
}
"""Fate -> its meaning, in the order of the tables. The first five are decided, and count in the score."""

LOOKS = {
    "caught": "pass",
    "caught by another": "inconclusive",
    "missed": "fail",
    "inconclusive": "inconclusive",
    "not reached": "fail",
    "unseen": "inapplicable",
    "void": "inapplicable",
    "error": "error",
}
"""Fate -> the verdict with the same sign and colour."""

OPEN = ("missed", "not reached", "inconclusive", "caught by another", "error")
"""Fates whose breakages are listed one by one, the gravest first."""

LISTED = 400
"""Largest number of ids in one list."""


FEW = 40
"""Largest number of misses that are shown without a click."""


@dataclass(frozen=True)
class Group:
    """Breakages with the same fate, kind and mutation.

    Attributes:
        fate: fate of all of them.
        name: kind and mutation of all of them.
        outcomes: their outcomes, as in the JSON.
    """

    fate: str
    name: str
    outcomes: tuple[Mapping[str, Any], ...]


def read(file: Path) -> dict[str, Any]:
    """Read ``proof.json``.

    Raises:
        ProofFileError: the file cannot be read, or is not a proof; one sentence names the place.
    """
    try:
        proof = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ProofFileError(f"{file}: {error}") from error
    validate(proof, str(file))
    return dict(proof)


def page(proof: Mapping[str, Any]) -> str:
    """Return the page of a proof that ``read`` has returned."""
    total, outcomes = proof["total"], proof["outcomes"]
    fates = [fate for fate in MEANING if total[fate]]
    groups = _groups(o for o in outcomes if o["fate"] in OPEN)
    reasons = _by((o["observed"], o) for o in outcomes if o["fate"] == "unseen")
    void = _by((f"{o['kind']} {o['mutation']}", o) for o in outcomes if o["fate"] == "void")
    alarms = [o for o in outcomes if o["alarms"]]
    unbreakable = _by((why, {"breakage": name}) for name, why in proof["unbreakable"].items())
    sections = [
        ("open", "Not caught", sum(len(group.outcomes) for group in groups)),
        ("alarms", "Alarms", len(alarms)),
        ("kinds", "By kind", len(proof["by_kind"])),
        ("mutations", "By mutation", len(proof["by_mutation"])),
        ("operations", "By operation", len(proof["by_operation"])),
        ("unseen", "Cannot be seen", total["unseen"]),
        ("void", "Void", total["void"]),
        ("unbreakable", "Without a breakage", len(proof["unbreakable"])),
        ("unbroken", "Unbroken cloud", len(proof["unbroken"])),
    ]
    return render(
        "proof.html.j2",
        proof=proof,
        headline=_headline(proof),
        verdict=_verdict(proof),
        facts=_facts(proof["head"]),
        fates=fates,
        fate_meaning=MEANING,
        looks=LOOKS,
        bar={fate: total[fate] for fate in fates},
        tables=(
            ("kinds", "By kind", "kind of the requirement", proof["by_kind"]),
            ("mutations", "By mutation", "mutation", proof["by_mutation"]),
            ("operations", "By operation", "operation", proof["by_operation"]),
        ),
        groups=groups,
        few=sum(len(group.outcomes) for group in groups) <= FEW,
        reasons=reasons,
        void=void,
        alarms=alarms,
        unbreakable=unbreakable,
        sections=sections,
        listed=LISTED,
    )


def _groups(outcomes: Iterable[Mapping[str, Any]]) -> list[Group]:
    piles: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for outcome in outcomes:
        piles.setdefault((outcome["fate"], f"{outcome['kind']} {outcome['mutation']}"), []).append(outcome)
    ordered = sorted(piles.items(), key=lambda pile: (OPEN.index(pile[0][0]), -len(pile[1]), pile[0][1]))
    return [Group(fate, name, tuple(found)) for (fate, name), found in ordered]


def _by(pairs: Iterable[tuple[str, Mapping[str, Any]]]) -> list[tuple[str, list[str]]]:
    """Return pairs of a text and the ids of the outcomes with it, the most frequent text first."""
    found: dict[str, list[str]] = {}
    for said, outcome in pairs:
        found.setdefault(said, []).append(outcome["breakage"])
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))


def _headline(proof: Mapping[str, Any]) -> str:
    total = proof["total"]
    if total["percent"] is None:
        return "No breakage was decided."
    decided = sum(total[fate] for fate in list(MEANING)[:5])
    share = f"{words.number(total['caught'])} of {words.count(decided, 'broken promise')}"
    verb = "was" if total["caught"] == 1 else "were"
    return f"{share} {verb} caught by the broken requirement itself: {total['percent']:.1f} %."


def _verdict(proof: Mapping[str, Any]) -> str:
    enough = proof["enough"]
    asked = f"at least {enough['percent']:g} % caught by the broken requirement itself, and no false alarm"
    return f"The suite has {'passed' if enough['reached'] else 'not passed'}. To pass, it needs {asked}."


def _facts(head: Mapping[str, Any]) -> list[tuple[str, str]]:
    tried = f"{words.number(head['tried'])} of {words.count(head['breakages'], 'breakage')}"
    chosen = f"{tried}, chosen with the seed {head['seed']}" if head["tried"] < head["breakages"] else tried
    took = words.duration(float(head["seconds"]))
    return [
        ("Cloud", f"the sandbox: {head.get('cloud') or 'release ' + head['release']}"),
        ("Tried", chosen + (f", of the kind {head['kind']}" if head["kind"] else "")),
        ("When", words.when(head["started"])),
        ("Took", f"{took}, {words.count(head['workers'], 'breakage')} at a time")
        if not head["taken_over"]
        else (
            "Took",
            f"{took} for the last {words.number(head['tried'] - head['taken_over'])}; the others were tried before",
        ),
    ]
