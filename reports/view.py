"""The data of a report on one run: counted, grouped and sorted, without any form.

It is made in one pass over the record. Only the case's id is kept of a passed result, so that a large record fits in
memory.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from reports.findings import Cause, Finding, Findings
from reports.known import known_of, was_compared
from reports.operations import KindCount, Operation, Reason, Requirement, Untested
from reports.quotes import Quotes, together
from reports.requirements import column_key, parts_of, split
from reports.states import Observations, Observed
from reports.transitions import Transition, Transitions
from reports.words import general, headline
from specs.record.model import VERDICTS, Result, RunInfo, Source, Verdict, scoped
from specs.record.totals import ALLOW_UNDECIDED, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from reports.quotes import Find
    from specs.record.reader import RunRecord

T = TypeVar("T")

UNTESTED = "untested"
"""Kind of the notes about a promise without a case."""


@dataclass(frozen=True)
class View:
    """The data of one run for all reports.

    Attributes:
        tally: the counts.
        columns: the kinds that occur, in order.
        contradictions, omissions, waived: deviations by cause, the most frequent first.
        undecided, inapplicable: cases by reason, the most frequent first.
        untested: promises without a case, by reason, the most frequent first.
        findings: every deviation by its id.
        transitions: the promised changes of status that were tried, by resource.
        tells_status: True if the record has the status codes of responses; old records do not.
        parts: for a run of several services the data of each service that was tried, as of a run of this service alone
            and in the order of the run; empty for a run of one. The other attributes are then those of all services.
        quoting: a sentence that says where the quotations of the reference are from, or how to have them.

    """

    info: RunInfo
    tally: Tally
    operations: tuple[Operation, ...]
    columns: tuple[str, ...]
    contradictions: tuple[Cause, ...]
    omissions: tuple[Cause, ...]
    waived: tuple[Cause, ...]
    undecided: tuple[Reason, ...]
    inapplicable: tuple[Reason, ...]
    untested: tuple[Reason, ...]
    observations: tuple[Observed, ...]
    findings: tuple[Finding, ...]
    transitions: dict[str, tuple[Transition, ...]]
    damaged: tuple[str, ...]
    tells_status: bool
    path: Path | None
    parts: tuple[View, ...] = ()
    quoting: str = ""

    def of(self, service: str) -> View | None:
        """The data of a service of a run of several; a run of one gives itself; None if the run has no such service."""
        return next((part for part in self.parts if part.info.service == service), None if self.parts else self)

    @property
    def services(self) -> tuple[View, ...]:
        """The data of each service of the run: of one service, or of the parts."""
        return self.parts or (self,)

    @property
    def requirements(self) -> dict[Verdict, int]:
        """Number of requirements by verdict."""
        found = Counter(self.tally.requirements.values())
        return {verdict: found[verdict] for verdict in VERDICTS}

    @property
    def without_case(self) -> int:
        """Number of promises without a case."""
        return sum(len(reason.cases) for reason in self.untested)

    @property
    def causes(self) -> int:
        """Number of causes by which promises are broken; what has one cause counts once."""
        return len(self.contradictions)

    @property
    def waived_requirements(self) -> int:
        """Number of broken requirements of which every contradiction is waived."""
        broken: dict[str, bool] = {}
        for finding in self.findings:
            if finding.class_ == "contradiction":
                name = finding.example.name
                broken[name] = broken.get(name, True) and finding.waiver is not None
        return sum(broken.values())

    @property
    def known_breaks(self) -> int | None:
        """Number of broken promises, without waived ones, whose contradictions are all known of the release.

        None if no service of the run was compared with the known deviations of its release.
        """
        if self.parts:
            counts = [count for part in self.parts if (count := part.known_breaks) is not None]
            return sum(counts) if counts else None
        if not was_compared(self.info):
            return None
        known = known_of(self.info)
        broken: dict[str, bool] = {}
        for finding in self.findings:
            if finding.class_ == "contradiction" and finding.waiver is None:
                name = finding.example.name
                as_known = finding.id in known and not known[finding.id].beyond
                broken[name] = broken.get(name, True) and as_known
        return sum(broken.values())

    @property
    def headline(self) -> str:
        """One sentence with the numbers of broken, waived, undecided, kept and untried promises."""
        return headline(self.requirements, self.waived_requirements, self.without_case, self.causes, self.known_breaks)

    @property
    def kinds(self) -> dict[str, KindCount]:
        """The totals of each kind of promise, in the order of ``columns``."""
        found = {column: KindCount() for column in self.columns}
        for operation in self.operations:
            for requirement in operation.requirements.values():
                count = found[requirement.parts.column]
                count.requirements += 1
                count.cases.update(requirement.counts)
            for untested in operation.untested.values():
                found[untested.parts.column].untested += 1
        return found

    @property
    def pairs(self) -> tuple[int, int]:
        """Number of decided and of documented pairs of an operation and an error code."""
        codes = [decided for operation in self.operations for decided in operation.codes.values()]
        return sum(codes), len(codes)

    @property
    def pairs_by_code(self) -> dict[str, tuple[int, int]]:
        """Error code -> number of decided and of documented pairs with it."""
        found: dict[str, tuple[int, int]] = {}
        for operation in self.operations:
            for code, decided in operation.codes.items():
                done, documented = found.get(code, (0, 0))
                found[code] = (done + decided, documented + 1)
        return dict(sorted(found.items()))

    @property
    def exit_status(self) -> int | None:
        """The exit status of the run; for a finished run without one, the status that follows from its results."""
        if self.info.exit_status is not None or self.info.finished is None:
            return self.info.exit_status
        if not self.tally.cases:
            return 2
        options = {str(key).replace("-", "_"): value for key, value in self.info.options.items()}
        allowed = options.get("allow_undecided")
        allowed = allowed if isinstance(allowed, (int, float)) else ALLOW_UNDECIDED
        accepted = self.info.totals.get("accepted")
        return self.tally.exit_status(bool(options.get("fail_on_omission")), allowed, accepted)


def view(record: RunRecord, find: Find | None = None) -> View:
    """Count and group a record.

    Args:
        record: the record.
        find: finds the directory of a reference, so that its sentences can be quoted; None quotes nothing.

    Raises:
        RecordError: the record was changed while it was read.

    """
    whole = Gathered(record.info, find)
    tried = [part for part in record.info.services if part.lacking is None]
    parts = {part.service: Gathered(record.info.of(part), find) for part in tried}
    for result in record.results:
        gathered = whole if not parts else parts.setdefault(result.service or record.info.service, whole)
        gathered.add(replace(result, service=None) if parts else result)
    if not parts:
        return whole.view(record)
    return merged(record, {service: one.view(record) for service, one in parts.items()})


class Gathered:
    """Counts and groups the results of one service, as of a run of this service alone.

    Args:
        info: the head of the record of this service.
        find: finds the directory of its reference.
    """

    def __init__(self, info: RunInfo, find: Find | None = None) -> None:
        self._info = info
        self._quotes = None if find is None else Quotes(find(info.spec))
        self._tally, self._findings = Tally(), Findings()
        self._observations, self._transitions = Observations(), Transitions()
        self._operations: dict[str, Operation] = {}
        self._reasons: dict[tuple[Verdict, str], Reason] = {}
        self._answered = self._tells_status = False

    def add(self, result: Result) -> None:
        """Add one result."""
        self._tally.add(result)
        self._answered = self._answered or any(exchange.response is not None for exchange in result.exchanges)
        self._tells_status = self._tells_status or result.status is not None
        self._findings.add(result)
        self._observations.add(result)
        self._transitions.add(result)
        operation = self._operations.setdefault(result.operation, Operation(result.operation))
        _add(operation, result)
        if result.verdict in ("inconclusive", "error", "inapplicable"):
            text = general(result.reason or "no reason is given")
            reason = self._reasons.setdefault((result.verdict, text), Reason(result.verdict, text))
            reason.cases.append(result.case)
            reason.operations.add(result.operation)

    def view(self, record: RunRecord) -> View:
        """The data of the results so far. ``record``: the record that they are of."""
        operations = self._operations
        untested = _untested(self._info, operations)
        by_count = sorted(self._reasons.values(), key=lambda reason: -len(reason.cases))
        columns = {column for operation in operations.values() for column in (*operation.cells, *operation.gaps)}
        found, quotes, known = self._findings.all(), self._quotes, known_of(self._info)
        for finding in found:
            finding.examined = known[finding.id].why if finding.id in known else ""
        if quotes is not None:
            for finding in found:
                finding.quote = quotes.of(finding.example.source, finding.example.requirement)
        return View(
            info=self._info,
            tally=self._tally,
            operations=tuple(operations[key] for key in sorted(operations)),
            columns=tuple(sorted(columns, key=column_key)),
            contradictions=self._findings.of("contradiction"),
            omissions=self._findings.of("omission"),
            waived=self._findings.of("contradiction", waived=True) + self._findings.of("omission", waived=True),
            undecided=tuple(reason for reason in by_count if reason.verdict != "inapplicable"),
            inapplicable=tuple(reason for reason in by_count if reason.verdict == "inapplicable"),
            untested=untested,
            observations=self._observations.all(),
            findings=found,
            transitions=self._transitions.all(),
            damaged=record.damaged,
            tells_status=self._tells_status or not self._answered,
            path=record.path,
            quoting=quotes.sentence(self._info.spec) if quotes is not None and found else "",
        )


def merged(record: RunRecord, parts: Mapping[str, View]) -> View:
    """Join the data of the services of a run. The ids of operations, cases and deviations get their services."""
    named = [_named(view, service) for service, view in parts.items()]

    def each(of: Callable[[View], Iterable[T]]) -> list[T]:
        return [one for part in named for one in of(part)]

    def causes(of: Callable[[View], Iterable[Cause]]) -> tuple[Cause, ...]:
        return tuple(sorted(each(of), key=lambda cause: -len(cause.findings)))

    return View(
        info=record.info,
        tally=Tally.total([part.tally for part in named]),
        operations=tuple(each(lambda part: part.operations)),
        columns=tuple(sorted(set(each(lambda part: part.columns)), key=column_key)),
        contradictions=causes(lambda part: part.contradictions),
        omissions=causes(lambda part: part.omissions),
        waived=tuple(each(lambda part: part.waived)),
        undecided=_joined_reasons(each(lambda part: part.undecided)),
        inapplicable=_joined_reasons(each(lambda part: part.inapplicable)),
        untested=_joined_reasons(each(lambda part: part.untested)),
        observations=tuple(each(lambda part: part.observations)),
        findings=tuple(each(lambda part: part.findings)),
        transitions={name: ways for part in named for name, ways in part.transitions.items()},
        damaged=record.damaged,
        tells_status=all(part.tells_status for part in named),
        path=record.path,
        parts=tuple(parts.values()),
        quoting=together(part.quoting for part in named),
    )


def _named(view: View, service: str) -> View:
    """Return the data of a service with the service in all ids."""
    findings = {one.id: replace(one, example=replace(one.example, service=service)) for one in view.findings}

    def causes(given: tuple[Cause, ...]) -> tuple[Cause, ...]:
        return tuple(Cause(tuple(findings[one.id] for one in cause.findings)) for cause in given)

    def reasons(given: tuple[Reason, ...]) -> tuple[Reason, ...]:
        return tuple(
            replace(
                one,
                cases=[scoped(service, case) for case in one.cases],
                operations={scoped(service, name) for name in one.operations},
            )
            for one in given
        )

    requirements = {scoped(service, name): verdict for name, verdict in view.tally.requirements.items()}
    return replace(
        view,
        tally=replace(view.tally, requirements=requirements),
        operations=tuple(replace(one, service=service) for one in view.operations),
        contradictions=causes(view.contradictions),
        omissions=causes(view.omissions),
        waived=causes(view.waived),
        undecided=reasons(view.undecided),
        inapplicable=reasons(view.inapplicable),
        untested=reasons(view.untested),
        observations=tuple(replace(one, operation=scoped(service, one.operation)) for one in view.observations),
        findings=tuple(findings.values()),
        transitions={scoped(service, name): ways for name, ways in view.transitions.items()},
    )


def _joined_reasons(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Join equal reasons of several services; the most frequent comes first."""
    found: dict[tuple[Verdict | None, str], Reason] = {}
    for one in reasons:
        reason = found.setdefault((one.verdict, one.text), Reason(one.verdict, one.text))
        reason.cases += one.cases
        reason.operations |= one.operations
    return tuple(sorted(found.values(), key=lambda reason: -len(reason.cases)))


