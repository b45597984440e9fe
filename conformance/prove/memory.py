"""The memory of a breakage: false statuses, and resources shown as missing or still listed, in later responses."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from conformance.engine.api.response_fields import Place, children, elements
from conformance.engine.cloud.exchange import ABSENT
from conformance.prove.wire import Reply, Request, forged, resource_in

Kind = Literal["server", "image", "migration", "resource"]
"""The kind of a disguised resource; one of another service than compute has its path in place of an id."""

_SERVER = re.compile(r"/servers/(?P<id>[0-9a-f-]{36})\Z")
_IMAGE = re.compile(r"/images/(?P<id>[0-9a-f-]{36})\Z")


@dataclass
class Disguise:
    """A false status of a resource.

    Attributes:
        status: the status that is shown; None if the resource is shown as missing.
        views: the number of responses that show it; None for all.
    """

    status: str | None
    views: int | None = None


@dataclass
class Kept:
    """Elements that a list still shows. ``asked``: query parameters whose values an element must contain."""

    elements: Sequence[Mapping[str, Any]]
    asked: Collection[str]


@dataclass
class Memory:
    """The false statuses of one breakage. Safe to use from many threads.

    Migrations have the id of their server, and so have images that no response names.

    Attributes:
        impossible: the reason why the breakage could not make its change when it was tried; None if it could.
        refused: number of exchanges that it has changed, and that the cloud refused nevertheless.
    """

    impossible: str | None = None
    refused: int = 0
    _worn: dict[tuple[Kind, str], Disguise] = field(default_factory=dict)
    _kept: dict[str, list[Kept]] = field(default_factory=dict)
    _altered: dict[str, Place] = field(default_factory=dict)
    _unlisted: set[str] = field(default_factory=set)
    _done: set[tuple[str, str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, path: str, kept: Kept) -> None:
        """Show elements in the list at a path from now on, even if they no longer exist."""
        with self._lock:
            self._kept.setdefault(path, []).append(kept)

    def alter(self, path: str, place: Place) -> None:
        """Show another value of a field from now on: in the view at a path, and in the lists of its collection."""
        with self._lock:
            self._altered[path] = place

    def leave_out(self, path: str) -> None:
        """Leave the element at a path out of the lists of its collection from now on."""
        with self._lock:
            self._unlisted.add(path)

    def disguise(self, kind: Kind, id_: str, status: str | None, views: int | None = None) -> None:
        """Show a false status of a resource from now on; with None, show it as missing."""
        with self._lock:
            self._worn[kind, id_] = Disguise(status, views)

    def refused_to_all(self, status: int) -> None:
        """Note that the cloud refuses a request, with a status code, even from those who are allowed it."""
        with self._lock:
            self.impossible = f"the unbroken cloud refuses the request to every role here, with {status}"
            self.refused += 1

    def first(self, what: str, id_: str) -> bool:
        """True if a change is made to a resource for the first time; the call itself notes the change as made."""
        with self._lock:
            known = (what, id_) in self._done
            self._done.add((what, id_))
            return not known

    def disguised(self, request: Request, reply: Reply) -> Reply:
        """Return a response with the true statuses and lists replaced by the false ones."""
        if (
            not (self._worn or self._kept or self._altered or self._unlisted)
            or request.method != "GET"
            or not reply.accepted
            or not isinstance(reply.json, dict)
        ):
            return reply
        body, path = reply.json, request.path
        changed = self._fill(request, body)
        changed = self._alter(path, body) or changed
        changed = self._left_out(path, body) or changed
        changed = self._dress("resource", path, resource_in(body)) or changed
        collection = path.removesuffix("/detail")
        for one in elements(body):
            named = one.get("id") if isinstance(one, dict) else None
            changed = self._dress("resource", f"{collection}/{named}", one, listed=True) or changed
        if path == "/servers/detail":
            for server in body.get("servers") or ():
                changed = self._dress("server", str(server.get("id")), server, listed=True) or changed
        elif found := _SERVER.match(path):
            changed = self._dress("server", found["id"], body.get("server")) or changed
        elif found := _IMAGE.match(path):
            image = body.get("image")
            of = image.get("server") if isinstance(image, dict) else None
            names = [found["id"], *([str(of["id"])] if isinstance(of, dict) and "id" in of else [])]
            if any(self._hidden("image", name) for name in names):
                return forged(404, request.version, "there is no such image")
            changed = any(self._dress("image", name, image) for name in names) or changed
        elif path == "/os-migrations":
            asked = parse_qs(urlsplit(request.target).query).get("instance_uuid", [""])[0]
            for migration in body.get("migrations") or ():
                changed = self._dress("migration", asked, migration) or changed
        return reply.with_json(body) if changed else reply

    def _fill(self, request: Request, body: Mapping[str, Any]) -> bool:
        """Add to a list the kept elements that fit the query; True if any was added."""
        with self._lock:
            kept = list(self._kept.get(request.path, ()))
        listed = next((value for value in body.values() if isinstance(value, list)), None)
        if listed is None:
            return False
        there = {str(one.get("id")) for one in listed if isinstance(one, Mapping)}
        missing = [
            element
            for one in kept
            for element in one.elements
            if str(element.get("id")) not in there
            and all(value in json.dumps(element) for name, value in request.query if name in one.asked)
        ]
        listed.extend(missing)
        return bool(missing)

    def _alter(self, path: str, body: Any) -> bool:
        """Alter the fields of a view, or of the elements of a list; True if any was altered."""
        with self._lock:
            altered = dict(self._altered)
        done = path in altered and altered_at(body, altered[path])
        for element, place in altered.items():
            collection, id_ = _parted(element)
            if path in (collection, f"{collection}/detail"):
                for one in elements(body):
                    if isinstance(one, dict) and _is_named(one, id_):
                        done = altered_at(one, place[1:]) or done
        return done

    def _left_out(self, path: str, body: dict[str, Any]) -> bool:
        """Take the elements that are to be left out from the list of a body; True if there was any."""
        with self._lock:
            unlisted = [_parted(one) for one in self._unlisted]
        names = {id_ for collection, id_ in unlisted if path in (collection, f"{collection}/detail")}
        key, listed = next(((k, v) for k, v in body.items() if isinstance(v, list | dict)), ("", None))
        if not names or listed is None:
            return False
        if isinstance(listed, dict):
            body[key] = {name: value for name, value in listed.items() if name not in names}
        else:
            body[key] = [one for one in listed if not any(_is_named(one, name) for name in names)]
        return len(body[key]) < len(listed)

    def _hidden(self, kind: Kind, id_: str) -> bool:
        with self._lock:
            disguise = self._worn.get((kind, id_))
            return disguise is not None and disguise.status is None

    def _dress(self, kind: Kind, id_: str, shown: Any, listed: bool = False) -> bool:
        """Give a resource its false status; a list, which may be asked for another reason, uses no view up."""
        with self._lock:
            disguise = self._worn.get((kind, id_))
            if disguise is None or not isinstance(shown, dict) or shown.get("status", ABSENT) is ABSENT:
                return False
            if disguise.views is not None and not listed:
                disguise.views -= 1
                if disguise.views < 0:
                    del self._worn[kind, id_]
                    return False
            shown["status"] = disguise.status
            if "OS-EXT-STS:task_state" in shown:
                shown["OS-EXT-STS:task_state"] = None
            return True


def _parted(path: str) -> tuple[str, str]:
    """The collection in the path of an element, and the name of the element as a body shows it."""
    collection, _, name = path.rpartition("/")
    return collection, unquote(name)


def _is_named(element: Any, name: str) -> bool:
    """True if a field of a list's element has the value that names it in a path, such as its id."""
    if isinstance(element, Mapping) and len(element) == 1:
        element = next(iter(element.values()))  # some lists put each element into an object of its own
    return name in map(str, element.values()) if isinstance(element, Mapping) else str(element) == name


def altered_at(body: Any, place: Place) -> bool:
    """Give the fields at a place other values of the same JSON type; True if there was any."""
    holders = [body]
    for key in place[:-1]:
        holders = [child for holder in holders for child in children(holder, key)]
    fit = [holder for holder in holders if isinstance(holder, dict) and place[-1] in holder]
    for holder in fit:
        holder[place[-1]] = _other_value(holder[place[-1]])
    return bool(fit)


def _other_value(value: Any) -> Any:
    """Return another value of the same JSON type; for null a text."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, list | dict):
        return type(value)()
    return "conformance-another" if value is None else f"{value}-another"


def made_by(reply: Reply) -> str | None:
    """Return the id of the image that the response to an action names."""
    body: Mapping[str, Any] = reply.json if isinstance(reply.json, dict) else {}
    image = body.get("image_id")
    location = next((value for name, value in reply.headers if name.lower() == "location"), "")
    return str(image) if image else location.rstrip("/").rpartition("/")[2] or None
