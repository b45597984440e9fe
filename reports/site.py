"""The report of a run as a site: an index of services, a page for each service and one for each operation.

Every page is complete in itself, sends no request and can be opened from a file. Links are stable: the address of an
operation is ``<service>/<operation>.html``, of a requirement ``#r-<kind>/<detail>`` there, of a case ``#c-`` and the
part of its id after the operation's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.cards import Deck
from reports.compare import compare
from reports.findings import by_cause
from reports.flow import flow
from reports.heat_map import heat_map
from reports.html import facts_of, render, subject
from reports.services import index
from reports.state_graph import state_graph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markupsafe import Markup

    from reports.compare import Comparison
    from reports.findings import Finding
    from reports.operations import Operation
    from reports.states import Observed
    from reports.transitions import Transition
    from reports.view import View

INDEX = "index.html"


@dataclass(frozen=True)
class Part:
    """One service of the site.

    Attributes:
        folder: the folder of its pages.
        pages: the file of each operation's page in it, by the id of the operation.
        baseline: the earlier run with which the service is compared; None without one.
    """

    view: View
    folder: str
    pages: Mapping[str, str]
    comparison: Comparison | None = None
    baseline: View | None = None

    @property
    def name(self) -> str:
        """The name of the API under test."""
        return subject(self.view.info)


@dataclass(frozen=True)
class Graph:
    """The picture of the statuses of one resource, and its content as rows."""

    resource: str
    picture: Markup
    transitions: tuple[Transition, ...]


def site(views: Sequence[View], baseline: View | None = None) -> Iterator[tuple[str, str]]:
    """Make the pages one after the other, as their names below the folder of the site and their contents.

    Args:
        views: the runs; several of one service are numbered.
        baseline: an earlier run with which a single run is compared, service by service.
    """
    services = [part for view in views for part in view.services]
    folders = _names([view.info.service or "api" for view in services])
    parts = []
    for view, folder in zip(services, folders, strict=True):
        before = baseline.of(view.info.service) if baseline is not None else None
        comparison = compare(view, before) if before is not None else None
        parts.append(Part(view, folder, _pages(view.operations), comparison, before))
    lacking = [(subject(row.head), row.said) for view in views for row in index(view) if row.view is None]
    yield (
        INDEX,
        render("site_index.html.j2", parts=parts, headlines=[part.view.headline for part in parts], lacking=lacking),
    )
    for part in parts:
        yield f"{part.folder}/{INDEX}", _service(part, alone=len(parts) == 1)
        findings = _by_operation(part.view.findings, part.view)
        observations: dict[str, list[Observed]] = {}
        for item in part.view.observations:
            observations.setdefault(item.operation, []).append(item)
        for operation in part.view.operations:
            mine = findings.get(operation.id, [])
            page = _operation(part, operation, mine, observations.get(operation.id, []))
            yield f"{part.folder}/{part.pages[operation.id]}", page


def _service(part: Part, alone: bool) -> str:
    view = part.view
    graphs = [Graph(name, state_graph(ways), ways) for name, ways in view.transitions.items()]
    before = part.baseline.tally.requirements if part.baseline else {}
    return render(
        "site_service.html.j2",
        part=part,
        view=view,
        alone=alone,
        headline=view.headline,
        facts=facts_of(view),
        links=part.pages,
        graphs=[graph for graph in graphs if graph.picture],
        heat=heat_map(view.operations, part.pages),
        compared=flow(before, view.tally.requirements) if before else "",
    )


def _operation(part: Part, operation: Operation, findings: list[Finding], observations: list[Observed]) -> str:
    deck = Deck(part.view.info, part.comparison)
    shown = {
        name: deck.deal(by_cause(one for one in findings if _section(one) == name))
        for name in ("contradiction", "omission", "waived")
    }
    return render(
        "site_operation.html.j2",
        part=part,
        operation=operation,
        shown=shown,
        found=deck.anchors,
        observations=observations,
        ways=[way for ways in part.view.transitions.values() for way in ways if way.operation == operation.id],
    )


def _section(finding: Finding) -> str:
    return "waived" if finding.waiver is not None else finding.class_


def _by_operation(findings: Sequence[Finding], view: View) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {operation.id: [] for operation in view.operations}
    for finding in findings:
        found.setdefault(finding.example.operation, []).append(finding)
    return found


def _pages(operations: Sequence[Operation]) -> dict[str, str]:
    names = [operation.id or "no operation" for operation in operations]
    return {
        operation.id: f"{name}.html" for operation, name in zip(operations, _names(names, taken={"index"}), strict=True)
    }


def _names(texts: Sequence[str], taken: set[str] | None = None) -> list[str]:
    """Return a name of a file for each text: the same from run to run, and unique.

    Names that differ in case alone count as the same, as on many file systems. A text from a record may hold anything,
    so only letters, digits and a few signs of ASCII are kept.
    """
    taken = taken if taken is not None else set()
    names = []
    for text in texts:
        kept = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "._~-") else "_" for sign in text)
        base = name = kept[:120].strip(".") or "_"
        more = 1
        while name.lower() in taken:
            more += 1
            name = f"{base}_{more}"
        taken.add(name.lower())
        names.append(name)
    return names
