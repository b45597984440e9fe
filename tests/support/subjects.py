"""A widget that is brought from status to status, on a cloud without a network."""

from __future__ import annotations

import threading
from types import SimpleNamespace

from widgets import KNOWLEDGE, TOP, WIDGET, action, becomes, spec, status

from conformance.engine.cloud.exchange import ABSENT, Answer
from conformance.engine.cloud.kinds import GONE
from conformance.engine.cloud.made import Made
from conformance.engine.cloud.poll import WaitResult
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.waits import Waits
from conformance.engine.derive.state_graph import StateGraph
from conformance.engine.derive.suite import views
from conformance.engine.provision.context import Notes, Patience
from conformance.engine.provision.places import Places
from conformance.engine.provision.subject import Subject
from conformance.engine.provision.unkept import Unkept
from specs.model import Policy

SPIN = action("spin", preconditions=(status("IDLE"),), postconditions=(becomes("SPINNING", "HALTED"),))
CALM = action("calm", preconditions=(status("SPINNING"),), postconditions=(becomes("IDLE"),))
WAKE = action("wake", preconditions=(status("HALTED"),), postconditions=(becomes("IDLE"),))
BREAK = action(
    "break", policy=Policy(("admin",), 1), preconditions=(status("IDLE"),), postconditions=(becomes("BROKEN"),)
)
FIX = action("fix", preconditions=(status("SPINNING"),), postconditions=(becomes("HALTED"),))
LOCK, UNLOCK = action("lock"), action("unlock")


class Cloud:
    """One widget at a time. ``does`` maps an action to an answer's code, a status it leads to, or a function."""

    def __init__(self, **does):
        self.does = {"spin": "SPINNING", "calm": "IDLE", "wake": "IDLE", "break": "BROKEN", "fix": "HALTED", **does}
        self.asked = []
        self.made = 0
        self.server = None
        self.task = None
        self.problem = None
        self.course = []

    def create(self, *_, **__):
        self.made += 1
        self.server = {"id": f"w{self.made}", "status": "IDLE", "locked": False, "turning": None}
        id_ = self.server["id"]
        return Made("widget", id_, id_, f"/widgets/{id_}", Role.MEMBER, dict(self.server), answer(202))

    def send(self, ask):
        (name,) = ask.body
        self.asked.append(f"{name} as {ask.role}")
        does = self.does.get(name, 202)
        does = does() if callable(does) else does
        if isinstance(does, str):
            self.server["status"] = does
        elif does == 202 and name in ("lock", "unlock"):
            self.server["locked"] = name == "lock"
        return answer(202 if isinstance(does, str) else does)

    def get(self, path, **_):
        return answer(404) if self.server is None else answer(200, {"widget": dict(self.server)})

    def until(self, server_id, predicate, timeout, **_):
        """The statuses of ``course`` one after the other, and then what the server is, until the predicate holds."""
        seen = []
        for at in [*self.course, *[None] * 200]:
            if self.problem:
                return WaitResult((), None, True, timeout, problem=self.problem)
            view = None if self.server is None else {**self.server, **({"status": at} if at else {})}
            now = GONE if view is None else view["status"]
            if not seen or seen[-1] != now:
                seen.append(now)
            if predicate(view):
                return WaitResult(tuple(seen), view, False, 0.1)
        return WaitResult(tuple(seen), view, True, timeout)


def answer(code, json=ABSENT):
    return Answer(code, {}, "", json, 1.0, None)


OPERATIONS = (SPIN, CALM, WAKE, BREAK, FIX, LOCK, UNLOCK)


def subject_on(cloud, roles=("member", "admin"), operations=OPERATIONS, optional=()):
    stopping = threading.Event()
    context = SimpleNamespace(
        cloud=cloud,
        watch=SimpleNamespace(until=cloud.until),
        resources=SimpleNamespace(make=cloud.create, drop=lambda id_, role, kind, view: True),
        service=KNOWLEDGE,
        kind=WIDGET,
        graph=StateGraph.of(views([spec(*operations)], TOP, KNOWLEDGE)),
        operations={o.id: o for o in operations},
        top=TOP,
        patience=Patience(status=1.0, settle=0.0),
        notes=Notes(),
        stopping=stopping,
        places=Places(stopping),
        sandbox=False,
        role_names=frozenset(roles),
        spending=set(),
        version_for=lambda operation: TOP,
        unkept=Unkept(optional),
        waits=Waits(),
        not_for_these=lambda operation: None,
    )
    return Subject(context)
