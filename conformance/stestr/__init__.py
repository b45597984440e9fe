"""The same cases for unittest runners such as stestr: same ids, same verdicts, one run record.

```ini
[DEFAULT]
test_path=./conformance/stestr
top_dir=./
group_regex=^([^/]+)/
```

The environment says what is tried: ``CONFORMANCE_CLOUD`` or ``CONFORMANCE_URL`` with ``CONFORMANCE_TOKEN``, and so on
(each option of ``conformance run`` in capitals, without ``OS_``); ``CONFORMANCE_SPEC`` names the specs. Nothing named:
a sandbox that all processes of the run share.
"""

from __future__ import annotations

import time
import unittest

STARTED = time.monotonic()
"""When this process began to load the suite: the others of a run begin at the same time, and take as long."""


def load_tests(
    loader: unittest.TestLoader,  # noqa: ARG001 -- the protocol of unittest
    tests: unittest.TestSuite,  # noqa: ARG001
    pattern: str | None,  # noqa: ARG001
) -> unittest.TestSuite:
    """All cases as a suite that can be filtered by ids. Ends the process with status 2 where nothing can be tried."""
    from conformance.plugin.trouble import Trouble, tell
    from conformance.stestr.suite import load

    try:
        return load()
    except Trouble as trouble:
        tell(trouble)
        raise SystemExit(2) from None
