"""Machines whose states are made late read a document as docutils' own machines do."""

from __future__ import annotations

import pytest
from docutils import statemachine, utils
from docutils.core import publish_doctree
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser, states
from hypothesis import given
from hypothesis import strategies as st

from parsers.machines import Machine, lazily

PARTS = (
    "Title\n=====\n\nText with *emphasis*\nand a second line.\n",
    "- a bullet\n\n  - an inner one\n\n    1. numbered\n    2. twice\n\n- the last one\n",
    "term\n  a definition\n\n  :field: a body\n  :another: of\n    two lines\n",
    "-a, --all  an option\n--file=NAME\n    another one\n",
    "| a line block\n|   indented\n| again\n",
    "::\n\n> quoted\n> literal\n\nA block::\n\n    literal\n\n",
    "    a quote\n\n    -- somebody\n",
    "+-----+-----+\n| one | two |\n+=====+=====+\n| - a | b   |\n+-----+-----+\n",
    "===  ===\na    b\n===  ===\n1    - x\n===  ===\n",
    ".. note::\n   a note\n\n   - with a list\n\n.. |sub| replace:: text\n\n.. _target: http://127.0.0.1/\n",
    ".. list-table::\n   :header-rows: 1\n\n   * - a\n     - b\n   * - c\n     - .. tip:: d\n",
    ".. a comment\n\n.. [1] a footnote\n\nSee [1]_ and |sub|.\n",
    "Too short\n===\n\n* wrong\nindentation\n\n`unclosed\n",
    ">>> 1 + 1\n2\n",
)


def tree(text: str) -> str:
    return publish_doctree(text, settings_overrides={"report_level": 5, "_disable_config": True}).pformat()


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=6))
def test_the_tree_is_the_same(parts):
    text = "\n".join(parts)
    expected = tree(text)
    with lazily():
        assert tree(text) == expected


def test_a_machine_makes_the_states_that_it_enters(monkeypatch):
    unlink = Machine.unlink
    made = []
    monkeypatch.setattr(Machine, "unlink", lambda self: (made.append(set(self.states)), unlink(self))[1])
    with lazily():
        tree("- one\n- two\n\nterm\n  text\n")
    assert made
    assert all(names < {"Body", "BulletList", "DefinitionList", "Definition", "Text"} for names in made)


def test_an_unknown_state_is_refused():
    machine = Machine(state_classes=states.state_classes, initial_state="Body")
    with pytest.raises(statemachine.UnknownStateError):
        machine.get_state("Elsewhere")


def test_docutils_is_left_as_it_was():
    machine, cache = states.RSTState.nested_sm, states.RSTState.nested_sm_cache
    with lazily():
        assert states.RSTState.nested_sm is Machine
    assert (states.RSTState.nested_sm, states.RSTState.nested_sm_cache) == (machine, cache)
    document = utils.new_document("x", get_default_settings(Parser))
    Parser().parse("- a\n", document)
    assert states.RSTState.nested_sm_cache is cache
