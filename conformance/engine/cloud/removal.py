"""Removing what was made: in the order of dependence, with waiting, and as often as need be."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.engine.cloud.created import path_of
from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.poll import GONE
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.waiters import wait_for_gone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.engine.cloud.client import Cloud
    from conformance.engine.cloud.journal import Journal
    from conformance.engine.cloud.poll import Watch

ORDER: tuple[frozenset[str], ...] = (
    frozenset({"server", "allocations"}),
    frozenset({"floating_ip", "image", "keypair", "server_group", "security_group_rule"}),
    frozenset({"snapshot"}),
    frozenset({"volume", "security_group", "resource_providers"}),
)
"""What is removed before what; a kind that is not here comes last."""

WORKERS = 8

_SLOW = frozenset({"image", "snapshot", "volume"})
"""Kinds that are still there for a while after their deletion was accepted."""

_GOING = frozenset({"deleting", "soft-deleting"})
"""Tasks of a server whose deletion was accepted."""


@dataclass(frozen=True)
class Thing:
    """Something to remove."""

    kind: str
    id: str
    path: str
    role: Role

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


@dataclass(frozen=True)
class Removal:
    """How it went. ``trouble`` says why it is still there, or is None."""

    thing: Thing
    was_there: bool
    trouble: str | None = None


class Remover:
    """Removes things of one run, and writes in the journal that they are gone.

    Args:
        timeout: seconds for one thing.
    """

    def __init__(self, cloud: Cloud, watch: Watch, journal: Journal, *, timeout: float = 300.0) -> None:
        self._cloud = cloud
        self._watch = watch
        self._journal = journal
        self._timeout = timeout
        # The proxies of compute end at 2.35; elsewhere what was made at a version goes at the highest.
        highest = cloud.microversions.max if cloud.service_type != "compute" else None
        self._version = str(highest) if highest is not None else None

    def remove_all(self, things: Iterable[Thing]) -> list[Removal]:
        """Remove in the order of dependence, some at a time."""
        left = list(dict.fromkeys(things))
        done: list[Removal] = []
        ranked: dict[int, list[Thing]] = {}
        for thing in left:
            rank = next((i for i, kinds in enumerate(ORDER) if thing.kind in kinds), len(ORDER))
            ranked.setdefault(rank, []).append(thing)
        for rank in sorted(ranked):
            with ThreadPoolExecutor(WORKERS, "conformance-removal") as pool:
                done += pool.map(self.remove, ranked[rank])
        return done

    def remove(self, thing: Thing, *, wait: bool = True) -> Removal:
        """Remove one thing. Something that is not there counts as removed."""
        deadline = time.monotonic() + self._timeout
        if thing.kind == "image":
            self._remove_snapshots_of(thing)
        removal = (self._under_way(thing) if thing.kind == "server" and wait else None) or self._delete(thing, deadline)
        if removal.trouble is None and removal.was_there and wait:
            trouble = self._await(thing, deadline)
            removal = Removal(thing, True, trouble)
        if removal.trouble is None and (wait or not removal.was_there):
            self._journal.gone(thing.id)
        return removal

    def _under_way(self, thing: Thing) -> Removal | None:
        """How it goes with a server whose deletion was accepted before; None where it must be asked for.

        Nova must not be asked twice: a second DELETE that arrives while a soft deletion ends sets the task
        soft-deleting once more, and nothing ever takes it away (``API._delete`` saves before it looks).
        """
        answer = self._cloud.get(thing.path, role=thing.role)
        if answer.status in {404, 410}:
            return Removal(thing, False)
        found = answer.json.get("server") if isinstance(answer.json, dict) else None
        if not answer.ok or not isinstance(found, dict):
            return None
        going = found.get("status") in {GONE, "SOFT_DELETED"} or found.get("OS-EXT-STS:task_state") in _GOING
        return Removal(thing, True) if going else None

    def _delete(self, thing: Thing, deadline: float) -> Removal:
        """Have the deletion accepted, again while the thing is locked or in use."""
        pause, role, unlocked = 0.2, thing.role, False
        while True:
            answer = self._cloud.send(Ask("DELETE", thing.path, role, self._version))
            if answer.status in {404, 410}:
                return Removal(thing, False)
            if answer.ok:
                return Removal(thing, True)
            if answer.status == 403 and role is not Role.ADMIN and Role.ADMIN in self._cloud.roles:
                role = Role.ADMIN
                continue
            if answer.status == 409 and thing.kind == "server" and not unlocked:
                unlocked = True
                self._unlock(thing)
                continue
            # Refused while in use (400, 409), or the cloud had trouble: the next time may be better.
            stuck = answer.status in {401, 403} or time.monotonic() + pause > deadline
            if stuck or (answer.status == 400 and thing.kind == "server"):
                return Removal(thing, True, said(f"DELETE {thing.path}", answer))
            time.sleep(pause)
            pause = min(pause * 2, 5.0)

    def _await(self, thing: Thing, deadline: float) -> str | None:
        """Wait until it is gone; why it is not, or None."""
        if thing.kind == "server":
            return self._await_server(thing, deadline)
        if thing.kind not in _SLOW:
            return None
        pause = 0.1
        while True:
            answer = self._cloud.get(thing.path, role=thing.role)
            if answer.status in {404, 410} or _deleted_image(answer):
                return None
            if time.monotonic() + pause > deadline:
                return f"{thing} was still there {self._timeout:g} s after its deletion was accepted"
            time.sleep(pause)
            pause = min(pause * 1.6, 5.0)

    def _await_server(self, thing: Thing, deadline: float) -> str | None:
        result = wait_for_gone(self._watch, thing.id, max(0.0, deadline - time.monotonic()), role=thing.role)
        if result.status == "SOFT_DELETED":
            # The cloud keeps deleted servers for a while, in which they count against the quota.
            for role in dict.fromkeys((thing.role, Role.ADMIN)):
                if role in self._cloud.roles:
                    answer = self._act(thing, {"forceDelete": None}, role)
                    if answer.ok or answer.status == 404:
                        break
            else:
                return said("forceDelete", answer)
            left = max(0.0, deadline - time.monotonic())
            result = wait_for_gone(self._watch, thing.id, left, role=thing.role, soft=False)
        if result.status == GONE:
            return None
        why = f" ({result.problem})" if result.problem else ""
        return f"{thing} was still there after its deletion was accepted, as {result.status or 'unseen'}{why}"

    def _unlock(self, thing: Thing) -> None:
        for role in dict.fromkeys((thing.role, Role.ADMIN)):
            if role in self._cloud.roles and self._act(thing, {"unlock": None}, role).ok:
                return

    def _act(self, thing: Thing, body: dict[str, Any], role: Role) -> Answer:
        return self._cloud.send(Ask("POST", f"{thing.path}/action", role, body=body))

    def _remove_snapshots_of(self, image: Thing) -> None:
        """Remove the snapshots that an image of a volume-backed server stands on: nobody else knows of them."""
        answer = self._cloud.get(image.path, role=image.role)
        found = answer.json.get("image") if isinstance(answer.json, dict) else None
        metadata = found.get("metadata") if isinstance(found, dict) else None
        raw = metadata.get("block_device_mapping") if isinstance(metadata, dict) else None
        if isinstance(raw, str):
            try:
                raw = json.loads(raw)
            except ValueError:
                return
        for one in raw if isinstance(raw, list) else ():
            id_ = one.get("snapshot_id") if isinstance(one, dict) else None
            if isinstance(id_, str) and id_:
                intent = self._journal.intend("snapshot", "", role=image.role)
                self._journal.made(intent, id_, path_of("snapshot", id_))
                self.remove(Thing("snapshot", id_, path_of("snapshot", id_), image.role))


def said(what: str, answer: Answer) -> str:
    """What the cloud answered to something, in one clause."""
    if answer.error:
        return f"{what}: {answer.error}"
    message = ""
    if isinstance(answer.json, dict):
        for fault in answer.json.values():
            if isinstance(fault, dict) and isinstance(fault.get("message"), str):
                message = " ".join(fault["message"].split())[:200]
    elif answer.json is ABSENT:
        message = " ".join(answer.text.split())[:80]
    return f"{what} gave {answer.status}" + (f" ({message})" if message else "")


def _deleted_image(answer: Answer) -> bool:
    image = answer.json.get("image") if isinstance(answer.json, dict) else None
    return isinstance(image, dict) and str(image.get("status", "")).upper() in {"DELETED", "PENDING_DELETE"}
