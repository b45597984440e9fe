"""The six services: started with a listening socket each, and watched."""

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

    The services inherit them, so that no port is taken by somebody else between its choice and its use; and whoever
    connects before a service is there waits for it instead of being refused.

    Args:
        port: of the identity service; 0 takes a free one, as all others do.

    Raises:
        SandboxError: the port is taken.
    """
    sockets: dict[str, socket.socket] = {}
    for service in SERVICES:
        one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        # A port whose last owner has just ended is free; one that somebody listens on is not.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        wanted = port if service.name == "keystone" else 0
        try:
            one.bind((HOST, wanted))
            one.listen(_BACKLOG)
        except (OSError, OverflowError) as error:
            for other in (one, *sockets.values()):
                other.close()
            reason = getattr(error, "strerror", None) or str(error)
            raise SandboxError(
                f"cannot listen on {HOST}:{wanted}: {reason}; choose another port, or 0 for a free one"
            ) from None
        sockets[service.name] = one
    return sockets


class Children:
    """The processes of the services.

    Args:
        python: the interpreter that has the services.
        layout: of the cloud.
        sockets: listening, by name of the service.
        processes: where they belong to.
        on_death: is told in a sentence that a service has ended by itself.
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
        """Start services. Nobody needs to wait for one: who connects to it waits. Raises SandboxError."""
        for name in names:
            listener = self._sockets[name]
            arguments = command(self._python, self._layout, "serve", name, _FACTS.get(name, {}))
            arguments.append(f"--socket={listener.fileno()}")
            self._processes.start(name, arguments, self.output(name), [listener.fileno()])
            # A service that is no more must refuse, not let wait.
            listener.close()

    def output(self, name: str) -> Path:
        """Return the file with what a service writes beside its log."""
        return self._layout.logs / f"{name}.out"

    def watch(self) -> None:
        """Begin to look, in a thread, whether all live."""

        def look() -> None:
            pause = threading.Event()
            while not pause.wait(LOOK_SECONDS):
                for name, status in self._processes.ended().items():
                    log = most_telling(self.output(name), self._layout.log(name))
                    self._on_death(f"{name} has ended with status {status}; its log is {log}")

        threading.Thread(target=look, name="children", daemon=True).start()
