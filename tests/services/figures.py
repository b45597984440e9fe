"""The figures of one service in the records of some runs, such as the parts of a service that were run one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from conformance.plugin.expected import expected_of
from specs.load import load
from specs.record import RunRecord
from specs.record.model import VERDICTS, Result, Verdict
from specs.record.totals import Tally, added

ABSENT_PART = ("this cloud does not have the optional part", "this cloud lacks an optional part")
"""The beginnings of the reasons for which a cloud does not offer an operation."""

SPECS = Path(__file__).parents[2] / "specs"
"""The committed specs, a folder a service."""

CODES = (401, 403, 404, 409, 400)
"""The codes of refusals that are counted."""


@dataclass(frozen=True)
class Pairs:
    """The pairs (operation, code) of one code.

    Attributes:
        decided: how many are decided, by a pass or a fail.
        open: requirement -> why it is not decided.
        stated: how many have a cause that the reference or the description states. A case that only observes a
            situation of which the reference is silent has none.
    """

    decided: int
    open: Mapping[str, str]
    stated: int
    never: int = 0

    @property
    def all(self) -> int:
        """How many pairs the reference lists for operations that the cloud offers."""
        return self.decided + len(self.open)


@dataclass(frozen=True)
class Figures:
    """The figures of one service.

    Attributes:
        results: by case; a later run replaces the result of an earlier one.
        without_case: requirement, or operation, without a case -> (reason, its detail).
        sources: expected deviation -> the places in the source code that cause it.
        never: promise of a code -> the reason why the release never gives this code.
        silent: the operations for which the reference gives no code of success, so that no answer can pass one.
        requests, seconds: of all runs.
    """

    service: str
    results: Mapping[str, Result]
    without_case: Mapping[str, tuple[str, str]]
    requests: int
    seconds: float
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    never: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def verdicts(self) -> Mapping[Verdict, int]:
        """The cases by verdict."""
        cases = Tally.of(self.results.values()).cases
        return {verdict: cases[verdict] for verdict in VERDICTS}

    @cached_property
    def _of_operation(self) -> Mapping[str, list[Result]]:
        found: dict[str, list[Result]] = {}
        for result in self.results.values():
            found.setdefault(result.operation, []).append(result)
        return found

    @cached_property
    def untried(self) -> Mapping[str, str]:
        """The operations that no case tries, with the reason; those of versions that the cloud lacks are left out."""
        return {
            name: detail
            for name, (reason, detail) in self.without_case.items()
            if "/" not in name and reason != "beyond-cloud"
        }

    @cached_property
    def lacking(self) -> Mapping[str, str]:
        """The operations of parts that the cloud lacks, with the reason.

        The documented request shows it: a refusal of another one, such as a 404 for an unknown id, comes without the
        part as well. An operation that nothing tries is of a lacking part if all others of its page are.
        """
        found = {}
        for name, results in self._of_operation.items():
            asked = [one for one in results if one.kind == "normal"] or results
            absent = [one.reason for one in asked if (one.reason or "").startswith(ABSENT_PART)]
            if absent and all(one.verdict == "inapplicable" for one in asked):
                found[name] = absent[0] or ""
        pages = {_page(name) for name in found} - {_page(name) for name in self._of_operation.keys() - found.keys()}
        return {**found, **{name: reason for name, reason in self.untried.items() if _page(name) in pages}}

    @cached_property
    def offered(self) -> frozenset[str]:
        """The operations that are documented, live, and not of a part that the cloud lacks."""
        return frozenset(self._of_operation.keys() | self.untried.keys()) - self.lacking.keys()

    @cached_property
    def promised(self) -> frozenset[str]:
        """The offered operations for which the reference gives a code of success."""
        return self.offered - self.silent

    @cached_property
    def accepted(self) -> frozenset[str]:
        """The offered operations that pass a documented normal code."""
        return frozenset(
            one.operation
            for one in self.results.values()
            if one.kind == "normal" and one.verdict == "pass" and one.operation in self.offered
        )

    @cached_property
    def not_accepted(self) -> Mapping[str, str]:
        """The other offered operations, with the reason."""
        found = {}
        for name in sorted(self.offered - self.accepted):
            normal = [one for one in self._of_operation.get(name, ()) if one.kind == "normal"]
            silent = "the reference gives no code of success" if name in self.silent else ""
            found[name] = silent or self.untried.get(name) or _reason(normal) or "no case asks for a normal code"
            found[name] += self._caused_by(normal)
        return found

    def _caused_by(self, results: Iterable[Result]) -> str:
        """The places in the source code that cause the deviations of some results, in brackets; empty if unknown."""
        seen = [one.deviation.id for one in results if one.deviation is not None]
        places = dict.fromkeys(place for identity in seen for place in self.sources.get(identity, ()))
        return f" ({', '.join(places)})" if places else ""

    def pairs(self, code: int) -> Pairs:
        """The pairs (operation, code) of a code that the reference lists."""
        kind = f"error/{code}"
        by_requirement: dict[str, list[Result]] = {}
        for one in self.results.values():
            if one.kind == kind and one.operation in self.offered:
                by_requirement.setdefault(one.requirement, []).append(one)
        decided = [
            name for name, results in by_requirement.items() if any(one.verdict in ("pass", "fail") for one in results)
        ]
        still = {name: _reason(results) for name, results in by_requirement.items() if name not in decided}
        without = {
            name: f"no case: {reason} {detail}".rstrip()
            for name, (reason, detail) in self.without_case.items()
            if name.endswith(f"/{kind}") and name.partition("/")[0] in self.offered and reason != "beyond-cloud"
        }
        silent = [name for name, results in by_requirement.items() if all(map(_observes, results))]
        left = {name: self.never.get(name, reason) for name, reason in {**still, **without}.items()}
        never = sum(1 for name in left if name in self.never)
        return Pairs(len(decided), left, len(by_requirement) - len(silent), never)


def _page(operation: str) -> str:
    """The source file of the reference with an operation."""
    return operation.partition(".")[0]


def _observes(result: Result) -> bool:
    """Whether a case has observed a situation of which the reference is silent, so that it decided nothing."""
    return result.verdict == "inapplicable" and (result.reason or "").endswith("(observation)")


def _reason(results: Iterable[Result]) -> str:
    """The reason of the gravest result."""
    ordered = sorted(results, key=lambda one: VERDICTS.index(one.verdict))
    return f"{ordered[0].verdict}: {ordered[0].reason}" if ordered else ""


@dataclass
class _Gathered:
    results: dict[str, Result] = field(default_factory=dict)
    without_case: dict[str, tuple[str, str]] = field(default_factory=dict)
    runs: list[Mapping[str, float]] = field(default_factory=list)
    sources: dict[str, Sequence[str]] = field(default_factory=dict)
    references: set[tuple[str, str]] = field(default_factory=set)


def figures(records: Iterable[RunRecord]) -> list[Figures]:
    """The figures of each service of some runs, in the order in which the services occur."""
    gathered: dict[str, _Gathered] = {}
    for record in records:
        for head in record.info.heads:
            one = gathered.setdefault(head.service, _Gathered())
            one.runs.append(head.totals)
            one.references.add((str(head.spec.get("package")), str(head.spec.get("version"))))
            for note in head.notes:
                if "requirement" in note:
                    one.without_case[note["requirement"]] = (note["reason"], note.get("detail") or "")
                elif "source" in note and "deviation" in note:
                    one.sources[note["deviation"]] = note["source"]
        for result in record.results:
            gathered[result.service or record.info.service].results[result.case] = result
    found = []
    for name, one in gathered.items():
        sums = added(*one.runs)
        sources = {**_examined(one.references), **one.sources}
        totals = sums["requests"], sums["seconds"]
        never = _never(one.references)
        found.append(Figures(name, one.results, one.without_case, *totals, sources, _silent(name), never))
    return found


def _examined(references: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    """The places in the source code that cause the known deviations of some releases: deviation -> places.

    A run on a cloud of an unknown release is compared with no known deviations, so its record has no places.
    """
    known = (expected_of(*one) for one in references)
    return {id_: one.source for release in known if release is not None for id_, one in release.by_id.items()}


def _never(references: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """The codes that some releases never give, with the reasons: promise -> reason."""
    known = (expected_of(*one) for one in references)
    return {name: release.why_never(name) or "" for release in known if release is not None for name in release.never}


def _silent(service: str) -> frozenset[str]:
    """The operations of the committed specs of a service for which the reference gives no code of success."""
    specs = map(load, sorted((SPECS / service).glob("*.yaml")))
    return frozenset(one.id for spec in specs for one in spec.operations if not one.responses.normal)
