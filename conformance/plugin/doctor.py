"""``conformance doctor``: checks whether a run can start, and shows its users, its resources and the cases left out."""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance.engine.cloud.discover import OTHER, Candidate, Missing
from conformance.engine.cloud.first import names_of
from conformance.engine.execute.barriers import barrier
from conformance.engine.model.case import Case
from conformance.engine.provision.subject import Subject
from conformance.engine.run.forecast import forecast
from conformance.engine.run.lanes import NO_RESOURCE
from conformance.engine.run.session import Session, Settings
from conformance.plugin.choices import Choices, choose, with_tokens
from conformance.plugin.endpoint import open_endpoint
from conformance.plugin.guided import needs_of
from conformance.plugin.opened import check_fit, settings_of
from conformance.plugin.reference import Reference, given_files_of, read_references
from conformance.plugin.share import Lacking, Share
from conformance.plugin.trouble import Trouble
from specs.record import RecordWriter

WIDTH = 22
"""Columns of the first part of a line."""

MOST = 12
"""The most reasons for left-out cases that are shown; the most frequent reason comes first."""


def examine(given: Mapping[str, Any], places: Sequence[Path], *, boot: bool) -> Iterator[str]:
    """Yield lines about a run with some options: its cloud, its users, the things that it would use, and its plan.

    Args:
        given: the options of a run, by name.
        places: the directories and files of the specs to test.
        boot: True to make one resource under test, bring it into the statuses that clouds need not keep, and remove it.

    Raises:
        Trouble: a run cannot start; one sentence says why.
    """
    choices = choose(with_tokens(given, os.environ))
    references = read_references(given_files_of(places, choices.services_beside(places)))
    check_fit(choices, references)
    services = tuple(reference.service for reference in references)
    with tempfile.TemporaryDirectory(prefix="conformance-doctor-") as folder:
        directory = Path(folder)
        endpoint = open_endpoint(choices, directory, services)
        try:
            cannot: list[str] = []
            for reference in references:
                yield from (["", f"{reference.service}:"] if len(services) > 1 else [])
                if reference.service in endpoint.lacking:
                    yield _line("left out", endpoint.lacking[reference.service])
                    continue
                settings = settings_of(choices, endpoint, directory, reference.service)
                settings = replace(settings, service=reference.service if len(services) > 1 else None)
                try:
                    yield from _opened(reference, settings, choices, boot)
                except Lacking as lacking:
                    if len(services) == 1:
                        raise
                    yield _line("left out", str(lacking))
                except Trouble as trouble:
                    if len(services) == 1:
                        raise
                    cannot.append(f"{reference.service}: {trouble}")
                    yield str(trouble)
            if cannot:
                raise Trouble("; ".join(cannot))
        finally:
            endpoint.close()


def _opened(reference: Reference, settings: Settings, choices: Choices, boot: bool) -> Iterator[str]:
    """Yield the lines about one service, on a connection of its own."""
    share = Share.open(reference, settings, RecordWriter(settings.directory, worker=settings.service), choices.given)
    cases = share.suite.cases
    if choices.guideline is not None:
        needed = needs_of(choices.guideline, choices.declared, [(reference, share.suite)], {}).cases
        cases = tuple(case for case in cases if (reference.service, case.id) in needed)
    try:
        yield from _examined(share.session, cases, choices, boot)
    finally:
        left = share.session.close()
        share.writer.close()
    yield from (_line("left behind", one) for one in left)


def _examined(session: Session, cases: Sequence[Case], choices: Choices, boot: bool) -> Iterator[str]:
    cloud, context = session.cloud, session.context
    began = time.monotonic()
    yield _line("cloud", cloud.name)
    supported = cloud.microversions
    asked = f"{supported.min} to {supported.max}, up to {context.top} is asked for" if supported.max else "none"
    yield _line("microversions", asked)
    if cloud.clock:
        yield _line("clock", cloud.clock)
    for role in sorted(cloud.roles):
        yield _line(f"as {role}", cloud.owner(role) or "a token that was given; the cloud does not say whose it is")
    kind, trouble, pace = context.kind, None, 0.0
    if boot and kind.factory is not None:
        said: list[str] = []
        started = time.monotonic()
        trouble = session.prepare((case.id for case in cases), said.append)
        pace = time.monotonic() - started
        yield from (_line("in vain", one) for one in said)
    yield from _things(session)
    if trouble is not None:
        raise Trouble(f"a run cannot start: {trouble}")
    if boot and kind.factory is not None:
        made = [text for what, text in context.notes.sorted() if what == "first"]
        yield from (_line(f"first {kind.name}", f"{text}, ready after {pace:.0f} s") for text in made)
    yield from _statuses(session, boot)
    yield from _plan(session, cases, choices, pace, (time.monotonic() - began - pace) / max(1, cloud.request_count))
    needed = list(_missing(session, boot))
    if needed:
        raise Trouble(f"a run cannot start: {needed[0]}")
    yield ""
    yield (
        "A run can start."
        if boot or kind.factory is None
        else (f"A run can start, unless no {kind.name} can be made: --boot tries to make one.")
    )


