"""Facts about a requirement that follow from its id: its column in a table, its codes, its promise in a few words."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from specs.record.ids import RequirementId

if TYPE_CHECKING:
    from specs.record.model import Result

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
    "refusal",
    "precondition",
    "postcondition",
    "situation",
    "everywhere",
    "equality",
    "microversion",
    "removed",
    "list",
)
"""The columns of a table of operations and kinds, in order; other columns follow, by name."""

_PROMISES = {
    "normal": "the documented request is answered with {detail}",
    "body": "the response body is as documented",
    "header": "the response headers are as documented",
    "error": "{detail} where the reference says so",
    "error/400": "400 for a request that breaks a stated rule",
    "error/401": "401 without a valid token",
    "error/403": "403 for a role below the documented one",
    "error/404": "404 for a resource that does not exist",
    "error/409": "409 in a state that the reference rules out",
    "refusal": "refused for the cause that the prose gives",
    "constraint": "a documented constraint of the request is kept",
    "precondition": "accepted in the documented states, refused in the others",
    "postcondition": "the documented status is reached afterwards",
    "situation": "a listed answer where the reference says nothing",
    "everywhere": "as the guide says of every operation",
    "equality": "the value that was sent is shown",
    "microversion": "present in the documented microversions, and in no other",
    "removed": "no longer there, as the reference says",
    "list": "pages, filters and order as documented",
}


_CLOSER = (
    ("postcondition", "gone", "a removed thing is no longer shown"),
    ("postcondition", "listed", "a new thing is in the list"),
    ("postcondition", "*-created", "the thing that it makes is there afterwards"),
    ("postcondition", "*-deleted", "the thing that it removes is no longer listed"),
    ("postcondition", "*-unlisted", "the thing that it removes is no longer listed"),
    ("postcondition", "*-unchanged", "the status stays as it was"),
    ("postcondition", "vocabulary", "every status is one that the reference names"),
    ("equality", "*/kept", "{about} stays as it was if an update leaves it out"),
    ("equality", "*", "the value of {about} that was sent is shown"),
    ("list", "limit", "a page of the size that was asked for"),
    ("list", "marker", "a page begins after the element that was named"),
    ("list", "offset", "a page begins where it was asked for"),
    ("list", "sort*", "the order that was asked for"),
    ("list", "fields", "only the fields that were chosen are shown"),
    ("list", "*", "{about} selects the elements that fit, and no others"),
)
"""A kind, a shell pattern for the detail, and the promise in words; the first that fits counts."""


@dataclass(frozen=True)
class Parts(RequirementId):
    """The parts of a requirement's id, with the facts that reports derive from them."""

    @property
    def about(self) -> str:
        """The first part of the detail: ``404`` of ``404/missing-id``."""
        return self.detail.split("/")[0]

    @property
    def column(self) -> str:
        """The column in a table of kinds: the kind, and for the common errors the code."""
        column = f"{self.kind}/{self.about}"
        return column if column in ORDER else self.kind

    @property
    def code(self) -> str | None:
        """The documented error code that the requirement is about, if it is about one."""
        is_code = self.kind == "error" and len(self.about) == 3 and self.about.isascii() and self.about.isdigit()
        return self.about if is_code else None

    @property
    def codes(self) -> str:
        """The documented success codes in words, such as ``200 or 202``; empty if the id has none."""
        return " or ".join(part for part in self.detail.split("+") if part)

    @property
    def of_status(self) -> bool:
        """True for a precondition on the status of the resource, of every such resource or of one variant."""
        return self.kind == "precondition" and (not self.detail or self.about.partition("-")[0] == "status")

    @property
    def variant(self) -> str:
        """The variant of the resource in a precondition on its status, such as ``large`` of ``status-large``."""
        return self.about.partition("-")[2] if self.of_status else ""

    @property
    def promise(self) -> str:
        """The promise in a few words; empty for an unknown kind."""
        closer = (words for kind, detail, words in _CLOSER if kind == self.kind and fnmatchcase(self.detail, detail))
        words = next(closer, _PROMISES.get(self.column, ""))
        return words.format(detail=self.codes or "a listed code", about=self.about)


def split(requirement: str) -> Parts:
    """Return the parts of an id without a result."""
    found = RequirementId.parse(requirement)
    return Parts(found.operation, found.kind or "other", found.detail)


def parts_of(result: Result) -> Parts:
    """Return the parts of the id of a result's requirement, with the help of its operation and kind."""
    found = RequirementId.parse(result.requirement, result.operation)
    kind, detail = found.kind, found.detail
    if result.kind and result.kind != kind:
        given = RequirementId.parse(result.kind, "")  # the kind of a result may be `error/409`
        kind, detail = given.kind, detail or given.detail
    return Parts(result.operation, kind or "other", detail)


def column_key(column: str) -> tuple[int, str]:
    """Return the sort key of a column: its place in ``COLUMNS``, then its name."""
    return (ORDER.index(column) if column in ORDER else len(ORDER), column)


def short(column: str) -> str:
    """Return the head of a column: for the common errors only the code."""
    parts = RequirementId.parse(column, "")
    return parts.detail or parts.kind
