"""Run in the environment of the six services: `python .../guest/__main__.py serve|tables SERVICE ...`.

- `serve SERVICE --etc DIR --socket FD`: the whole service in this process, its API on a listening socket that this
  process was given.
- `tables SERVICE --etc DIR`: make the tables of a service, and their first content.

Both end when standard input ends, so that they never outlive their parent.
"""

import argparse
import importlib
import importlib.util
import json
import os
import sys
import threading
from pathlib import Path

ALIAS = "sandbox_cloud_guest"


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox cloud guest")
    parser.add_argument("what", choices=("serve", "tables"))
    parser.add_argument("service")
    parser.add_argument("--etc", required=True, help="folder of the configuration of the service")
    parser.add_argument("--socket", type=int, help="file descriptor of the listening socket")
    parser.add_argument("--facts", type=json.loads, default={}, help="facts for the service, as JSON")
    return parser.parse_args(argv)


def _make_importable() -> None:
    """Make the package of this file importable.

    Its folder is not put on the path, where modules such as `sqlite` would hide those of others.
    """
    here = Path(__file__).resolve().parent
    spec = importlib.util.spec_from_file_location(ALIAS, here / "__init__.py", submodule_search_locations=[str(here)])
    module = importlib.util.module_from_spec(spec)
    sys.modules[ALIAS] = module
    spec.loader.exec_module(module)


def _end_with_the_parent() -> None:
    """Wait until standard input ends, then end at once: there is nothing to save."""
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    os._exit(0)


def _read_no_other_configuration() -> None:
    """Keep oslo.config from reading the configuration of services that are installed on this machine.

    In addition to the given files, it would read folders such as `/etc/nova/nova.conf.d`.
    """
    from oslo_config import cfg

    cfg._get_config_dirs = lambda _project=None: []


def main() -> None:
    """Run the command `serve` or `tables`."""
    options = _arguments(sys.argv[1:])
    threading.Thread(target=_end_with_the_parent, name="parent", daemon=True).start()
    # Libraries read the command line, too.
    sys.argv[1:] = []
    # Plain threads everywhere: eventlet would have to patch modules that are already loaded.
    os.environ["OS_NOVA_DISABLE_EVENTLET_PATCHING"] = "true"
    os.environ["OS_CINDER_DISABLE_EVENTLET_PATCHING"] = "true"
    os.environ[f"OS_{options.service.upper()}_CONFIG_DIR"] = options.etc
    _read_no_other_configuration()
    _make_importable()
    importlib.import_module(f"{ALIAS}.{options.what}").run(options)


if __name__ == "__main__":
    main()
