"""Skipping a build whose inputs and outputs have not changed, by checksums of contents and never by times."""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parsers.cachedir import cache_directory
from parsers.results import BuildResult
from specs.beside import READINGS

if TYPE_CHECKING:
    from parsers.build import Reading

_PACKAGES = ("parsers", "specs")
_COUNTS = ("operations", "files", "unread", "blocks")


def recall(arguments: dict[str, Any]) -> BuildResult | None:
    """Return the result of the last build with these arguments if a new build would make the same."""
    try:
        kept = json.loads(_place(arguments).read_bytes())
        root = Path(kept["root"])
        output = Path(kept["output"])
        if kept["tool"] != _tool() or kept["documents"] != _listing(root / kept["top"]):
            return None
        for name, known in kept["inputs"].items():
            if _sum(root / name) != known:
                return None
        for name, known in kept["outputs"].items():
            if _sum(output / name) != known:
                return None
        if sorted(path.name for path in output.glob("*.yaml")) != kept["listing"]:
            return None
        if _sum(output / READINGS) != kept["readings"]:
            return None
        return BuildResult(output, kept["service"], **{name: kept[name] for name in _COUNTS}, unchanged=True)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(arguments: dict[str, Any], reading: Reading, texts: dict[str, str], result: BuildResult) -> None:
    """Save the checksums of a build's inputs and outputs. If the cache cannot be written, that is not an error."""
    layout = reading.layout
    root = layout.root.directory
    parameters = arguments["parameters"]
    if layout.bare or parameters is not None:
        return  # a single document is fast to read again
    inputs: dict[str, str | None] = dict(layout.root.sums)
    inputs.update(dict.fromkeys(reading.samples.missing))
    inputs.update({name: _sum(root / name) for name in (f"{layout.top}/conf.py", "PKG-INFO")})
    kept = {
        "tool": _tool(),
        "root": str(root),
        "top": layout.top,
        "documents": _listing(root / layout.top),
        "inputs": inputs,
        "output": str(result.output.resolve()),
        "outputs": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()},
        "listing": sorted(path.name for path in result.output.glob("*.yaml")),
        "readings": _sum(result.output / READINGS),
        "service": result.service,
        **{name: getattr(result, name) for name in _COUNTS},
    }
    place = _place(arguments)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        scratch = place.with_suffix(f".{os.getpid()}")
        scratch.write_text(json.dumps(kept), "utf-8")
        scratch.replace(place)
    except OSError:
        return


def _place(arguments: dict[str, Any]) -> Path:
    key = json.dumps({**arguments, "folder": str(Path.cwd())}, sort_keys=True)
    return cache_directory() / "builds" / f"{hashlib.sha256(key.encode()).hexdigest()}.json"


def _sum(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


def _listing(top: Path) -> list[str]:
    """Return the names of all files below the documents' directory: a new document is a change."""
    found = []
    for folder, _, names in os.walk(top):
        inner = Path(folder).relative_to(top).as_posix()
        found += [f"{inner}/{name}" for name in names if name.endswith((".rst", ".inc", ".py"))]
    return sorted(found)


@cache
def _tool() -> str:
    """Return a checksum of this project's own code: another release of it builds anew."""
    digest = hashlib.sha256()
    above = Path(__file__).parent.parent
    for package in _PACKAGES:
        for path in sorted((above / package).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
