"""Opens the endpoint of a run: the endpoint that the user named, or a sandbox that the run starts."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target
from conformance.plugin.choices import Choices
from conformance.plugin.trouble import Trouble, tell
from conformance.sandbox import process
from conformance.sandbox.cloud import running as cloud
from conformance.sandbox.releases import interpreter
from conformance.sandbox.variants import chosen
from reports.words import listed
from specs.record.directory import PRIVATE

LOG = "sandbox.log"
"""The log of the sandbox, in the run directory."""
CLOUD_LOGS = "cloud-logs"
"""The folder with the logs of the sandbox cloud, in the run directory."""
CLOUDS_FILE = "OS_CLIENT_CONFIG_FILE"
"""The environment variable with the path of clouds.yaml; all processes of the run need the same value."""


def has_logs(directory: Path) -> bool:
    """True if a run directory contains logs of a sandbox."""
    log, folder = directory / LOG, directory / CLOUD_LOGS
    return (log.exists() and log.stat().st_size > 0) or folder.exists()


def remove_logs(directory: Path, spared: Container[str]) -> None:
    """Remove the logs of a sandbox from a run directory, except those whose names were there before the run."""
    if LOG not in spared:
        (directory / LOG).unlink(missing_ok=True)
    if CLOUD_LOGS not in spared:
        shutil.rmtree(directory / CLOUD_LOGS, ignore_errors=True)


@dataclass
class Endpoint:
    """The endpoint of a run, with one address per service.

    Attributes:
        targets: service -> its address for the engine.
        releases: service -> its release in a sandbox; services of another endpoint are not in it.
        lacking: service -> the reason why the endpoint is known not to have it, in one sentence.
        running: the sandbox that serves the endpoint; None if the run started none.
        environment: restores the environment variables that the sandbox cloud has set.
    """

    targets: Mapping[str, Target]
    releases: Mapping[str, str] = field(default_factory=dict)
    lacking: Mapping[str, str] = field(default_factory=dict)
    running: process.RunningSandbox | cloud.RunningCloud | None = None
    environment: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def notes(self) -> tuple[dict[str, Any], ...]:
        """The note in the record about the sandbox: the time until it was ready, and its memory now."""
        if self.running is None:
            return ()
        text = f"ready after {self.running.seconds:.1f} s"
        with contextlib.suppress(process.SandboxError):
            text += f", {self.running.memory() / 2**20:.0f} MiB at the end"
        if isinstance(self.running, cloud.RunningCloud) and self.running.death:
            text += f"; {self.running.death}"
        return ({"kind": "sandbox", "text": text},)

    def close(self) -> None:
        """End the sandbox."""
        self.environment.close()
        if self.running is not None:
            self.running.stop()
            self.running = None


def open_endpoint(choices: Choices, directory: Path, services: Sequence[str]) -> Endpoint:
    """Return the endpoint of a run on some services; start a sandbox if the user named none.

    Raises:
        Trouble: it cannot be opened, or is known to have none of the services.
    """
    if choices.sandbox_cloud:
        return _open_cloud(directory, services)
    if not choices.sandbox:
        if choices.url is not None and len(services) > 1:
            raise Trouble(
                f"--url names one service, and the specs are of {listed(services)}: give the specs of one service, or "
                "name the cloud with --os-cloud"
            )
        return Endpoint(dict.fromkeys(services, Target(clouds=choices.clouds, url=choices.url, tokens=choices.tokens)))
    offered, lacking = _divided("sandbox", services, process.SERVICES)
    variant = chosen(choices.sandbox_variant, choices.sandbox_release)
    tell("starting the sandbox on this machine, which takes some seconds")
    try:
        python = interpreter(variant.release, tell=tell) if variant.release else None
        (directory / LOG).touch(PRIVATE)
        running = process.start(python, log=directory / LOG, changes=variant.changes)
    except process.SandboxError as error:
        raise Trouble(str(error)) from None
    except OSError as error:
        raise Trouble(f"{error.filename or directory} cannot be written: {error.strerror}") from None
    name = f"sandbox {variant.name}".strip()
    tokens = variant.tokens(running.tokens)
    served = {service: running.service(service) for service in offered}
    return Endpoint(
        {service: Target.sandbox(url, tokens, name) for service, (url, _) in served.items()},
        {service: release for service, (_, release) in served.items()},
        lacking,
        running,
    )


def _divided(name: str, services: Sequence[str], known: Container[str]) -> tuple[list[str], dict[str, str]]:
    """Divide services into those that a sandbox has, and the others with the reason. Raises Trouble: it has none."""
    offered = [service for service in services if service in known]
    lacking = {service: f"the {name} has no {service} service" for service in services if service not in offered}
    if not offered:
        raise Trouble(f"{next(iter(lacking.values()))}: give an endpoint with --os-cloud or --url")
    return offered, lacking


def _open_cloud(directory: Path, services: Sequence[str]) -> Endpoint:
    """Start the sandbox cloud; its users are the roles of the run. Raises Trouble."""
    releases = {service: release for service in services if (release := cloud.release(service)) is not None}
    offered, lacking = _divided("sandbox cloud", services, releases)
    tell("starting the sandbox cloud on this machine, which takes a minute or more")
    try:
        running = cloud.start(logs=directory / CLOUD_LOGS, join=cloud.joining(offered), tell=tell)
    except process.SandboxError as error:
        raise Trouble(str(error)) from None
    target = Target(clouds={role: role.value for role in Role}, name="sandbox cloud")
    endpoint = Endpoint(dict.fromkeys(offered, target), releases, lacking, running)
    before = os.environ.get(CLOUDS_FILE)
    endpoint.environment.callback(_name_clouds_file, before)
    _name_clouds_file(str(running.clouds))
    return endpoint


def _name_clouds_file(path: str | None) -> None:
    os.environ.pop(CLOUDS_FILE, None)
    if path is not None:
        os.environ[CLOUDS_FILE] = path
