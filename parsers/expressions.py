"""Regular expressions in compiled form, kept beside the bytecode of the modules that hold them.

The grammar has more than seven hundred expressions, and Python compiles them anew in every process, which takes longer
than to read a whole reference with them. The last step of that is one call, with the numbers of the compiled form.
These are kept, so that the next process makes this call alone. The file is Python's own affair as much as bytecode is:
it holds for one interpreter, is written where bytecode is, and is made anew wherever it cannot be used.
"""

from __future__ import annotations

import hashlib
import importlib.util
import marshal
import os
import re
import sys
import threading
from array import array
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUM = hashlib.sha256().digest_size


class _Form(NamedTuple):
    """The compiled form of an expression, as the last step takes it."""

    flags: int
    code: bytes
    groups: int
    names: dict[str, int]
    order: tuple[str | None, ...]


class _Recorder:
    """Stands for the module with the last step, and notes the numbers that its own thread gives to that."""

    def __init__(self, machine: Any) -> None:
        self._machine = machine
        self._thread = threading.get_ident()
        self.last: _Form | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._machine, name)

    def compile(self, pattern: Any, flags: int, code: list[int], groups: int, names: Any, order: Any) -> Any:
        """Note the form of an expression, and make it."""
        if threading.get_ident() == self._thread:
            self.last = _Form(int(flags), array("I", code).tobytes(), groups, dict(names), tuple(order))
        return self._machine.compile(pattern, flags, code, groups, names, order)


@contextmanager
def kept(name: str) -> Iterator[None]:
    """Let expressions that are compiled in this block be kept, and take those that were kept before.

    Args:
        name: the name of the block.
    """
    place = _place(name)
    module: Any = re
    compiler: Any = import_module("re._compiler")
    machine, compile_anew = compiler._sre, module.compile
    if place is None or array("I").itemsize != machine.CODESIZE:
        yield
        return
    forms, fresh = _load(place), False

    def compile_once(pattern: Any, flags: Any = 0) -> Any:
        nonlocal fresh
        if not isinstance(pattern, str):
            return compile_anew(pattern, flags)
        key = (pattern, int(flags))
        form = forms.get(key)
        if form is not None:
            return machine.compile(
                pattern, form.flags, array("I", form.code).tolist(), form.groups, form.names, form.order
            )
        compiler._sre = recorder = _Recorder(machine)
        try:
            made = compiler.compile(*key)  # and not from the few that Python remembers, whose form is not to be had
        finally:
            compiler._sre = machine
        if recorder.last is not None:
            forms[key], fresh = recorder.last, True
        return made

    module.compile = compile_once
    try:
        yield
    finally:
        module.compile = compile_anew
    if fresh and not sys.dont_write_bytecode:
        _save(place, forms)


def _place(name: str) -> Path | None:
    """Return the file for this interpreter; None if it keeps no bytecode in files."""
    try:
        return Path(importlib.util.cache_from_source(str(Path(__file__).with_name(f"{name}.py")))).with_suffix(".re")
    except NotImplementedError:
        return None


def _interpreter() -> bytes:
    """Return what a compiled form depends on, besides the expression."""
    compiler: Any = import_module("re._compiler")
    return f"{sys.version} {sys.byteorder} {compiler.MAGIC}".encode()


def _load(place: Path) -> dict[tuple[str, int], _Form]:
    """Read the kept forms; none if the file is not whole, or another interpreter's."""
    head = _interpreter()
    try:
        data = place.read_bytes()
    except OSError:
        return {}
    whole, data = data[:_SUM], data[_SUM:]
    if not data.startswith(head) or hashlib.sha256(data).digest() != whole:
        return {}
    return {key: _Form(*form) for key, form in marshal.loads(data[len(head) :]).items()}  # noqa: S302 -- as bytecode


def _save(place: Path, forms: dict[tuple[str, int], _Form]) -> None:
    """Write the forms, in one step. If that is not possible, they are compiled again the next time."""
    data = _interpreter() + marshal.dumps({key: tuple(form) for key, form in forms.items()})
    scratch = place.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_bytes(hashlib.sha256(data).digest() + data)
        scratch.replace(place)
