"""Opens the endpoint of a run: the endpoint that the user named, or a sandbox that the run starts."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Container
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
    """The endpoint of a run.

    Attributes:
        target: the endpoint for the engine.
        release: the release of the sandbox; None for another endpoint.
        running: the sandbox that serves the endpoint; None if the run started none.
        environment: restores the environment variables that the sandbox cloud has set.
    """

    target: Target
    release: str | None = None
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


def open_endpoint(choices: Choices, directory: Path, service: str) -> Endpoint:
    """Return the endpoint of a run on a service; start a sandbox if the user named none. Raises Trouble."""
    if choices.sandbox_cloud:
        return _open_cloud(directory, service)
    if choices.sandbox and service not in process.SERVICES:
        raise Trouble(f"the sandbox has no {service} service: give an endpoint with --os-cloud or --url")
    if not choices.sandbox:
        return Endpoint(Target(clouds=choices.clouds, url=choices.url, tokens=choices.tokens))
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
    url, release = running.service(service)
    name = f"sandbox {variant.name}".strip()
    return Endpoint(Target.sandbox(url, variant.tokens(running.tokens), name), release, running)


def _open_cloud(directory: Path, service: str) -> Endpoint:
    """Start the sandbox cloud; its users are the roles of the run. Raises Trouble."""
    release = cloud.release(service)
    if release is None:
        raise Trouble(f"the sandbox cloud has no {service} service: give an endpoint with --os-cloud or --url")
    tell("starting the sandbox cloud on this machine, which takes a minute or more")
    try:
        running = cloud.start(logs=directory / CLOUD_LOGS, tell=tell)
    except process.SandboxError as error:
        raise Trouble(str(error)) from None
    endpoint = Endpoint(Target(clouds={role: role.value for role in Role}, name="sandbox cloud"), release, running)
    before = os.environ.get(CLOUDS_FILE)
    endpoint.environment.callback(_name_clouds_file, before)
    _name_clouds_file(str(running.clouds))
    return endpoint


def _name_clouds_file(path: str | None) -> None:
    os.environ.pop(CLOUDS_FILE, None)
    if path is not None:
        os.environ[CLOUDS_FILE] = path
