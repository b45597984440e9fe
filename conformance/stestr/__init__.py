"""The same cases for unittest runners such as stestr: same ids, same verdicts, one run record.

```ini
[DEFAULT]
test_path=./conformance/stestr
top_dir=./
group_regex=^([^/]+)/
```

Environment variables name the endpoint: ``CONFORMANCE_CLOUD``, or ``CONFORMANCE_URL`` with ``CONFORMANCE_TOKEN``. Every
option of ``conformance run`` has such a variable: its name in capitals, without ``OS_``. ``CONFORMANCE_SPEC`` names the
specs. Without an endpoint, all processes of the run share one sandbox.

However stestr groups the tests, cases that share a resource are tried by one process of the run, for all of them.
"""

from __future__ import annotations

import unittest

import conformance.stestr.started as started  # noqa: F401 -- first of all, since it takes the time


def load_tests(
    loader: unittest.TestLoader,  # noqa: ARG001 -- the protocol of unittest
    tests: unittest.TestSuite,  # noqa: ARG001
    pattern: str | None,  # noqa: ARG001
) -> unittest.TestSuite:
    """Return all cases as a suite that can be filtered by ids. If no run can start, end the process with status 2."""
    from conformance.plugin.trouble import Trouble, tell
    from conformance.stestr.suite import load

    try:
        return load()
    except Trouble as trouble:
        tell(trouble)
        raise SystemExit(2) from None
