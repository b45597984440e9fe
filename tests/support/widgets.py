"""An invented service for the tests of the engine: widgets, which idle, spin, halt and break."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conformance.engine.api.entries import BindingRule, QueryField, Refusal, Transition
from conformance.engine.api.service import ServiceDescription
from conformance.engine.api.stateful import StatefulResource
from conformance.engine.cloud.kinds import Kind, Status
from conformance.engine.cloud.profile import Profile
from conformance.engine.derive.suite import derive
from conformance.engine.derive.view import View
from conformance.engine.model.binding import Binding
from conformance.engine.model.case import Suite
from conformance.engine.model.evidence import Evidence
from conformance.engine.model.trial import Outcome, RequestTemplate, Situation, Trial
from specs.microversion import Microversion
from specs.model import (
    Code,
    Common,
    Condition,
    Operation,
    Parameter,
    Reference,
    Request,
    Response,
    Responses,
    Sample,
    Spec,
    Versions,
    Vocabulary,
)
from specs.record.model import Source

PATH = "source/widgets.inc"
PARAMETERS = "source/parameters.yaml"
TOP = Microversion(2, 20)

COLOUR = Binding("colour", "id", "any")

STATUS = Status(task_field="turning", failed=("ERROR",))
WIDGET = Kind("widget", "/widgets", "widgets", status=STATUS)

LASTING = (
    "status",
    "turning",
    "locked",
    "name",
    "addresses",
    "security_groups",
    "metadata",
    "tags",
    "description",
)
"""Fields of a widget that only requests change."""

DRIVEN = StatefulResource(
    kind="widget",
    identifier="widget_id",
    initial_status="IDLE",
    stable_statuses=("IDLE", "SPINNING", "HALTED", "BROKEN"),
    lasting_fields=LASTING,
    statuses_to_try={"widgets.polish": ("SPINNING",)},
    transitions=(
        Transition("widgets.smash", "IDLE", "BROKEN", "admin", (("how", "hard"),)),
        Transition("widgets.mend", "BROKEN", "IDLE"),
    ),
    lock="widgets.lock",
    unlock="widgets.unlock",
    lock_shown_by="locked",
)
KNOWLEDGE = ServiceDescription(
    resources=(DRIVEN,),
    query_fields={"ip": QueryField("addresses", "addr", (("version", 4),))},
    tried_last=("widgets.melt",),
    bindings=(BindingRule("*", "colourRef", COLOUR), BindingRule("*.paint", "coats", 3)),
    refusals=(),
    also_creates=(("*.copy", "image", "name"),),
    first_microversion=Microversion(2, 1),
    profile=Profile("widgetry", {"widget": WIDGET}, ("widget",)),
)


def driving(service: ServiceDescription, **more: Any) -> ServiceDescription:
    """A description that says something else of its resource under test."""
    return replace(service, resources=(replace(service.under_test, **more),))


REFUSAL = Refusal("widgets.paint", 409, "no-paint", "colourRef", Binding("colour", "id", "free"))


def row(
    name: str, type_: str | None = "string", required: bool = False, location: str = "body", **more: Any
) -> Parameter:
    """A row of a table; its line is 100 more than the length of its name, so that lines can be told apart."""
    return Parameter(name, location, type_, required, ref=name, line=100 + len(name), **more)


def sample(body: Any, microversion: str | None = None, file: str = "doc/widget-sample.json") -> Sample:
    return Sample(file, 60, microversion, body)


def status(*any_of: str, line: int = 20, **more: Any) -> Condition:
    """A precondition on the widget's status."""
    return Condition("status", "widget", line, any_of=any_of, **more)


def becomes(*values: str, line: int = 30, resource: str = "widget", **more: Any) -> Condition:
    """A postcondition on a status."""
    return Condition("status", resource, line, becomes=values, **more)


