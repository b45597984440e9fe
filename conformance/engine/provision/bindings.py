"""Values that only the cloud can give, for the bindings in a request body."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from conformance.engine.api import bodies, json_path
from conformance.engine.api.given import Attachment, MadeUp
from conformance.engine.cloud.candidates import Candidates
from conformance.engine.cloud.discover import Candidate
from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.fields import value
from conformance.engine.cloud.kinds import View
from conformance.engine.cloud.made import Made
from conformance.engine.cloud.roles import Role
from conformance.engine.model.binding import ADDRESS, Binding, Text
from conformance.engine.model.content import Content
from conformance.engine.provision import callers
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.errors import NeedsNewResource, Unavailable
from conformance.engine.provision.found import another, first_listed, have, shown_by
from conformance.engine.provision.holder import Holder
from conformance.engine.provision.made_up import made_up, random_text, spelled
from conformance.engine.provision.owned import FRESH, Owned, content
from specs.model import Operation

NAMED = ("path", "shown", "sent", "before", "answered")
"""Names that a binding may have in place of a resource, with the source of the value.

``path``: a placeholder of the request's path. ``shown``: a field that a GET of this path shows.
``sent``: a field of the request's body. ``before``: a field of the body of a step before the request.
``answered``: a field of the answer to such a step.
"""

NAME, UUID, MAC, PASSWORD, PROJECT, USER, TOKEN = "name", "uuid", "mac", "password", "project", "user", "token"
"""Resources of bindings that every service knows: new values, and the project, the user and the token of the run."""

GENERATED = frozenset({NAME, UUID, MAC, PASSWORD, PROJECT, USER, TOKEN})


class Bindings:
    """Gives values to bindings, in relation to the resource under test of one lane.

    A resource that was made for a binding serves later bindings, until ``used`` hears that a request has attached it.

    Attributes:
        attached: the resources that are attached to the resource under test, by kind.
        wanted: the kinds of things that later trials take away, so that they may stay attached.
        as_before: the resource under test before such things were attached to it in vain; None if none were.
        elements: makes an element, from the path of its collection, a label and unusual fields of the request; another
            label, or other fields, give another element.
        spend: forgets the element of a collection that an accepted request has used up.
        answered: the fields that the last answers to steps before a request have shown, by ``answered.`` and name.
    """

    def __init__(self, context: RunContext, subject: Holder) -> None:
        self._context = context
        self._subject = subject
        self._free: dict[str, list[Made]] = {}
        self._made: list[Made] = []
        self._spares: dict[str, Candidate] = {}
        self.attached: dict[str, Made] = {}
        self.wanted: frozenset[str] = frozenset()
        self.as_before: View | None = None
        self._noted: set[tuple[str, str, str]] = set()
        self.elements: Callable[[str, str | None, Mapping[str, Any]], Owned] | None = None
        self.spend: Callable[[str], None] = lambda _: None
        self.answered: dict[str, Any] = {}

    def new_resource(self) -> None:
        """Forget the attachments of the former resource under test, and the things found for it."""
        self.attached.clear()
        self._spares.clear()
        self.as_before = None

    def give_up(self) -> list[Made]:
        """Forget all resources that were made for bindings; offer the unused ones to other lanes, return the others."""
        for resource, ready in self._free.items():
            self._context.places.offer(resource, ready)
        made = [made for made in self._made if not any(made in ready for ready in self._free.values())]
        self._made.clear()
        self._free.clear()
        self.attached.clear()
        return made

    def give_up_named(self, ids: Collection[str]) -> None:
        """Give no request any more a thing of these ids, since one may have changed it."""
        self._free = {kind: [made for made in ready if made.id not in ids] for kind, ready in self._free.items()}

    def filled(self, body: Any, must_work: bool = True, named: Mapping[str, str] | None = None) -> Any:
        """A copy of a body with a value for each binding.

        Args:
            body: a body with Bindings in it.
            must_work: True if the cloud must accept the request, so that values must fit the resource under test.
            named: the filled path under the empty name, the values of its placeholders, and fields sent before.

        Raises:
            Unavailable: the cloud lacks a resource that a binding asks for.
            NeedsNewResource: the resource under test can no longer give a value; a new resource can.
            CloudError: a resource for a binding could not be made.
        """
        if isinstance(body, Binding):
            if body.resource in NAMED:
                return self._named(body, named or {})
            return self._value(body, must_work)
        if isinstance(body, Text):
            return self._text(body, named)
        if isinstance(body, dict):
            # A key may be a Binding, too: some members have the name of something in the cloud.
            return {self.filled(k, must_work, named): self.filled(v, must_work, named) for k, v in body.items()}
        if isinstance(body, list):
            return [self.filled(value, must_work, named) for value in body]
        return replace(body, value=self.filled(body.value, must_work, named)) if isinstance(body, Content) else body

    def headers(self, given: Iterable[tuple[str, Any]]) -> tuple[tuple[str, str], ...]:
        """Headers with a value for each binding. Raises Unavailable: the cloud or the run lacks a value."""
        return tuple((name, str(self.filled(value))) for name, value in given)

    def _text(self, text: Text, named: Mapping[str, str] | None) -> str:
        """A text with its values, each spelled as in a URL, since RFC 5849 (3.6) asks for that in a signature."""
        made = {"now": str(int(time.time())), "nonce": uuid.uuid4().hex}
        made |= {name: quote(str(self.filled(value, True, named)), safe="") for name, value in text.of.items()}
        return text.form.format_map(made)

    def _named(self, binding: Binding, named: Mapping[str, str]) -> Any:
        if binding.resource == "shown":
            return self._shown(named.get("", ""), binding.attribute)
        key = binding.attribute if binding.resource == "path" else f"{binding.resource}.{binding.attribute}"
        named = self.answered if binding.resource == "answered" else named
        if key not in named:
            raise Unavailable(f"no request has given a value for {key}", optional=False)
        return named[key]

    def _shown(self, path: str, attribute: str) -> Any:
        """A field of the resource at the path of a request, as the cloud shows it now."""
        answer = self._context.cloud.get(path, microversion=str(self._context.top))
        view = content(answer)
        if not isinstance(view, dict) or attribute not in view:
            raise Unavailable(f"{path} shows no {attribute}", optional=False)
        return view[attribute]

    def project(self) -> str:
        """The id of the member's project, from the member's token or from a resource that shows it.

        Raises:
            Unavailable: neither of them shows the id.
        """
        known = self._context.cloud.project_of(Role.MEMBER)
        if known is not None:
            return known
        found = self._of_subject(PROJECT, "id", True)
        if found is ABSENT:
            raise Unavailable("no token and no resource shows the id of the project", optional=False)
        return str(found)

    def used(self, bindings: Iterable[Binding], accepted: bool) -> None:
        """Note which resources the last request has attached, detached or used up.

        Args:
            bindings: the bindings of the request.
            accepted: True if the cloud accepted the request; a refused request uses nothing up.
        """
        if accepted:
            self._spares.clear()
        for binding in bindings if accepted else ():
            shown = self._context.service.shown_value(binding.resource, binding.attribute)
            if shown is not None and shown.can_be_lost:
                # The resource may have lost this value for good; later trials get another resource.
                self._subject.must_replace = True
            if binding.relation == "fresh" and self._free.get(binding.resource):
                self._free[binding.resource].pop()
            elif binding.relation == "free" and binding.resource in self._context.service.under_test.attached_by:
                made = self._free.get(binding.resource, [])
                if made:
                    self.attached[binding.resource] = made.pop()
            elif binding.relation == "attached":
                self._detached(binding.resource)
            elif binding.relation == "spent":
                self.spend(binding.resource)

    def _detached(self, resource: str) -> None:
        """Keep a thing that was detached for later bindings, unless the cloud detaches it in the background."""
        made = self.attached.pop(resource, None)
        if made is not None and not self._context.service.under_test.attached_by[resource].background:
            self._free.setdefault(resource, []).append(made)

    def _value(self, binding: Binding, must_work: bool) -> Any:
        if (binding.resource, binding.attribute, binding.relation) not in self._noted:
            self._noted.add((binding.resource, binding.attribute, binding.relation))
            self._context.notes.add("binding", str(binding))
        service = self._context.service
        if binding.resource.startswith("/"):
            return self._element(binding)
        if binding.resource in GENERATED:
            return self._generated(binding)
        kind = service.kinds.get(binding.resource)
        if kind is not None and kind.made_up is not None:
            return self._made_up(kind.made_up)
        if kind is not None and kind.made_as is not None:
            for earlier in kind.made_as.after:
                self._value(Binding(earlier), must_work)
            return self._element(replace(binding, resource=kind.made_as.collection), kind.made_as.fields)
        shown = self._of_subject(binding.resource, binding.attribute, must_work)
        if shown is not ABSENT:
            return shown
        rules = self._context.cloud.profile.discovery.get(binding.resource)
        if rules is not None:
            return self._discovered(binding, rules, must_work)
        if binding.relation == "attached":
            return _attribute(self._attach(binding.resource), binding.attribute)
        if binding.relation == "ambiguous":
            first = self._make(binding.resource)
            return self._make(binding.resource, name=first.name).name
        return _attribute(self._make_free(binding.resource), binding.attribute)

    def _generated(self, binding: Binding) -> Any:
        """A value that every service knows."""
        cloud = self._context.cloud
        if binding.resource == NAME:
            return spelled(self._context.resources.rand_name("case"), binding.attribute)
        if binding.resource == UUID:
            return str(uuid.uuid4())
        if binding.resource == MAC:
            return made_up(MadeUp("02:{hex}:{hex}:{hex}:{hex}:{hex}"))
        if binding.resource == PASSWORD:
            token = self._context.password if binding.relation == "any" else random_text()
            return self._context.service.password_form.replace("{token}", token)
        if binding.resource == USER:
            return callers.user(cloud, binding.attribute)
        if binding.resource == TOKEN:
            return callers.token(cloud, binding.relation == "fresh")
        if binding.attribute == callers.ADMIN:
            return callers.admins_project(cloud)
        return callers.other_project(cloud) if binding.relation == "other" else self.project()

    def _element(self, binding: Binding, fields: Mapping[str, Any] = MappingProxyType({})) -> Any:
        """The name of an element that the lane has made, or a field that the view of this element shows now."""
        if binding.relation == "listed":
            return first_listed(self._context, binding.resource, binding.attribute)
        if self.elements is None:
            raise Unavailable("the lane makes nothing", optional=False)
        label = "other" if binding.relation.startswith("other") else None
        label = f"{FRESH}{secrets.token_hex(8)}" if binding.relation == "fresh" else label
        owned = self.elements(binding.resource, label, fields)
        if binding.relation == "answered":
            found = json_path.lookup(owned.answer, binding.attribute.split("."))
            if found is ABSENT:
                raise Unavailable(f"the answer that made {owned.path} shows no {binding.attribute}", optional=False)
            return found
        if not binding.relation.endswith("shown"):
            return owned.value if binding.attribute != ADDRESS else self._context.cloud.url + owned.path
        reader = owned.producer.reader if owned.producer else None
        version = str(self._context.version_for(reader)) if reader else None
        role = Role.ADMIN if Role.ADMIN in self._context.cloud.roles else Role.MEMBER
        answer = self._context.cloud.get(owned.path, role=role, microversion=version)
        found = json_path.lookup(answer.json, binding.attribute.split("."))
        if found is ABSENT:
            raise Unavailable(f"{owned.path} was answered {answer.status} and shows no {binding.attribute}", False)
        return found

    def _made_up(self, rule: MadeUp) -> str | int:
        if rule.sandbox_only and not self._context.sandbox:
            raise Unavailable(rule.sandbox_only)
        return made_up(rule)

    def _of_subject(self, resource: str, attribute: str, must_work: bool) -> Any:
        """A value that the resource under test shows; ABSENT if the description knows no field that shows it."""
        rule = self._context.service.shown_value(resource, attribute)
        if rule is None:
            if resource != self._context.service.resource:
                return ABSENT
            found = self._subject.resource_id if attribute == "id" else value(self._subject.current(), attribute)
            if found is ABSENT:
                raise Unavailable(f"the {resource} shows no {attribute}", optional=False)
            return found
        if rule.needed and self._subject.view is None:
            self._subject.reach(self._context.service.under_test.initial_status)
        found = shown_by(rule, self._view(rule.role))
        if found is ABSENT and rule.missing:
            if must_work and rule.can_be_lost:
                raise NeedsNewResource
            raise Unavailable(rule.missing, optional=not rule.needed)
        return found

    def _view(self, role: Role | None) -> View | None:
        """The resource under test as a role sees it now; without such a role, as last shown; None if there is none."""
        view = self._subject.current() if role is None else self._subject.view
        if role is None or view is None or role not in self._context.cloud.roles:
            return view
        kind = self._context.kind
        path, version = kind.path_of(self._subject.resource_id), str(self._context.top)
        answer = self._context.cloud.get(path, role=role, microversion=version)
        return kind.shown_in(answer.json)

    def _discovered(self, binding: Binding, rules: Candidates, must_work: bool) -> Any:
        """An attribute of a discovered thing: the one that the resource under test uses, or another one."""
        discovery, name = self._context.discovery, binding.resource
        # For a request that is refused all the same, the thing found for the one before will do.
        if rules.spare and not must_work and (spare := self._spares.get(name)) is not None:
            return spare.value(binding.attribute)
        if rules.role is not None and rules.role not in self._context.cloud.roles:
            raise Unavailable(f"{rules.why_role}, and no such role was given")
        view = self._view(rules.role) if rules.in_use and (rules.spare or binding.relation == "other") else None
        shown = {attribute: value(view, field) for field, attribute in rules.in_use.items()}
        in_use = {attribute: one for attribute, one in shown.items() if one not in (ABSENT, None, "")}
        if binding.relation == "own" and binding.attribute in in_use:
            return str(in_use[binding.attribute])

        def used(one: Candidate) -> bool:
            return any(one.value(attribute) == its for attribute, its in in_use.items())

        if rules.spare:
            for one in have(discovery.every(name)):
                if not used(one):
                    self._spares[name] = one
                    return one.value(binding.attribute)
            raise Unavailable(rules.unfit)
        first = have(discovery.found(name))
        if binding.relation != "other" or rules.other is None:
            return first.value(binding.attribute)
        other = have(discovery.other(name))
        # Where nobody else needs the room, a resource may go on to a still larger thing.
        every = have(discovery.every(name)) if self._context.sandbox and must_work else (first, other)
        taken = another([other, first, *every], used, rules.other.at_least if must_work else ())
        if taken is None:
            raise NeedsNewResource
        return taken.value(binding.attribute)

    def _make_free(self, resource: str) -> Made:
        ready = self._free.setdefault(resource, [])
        if not ready:
            offered = self._context.places.take_offered(resource)
            if offered is not None:
                self._made.append(offered)
            ready.append(offered or self._make(resource))
        return ready[-1]

    def _make(self, resource: str, **more: Any) -> Made:
        if not self._context.resources.can_make(resource):
            raise Unavailable(f"this suite cannot make a {resource}", optional=False)
        made = self._context.resources.make(resource, **more)
        self._made.append(made)
        return made

    def _attach(self, resource: str) -> Made:
        if resource in self.attached:
            return self.attached[resource]
        how: Attachment = self._context.service.under_test.attached_by[resource]
        operation = self._context.operations.get(how.operation)
        if operation is None:
            raise Unavailable(f"the specs lack {how.operation}, which attaches a {resource}", optional=False)
        made = self._make_free(resource)
        answer = self._sent(operation, how, made)
        if not answer.ok:
            raise Unavailable(f"{how.operation} was answered {answer.status or answer.error}", optional=False)
        self._context.notes.add("binding", f"{how.operation} attaches a {resource}")
        self._free[resource].remove(made)
        self.attached[resource] = made
        self._subject.settle((), calm=True)
        if how.background:
            self._subject.stir(self._path(operation))
            self._subject.outdated = True  # a case that compares the resource must begin with its present view
        return made

    def detach(self, resource: str) -> bool:
        """Take an attached thing of a kind away, and keep it for later bindings. Returns False if that was not done."""
        how = self._context.service.under_test.attached_by[resource]
        operation = self._context.operations.get(how.detach)
        if operation is None or not self._sent(operation, how, self.attached[resource]).ok:
            return False
        self._detached(resource)
        return True

    def _sent(self, operation: Operation, how: Attachment, made: Made) -> Answer:
        """Name a thing in a request that attaches it to the resource under test, or takes it away."""
        version = self._context.version_for(operation)
        body = bodies.build(operation, version, self._context.service, {how.parameter: _attribute(made, how.attribute)})
        return self._context.cloud.send(Ask(operation.method, self._path(operation), Role.MEMBER, str(version), body))

    def _path(self, operation: Operation) -> str:
        return operation.path.replace(f"{{{self._context.service.identifier}}}", self._subject.resource_id)


def _attribute(made: Made, attribute: str) -> Any:
    if attribute == "name":
        return made.name
    if attribute == "id":
        return made.id
    value = made.body.get(attribute, ABSENT)
    if value is ABSENT:
        raise Unavailable(f"the {made.kind} shows no {attribute}", optional=False)
    return value
