"""The command line, also for ``python -m conformance``."""

from __future__ import annotations

import sys
from pathlib import Path

# Python puts the working directory first, and would import a folder `specs` or `reports` there instead of this suite's.
if sys.path and Path(sys.path[0] or ".").resolve() == Path.cwd() != Path(__file__).resolve().parent.parent:
    del sys.path[0]


def main() -> None:
    """Run the command."""
    from conformance.interrupt import end_at_once

    end_at_once()
    from conformance.cli import main as command

    command()


if __name__ == "__main__":
    main()
