"""Settings that hold for all tests."""

import os
import shutil
import signal
import sys
import tempfile

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Tests import a name from it before pytest takes it for a plugin.
pytest.register_assert_rewrite("plugin_project")

# A shell starts what it runs in the background deaf to Ctrl-C, and children inherit that: the tests that interrupt a
# run would wait for ever. With a handler of ours, children start with the default again.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """Keep bytecode in pytest's own folder where none is kept beside the modules.

    Half of the time of an interpreter that a test starts is compiling, and most of the time of collecting is rewriting
    the assertions of modules. The workers of pytest-xdist inherit the folder, and the next run finds it filled.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None) and "PYTHONPYCACHEPREFIX" not in os.environ:
        cache = config.cache if hasattr(config, "cache") else None
        if cache is not None:
            folder = str(cache.mkdir("bytecode"))
        else:
            folder = tempfile.mkdtemp(prefix="bytecode-")
            config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = folder
        sys.dont_write_bytecode = False
