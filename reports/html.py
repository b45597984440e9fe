"""The report of one run as a single HTML file that loads no other files.

The templates escape all data, and invisible characters (controls, direction marks) are made visible before. The page's
content security policy allows only its own script. Exchanges are shown for deviations only, up to a limit of
characters; the page names the number of those that are left out.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from reports import words
from reports.cards import Deck
from reports.cost import PURPOSES, Cost, cost_of, rate
from reports.known import sentences_of
from reports.operations import Requirement
from reports.requirements import short
from reports.services import index
from reports.view import View, notes_by_kind
from specs.record.model import VERDICTS, RunInfo, Source, Verdict, requirement_verdict

if TYPE_CHECKING:
    from reports.compare import Comparison
    from reports.findings import Cause

SIGNS: dict[Verdict, str] = {"fail": "✗", "error": "!", "inconclusive": "?", "pass": "✓", "inapplicable": "–"}
_WORD = r"""(?:[^\s'"]|'[^']*'|"[^"]*")+"""
_SHELL_WORDS = re.compile(rf"""((?:--?[A-Za-z][A-Za-z-]*\s(?=[^\s-]))?{_WORD})""")
LISTED = 40_000
"""Largest number of cases that a page lists; if there are more, it lists only the first of each requirement."""


def page(view: View, comparison: Comparison | None = None) -> str:
    """Return the report of one run as HTML, with its comparison with a baseline if there is one."""
    deck, cost = Deck(view.info, comparison), cost_of(view)
    contradictions = deck.deal(view.contradictions)
    omissions = deck.deal(view.omissions)
    waived = deck.deal(view.waived)
    anchors = _anchors([operation.key for operation in view.operations])
    return (
        _environment()
        .get_template("run.html.j2")
        .render(
            view=view,
            subject=subject(view.info),
            headline=view.headline,
            exit_meaning=words.exit_meaning(view.exit_status, view.info.finished is not None),
            facts=facts_of(view),
            index=index(view),
            totals_note=_totals_note(view),
            warnings=_warnings(view),
            sections=_sections(view, comparison, cost),
            cost=cost,
            purposes=PURPOSES,
            comparison=comparison,
            compared=sentences_of(view.info),
            contradictions=contradictions,
            omissions=omissions,
            waived=waived,
            anchors=anchors,
            links={name: f"#{anchor}" for name, anchor in anchors.items()},
            found=deck.anchors,
            listed=max(3, LISTED // max(1, len(view.tally.requirements))),
            notes=tuple(notes_by_kind(view.info).items()),
            **_always(),
        )
    )


def subject(info: RunInfo) -> str:
    """Return the name of the API under test, from the service of the specs, such as ``Storage API``; ``3 APIs``."""
    if info.services:
        return words.count(len(info.services), "API")
    service = str(info.spec.get("service") or "").strip()
    return f"{service[:1].upper()}{service[1:]} API" if service else "An API"


def render(template: str, **data: Any) -> str:
    """Return the HTML of a template of this package, inside of the common frame."""
    return _environment().get_template(template).render(**data, **_always())


def facts_of(view: View) -> list[tuple[str, str]]:
    """Return the endpoint, release, reference, time and roles of a run, each with its label."""
    info, endpoint, spec = view.info, view.info.endpoint, view.info.spec
    low, high = endpoint.get("min"), endpoint.get("max")
    reference = " ".join(str(spec[key]) for key in ("package", "version") if spec.get(key))
    if isinstance(spec.get("operations"), int):
        reference = f"{reference or 'unnamed'}, {words.count(spec['operations'], 'operation')}"
    took = words.lasted(info)
    of_one = [
        ("Endpoint", str(endpoint.get("url") or "not recorded")),
        ("Release", str(endpoint.get("release") or "not told by the cloud")),
        ("Microversions", f"{low} to {high}" if low and high else str(high or low or "none")),
        ("Reference", reference or "not recorded"),
    ]
    known = [
        *([("Services", ", ".join(part.service for part in info.services))] if info.services else of_one),
        ("When", words.when(info.started) + (f", for {took}" if took else "")),
        ("Roles", ", ".join(info.roles) or "none recorded"),
    ]
    work = words.work_of(info)
    known += [("Quotations", view.quoting)] if view.quoting else []
    return known + ([("Work", ", ".join(work))] if work else [])


def _totals_note(view: View) -> str:
    done, documented = view.pairs
    if not documented:
        return ""
    return f"{words.number(done)} of {words.number(documented)} documented error codes decided"


def _warnings(view: View) -> list[str]:
    warnings = []
    if view.info.finished is None:
        warnings.append("The run has not ended: this report shows only the results up to then.")
    warnings += [f"{sentence[:1].upper()}{sentence[1:]}." for sentence in words.left_out(view.info)]
    if not view.tally.cases:
        warnings.append("The record holds no result.")
    if not view.tells_status:
        warnings.append(
            "This record was written by an earlier version, which did not note which requests were accepted: "
            "the states in which an operation is accepted or refused are left out."
        )
    return warnings


def _sections(view: View, comparison: Comparison | None, cost: Cost | None) -> list[tuple[str, str, int | None]]:
    def total(causes: tuple[Any, ...]) -> int:
        return len(causes)

    sections: list[tuple[str, str, int | None]] = [("baseline", "Baseline", None)] if comparison else []
    sections.append(("failures", "Broken", total(view.contradictions)))
    if view.waived:
        sections.append(("waived", "Waived", total(view.waived)))
    return [
        *sections,
        ("omissions", "Omissions", total(view.omissions)),
        ("table", "Table", None),
        *([("kinds", "Kinds", None), ("decided", "Decided", None)] if view.operations else []),
        ("undecided", "Undecided", view.tally.undecided),
        ("inapplicable", "Inapplicable", view.tally.cases["inapplicable"]),
        *([("untested", "Without a case", view.without_case)] if view.untested else []),
        ("observations", "Observations", len(view.observations)),
        ("operations", "Operations", len(view.operations)),
        *([("cost", "Cost", None)] if cost else []),
        ("run", "The run", None),
    ]


def _anchors(ids: list[str]) -> dict[str, str]:
    """Return an anchor for each id: the same from run to run, and unique."""
    anchors: dict[str, str] = {}
    taken: set[str] = set()
    for name in ids:
        base = "op-" + "".join(char if char.isascii() and (char.isalnum() or char in "._~-") else "_" for char in name)
        anchor, more = base, 1
        while anchor in taken:
            more += 1
            anchor = f"{base}_{more}"
        taken.add(anchor)
        anchors[name] = anchor
    return anchors


# --- helpers of the templates ---


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: words.visible(value) if type(value) is str else value,
    )
    environment.globals.update(SIGNS=SIGNS, VERDICTS=VERDICTS, MEANING=words.MEANING)
    environment.filters.update(
        number=words.number,
        rate=rate,
        counted=words.count,
        findings=_findings,
        place=words.place,
        short_place=_short_place,
        short=short,
        after=_after,
        cell=_cell,
        clip=words.one_line,
        worst=_worst,
        plain=_plain,
        keys=_keys,
        shell=_shell,
        link=_link,
        waiver=_waiver,
    )
    return environment


def _always() -> dict[str, Any]:
    """Return the data of every page: style and script, with their hashes for the content security policy."""
    environment = _environment()
    data: dict[str, Any] = {"version": installed_version()}
    for name, file in (("style", "style.css"), ("script", "script.js")):
        source = environment.get_template(file).render()
        digest = b64encode(hashlib.sha256(source.encode()).digest()).decode()
        data[name] = Markup(source)  # noqa: S704 - our own file
        data[f"{name}_hash"] = f"sha256-{digest}"
    return data


def installed_version() -> str | None:
    """Return the version of this distribution; None if it is not installed."""
    try:
        return version("apiref-conformance")
    except PackageNotFoundError:
        return None


def _findings(causes: tuple[Cause, ...]) -> str:
    return words.findings(len(causes), sum(len(cause.findings) for cause in causes))


def _short_place(source: Source) -> str:
    return words.place(replace(source, path=source.path.rsplit("/", 1)[-1]))


def _after(name: str, prefix: str) -> str:
    return name.removeprefix(prefix).removeprefix("/") or "(itself)"


def _cell(requirements: list[Requirement] | None) -> dict[str, str] | None:
    if not requirements:
        return None
    verdicts = [requirement.verdict for requirement in requirements]
    applicable = [verdict for verdict in verdicts if verdict != "inapplicable"]
    holding = verdicts.count("pass")
    share = str(holding) if holding == len(applicable) else f"{holding}/{len(applicable)}"
    share = share if len(applicable) > 1 else ""
    title = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in VERDICTS if verdict in verdicts)
    return {"verdict": requirement_verdict(verdicts), "share": share, "title": title}


def _worst(requirement: Requirement) -> tuple[str, str, str, str]:
    worst = requirement.verdict
    first = next(case for case, verdict in requirement.cases if verdict == worst)
    return next(outcome for outcome in requirement.outcomes if outcome[0] == first)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "–"
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    return json.dumps(value, ensure_ascii=False)


def _keys(notes: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(key for note in notes for key in note))


def _shell(command: str) -> Markup:
    """Return a command as HTML in which no line breaks between an option and its value, ``--os-cloud mine``."""
    parts = _SHELL_WORDS.split(words.visible(command))
    spans = (f"<span>{escape(part)}</span>" if at % 2 else str(escape(part)) for at, part in enumerate(parts))
    return Markup("".join(spans))  # noqa: S704 - each part is escaped


def _link(link: str) -> Markup:
    """Return a web address as a link, any other text unchanged."""
    form = '<a href="{0}" rel="noopener noreferrer">{0}</a>' if link.startswith(("https://", "http://")) else "{0}"
    return Markup(form).format(words.visible(link))  # noqa: S704 - both forms are ours


def _waiver(waiver: dict[str, Any]) -> Markup:
    """Return the reason, the link (if it is a web address) and the expiry date of a waiver as HTML."""
    text = Markup("{}").format(words.visible(str(waiver.get("reason") or "no reason is given")))
    link = str(waiver.get("link") or "")
    if link:
        text += Markup(" {}").format(_link(link))
    if waiver.get("expires"):
        text += Markup("; until {}").format(words.visible(str(waiver["expires"])))
    return text
