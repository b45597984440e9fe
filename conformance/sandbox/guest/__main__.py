"""Run a real Nova in this process: `python .../guest/__main__.py --port 0 --log FILE`.

It writes one JSON line to standard output: `{"ready": true, ...}` with endpoint and tokens, or
`{"ready": false, "error": "one sentence"}` and exit status 1. It ends on SIGTERM, and when its standard input
ends, so that it never outlives its parent. To run it by hand, give it a terminal as standard input.
"""

import argparse
import importlib
import importlib.util
import json
import os
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path

_ALIAS = "apiref_sandbox_guest"


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox guest", description="A real Nova in one process.")
    parser.add_argument("--port", type=int, default=0, help="port of the compute API on 127.0.0.1; 0: a free one")
    parser.add_argument("--placement-port", type=int, default=0, help="port of Placement; 0: a free one")
    parser.add_argument("--computes", type=int, default=3, help="number of compute services")
    parser.add_argument("--log", help="file for Nova's log")
    parser.add_argument("--changes", default="{}", help="differences from the ordinary sandbox, as JSON")
    parser.add_argument("--state", help="directory for everything temporary; removed at the end")
    return parser.parse_args(argv)


def _package() -> str:
    """Make the package of this file importable, and return its name.

    A file that is run directly has no package. Its folder is not put on the path, where the modules `image` and
    `network` would hide other modules of these names.
    """
    if __package__:
        return __package__
    here = Path(__file__).resolve().parent
    spec = importlib.util.spec_from_file_location(_ALIAS, here / "__init__.py", submodule_search_locations=[str(here)])
    module = importlib.util.module_from_spec(spec)
    sys.modules[_ALIAS] = module
    spec.loader.exec_module(module)
    return _ALIAS


def _foreseen(error: BaseException) -> bool:
    """True if one sentence explains the error, so that no traceback is needed."""
    return isinstance(error, ModuleNotFoundError) or type(error).__name__ == "StartError"


def _sentence(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError):
        return (
            f"{sys.executable} cannot import {error.name!r}: install Nova and the libraries of its fixtures with "
            "pip install 'apiref-conformance[sandbox]'"
        )
    text = " ".join(str(error).split())
    if type(error).__name__ == "StartError":
        return text
    return f"Nova did not start: {type(error).__name__}: {text}"


def main() -> int:
    """Serve until the parent has ended; return 1 if the start fails."""
    started = time.monotonic()
    options = _arguments(sys.argv[1:])
    sys.argv[1:] = []  # Nova's configuration reads the command line too
    # Libraries may print: the protocol keeps standard output for itself.
    protocol = os.dup(1)
    os.dup2(2, 1)
    # Before setUp, whose fixtures take over the error output.
    errors = os.dup(2)
    for name in [n for n in os.environ if n.startswith("OS_")]:
        del os.environ[name]  # test runners' settings; OS_TEST_TIMEOUT would kill this process
    mine = options.state is None
    options.state = options.state or tempfile.mkdtemp(prefix="nova-sandbox-")
    Path(options.state).mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = tempfile.tempdir = options.state
    options.log = options.log or str(Path(options.state, "nova.log"))

    def report(fact: dict) -> None:
        os.write(protocol, json.dumps(fact).encode() + b"\n")

    try:
        package = _package()
        sockets = importlib.import_module(f"{package}.sockets")
        listeners = [sockets.listen(options.port), sockets.listen(options.placement_port)]
        importlib.import_module(f"{package}.serving").serve(options, listeners, started, report)
    except BaseException as error:
        if not _foreseen(error):
            os.write(errors, traceback.format_exc().encode())
        report({"ready": False, "error": _sentence(error)})
        if mine:  # a parent that gave the folder still wants to read the log in it
            shutil.rmtree(options.state, ignore_errors=True)
        # Not a return: threads and greenthreads of a half-started Nova would keep the process.
        os._exit(1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
