"""Documents that lost their line structure come back with the same facts."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_files import DOCUMENT, PARAMETERS

from parsers import commands
from parsers.repair import repaired
from specs.model import Operation, Parameter

WHOLE = (
    DOCUMENT
    + """

.. _other:

Stop a thing (stop Action) (DEPRECATED)
=======================================

.. warning:: This is deprecated and fails with a 404 starting
             from microversion 2.44.

.. rest_method:: POST /things/{thing_id}/action
   min_version: 2.3

Stops a thing. See `the guide
<http://example.org/guide>`__ for more. Specify the ``stop`` action in the request
body.

.. note::

    It takes a while.

**Preconditions**

You can only stop a thing when its status is one of:

* ``ACTIVE``
* ``ERROR``

If the thing is locked, you must have administrator privileges
to stop the thing.

**Asynchronous Postconditions**

After you successfully stop a thing, its status changes to ``SHUTOFF``.

Normal response codes: 202

Error response codes: unauthorized(401), forbidden(403),
itemNotFound(404), conflict(409)

..
  Not said: Error response codes: 418

Request
-------

.. rest_parameters:: parameters.yaml

  - thing_id: thing_id
  - OS-X:stop: thing
  - name : name

**Example Stop a thing**

.. literalinclude:: ../samples/stop.json
   :language: javascript

Response
--------

.. rest_parameters:: parameters.yaml

  - name: name

Show a thing
============

.. rest_method:: GET /things/{thing_id}

Shows a thing.

.. rest_status_code:: success status.yaml

   - 200

.. rest_status_code:: error status.yaml

   - 404: gone
   - 400
"""
)
_HEADER = "things/api-ref/source/things.inc\nSome One 12ab34cd Mend the docs\n12 lines\n3 KiB\nRaw Blame History\n\n"


def _without_blanks(text: str) -> str:
    return _HEADER + "\n".join(line.strip() for line in text.split("\n") if line.strip())


def _without_lines(text: str) -> str:
    return re.sub(r"`([^`<]+?)\s+<[^<>]+>`__", r"`\1 `__", " ".join(text.split()))


def _bare(thing: Any) -> Any:
    """A fact without lines."""
    if isinstance(thing, tuple):
        return tuple(_bare(item) for item in thing)
    if not is_dataclass(thing) or isinstance(thing, Parameter):
        return thing
    skipped = ("line", "unread")
    return {item.name: _bare(getattr(thing, item.name)) for item in fields(thing) if item.name not in skipped}


def _operations(tmp_path: Path, text: str) -> tuple[Operation, ...]:
    (tmp_path / "things.txt").write_text(text)
    (tmp_path / "known.yaml").write_text(PARAMETERS)
    _, specs = commands.read(tmp_path / "things.txt", "things", tmp_path / "known.yaml")
    return specs["things"].operations


@pytest.mark.parametrize("damage", [_without_blanks, _without_lines])
def test_a_damaged_document_gives_the_same_facts(tmp_path: Path, damage: Any) -> None:
    whole, mended = _operations(tmp_path, WHOLE), _operations(tmp_path, damage(WHOLE))
    assert len(whole) == 3
    assert [_bare(operation) for operation in mended] == [_bare(operation) for operation in whole]


def test_lines_are_those_of_the_damaged_document(tmp_path: Path) -> None:
    text = _without_blanks(WHOLE)
    numbered = text.split("\n")
    for operation in _operations(tmp_path, text):
        assert numbered[operation.line - 1].startswith("====")
        for code in operation.responses.normal:
            assert str(code.code) in numbered[code.line - 1]
    assert {operation.line for operation in _operations(tmp_path, _without_lines(WHOLE))} == {1}


def test_whole_documents_are_left_alone() -> None:
    assert repaired(WHOLE) is None
    assert repaired("") is None
    assert repaired("Nothing of the kind.\n" * 50) is None


@pytest.mark.parametrize(
    ("title", "underline"),
    [
        ("A title", "======="),
        ("A title", "========="),
        ("A longer title", "============"),
        ("A Title: x", "=========="),
    ],
)
def test_underlines_need_not_fit(title: str, underline: str) -> None:
    text = f"Before it. {title} {underline} .. rest_method:: GET /a Text. Other one ========= .. rest_method:: GET /b"
    found = repaired(text)
    assert found is not None
    assert title in found.text.split("\n")


_PIECES = [*"ab .:=-*`_|+\n", ".. x:: ", "====", " ---- ", " .. ", ".. rest_method:: GET /a ", " ** ", "`` "]


@given(st.lists(st.sampled_from(_PIECES), max_size=80).map("".join))
@settings(max_examples=100, deadline=None)
def test_nothing_breaks_it(text: str) -> None:
    found = repaired(text)
    if found is not None:
        assert len(found.lines) == len(found.text.split("\n"))
