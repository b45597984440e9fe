"""The report of one run as text for a terminal: the cloud, the totals, and each deviation in three lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import words
from reports.again import again
from reports.cards import COMMAND
from reports.cost import cost_of, lines_of
from reports.curl import curl_of
from reports.known import known_of, sentences_of
from reports.roles import as_role
from reports.services import index
from reports.view import View, view
from specs.record.model import VERDICTS

if TYPE_CHECKING:
    from reports.compare import Comparison
    from reports.findings import Cause, Finding
    from specs.record.model import RunInfo
    from specs.record.reader import RunRecord

SHOWN = 20
"""Largest number of causes of each class that are shown in full; the others are counted."""
_REASONS = 8


def summary(record: RunRecord) -> str:
    """Return a record as text, without colours and control characters; the last line has a line end, too.

    Raises:
        RecordError: the record was changed while it was read.
    """
    return of_view(view(record))


def of_view(seen: View, comparison: Comparison | None = None) -> str:
    """Return a view as text, with its comparison with a baseline if there is one."""
    lines = [*_head(seen), ""]
    new = frozenset(comparison.new) if comparison else frozenset()
    lines += _causes("Broken", seen.contradictions, seen.info, new)
    lines += _causes("Omissions", seen.omissions, seen.info, new)
    if seen.waived:
        count = sum(len(cause.findings) for cause in seen.waived)
        lines += [f"Waived: {words.count(count, 'deviation')}", ""]
    lines += _reasons(seen)
    lines += _untested(seen)
    if comparison:
        lines += [f"Against the baseline: {comparison.sentence}"]
        lines += [f"  {name}: {_clean(identity)}" for name in ("new", "gone") for identity in getattr(comparison, name)]
        lines += [""]
    lines += _kinds(seen)
    cost = cost_of(seen)
    lines += lines_of(cost) if cost else []
    lines += _foot(seen)
    return words.visible("\n".join(lines)) + "\n"


def _head(seen: View) -> list[str]:
    info = seen.info
    took = words.lasted(info)
    when = _clean(f"When       {words.when(info.started)}" + (f", for {took}" if took else ""))
    if not info.services:
        return [*_cloud(info), when]
    lines = []
    for row in index(seen):
        lines.append(_clean(f"{row.service}: {row.said}"))
        lines += [f"  {line}" for line in _cloud(row.head)] if row.view is not None else []
    return [*lines, when]


def _cloud(info: RunInfo) -> list[str]:
    """Return two lines on the endpoint and the reference of a service."""
    endpoint, spec = info.endpoint, info.spec
    about = [str(endpoint["release"])] if endpoint.get("release") else []
    if endpoint.get("min") and endpoint.get("max"):
        about.append(f"microversions {endpoint['min']} to {endpoint['max']}")
    where = str(endpoint.get("url") or "an endpoint that was not recorded")
    reference = " ".join(str(spec[key]) for key in ("service", "package", "version") if spec.get(key))
    return [
        _clean(f"Endpoint   {where}" + (f" ({', '.join(about)})" if about else "")),
        _clean(f"Reference  {reference or 'not recorded'}"),
    ]


def _causes(title: str, causes: tuple[Cause, ...], info: RunInfo, new: frozenset[str]) -> list[str]:
    if not causes:
        return []
    lines = [f"{title}: {words.findings(len(causes), sum(len(cause.findings) for cause in causes))}", ""]
    for cause in causes[:SHOWN]:
        first = cause.first
        lines += finding(first, info.head_of(first.example.service), first.key in new)
        others = cause.findings[1:]
        if others:
            named = ", ".join(_clean(item.example.name) for item in others[:3])
            more = f", and {words.number(len(others) - 3)} more" if len(others) > 3 else ""
            lines.append(f"  The same in  {named}{more}")
        lines.append("")
    if len(causes) > SHOWN:
        left = sum(len(cause.findings) for cause in causes[SHOWN:])
        lines += [f"  ... and {words.count(left, 'more', 'more')}: the page of the report shows all", ""]
    return lines


def finding(item: Finding, info: RunInfo, new: bool = False) -> list[str]:
    """Return one deviation as lines: Requirement, Expected, Observed, and the commands that show it again."""
    example = item.example
    situation = [part for part in (example.role and as_role(example.role), example.state) if part]
    if example.microversion:
        situation.append(f"microversion {example.microversion}")
    observed = item.deviation.observed + (f"  ({', '.join(situation)})" if situation else "")
    promise = f": {item.parts.promise}" if item.parts.promise else ""
    known = known_of(info).get(item.id)
    rows = [
        ("Requirement", f"{example.name}{promise}"),
        ("Expected", example.expected),
        ("Observed", observed),
        ("Reason", example.reason or ""),
        ("Source", words.place(example.source)),
        ("Known", f"{known.why} ({known.places[1]})" if known else ""),
        ("Not known in", ", ".join(known.beyond) if known else ""),
        ("Cases", words.number(len(item.cases)) if len(item.cases) > 1 else ""),
        ("Try again", again(example.case, info)),
        ("As curl", _curl(item, info)),
    ]
    mark = " [new]" if new else ""
    lines = [line for name, text in rows if text for line in (f"  {name:<12} {_clean(text)}", *_quoted(name, item))]
    return [lines[0] + mark, *lines[1:]]


def _quoted(name: str, item: Finding) -> list[str]:
    """Return the lines of the reference below the row ``Source``; the passage itself is marked."""
    shown = item.quote if name == "Source" else ()
    return [f"  {'':<12} {'>' if line.said else ' '} {line.number:>5}  {_clean(line.text)}".rstrip() for line in shown]


def _curl(item: Finding, info: RunInfo) -> str:
    command = curl_of(item.example, info) or ""
    return command if len(command) <= COMMAND else "too long to be shown: see the run record"


def _reasons(seen: View) -> list[str]:
    if not seen.undecided:
        return []
    lines = [
        f"Not decided: {words.count(seen.tally.undecided, 'case')}, "
        f"{seen.tally.undecided_percent:.1f} % of the applicable cases"
    ]
    for reason in seen.undecided[:_REASONS]:
        lines.append(f"  {len(reason.cases):>6}  {reason.verdict}: {words.one_line(reason.text, 200)}")
    if len(seen.undecided) > _REASONS:
        lines.append(f"          and {words.count(len(seen.undecided) - _REASONS, 'other reason')}")
    return [*lines, ""]


def _untested(seen: View) -> list[str]:
    if not seen.untested:
        return []
    lines = [f"Without a case: {words.count(seen.without_case, 'promise')}"]
    for reason in seen.untested[:_REASONS]:
        lines.append(f"  {len(reason.cases):>6}  {words.one_line(reason.text, 200)}")
    if len(seen.untested) > _REASONS:
        lines.append(f"          and {words.count(len(seen.untested) - _REASONS, 'other reason')}")
    return [*lines, ""]


def _kinds(seen: View) -> list[str]:
    """Return the totals by kind as the lines of a table."""
    if not seen.columns:
        return []
    rows = [
        (kind, count.requirements, count.cases.total(), *(count.cases[v] for v in VERDICTS), count.untested)
        for kind, count in seen.kinds.items()
    ]
    head = ("By kind", "promises", "cases", *VERDICTS, "no case")
    width = max(len(str(row[0])) for row in (head, *rows))
    lines = []
    for row in (head, *rows):
        cells = (f"{value:>{len(name)}}" for name, value in zip(head[1:], row[1:], strict=True))
        lines.append(f"{row[0]:<{width}}  " + "  ".join(cells))
    return [*lines, ""]


def _foot(seen: View) -> list[str]:
    cases = [
        f"{words.number(seen.tally.cases[verdict])} {verdict}" for verdict in VERDICTS if seen.tally.cases[verdict]
    ]
    done, documented = seen.pairs
    lines = [f"Cases: {', '.join(cases) or 'none'}"]
    compared = "; ".join(sentences_of(seen.info))
    if compared:
        lines.append(f"Known release: {_clean(compared)}")
    if documented:
        each = ", ".join(f"{code}: {decided} of {all_}" for code, (decided, all_) in seen.pairs_by_code.items())
        lines.append(f"Error codes decided: {words.number(done)} of {words.number(documented)} ({each})")
    lines += [f"Note: {_clean(sentence)}" for sentence in (*words.left_out(seen.info), *seen.damaged)]
    lines += [f"Reference: {_clean(seen.quoting)}"] if seen.quoting else []
    lines.append(seen.headline)
    lines.append(words.exit_meaning(seen.exit_status, seen.info.finished is not None))
    return lines


def _clean(text: str) -> str:
    return " ".join(words.visible(text).splitlines()).replace("\t", " ")
