"""``conformance doctor``: checks whether a run can start, and shows its users, its resources and the cases left out."""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from conformance.engine.api.producers import placeholders
from conformance.engine.cloud.discover import OTHER, Candidate, Missing
from conformance.engine.cloud.exchange import Ask
from conformance.engine.cloud.first import names_of
from conformance.engine.execute.barriers import barrier
from conformance.engine.model.case import Case
from conformance.engine.provision.subject import Subject
from conformance.engine.run.forecast import forecast
from conformance.engine.run.lanes import NO_RESOURCE
from conformance.engine.run.needed import needed
from conformance.engine.run.session import Session, Settings
from conformance.plugin.choices import Choices, choose, with_tokens
from conformance.plugin.endpoint import open_endpoint
from conformance.plugin.guided import needs_of
from conformance.plugin.opened import check_fit, settings_of
from conformance.plugin.reference import Reference, given_files_of, read_references
from conformance.plugin.share import Lacking, Share
from conformance.plugin.trouble import Trouble
from reports import words
from specs.record import RecordWriter

WIDTH = 22
"""Columns of the first part of a line."""

MOST = 12
"""The most reasons for left-out cases that are shown; the most frequent reason comes first."""


FIRST = 8
"""The number of lists that each role asks for, if no description names a request for that."""


@dataclass
class Sums:
    """The plans of all services together.

    Attributes:
        cases: the number of cases, with those that will be inapplicable.
        requests, seconds: the estimates.
        short: the things for which the limits leave too little room, in words.
    """

    cases: int = 0
    requests: float = 0.0
    seconds: float = 0.0
    short: list[str] = field(default_factory=list)


def examine(given: Mapping[str, Any], places: Sequence[Path], *, boot: bool) -> Iterator[str]:
    """Yield lines about a run with some options: its cloud, its users, the things that it would use, and its plan.

    Args:
        given: the options of a run, by name.
        places: the directories and files of the specs to test.
        boot: True to make one resource under test, bring it into the statuses that clouds need not keep, and remove it.

    Raises:
        Trouble: a run cannot start, or would decide only a part; one sentence says why.
    """
    sums = Sums()
    choices = choose(with_tokens(given, os.environ))
    references = read_references(given_files_of(places, choices.services_beside(places)))
    check_fit(choices, references)
    services = tuple(reference.service for reference in references)
    with tempfile.TemporaryDirectory(prefix="conformance-doctor-") as folder:
        directory = Path(folder)
        endpoint = open_endpoint(choices, directory, services)
        try:
            cannot: dict[str, list[str]] = {}
            for reference in references:
                yield from (["", f"{reference.service}:"] if len(services) > 1 else [])
                if reference.service in endpoint.lacking:
                    yield _line("left out", endpoint.lacking[reference.service])
                    continue
                settings = settings_of(choices, endpoint, directory, reference.service)
                settings = replace(settings, service=reference.service if len(services) > 1 else None)
                try:
                    yield from _opened(reference, settings, choices, boot, sums)
                except Lacking as lacking:
                    if len(services) == 1:
                        raise
                    yield _line("left out", str(lacking))
                except Trouble as trouble:
                    if len(services) == 1:
                        raise
                    cannot.setdefault(str(trouble), []).append(reference.service)
                    yield str(trouble)
            yield from _summed(sums, choices, len(services))
            if cannot:
                said = (f"{words.listed(of)}: {sentence}" for sentence, of in cannot.items())
                raise Trouble("; ".join(said))
        finally:
            endpoint.close()


def _summed(sums: Sums, choices: Choices, services: int) -> Iterator[str]:
    """Yield the lines about all services together, and about the room that lacks; none if no service was examined."""
    if not sums.cases:
        return
    if choices.guideline is not None:
        of = choices.guideline.guideline
        yield from ("", f"{of.id} {of.version}:")
        yield _line("needs", words.count(sums.cases, "case"))
    if services > 1:
        yield from ([] if choices.guideline is not None else ["", "All services:"])
        yield _line("about", f"{sums.requests:.0f} requests, roughly {_duration(sums.seconds)}")
    if sums.short:
        yield _line("room", "not enough, as far as the cloud shows its limits: " + "; ".join(sums.short))
        yield _line("", "a run waits for room, and leaves undecided the cases that find none")
    else:
        yield _line("room", "enough, as far as the cloud shows its limits")


def _opened(reference: Reference, settings: Settings, choices: Choices, boot: bool, sums: Sums) -> Iterator[str]:
    """Yield the lines about one service, on a connection of its own."""
    share = Share.open(reference, settings, RecordWriter(settings.directory, worker=settings.service), choices.given)
    cases = share.suite.cases
    if choices.guideline is not None:
        needed = needs_of(choices.guideline, choices.declared, [(reference, share.suite)], {}).cases
        cases = tuple(case for case in cases if (reference.service, case.id) in needed)
    try:
        if cases:
            yield from _examined(share.session, cases, choices, boot, sums)
        else:
            yield _line("left out", "the guideline needs nothing of this service")
    finally:
        left = share.session.close()
        share.writer.close()
    yield from (_line("left behind", one) for one in left)


