"""Settings that hold for all tests."""

import os
import shutil
import signal
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
    """Let the interpreters that tests start share bytecode where none is kept: half of their time is compiling."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None) and "PYTHONPYCACHEPREFIX" not in os.environ:
        folder = tempfile.mkdtemp(prefix="bytecode-")
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
