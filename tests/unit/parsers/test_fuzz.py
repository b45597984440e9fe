"""Whatever a reference holds, it is read or refused in one sentence: never a traceback."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference_files import write

from parsers import commands
from parsers.errors import ReferenceError as OurReferenceError
from specs.dump import dump
from specs.load import loads

_RST = [
    "Title",
    "=====",
    "-----",
    "~~~~~",
    "text",
    "**Preconditions**",
    "* item",
    "- a: name",
    "- 2.10: thing",
    "  ",
    "    ",
    "\n",
    "\n\n",
    ".. rest_method:: GET /a",
    ".. rest_method::",
    "   min_version: 2.1",
    ".. rest_parameters:: parameters.yaml",
    ".. rest_parameters::",
    ".. rest_status_code:: error status.yaml",
    ".. rest_status_code:: x",
    "  - 404: gone",
    "  - [",
    ".. literalinclude:: s.json",
    ".. literalinclude::",
    ".. include:: other.inc",
    ".. include:: index.rst",
    ".. note::",
    ".. only:: html",
    ".. unknown:: x",
    ".. versionadded:: 1.2",
    "::",
    "`x",
    "``x``",
    "|x|",
    ":ref:`a <b>`",
    "x_",
    "`x <y>`__",
    ".. |x| replace:: |x|",
    ".. csv-table::",
    ".. list-table::",
    "+---+",
    "| a |",
    "===  ===",
    "..",
    "Normal response codes: 200",
    "Error response codes: itemNotFound(404)",
    "(microversions 2.1 - )",
    "must be ``ACTIVE``",
    "\u200b",
    "\x0b",
    "\t",
    "{",
    "é",
]
_YAML = [
    "name:",
    "thing:",
    "  in: body",
    "  type: string",
    "  required: true",
    "  min_version: 2.10",
    "  description: |",
    "    x",
    "<<: *a",
    "&a",
    "*a",
    "- x",
    "[",
    "]",
    "{",
    "}",
    ": ",
    "'",
    '"',
    "!!python/name:os",
    "? ",
    "---",
    "...",
    "%YAML 1.1",
    "#",
    "\t",
    "\n",
    "\n",
    "200:",
    "  default: x",
    "é",
    "\u2028",
    "null",
    "2.10",
]
documents = st.lists(st.sampled_from([*_RST, "\n", "\n", "\n\n"]) | st.text(max_size=5), max_size=40).map("".join)
lines = st.lists(st.sampled_from(_RST), max_size=40).map("\n".join)
parameters = st.lists(st.sampled_from(_YAML) | st.text(max_size=4), max_size=25).map("".join) | st.lists(
    st.sampled_from(_YAML), max_size=25
).map("\n".join)
# FUZZ_EXAMPLES=20000 makes a night of it.
_SETTINGS = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "25")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def _read(files: dict[str, str | bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        specs = {}
        sentence = ""
        try:
            _, specs = commands.read(write(Path(folder), files), "things", keep_going=True)
        except OurReferenceError as error:
            sentence = str(error)
        assert "\n" not in sentence
        for spec in specs.values():
            assert loads(dump(spec)) == spec


_OPERATION = (
    "Top\n===\n\n.. rest_method:: GET /a\n\n.. rest_parameters:: parameters.yaml\n\n  - a: name\n  - b: thing\n\n"
)


@given(documents | lines, st.booleans())
@_SETTINGS
def test_documents(text: str, whole: bool) -> None:
    text = text.encode("utf-8", "replace").decode()
    _read({"index.rst": (_OPERATION if whole else "") + text, "other.inc": text, "s.json": "{}"})


@given(parameters)
@_SETTINGS
def test_parameter_files(text: str) -> None:
    data = text.encode("utf-8", "replace")
    _read({"index.rst": _OPERATION, "parameters.yaml": data, "status.yaml": data})


@given(parameters)
@_SETTINGS
def test_tables(text: str) -> None:
    rows = "\n".join(f"   {line}" for line in text.encode("utf-8", "replace").decode().split("\n"))
    table = f".. rest_parameters:: parameters.yaml\n\n{rows}\n\n.. rest_status_code:: error status.yaml\n\n{rows}\n"
    _read({"index.rst": f"Top\n===\n\n.. rest_method:: GET /a\n\n{table}"})


@given(st.binary(max_size=200))
@_SETTINGS
def test_bytes(data: bytes) -> None:
    _read(
        {
            "index.rst": _OPERATION.encode() + data,
            "parameters.yaml": data,
            "../samples/paint.json": data,
            "conf.py": data,
        }
    )


@given(st.text(alphabet='[]{}",:0123456789.eE-+ntfalsru \\ud', max_size=60))
@_SETTINGS
def test_samples(text: str) -> None:
    _read({"index.rst": _OPERATION + ".. literalinclude:: s.json\n", "s.json": text})
