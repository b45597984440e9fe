"""Text from outside is shown and never acts, and what is plain stays as it is."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs.text import _HIDDEN, _HIDDEN_IN_ASCII, one_line, visible, visible_json, visible_value

HARMFUL = (
    "\x1b",
    "\x00",
    "\x07",
    "\x7f",
    "\x9b",
    "\r",
    "\u202e",
    "\u2028",
    "\u200b",
    "\ufeff",
    "\ufffe",
    "\uffff",
    "\ud800",
)


@pytest.mark.parametrize("char", [*HARMFUL, "\U000e0041", "\U0001ffff", "\ufdd0", "\u2066"])
def test_what_would_act_or_be_hidden_is_shown(char):
    shown = visible(f"a{char}b")
    assert char not in shown
    assert shown.isascii()
    assert shown.startswith("a\\")
    assert shown.encode("ascii").decode("unicode_escape") == f"a{char}b"


@pytest.mark.parametrize("text", ["", "plain", "a\nb\tc", "Zürich", "日本語", "👩", "…", "\\x1b as it is written"])
def test_what_is_plain_stays(text):
    assert visible(text) == text


@given(st.text(st.characters()))
def test_nothing_harmful_is_left_and_twice_is_once(text):
    shown = visible(text)
    shown.encode("utf-8")
    assert not [char for char in shown if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") and char not in "\n\t"]
    assert visible(shown) == shown


@given(
    st.recursive(
        st.none() | st.text(st.characters()), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_json_keeps_its_value(value):
    text = visible_json(json.dumps(value, ensure_ascii=False))
    assert json.loads(text) == value
    assert visible(text) == text


def test_every_text_of_a_value_is_made_visible():
    value = {"a\x1b": ["\u202e", 1, None, True, {"b": "\ud800"}]}
    assert visible_value(value) == {"a\\x1b": ["\\u202e", 1, None, True, {"b": "\\ud800"}]}


def test_one_line_is_one_and_short():
    assert one_line("a\n b\u2028c\r") == "a b\\u2028c\\x0d"
    assert one_line("x" * 400) == "x" * 299 + "…"
    assert one_line("x" * 400, None) == "x" * 400


def test_texts_in_ascii_hide_no_more_than_others():
    assert all(bool(_HIDDEN.match(chr(code))) == bool(_HIDDEN_IN_ASCII.match(chr(code))) for code in range(128))


def test_nothing_is_hidden_that_python_calls_printable():
    """So a text of printable characters need not be searched."""
    assert not [hex(code) for code in range(0x110000) if _HIDDEN.match(chr(code)) and chr(code).isprintable()]
