"""The facts that a reference tells a client. A cleanup, which has no reference, finds some of them in the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from conformance.engine.api.forced import forced_removals
from conformance.engine.api.lists import lists_of
from conformance.engine.api.service import ServiceDescription
from conformance.engine.cloud.carried import Carried, CarriedHeader
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.profile import Profile
from specs.microversion import Microversion
from specs.model import Spec


def with_reference(
    profile: Profile, specs: Sequence[Spec], service: ServiceDescription, top: Microversion, journal: Journal
) -> Profile:
    """A profile with the facts of a reference: the headers that requests have to carry.

    Of a service without a description also the removals by force; its lists are only noted.
    """
    carried = Carried(tuple(_carried(specs)))
    if carried.headers:
        journal.has_to_carry(carried)
        profile = replace(profile, carried=carried)
    if service.described:
        return profile
    journal.may_look_at((one.collection, one.path, one.removable) for one in lists_of(specs))
    return replace(profile, forced=forced_removals(specs, service, top))


def _carried(specs: Sequence[Spec]) -> list[CarriedHeader]:
    operations = (operation for spec in specs for operation in spec.operations)
    return [
        CarriedHeader(one.name, one.value, operation.method, operation.path, operation.action or "", one.min, one.max)
        for operation in operations
        for one in operation.request.headers
    ]
