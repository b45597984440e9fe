"""The control path `/__sandbox/...`, for tests of the sandbox and of the suite; it is not part of any API.

Every request needs the control token of the ready line in `X-Sandbox-Control`; without it the path does not
exist.

- `GET memory`: `{"rss_kib": n}`.
- `POST options` `{"group": null, "options": {"name": value}}`: set configuration options while it runs.
- `POST restart` `{"host": "host1"}`: restart a compute service, so that it can come up after an evacuation.
- `POST patch` `{"break": "name"}`: apply one of `PATCHES`.
"""

import hmac
import json
from collections.abc import Callable
from pathlib import Path

PREFIX = "/__sandbox/"

# Name -> deliberate breakage of this Nova: a function that changes the running `nova_process.NovaProcess`.
PATCHES: dict[str, Callable[[object], None]] = {}


class ControlError(Exception):
    """A control request cannot be carried out: HTTP 400 with one sentence."""


def memory_kib() -> int:
    """Return the resident memory of this process in KiB (Linux); 0 if it is unknown."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    except (OSError, StopIteration):
        return 0


class Control:
    """WSGI middleware that answers the control path and passes all other requests on."""

    def __init__(self, app, process, token: str) -> None:
        self._app = app
        self._process = process
        self._token = token

    def __call__(self, environ, start_response):
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX):
            return self._app(environ, start_response)
        given = environ.get("HTTP_X_SANDBOX_CONTROL", "")
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            return _answer(start_response, "404 Not Found", {"error": "no such path"})
        name = path[len(PREFIX) :]
        action = {
            "memory": self._memory,
            "options": self._options,
            "restart": self._restart,
            "patch": self._patch,
        }.get(name)
        if action is None:
            return _answer(start_response, "404 Not Found", {"error": f"no control named {name!r}"})
        try:
            length = int(environ.get("CONTENT_LENGTH") or 0)
            body = json.loads(environ["wsgi.input"].read(length) or b"{}")
            return _answer(start_response, "200 OK", action(body))
        except KeyError as error:
            return _answer(start_response, "400 Bad Request", {"error": f"the request lacks {error}"})
        except (ControlError, ValueError) as error:
            return _answer(start_response, "400 Bad Request", {"error": str(error)})
        except Exception as error:
            return _answer(start_response, "500 Internal Server Error", {"error": f"{type(error).__name__}: {error}"})

    def _memory(self, _body) -> dict:
        return {"rss_kib": memory_kib()}

    def _options(self, body) -> dict:
        for name, value in body["options"].items():
            if not self._process.option(body.get("group"), name, value):
                raise ControlError(f"this Nova has no option [{body.get('group') or 'DEFAULT'}] {name}")
        return {}

    def _restart(self, body) -> dict:
        if body["host"] not in self._process.computes:
            raise ControlError(f"no compute {body['host']!r}; there are {', '.join(self._process.computes)}")
        self._process.restart(body["host"])
        return {"computes": sorted(self._process.computes)}

    def _patch(self, body) -> dict:
        name = body["break"]
        if name not in PATCHES:
            raise ControlError(f"no patch {name!r}; there are: {', '.join(sorted(PATCHES)) or 'none'}")
        PATCHES[name](self._process)
        return {}


def _answer(start_response, status: str, body: dict):
    payload = json.dumps(body).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(payload)))])
    return [payload]
