"""Changes of a thing that must end before the thing is removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conformance.engine.cloud import fields
from conformance.engine.cloud.exchange import Ask
from conformance.engine.cloud.purpose import serving
from conformance.engine.cloud.roles import Role
from specs.record.purposes import Purpose

if TYPE_CHECKING:
    from conformance.engine.cloud.client import Cloud
    from conformance.engine.cloud.kinds import Kind
    from conformance.engine.cloud.things import Thing


def end_changes(cloud: Cloud, thing: Thing, kind: Kind) -> None:
    """Ask each change of a thing to end, as an administrator where there is one.

    A change of which the cloud does not tell, or that it does not end, ends by itself.
    """
    change = kind.deletion.change
    if change is None:
        return
    role = Role.ADMIN if Role.ADMIN in cloud.roles else thing.role
    contents, version = change.contents, change.microversion
    path = contents.path.replace("{id}", quote(thing.id, safe=""))
    with serving(Purpose.REMOVING):
        answer = cloud.get(path, role=role, microversion=version)
        for one in fields.values(answer.json, ".".join(filter(None, (contents.field, fields.EVERY, contents.of)))):
            act = contents.act
            place = act.path.replace("{path}", thing.path).replace("{value}", quote(str(one), safe=""))
            cloud.send(Ask(act.method, place, role, version, body=with_value(act.body, one)))


def with_value(body: Any, value: Any) -> Any:
    """The body with a value in place of the text ``{value}``."""
    if isinstance(body, dict):
        return {name: with_value(inner, value) for name, inner in body.items()}
    return value if body == "{value}" else body
