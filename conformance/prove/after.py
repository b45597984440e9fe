"""Changes to a correct response, and to the responses that follow it."""

from __future__ import annotations

import copy
import uuid
from dataclasses import dataclass, replace
from typing import Any, Literal

from conformance.engine.api.response_fields import NAMED, Place, children, identity
from conformance.engine.api.types import type_name
from conformance.prove.breakage import Turn
from conformance.prove.memory import Kind, altered_at, made_by
from conformance.prove.wire import OTHER_FAULT, Reply, resource_in

HTML = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>It works</h1></body></html>"

SERVERS = "/servers"

Edit = Literal["drop", "rename", "null", "retype", "set", "other-id"]


@dataclass(frozen=True)
class Code:
    """Another status code; the body of an error names the same code."""

    status: int

    def __call__(self, _: Turn, reply: Reply) -> Reply | None:
        """Return the response with the other code."""
        changed = replace(reply, status=self.status)
        if isinstance(reply.json, dict) and not reply.accepted:
            body = copy.deepcopy(reply.json)
            for inner in body.values():
                if isinstance(inner, dict) and "code" in inner:
                    inner["code"] = self.status
            changed = changed.with_json(body)
        return changed


@dataclass(frozen=True)
class Body:
    """An entirely different body: ``content`` (JSON), ``html`` or ``empty``."""

    kind: Literal["content", "html", "empty"]

    def __call__(self, _: Turn, reply: Reply) -> Reply | None:
        """Return the response with the other body."""
        if reply.status == 204 or (self.kind == "empty" and not reply.body):
            return None
        if self.kind == "content":
            return reply.with_json({"conformance": {"id": str(uuid.uuid4())}})
        return reply.with_body(HTML, "text/html; charset=UTF-8") if self.kind == "html" else reply.with_body(b"", "")


@dataclass(frozen=True)
class ErrorShape:
    """An error body of another shape.

    Attributes:
        kind: ``html``, ``empty``, ``list``, ``text``, ``no-message`` or ``other-code``.
        code: the field that repeats the status code.
        listed: the key of the list whose first element describes the error; None if the only key of the body does.
    """

    kind: str
    code: str = "code"
    listed: str | None = None

    def __call__(self, _: Turn, reply: Reply) -> Reply | None:
        """Return the error response with the other body."""
        name, inner = self.listed or OTHER_FAULT, {self.code: reply.status, "message": "refused"}
        if isinstance(reply.json, dict) and reply.json:
            name, value = next(iter(reply.json.items())) if self.listed is None else (name, reply.json.get(name))
            value = value[0] if self.listed is not None and isinstance(value, list) and value else value
            inner = value if isinstance(value, dict) else inner
        match self.kind:
            case "html":
                return reply.with_body(HTML, "text/html; charset=UTF-8")
            case "empty":
                return reply.with_body(b"", "")
            case "list":
                return reply.with_json([inner])
            case "text":
                return reply.with_json({"error": "refused"})
        other = {self.code: reply.status} if self.kind == "no-message" else {**inner, self.code: 418}
        return reply.with_json({name: [other] if self.listed is not None else other})


@dataclass(frozen=True)
class Field:
    """A changed field of the body: dropped, renamed, null, of another type, set to a value, or another id."""

    place: Place
    edit: Edit
    value: Any = None

    def __call__(self, _: Turn, reply: Reply) -> Reply | None:
        """Return the response with the field changed at every place where it occurs."""
        if not isinstance(reply.json, dict | list) and (self.edit != "set" or reply.body):
            return None
        body = copy.deepcopy(reply.json) if reply.body else {}
        parents = [body]
        for key in self.place[:-1]:
            # A field that is set may be missing together with the object around it.
            if self.edit == "set" and key not in ("[]", NAMED):
                for parent in parents:
                    if isinstance(parent, dict):
                        parent.setdefault(key, {})
            parents = [child for parent in parents for child in children(parent, key)]
        key = self.place[-1]
        holders = [p for p in parents if isinstance(p, dict) and (key in p or self.edit == "set")]
        for holder in holders:
            self._change(holder, key)
        return reply.with_json(body) if holders else None

    def _change(self, holder: dict[str, Any], key: str) -> None:
        value = holder.pop(key, None)
        match self.edit:
            case "rename":
                holder[f"{key}_"] = value
            case "null":
                holder[key] = None
            case "retype":
                holder[key] = [value] if type_name(value) != "array" else "text"
            case "set":
                holder[key] = self.value
            case "other-id":
                holder[key] = str(uuid.uuid4())


