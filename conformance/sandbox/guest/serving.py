"""The ready line, the servers, and the end of the process."""

from . import compat  # isort: skip  (applies the eventlet patches)

import importlib.metadata
import logging
import os
import shutil
import signal
import sys
import time
import uuid

import eventlet
import eventlet.green.socket
import eventlet.patcher
import eventlet.wsgi
import placement.deploy

from . import control, nova_process, slow
from .changes import Changes
from .sockets import HOST


class Ending:
    """Ends the process once: when the parent has ended (end of standard input), or on a signal.

    Args:
        state: directory of all temporary files; it is removed first.

    """

    def __init__(self, state: str) -> None:
        self._state = state

    def watch(self) -> None:
        """Begin to wait for the end."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        # A real thread: a greenthread that reads a pipe would stop all others.
        threading = eventlet.patcher.original("threading")
        threading.Thread(target=self._read, daemon=True).start()

    def _on_signal(self, *_args) -> None:
        self.end(0)

    def _read(self) -> None:
        read = eventlet.patcher.original("os").read
        try:
            while read(0, 4096):
                pass
        except OSError:
            pass
        self.end(0)

    def end(self, code: int) -> None:
        """Remove the temporary files and end at once, without Nova's cleanups, which take seconds."""
        shutil.rmtree(self._state, ignore_errors=True)
        os._exit(code)


def set_up_log(path: str) -> None:
    """Send all logging to one file; the fixtures would keep it in memory."""
    handler = logging.FileHandler(path, "a", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # Otherwise most of the log would be lines for Nova's many requests to Placement.
    logging.getLogger("placement").setLevel(logging.WARNING)


class PlacementGate:
    """WSGI middleware in front of Placement that checks the sandbox's tokens; the fixture accepts any token."""

    def __init__(self, app, known: dict[str, tuple[str, str, list[str]]]) -> None:
        self._app = app
        self._known = known

    def __call__(self, environ, start_response):
        """Answer one request."""
        caller = self._known.get(environ.get("HTTP_X_AUTH_TOKEN", ""))
        environ.pop("HTTP_X_AUTH_TOKEN", None)  # none is left: Placement answers 401
        environ.pop("HTTP_X_ROLES", None)
        if caller:
            user, project, roles = caller
            environ["HTTP_X_AUTH_TOKEN"] = f"{user}:{project}"
            environ["HTTP_X_ROLES"] = ",".join(roles)
        return self._app(environ, start_response)


def _green(listener):
    """Turn a socket made before the eventlet patches into one for eventlet; return it and its URL."""
    made = eventlet.green.socket.socket(fileno=listener.detach())
    return made, f"http://{HOST}:{made.getsockname()[1]}"


def serve(options, listeners, started: float, report) -> None:
    """Start Nova, write the ready line with `report`, and answer requests until the process ends.

    Args:
        options: `computes`, `changes`, `log` and `state` of the command line.
        listeners: the listening sockets of the compute API and of Placement.
        started: start of the process by `time.monotonic()`, to compute the seconds until it is ready.
        report: writes one dictionary as one line to standard output.

    """
    Ending(options.state).watch()
    (api_socket, api_url), (placement_socket, placement_url) = map(_green, listeners)

    process = nova_process.NovaProcess(
        options.computes, auth_uri=f"{api_url}/identity", changes=Changes.read(options.changes)
    )
    process.setUp()
    set_up_log(options.log)
    placement_conf = process.placement.conf_fixture
    placement_conf.config(group="oslo_policy", enforce_new_defaults=True)
    placement_app = PlacementGate(placement.deploy.loadapp(placement_conf.conf), process.identity.known)
    api_app, placement_app = (
        slow.slowed(one, os.environ.get(slow.VARIABLE), eventlet.sleep) for one in (process.app, placement_app)
    )
    control_token = uuid.uuid4().hex
    app = control.Control(api_app, process, control_token)

    wsgi_log = logging.getLogger("sandbox.wsgi")
    eventlet.spawn(eventlet.wsgi.server, placement_socket, placement_app, log=wsgi_log, log_output=False, debug=False)
    report(
        {
            "ready": True,
            "url": f"{api_url}/v2.1",
            "placement": placement_url,
            "placement_version": importlib.metadata.version("openstack-placement"),
            "tokens": process.identity.tokens,
            "projects": process.identity.projects,
            "nova": compat.release(),
            "microversion": compat.microversions(),
            "computes": sorted(process.computes),
            "control": {"url": f"{api_url}{control.PREFIX}", "token": control_token},
            "pid": os.getpid(),
            "python": sys.executable,
            "log": options.log,
            "seconds": round(time.monotonic() - started, 2),
        }
    )
    eventlet.wsgi.server(api_socket, app, log=wsgi_log, log_output=False, debug=False)
