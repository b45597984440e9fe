"""What Tempest needs for the 258 tests of SCS-0128, and what a certificate for the same list needs, on one cloud.

```
python -m tests.benchmarks.tempest [--dynamic] [--only TEXT] [--without tempest|certify] [--keep DIR]
```

Tempest is installed in an environment of its own. A sandbox cloud is started, with a proxy in front of each service
that counts the requests. Tempest runs the tests one after another with four given users of two projects, or with
``--dynamic`` as an administrator who makes projects and users for them. Then `conformance certify scs-iaas` runs with
the rights of one member. The table shows the requests of both by service, the servers made, the seconds, and how the
tests and the capabilities ended. Status 1 if the certificate took more requests.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from conformance.sandbox.cloud.running import sandbox_cloud
from tests.support import tempest
from tests.support.cloud_proxy import CloudProxy, cloud_proxy

ROOT = Path(__file__).parents[2]
GUIDELINE = "scs-iaas"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dynamic", action="store_true", help="let an administrator make what the tests need")
    parser.add_argument("--only", default="", metavar="TEXT", help="tests whose name holds a text")
    parser.add_argument("--without", choices=("tempest", "certify"), help="leave one of the two out")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="a directory for the outputs and the record")
    given = parser.parse_args(arguments)
    directory = given.keep or Path(tempfile.mkdtemp(prefix="tempest-"))
    directory.mkdir(parents=True, exist_ok=True)
    requests: dict[str, int] = {}
    with sandbox_cloud(tell=print) as cloud, cloud_proxy(cloud.urls) as proxy:
        clouds = proxy.clouds_file(cloud.clouds, directory)
        print("| of | requests | by service | servers | seconds | ended |\n|---|---|---|---|---|---|", flush=True)
        if given.without != "tempest":
            conf = tempest.write(clouds, given.dynamic, directory)
            names = [name for name in tempest.tests() if given.only in name]
            proxy.forget()
            outcome = tempest.run(conf, names)
            (directory / "tempest.txt").write_text(outcome.output, "utf-8")
            requests["Tempest"] = proxy.requests().total()
            print(_row("Tempest", proxy, outcome.seconds, _counted(outcome.counts)), flush=True)
        if given.without != "certify":
            proxy.forget()
            seconds, said = certify(clouds, directory / "run")
            (directory / "certify.txt").write_text(said, "utf-8")
            requests["certify"] = proxy.requests().total()
            verdict = next((line for line in said.splitlines() if line.startswith("certificate")), "no certificate")
            print(_row("certify", proxy, seconds, verdict), flush=True)
    print(f"outputs in {directory}")
    return int(len(requests) == 2 and requests["certify"] > requests["Tempest"])


def certify(clouds: Path, output: Path, *options: str) -> tuple[float, str]:
    """Make a certificate as a member; return the seconds and all that was printed."""
    command = [sys.executable, "-m", "conformance", "certify", GUIDELINE, "--os-cloud", "member"]
    command += ["--output", str(output), "--tb=no", "-q", "-p", "no:cacheprovider", *options]
    environment = os.environ | {"OS_CLIENT_CONFIG_FILE": str(clouds)}
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return time.monotonic() - began, done.stdout + done.stderr


def _row(name: str, proxy: CloudProxy, seconds: float, ended: str) -> str:
    requests = proxy.requests()
    servers = proxy.made("compute", "/servers")
    figures = (name, requests.total(), _counted(requests), servers, f"{seconds:.0f}", ended)
    return f"| {' | '.join(map(str, figures))} |"


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.most_common() if number)


if __name__ == "__main__":
    raise SystemExit(main())
