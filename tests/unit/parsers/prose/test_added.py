"""Fields that a version adds, as a directive names them."""

import pytest
from prose_forms import read

from parsers.document import Block, ParameterRow
from parsers.prose.added import added
from parsers.prose.rules import Added
from specs.model import Parameter

BOTH, ASKED, ANSWERED = (True, True), (True, False), (False, True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Added the ``speed`` field.", {"speed": BOTH}),
        ("Introduced the ``speed`` field", {"speed": BOTH}),
        ("Added the ``wheels`` and ``doors`` fields.", {"wheels": BOTH, "doors": BOTH}),
        ("Added the ``a``, ``b``,\nand ``c`` response fields.", {"a": ANSWERED, "b": ANSWERED, "c": ANSWERED}),
        ("Added the ``detail`` boolean request parameter. When given, the ``rest`` field goes.", {"detail": ASKED}),
        ("Added the ``color`` request and response fields.", {"color": BOTH}),
        ("Added the ``color`` query parameter and ``paint`` response field.", {"color": ASKED, "paint": ANSWERED}),
        ("Introduced the ``speed`` field. Introduced the ``fast`` request parameter.", {"speed": BOTH}),
        ("Added the ability to filter cars based on the ``color`` of the garage.", {}),
        ("Introduced support for the ``speed`` field.", {"speed": BOTH}),
        ("Introduced ``speed`` request parameter and the ``age`` response field", {"speed": ASKED, "age": ANSWERED}),
        ("Added validation of the ``speed`` parameter.", {}),
        ("Added the ability to omit the ``speed`` field.", {}),
        ("Added the ``fast`` value to the ``speed`` parameter.", {}),
        ("``tires`` fields now accept a dictionary", {}),
        ("The ``speed`` field was removed.", {}),
        ("Added support for small cars.", {}),
        ("", {}),
    ],
)
def test_the_fields_that_the_first_sentence_names(text, found):
    assert list(added("3.7", text)) == [Added(name, "3.7", *where) for name, where in found.items()]


def test_the_version_is_that_of_the_rows_which_name_none():
    named = (("request", "speed", None), ("response", "car.speed", None), ("response", "speed", "3.2"))
    rows = tuple(
        ParameterRow(Parameter(name, "body", "string", True, f"{name}-{low}", 1, min=low), 20, section)
        for section, name, low in named
    )
    text = Block("3.7\nAdded the ``speed`` field.", 10, "versionadded")
    found = read(text, rows=rows).parameters
    assert [found.get(row.key, {}).get("min") for row in rows] == ["3.7", "3.7", None]