def action(
    name: str = "spin",
    *rows: Parameter,
    normal: Any = (202,),
    error: Any = (),
    answers: tuple[Parameter, ...] = (),
    samples: tuple[Sample, ...] = (),
    answered: tuple[Sample, ...] = (),
    body: Any = None,
    **more: Any,
) -> Operation:
    """An action of a widget. Codes are numbers (normal ones of line 10, errors of line 11) or ``Code``."""
    own = row(name, "object" if rows else "none", required=True)
    fields: dict[str, Any] = {
        "id": f"widgets.{name}",
        "title": name,
        "method": "POST",
        "path": "/widgets/{widget_id}/action",
        "line": 5,
        "action": name,
        "responses": Responses(_codes(normal, 10), _codes(error, 11)),
        "request": Request((own, *rows), samples),
        "response": Response(**({"body": body} if body else {}), parameters=answers, samples=answered),
    }
    return Operation(**(fields | more))


def plain(method: str, path: str, *rows: Parameter, samples: tuple[Sample, ...] = (), **more: Any) -> Operation:
    """An operation without an action, with the rows of its request; its id names method and path."""
    words = [method.lower(), *(part.strip("{}") for part in path.split("/")[1:])]
    name = more.pop("name", "-".join(words))
    return action(name, action=None, method=method, path=path, request=Request(rows, samples), **more)


def _codes(given: Any, line: int) -> tuple[Code, ...]:
    return tuple(one if isinstance(one, Code) else Code(one, line) for one in given)


def spec(*operations: Operation, common: Common | None = None, vocabulary: tuple[Vocabulary, ...] = ()) -> Spec:
    reference = Reference(PATH, "0" * 64, parameters_path=PARAMETERS)
    return Spec("widgetry", reference, operations, vocabulary, common or Common())


def view(operation: Operation, top: Microversion = TOP, service: ServiceDescription = KNOWLEDGE) -> View:
    return View(operation, spec(operation), service, top)


def suite(*operations: Operation, top: Microversion = TOP, **more: Any) -> Suite:
    """The suite of some operations, as if the reference knew all versions up to ``top``."""
    service = more.pop("service", KNOWLEDGE)
    given = spec(*operations, common=more.pop("common", None), vocabulary=more.pop("vocabulary", ()))
    last = Operation("other.last", "", "GET", "/", 1, microversions=Versions(max=str(top)))
    return derive([given, spec(last)], [given], service=service, **more)


def ids(found: Suite, part: str = "") -> list[str]:
    """Ids of the cases without the service's name, of those that hold ``part``."""
    return [c.id.removeprefix("widgets.") for c in found.cases if part in c.id]


def case(found: Suite, case_id: str) -> Any:
    """The one case of an id without the service's name."""
    (one,) = [c for c in found.cases if c.id == f"widgets.{case_id}"]
    return one


def untested(found: Suite) -> dict[str, str]:
    return {u.requirement.removeprefix("widgets."): u.reason for u in found.untested}


_REQUEST = {"role", "fallback_role", "version", "path", "query", "headers", "body", "uses_optional_fields"}
_SITUATION = {"state", "target", "environment"}
_OUTCOME = {"accepted", "leads_to", "refused_for"}


def trial(operation: Operation | None = None, **more: Any) -> Trial:
    """A trial of an action on an idle widget; ``more`` are the fields of any of its parts."""

    def part(names: set[str]) -> dict[str, Any]:
        return {name: more.pop(name) for name in names & more.keys()}

    operation = operation or action(error=(400, 404, 409))
    request = RequestTemplate(operation, **({"role": "member"} | part(_REQUEST)))
    situation = Situation(**({"state": "IDLE"} | part(_SITUATION)))
    return Trial(more.pop("key", "k"), request, situation, outcome=Outcome(**part(_OUTCOME)), **more)


def evidence(code: int | None = 202, **more: Any) -> Evidence:
    """What came of a trial on an idle widget that stayed as it was."""
    idle = {"status": "IDLE", "turning": None, "locked": False}
    fields: dict[str, Any] = {"trial": trial(), "status": code, "before": idle, "after": idle, "version": TOP}
    fields["lasting_fields"] = LASTING
    return replace(Evidence(fields.pop("trial")), **(fields | more))


def source(found: Suite, case_id: str) -> Source:
    """The place of the reference that gives the requirement of a case."""
    return case(found, case_id).requirement.source
