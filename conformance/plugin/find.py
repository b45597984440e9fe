"""Finds the specs among the arguments. Only the beginning of a file is read, so that other projects lose no time."""

from __future__ import annotations

import os
import re
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

SUFFIXES = (".yaml", ".yml")
_HEAD = 64 * 1024
_KEYS = tuple(re.compile(rb"^['\"]?" + key + rb"['\"]?\s*:", re.MULTILINE) for key in (b"format", b"operations"))


def looks_like_spec(path: Path) -> bool:
    """True if a YAML file has ``format`` and ``operations`` at its top level; it need not be valid."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    return all(key.search(head) for key in _KEYS)


def given_files(config: pytest.Config, called: bool = False) -> list[Path]:
    """Return the specs under the arguments of the command line, each once, in the order of the arguments.

    Args:
        config: pytest's configuration; arguments from its configuration file do not count.
        called: True if ``conformance run`` started pytest, so that every argument is meant as a spec.
    """
    if config.args_source is not config.ArgsSource.ARGS:
        return []
    pruned = tuple(str(pattern) for pattern in config.getini("norecursedirs"))
    found: dict[Path, None] = {}
    for argument in config.args:
        path = config.invocation_params.dir / argument.split("[")[0].split("::")[0]
        if path.is_dir():
            found.update(dict.fromkeys(_under(path, pruned)))
        elif path.suffix in SUFFIXES and path.is_file() and (called or looks_like_spec(path)):
            found[_absolute(path)] = None
    return list(found)


def _under(top: Path, pruned: tuple[str, ...]) -> Iterator[Path]:
    for folder, folders, files in os.walk(_absolute(top)):
        folders[:] = sorted(f for f in folders if not _skipped(Path(folder, f), pruned))
        for name in sorted(files):
            path = Path(folder, name)
            if path.suffix in SUFFIXES and looks_like_spec(path):
                yield path


def _skipped(folder: Path, pruned: tuple[str, ...]) -> bool:
    """True if pytest does not look into this folder either."""
    if folder.name == "__pycache__" or (folder / "pyvenv.cfg").exists():
        return True
    return any(fnmatch(str(folder) if os.sep in pattern else folder.name, pattern) for pattern in pruned)


def _absolute(path: Path) -> Path:
    """Make a path absolute as pytest does, without resolving links."""
    return Path(os.path.abspath(path))  # noqa: PTH100
