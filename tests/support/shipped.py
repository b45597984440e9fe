"""The specs that are shipped, and all that follows from them: read and derived once for the tests of one process.

The tests only look: nothing here may be changed by any of them.
"""

from __future__ import annotations

from functools import cache

from checkout import ROOT

from conformance.engine.api.load import load_service
from conformance.engine.derive.suite import derive, highest_version
from conformance.engine.model.case import Suite
from conformance.prove.breakage import Breakage
from conformance.prove.catalogue import catalogue
from conformance.prove.ground import Ground
from specs.load import load_directory
from specs.model import Spec


@cache
def specs_of(service: str) -> tuple[Spec, ...]:
    """The specs of a service."""
    return tuple(load_directory(ROOT / "specs" / service).specs)


@cache
def suite_of(service: str, default_policy: bool = False) -> Suite:
    """The suite of all specs of a service."""
    return derive(specs_of(service), default_policy=default_policy)


@cache
def ground() -> Ground:
    """The suite of the compute API, as a proof breaks it."""
    specs = specs_of("compute")
    templates = frozenset((operation.method, operation.path) for spec in specs for operation in spec.operations)
    suite = suite_of("compute", default_policy=True)
    return Ground(suite, highest_version(specs), load_service("compute"), ("ACTIVE", "BUILD", "SHUTOFF"), templates)


@cache
def breakages() -> tuple[Breakage, ...]:
    """All that a proof can break of the compute API."""
    return tuple(catalogue(ground()))
