"""A view of one operation for the derivation of cases: its versions, forms, statuses, bodies and roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from conformance.engine.api import bodies, headers, request_fields
from conformance.engine.api.patterns import means_one
from conformance.engine.api.producers import Producers, last_version
from conformance.engine.api.same import Same
from conformance.engine.api.service import ServiceDescription
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.judge.contents import ErrorBody
from conformance.engine.model.binding import bindings_in
from conformance.engine.model.case import Requirement, id_part
from specs.microversion import Microversion, VersionRange
from specs.model import Condition, Operation, Parameter, Spec, Vocabulary, When
from specs.record.model import Source

ADMIN = "admin"
"""The role of an administrator."""


@dataclass(frozen=True)
class Variant:
    """One form of the documented request, and the statuses in which it is accepted by the reference.

    Attributes:
        name: the name of the form in ids; empty if there is only one form.
        include: the fields of the body that make this form.
        states: the statuses in which the request is accepted.
        condition: the precondition that gives the statuses; None if the reference is silent.
    """

    name: str
    include: tuple[tuple[str, Any], ...]
    states: tuple[str, ...]
    condition: Condition | None

    @property
    def prefix(self) -> str:
        """The text before a status in a case's detail."""
        return f"{self.name}." if self.name else ""


@dataclass(frozen=True)
class View:
    """An operation, with the facts of its reference and of its service.

    Attributes:
        operation: the operation.
        spec: the spec that contains it.
        service: the description of the service.
        top: the highest microversion that reference and cloud share.
        vocabulary: the documented values of statuses, each with its spec.
        common: the headers of every response, each with its spec.
        shown_null: the entry and the name of each row that a sample or a sentence shows as null.
        producers: the operations that make elements of collections; None if they do not matter.
        within: the environment of the resources of the trials, by its name in the description; empty for the usual one.
        only: True if the endpoint has the version ``top`` alone, so that requests name none (see ``ApiVersion``).
        default_policy: True if the cloud is known to keep the documented defaults of its policy.
    """

    operation: Operation
    spec: Spec
    service: ServiceDescription
    top: Microversion
    vocabulary: tuple[tuple[Spec, Vocabulary], ...] = ()
    common: tuple[tuple[Spec, Parameter], ...] = ()
    shown_null: frozenset[tuple[str, str]] = frozenset()
    producers: Producers | None = None
    within: str = ""
    only: bool = False
    default_policy: bool = False

    @cached_property
    def lowest(self) -> Microversion:
        """The lowest version at which the operation exists and is tried."""
        if self.only:
            return max(self.operation.microversions.range.min or self.top, self.top)
        return self.operation.microversions.range.min or self.service.first_microversion

    @cached_property
    def default(self) -> Microversion:
        """The highest version at which the operation exists and is tried; trials without a version use it."""
        own = last_version(self.operation)
        return self.top if own is None else min(own, self.top)

    @property
    def roles_are_fixed(self) -> bool:
        """Whether the reference names the roles, and the provider of this cloud has not chosen others."""
        policy = self.operation.policy
        return policy is not None and (self.default_policy or not policy.provider_may_change)

    @property
    def range(self) -> VersionRange:
        """The versions at which the operation exists and is tried."""
        return VersionRange(self.lowest, self.default)

    def requirement(self, kind: str, detail: str, line: int | None, in_parameters: bool = False) -> Requirement:
        """The requirement of a kind, with an optional detail."""
        parts = [self.operation.id, kind, *([id_part(detail)] if detail else [])]
        path = self.spec.reference.path
        if in_parameters and line is not None:
            path = self.spec.reference.parameters_path or path
        declared = self.operation.declares(kind, line, in_parameters)
        if kind == "error":
            kind = f"error/{detail}"
        source = Source(path, line or self.operation.line, declared)
        return Requirement("/".join(parts), self.operation.id, kind, source)

    @cached_property
    def scoped(self) -> bool:
        """Whether the operation acts on one resource that has statuses."""
        return bool(self.service.identifier) and f"{{{self.service.identifier}}}" in self.operation.path

    @cached_property
    def shows_resource(self) -> bool:
        """Whether the operation shows the resource that has statuses: a GET of its own path."""
        return (
            self.reads
            and bool(self.service.identifier)
            and self.operation.path.endswith(f"/{{{self.service.identifier}}}")
        )

    @cached_property
    def makes_resource(self) -> bool:
        """Whether the operation makes a resource that has statuses: a POST on their collection."""
        if self.producers is None or self.operation.method != "POST":
            return False
        return self.service.identifier in self.producers.names(self.operation.path)

    @cached_property
    def status_conditions(self) -> tuple[Condition, ...]:
        """The preconditions on the status of the resource; only those about the environment of the trials, if any."""
        found = tuple(
            c
            for c in self.operation.preconditions
            if c.kind == "status"
            and c.resource == self.service.resource
            and c.attribute in (None, "status")
            and self.holds_here(c.when)
            and c.any_of
        )
        return tuple(c for c in found if self._own(c)) or found

    def holds_here(self, when: When | None, version: Microversion | None = None) -> bool:
        """Whether a fact applies to the resources of the trials, at a version or at the default version."""
        if when is None:
            return True
        within = (version or self.default) in VersionRange.parse(when.min, when.max)
        if when.environment is None or not within:
            return within
        if self.within:
            return self.of_environment(when) == self.within
        return when.environment in self.service.under_test.usual_environments

    def of_environment(self, when: When | None) -> str:
        """The environment of a fact; empty if the fact is about all resources, or the environment cannot be made."""
        return self.service.environment_of(when.environment) if when is not None and when.environment else ""

    def told_elsewhere(self, condition: Condition) -> bool:
        """Whether the module ``environments`` derives the cases of a condition."""
        return self.scoped and bool(self.of_environment(condition.when) or self.service.byproduct(condition))

    def _own(self, condition: Condition) -> bool:
        """Whether a condition is about the environment of the trials and no other."""
        return bool(self.within) and self.of_environment(condition.when) == self.within

    @cached_property
    def possible(self) -> tuple[str, ...]:
        """The documented statuses after the request in environments that this cloud may or may not have."""
        return tuple(
            status
            for post in self.operation.postconditions
            if post.kind == "status" and post.resource == self.service.resource and post.when is not None
            if post.when.environment is not None
            and post.when.environment not in self.service.under_test.usual_environments
            if not self.of_environment(post.when)
            for status in post.becomes
        )

    @cached_property
    def variants(self) -> tuple[Variant, ...]:
        """The forms of the request that the reference distinguishes; at least one."""
        found = []
        for condition in self.status_conditions:
            when = condition.when or When()
            include: dict[str, Any] = dict(when.request)
            names = [id_part(str(v)) for v in include.values()]
            if when.present:
                chosen = self._existing(when.present)
                include.update((name, ABSENT) for name in chosen)
                names.append("with-" + "+".join(map(id_part, chosen)))
            found.append(Variant("-".join(names), tuple(include.items()), condition.any_of, condition))
        if found:
            return tuple({v.name: v for v in reversed(found)}[n] for n in dict.fromkeys(v.name for v in found))
        states = self.service.under_test.statuses_to_try.get(
            self.operation.id, (self.service.under_test.initial_status,)
        )
        return (Variant("", (), states, None),)

    def _existing(self, names: tuple[str, ...]) -> list[str]:
        known = {f.path[-1] for f in request_fields.fields(self.operation, self.default)}
        return [n for n in names if n in known][:1]

    @property
    def reads(self) -> bool:
        """Whether the operation only reads."""
        return self.operation.method in ("GET", "HEAD") and self.operation.id not in self.service.unsafe_gets

    @cached_property
    def needs_resource(self) -> bool:
        """Whether a trial needs the resource that has statuses: the path, the body or a list's query names it."""
        needed = [value for _, value in self.query]
        needed.append(bodies.build(self.operation, self.default, self.service))
        return self.scoped or any(
            (self.service.resource and binding.resource == self.service.resource)
            or (binding.relation in ("own", "other", "attached") and not binding.resource.startswith("/"))
            for binding in bindings_in(needed)
        )

    @cached_property
    def can_be_held(self) -> bool:
        """Whether a trial can keep the resource in a status in which the reference allows the request."""
        stable = self.service.under_test.stable_statuses
        return not self.needs_resource or any(state in stable for one in self.variants for state in one.states)

    @property
    def makes(self) -> bool:
        """Whether the operation makes an element of a collection."""
        return self.producers is not None and self.producers.made_by(self.operation) is not None

    @property
    def names_what_it_makes(self) -> bool:
        """Whether the operation makes an element whose name the client chooses in the path."""
        producer = self.producers.made_by(self.operation) if self.producers is not None else None
        return producer is not None and producer.chosen

    @property
    def main(self) -> tuple[Variant, str | None]:
        """The form and the status for the trials that depend on neither."""
        if not self.needs_resource:
            return self.variants[0], None
        for variant in self.variants:
            for state in variant.states:
                if state == self.service.under_test.initial_status:
                    return variant, state
        for variant in self.variants:
            for state in variant.states:
                if state in self.service.under_test.stable_statuses:
                    return variant, state
        return self.variants[0], self.service.under_test.initial_status

    def main_with(self, names: Iterable[str]) -> tuple[Variant, str | None]:
        """The form and the status for a request with some fields, which may need another status than ``main``."""
        given = set(names)
        for variant in self.variants:
            if variant.condition and variant.condition.when and given & set(variant.condition.when.present):
                for state in variant.states:
                    if state in self.service.under_test.stable_statuses:
                        return variant, state
        return self.main

    @property
    def environment(self) -> Condition | None:
        """A precondition that the API can neither show nor set, and that resources of this suite do not meet."""
        for condition in self.operation.preconditions:
            if condition.kind == "environment" and condition.when is None and not self._met():
                return condition
        return None

    def _met(self) -> bool:
        """Whether the usual resources meet the environment by description, or a step before the request sets it up."""
        met = means_one(self.service.environment_satisfied, self.operation.id)
        return met or bool(self.service.steps(self.operation, "steps_before"))

    @property
    def fault(self) -> ErrorBody | None:
        """The expected form of the body of an error; None if no form is promised, or no description tells it."""
        form = self.service.error_body
        other = means_one(form.others, self.operation.id)
        if not self.service.described or other or (form.code_field is None and not form.required_fields):
            return None
        return ErrorBody(form.list_key, form.code_field, form.required_fields)

    @cached_property
    def headers(self) -> Mapping[str, Any]:
        """The documented headers that a request needs, with their values."""
        return headers.needed(self.operation, self.service)

    @cached_property
    def query(self) -> tuple[tuple[str, Any], ...]:
        """The query that a request needs, as pairs of a name and a value or Binding."""
        return self.service.query(self.operation)

    @cached_property
    def role(self) -> str:
        """The lowest role that may use the operation by the reference."""
        policy = self.operation.policy
        return ADMIN if policy and not ({"owner", "any", "member", "reader"} & set(policy.roles)) else "member"

    def body(self, variant: Variant, version: Microversion, extra: Mapping[str, Any] | None = None) -> Any:
        """The request body of a form at a version; ``extra`` gives further fields."""
        wanted = {**dict(variant.include), **(extra or {})}
        wanted.update(dict.fromkeys(self.service.with_companions(self.operation, wanted), ABSENT))
        return bodies.build(self.operation, version, self.service, wanted)

    def plain_body(self, variant: Variant, version: Microversion) -> Any:
        """The request body of a form at a version, without further fields. Many trials share it: nobody changes it."""
        key = Same(variant), version
        if key not in self._plain:
            self._plain[key] = self.body(variant, version)
        return self._plain[key]

    @cached_property
    def _plain(self) -> dict[tuple[Same[Variant], Microversion], Any]:
        """The answers of ``plain_body`` so far."""
        return {}

    def query_with(self, name: str) -> tuple[tuple[str, Any], ...]:
        """The parameters that a query needs beside one of its parameters, with a documented value for each."""
        rows = {row.name: row for row in self.operation.request.parameters if row.location == "query"}
        found = []
        for needed in self.service.with_companions(self.operation, [name]):
            bound, value = self.service.binding(self.operation, needed)
            if bound or (needed in rows and rows[needed].enum):
                found.append((needed, value if bound else str(rows[needed].enum[0])))
        return tuple(found)

    def leads_to(self, state: str, variant: Variant, version: Microversion | None = None) -> tuple[str, ...]:
        """The statuses after the request, by the reference or else by the description; empty if the status stays."""
        special: list[str] = []
        conditional: list[str] = []
        plain: list[str] = []
        for post in self.operation.postconditions:
            if post.kind != "status" or post.resource != self.service.resource:
                continue
            if post.attribute not in (None, "status") or not self.holds_here(post.when, version):
                continue
            own = self._own(post)
            if post.when and post.when.status:
                if state in post.when.status:
                    (special if own else conditional).extend(post.becomes)
            elif not (post.when and post.when.request and not _same_request(post.when, variant)):
                (special if own else plain).extend(post.becomes)
        reached = tuple(dict.fromkeys(special or conditional or plain))
        if reached:
            return tuple(dict.fromkeys((*reached, *self.possible)))
        for way in self.service.under_test.transitions:
            if way.operation == self.operation.id and way.source == state:
                wanted = dict(way.request)
                if not wanted or wanted.items() <= dict(variant.include).items():
                    return (way.target,)
        return ()

    def set_by(self, body: Any, state: str) -> tuple[str, ...]:
        """The status that the fields of a request without an action set, by the description; empty if none does."""
        inner = next(iter(body.values())) if isinstance(body, Mapping) and len(body) == 1 else body
        for way in self.service.under_test.transitions if self.operation.action is None else ():
            sets = way.operation == self.operation.id and way.source == state and bool(way.request)
            if sets and isinstance(inner, Mapping) and dict(way.request).items() <= inner.items():
                return (way.target,)
        return ()


def _same_request(when: When, variant: Variant) -> bool:
    return dict(when.request).items() <= dict(variant.include).items()
