"""Ways to break a cloud, drawn from the facts that the 258 tests of SCS-0128 assert, and the faults that do it."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support.cloud_proxy import without
from tests.support.fault_proxy import Fault, Heard

FACTS = Path(__file__).with_name("scs-0128-facts.json")
"""Name of a test -> the kinds of facts that it asserts (a letter each), and service, request, code and operation of
each request whose code it asserts."""

DRAWN = {"code": 8, "value": 6, "filter": 4, "page": 3, "order": 2, "columns": 2, "status": 3, "gone": 2}
"""How many clouds are broken in each way."""

LETTERS = {"value": "ER", "filter": "F", "page": "P", "order": "S", "columns": "C", "status": "T", "gone": "G"}
"""The kinds of facts, as letters of the file, that a way breaks; a code is asserted whatever the kind."""
_OTHER_CODE = {200: 202, 201: 200, 202: 200, 204: 200, 300: 200, 400: 409, 401: 403, 403: 404, 404: 400, 409: 400}
_PAGING = ("limit", "marker", "offset", "page_reverse")
_ORDERING = ("sort_key", "sort_dir", "sort")


@dataclass(frozen=True)
class Asserted:
    """One request of a test, and the code that it asserts."""

    service: str
    request: str
    code: int
    operation: str | None

    @property
    def method(self) -> str:
        """The method of the request."""
        return self.request.split()[0]

    @property
    def collection(self) -> str:
        """The collection at the head of the path."""
        return re.sub(r"^/v[\d.]+|/\{(project|tenant)_id\}", "", self.request.split()[1]).split("/")[1]

    @property
    def of_one(self) -> bool:
        """True if the path ends with the id of an element."""
        return self.request.split()[1].endswith("}")

    @property
    def pattern(self) -> re.Pattern[str]:
        """The path of the request, with or without the version and the project at its beginning."""
        path = re.sub(r"^/v[\d.]+|/\{(project|tenant)_id\}(?=/(volumes|snapshots|types))", "", self.request.split()[1])
        parts = re.split(r"\{\w+\}", path.rstrip("/"))
        return re.compile(r"(?:/v[\d.]+)?(?:/[0-9a-f]{32})?" + r"([^/]+)".join(map(re.escape, parts)) + "/?")

    def met(self, heard: Heard) -> re.Match[str] | None:
        """Return the match of the path, with the ids in it, if a request is this one."""
        found = self.pattern.fullmatch(urlsplit(heard.path).path)
        action = re.search(r"\{([\w-]+)\}$", self.request) if " {" in self.request else None
        named = action is None or f'"{action[1]}"'.encode() in heard.body
        return found if heard.method == self.method and named else None


@dataclass(frozen=True)
class Broken:
    """One way to break a cloud.

    Attributes:
        way: a key of ``DRAWN``.
        test: the test from which it is drawn.
        about: the request whose handling is broken.
        before: all requests of the test, in its order.
    """

    way: str
    test: str
    about: Asserted
    before: tuple[Asserted, ...]

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations that the test uses."""
        return tuple(dict.fromkeys(one.operation for one in self.before if one.operation))

    def __str__(self) -> str:
        said = {
            "code": f"{_OTHER_CODE.get(self.about.code)} instead of {self.about.code}",
            "value": "a value that was sent comes back changed",
            "filter": "filters are ignored",
            "page": "the size or the begin of a page is ignored",
            "order": "the order is turned around",
            "columns": "the choice of fields is ignored",
            "status": "the status becomes an error",
            "gone": "the removed thing is still shown",
        }[self.way]
        return f"{self.about.service} {self.about.request}: {said}"


def facts() -> dict[str, tuple[str, tuple[Asserted, ...]]]:
    """Return name of a test -> the letters of its kinds, and its asserted requests."""
    read = json.loads(FACTS.read_text("utf-8"))
    return {test: ("".join(of["kinds"]), tuple(Asserted(*one) for one in of["asserts"])) for test, of in read.items()}


def drawn(seed: int) -> list[Broken]:
    """Draw the ways to break a cloud; no request is broken twice in the same way."""
    chance = random.Random(seed)
    by_way: dict[str, list[Broken]] = {way: [] for way in DRAWN}
    for test, (letters, asserted) in facts().items():
        for way in DRAWN:
            if way == "code" or set(LETTERS[way]) & set(letters):
                by_way[way] += [Broken(way, test, one, asserted) for one in _candidates(way, asserted)]
    chosen = []
    for way, number in DRAWN.items():
        chance.shuffle(by_way[way])
        seen: set[tuple[str, str, int]] = set()
        for one in by_way[way]:
            key = (one.about.service, one.about.request, one.about.code)
            if key not in seen and len(seen) < number:
                seen.add(key)
                chosen.append(one)
    return chosen


