"""The head of the record of a run of several services: joined from the heads of all services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance.plugin.reference import Reference, shipped
from conformance.plugin.shares import Shares
from specs.record import RunRecord, Tally
from specs.record.model import SELECTS_SPECS, RunInfo, ServicePart
from specs.record.totals import added

TIMES = ("seconds", "processor_seconds")
"""The totals that are of the whole run: its services share the time and the processes."""

LACKING = "lacking"
"""Kind of the notes about services that the cloud lacks."""


def tallies_of(directory: Path) -> dict[str | None, Tally]:
    """Count the results in a record: service, or None in a run of one -> its counts. Raises RecordError."""
    found: dict[str | None, Tally] = {}
    for result in RunRecord.read(directory).results:
        found.setdefault(result.service, Tally()).add(result)
    return found


def joined(heads: Sequence[RunInfo], shares: Shares, options: Mapping[str, Any]) -> RunInfo:
    """Return the head of a run of several services.

    Args:
        heads: the head of each service that the cloud has, as of a run of this service alone.
        shares: the shares of these services, in the same order, and the services that the cloud lacks.
        options: the options of the run.
    """
    mine = zip(heads, shares, strict=True)
    parts = [_part(head, share.reference) for head, share in mine]
    parts += [
        ServicePart(one.service, spec=_spec(one), options=selecting(one), lacking=why) for one, why in shares.lacking
    ]
    notes = [
        {**note, "service": share.service} for head, share in zip(heads, shares, strict=True) for note in head.notes
    ]
    notes += [{"kind": LACKING, "text": why, "service": one.service} for one, why in shares.lacking]
    return replace(
        heads[0],
        options=dict(options),
        roles=tuple(sorted({role for head in heads for role in head.roles})),
        totals=_summed([head.totals for head in heads]),
        notes=tuple(notes),
        services=tuple(parts),
    )


def narrowed(options: Mapping[str, Any], reference: Reference) -> dict[str, Any]:
    """Return the options of a run of several services as those of a run of one of these services alone."""
    return {key: value for key, value in options.items() if key not in SELECTS_SPECS} | selecting(reference)


def selecting(reference: Reference) -> dict[str, Any]:
    """Return the option that selects the specs of one service of a run."""
    if shipped().get(reference.service) == reference.folder:
        return {"service": reference.service}
    folder, here = reference.folder, Path.cwd()
    return {"spec": str(folder.relative_to(here) if folder.is_relative_to(here) else folder)}


def _part(head: RunInfo, reference: Reference) -> ServicePart:
    totals = {key: value for key, value in head.totals.items() if key not in TIMES}
    return ServicePart(reference.service, head.endpoint, head.roles, head.spec, totals, selecting(reference))


def _spec(reference: Reference) -> dict[str, Any]:
    first = reference.specs[0].reference
    return {
        "service": reference.service,
        "package": first.package,
        "version": first.version,
        "operations": sum(len(spec.operations) for spec in reference.selected),
        "files": [spec.reference.path for spec in reference.selected],
    }


def _summed(totals: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The totals of all services; the services share the time of the run, so the longest time is that of all."""
    if not any(totals):
        return {}
    counts: Counter[str] = Counter()
    for one in totals:
        counts.update({key: value for key, value in one.items() if key not in added()})
    return {**counts, **added(*totals), **{key: max(one.get(key) or 0.0 for one in totals) for key in TIMES}}
