"""Values that only the cloud can give, for the bindings in a request body."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from conformance.engine.api import bodies, json_path
from conformance.engine.cloud.discover import Missing
from conformance.engine.cloud.exchange import ABSENT, Ask
from conformance.engine.cloud.poll import ServerView, WaitResult
from conformance.engine.cloud.resources import Made
from conformance.engine.cloud.roles import Role
from conformance.engine.model.binding import Binding
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.errors import NeedsNewServer, Unavailable
from conformance.engine.provision.owned import Owned

NAMED = ("path", "shown", "sent", "before")
"""Resources that are none: what the path of the request names and shows, what its body or a step before has sent."""


_ATTACHED_BY = {"floating_ip": "ip", "volume": "id"}
"""By which attribute a request names what it attaches, where that is not the name."""


class Holder(Protocol):
    """The resource under test, as far as values depend on it (see ``provision.subject.Subject``)."""

    must_replace: bool

    @property
    def view(self) -> ServerView | None:
        """The resource as last shown."""

    @property
    def server_id(self) -> str:
        """Its id."""

    def settle(self, targets: tuple[str, ...] | None) -> WaitResult:
        """Wait until it lasts in a status."""

    def stir(self, path: str = "") -> None:
        """Note that something of it is changing."""

    def refresh(self) -> ServerView | None:
        """Look at it again."""

    def reach(self, state: str) -> object:
        """Bring it into a status."""


class Bindings:
    """Gives values to bindings, in relation to the server of one stage.

    What was made and not attached is used again; what a request may have attached is told by ``used``.

    Attributes:
        elements: gives an element of a collection that the lane has made, by its path; a second one has another label.
    """

    def __init__(self, context: RunContext, subject: Holder) -> None:
        self._context = context
        self._subject = subject
        self._free: dict[str, list[Made]] = {}
        self.attached: dict[str, Made] = {}
        self.elements: Callable[[str, str | None], Owned] | None = None

    def new_server(self) -> None:
        """Forget what was attached to the server before."""
        self.attached.clear()

    def filled(self, body: Any, must_work: bool = True, named: Mapping[str, str] | None = None) -> Any:
        """A copy of a body with a value for each binding.

        Args:
            body: with Bindings in it.
            must_work: whether the request is to be accepted, so that values must fit the server.
            named: what the placeholders of the path name.

        Raises:
            Unavailable: the cloud lacks what one asks for.
            NeedsNewServer: the server cannot give it any more.
            CloudError: it could not be made.
        """
        if isinstance(body, Binding):
            if body.resource in NAMED:
                return self._named(body, named or {})
            return self._value(body, must_work)
        if isinstance(body, dict):
            # A key may be a Binding, too: what names a member that is about something of the cloud.
            return {self.filled(k, must_work, named): self.filled(v, must_work, named) for k, v in body.items()}
        if isinstance(body, list):
            return [self.filled(value, must_work, named) for value in body]
        return body

    def _named(self, binding: Binding, named: Mapping[str, str]) -> Any:
        if binding.resource == "shown":
            return self._shown(named.get("", ""), binding.attribute)
        key = binding.attribute if binding.resource == "path" else f"{binding.resource}.{binding.attribute}"
        if key not in named:
            raise Unavailable(f"no request has named {key}", optional=False)
        return named[key]

    def _shown(self, path: str, attribute: str) -> Any:
        """A field of what the path of a request names, as it is shown there."""
        answer = self._context.cloud.get(path, microversion=str(self._context.top))
        view = next(iter(answer.json.values())) if answer.ok and isinstance(answer.json, dict) else None
        if not isinstance(view, dict) or attribute not in view:
            raise Unavailable(f"{path} shows no {attribute}", optional=False)
        return view[attribute]

    def project(self) -> str:
        """The id of the member's project, as a server of it shows it."""
        if self._subject.view is None:
            self._subject.reach(self._context.service.initial)
        found = (self._subject.view or {}).get("tenant_id")
        if not isinstance(found, str):
            raise Unavailable("no server shows the id of the project", optional=False)
        return found

    def used(self, bindings: Iterable[Binding], accepted: bool) -> None:
        """Tell what became of the values that the last request held."""
        for binding in bindings:
            if not accepted:
                continue
            if binding.resource == "server" and binding.attribute == "fixed_ip":
                # It may have lost the address; what comes after must not suffer from it.
                self._subject.must_replace = True
            if binding.relation == "fresh" and self._free.get(binding.resource):
                self._free[binding.resource].pop()
            elif binding.relation == "free" and binding.resource in self._context.service.attach:
                made = self._free.get(binding.resource, [])
                if made:
                    self.attached[binding.resource] = made.pop()
            elif binding.relation == "attached":
                self.attached.pop(binding.resource, None)

    def _value(self, binding: Binding, must_work: bool) -> Any:
        self._context.notes.add("binding", str(binding))
        if binding.resource.startswith("/"):
            return self._element(binding)
        known = _KNOWN.get(binding.resource)
        if known is not None:
            return known(self, binding, must_work)
        if binding.relation == "attached":
            return _attribute(self._attach(binding.resource), binding.attribute)
        if binding.relation == "ambiguous":
            return self._ambiguous(binding.resource)
        return _attribute(self._make_free(binding.resource), binding.attribute)

    def _element(self, binding: Binding) -> Any:
        """What names an element of a collection that the lane has made, or what its own view shows now."""
        if self.elements is None:
            raise Unavailable("the lane makes nothing", optional=False)
        owned = self.elements(binding.resource, "other" if binding.relation.startswith("other") else None)
        if not binding.relation.endswith("shown"):
            return owned.value
        reader = owned.producer.reader if owned.producer else None
        version = str(self._context.version_for(reader)) if reader else None
        role = Role.ADMIN if Role.ADMIN in self._context.cloud.roles else Role.MEMBER
        answer = self._context.cloud.get(owned.path, role=role, microversion=version)
        found = json_path.lookup(answer.json, binding.attribute.split("."))
        if found is ABSENT:
            raise Unavailable(f"{owned.path} was answered {answer.status} and shows no {binding.attribute}", False)
        return found

    def _new_name(self, binding: Binding, _must_work: bool) -> str:
        return _spelled(self._context.resources.rand_name("case"), binding.attribute)

    def _uuid(self, _binding: Binding, _must_work: bool) -> str:
        return str(uuid.uuid4())

    def _password(self, _binding: Binding, _must_work: bool) -> str:
        return f"Cf-{secrets.token_urlsafe(12)}"

    def _discovered(self, binding: Binding, _must_work: bool) -> Any:
        found = _have(getattr(self._context.discovery, binding.resource))
        return found if isinstance(found, str) else getattr(found, binding.attribute)

    def _server(self, binding: Binding, must_work: bool) -> str:
        if binding.attribute == "name":
            return str((self._subject.view or {})["name"])
        return self._subject.server_id if binding.attribute == "id" else self._fixed_ip(must_work)

    def _share(self, _binding: Binding, _must_work: bool) -> str:
        if not self._context.sandbox:
            raise Unavailable("a share can only be made by the Shared File Systems service")
        return str(uuid.uuid4())  # the sandbox's stand-in for that service knows every id

    def _own_project(self, _binding: Binding, _must_work: bool) -> str:
        return self.project()

    def _flavor(self, binding: Binding, must_work: bool) -> Any:
        small = _have(self._context.discovery.flavor)
        if binding.relation != "other":
            return getattr(small, binding.attribute)
        other = _have(self._context.discovery.flavor_alt)
        shown = (self._subject.view or {}).get("flavor") or {}
        if shown.get("original_name") == other.name or shown.get("id") == other.id:
            if must_work and other.disk != small.disk:
                raise NeedsNewServer
            return getattr(small, binding.attribute)
        return getattr(other, binding.attribute)

    def _host(self, binding: Binding, _must_work: bool) -> str:
        """A compute host that is up: the server's own, another one, or any. Only an administrator may look.

        The attribute ``hypervisor`` is the name of the server's hypervisor, which need not be that of its host.
        """
        cloud, version = self._context.cloud, str(self._context.top)
        if Role.ADMIN not in cloud.roles:
            raise Unavailable("hosts are shown to administrators only, and no such role was given")
        own = None
        if self._subject.view is not None:
            shown = cloud.get(f"/servers/{self._subject.server_id}", role=Role.ADMIN, microversion=version)
            server = shown.json.get("server", {}) if isinstance(shown.json, dict) else {}
            own = server.get("OS-EXT-SRV-ATTR:host")
            if binding.attribute == "hypervisor" and server.get("OS-EXT-SRV-ATTR:hypervisor_hostname"):
                return str(server["OS-EXT-SRV-ATTR:hypervisor_hostname"])
        if binding.relation == "own" and own:
            return str(own)
        answer = cloud.get("/os-services", role=Role.ADMIN, microversion=version, query=(("binary", "nova-compute"),))
        services = answer.json.get("services", []) if isinstance(answer.json, dict) else []
        for service in services:
            if service.get("state") == "up" and service.get("status") == "enabled" and service.get("host") != own:
                return str(service["host"])
        raise Unavailable("there is no second compute host that is up")

    def _fixed_ip(self, must_work: bool) -> str:
        for network in ((self._subject.view or {}).get("addresses") or {}).values():
            for address in network:
                if address.get("OS-EXT-IPS:type", "fixed") == "fixed":
                    return str(address["addr"])
        if must_work:
            raise NeedsNewServer
        raise Unavailable("the server has no fixed address")

    def _make_free(self, resource: str) -> Made:
        ready = self._free.setdefault(resource, [])
        if not ready:
            ready.append(self._make(resource))
        return ready[-1]

    def _make(self, resource: str) -> Made:
        factory = getattr(self._context.resources, resource, None)
        if factory is None:
            raise Unavailable(f"this suite cannot make a {resource}", optional=False)
        made: Made = factory()
        return made

    def _ambiguous(self, resource: str) -> str:
        first = self._make(resource)
        factory = getattr(self._context.resources, resource)
        second: Made = factory(name=first.name)
        return second.name

    def _attach(self, resource: str) -> Made:
        if resource in self.attached:
            return self.attached[resource]
        operation_id, parameter = self._context.service.attach[resource]
        operation = self._context.operations.get(operation_id)
        if operation is None:
            raise Unavailable(f"the specs lack {operation_id}, which attaches a {resource}", optional=False)
        made = self._make_free(resource)
        value = _attribute(made, _ATTACHED_BY.get(resource, "name"))
        version = self._context.version_for(operation)
        body = bodies.build(operation, version, self._context.service, {parameter: value})
        path = operation.path.replace(f"{{{self._context.service.identifier}}}", self._subject.server_id)
        answer = self._context.cloud.send(Ask(operation.method, path, Role.MEMBER, str(version), body))
        if not answer.ok:
            raise Unavailable(f"{operation_id} was answered {answer.status or answer.error}", optional=False)
        self._context.notes.add("binding", f"{operation_id} attaches a {resource}")
        self._free[resource].remove(made)
        self.attached[resource] = made
        self._subject.settle(())
        if resource == "volume":
            self._subject.stir(path)
        self._subject.refresh()  # what the server shows now is what the case begins with
        return made


def _spelled(name: str, form: str) -> str:
    """A name in the form of its attribute: ``value`` as it is, with ``{}`` what stands for it in capitals."""
    return form.format(re.sub(r"[^A-Z0-9]", "_", name.upper())) if "{}" in form else name


_KNOWN: Mapping[str, Callable[[Bindings, Binding, bool], Any]] = {
    "name": Bindings._new_name,
    "uuid": Bindings._uuid,
    "password": Bindings._password,
    "image": Bindings._discovered,
    "network": Bindings._discovered,
    "availability_zone": Bindings._discovered,
    "floating_ip_pool": Bindings._discovered,
    "flavor": Bindings._flavor,
    "server": Bindings._server,
    "host": Bindings._host,
    "share": Bindings._share,
    "project": Bindings._own_project,
}
"""How a resource that is not made by a factory gives a value."""


def _have(found: Any) -> Any:
    if isinstance(found, Missing):
        raise Unavailable(found.reason)
    return found


def _attribute(made: Made, attribute: str) -> Any:
    if attribute == "name":
        return made.name
    if attribute == "id":
        return made.id
    value = made.body.get(attribute, ABSENT)
    if value is ABSENT:
        raise Unavailable(f"the {made.kind} shows no {attribute}", optional=False)
    return value
