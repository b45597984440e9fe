"""Requests that change something although their method is GET.

A description names their paths. Beside these, a GET of a word below a thing, such as ``/gears/{gear_id}/associate``,
acts if the reference promises no content and 202 alone: nothing is read, and something to do was accepted
(RFC 9110, section 15.3.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from conformance.engine.api.addresses import addressed
from conformance.engine.api.producers import form
from conformance.engine.api.service import ServiceDescription
from specs.model import Operation, Spec

ACCEPTED = 202

_WORD_BELOW_A_THING = re.compile(r".*\}/[^/{}]+")


def with_acting_reads(service: ServiceDescription, specs: Iterable[Spec]) -> ServiceDescription:
    """The description, with the operations that act by GET, and all their paths among the rules of the guard."""
    operations = [o for spec in addressed(tuple(specs)).specs for o in spec.operations if o.method == "GET"]
    guard = service.profile.guard
    paths = dict.fromkeys((*guard.acting_reads, *(_pattern(o) for o in operations if _acts(o))))
    acting = dict.fromkeys((*service.unsafe_gets, *(o.id for o in operations if _pattern(o) in paths)))
    profile = replace(service.profile, guard=replace(guard, acting_reads=tuple(paths)))
    return replace(service, profile=profile, unsafe_gets=tuple(acting))


def _pattern(operation: Operation) -> str:
    """The path as the guard knows it: ``*`` stands for one part."""
    return form(operation.path).replace("{}", "*")


def _acts(operation: Operation) -> bool:
    codes = {code.code for code in operation.responses.normal}
    answers = any(row.location == "body" for row in operation.response.parameters) or operation.response.samples
    return codes == {ACCEPTED} and not answers and _WORD_BELOW_A_THING.fullmatch(operation.path) is not None
