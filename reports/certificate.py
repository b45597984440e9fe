"""A certificate: for each capability of a guideline whether a run has proved it, broken it, or neither.

It is a view of a run record and of the file ``guideline.json`` beside it: the same files give the same certificate.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal

from reports.curl import decisive
from reports.requirements import split
from reports.words import listed
from specs.guideline.choice import NOBODY, Choice, Needed
from specs.guideline.model import Capability, Flag, OldTest, Selector
from specs.guideline.needed import FILE, Declared, Needs, digest_of, read_needs
from specs.record.model import VERDICTS, Result, RunInfo, Verdict, requirement_verdict
from specs.record.reader import HEAD, RunRecord, result_files

Standing = Literal["proved", "broken", "not proved"]
"""The verdict on a requirement, on a capability, and on the whole."""

STANDINGS: tuple[Standing, ...] = ("broken", "not proved", "proved")
"""All standings, the gravest first."""

UNKNOWN = "neither the specs of the run nor the versions that the cloud has know this requirement"
"""Why a requirement is not proved that the run has not seen."""


@dataclass(frozen=True)
class Proof:
    """The standing of one requirement.

    Attributes:
        why: one sentence for any standing but ``proved``; else empty.
        counts: the number of its needed cases by verdict; cases without a result are left out.
        evidence: the results that show the standing: of a broken requirement the failures, of one that is not proved
            the cases without a verdict, of a proved one its passes.
        flag: the flag for which it does not count; None if it counts.
        flagged: the needed cases that do not count, with their flags.
    """

    need: Needed
    standing: Standing
    why: str = ""
    counts: tuple[tuple[Verdict, int], ...] = ()
    evidence: tuple[Result, ...] = ()
    flag: Flag | None = None
    flagged: tuple[tuple[str, Flag], ...] = ()

    @property
    def promise(self) -> str:
        """The promise in a few words."""
        return split(self.need.requirement).promise


@dataclass(frozen=True)
class Judged:
    """The standing of one capability.

    Attributes:
        why: one sentence for any standing but ``proved``; else empty.
        unknown: its selectors to which no requirement of the run belongs.
        excepted: the exception that the cloud declares for it; None if it declares none.
        flag: the flag for which it does not count; None without one.
    """

    capability: Capability
    standing: Standing
    why: str
    proofs: tuple[Proof, ...] = ()
    unknown: tuple[Selector, ...] = ()
    excepted: Declared | None = None
    flag: Flag | None = None

    @property
    def label(self) -> str:
        """The standing as reports show it: ``excepted`` and ``flagged`` go before all others."""
        return "excepted" if self.excepted is not None else "flagged" if self.flag is not None else self.standing

    @property
    def counts(self) -> bool:
        """True if it decides whether the cloud follows the guideline."""
        return self.capability.status == "required" and self.excepted is None and self.flag is None

    def standing_of(self, old: OldTest) -> Standing | None:
        """Return the standing of the requirements that cover a test of old; None if none covers it."""
        if not old.by:
            return None
        found = {proof.need.requirement: proof.standing for proof in self.proofs}
        return _gravest(found.get(name, "not proved") for name in old.by)


@dataclass(frozen=True)
class Certificate:
    """A certificate.

    Attributes:
        needs: the guideline, and what it needs.
        info: the head of the run.
        judged: the capabilities, in the order of the guideline; removed ones are left out.
        record_sha256: the digest of the files of the record.
        needs_sha256: the digest of ``guideline.json``.
        run: the name of the run directory.
    """

    needs: Needs
    info: RunInfo
    judged: tuple[Judged, ...]
    record_sha256: str
    needs_sha256: str
    run: str = field(default="")

    def head(self, service: str) -> RunInfo:
        """The head of the run as of a run of one service alone."""
        return next((self.info.of(part) for part in self.info.services if part.service == service), self.info)

    @property
    def standing(self) -> Standing:
        """The standing of the whole: that of the capabilities that count."""
        found = [one.standing for one in self.judged if one.counts]
        return _gravest(found) if found else "not proved"

    @property
    def counts(self) -> dict[Standing, int]:
        """The number of capabilities that count, by standing."""
        found = Counter(one.standing for one in self.judged if one.counts)
        return {standing: found[standing] for standing in STANDINGS}

    @property
    def requirements(self) -> dict[Standing, int]:
        """The number of requirements that some capability that counts needs, by standing."""
        found = {
            (proof.need.service, proof.need.requirement): proof.standing
            for one in self.judged
            if one.counts
            for proof in one.proofs
        }
        counted = Counter(found.values())
        return {standing: counted[standing] for standing in STANDINGS}

    @property
    def tests(self) -> dict[Standing | None, int]:
        """The number of tests of old by the standing of what covers them; None: nothing covers them."""
        found = Counter(one.standing_of(old) for one in self.judged for old in one.capability.tests)
        found[None] += len(self.needs.guideline.left_out)
        return {standing: found[standing] for standing in (*STANDINGS, None)}

    @property
    def status(self) -> int:
        """The exit status: 0 all is proved, 1 a capability is broken, 3 one is not proved."""
        return {"proved": 0, "broken": 1, "not proved": 3}[self.standing]


def certificate(directory: Path) -> Certificate:
    """Make the certificate of a run.

    Args:
        directory: the run directory, with links resolved.

    Raises:
        GuidelineError: the run followed no guideline, or its file is damaged.
        RecordError: the record cannot be read.
    """
    needs = read_needs(directory)
    record = RunRecord.read(directory)
    wanted = needs.cases
    only = record.info.service
    results = {
        (one.service or only, one.case): one for one in record.results if (one.service or only, one.case) in wanted
    }
    day = date.fromisoformat(record.info.started[:10])
    judged = tuple(
        _judge(choice, needs, results, day) for choice in needs.choices if choice.capability.status != "removed"
    )
    return Certificate(
        needs,
        record.info,
        judged,
        digest_of([directory / HEAD, *result_files(directory)]),
        hashlib.sha256((directory / FILE).read_bytes()).hexdigest(),
        directory.name,
    )


def _judge(choice: Choice, needs: Needs, results: dict[tuple[str, str], Result], day: date) -> Judged:
    capability = choice.capability
    excepted, flag = needs.excepted(capability.id), needs.flag(capability.id, day)
    unknown = tuple(selector for _, selector in choice.unknown)
    if excepted is not None:
        return Judged(capability, "not proved", f"excepted: {excepted.reason}", (), unknown, excepted, flag)
    roles = (*capability.roles, *NOBODY)
    proofs = tuple(
        replace(
            _prove(_counting(one, flagged), roles, results, needs.flag(f"{capability.id}:{one.requirement}", day)),
            need=one,
            flagged=flagged,
        )
        for one in choice.needed
        for flagged in [_flagged(one, capability, needs, day)]
    )
    counted = [proof for proof in proofs if proof.flag is None]
    broken = [proof for proof in counted if proof.standing == "broken"]
    open_ = [proof for proof in counted if proof.standing == "not proved"]
    if broken:
        names = listed(proof.need.requirement for proof in broken[:3])
        more = f" and {len(broken) - 3} more" if len(broken) > 3 else ""
        return Judged(capability, "broken", f"the cloud breaks {names}{more}", proofs, unknown, None, flag)
    if unknown:
        service = unknown[0].service or capability.service
        why = (needs.lacking or {}).get(service) or f"{UNKNOWN}: {unknown[0]}"
        return Judged(capability, "not proved", why, proofs, unknown, None, flag)
    if capability.foreign:
        why = f"no reference states that {capability.foreign[0].states}; this suite cannot prove it"
        return Judged(capability, "not proved", why, proofs, unknown, None, flag)
    if not counted:
        return Judged(capability, "not proved", "no requirement of it counts", proofs, unknown, None, flag)
    if open_:
        rest = len(open_) - 1
        more = f"; {rest} more {'requirement is' if rest == 1 else 'requirements are'} not proved" if rest else ""
        why = f"{open_[0].need.requirement}: {open_[0].why}{more}"
        return Judged(capability, "not proved", why, proofs, unknown, None, flag)
    return Judged(capability, "proved", "", proofs, unknown, None, flag)


def _flagged(need: Needed, capability: Capability, needs: Needs, day: date) -> tuple[tuple[str, Flag], ...]:
    """Return the needed cases that do not count on a day, with their flags."""
    found = ((case, needs.flag(f"{capability.id}:{case}", day)) for case in need.cases if case != need.requirement)
    return tuple((case, flag) for case, flag in found if flag is not None)


def _counting(need: Needed, flagged: tuple[tuple[str, Flag], ...]) -> Needed:
    """Return a need without its flagged cases."""
    cases = tuple(case for case in need.cases if case not in dict(flagged))
    why = need.why if cases or not flagged else "every needed case of it is flagged"
    return replace(need, cases=cases, why=why)


def _prove(need: Needed, roles: Iterable[str], results: dict[tuple[str, str], Result], flag: Flag | None) -> Proof:
    if need.why is not None:
        return Proof(need, "not proved", need.why, flag=flag)
    found = [results[need.service, case] for case in need.cases if (need.service, case) in results]
    counted = Counter(result.verdict for result in found)
    counts = tuple((verdict, counted[verdict]) for verdict in VERDICTS if counted[verdict])
    verdict = requirement_verdict([result.verdict for result in found]) if found else None
    if verdict == "fail":
        evidence = tuple(result for result in found if result.verdict == "fail")
        first = evidence[0]
        return Proof(need, "broken", f"expected {first.expected}, observed {first.observed}", counts, evidence, flag)
    if len(found) < len(need.cases):
        missing = len(need.cases) - len(found)
        said = f"{missing} of {len(need.cases)} cases {'was' if missing == 1 else 'were'} not tried"
        return Proof(need, "not proved", said if len(need.cases) > 1 else "its case was not tried", counts, (), flag)
    if verdict != "pass":
        evidence = tuple(result for result in found if result.verdict == verdict)
        why = evidence[0].reason or "no reason is given"
        return Proof(need, "not proved", f"{verdict}: {why}", counts, evidence, flag)
    passed = tuple(result for result in found if result.verdict == "pass")
    for result in passed:
        why = _hollow(result, tuple(roles))
        if why:
            return Proof(need, "not proved", why, counts, (result,), flag)
    return Proof(need, "proved", "", counts, passed, flag)


def _hollow(result: Result, roles: tuple[str, ...]) -> str:
    """Return why a pass does not prove its requirement; empty if it does."""
    if result.role is not None and result.role not in roles:
        return f"it needed the role {result.role}, which the capability does not allow"
    exchange = decisive(result)
    if exchange is None or exchange.response is None:
        return ""
    kind = split(result.requirement).kind
    if exchange.request.method == "GET" and kind in ("normal", "body") and _is_empty(exchange.response.body):
        return "the list that the cloud showed was empty, so nothing in it could be wrong"
    return ""


_OF_A_LIST = frozenset({"first", "next", "previous", "schema", "count", "total", "total_count"})
"""Members beside the elements in the answers of lists: they are about the page, not about a thing."""


def _is_empty(body: object) -> bool:
    """True for a list without elements, and for an object that holds such lists and nothing about any thing."""
    if not isinstance(body, dict):
        return isinstance(body, list) and not body
    rest = {name: value for name, value in body.items() if name not in _OF_A_LIST and not name.endswith("links")}
    return bool(rest) and all(isinstance(value, list) and not value for value in rest.values())


def _gravest(found: Iterable[Standing]) -> Standing:
    return min(found, key=STANDINGS.index)
