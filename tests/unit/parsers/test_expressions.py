"""Expressions that were compiled before are those that Python compiles anew; nothing else is taken for them."""

from __future__ import annotations

import re
import sys
import threading
from contextlib import contextmanager
from unittest import mock

import pytest

from parsers import expressions
from parsers.expressions import kept

PATTERNS = [
    (r"a+b*", 0),
    (r"(?P<name>\w+)\s+(?:is|are)\s+(?P<value>[^.]{1,80}?)\.", re.IGNORECASE | re.ASCII),
    (r"^(?P<x>a)?(?(x)b|c)(?!d)(?<=[bc])$", re.MULTILINE),
    (r"(?i:Straße|[À-ÿ]+)|(?P<q>['\"]).*?(?P=q)", re.DOTALL),
    (r"[^\W\d_]{2,}|😀+|\Z", re.UNICODE),
    (r"(a)(b)?(?P<z>c)", re.VERBOSE),
]
TEXTS = ["", "aab", "It is long. They ARE short.", "ab", "c\nab", "STRASSE 'x' \"y'", "😀😀", "abc", "ac"]


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A place for the file, and an interpreter that keeps bytecode."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    re.purge()
    return tmp_path


def compiled(name="some"):
    with kept(name):
        return [re.compile(pattern, flags) for pattern, flags in PATTERNS]


@contextmanager
def nothing_compiles():
    """Fail where one of these expressions is compiled again."""
    parser, known = sys.modules["re._parser"], {"new", *(pattern for pattern, _ in PATTERNS)}
    inner = parser.parse

    def parse(pattern, *rest):
        if pattern in known:
            raise AssertionError("compiled again")
        return inner(pattern, *rest)

    re.purge()
    with mock.patch.object(parser, "parse", parse):
        yield


def test_what_was_kept_is_not_compiled_again_and_is_the_same():
    first = compiled()
    with nothing_compiles():
        second = compiled()
    for one, other, (pattern, flags) in zip(first, second, PATTERNS, strict=True):
        anew = re.compile(pattern, flags)
        assert one == other == anew
        assert (other.pattern, other.flags, other.groups) == (pattern, anew.flags, anew.groups)
        assert dict(other.groupindex) == dict(anew.groupindex)
        for text in TEXTS:
            for a, b in zip(other.finditer(text), anew.finditer(text), strict=True):
                assert (a.span(), a.groups(), a.groupdict(), a.lastgroup) == (
                    b.span(), b.groups(), b.groupdict(), b.lastgroup,
                )  # fmt: skip


def test_each_name_has_its_own_file_and_a_new_expression_is_added(place):
    compiled()
    with kept("some"):
        re.compile("new")
    assert len(list(place.rglob("*.re"))) == 1
    with nothing_compiles():
        compiled()
        with kept("some"):
            assert re.compile("new").match("new")
        with pytest.raises(AssertionError, match="compiled again"):
            compiled("other")


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-9], lambda data: b"", lambda data: data[:99] + b"?" + data[100:]]
)
def test_a_file_that_is_not_whole_is_made_anew(damage, place):
    first = compiled()
    (file,) = place.rglob("*.re")
    data = file.read_bytes()
    file.write_bytes(damage(data))
    assert compiled() == first
    assert expressions._load(file)


def test_another_interpreter_takes_nothing_of_it(place, monkeypatch):
    compiled()
    (file,) = place.rglob("*.re")
    monkeypatch.setattr(sys, "version", "3.99")
    assert expressions._load(file) == {}


def test_nothing_is_written_where_python_writes_no_bytecode(place, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert compiled() == [re.compile(pattern, flags) for pattern, flags in PATTERNS]
    assert list(place.rglob("*")) == []


def test_a_place_that_cannot_be_written_is_no_error(place, monkeypatch):
    monkeypatch.setattr(sys, "pycache_prefix", str(place / "file" / "below"))
    (place / "file").touch()
    assert compiled() == [re.compile(pattern, flags) for pattern, flags in PATTERNS]


def test_after_the_block_python_compiles_as_before_even_after_an_error():
    before = re.compile
    with pytest.raises(re.error), kept("some"):
        re.compile("(")
    assert re.compile is before
    assert sys.modules["re._compiler"]._sre is sys.modules["_sre"]


def test_what_another_thread_compiles_meanwhile_is_not_taken_for_it(monkeypatch):
    inner = sys.modules["re._parser"].parse
    other = threading.Thread(target=lambda: sys.modules["re._compiler"].compile("other", 0))

    def parse(pattern, *rest):
        made = inner(pattern, *rest)
        if pattern == "mine":
            other.start()
            other.join()
        return made

    monkeypatch.setattr(sys.modules["re._parser"], "parse", parse)
    with kept("some"):
        re.compile("mine")
    monkeypatch.undo()
    with kept("some"):
        assert re.compile("mine").match("mine")
