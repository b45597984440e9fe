"""Microversions and their ranges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs.microversion import Microversion, VersionRange

versions = st.builds(Microversion, st.integers(0, 9999), st.integers(0, 99999))
ends = st.none() | versions
ranges = st.builds(VersionRange, ends, ends)


@given(versions)
def test_a_version_is_read_as_it_is_written(version):
    assert Microversion.parse(str(version)) == version


@pytest.mark.parametrize("text", ["", "2", "2.", ".1", "2.1.1", "v2.1", "2.1 ", " 2.1", "2,1", "-2.1", "2.x", "2.1\n"])
def test_another_form_is_refused(text):
    with pytest.raises(ValueError, match="two whole numbers"):
        Microversion.parse(text)


def test_order_is_that_of_numbers():
    read = [Microversion.parse(v) for v in ("2.9", "2.10", "2.100", "2.1", "3.0")]
    assert [str(v) for v in sorted(read)] == ["2.1", "2.9", "2.10", "2.100", "3.0"]


@given(versions, versions)
def test_order_is_total(one, other):
    assert (one < other) + (one == other) + (one > other) == 1
    assert (one <= other) == (not one > other)


def test_another_type_is_not_compared():
    with pytest.raises(TypeError):
        assert Microversion(2, 1) < "2.2"


@given(versions)
def test_next_and_previous_are_neighbours(version):
    assert version.next.previous == version
    assert version < version.next
    assert version.previous is None or version.previous.next == version
    assert (version.previous is None) == (version.minor == 0)


@given(ranges, versions)
def test_a_range_holds_what_lies_between_its_ends_both_included(span, version):
    above = span.min is None or version >= span.min
    below = span.max is None or version <= span.max
    assert (version in span) == (above and below)


@given(ranges)
def test_ends_lie_inside_of_what_is_not_empty(span):
    for end in (span.min, span.max):
        assert end is None or span.empty or end in span


@given(ranges, ranges, versions)
def test_an_intersection_holds_what_both_hold(one, other, version):
    assert (version in one & other) == (version in one and version in other)


@given(ranges, versions)
def test_an_empty_range_holds_nothing(span, version):
    assert not (span.empty and version in span)


def test_a_range_is_read_from_texts():
    assert VersionRange.parse("2.3", None) == VersionRange(Microversion(2, 3), None)
    assert VersionRange.parse(None, None) == VersionRange()
    assert str(VersionRange.parse("2.3", "2.7")) == "2.3 - 2.7"
    with pytest.raises(ValueError, match="not a microversion"):
        VersionRange.parse("2.3", "latest")
