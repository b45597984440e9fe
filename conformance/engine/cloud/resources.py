"""Resource factories in the manner of tempest.lib: each makes one thing, journaled, and cleans it up."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from conformance.engine.cloud.cleanup import remove_entries
from conformance.engine.cloud.created import creation, path_of
from conformance.engine.cloud.discover import Missing, knows_auto_networks
from conformance.engine.cloud.errors import ResourceError
from conformance.engine.cloud.exchange import Answer, Ask
from conformance.engine.cloud.removal import Remover, Thing, said
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.waiters import wait_for_status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.engine.cloud.client import Cloud
    from conformance.engine.cloud.discover import Discovery
    from conformance.engine.cloud.poll import Watch

T = TypeVar("T")

Networks = Literal["auto", "none", "default"] | list[dict[str, str]]
"""What a server is put on: as the request says it, or "default": whatever works with the fewest words."""


@dataclass(frozen=True)
class Made:
    """A resource that this run made.

    Attributes:
        id: by which its path names it (a key pair's is its name).
        path: at which it is read and deleted.
        body: the resource as last seen (a server: as the wait for its status saw it).
        answer: the answer to the creation.
    """

    kind: str
    id: str
    name: str
    path: str
    role: Role
    body: dict[str, Any] = field(compare=False, repr=False)
    answer: Answer = field(compare=False, repr=False)


class Resources:
    """The factories of one run. Each raises ResourceError, in one sentence, if the thing cannot be had.

    Args:
        timeout: seconds that one thing may take to be ready, or to go.
    """

    def __init__(self, cloud: Cloud, discovery: Discovery, watch: Watch, *, timeout: float = 300.0) -> None:
        if cloud.journal is None:
            raise ValueError("resources need a cloud with a journal")
        self._cloud = cloud
        self._journal = cloud.journal
        self._discovery = discovery
        self._watch = watch
        self._timeout = timeout

    def rand_name(self, kind: str = "") -> str:
        """Make up a name that begins with the run's prefix."""
        return self._journal.rand_name(kind)

    def server(
        self,
        *,
        role: Role = Role.MEMBER,
        microversion: str | None = None,
        flavor: str | None = None,
        image: str | None = None,
        volume_backed: bool = False,
        metadata: Mapping[str, str] | None = None,
        networks: Networks = "default",
        wait_for: str | None = "ACTIVE",
        extra: Mapping[str, Any] | None = None,
        beside: Mapping[str, Any] | None = None,
        query: tuple[tuple[str, str], ...] = (),
    ) -> Made:
        """Make a server.

        Args:
            role: as whom.
            microversion: of the request.
            flavor: its id; without it the smallest that fits.
            image: its id; without it the smallest.
            volume_backed: boot from a volume that is made from the image and goes with the server.
            metadata: of the server.
            networks: see Networks.
            wait_for: the status to wait for; None does not wait.
            extra: further members of its body, such as key_name, which win over ours.
            beside: members of the request beside the server, such as hints to the scheduler.
            query: of the request.
        """
        flavor_id = flavor or _need(self._discovery.flavor).id
        image_id = image or _need(self._discovery.image).id
        name = self.rand_name("server")
        body: dict[str, Any] = {"name": name, "flavorRef": flavor_id, "imageRef": image_id}
        if volume_backed:
            found = self._discovery.flavor
            body["imageRef"] = ""
            body["block_device_mapping_v2"] = [
                {
                    "boot_index": 0,
                    "uuid": image_id,
                    "source_type": "image",
                    "destination_type": "volume",
                    "volume_size": max(1, found.disk if found else 1),
                    "delete_on_termination": True,
                }
            ]
        if metadata:
            body["metadata"] = dict(metadata)
        chosen = self._networks(networks, microversion)
        if chosen is not None:
            body["networks"] = chosen
        body.update(extra or {})
        whole = {"server": body, **(beside or {})}
        made = self._make("server", "/servers", whole, str(body["name"]), role, microversion, query)
        if wait_for is None:
            return made
        result = wait_for_status(self._watch, made.id, wait_for, self._timeout, role=role)
        if result.status != wait_for or result.timed_out or result.server is None:
            raise ResourceError(
                f"server {made.id} did not become {wait_for}: {_course(result.statuses)}{_fault(result.server)}"
                + (f" after {result.seconds:.0f} s" if result.timed_out else "")
                + (f" ({result.problem})" if result.problem else ""),
                made.answer,
            )
        return replace(made, body=result.server)

    def keypair(
        self,
        *,
        role: Role = Role.MEMBER,
        microversion: str | None = None,
        public_key: str | None = None,
    ) -> Made:
        """Make a key pair. Without a public key the cloud makes one, which it does no more from 2.92 on."""
        name = self.rand_name("key")
        body = {"name": name}
        if public_key is not None:
            body["public_key"] = public_key
        return self._make("keypair", "/os-keypairs", {"keypair": body}, name, role, microversion)

    def security_group(self, *, role: Role = Role.MEMBER, name: str | None = None) -> Made:
        """Make a security group, through the proxy of 2.35. ``name``: for two of one name, where that is tried."""
        name = name or self.rand_name("group")
        body = {"security_group": {"name": name, "description": name}}
        return self._make("security_group", "/os-security-groups", body, name, role)

    def floating_ip(self, *, role: Role = Role.MEMBER, pool: str | None = None) -> Made:
        """Make a floating IP, through the proxy of 2.35. Its address is in ``body["ip"]``."""
        chosen = pool or _need(self._discovery.floating_ip_pool)
        return self._make("floating_ip", "/os-floating-ips", {"pool": chosen}, self.rand_name("ip"), role)

    def volume(self, *, role: Role = Role.MEMBER, size: int = 1, image: str | None = None) -> Made:
        """Make a volume of ``size`` GiB and wait until it is available, through the proxy of 2.35."""
        name = self.rand_name("volume")
        body: dict[str, Any] = {"size": size, "display_name": name}
        if image:
            body["imageRef"] = image
        made = self._make("volume", "/os-volumes", {"volume": body}, name, role)
        return self._ready(made, "available", "error")

    def snapshot(self, *, role: Role = Role.MEMBER) -> Made:
        """Make a snapshot of a new volume and wait until it is available, through the proxy of 2.35."""
        volume, name = self.volume(role=role), self.rand_name("snapshot")
        body = {"snapshot": {"volume_id": volume.id, "display_name": name}}
        made = self._make("snapshot", "/os-snapshots", body, name, role)
        return self._ready(made, "available", "error")

    def image(self, server_id: str, *, role: Role = Role.MEMBER, microversion: str | None = None) -> Made:
        """Make an image of a server (createImage) and wait until it is active."""
        name = self.rand_name("image")
        body = {"createImage": {"name": name}}
        made = self._make("image", f"/servers/{server_id}/action", body, name, role, microversion)
        return self._ready(made, "ACTIVE", "ERROR")

    def server_group(self, *, role: Role = Role.MEMBER, policy: str = "anti-affinity") -> Made:
        """Make a server group."""
        name = self.rand_name("group")
        body = {"server_group": {"name": name, "policies": [policy]}}
        return self._make("server_group", "/os-server-groups", body, name, role)

    def delete(self, made: Made, *, wait: bool = True) -> None:
        """Delete one thing and wait until it is gone; a SOFT_DELETED server is deleted with force."""
        remover = Remover(self._cloud, self._watch, self._journal, timeout=self._timeout)
        removal = remover.remove(Thing(made.kind, made.id, made.path, made.role), wait=wait)
        if removal.trouble:
            raise ResourceError(f"{made.kind} {made.id} could not be removed: {removal.trouble}")

    def drop(self, id_: str, role: Role) -> None:
        """Have a server deleted at once and do not wait.

        A cloud that keeps deleted servers for a while keeps what they occupy, too, and grows slower with each; so the
        deletion is forced, where that is let.
        """
        path = path_of("server", id_)
        answer = self._cloud.send(Ask("POST", f"{path}/action", role, body={"forceDelete": None}))
        if not answer.ok and answer.status not in {404, 410}:
            remover = Remover(self._cloud, self._watch, self._journal, timeout=self._timeout)
            remover.remove(Thing("server", id_, path, role), wait=False)

    def close(self, *, own: bool = True) -> tuple[str, ...]:
        """Delete all that this process made and that is left, in parallel; or what any process of the run has left.

        What tests made is among it, by its place in the journal.

        Returns:
            A sentence for each thing that could not be removed.
        """
        entries = self._journal.entries(own=own)
        return remove_entries(self._cloud, self._watch, self._journal, entries, timeout=self._timeout).left

    def _make(
        self,
        kind: str,
        path: str,
        body: dict[str, Any],
        name: str,
        role: Role,
        microversion: str | None = None,
        query: tuple[tuple[str, str], ...] = (),
    ) -> Made:
        intent = self._journal.intend(kind, name, role=role)
        ask = Ask("POST", path, role, microversion, body=body, query=query, intent=intent)
        answer = self._cloud.send(ask)
        if not answer.ok:
            raise ResourceError(f"no {kind} could be made: {said(f'POST {path}', answer)}", answer)
        found = creation(kind, ask, answer)
        if found is None:
            raise ResourceError(f"a {kind} was made, but POST {path} gave {answer.status} and did not name it", answer)
        seen = answer.json.get(kind) if isinstance(answer.json, dict) else None
        return Made(kind, found.id, name, found.path, role, seen if isinstance(seen, dict) else {}, answer)

    def _ready(self, made: Made, wanted: str, bad: str) -> Made:
        """Wait until a volume or an image has a status."""
        deadline = time.monotonic() + self._timeout
        pause, status = 0.1, ""
        while True:
            answer = self._cloud.get(made.path, role=made.role)
            seen = answer.json.get(made.kind) if isinstance(answer.json, dict) else None
            if answer.ok and isinstance(seen, dict):
                status = str(seen.get("status", ""))
                if status.lower() == wanted.lower():
                    return replace(made, body=seen)
            if status.lower() == bad.lower() or answer.status == 404:
                raise ResourceError(f"{made.kind} {made.id} did not become {wanted}: {status or answer.status}", answer)
            if time.monotonic() + pause > deadline:
                raise ResourceError(
                    f"{made.kind} {made.id} did not become {wanted} within {self._timeout:g} s: "
                    f"{status or said(f'GET {made.path}', answer)}",
                    answer,
                )
            time.sleep(pause)
            pause = min(pause * 1.6, 5.0)

    def _networks(self, wish: Networks, microversion: str | None) -> Networks | None:
        """What to write under "networks"; None to leave it out."""
        if wish != "default":
            return wish
        known = self._discovery.networks
        must = knows_auto_networks(microversion)  # from then on the member is required
        chosen = self._discovery.network
        if isinstance(chosen, Missing):
            return "auto" if must else None
        if must or len(known) != 1:
            return [{"uuid": chosen.id}]
        return None


def _need(found: T | Missing) -> T:
    if isinstance(found, Missing):
        raise ResourceError(found.reason)
    return found


def _course(statuses: tuple[str, ...]) -> str:
    return " -> ".join(statuses) or "it was never seen"


def _fault(server: Mapping[str, Any] | None) -> str:
    fault = server.get("fault") if server else None
    message = fault.get("message") if isinstance(fault, dict) else None
    return f" ({message})" if message else ""
