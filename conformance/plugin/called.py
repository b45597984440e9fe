"""The part of ``conformance run`` in pytest: it marks the run as its own, and shortens pytest's usage errors."""

from __future__ import annotations

import gc
import re
from collections.abc import Generator, Sequence
from importlib.util import find_spec
from typing import TypeVar

import pytest

from conformance.plugin import CLI
from conformance.plugin.trouble import Trouble

T = TypeVar("T")

_OF_XDIST = re.compile(r"-n\d*|-n=?(auto|logical)|--(numprocesses|dist|maxprocesses|max-worker-restart|tx)(=.*)?\Z")
"""Options of pytest-xdist, which an extra of this distribution installs."""


_USUAL = {"terminal": "--no-header", "assertion": "--assert=plain"}
"""The options of pytest that every run is given, each by the plugin of pytest that knows it."""

_TURNED_OFF = re.compile(r"(?:-p=?)?no:(?P<plugin>.+)")


def usual(given: Sequence[str]) -> list[str]:
    """The options of pytest that every run is given, but for those of plugins that ``-p no:NAME`` turns off."""
    off = {found["plugin"] for word in given if (found := _TURNED_OFF.fullmatch(word))}
    return [option for plugin, option in _USUAL.items() if plugin not in off]


class Called:
    """A pytest plugin that only ``conformance run`` registers."""

    __name__ = CLI

    @pytest.hookimpl(wrapper=True)
    def pytest_cmdline_parse(self) -> Generator[None, T, T]:
        """Report a wrong option in one sentence, without pytest's list of all options."""
        try:
            return (yield)
        except pytest.UsageError as error:
            raise Trouble(_told(error)) from None

    @pytest.hookimpl(wrapper=True)
    def pytest_cmdline_main(self) -> Generator[None, T, T]:
        """Report a wrong argument or expression in one sentence."""
        try:
            return (yield)
        except pytest.UsageError as error:
            raise Trouble(_told(error)) from None

    @pytest.hookimpl(tryfirst=True)
    def pytest_unconfigure(self) -> None:
        """Take the run out of the garbage collection, which pytest starts at its end, and which finds nothing in it."""
        gc.freeze()


def _told(error: pytest.UsageError) -> str:
    """Return the error's own text, without the usage that pytest puts before it."""
    text = " ".join(str(part) for part in error.args)
    _, mark, after = text.partition(": error: ")
    told = " ".join((after.splitlines()[0] if mark else text).split())
    unknown = told.removeprefix("unrecognized arguments: ").split() if told.startswith("unrecognized") else []
    if any(_OF_XDIST.match(word) for word in unknown) and find_spec("xdist") is None:
        return f"{unknown[0]} needs pytest-xdist: pip install 'apiref-conformance[xdist]'"
    return told
