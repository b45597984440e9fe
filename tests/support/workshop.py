"""An invented service in memory, and what a lane needs to work on it: whatever is posted or put there is made."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from widgets import COLOUR, KNOWLEDGE, STATUS, TOP, action, driving, plain, row, sample, spec, trial

from conformance.engine.api.entries import BindingRule
from conformance.engine.api.given import ShownValue
from conformance.engine.api.producers import Producers
from conformance.engine.cloud.book import Intent
from conformance.engine.cloud.changes import announce
from conformance.engine.cloud.discover import Discovery
from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.guard import Guard
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.kinds import GONE, Kind, Listing
from conformance.engine.cloud.owing import Owing
from conformance.engine.cloud.poll import WaitResult
from conformance.engine.cloud.profile import Profile
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.seen import Seen
from conformance.engine.cloud.spares import Spares
from conformance.engine.derive.state_graph import StateGraph
from conformance.engine.derive.suite import views
from conformance.engine.execute.executor import Executor
from conformance.engine.model.binding import Binding
from conformance.engine.model.setup import Locked
from conformance.engine.model.trial import Trial
from conformance.engine.provision.context import Notes, Patience, RunContext
from conformance.engine.provision.subject import Subject
from specs.microversion import VersionRange
from specs.model import Operation
from specs.record.model import Exchange, ReceivedResponse, SentRequest

NEW_NAME = Binding("name", "value", "new")
"""Not the name of a sample: a thing that is made must have the prefix of the run."""

UNKNOWN = "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a99"
"""An id that names nothing."""

SERVER = Kind("server", "/servers", "servers", status=STATUS)
IMAGE = Kind("image", "/images", "images")
SNAPSHOT = Kind("snapshot", "/os-snapshots", "snapshots", listing=Listing("snapshots"))
PROFILE = Profile("workshop", {kind.name: kind for kind in (SERVER, IMAGE, SNAPSHOT)}, "server")
KNOWN = replace(
    driving(KNOWLEDGE, kind="server", identifier="server_id"),
    unknown_id_path="/servers/{id}",
    bindings=(BindingRule("*", "colourRef", COLOUR), BindingRule("*", "name", NEW_NAME)),
    profile=PROFILE,
    project_id=ShownValue(("project",), needed=True, missing="no server shows the id of the project"),
)

GEAR = (row("gear", "object", True), row("name", required=True))
MAKE = plain(
    "POST",
    "/gears",
    *GEAR,
    normal=(200,),
    error=(400, 409),
    samples=(sample({"gear": {"name": "g"}}),),
    answered=(sample({"gear": {"id": "1", "name": "g"}}),),
)
LIST, SHOW = plain("GET", "/gears", normal=(200,)), plain("GET", "/gears/{gear_id}", normal=(200,))
DROP = plain("DELETE", "/gears/{gear_id}", normal=(204,))
CHANGE = plain("PUT", "/gears/{gear_id}", *GEAR, samples=(sample({"gear": {"name": "g"}}),), normal=(200,))
TOOTH = plain("POST", "/gears/{gear_id}/teeth", answers=(row("location", location="header"),), normal=(201,))
PULL = plain("DELETE", "/gears/{gear_id}/teeth/{tooth_id}", normal=(204,))
TEETH = plain("GET", "/gears/{gear_id}/teeth", normal=(200,))
NOTE = plain("PUT", "/gears/{gear_id}/notes/{key}", samples=(sample({"note": {"colour": "red"}}),), normal=(200,))
NOTED = plain("GET", "/gears/{gear_id}/notes/{key}", normal=(200,))
LABEL = plain("PUT", "/labels/{label_uuid}", row("label_uuid", location="path", format="uuid"), normal=(201,))
UNLABEL = plain("DELETE", "/labels/{label_uuid}", normal=(204,))
JOBS, JOB = plain("GET", "/jobs", normal=(200,)), plain("GET", "/jobs/{job_id}", normal=(200,))
END = plain("DELETE", "/jobs/{job_id}", normal=(204,))
SPIN = action("spin", path="/servers/{server_id}/action")
EVERY = (MAKE, LIST, SHOW, DROP, CHANGE, TOOTH, PULL, TEETH, NOTE, NOTED, LABEL, UNLABEL, JOBS, JOB, END, SPIN)


@dataclass
class Workshop:
    """The service, as its client sees it.

    A path of an odd number of parts is a collection, one of an even number an element, and ``/servers/<id>/action`` is
    an action. ``does`` maps method and path, or method and the last collection, to a code, to a code and a body, or to
    a function of the request; None goes on as usual.
    """

    journal: Journal | None = None
    roles: frozenset[Role] = frozenset({Role.MEMBER, Role.ADMIN})
    does: dict[str, Any] = field(default_factory=dict)
    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[Ask] = field(default_factory=list)
    open_intents: list[tuple[str, ...]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    watching: list[object] = field(default_factory=list)
    undone: list[Intent] = field(default_factory=list)
    made: int = 0
    issues: bool = True
    microversions: VersionRange = field(default_factory=lambda: VersionRange.parse("2.1", str(TOP)))
    unknown: str = UNKNOWN
    profile: Profile = PROFILE
    guard: Guard = field(default_factory=lambda: Guard(None, allow_disruptive=True))
    seen: Seen = field(default_factory=Seen)

    def __post_init__(self) -> None:
        self.owing = Owing(self)

    def invent(self) -> str:
        return "nowhere-1"

    def token_of(self, role: Role) -> str:
        return f"token of {role}"

    def another_token(self, role: Role) -> str | None:
        return f"another token of {role}" if role is Role.MEMBER and self.issues else None

    def project_of(self, role: Role) -> str | None:
        return None

    def user_of(self, role: Role) -> str | None:
        return None

    @property
    def prefix(self) -> str:
        return self.journal.prefix if self.journal else "conformance"

    @property
    def said(self) -> list[str]:
        """What was asked: method, path, and the role where that is not the member's."""
        return [f"{a.method} {a.path}" + ("" if a.role == Role.MEMBER else f" as {a.role}") for a in self.asked]

    @property
    def changes(self) -> list[str]:
        """What was asked that could change something."""
        return [text for text in self.said if not text.startswith("GET")]

    def unknown_id(self, template: str, *, role: Role = Role.MEMBER) -> str:
        return self.unknown

    def get(self, path: str, *, role: Role = Role.MEMBER, microversion: str | None = None, query: Any = ()) -> Answer:
        return self.send(Ask("GET", path, role, microversion, query=query))

    def send(self, ask: Ask) -> Answer:
        announce(ask)
        self.owing.before(ask)
        self.asked.append(ask)
        journal = self.journal
        if journal is not None and ask.method != "GET":
            self.open_intents.append(tuple(e.intent.name for e in journal.entries() if not e.settled and not e.ids))
        parts = ask.path.strip("/").split("/")
        last = parts[-1] if len(parts) % 2 else parts[-2]
        code, body, headers = self._answer(ask, parts, last)
        if ask.intent is not None and journal is not None and 400 <= code < 500:
            journal.refused(ask.intent)
        sent = SentRequest(ask.method, f"http://workshop{ask.path}", {}, None if ask.body is ABSENT else ask.body)
        shown = ReceivedResponse(code, headers, None if body is ABSENT else body)
        return Answer(code, headers, "", body, 1.0, Exchange(sent, shown, 1.0))

    def _answer(self, ask: Ask, parts: list[str], last: str) -> tuple[int, Any, dict[str, str]]:
        for key in (f"{ask.method} {ask.path}", f"{ask.method} {last}"):
            does = self.does.get(key)
            does = does(ask) if callable(does) else does
            if does is not None:
                code, body, headers = (*does, {})[:3] if isinstance(does, tuple) else (does, ABSENT, {})
                return code, body, headers
        return self.usual(ask, parts, last)

    def usual(self, ask: Ask, parts: list[str], last: str) -> tuple[int, Any, dict[str, str]]:
        """What a service does that is as its reference says."""
        one = last.removesuffix("s")
        if len(parts) % 2:
            if last == "action":
                return 202, ABSENT, {}
            held = self.things.setdefault(ask.path, {})
            if ask.method == "GET":
                return 200, {last: [dict(one) for one in held.values()]}, {}
            self.made += 1
            number = f"{one}-{self.made}"
            held[number] = {"id": number, **_inner(ask.body)}
            return 200, {one: dict(held[number])}, {}
        held, name = self.things.setdefault(ask.path.rpartition("/")[0], {}), parts[-1]
        if ask.method == "PUT" and (name in held or last in ("notes", "labels", "badges")):
            code = 200 if name in held else 201
            held[name] = {"id": name, **_inner(ask.body)}
            return code, {one: dict(held[name])}, {}
        if name not in held:
            return 404, {"itemNotFound": {"code": 404, "message": "not here"}}, {}
        if ask.method == "DELETE":
            del held[name]
            return 204, ABSENT, {}
        return 200, {one: dict(held[name])}, {}

    def create_server(self, *_: Any, **__: Any) -> Any:
        """The factory of servers."""
        self.made += 1
        name = f"server-{self.made}"
        server = {"id": name, "status": "IDLE", "locked": False, "turning": None, "project": "p-1"}
        self.things.setdefault("/servers", {})[name] = server
        return SimpleNamespace(id=name, body=dict(server), role=Role.MEMBER)

    def drop(self, id_: str, role: Role, kind: Kind | None = None, view: object = None) -> bool:
        """Have a server deleted at once."""
        self.dropped.append(id_)
        self.things.get("/servers", {}).pop(id_, None)
        return True

    def until(self, server_id: str, predicate: Callable[[Any], bool], timeout: float, **how: object) -> WaitResult:
        self.watching.append(how.get("role"))
        seen: list[str] = []
        view = None
        for _ in range(100):
            view = self.things.get("/servers", {}).get(server_id)
            now = GONE if view is None else str(view["status"])
            if not seen or seen[-1] != now:
                seen.append(now)
            if predicate(dict(view) if view else None):
                return WaitResult(tuple(seen), dict(view) if view else None, False, 0.1)
        return WaitResult(tuple(seen), dict(view) if view else None, True, timeout)


