"""A text without a sign of markup is not searched for it, and reads as docutils reads it."""

from types import SimpleNamespace

import pytest
from docutils import nodes, utils
from docutils.frontend import get_default_settings
from docutils.languages import get_language
from docutils.parsers.rst import Parser, states
from hypothesis import given
from hypothesis import strategies as st

from parsers.dialect import make_inliner

SIGNS = " ab.*`_|[]:@\\\0<>\"'(-\né"


def read(inliner, text):
    settings = get_default_settings(Parser)
    document = utils.new_document("x", settings)
    inliner.init_customizations(settings)
    document.reporter.report_level = 5
    memo = SimpleNamespace(document=document, reporter=document.reporter, language=get_language("en"), inliner=inliner)
    found, messages = inliner.parse(text, 1, memo, nodes.paragraph())
    return [node.pformat() for node in found], len(messages)


def docutils_own():
    inliner = states.Inliner()
    inliner.interpreted = make_inliner().interpreted
    return inliner


@given(st.text(SIGNS, max_size=12))
def test_a_text_reads_as_docutils_reads_it(text):
    assert read(make_inliner(), text) == read(docutils_own(), text)


@pytest.mark.parametrize("text", ["a word", "", "mail a@b.cd", "http://a.b/c", "\\*", "a_", "|a|", "[1]_", "``a``"])
def test_what_is_searched_reads_the_same(text):
    assert read(make_inliner(), text) == read(docutils_own(), text)


def test_a_text_without_a_sign_is_not_searched():
    inliner = make_inliner()
    assert inliner.parse("a plain word", 1, None, None)[0][0].astext() == "a plain word"
