"""A made-up suite for the generators of breakages: operations of any method, and cases written by hand."""

from widgets import KNOWLEDGE, TOP, trial

from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.model.case import Case, Requirement, Suite
from conformance.prove.catalogue import catalogue
from conformance.prove.ground import Ground
from specs.model import Code, Operation, Request, Responses
from specs.record.model import Source


def operation(method, path, *rows, codes=(400, 401, 403, 404, 409), normal=202):
    """An operation without an action; its id names method and path."""
    name = f"{method.lower()}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}"
    return Operation(
        f"widgets.{name}",
        name,
        method,
        path,
        5,
        responses=Responses((Code(normal, 10),), tuple(Code(code, 11) for code in codes)),
        request=Request(rows),
    )


def case(one, rest, expectation, state=None, role="member", accepted=False, target="own", body=ABSENT, **more):
    """A case, ``rest`` being what follows the operation in its id."""
    requirement_id = rest.partition("[")[0]
    kind = requirement_id if requirement_id.startswith("error/") else requirement_id.split("/")[0]
    requirement = Requirement(f"{one.id}/{requirement_id}", one.id, kind, Source("x", 1))
    parts = {"state": state, "role": role, "accepted": accepted, "target": target, "body": body}
    tried = trial(one, key=f"{rest}|{role}", **parts, **more)
    return Case(f"{one.id}/{rest}", requirement, tried, expectation)


def broken(*cases, templates=(), service=KNOWLEDGE, one_version=False, untested=()):
    """The breakages of some cases, by what follows the operation in their ids."""
    requirements = {one.requirement.id: one.requirement for one in cases}
    suite = Suite(tuple(requirements.values()), cases, untested)
    ground = Ground(suite, TOP, service, ("IDLE",), frozenset(templates), one_version)
    return {breakage.id.partition("/")[2]: breakage for breakage in catalogue(ground)}
