"""The quick reader of YAML gives the values of PyYAML's safe loader."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from specs import quick

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
UNUSUAL = (
    "a: &x [1, 2]\nb: *x\n",
    "a: &x {b: 1}\nc: {<<: *x, d: 2}\n",
    "a: !!str 1\n",
    "1: a\n",
    "? [a]\n: b\n",
    "- 2001-12-14t21:59:43.10-05:00\n- 0o17\n- 1_000\n- .inf\n- ~\n- yes\n- 12:30:45\n",
    "a: |\n  two\n  lines\nb: >\n  one\n  line\n",
    "",
    "# nothing\n",
    "a: 1\na: 2\n",
    "'<<': a\n",
)


def outcome(load, text):
    """The value of a text, or the class of the error."""
    try:
        return load(text)
    except yaml.YAMLError as error:
        return type(error)


@given(VALUES, st.booleans(), st.booleans())
def test_a_value_comes_back(value, flow, unicode):
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=unicode)
    assert quick.load(text) == yaml.safe_load(text)


@pytest.mark.parametrize("text", UNUSUAL)
def test_what_a_spec_does_not_hold_is_read_as_ever(text):
    assert outcome(quick.load, text) == outcome(yaml.safe_load, text)


@pytest.mark.parametrize(
    "text", ["a: [1\n", "a: b: c\n", "a: 1\n---\nb: 2\n", "a: *none\n", "a: !python/name:os.system\n", "\t- a"]
)
def test_what_is_no_yaml_is_refused(text):
    assert issubclass(outcome(yaml.safe_load, text), yaml.YAMLError)
    with pytest.raises(yaml.YAMLError):
        quick.load(text)


def test_equal_texts_share_no_collection():
    first, second = quick.load("a: []\n"), quick.load("a: []\n")
    first["a"].append(1)
    assert second == {"a": []}
