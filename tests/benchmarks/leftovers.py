"""What a run leaves on a cloud of several services: everything that its lists show is compared before and after.

```
python -m tests.benchmarks.leftovers [--clouds FILE] -- --spec specs/network -k trunk
```

The words behind ``--`` are those of `conformance run`. Without ``--clouds`` a sandbox cloud of its own is started. Each
thing that is new, gone or otherwise afterwards is printed. Status 1 if there is any.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from conformance.sandbox.cloud.running import sandbox_cloud
from tests.support.everything import everything
from tests.support.inhabited import differences

USERS = [
    *("--os-cloud=member", "--os-cloud-admin=admin", "--os-cloud-reader=reader", "--os-cloud-alt=alt"),
    *("--os-cloud-visitor=visitor", "--allow-disruptive", "--default-policy"),
]


def main(arguments: Sequence[str] | None = None) -> int:
    """Dump, run, dump again, and print the differences."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clouds", metavar="FILE", help="the clouds.yaml of a sandbox cloud that is there")
    parser.add_argument("more", nargs="*", help="after --: arguments of `conformance run`")
    given = parser.parse_args(arguments)
    with ExitStack() as stack:
        clouds = Path(given.clouds) if given.clouds else stack.enter_context(sandbox_cloud()).clouds
        before = everything(clouds)
        variables = {**os.environ, "OS_CLIENT_CONFIG_FILE": str(clouds)}
        command = [sys.executable, "-m", "conformance", "run", *USERS, "-q", "--tb=no", *given.more]
        status = subprocess.run(command, env=variables, check=False).returncode
        found = differences(before, everything(clouds))
    print(f"{len(before)} things before; status of the run {status}; {len(found)} differences", *found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
