"""What a rule is, and what it hands back.

A rule reads one sentence. It answers None where the sentence is none of its own, else a reading: the facts that the
sentence states, which may be none (the sentence is known to promise nothing). All rules see every sentence; a
sentence that none takes is unread.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from parsers.document import FileContext, OperationSource, ParameterRow
from parsers.prose.names import SAME_RESOURCE
from parsers.prose.sentences import Sentence
from parsers.prose.words import last_noun, noun, singular
from specs.model import Body, Code, Condition, Deprecation, Policy, Removal, Versions, Vocabulary


@dataclass(frozen=True)
class Pre:
    """A precondition."""

    condition: Condition


@dataclass(frozen=True)
class Post:
    """A postcondition."""

    condition: Condition


@dataclass(frozen=True)
class Failure:
    """What a resource's attribute is after a failure; it joins the postcondition of the same resource."""

    resource: str
    attribute: str | None
    values: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Refusal:
    """The code that answers a violated precondition of the sentence before."""

    code: int
    kind: str
    line: int


@dataclass(frozen=True)
class CodeRange:
    """The microversions for which a listed code holds, said in a sentence of its own."""

    code: Code


@dataclass(frozen=True)
class Constraint:
    """Fields of ``specs.model.Parameter`` that a sentence of the operation states of one of its request parameters."""

    name: str
    fields: tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class Gate:
    """Versions of operations. ``only`` and ``besides`` hold the words of the titles that it governs or spares."""

    versions: Versions
    only: frozenset[str] = frozenset()
    besides: frozenset[str] = frozenset()


@dataclass(frozen=True)
class MayChange:
    """That the provider may change the policy named before."""

    line: int


@dataclass(frozen=True)
class Marked:
    """A deprecation that only a title states."""

    deprecation: Deprecation


Fact = (
    Pre
    | Post
    | Failure
    | Refusal
    | Code
    | CodeRange
    | Constraint
    | Gate
    | MayChange
    | Marked
    | Policy
    | Body
    | Deprecation
    | Removal
    | Vocabulary
)


@dataclass(frozen=True)
class Reading:
    """What a rule took from a sentence; ``items`` says that it took the list below as well."""

    facts: tuple[Fact, ...] = ()
    items: bool = False


NOTHING = Reading()
"""The sentence is known to promise nothing."""


@dataclass(frozen=True)
class Scope:
    """What a rule may know besides its sentence: the operation it stands in (None in a file's preamble)."""

    context: FileContext
    source: OperationSource | None = None
    enums: dict[str, tuple[object, ...]] = field(default_factory=dict)

    @property
    def resource(self) -> str:
        """The resource that the path names: of its last identifier, else its last segment."""
        return resources_of(self.source.path)[-1] if self.source else "resource"

    def named(self, phrase: str | None, *, anywhere: bool = False) -> str:
        """The resource that a phrase names, in the path's word for it; the path's resource where it names none."""
        found = (last_noun(phrase) if anywhere else noun(phrase)) if phrase else None
        if found is None:
            return self.resource
        other = SAME_RESOURCE.get(found)
        return other if other and self.source and other in resources_of(self.source.path) else found

    def field_with(self, value: str) -> str | None:
        """The one request field whose enumeration holds a value.

        Where no enumeration is known (a document without its parameter file), the only field besides the path's and the
        action itself.
        """
        holders = [name for name, allowed in self.enums.items() if value in allowed]
        if not holders and self.source is not None and not any(self.enums.values()):
            known = f"{self.source.path} {self.source.title}"
            holders = [n for n in self.enums if not re.search(rf"[{{(]{re.escape(n)}[ }})]", known)]
        return holders[0] if len(holders) == 1 else None

    @property
    def body_fields(self) -> tuple[str, ...]:
        """The request's body fields, without the one that names the action."""
        if self.source is None:
            return ()
        found = [r.parameter.name for r in self._request() if r.parameter.location == "body"]
        first = found[:1] if self.source.path.endswith("/action") else []
        return tuple(n for n in found if n not in first)

    def _request(self) -> tuple[ParameterRow, ...]:
        return tuple(r for r in self.source.rows if r.section == "request") if self.source else ()


_NO_RESOURCES = frozenset({"action", "actions", "detail", "details"})


def resources_of(path: str) -> tuple[str, ...]:
    """The resources that a path names, in its order: of ``/servers/{id}/tags``, server and tag."""
    segments = [s for s in path.split("?")[0].strip("/").split("/") if s]
    found: list[str] = []
    for number, segment in enumerate(segments):
        following = segments[number + 1] if number + 1 < len(segments) else ""
        if segment.startswith("{") or (number == 0 and segment[:1] == "v" and segment[1:2].isdigit()):
            continue
        word = singular(segment.removeprefix("os-").replace("-", " ").replace("_", " "))
        collection = not found or segment.endswith("s") or noun(word) is not None
        last = number == len(segments) - 1 or following in _NO_RESOURCES
        if following.startswith("{") or (last and collection and segment not in _NO_RESOURCES):
            found.append(word)
    return tuple(found) or ("resource",)


Read = Callable[[Sentence, Scope], Reading | None]


@dataclass(frozen=True)
class Rule:
    """A named rule.

    Attributes:
        family: the kind of statement it reads.
        cues: parts of words in lower case; it is asked for a sentence only if that holds one (all, if none).

    """

    name: str
    family: str
    read: Read
    cues: tuple[str, ...] = ()

    def concerns(self, words: str) -> bool:
        """Whether the rule may take a sentence of these words, in lower case."""
        return not self.cues or any(cue in words for cue in self.cues)
