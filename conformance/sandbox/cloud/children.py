"""The processes of the six services: each is started with a listening socket, and watched."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from conformance.sandbox.child import SandboxError
from conformance.sandbox.cloud.layout import COMPUTES, HOST, NETWORK_NODE, SERVICES, Layout
from conformance.sandbox.cloud.processes import Processes, command, most_telling

_BACKLOG = 256
LOOK_SECONDS = 0.5
_FACTS: Mapping[str, Mapping[str, object]] = {
    "neutron": {"computes": COMPUTES, "network_node": NETWORK_NODE},
    "nova": {"computes": COMPUTES},
}


def listen(port: int = 0) -> dict[str, socket.socket]:
    """Return a listening socket for each service, by name.

    The services inherit the sockets, so that no other process can take a port between its choice and its use. A client
    that connects before a service has started waits for it, and is not refused.

    Args:
        port: port of the identity service; 0 takes a free one, as for all other services.

    Raises:
        SandboxError: the port is taken.
    """
    sockets: dict[str, socket.socket] = {}
    try:
        for service in SERVICES:
            sockets[service.name] = listener(port if service.name == "keystone" else 0)
    except SandboxError:
        for other in sockets.values():
            other.close()
        raise
    return sockets


def listener(port: int) -> socket.socket:
    """Return a socket that listens on a port; 0 takes a free one. Raises SandboxError: the port is taken."""
    one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # A port whose last owner has just ended counts as free; one with a listening process does not.
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        one.bind((HOST, port))
        one.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        one.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise SandboxError(
            f"cannot listen on {HOST}:{port}: {reason}; choose another port, or 0 for a free one"
        ) from None
    return one


class Children:
    """The processes of the services.

    Args:
        python: the interpreter with the installed services.
        layout: layout of the cloud.
        sockets: name of a service -> its listening socket.
        processes: the processes of the cloud, to which the services are added.
        on_death: called with a sentence if a service ends by itself.
    """

    def __init__(
        self,
        python: Path,
        layout: Layout,
        sockets: Mapping[str, socket.socket],
        processes: Processes,
        on_death: Callable[[str], None],
    ) -> None:
        self._python = python
        self._layout = layout
        self._sockets = sockets
        self._processes = processes
        self._on_death = on_death

    def start(self, names: Iterable[str]) -> None:
        """Start services, without waiting: clients that connect wait until they are ready. Raises SandboxError."""
        for name in names:
            one = self._sockets[name]
            arguments = command(self._python, self._layout, "serve", name, _FACTS.get(name, {}))
            arguments.append(f"--socket={one.fileno()}")
            self._processes.start(name, arguments, self.output(name), [one.fileno()])
            # Clients of a service that has ended must be refused, not wait.
            one.close()

    def output(self, name: str) -> Path:
        """Return the file with a service's output other than its log."""
        return self._layout.logs / f"{name}.out"

    def watch(self) -> None:
        """Start a thread that watches if all services are alive."""

        def look() -> None:
            pause = threading.Event()
            while not pause.wait(LOOK_SECONDS):
                for name, status in self._processes.ended().items():
                    log = most_telling(self.output(name), self._layout.log(name))
                    self._on_death(f"{name} has ended with status {status}; its log is {log}")

        threading.Thread(target=look, name="children", daemon=True).start()
