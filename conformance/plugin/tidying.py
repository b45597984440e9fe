"""``conformance cleanup``: remove the resources that a run left on a cloud, as its journal lists them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from conformance.engine.api.load import load_service
from conformance.engine.cloud.cleanup import CleanupReport, cleanup
from conformance.engine.cloud.client import Cloud
from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.removal import Tell
from conformance.engine.cloud.target import Described, Target, connect
from conformance.plugin.choices import choose, with_tokens
from conformance.plugin.options import BY_NAME, NAMES_ENDPOINT, STARTED
from conformance.plugin.trouble import Trouble
from conformance.sandbox.process import SERVICES
from specs.record import RunDirectory, RunRecord
from specs.record.model import RunInfo

_Clean = Callable[[Cloud], CleanupReport]
"""Removes the things of a service, with its client."""


def tidy(
    run: Path, given: Mapping[str, Any], tell: Tell | None = None, claimed: frozenset[str] = frozenset()
) -> CleanupReport:
    """Remove the resources that a run left on the cloud.

    Args:
        run: the run directory.
        given: options by name; without an endpoint among them, the endpoint of the run is used.
        tell: takes a sentence whenever a wait begins.
        claimed: the ids or addresses of things that the user takes for the run's.

    Raises:
        Trouble, RecordError, CloudError: the cleanup is not possible, also because the run has not ended; one sentence
            says why.
    """
    place = RunDirectory.take_again(run)
    try:
        return _tidy(place.path, given, tell, claimed)
    except OSError as error:
        raise Trouble(f"{error.filename or place.path} cannot be written: {error.strerror}; make room") from None
    finally:
        place.release()


def _tidy(directory: Path, given: Mapping[str, Any], tell: Tell | None, claimed: frozenset[str]) -> CleanupReport:
    record = RunRecord.read(directory)
    entries = Journal.read(directory)
    owed = Journal.read_debts(directory)
    if all(entry.settled for entry in entries) and not owed:
        return CleanupReport(already_gone=tuple(f"{e.intent.kind} {e.intent.name}" for e in entries if e.ids))
    chosen = {option.name: given[option.name] for option in NAMES_ENDPOINT if given.get(option.name)}
    named = [option.name for option in NAMES_ENDPOINT if not option.secret]
    if not any(name in chosen for name in named):
        if record.info.endpoint.get("sandbox") or any(record.info.options.get(name) for name in STARTED):
            return CleanupReport(already_gone=tuple(f"{e.intent.kind} {e.intent.name}" for e in entries))
        chosen |= {name: record.info.options[name] for name in named if record.info.options.get(name)}
    chosen = with_tokens(chosen, os.environ)
    if "url" in chosen and not chosen.get("token"):
        raise Trouble(
            f"the run tested {chosen['url']}, and tokens are not recorded: give the member's token again, in "
            f"{BY_NAME['token'].variable} or with --token @FILE"
        )
    choices = choose(chosen)
    target = Target(clouds=choices.clouds, url=choices.url, tokens=choices.tokens)
    clean = partial(cleanup, directory, tell=tell, claimed=claimed)
    parts = [part for part in record.info.services if part.lacking is None]
    if not parts:
        return _tidy_service(directory, record.info, target, None, clean)
    return _joined([_tidy_part(directory, record.info.of(part), target, part.service, clean) for part in parts])


def _tidy_part(directory: Path, head: RunInfo, target: Target, service: str, clean: _Clean) -> CleanupReport:
    """Remove the things of one of several services; if it cannot be reached, they are left, and the others go on."""
    try:
        return _tidy_service(directory, head, target, service, clean)
    except CloudError as error:
        return CleanupReport(left=(f"{service}: {error}",))


def _tidy_service(directory: Path, head: RunInfo, target: Target, service: str | None, clean: _Clean) -> CleanupReport:
    """Remove the things of a service. ``service`` is its type in a run of several services, and None in a run of one.

    Raises:
        CloudError: the service cannot be reached.
    """
    name = "-".join(part for part in ("journal-cleanup", service) if part)
    journal = Journal(directory / f"{name}.jsonl", service=service)
    try:
        entries = journal.entries()
        if all(entry.settled for entry in entries) and not journal.debts():
            return CleanupReport(already_gone=tuple(f"{e.intent.kind} {e.intent.name}" for e in entries if e.ids))
        profile = load_service(head.service or SERVICES[0]).profile
        cloud = connect(target, journal, profile=profile, described=_described(head.endpoint))
        try:
            return clean(cloud)
        finally:
            cloud.close()
    finally:
        journal.close()


def _joined(reports: Sequence[CleanupReport]) -> CleanupReport:
    return CleanupReport(
        removed=tuple(one for report in reports for one in report.removed),
        already_gone=tuple(one for report in reports for one in report.already_gone),
        left=tuple(one for report in reports for one in report.left),
        restored=sum(report.restored for report in reports),
        told=tuple(one for report in reports for one in report.told),
    )


def _described(endpoint: Mapping[str, Any]) -> Described:
    """The facts about addresses of the service in the reference of a run, read from the head of its record."""
    major = endpoint.get("major")
    if major is None:
        return Described()
    return Described((major,), {major: frozenset(endpoint.get("below_project") or ())})
