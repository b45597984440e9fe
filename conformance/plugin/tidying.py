"""``conformance cleanup``: remove the resources that a run left on a cloud, as its journal lists them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.engine.api.load import load_service
from conformance.engine.cloud.cleanup import CleanupReport, cleanup
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.removal import Tell
from conformance.engine.cloud.target import Described, Target, connect
from conformance.plugin.choices import choose
from conformance.plugin.options import OPTIONS
from conformance.plugin.trouble import Trouble
from conformance.sandbox.process import SERVICES
from specs.record import RunRecord

_ENDPOINT = ("os-cloud", "os-cloud-admin", "os-cloud-reader", "os-cloud-alt", "os-cloud-visitor", "url")
_TOKENS = tuple(option.name for option in OPTIONS if option.secret)


def tidy(run: Path, given: Mapping[str, Any], tell: Tell | None = None) -> CleanupReport:
    """Remove the resources that a run left on the cloud.

    Args:
        run: the run directory.
        given: options by name; without an endpoint among them, the endpoint of the run is used.
        tell: takes a sentence whenever a wait begins.

    Raises:
        Trouble, RecordError, CloudError: the cleanup is not possible; one sentence says why.
    """
    record = RunRecord.read(run)
    directory = record.path or run
    entries = Journal.read(directory)
    owed = Journal.read_debts(directory)
    if all(entry.settled for entry in entries) and not owed:
        return CleanupReport(already_gone=tuple(f"{e.intent.kind} {e.intent.name}" for e in entries if e.ids))
    chosen = {name: given[name] for name in (*_ENDPOINT, *_TOKENS) if given.get(name)}
    if not any(name in chosen for name in _ENDPOINT):
        if record.info.endpoint.get("sandbox") or record.info.options.get("sandbox-cloud"):
            return CleanupReport(already_gone=tuple(f"{e.intent.kind} {e.intent.name}" for e in entries))
        chosen |= {name: record.info.options[name] for name in _ENDPOINT if record.info.options.get(name)}
    if "url" in chosen and not chosen.get("token"):
        raise Trouble(f"the run tested {chosen['url']}, and tokens are not recorded: give --token again")
    choices = choose(chosen)
    service = str(record.info.spec.get("service") or SERVICES[0])
    journal = Journal(directory / "journal-cleanup.jsonl")
    try:
        cloud = connect(
            Target(clouds=choices.clouds, url=choices.url, tokens=choices.tokens),
            journal,
            profile=load_service(service).profile,
            described=_described(record.info.endpoint),
        )
        try:
            return cleanup(directory, cloud, tell=tell)
        finally:
            cloud.close()
    finally:
        journal.close()


def _described(endpoint: Mapping[str, Any]) -> Described:
    """What the reference of a run said of the addresses of the service, as the record has it."""
    major = endpoint.get("major")
    if major is None:
        return Described()
    return Described((major,), {major: frozenset(endpoint.get("below_project") or ())})
