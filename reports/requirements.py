"""What the id of a requirement says: ``<operation id>/<kind>[/<detail>]``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from specs.record.model import Result

_CODE = re.compile(r"(?<![\d.])[1-5]\d\d(?![\d.]*\d)")
_STATE = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Z_]{2,}(?![A-Za-z0-9])")

ORDER = (
    "normal",
    "body",
    "header",
    "error/400",
    "error/401",
    "error/403",
    "error/404",
    "error/409",
    "error",
    "precondition",
    "postcondition",
    "microversion",
    "removed",
    "list",
)
"""The columns of a table of operations and kinds; others come after them, by name."""

_PROMISES = {
    "normal": "the documented request is answered by {detail}",
    "body": "the response body is as documented",
    "header": "the response headers are as documented",
    "error": "{detail} where the reference says so",
    "error/400": "400 for a request that breaks a stated rule",
    "error/401": "401 without a valid token",
    "error/403": "403 for a role below the documented one",
    "error/404": "404 for what does not exist",
    "error/409": "409 in a state that the reference rules out",
    "precondition": "accepted in the documented states, refused in the others",
    "postcondition": "the documented status is reached afterwards",
    "microversion": "there in the documented microversions, and in no other",
    "removed": "gone, as the reference says",
    "list": "pages and filters as documented",
}


@dataclass(frozen=True)
class Parts:
    """The parts of a requirement's id.

    Attributes:
        kind: such as ``normal`` or ``error``.
        detail: such as ``202``; empty where there is none.

    """

    operation: str
    kind: str
    detail: str

    @property
    def column(self) -> str:
        """The column of a table of kinds: the kind, and for the common errors the code."""
        column = f"{self.kind}/{self.detail.split('/')[0]}"
        return column if column in ORDER else self.kind

    @property
    def code(self) -> str | None:
        """The documented error code that the requirement is about, if it is about one."""
        found = self.detail.split("/")[0] if self.kind == "error" else ""
        return found if _CODE.fullmatch(found) else None

    @property
    def promise(self) -> str:
        """The promise in a few words, where the kind is known."""
        words = _PROMISES.get(self.column, "")
        return words.format(detail=self.detail.replace("+", " or ") or "a listed code")


def split(requirement: str) -> Parts:
    """Read an id alone, as it stands where there is no result."""
    operation, _, rest = requirement.partition("/")
    kind, _, detail = rest.partition("/")
    return Parts(operation, kind or "other", detail)


def parts_of(result: Result) -> Parts:
    """Read the requirement's id with the help of the operation's and, where it is given, the kind."""
    prefix = f"{result.operation}/"
    rest = result.requirement.removeprefix(prefix)
    kind, _, detail = rest.partition("/")
    if result.kind and result.kind != kind:
        kind, _, given = result.kind.partition("/")  # an engine may well say `error/409`
        detail = detail or given
    return Parts(result.operation, kind or "other", detail)


def column_key(column: str) -> tuple[int, str]:
    """Order columns as the design lists the kinds."""
    return (ORDER.index(column) if column in ORDER else len(ORDER), column)


def code_in(text: str) -> int | None:
    """Find the first HTTP status code in a short text such as ``202`` or ``409 conflict``."""
    found = _CODE.search(text)
    return int(found[0]) if found else None


def accepted(text: str) -> bool | None:
    """Tell whether a short text speaks of an accepted request: by its first word, or its code; None if neither."""
    lower = text.lower()
    if lower.startswith(("accepted", "refused")):
        return lower.startswith("accepted")
    code = code_in(text)
    return None if code is None else code < 400


def state_of(result: Result) -> str | None:
    """Find the state that a case was tried in: its own word, or the detail of its id."""
    if result.state:
        return result.state
    if not result.case.startswith(f"{result.requirement}["):
        return None
    found = _STATE.search(result.case[len(result.requirement) :])
    return found[0] if found else None
