"""The descriptions that are read while others read the documents are those that are asked for later."""

from __future__ import annotations

import os
import threading

import pytest

from parsers import ahead, commands, prose
from parsers.ahead import read_ahead
from parsers.prose import constraints
from parsers.source import open_source

PARAMETERS = "".join(
    f"{name}:\n  in: body\n  type: string\n  required: true\n  description: |\n    At most {n} characters.\n"
    for n, name in enumerate(("left", "right", "other"), 1)
)
DOCUMENT = """
Boats
=====

Show a boat
-----------

.. rest_method:: GET /boats

Request
~~~~~~~

.. rest_parameters:: parameters.yaml

  - name: left
  - size: right

Response parameters
~~~~~~~~~~~~~~~~~~~

.. rest_parameters:: parameters.yaml

   - name: left

   - size: other
"""


@pytest.fixture
def source(tmp_path):
    found = tmp_path / "api-ref" / "source"
    (found / "v2").mkdir(parents=True)
    (found / "conf.py").touch()
    (found / "index.rst").write_text("Index\n*****\n\nText.\n\n.. include:: v2/boats.inc\n")
    (found / "v2" / "boats.inc").write_text(DOCUMENT)
    return found


@pytest.fixture(autouse=True)
def _forgotten():
    constraints._read.cache_clear()
    prose._account.cache_clear()


def layout(source):
    return open_source(str(source.parent.parent))[0]


def never():
    return False


def missed():
    return constraints._read.cache_info().misses, prose._account.cache_info().misses


@pytest.mark.parametrize("place", [".", "v2"])
def test_nothing_is_left_to_read_when_the_documents_have_been_read(source, place):
    (source / place / "parameters.yaml").write_text(PARAMETERS)
    boats = source / "v2" / "boats.inc"
    boats.write_text(
        boats.read_text().replace("parameters.yaml", f"{place}/parameters.yaml" if place != "." else "parameters.yaml")
    )
    read_ahead(layout(source), never)
    assert missed() == (4, 4)
    reading, specs = commands.read(source.parent.parent, "boats", keep_going=True)
    assert reading.operations == 1
    assert missed() == (4, 4)
    (spec,) = specs.values()
    assert [one.max_length for one in spec.operations[0].request.parameters] == [1, 2]


def test_it_ends_as_soon_as_the_documents_have_been_read(source):
    (source / "parameters.yaml").write_text(PARAMETERS)
    answers = iter([False, False, True])
    read_ahead(layout(source), lambda: next(answers))
    assert missed() == (2, 2)


@pytest.mark.parametrize("text", [None, "a: [", "- a\n", "left:\n", "left: {in: body}\n"])
def test_a_parameter_file_that_cannot_be_used_is_left_to_the_reader_of_the_documents(source, text):
    if text is not None:
        (source / "parameters.yaml").write_text(text)
    held = layout(source)
    before = dict(held.root.sums)
    read_ahead(held, never)
    assert held.root.sums == before


def test_a_link_that_leads_out_is_not_followed(source, tmp_path):
    (source / "parameters.yaml").write_text(PARAMETERS)
    (source / "v2" / "boats.inc").unlink()
    (tmp_path.parent / "outside.inc").write_text(DOCUMENT)
    (source / "v2" / "boats.inc").symlink_to(tmp_path.parent / "outside.inc")
    read_ahead(layout(source), never)
    assert missed() == (0, 0)


def test_an_error_meanwhile_does_not_end_a_build(source, tmp_path, monkeypatch):
    (source / "parameters.yaml").write_text(PARAMETERS)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(commands, "LARGE", 0)
    asked = []

    def failing(*_, until):
        asked.append(until)
        raise KeyError("none")

    monkeypatch.setattr(ahead, "read_ahead", failing)
    result = commands.build(source.parent.parent, "boats", output=tmp_path / "out", cache=False)
    assert (result.operations, len(asked)) == (1, 1)
