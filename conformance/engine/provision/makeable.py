"""The status of the resource under test in which the elements that a trial needs can be made."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.engine.api.producers import Producers, collection_of, placeholders
from conformance.engine.api.service import ServiceDescription
from conformance.engine.model.setup import Existing
from conformance.engine.model.trial import Trial
from specs.model import Operation


def makes_in(
    trial: Trial, producers: Producers, operations: Mapping[str, Operation], service: ServiceDescription
) -> str:
    """The status of the resource under test in which a trial's elements can be made; empty if none is stable."""
    having = (name for setup in trial.setups(Existing) for name in setup.operations)
    paths = [trial.request.operation.path, *(operations[name].path for name in having)]
    for collection in (collection_of(path, name) for path in paths for name in placeholders(path)):
        producer = producers.of(collection)
        for condition in producer.operation.preconditions if producer is not None else ():
            if condition.kind == "status" and condition.resource == service.resource:
                return next((s for s in condition.any_of if s in service.under_test.stable_statuses), "")
    return service.under_test.initial_status