def _candidates(way: str, asserted: tuple[Asserted, ...]) -> Iterator[Asserted]:
    """Yield the requests of a test whose handling can be broken in a way."""
    for one in asserted:
        if way == "code":
            fits = one.code in _OTHER_CODE
        elif way == "value":
            fits = one.code < 300 and (one.method in ("POST", "PUT", "PATCH") or (one.method == "GET" and one.of_one))
            fits = fits and " {" not in one.request
        elif way == "columns":
            fits = one.method == "GET" and one.code == 200
        elif way == "status":
            fits = one.method == "GET" and one.code == 200 and one.of_one
        elif way == "gone":
            fits = one.method == "GET" and one.code == 404 and one.of_one
        else:
            fits = one.method == "GET" and one.code == 200 and not one.of_one
        if fits:
            yield one


def fault(broken: Broken) -> Fault:
    """Return the fault that breaks a cloud in a way; each fault keeps its own memory of what was asked."""
    return _FAULTS[broken.way](broken)


@dataclass
class _Memory:
    """What a fault remembers of earlier requests.

    Attributes:
        sent: field -> the values that requests have sent for it.
        touched: the ids of elements that a request has changed or removed.
        shown: id -> the last answer that showed the element.
    """

    sent: dict[str, list[Any]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    shown: dict[str, Any] = field(default_factory=dict)


def _code(broken: Broken) -> Fault:
    about = broken.about

    def change(heard: Heard, status: int, value: Any) -> tuple[int, Any]:
        return (_OTHER_CODE[status] if status == about.code and about.met(heard) else status), value

    return Fault(change=change)


def _value(broken: Broken) -> Fault:
    about, memory = broken.about, _Memory()

    def change(heard: Heard, status: int, value: Any) -> tuple[int, Any]:
        for name, sent in _object(_json(heard.body)).items():
            memory.sent.setdefault(name, []).append(sent)
        if status < 300 and about.met(heard):
            shown = _object(value)
            for name, sent in memory.sent.items():
                if shown.get(name) in sent and not name.endswith("id") and shown[name]:
                    shown[name] = _other(shown[name])
                    break
        return status, value

    return Fault(change=change)


def _ignored(*names: str, all_but: tuple[str, ...] = ()) -> Callable[[Broken], Fault]:
    def made(broken: Broken) -> Fault:
        def ask(heard: Heard) -> Heard:
            if not broken.about.met(heard):
                return heard
            given = [part.split("=")[0] for part in urlsplit(heard.path).query.split("&")]
            return without(heard, *(name for name in given if name in names or (all_but and name not in all_but)))

        return Fault(ask=ask)

    return made


def _order(broken: Broken) -> Fault:
    def change(heard: Heard, status: int, value: Any) -> tuple[int, Any]:
        if broken.about.met(heard) and any(f"{name}=" in urlsplit(heard.path).query for name in _ORDERING):
            for inner in value.values() if isinstance(value, dict) else ():
                if isinstance(inner, list) and inner and isinstance(inner[0], dict) and "id" in inner[0]:
                    inner.reverse()
        return status, value

    return Fault(change=change)


def _status(broken: Broken) -> Fault:
    """After the last change that the test asks for, the element is shown in an error.

    The change touches the element that it names or makes; all elements, if it is made on a thing of another collection.
    """
    memory, about = _Memory(), broken.about
    writes = [one for one in broken.before if one.method in ("POST", "PUT") and one.service == about.service]
    everything = bool(writes) and writes[-1].collection != about.collection

    def change(heard: Heard, status: int, value: Any) -> tuple[int, Any]:
        done = writes[-1].met(heard) if writes else None
        if status < 300 and (done or not writes):
            memory.touched |= {*(done.groups() if done else ()), str(_object(value).get("id"))}
        found = about.met(heard)
        touched = found and (set(found.groups()) & memory.touched or (everything and memory.touched))
        if touched and "status" in _object(value):
            shown = _object(value)
            shown["status"] = "ERROR" if str(shown["status"]).isupper() else "error"
        return status, value

    return Fault(change=change)


def _gone(broken: Broken) -> Fault:
    memory = _Memory()

    def change(heard: Heard, status: int, value: Any) -> tuple[int, Any]:
        found = broken.about.pattern.fullmatch(urlsplit(heard.path).path)
        if found is None:
            return status, value
        id_ = found.groups()[-1]
        if heard.method == "DELETE" and status < 300:
            memory.touched.add(id_)
        if heard.method == "GET" and status < 300:
            memory.shown[id_] = value
        if heard.method == "GET" and status == 404 and id_ in memory.touched:
            return 200, memory.shown.get(id_, {"id": id_})
        return status, value

    return Fault(change=change)


_FAULTS: Mapping[str, Callable[[Broken], Fault]] = {
    "code": _code,
    "value": _value,
    "filter": _ignored(all_but=(*_PAGING, *_ORDERING, "fields")),
    "page": _ignored(*_PAGING),
    "order": _order,
    "columns": _ignored("fields"),
    "status": _status,
    "gone": _gone,
}


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _object(value: Any) -> dict[str, Any]:
    """Return the fields of the element that a body is about: those of its only member, or its own."""
    if isinstance(value, dict) and len(value) == 1 and isinstance(inner := next(iter(value.values())), dict):
        return inner
    return value if isinstance(value, dict) else {}


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return f"{value}-other"
    return value + 1 if isinstance(value, int | float) else type(value)()
