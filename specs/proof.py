"""Checking ``proof.json``, the result of a proof, against its JSON Schema."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator

from specs.codec import place


class ProofFileError(Exception):
    """A file is not a valid proof. The message is one sentence with the place and the reason."""


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a proof."""
    return dict(json.loads(resources.files("specs.schemas").joinpath("proof-1.json").read_text("utf-8")))


@cache
def _validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(schema())
    return Draft202012Validator(schema())


def validate(proof: Any, where: str) -> None:
    """Check a value that was read from JSON.

    Args:
        proof: the value.
        where: the file, for the message.

    Raises:
        ProofFileError: the value does not fit the schema; the message names the first error.
    """
    errors = sorted(_validator().iter_errors(proof), key=lambda item: [str(part) for part in item.absolute_path])
    if errors:
        message = errors[0].message
        message = message if len(message) < 200 else f"{message[:200]}..."
        raise ProofFileError(f"{where}: {place(tuple(errors[0].absolute_path))}: {message}; make the proof again")
