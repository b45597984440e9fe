"""The expression of ``conformance list -k``."""

from __future__ import annotations

import pytest

from conformance.plugin.selection import selection
from conformance.plugin.trouble import Trouble

NAMES = ["servers-actions.lock/normal/202[active]", "normal", "admin"]


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("lock", True),
        ("LOCK/normal", True),
        ("pause", False),
        ("not pause", True),
        ("not not lock", True),
        ("lock and admin", True),
        ("lock and member", False),
        ("member or admin", True),
        ("pause or lock and member", False),
        ("(pause or lock) and admin", True),
        ("not (pause or lock)", False),
        ("not pause and lock", True),
        ("  202[active] ", True),
        ("notes", False),
        ("android or lock", True),
    ],
)
def test_words_are_parts_of_names_and_operators_bind_as_in_python(text, chosen):
    assert selection(text)(NAMES) is chosen


@pytest.mark.parametrize(
    "text", ["", " ", "and", "lock and", "or lock", "(lock", "lock)", "lock pause", "not", "a=b", "()"]
)
def test_everything_else_is_refused(text):
    with pytest.raises(Trouble, match="is not an expression: write words with `and`"):
        selection(text)
