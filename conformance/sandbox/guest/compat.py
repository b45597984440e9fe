"""The differences between the releases of Nova that the sandbox runs (29 to 34).

Must be imported before anything else of Nova: importing `nova.tests.functional` applies the eventlet patches.
"""

import os

# Nova's threading backend hangs under concurrent requests, so eventlet is chosen, not the default.
os.environ["OS_NOVA_DISABLE_EVENTLET_PATCHING"] = "false"

import nova.tests.functional  # noqa: F401  isort: skip  (patches the standard library)

import importlib.metadata
import sys
from pathlib import Path

from nova.api.openstack import api_version_request

try:  # since 31
    from nova.api.wsgi import Loader
except ImportError:  # up to 30
    from nova.wsgi import Loader

__all__ = ["Loader", "api_paste", "microversions", "release"]


def release() -> str:
    """Return the version of the installed Nova, such as `34.0.0`."""
    return importlib.metadata.version("nova")


def microversions() -> dict[str, str]:
    """Return the lowest and the highest microversion of this Nova, under `min` and `max`."""
    return {
        "min": api_version_request.min_api_version().get_string(),
        "max": api_version_request.max_api_version().get_string(),
    }


def api_paste() -> str:
    """Return the path of Nova's `api-paste.ini`.

    It is installed as a data file: below the prefix of the interpreter, or in another place of the installer's choice.

    Raises:
        FileNotFoundError: the file is in none of the known places.

    """
    places = [Path(sys.prefix, "etc/nova/api-paste.ini"), Path("/etc/nova/api-paste.ini")]
    for entry in importlib.metadata.files("nova") or []:
        if entry.name == "api-paste.ini":
            places.insert(0, Path(str(entry.locate())).resolve())
    for place in places:
        if place.is_file():
            return str(place)
    raise FileNotFoundError(
        f"api-paste.ini of Nova is not at {' nor at '.join(map(str, places))}; reinstall nova in {sys.prefix}"
    )
