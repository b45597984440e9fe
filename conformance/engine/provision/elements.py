"""Makes elements of collections for a lane, by the documented operations, and removes them."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, unquote

from conformance.engine.api import bodies, naming
from conformance.engine.api.entries import FORMING
from conformance.engine.api.headers import SIGNATURE, needed
from conformance.engine.api.needs import ElementNeeded
from conformance.engine.api.producers import Producer
from conformance.engine.cloud.book import Intent
from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.exchange import Answer, Ask
from conformance.engine.cloud.faults import message_in
from conformance.engine.cloud.guard import safe_in_path
from conformance.engine.cloud.holders import holder_of
from conformance.engine.cloud.kinds import Kind
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.wait import until
from conformance.engine.model.binding import Binding, bindings_in
from conformance.engine.provision.aside import Aside
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.elevation import HIDDEN, as_first_allowed, with_administrator
from conformance.engine.provision.errors import CONFLICT, Unavailable
from conformance.engine.provision.other_project import NOT_FOR_OTHERS, of_the_member
from conformance.engine.provision.owned import FRESH, Owned, background, content, key_of, name_in, named_by
from conformance.engine.provision.subject import Subject
from specs.model import Operation


class Elements:
    """Makes and keeps elements for one lane.

    Attributes:
        aside: the things that requests make beside those that their paths name.
        prepare: a function that takes the steps before a request of an operation.
    """

    def __init__(self, context: RunContext, subject: Subject) -> None:
        self._context = context
        self._subject = subject
        self._pool: dict[tuple[str, tuple[tuple[str, Any], ...]], Owned] = {}
        self._under_way: list[str] = []
        self.aside = Aside(context)
        self._filled: set[str] = set()
        self.prepare: Callable[[Operation], None] = lambda _: None
        subject.bindings.elements = self.element
        subject.bindings.spend = self._forget_spent

    def own(self, wanted: ElementNeeded, collection: str, operation: Operation) -> Owned | None:
        """An element of a collection that this lane has made; None where none can be made.

        Args:
            wanted: a description of the element.
            collection: the path of the collection with values for its placeholders.
            operation: the operation whose request needs the element.

        Raises:
            Unavailable: the cloud did not make it.
        """
        producer = wanted.producer
        key = key_of(collection, wanted.fields)
        if producer is not None and producer.chosen and producer.operation.id == operation.id:
            return Owned(self._new_name(producer), collection, "", "member", None)  # the request makes the element
        if key not in self._pool:
            if wanted.factory is not None:
                self._pool[key] = self._by_factory(wanted.factory, collection)
            elif producer is not None and producer.operation.id != operation.id:
                self._pool[key] = self.produce(producer, collection, wanted.name, wanted.fields)
            else:
                return None
        return self._pool[key]

    def kept_for(self, wanted: ElementNeeded, collection: str, _: Operation) -> Owned | None:
        """The element of a collection that this lane has made and still has; None without one."""
        return self._pool.get(key_of(collection, wanted.fields))

    def element(self, collection: str, label: str | None, fields: Mapping[str, Any] = MappingProxyType({})) -> Owned:
        """An element for a request's body, from a collection without placeholders.

        Another label, or other unusual fields of the request that makes it, give another element. One whose label
        begins with ``FRESH`` is for one trial: see ``drop_fresh``.

        Raises:
            Unavailable: no element can be made.
        """
        producer = self._context.producers.of(collection)
        if producer is None:
            raise Unavailable(f"no operation makes an element of {collection}", optional=False)
        if label and self._under_way:
            label = label.removeprefix(FRESH)  # it lasts as long as the element that is made of it
        key = key_of(collection, fields)
        key = (collection, (("", label), *key[1])) if label else key
        if key not in self._pool:
            self._pool[key] = self.produce(producer, collection, producer.name, fields)
        return self._pool[key]

    def lend(self, owned: Owned) -> None:
        """Let requests use an element that was made to be listed, unless the lane has a usual one of its collection.

        A cloud may hold only one of its kind, so that no other could be made for them.
        """
        self._pool.setdefault(key_of(owned.collection, {}), owned)

    def holds(self, owned: Owned) -> bool:
        """Whether requests of this lane use an element."""
        return owned in self._pool.values()

    def made_by(self, role: Role, values: Iterable[str]) -> bool:
        """Whether a role has made one of the elements with these ids or names, which are those of a path."""
        return any(owned.role == str(role) for owned in self.named(set(values)))

    def named(self, values: Collection[str]) -> list[Owned]:
        """The elements in the pool with one of these ids or names."""
        return [owned for owned in self._pool.values() if owned.value in values]

    def has_below(self, path: str) -> bool:
        """Whether the pool has an element whose path begins so."""
        return any(owned.path.startswith(path) for owned in self._pool.values())

    def clear(self) -> None:
        """Empty the pool, so that elements are made anew when needed. Nobody needs the old ones any more."""
        for owned in self._pool.values():
            self.let_go(owned)
        self._pool.clear()

    def drop_fresh(self) -> None:
        """Remove the elements that were made for one request and used up by it, or on the side."""
        self.aside.release()
        for (_, fields), owned in list(self._pool.items()):
            if any(str(label).startswith(FRESH) for name, label in fields if name == ""):
                self.dispose(owned)

    def renew(self, path: str) -> bool:
        """Give the last element that a path names up, so that the next request gets another one. False without one."""
        named = [unquote(part) for part in path.split("/")]
        if found := self.named(named):
            self.dispose(max(found, key=lambda owned: named.index(owned.value)))
        return bool(found)

    def give_up_named(self, names: Collection[str]) -> None:
        """Use no more the things of these ids or names, since a request may have changed them."""
        self._subject.bindings.give_up_named(names)
        for owned in self.named(names):
            self.dispose(owned)

    def give_up(self) -> None:
        """Remove the elements in the pool, since this lane does not need them any more."""
        for owned in reversed(list(self._pool.values())):  # an element may hold those that were made before it
            self.dispose(owned)
        self.aside.release()

    def forget(self, owned: Owned) -> None:
        """Forget an element that is gone or has changed."""
        self._pool = {key: other for key, other in self._pool.items() if other.value != owned.value}

    def _forget_spent(self, collection: str) -> None:
        """Forget the usual element of a collection, since a request has used it up. It goes with another thing."""
        self._pool.pop(key_of(collection, {}), None)

    def forget_below(self, path: str) -> None:
        """Forget the elements below a path, since they are gone or changed."""
        self._pool = {key: owned for key, owned in self._pool.items() if not owned.path.startswith(f"{path}/")}

    def _by_factory(self, factory: str, collection: str) -> Owned:
        problem = self._subject.reach(self._context.service.under_test.initial_status)
        if problem is not None:
            raise Unavailable(problem.reason, optional=False)
        made = self._context.resources.make(factory, of=self._subject.resource_id)
        return Owned(str(made.id), collection, f"{collection}/{made.id}", str(made.role))

    def _new_name(self, producer: Producer) -> str:
        """A name for an element that its client names: as described, a UUID, that of the sample body, or a new one."""
        operation = producer.operation
        name = producer.name
        bound, value = self._context.service.binding(operation, name)
        if bound:
            given = self._subject.bindings.filled(value)
            return str(given)
        row = next((r for r in operation.request.parameters if r.location == "path" and r.name == name), None)
        if row is not None and (row.format == "uuid" or row.type == "uuid" or name.endswith("uuid")):
            return str(uuid.uuid4())
        return naming.chosen_name(operation) or self._context.resources.rand_name("case")[-40:]

    def produce(self, producer: Producer, collection: str, name: str, fields: Mapping[str, Any]) -> Owned:
        """Make an element, and wait until it is complete.

        Args:
            producer: the operation that makes it.
            collection: the filled path of its collection.
            name: the name of the placeholder that the element fills.
            fields: unusual fields of the request body.

        Raises:
            Unavailable: the cloud refused, or its response did not name the new element.
        """
        operation = producer.operation
        if self._context.service.only_in_sandbox(operation) and not self._context.sandbox:
            raise Unavailable(f"{operation.id}, which makes an element for {{{name}}}, is tried only in the sandbox")
        if operation.id in self._under_way:
            raise Unavailable(f"{operation.id} needs what it makes itself", optional=False)
        self._under_way.append(operation.id)
        try:
            return self._produced(producer, collection, name, fields)
        finally:
            self._under_way.pop()

    def _produced(self, producer: Producer, collection: str, name: str, fields: Mapping[str, Any]) -> Owned:
        operation, context = producer.operation, self._context
        version = context.version_for(operation)
        self.prepare(operation)
        built = naming.named(operation, bodies.build(operation, version, context.service, fields), context.service)
        chosen = self._new_name(producer) if producer.chosen else None
        path = f"{collection}/{quote(chosen, safe='')}" if chosen is not None else collection
        path = operation.path if producer.elsewhere else path
        signing = needed(operation, context.service)
        intents: list[Intent | None] = []

        wanted = self._role(operation)
        roles = with_administrator(wanted, context.role_names)

        def once() -> tuple[str, Answer, Any]:
            body = self._subject.bindings.filled(context.fitting(operation, built, version), True)

            def sent(role: str, body: Any) -> Answer:
                intents.append(None if self.joins(producer) else self.intend(collection, body, chosen, role))
                headers = self._subject.bindings.headers(signing.items())
                ask = Ask(operation.method, path, Role(role), str(version), body, headers=headers, intent=intents[-1])
                return context.cloud.send(replace(ask, signed=SIGNATURE in signing))

            def send(role: str) -> Answer:
                theirs = body
                if role == Role.ADMIN:
                    theirs = of_the_member(operation, version, body, context.service, self._subject.bindings)
                answer = sent(role, theirs)
                return sent(role, body) if theirs != body and answer.status in NOT_FOR_OTHERS else answer

            role, answer = as_first_allowed(roles, send)
            if answer.status == HIDDEN and self.made_by(Role.ADMIN, map(unquote, collection.split("/"))):
                role, answer = as_first_allowed(roles[-1:], send)  # members do not see what it is to be made below
            return role, answer, body

        role, answer, body = context.demanded.heeded(
            operation, version, once(), lambda one: (one[1].status, one[2], one[1].json), once
        )
        if role != wanted and not fields and answer.status != HIDDEN:  # an unusual one may need more rights than others
            context.elevated.add(operation.id)
        if not answer.ok:
            message = message_in(answer.json)
            why = f"{operation.id}, which makes an element for {{{name}}}, was answered {answer.status or answer.error}"
            blocked = collection if answer.status == CONFLICT or collection in self._filled else ""
            raise Unavailable(why + (f" ({message})" if message else ""), False, blocked)
        whole = context.fitting(operation, built, version)
        self._subject.bindings.used([*bindings_in(whole), *bindings_in(dict(signing))], True)
        value = chosen or named_by(answer, name, body, producer.id_field, collection)
        if value is None or not safe_in_path(value):
            lacks = "did not name the new element by an id that a path can hold"
            raise Unavailable(f"{operation.id} was answered {answer.status} and {lacks}", False)
        path, unusual = f"{collection}/{quote(value, safe='')}", tuple(sorted(fields.items()))
        owned = Owned(value, collection, path, role, producer, unusual, answer.json)
        self.settle(intents[-1], owned)
        self._await(owned, answer)
        self._filled.add(collection)
        context.notes.add("producer", f"{operation.id} makes an element for {{{name}}}")
        return owned

    def _role(self, operation: Operation) -> str:
        policy = operation.policy
        member = policy is None or {"owner", "any", "member", "reader"} & set(policy.roles)
        wanted = "member" if member and operation.id not in self._context.elevated else "admin"
        return wanted if wanted in self._context.role_names else "member"

    def intend(self, collection: str, body: Any, chosen: str | None, role: str) -> Intent | None:
        """Record in the journal that an element is about to be made.

        Returns None for an element below the resource under test, since both are removed together.
        """
        journal = self._context.cloud.journal
        if journal is None or self._goes_with_subject(collection):
            return None
        kind = self._context.cloud.profile.kind_at(collection)
        return journal.intend(kind.name, chosen or name_in(body) or "", role=role)

    def _goes_with_subject(self, collection: str) -> bool:
        of = self._context.kind.collection
        return bool(of) and collection.startswith(f"{of}/")

    def joins(self, producer: Producer | None) -> bool:
        """Whether an operation makes no element, but joins one of another collection to a thing, under its own id."""
        if producer is None or not producer.chosen:
            return False
        bound, value = self._context.service.binding(producer.operation, producer.name)
        return bound and isinstance(value, Binding) and value.resource.startswith("/")

    def settle(self, intent: Intent | None, owned: Owned) -> None:
        """Record in the journal which element an intended request has made."""
        journal = self._context.cloud.journal
        if intent is not None and journal is not None:
            if self._is_elsewhere(owned):
                journal.refused(intent)  # a thing of the run was joined to another one, so nothing new is there
            else:
                journal.made(intent, owned.value, owned.path)

    def _is_elsewhere(self, owned: Owned) -> bool:
        """Whether an element has the id of a thing that the run has made at another path."""
        journal = self._context.cloud.journal
        return journal is not None and journal.owns(owned.value) and not journal.holds(owned.path)

    def renamed(self, owned: Owned, name: str) -> None:
        """Record in the journal that an element has another name now."""
        journal = self._context.cloud.journal
        intent = self.intend(owned.collection, {}, name, owned.role)
        if intent is not None and journal is not None:
            journal.made(intent, name, f"{owned.collection}/{quote(name, safe='')}")
            journal.gone(owned.value)

    def _await(self, owned: Owned, answer: Answer) -> None:
        """Wait until a new element is complete, by its own view and by the view of a resource under test above it."""
        reader = owned.producer.reader if owned.producer else None
        if self._goes_with_subject(owned.collection):
            self._subject.settle(())
            if background(answer):
                self._subject.stir(owned.collection)
        ready = self._context.complete_at_once
        if reader is None or (reader.id in ready and not background(answer)):
            return
        version = str(self._context.version_for(reader))
        promised = owned.producer.leads_to if owned.producer else frozenset()

        def formed(shown: Any) -> bool:
            status = shown.get("status") if isinstance(shown, Mapping) else None
            return status in promised or not (isinstance(status, str) and status.lower().endswith(FORMING))

        within, stopping = self._context.patience.status, self._context.stopping
        seen = until(lambda: self.show(owned, version), formed, within, stopping, pause=0.05, growth=2.0, cap=2.0)
        kind = self._context.cloud.profile.kind_at(owned.collection)
        if isinstance(seen, Mapping) and not {"status", kind.status.field} & seen.keys():
            ready.add(reader.id)
        status = seen.get(kind.status.field) if isinstance(seen, Mapping) else None
        if status is not None and status in kind.status.failed:
            # In this status nobody has promised that it can be used.
            raise Unavailable(f"{owned.path}, which a request needs, became {status}", optional=False)

    def show(self, owned: Owned, version: str) -> Any:
        """The view of an element; None where the cloud shows none."""
        return content(self._context.cloud.get(owned.path, role=Role(owned.role), microversion=version))

    def dispose(self, owned: Owned) -> None:
        """Remove an element. If the request fails, the journal still lists it, and the end of the run removes it.

        Where a quota is narrow, it is removed before that: as soon as room is needed.
        """
        self.forget(owned)
        if owned.producer is None or self._goes_with_subject(owned.collection):
            return
        kind = self._context.cloud.profile.kind_at(owned.collection)
        if kind.deletion.act is not None:
            self._drop(owned, kind)
            return
        if owned.producer.remover is None:
            return
        version = str(self._context.version_for(owned.producer.remover))
        with contextlib.suppress(CloudError):
            if owned.collection == self._context.kind.collection:
                # A cloud may keep a deleted resource for a while, with its attachments; ``drop`` deals with that.
                self._drop(owned, kind)
                return
            answer = self._context.cloud.send(Ask("DELETE", owned.path, Role(owned.role), version))
            away = answer.status in (404, 410)
            if answer.ok or (away and not holder_of(self._context.cloud, owned.value, owned.path, owned.role, version)):
                self.gone(owned)
            else:
                self._refused(owned, kind)

    def let_go(self, owned: Owned) -> None:
        """Have an element removed as soon as room is needed where a quota is narrow, else at the end of the run."""
        if not self._goes_with_subject(owned.collection):
            self._context.places.let_stay(owned.as_thing(self._context.cloud.profile.kind_at(owned.collection)))

    def _drop(self, owned: Owned, kind: Kind) -> None:
        if not self._context.resources.drop(owned.value, Role(owned.role), kind):
            self._refused(owned, kind)

    def _refused(self, owned: Owned, kind: Kind) -> None:
        self._context.places.refuse(owned.as_thing(kind))

    def gone(self, owned: Owned) -> None:
        """Record in the journal that an element is gone; not an attachment, which has the id of a thing that stays."""
        journal = self._context.cloud.journal
        joined = self.joins(owned.producer) or self._is_elsewhere(owned)
        if journal is not None and not self._goes_with_subject(owned.collection) and not joined:
            journal.gone(owned.value)