def _inner(body: Any) -> dict[str, Any]:
    (inner,) = body.values() if isinstance(body, dict) and len(body) == 1 else ({},)
    return dict(inner) if isinstance(inner, dict) else {}


def opened(
    tmp_path: Path, *operations: Operation, roles: tuple[str, ...] = ("member", "admin"), **more: Any
) -> tuple[Workshop, Executor]:
    """A workshop, and who makes trials in it. ``operations`` are the reference's, all of this module where none."""
    operations = operations or EVERY
    service = more.pop("service", KNOWN)
    shop = Workshop(Journal(tmp_path / "journal.jsonl"), frozenset(map(Role, roles)), profile=service.profile)
    factories = {
        "server": shop.create_server,
        "colour": lambda **_: SimpleNamespace(id="colour-1", name="red", body={}),
        **more.pop("factories", {}),
    }
    fields: dict[str, Any] = {
        "cloud": shop,
        "discovery": Discovery(shop),  # type: ignore[arg-type]
        "resources": SimpleNamespace(
            make=lambda kind, **given: factories[kind](**given),
            can_make=factories.__contains__,
            drop=shop.drop,
            undo=shop.undone.append,
            usual={},
            spares=Spares(),
            rand_name=shop.journal.rand_name if shop.journal else None,
        ),
        "watch": SimpleNamespace(until=shop.until),
        "service": service,
        "graph": StateGraph.of(views([spec(*operations)], TOP, service)),
        "producers": Producers(operations),
        "operations": {o.id: o for o in operations},
        "top": TOP,
        "patience": Patience(status=0.3, settle=0.0),
        "stopping": threading.Event(),
    }

    context = RunContext(**(fields | {"notes": Notes()} | more))
    return shop, Executor(context, Subject(context))


def tried(operation: Operation, state: str | None = None, **more: Any) -> Trial:
    """A trial of an operation without a server, or in a status of it."""
    setup = (*((Locked(),) if more.pop("locked", False) else ()), *more.pop("setup", ()))
    return trial(operation, **({"state": state, "body": ABSENT, "setup": setup} | more))