def _examined(session: Session, cases: Sequence[Case], choices: Choices, boot: bool, sums: Sums) -> Iterator[str]:
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
    if not context.service.described:
        _ask_first(session)
        yield from (_line("hint", text) for text in session.hints)
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
    if (lacks := next((text for what, text in context.notes.sorted() if what == "missing"), None)) is not None:
        raise Trouble(f"a run would decide nothing that needs a {kind.name}: {lacks}")
    if boot and kind.factory is not None:
        made = [text for what, text in context.notes.sorted() if what == "first"]
        yield from (_line(f"first {kind.name}", f"{text}, ready after {pace:.0f} s") for text in made)
    yield from _statuses(session, cases, boot)
    per_request = (time.monotonic() - began - pace) / max(1, cloud.request_count)
    yield from _plan(session, cases, choices, pace, per_request, sums)
    if (lacks := next(_missing(session, boot), None)) is not None:
        raise Trouble(lacks)
    yield ""
    yield (
        "A run can start."
        if boot or kind.factory is None
        else (f"A run can start, unless no {kind.name} can be made: --boot tries to make one.")
    )


def _ask_first(session: Session) -> None:
    """Ask for some lists as each role: no description names a request that shows whether a role is let in."""
    context = session.context
    plain = (o for o in context.operations.values() if o.method == "GET" and not placeholders(o.path) and not o.removed)
    for operation in islice(plain, FIRST):
        version = str(context.version_for(operation))
        for role in sorted(session.cloud.roles):
            session.cloud.send(Ask("GET", operation.path, role, version, operation=operation.id))


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
    if session.context.kind.factory is not None and session.cloud.profile.room is not None:
        left = "not limited, or not known" if room is None else f"room for {room} more"
        yield _line("limits", f"{left} ({session.context.kind.many()} like these)")


def _shown(found: Candidate | Missing, of: str) -> str:
    if isinstance(found, Missing):
        return f"none: {found.reason}"
    return f"{found.name}{of}" if found.id == found.name else f"{found.name} ({found.id}){of}"


def _missing(session: Session, boot: bool) -> Iterator[str]:
    """Yield what keeps resources under test from being made, as far as lists and limits show it, in a sentence."""
    context = session.context
    factory = context.kind.factory
    if factory is None:
        return
    found = context.discovery.combinations(names_of(factory, context.discovery))
    if isinstance(found, Missing):
        yield f"a run cannot start: {found.reason}"
    elif not boot and context.discovery.room() == 0:
        needs = f"a run would decide nothing that needs a {context.kind.name}"
        yield f"{needs}: the limits of the project leave no room for one"


def _statuses(session: Session, cases: Sequence[Case], boot: bool) -> Iterator[str]:
    """Yield one line for each status that clouds need not keep and that a case needs: whether this cloud keeps it."""
    context = session.context
    entered = {status for case in cases for status in (case.trial.situation.state, *case.trial.outcome.leads_to)}
    optional = [status for status in context.service.under_test.optional_statuses if status in entered]
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


def _plan(
    session: Session, cases: Sequence[Case], choices: Choices, pace: float, per_request: float, sums: Sums
) -> Iterator[str]:
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
    left_out = f", of which at least {sum(out.values())} will be inapplicable" if out else ""
    yield _line("cases", f"{total}{left_out}")
    for reason, count in out.most_common(MOST):
        yield _line("", f"{count}: {reason}")
    if len(out) > MOST:
        yield _line(
            "", f"{sum(out.values()) - sum(n for _, n in out.most_common(MOST))}: {len(out) - MOST} other reasons"
        )
    walked = [lane for lane in lanes if not lane.startswith(NO_RESOURCE)]
    at_once = min(len(walked), choices.max_resources)
    room = context.discovery.room()
    if context.kind.factory is not None and walked:
        yield _line(context.kind.many(), f"at most {at_once} at a time")
        if room is not None and room + (1 if pace else 0) < at_once:
            yield _line("", f"the limits leave room for {room} only, so the run makes fewer at a time")
    trials = sum(len(lanes[lane]) for lane in walked)
    tried = [[case.trial for case in found.values()] for found in lanes.values()]
    made = needed(tried, context)
    if made:
        yield _line("makes", "at least " + ", ".join(f"{one.count} {one.things}" for one in made[:MOST]))
    for one in made:
        if one.short:
            sums.short.append(f"{one.room} {one.things} where the run makes at least {one.count}")
            yield _line("", f"the limits leave room for {one.room} {one.things} only")
    requests = forecast(chain.from_iterable(tried), context).requests
    seconds = requests * per_request / 2 + (trials * context.patience.settle + len(walked) * 3 * pace) / max(1, at_once)
    yield _line("about", f"{requests:.0f} requests, roughly {_duration(seconds)}")
    sums.cases, sums.requests, sums.seconds = sums.cases + total, sums.requests + requests, sums.seconds + seconds


def _duration(seconds: float) -> str:
    return f"{max(1, round(seconds / 60))} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _line(head: str, text: str) -> str:
    return f"{head:<{WIDTH}}{text}"