def _add(operation: Operation, result: Result) -> None:
    requirement = operation.requirements.get(result.requirement)
    if requirement is None:
        requirement = Requirement(result.requirement, parts_of(result), result.source, result.expected)
        operation.requirements[result.requirement] = requirement
    requirement.cases.append((result.case, result.verdict))
    if result.deviation is not None or result.omissions:
        requirement.deviations += 1
    if result.verdict == "pass":
        requirement.observed[result.observed] = None
    else:
        requirement.outcomes.append((result.case, result.expected, result.observed, result.reason or ""))
    # A case with an observation is about undocumented behaviour, which is shown in another place.
    if result.state is not None and requirement.parts.of_status and result.observation is None:
        variant = requirement.parts.variant
        operation.states.add(result, f"{result.state} ({variant})" if variant else result.state)


def _untested(info: RunInfo, operations: dict[str, Operation]) -> tuple[Reason, ...]:
    """Add the promises without a case to their operations, and return them grouped by reason."""
    reasons: dict[str, Reason] = {}
    for note in info.notes:
        name = note.get("requirement")
        if note.get("kind") != UNTESTED or not isinstance(name, str):
            continue
        parts = split(name)
        operation = operations.setdefault(parts.operation, Operation(parts.operation))
        if name in operation.requirements or name in operation.untested:
            continue
        # ``why``, if the run gives it, explains the word of the fixed vocabulary.
        why = (note.get("why") or note.get("reason"), note.get("detail"))
        text = ": ".join(str(part) for part in why if part) or "no reason is given"
        operation.untested[name] = Untested(name, parts, _source(note.get("source")), text)
        reason = reasons.setdefault(general(text), Reason(None, general(text)))
        reason.cases.append(name)
        reason.operations.add(parts.operation)
    return tuple(sorted(reasons.values(), key=lambda reason: -len(reason.cases)))


def _source(given: object) -> Source:
    data = given if isinstance(given, dict) else {}
    path, line = data.get("path"), data.get("line")
    declared = data.get("declared") is True
    return Source(path if isinstance(path, str) else "", line if isinstance(line, int) else 0, declared)


def notes_by_kind(info: RunInfo) -> dict[str, list[dict[str, Any]]]:
    """Return the notes of a run by kind, without the key ``kind``, and without the promises without a case."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for note in info.notes:
        if note.get("kind") == UNTESTED:
            continue
        rest = {key: value for key, value in note.items() if key != "kind"}
        groups.setdefault(str(note.get("kind") or "note"), []).append(rest)
    return groups
