"""The names of things that runs of this suite make: each begins with the prefix of its run."""

from __future__ import annotations

import contextlib
import re
import secrets
import threading
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar

_FAMILY = "conformance-"

OF_A_RUN = re.compile(rf"{_FAMILY}[0-9a-f]{{8}}\b")
"""The prefix of any run, in a text."""


def new_prefix() -> str:
    """A new prefix for the names of a run: a word that all runs share, and eight random hexadecimal digits."""
    return f"{_FAMILY}{secrets.token_hex(4)}"


def in_capitals(name: str) -> str:
    """A name in capitals, with low lines for all that is neither a letter nor a digit."""
    return re.sub(r"[^A-Z0-9]", "_", name.upper())


def is_of(name: str, prefixes: Iterable[str]) -> bool:
    """Whether a name is one of a run with one of some prefixes: it begins with it, or holds it in capitals.

    A service may demand names in capitals, with a prefix of its own before them.
    """
    return any(name.startswith(prefix) or in_capitals(prefix) in name for prefix in prefixes)


_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
"""The digits of endings, in the order in which every collation has them."""

_PLACES = 4
_FALLING = len(_SIGNS) ** _PLACES - len(_SIGNS) ** (_PLACES - 1)
"""The number of endings that fall; those that begin with the last digit stand behind all of them."""

_rising: ContextVar[bool] = ContextVar("rising", default=False)
_lock = threading.Lock()
_last = {"falling": _FALLING, "rising": 0}


def ending() -> str:
    """The end of a new name: eight digits and letters, of which the second half is random.

    Names fall: each stands before the names that were made before it, in the order of texts. Things that are made one
    after another are in the order of their times and often of their numbers, so that a list which is sorted by name
    shows another order than one which is sorted by these. Names of ``behind`` stand after all others instead. Two
    processes fall alike, since the clock tells them where to begin; a process that names more than four things in a
    second runs ahead of it.
    """
    with _lock:
        if _rising.get():
            _last["rising"] += 1
            number = _FALLING + _last["rising"] % (len(_SIGNS) ** _PLACES - _FALLING)
        else:
            now = _FALLING - 1 - int(time.time() * 4) % _FALLING
            _last["falling"] = number = min(_last["falling"] - 1, now) if _last["falling"] else now
    digits = (number // len(_SIGNS) ** place % len(_SIGNS) for place in reversed(range(_PLACES)))
    return "".join(_SIGNS[digit] for digit in digits) + "".join(secrets.choice(_SIGNS) for _ in range(_PLACES))


@contextlib.contextmanager
def behind() -> Iterator[None]:
    """Let the names that this thread makes up meanwhile stand after all others."""
    token = _rising.set(True)
    try:
        yield
    finally:
        _rising.reset(token)
