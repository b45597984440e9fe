"""How long a build takes beside what docutils alone and Sphinx with os-api-ref take over the same files.

Each side is a process of its own, and the best of three counts: other work on the machine is nobody's merit. The
figures are printed, in seconds of the processor and of the clock, and not asserted: they depend on the machine. Both
sides keep their bytecode, as installed programs do, in a folder of the benchmark; the first of the three makes it. The
aims are a cold build in 2 times the time of docutils alone, and 8 times as fast as Sphinx. Needs the package index (one
release is fetched), and for the comparison with Sphinx os-api-ref.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from parsers.errors import NetworkError
from parsers.source import fetch

RELEASE = os.environ.get("BENCHMARK_RELEASE", "nova==34.0.0")
ROUNDS = 3

BUILD = """
    import sys
    from parsers.commands import build
    build(sys.argv[1], output=sys.argv[2], cache=sys.argv[3] == "cache", keep_going=True)
"""
DOCUTILS = """
    import sys
    from pathlib import Path
    from docutils.core import publish_doctree
    for path in sorted(Path(sys.argv[1], "api-ref/source").glob("*.*")):
        if path.suffix in (".inc", ".rst"):
            publish_doctree(path.read_text(), settings_overrides={"report_level": 5, "file_insertion_enabled": False})
"""
SPHINX = """
    import sys
    from sphinx.cmd.build import build_main
    sys.exit(build_main(["-q", "-C", "-D", "extensions=os_api_ref", "-b", "html",
                         sys.argv[1] + "/api-ref/source", sys.argv[2]]))
"""


@pytest.fixture(scope="module")
def reference() -> Path:
    """The unpacked release."""
    try:
        return fetch(RELEASE)
    except NetworkError as error:
        pytest.skip(str(error))


class Time(NamedTuple):
    """Seconds of the processor, with all children, and of the clock."""

    processor: float
    clock: float

    def __str__(self) -> str:
        return f"{self.processor:.2f} s of the processor in {self.clock:.2f} s"

    def times(self, other: Time) -> str:
        """How many times as fast as another one, by both."""
        return f"{other.processor / self.processor:.1f} times (by the clock {other.clock / self.clock:.1f})"


@cache
def _bytecode() -> Path:
    """The folder with the bytecode of all sides, until this process ends."""
    folder = Path(tempfile.mkdtemp(prefix="bytecode-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _seconds(program: str, *arguments: object) -> Time:
    """The time of one run."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(_bytecode())
    before = os.times()
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        check=True,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    after = os.times()
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return Time(processor, after.elapsed - before.elapsed)


def _best(program: str, *arguments: object) -> Time:
    return min(_seconds(program, *arguments) for _ in range(ROUNDS))


def test_a_cold_build_is_little_more_than_docutils(reference: Path, tmp_path: Path) -> None:
    ours, bare = _best(BUILD, reference, tmp_path / "out", "cold"), _best(DOCUTILS, reference)
    print(f"\ncold build {ours}, docutils alone {bare}: docutils is as fast {bare.times(ours)}")


@pytest.mark.skipif(importlib.util.find_spec("os_api_ref") is None, reason="os-api-ref is not installed")
def test_sphinx_is_far_slower(reference: Path, tmp_path: Path) -> None:
    first = min(_seconds(SPHINX, reference, tmp_path / f"html{number}") for number in range(ROUNDS))
    again = _best(SPHINX, reference, tmp_path / "html0")
    cold = _best(BUILD, reference, tmp_path / "out", "cold")
    _seconds(BUILD, reference, tmp_path / "out", "cache")
    unchanged = _best(BUILD, reference, tmp_path / "out", "cache")
    print(f"\ncold: ours {cold}, Sphinx {first}: {cold.times(first)}")
    print(f"unchanged: ours {unchanged}, Sphinx {again}: {unchanged.times(again)}")


def test_time_grows_with_the_number_of_operations(tmp_path: Path) -> None:
    def reference(count: int) -> Path:
        source = tmp_path / str(count) / "api-ref" / "source"
        source.mkdir(parents=True)
        (source / "conf.py").touch()
        (source / "parameters.yaml").write_text("a:\n  in: body\n  type: string\n  required: true\n")
        sections = [
            f"Operation {n}\n=============\n\n.. rest_method:: GET /things/{n}\n\nShows thing {n}.\n\n"
            "Normal response codes: 200\n\nError response codes: badRequest(400), itemNotFound(404)\n\n"
            "Request\n-------\n\n.. rest_parameters:: parameters.yaml\n\n  - a: a\n"
            for n in range(count)
        ]
        (source / "index.rst").write_text("\n\n".join(sections))
        return source.parent.parent

    small, large = (_best(BUILD, reference(count), tmp_path / f"out{count}", "cold") for count in (300, 1200))
    start = _best("import parsers.commands, parsers.build, parsers.source")
    growth = (large.processor - start.processor) / max(small.processor - start.processor, 0.01)
    print(f"\n300 operations {small}, 1200 operations {large}: {growth:.1f} times for 4 times as many")
