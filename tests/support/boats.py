"""A service that has boats: its reference, its answers, and a run of all or some of its cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from widgets import plain, row, sample, spec

from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target
from conformance.engine.provision.context import Patience
from conformance.engine.run.session import Session, Settings
from specs.model import Spec

TOKEN = "member-token-0123456789"
BOATS = sample({"boats": [{"id": "b", "name": "n"}]})
BOAT = sample({"boat": {"id": "b", "name": "n"}})
NAMED = (row("boat", "object", True), row("name", required=True))
SENT = sample({"boat": {"name": "n"}})
LIST = plain(
    "GET", "/boats", normal=(200,), error=(401, 404), answered=(BOATS,), answers=(row("boats", "array", True),)
)
SHOW = plain("GET", "/boats/{boat_id}", normal=(200,), error=(401, 404), answered=(BOAT,))
MAKE = plain("POST", "/boats", *NAMED, samples=(SENT,), normal=(201,), error=(400, 401, 404), answered=(BOAT,))
SINK = plain("DELETE", "/boats/{boat_id}", normal=(204,), error=(401, 404))
SPECS = (replace(spec(LIST, SHOW, MAKE, SINK), service="boating"),)
LINKS = [{"rel": "self", "href": "http://elsewhere.invalid/v1/"}]
VERSION = {"id": "v1.0", "status": "CURRENT", "min_version": "1.1", "version": "1.5", "links": LINKS}
NOBODY = (401, {"error": {"code": 401}})


def boats(fake: Any) -> None:
    """A service that has boats."""
    there: dict[str, Any] = {}
    numbers = count(1)

    def serve(asked: Any) -> Any:
        if asked.token != TOKEN:
            return NOBODY
        parts = asked.path.strip("/").split("/")[1:]
        if parts[:1] != ["boats"] or len(parts) > 2:
            return 404, {"message": "no such route"}
        if len(parts) == 2 and parts[1] not in there:
            return 404, {"message": f"there is no boat {parts[1]}"}
        if asked.method == "POST":
            if not isinstance(asked.json, dict) or not isinstance(asked.json.get("boat"), dict):
                return 400, {"message": "a boat is an object"}
            if not isinstance(asked.json["boat"].get("name"), str):
                return 400, {"message": "a name is a text"}
            key = f"b-{next(numbers)}"  # lanes make and delete boats at the same time
            there[key] = {"id": key, "name": asked.json["boat"]["name"]}
            return 201, {"boat": there[key]}
        if asked.method == "DELETE":
            del there[parts[1]]
            return 204, None
        return 200, {"boat": there[parts[1]]} if len(parts) == 2 else {"boats": list(there.values())}

    fake.default = serve


def results(fake: Any, tmp_path: Any, specs: Sequence[Spec] = SPECS, *parts: str) -> tuple[list[Any], int]:
    """The results of the cases whose ids hold one of some texts at a cloud, and the number of accepted requests."""
    fake.routes["GET", "/"] = (300, {"versions": [VERSION]})
    for path in ("/v2.1/", "/v2.1/flavors"):
        fake.routes.pop(("GET", path), None)
    found: list[Any] = []
    settings = Settings(
        Target(url=fake.url, tokens={Role.MEMBER: TOKEN}),
        tmp_path,
        allow_disruptive=True,
        patience=Patience(status=0.5, settle=0.0),
    )
    session = Session(settings, specs, specs, found.append)
    chosen = [case.id for case in session.suite.cases if any(part in case.id for part in parts or ("",))]
    session.run.start(chosen)
    for name in chosen:
        session.run.wait(name)
    accepted = session.figures()["accepted"]
    session.close()
    return found, accepted
