"""Checking specs against the JSON Schema of the format."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml
from jsonschema import Draft202012Validator

from specs.codec import place
from specs.load import SpecError

if TYPE_CHECKING:
    from pathlib import Path

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a spec."""
    return _read("spec-1.json")


def _read(name: str) -> dict[str, Any]:
    return dict(json.loads(resources.files("specs.schemas").joinpath(name).read_text("utf-8")))


@cache
def whole(name: str) -> dict[str, Any]:
    """Return a schema of this project in which each reference to another one (``spec-1.json#/...``) is written out."""
    return dict(_written_out(_read(name), None))


def _written_out(part: Any, other: str | None) -> Any:
    """Write references to other schemas out; ``other`` is the schema that the part comes from, if it is another one."""
    if isinstance(part, list):
        return [_written_out(item, other) for item in part]
    if not isinstance(part, dict):
        return part
    name, _, pointer = str(part.get("$ref", "")).partition("#/")
    beside = {key: _written_out(value, other) for key, value in part.items() if key != "$ref"}
    if not pointer or not (name or other):
        return {**beside, **({"$ref": part["$ref"]} if "$ref" in part else {})}
    target: Any = _read(name or str(other))
    for key in pointer.split("/"):
        target = target[key]
    return {**_written_out(target, name or other), **beside}


@cache
def _validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(schema())
    return Draft202012Validator(schema())


def validate_plain(plain: Any, where: str) -> None:
    """Check a value that was read from YAML.

    Raises:
        SpecError: the value does not fit the schema; the message names the first error.

    """
    error = next(
        iter(sorted(_validator().iter_errors(plain), key=lambda item: [str(p) for p in item.absolute_path])), None
    )
    if error is not None:
        message = error.message if len(error.message) < 200 else f"{error.message[:200]}..."
        raise SpecError(
            f"{place(tuple(error.absolute_path))}: {message}", where=where, mend="correct it, or build the specs again"
        )


def validate(path: Path) -> None:
    """Check a file. Raises SpecError as ``validate_plain``."""
    validate_plain(yaml.load(path.read_bytes(), Loader=_Loader), str(path))  # noqa: S506 (a safe loader)