@dataclass(frozen=True)
class Altered:
    """A response that shows a field with another value of the same type."""

    place: Place

    def __call__(self, _: Turn, reply: Reply) -> Reply | None:
        """Return the response with the other value."""
        body = copy.deepcopy(reply.json)
        return reply.with_json(body) if altered_at(body, self.place) else None


@dataclass(frozen=True)
class AlteredLater:
    """An accepted request after which the thing that it makes or changes is shown with another value of a field.

    Attributes:
        place: the place of the field in the view of the thing.
        name: the placeholder that names the thing in a path, if the request makes it below its own path.
    """

    place: Place
    name: str | None = None

    def __call__(self, turn: Turn, reply: Reply) -> Reply | None:
        """Note the field to alter from now on, and return the response unchanged."""
        path = _path_of(turn, reply, self.name)
        if path is not None:
            turn.memory.alter(path.removesuffix("/action"), self.place)
        return None if path is None else reply


@dataclass(frozen=True)
class LeftOut:
    """An accepted request after which the list of the collection lacks the thing that the request makes.

    ``name`` is that of ``AlteredLater``.
    """

    name: str | None = None

    def __call__(self, turn: Turn, reply: Reply) -> Reply | None:
        """Note the thing to leave out from now on, and return the response unchanged."""
        path = _path_of(turn, reply, self.name)
        if path is not None:
            turn.memory.leave_out(path)
        return None if path is None else reply


def _path_of(turn: Turn, reply: Reply, name: str | None) -> str | None:
    """Return the path of the thing that a request makes below its own path, or of the request; None if unknown.

    ``name`` is the placeholder that names the thing below the path; None if the path is that of the thing.
    """
    path = turn.request.path
    if name is None:
        return path
    location = next((value for key, value in reply.headers if key.lower() == "location"), "")
    named = identity(reply.json, name) or location.rpartition("/")[2] or identity(turn.request.json, name)
    return f"{path}/{named}" if named else None


@dataclass(frozen=True)
class Header:
    """A changed header: dropped if the value is None, else set."""

    name: str
    value: str | None = None

    def __call__(self, _: Turn, reply: Reply) -> Reply | None:
        """Return the response with the header changed."""
        changed = reply.without_header(self.name)
        if self.value is not None:
            return changed.with_header(self.name, self.value)
        return changed if changed != reply else None


@dataclass(frozen=True)
class Effect:
    """A refusal that changes the server nevertheless: its ``status``, its ``lock`` or its ``name``."""

    kind: Literal["status", "lock", "name"]

    def __call__(self, turn: Turn, reply: Reply) -> Reply | None:
        """Change the server that the path names as administrator, and return the response unchanged."""
        id_ = named_in(turn.request.path, SERVERS)
        path = f"{SERVERS}/{id_}"
        element = turn.upstream.shown(path) if id_ else None
        if element is None:
            return None
        if not turn.memory.first(self.kind, path):
            return reply  # a second change would undo the first: a refused case may repeat its request as admin
        match self.kind:
            case "status":
                state = "active" if element.get("status") == "ERROR" else "error"
                done = turn.upstream.as_admin("POST", f"{path}/action", {"os-resetState": {"state": state}})
            case "lock":
                action = "unlock" if element.get("locked") else "lock"
                done = turn.upstream.as_admin("POST", f"{path}/action", {action: None})
            case _:
                done = turn.upstream.as_admin("PUT", path, {"server": {"name": f"{element.get('name')}-changed"}})
        return reply if done.accepted else None


@dataclass(frozen=True)
class Shown:
    """A refusal after which the resource in the path is shown as changed: with another status, or another value.

    Attributes:
        collection: the path of the collection of the resource.
        statuses: the status that is shown, and the one that is shown instead of it where it is the true one.
        place: the place of the value in the view; empty if the status changes.
    """

    collection: str
    statuses: tuple[str, str] = ("", "")
    place: Place = ()

    def __call__(self, turn: Turn, reply: Reply) -> Reply | None:
        """Note the change to show from now on, and return the response unchanged."""
        id_ = named_in(turn.request.path, self.collection)
        path = f"{self.collection}/{id_}"
        element = turn.upstream.shown(path) if id_ else None
        if element is None:
            return None
        if self.place:
            turn.memory.alter(path, self.place)
        else:
            changed, other = self.statuses
            status = turn.upstream.status_of(path, element)
            if turn.memory.first("status", path):
                turn.memory.disguise("resource", path, changed if status != changed else other)
        return reply


