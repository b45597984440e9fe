"""Sample bodies: their JSON, and the microversion of a sample."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from parsers import errors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from parsers.document import SampleRow
    from parsers.files import Root

MAX_BYTES = 1024 * 1024
_IN_PATH = re.compile(r"(?:\A|/)v(\d+\.\d+)/")
_IN_HEADING = re.compile(r"\(\s*v?(\d+\.\d+)\s*\)", re.IGNORECASE)


class Samples:
    """Reads samples, each file once.

    Whoever has let it ``read`` all samples asks for their bodies without a look at any file.

    Attributes:
        problems: path -> the error, for samples that cannot be read as JSON.
        missing: the paths of samples that cannot be read at all.

    """

    def __init__(self, root: Root) -> None:
        self.root = root
        self.problems: dict[str, str] = {}
        self.missing: set[str] = set()
        self._bodies: dict[str, tuple[Any, bool]] = {}

    def read(self, paths: Iterable[str]) -> None:
        """Read samples, for later."""
        for path in paths:
            self.body(path)

    def body(self, path: str) -> tuple[Any, bool]:
        """Return the body of a sample, and True if it is valid JSON."""
        if path not in self._bodies:
            self._bodies[path] = self._read(path)
        return self._bodies[path]

    def microversion(self, row: SampleRow) -> str | None:
        """Return the microversion of a sample, from its directory or else from its heading."""
        found = _IN_PATH.search(row.path) or _IN_HEADING.search(row.heading)
        return found[1] if found else row.versions.min

    def _read(self, path: str) -> tuple[Any, bool]:
        try:
            text = self.root.text(path)
        except errors.ReferenceError as error:
            self.missing.add(path)
            self.problems[path] = error.what
            return None, False
        if not path.endswith(".json"):
            return None, False
        if len(text) > MAX_BYTES:
            self.problems[path] = f"the sample has more than {MAX_BYTES:,} characters"
            return None, False
        try:
            body = json.loads(text, parse_constant=_refuse, parse_float=_finite)
            if "\\u" in text:
                json.dumps(body, ensure_ascii=False).encode()  # raises an error for half a character
        except RecursionError:
            self.problems[path] = "the sample is nested too deeply"
        except ValueError as error:
            self.problems[path] = f"the sample is not JSON: {error}"
        else:
            return body, True
        return None, False


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not allowed in JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is too large")
    return number
