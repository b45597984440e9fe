"""The order of values: whether two values, or a whole list, are in it by any collation that a service may have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from ipaddress import ip_interface
from itertools import pairwise
from typing import Any


def _letters(text: str) -> str:
    """Return the letters and digits of a text, without case and accents."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKD", text)).casefold()


def _digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _address(text: str) -> tuple[int, int, int] | None:
    """Return the numbers by which an IP address or a range of them is compared; None for another text."""
    try:
        first = ip_interface(text)
    except ValueError:
        return None
    return first.version, int(first), int(first.with_prefixlen.rpartition("/")[2])


def out_of_order(first: Any, second: Any) -> bool:
    """Return whether two values are in falling order by every collation.

    Services leave the order of texts to their databases, of which some ignore case or accents and some pass over
    punctuation, so that two texts are out of order only where all ways of comparing say so. Two texts of digits alone
    may be numbers in the database, as 8 before 26, and two addresses may be compared as such, as 10.28.0.0 before
    10.172.0.0.
    """
    if isinstance(first, str) and isinstance(second, str):
        ways: tuple[Callable[[str], Any], ...] = (str, str.casefold, str.upper, _letters)
        ways += (int,) if _digits(first) and _digits(second) else ()
        ways += (_address,) if _address(first) and _address(second) else ()
        return all(way(first) > way(second) for way in ways)
    return bool(first > second)


def sorted_by(values: Sequence[Any], direction: str) -> bool:
    """Return whether values are in an order; ``default`` allows both."""
    if direction == "default":
        return sorted_by(values, "asc") or sorted_by(values, "desc")
    ordered = list(values) if direction == "asc" else list(reversed(values))
    return not any(out_of_order(first, second) for first, second in pairwise(ordered))


def comparable(values: Sequence[Any]) -> bool:
    """Return whether values have one JSON type, and this type has an order."""
    kinds = {bool if isinstance(v, bool) else float if isinstance(v, int | float) else type(v) for v in values}
    return len(kinds) <= 1 and kinds <= {bool, float, str}
