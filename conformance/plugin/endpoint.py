"""From the choices to a target: what the user has named, or a sandbox of the run's own."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.engine.cloud.target import Target
from conformance.plugin.choices import Choices
from conformance.plugin.trouble import Trouble
from conformance.sandbox import process
from conformance.sandbox.releases import interpreter

LOG = "nova.log"
"""The sandbox's log in the run directory."""


@dataclass
class Endpoint:
    """A target, and the sandbox behind it if there is one."""

    target: Target
    release: str | None = None
    running: process.RunningSandbox | None = None

    def notes(self) -> tuple[dict[str, Any], ...]:
        """What the record says of the sandbox: how long it took to be ready, and its memory now."""
        if self.running is None:
            return ()
        text = f"ready after {self.running.seconds:.1f} s"
        with contextlib.suppress(process.SandboxError):
            text += f", {self.running.memory() / 2**20:.0f} MiB in the end"
        return ({"kind": "sandbox", "text": text},)

    def close(self) -> None:
        """End the sandbox."""
        if self.running is not None:
            self.running.stop()
            self.running = None


def open_endpoint(choices: Choices, directory: Path, service: str) -> Endpoint:
    """The endpoint of a run on a service; starts a sandbox if none is named. Raises Trouble."""
    if choices.sandbox and service not in process.SERVICES:
        raise Trouble(f"the sandbox has no {service} service: name an endpoint, with --os-cloud or --url")
    if not choices.sandbox:
        return Endpoint(Target(clouds=choices.clouds, url=choices.url, tokens=choices.tokens))
    try:
        python = interpreter(choices.sandbox_release, tell=_tell) if choices.sandbox_release else None
        running = process.start(python, log=directory / LOG)
    except process.SandboxError as error:
        raise Trouble(str(error)) from None
    url, release = running.service(service)
    return Endpoint(Target.sandbox(url, running.tokens), release, running)


def _tell(sentence: str) -> None:
    sys.stderr.write(f"conformance: {sentence}\n")
    sys.stderr.flush()
