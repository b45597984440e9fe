"""Small references on disk, in our own words, for the tests of the parser."""

from __future__ import annotations

from pathlib import Path

from parsers import commands
from parsers.build import Reading
from specs.model import Operation, Spec

PARAMETERS = """\
thing_id:
  description: |
    The UUID of the thing.
  in: path
  required: true
  type: string
name:
  description: |
    The name of the thing.
  in: body
  required: true
  type: string
colour:
  description: |
    Its colour.
  in: body
  required: false
  type: String
  min_version: 2.10
  max_version: 2.100
thing:
  description: |
    The thing.
  in: body
  required: true
  type: object
"""

STATUSES = """\
200:
  default: |
    All went well.
404:
  default: |
    There is none.
  gone: |
    It was there once.
"""

DOCUMENT = """\
.. -*- rst -*-

======
Things
======

Things are made and kept here.

Paint a thing (paint Action)
============================

.. rest_method:: POST /things/{thing_id}/action

Paints a thing.

**Preconditions**

The thing must exist.

Normal response codes: 202

Error response codes: badRequest(400), itemNotFound(404)

Request
-------

.. rest_parameters:: parameters.yaml

  - thing_id: thing_id
  - paint: thing
  - colour: colour

**Example Paint a thing (v2.45)**

.. literalinclude:: ../samples/paint.json
   :language: javascript

Response
--------

If successful, this method does not return content in the response body.
"""


def write(root: Path, documents: dict[str, str | bytes] | None = None) -> Path:
    """Write a reference below ``root``; names are relative to its documents. Returns ``root``."""
    top = root / "api-ref" / "source"
    files: dict[str, str | bytes] = {
        "conf.py": "openstackdocs_repo_name = 'example/things'\n",
        "index.rst": DOCUMENT,
        "parameters.yaml": PARAMETERS,
        "status.yaml": STATUSES,
        "../samples/paint.json": '{"paint": {"colour": "red"}}',
        "../../PKG-INFO": "Metadata-Version: 2.1\nName: things\nVersion: 1.2.3\n",
    }
    for name, content in {**files, **(documents or {})}.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def read(root: Path, documents: dict[str, str | bytes] | None = None) -> tuple[Reading, dict[str, Spec]]:
    """Write a reference and read it, with defects."""
    return commands.read(write(root, documents), "things", keep_going=True)


def operations(root: Path, text: str, **documents: str | bytes) -> list[Operation]:
    """Return the operations of one document."""
    _, specs = read(root, {"index.rst": text, **documents})
    return [operation for spec in specs.values() for operation in spec.operations]


def section(title: str, body: str, underline: str = "=") -> str:
    """Return a section with a method."""
    return f"{title}\n{underline * len(title)}\n\n{body}\n"
