"""Patterns with cues: a text without any of the cues is one that the pattern cannot find."""

import re
from importlib import import_module
from pkgutil import iter_modules
from re import _constants as parts
from re import _parser as parser

import pytest

import parsers.prose
from parsers.prose.forms import Cued, Form, form, holds


def runs(sequence):
    """The literal texts that each match of a sequence holds, and its positive lookarounds and groups, one by one."""
    run = ""
    for kind, value in sequence:
        if kind is parts.LITERAL:
            run += chr(value).lower()
            continue
        yield run
        run = ""
        if kind is parts.SUBPATTERN:
            yield value[3]
        elif kind in (parts.MAX_REPEAT, parts.MIN_REPEAT) and value[0] > 0:
            yield value[2]
        elif kind is parts.ASSERT or kind is parts.BRANCH:
            yield value[1]
    yield run


def needs(pattern, cues):
    """True if each text that a parsed pattern finds holds one of the cues."""
    for part in runs(pattern):
        if isinstance(part, str):
            found = any(cue in part for cue in cues)
        elif isinstance(part, list):
            found = all(needs(one, cues) for one in part)
        else:
            found = needs(part, cues)
        if found:
            return True
    return False


def forms_in(value, depth=0):
    if isinstance(value, Form):
        yield value
    elif isinstance(value, dict):
        yield from forms_in(tuple(value.values()), depth)
    elif isinstance(value, tuple | list) and depth < 3:
        for part in value:
            yield from forms_in(part, depth + 1)


ALL = [
    pytest.param(found, id=f"{module.name}-{name}-{number}")
    for module in iter_modules(parsers.prose.__path__)
    for name, value in vars(import_module(f"parsers.prose.{module.name}")).items()
    for number, found in enumerate(forms_in(value))
    if found.cues
]


@pytest.mark.parametrize("one", ALL)
def test_a_pattern_finds_nothing_where_no_cue_stands(one):
    assert needs(parser.parse(one.pattern.pattern, one.pattern.flags), one.cues)


def test_the_patterns_are_found():
    assert len(ALL) > 30


@pytest.mark.parametrize(
    ("pattern", "cue", "needed"),
    [
        (r"\bstat(?:us|e)\b", "stat", True),
        (r"\bstat(?:us|e)\b", "state", False),
        (r"(?:a|be) lock", "lock", True),
        (r"(?:locked|free)", "lock", False),
        (r"(?:lock)?\w", "lock", False),
        (r"(?!lock)\w", "lock", False),
        (r"(?<=lock)\w", "lock", True),
        (r"(?:Lock)+", "lock", True),
    ],
)
def test_a_cue_that_a_pattern_does_not_need_is_found_out(pattern, cue, needed):
    assert needs(parser.parse(pattern, re.IGNORECASE), (cue,)) is needed


def test_a_form_reads_a_text_as_its_pattern_does():
    locked = form(r"\block(?:ed|s)\b", "lock")
    assert locked.search("It Locks")[0] == "Locks"
    assert locked.sub("is shut", "it locks") == "it is shut"
    assert [m[0] for m in locked.finditer("locks, locked")] == ["locks", "locked"]


def test_a_text_without_a_cue_is_left_alone():
    wrong = form(r"\bopens\b", "lock")
    assert wrong.search("it opens") is None
    assert wrong.sub("", "it opens") == "it opens"
    assert not list(wrong.finditer("it opens"))


def test_without_cues_any_text_may_have_the_form():
    assert holds("anything", ())
    assert not holds("anything", ("else",))


def test_of_many_things_those_are_found_whose_cue_a_text_holds():
    things = Cued((("lock", ("lock", "shut")), ("any", ()), ("open", ("open",)), ("door", ("door", "lock"))))
    assert things.within("it is open") == ["any", "open"]
    assert things.within("shut and locked") == ["lock", "any", "door"]
    assert things.within("") == ["any"]
    assert Cued(()).within("lock") == []
