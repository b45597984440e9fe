"""The sandbox cloud for use by hand: it runs until Ctrl-C, after a few lines that say how to use it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence

import click

from conformance.sandbox.cloud import running

ENDED = 2
"""The exit status if the cloud ends by itself."""


def keep(port: int, as_installed: bool, join: Sequence[str]) -> int:
    """Run a cloud until Ctrl-C, and return the exit status.

    Args:
        port: port of the identity service; 0 takes a free one.
        as_installed: True to keep the services' own defaults.
        join: types of services that join the six.

    Raises:
        SandboxError: the cloud did not become ready.
    """

    def tell(sentence: str) -> None:
        click.echo(f"conformance: {sentence}", err=True)

    with running.sandbox_cloud(port=port, as_installed=as_installed, join=join, tell=tell) as cloud:
        for service, url in cloud.urls.items():
            click.echo(f"{running.release(service)} at {url} ({service})")
        click.echo(f"ready after {cloud.seconds:.0f} s; logs: {cloud.logs}; Ctrl-C ends it")
        click.echo(f"clouds: {', '.join(cloud.users)}")
        click.echo(f"export OS_CLIENT_CONFIG_FILE={cloud.clouds}")
        click.echo(
            "conformance run --os-cloud member --os-cloud-admin admin --os-cloud-reader reader --os-cloud-alt alt "
            "--os-cloud-visitor visitor --allow-disruptive --default-policy"
        )
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            cloud.wait()
            return ENDED
    return 0