@dataclass(frozen=True)
class Gone:
    """A refusal after which the element that the path names no longer exists."""

    def __call__(self, turn: Turn, reply: Reply) -> Reply | None:
        """Delete the element as administrator, if that is possible, and return the response unchanged."""
        asked = turn.upstream.as_role(turn.request.with_query([]), "admin")
        for method in ("GET", "DELETE"):
            done = turn.upstream.send(replace(asked, method=method, body=b""))
            if not done.accepted:
                turn.memory.impossible = (
                    f"the element in the path cannot be deleted: {method} is answered {done.status}"
                )
                return None
        return reply


@dataclass(frozen=True)
class Elements:
    """A list in reverse order (``reversed``), or without elements (``empty``)."""

    kind: Literal["reversed", "empty"]

    def __call__(self, _: Turn, reply: Reply) -> Reply | None:
        """Return the response with the first list of its body changed, which may stand in an object; links are none."""
        if not isinstance(reply.json, dict):
            return None
        body = copy.deepcopy(reply.json)
        for holder in (body, *(inner for inner in body.values() if isinstance(inner, dict))):
            for key, value in holder.items():
                if isinstance(value, list) and not key.endswith("links"):
                    changed = value[::-1] if self.kind == "reversed" else []
                    holder[key] = changed
                    return reply.with_json(body) if changed != value else None
        return None


@dataclass(frozen=True)
class Snapshots:
    """An accepted request after which every volume of the server in the path has a snapshot, or none has any.

    Attributes:
        made: True to make the snapshots, False to delete them.
    """

    made: bool

    def __call__(self, turn: Turn, reply: Reply) -> Reply | None:
        """Make or delete the snapshots as administrator, and return the response unchanged."""
        cloud, id_ = turn.upstream, named_in(turn.request.path, SERVERS)
        server = cloud.shown(f"{SERVERS}/{id_}") if id_ else None
        volumes = [one["id"] for one in (server or {}).get("os-extended-volumes:volumes_attached") or ()]
        if self.made:
            bodies = [{"snapshot": {"volume_id": one, "force": True, "display_name": "conformance"}} for one in volumes]
            done = [cloud.as_admin("POST", "/os-snapshots", body) for body in bodies]
        else:
            listed = cloud.as_admin("GET", "/os-snapshots").json
            rows = listed.get("snapshots", ()) if isinstance(listed, dict) else ()
            done = [cloud.as_admin("DELETE", f"/os-snapshots/{s['id']}") for s in rows if s["volumeId"] in volumes]
        return reply if any(one.accepted for one in done) else None


def named_in(path: str, collection: str) -> str | None:
    """Return the id of the element of a collection that a path names; None for another path."""
    rest = path.removeprefix(f"{collection}/")
    return rest.split("/")[0] if rest != path else None


@dataclass(frozen=True)
class Pretend:
    """An accepted request after which a resource is shown with a status that it does not have.

    Attributes:
        kind: the server itself, the image that the response names or else any of the server, the server's migrations,
            or a resource of another service.
        status: the status that is shown; None if the resource is shown as missing.
        views: the number of responses that show it; None for all.
        collection: the path of the collection of the resource.
    """

    kind: Kind
    status: str | None
    views: int | None = None
    collection: str = SERVERS

    def __call__(self, turn: Turn, reply: Reply) -> Reply | None:
        """Note the status to show from now on, and return the response unchanged."""
        if self.kind == "image":
            id_ = made_by(reply) or named_in(turn.request.path, SERVERS)
        else:
            id_ = named_in(turn.request.path, self.collection) or _answered(reply)
        if id_ is None:
            return None
        if self.kind == "resource":
            id_ = f"{self.collection}/{id_}"
        turn.memory.disguise(self.kind, id_, self.status, self.views)
        return reply


def _answered(reply: Reply) -> str | None:
    """Return the id of the resource in a response body, such as the one that the request created."""
    shown = resource_in(reply.json)
    return str(shown["id"]) if shown is not None and "id" in shown else None
