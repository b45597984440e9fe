"""Things that the cloud has already, for values that no request of the run can make."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from conformance.engine.api.given import ShownValue
from conformance.engine.api.response_fields import elements, identity
from conformance.engine.cloud.client import Cloud
from conformance.engine.cloud.discover import Candidate, Missing
from conformance.engine.cloud.exchange import ABSENT, Answer
from conformance.engine.cloud.faults import message_in
from conformance.engine.cloud.fields import values
from conformance.engine.cloud.kinds import View
from conformance.engine.cloud.names import OF_A_RUN
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.scopes import FAILED
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.errors import Unavailable
from specs.microversion import Microversion
from specs.model import Operation


def first_listed(context: RunContext, collection: str, placeholder: str) -> str:
    """Return the name of the first element of a collection: the first that the member sees, or else the administrator.

    Args:
        context: the context of the run.
        collection: the path of the collection.
        placeholder: the name of the placeholder that names an element in a path.

    Raises:
        Unavailable: neither of them sees an element, or the service fails.
    """
    answer: Answer | None = None
    for role in (one for one in (Role.MEMBER, Role.ADMIN) if one in context.cloud.roles):
        answer = context.cloud.get(collection, role=role, microversion=str(context.top))
        for element in elements(answer.json) if answer.ok else ():
            if (found := identity(element, placeholder)) is not None:
                return found
    raise none_listed(collection, placeholder, answer)


def none_listed(collection: str, placeholder: str, answer: Answer | None) -> Unavailable:
    """The error that no element of a collection is known; a service that fails to list them may have some.

    Args:
        collection: the path of the collection.
        placeholder: the name of the element in words.
        answer: the last answer to the request for the list; None if nobody could ask for it.
    """
    if answer is not None and answer.status >= FAILED:
        said = message_in(answer.json)
        failed = f"GET {collection} was answered {answer.status}" + (f" ({said})" if said else "")
        return Unavailable(f"{failed}, so no element is known that could stand for {placeholder}", optional=False)
    return Unavailable(f"the cloud shows no element of {collection} that could stand for {placeholder}")


def may_vanish(cloud: Cloud, element: Any, value: str, collection: str) -> bool:
    """Whether a run of this suite has made a listed element, so that it may be removed at any moment.

    Another lane of this run may have made it, or another run, which its name tells.
    """
    if cloud.journal is not None and cloud.journal.owns(value, collection):
        return True
    return any(prefix != cloud.prefix for prefix in OF_A_RUN.findall(json.dumps(element, default=str)))


def is_number(operation: Operation, name: str, version: Microversion) -> bool:
    """Whether a placeholder of a path stands for a number at a version, by the reference."""
    return any(
        row.name == name and row.location == "path" and row.type in ("integer", "int") and version in row.range
        for row in operation.request.parameters
    )


def another(
    candidates: Sequence[Candidate], used: Callable[[Candidate], bool], at_least: Sequence[str]
) -> Candidate | None:
    """The first of some things that the resource under test does not use and that can take the place of the used one.

    Args:
        candidates: the things, the best first.
        used: tells whether the resource uses a thing.
        at_least: the attributes in which a thing must not be below the used one.
    """
    in_use = next((one for one in candidates if used(one)), None)

    def suits(one: Candidate) -> bool:
        return not used(one) and (in_use is None or all(one.value(name) >= in_use.value(name) for name in at_least))

    return next((one for one in candidates if suits(one)), None)


def shown_by(rule: ShownValue, view: View | None) -> Any:
    """The value that a rule finds in a view; ABSENT if it finds none."""
    holders = values(view, rule.within) if rule.within else iter((view,))
    fitting = (one for one in holders if all(condition.holds(one) for condition in rule.where))
    return next((found for one in fitting for field in rule.fields for found in values(one, field) if found), ABSENT)


def have(found: Any) -> Any:
    """The thing or things that discovery has found. Raises Unavailable: it has found none."""
    if isinstance(found, Missing):
        raise Unavailable(found.reason)
    return found