def _things(session: Session) -> Iterator[str]:
    """Yield one line for each kind of discovered things: the thing that a run would use."""
    discovery = session.context.discovery
    for name, rules in sorted(session.cloud.profile.discovery.items()):
        found, every = discovery.found(name), discovery.every(name)
        of = f", of {len(every)}" if not isinstance(every, Missing) else ""
        yield _line(f"{name.replace('_', '-')}", _shown(found, of))
        if rules.other is not None:
            yield _line(f"{OTHER}{name.replace('_', '-')}", _shown(discovery.other(name), ""))
    room = discovery.room()
    if session.cloud.profile.room is not None:
        left = "not limited, or not known" if room is None else f"room for {room} more"
        yield _line("limits", f"{left} ({session.context.kind.many()} like these)")


def _shown(found: Candidate | Missing, of: str) -> str:
    if isinstance(found, Missing):
        return f"none: {found.reason}"
    return f"{found.name}{of}" if found.id == found.name else f"{found.name} ({found.id}){of}"


def _missing(session: Session, boot: bool) -> Iterator[str]:
    """Yield the reasons why no resource under test can be made, as far as lists and limits show them."""
    context = session.context
    factory = context.kind.factory
    if factory is None:
        return
    found = context.discovery.combinations(names_of(factory, context.discovery))
    if isinstance(found, Missing):
        yield found.reason
    elif not boot and context.discovery.room() == 0:
        yield f"the limits of the project leave no room for a {context.kind.name}"


def _statuses(session: Session, boot: bool) -> Iterator[str]:
    """Yield one line for each status that clouds need not keep: whether this cloud keeps it."""
    context = session.context
    optional = context.service.under_test.optional_statuses
    if not boot:
        yield from (_line(status, "not known; --boot tries whether this cloud keeps it") for status in optional)
        return
    subject = Subject(context)
    try:
        for status in optional:
            problem = subject.reach(status)
            yield _line(status, "kept" if problem is None else problem.reason)
    finally:
        subject.discard()


def _plan(session: Session, cases: Sequence[Case], choices: Choices, pace: float, per_request: float) -> Iterator[str]:
    """Yield the plan: the number of cases, the reasons for left-out cases, and the estimated requests and time."""
    context = session.context
    out: Counter[str] = Counter()
    lanes: dict[str, dict[str, Case]] = {}
    for case in cases:
        problem = barrier(context, case.trial)
        unkept = context.unkept.reasons.get((case.trial.situation.environment, case.trial.situation.state or ""), "")
        if problem is not None or unkept:
            out[problem.reason if problem is not None else unkept] += 1
        else:
            lanes.setdefault(session.run.lane(case.id), {})[case.trial.key] = case
    total = len(cases)
    yield _line("cases", f"{total}, of which at least {sum(out.values())} will be inapplicable")
    for reason, count in out.most_common(MOST):
        yield _line("", f"{count}: {reason}")
    if len(out) > MOST:
        yield _line(
            "", f"{sum(out.values()) - sum(n for _, n in out.most_common(MOST))}: {len(out) - MOST} other reasons"
        )
    walked = [lane for lane in lanes if not lane.startswith(NO_RESOURCE)]
    at_once = min(len(walked), choices.max_resources)
    room = context.discovery.room()
    yield _line(context.kind.many() or "lanes", f"at most {at_once} at a time")
    if room is not None and room + (1 if pace else 0) < at_once:
        yield _line("", f"the limits leave room for {room} only, so the run makes fewer at a time")
    trials = sum(len(lanes[lane]) for lane in walked)
    tried = (case.trial for found in lanes.values() for case in found.values())
    requests = forecast(tried, context.service, context.graphs).requests
    seconds = requests * per_request / 2 + (trials * context.patience.settle + len(walked) * 3 * pace) / max(1, at_once)
    yield _line("about", f"{requests:.0f} requests, roughly {_duration(seconds)}")


def _duration(seconds: float) -> str:
    return f"{max(1, round(seconds / 60))} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _line(head: str, text: str) -> str:
    return f"{head:<{WIDTH}}{text}"
