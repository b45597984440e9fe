"""The types of the grammar: rules, and the facts that they read.

A rule reads one sentence. It returns None if the sentence does not have the rule's form, else a reading: the facts
that the sentence states. A reading without facts means that the sentence is known to promise nothing. All rules see
every sentence; a sentence without a reading is unread.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from parsers.document import FileContext, OperationSource, ParameterKey, ParameterRow
from parsers.prose.names import SAME_RESOURCE
from parsers.prose.sentences import Sentence
from parsers.prose.words import last_noun, noun, singular
from specs import refusals
from specs.model import Body, Code, Condition, Deprecation, Policy, Removal, Versions, Vocabulary
from specs.refusals import Blank


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
    """The values of a resource's attribute after a failure; they join the postcondition of the same resource."""

    resource: str
    attribute: str | None
    values: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Refusal:
    """The status code of the refusal if the precondition of the sentence before is violated."""

    code: int
    kind: str
    line: int


@dataclass(frozen=True)
class Refused:
    """A refusal with its cause."""

    refusal: refusals.Refusal


@dataclass(frozen=True)
class CodeBefore:
    """The code of the refusals that the sentences before state in the same paragraph."""

    code: int
    line: int


@dataclass(frozen=True)
class CodeRange:
    """The microversions for which a listed code holds, stated by a sentence outside of the list."""

    code: Code


@dataclass(frozen=True)
class CodeApart:
    """A normal code with the situation in which it comes instead of the operation's others."""

    code: Code


@dataclass(frozen=True)
class Constraint:
    """Fields of ``specs.model.Parameter`` that a sentence of the operation states of one of its request parameters."""

    name: str
    fields: tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class Emptied:
    """A statement that a field of the response is null or empty in a situation."""

    name: str
    blank: Blank


@dataclass(frozen=True)
class AskedFor:
    """A statement that an answer has the field of a row only if the request asks for it."""

    row: ParameterKey


@dataclass(frozen=True)
class Tabled:
    """A statement about all fields of an answer: the version from which all are there, or that they may be null."""

    version: str = ""
    nullable: bool = False


@dataclass(frozen=True)
class Added:
    """A field that is new in a version: in the request, in the response, or in both."""

    name: str
    version: str
    in_request: bool
    in_response: bool


@dataclass(frozen=True)
class Referred:
    """The title of the operation of the same file whose request, response and codes an operation has."""

    title: str
    line: int


@dataclass(frozen=True)
class Carried:
    """A header with the value that requests have to carry: those of a group of APIs, or with "" those of its place."""

    name: str
    value: str
    group: str
    line: int


@dataclass(frozen=True)
class Grouped:
    """The group to which the APIs of a place belong; ``max`` is the last microversion in which they do."""

    group: str
    max: str | None = None


@dataclass(frozen=True)
class Gate:
    """Microversions of operations. ``only``: words of the titles that it applies to; ``besides``: of those excepted."""

    versions: Versions
    only: frozenset[str] = frozenset()
    besides: frozenset[str] = frozenset()


@dataclass(frozen=True)
class MayChange:
    """A statement that the provider may change the policy named before."""

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
    | Refused
    | CodeBefore
    | Code
    | CodeRange
    | CodeApart
    | Constraint
    | Added
    | Emptied
    | AskedFor
    | Tabled
    | Referred
    | Carried
    | Grouped
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
    """The facts that a rule read from a sentence.

    Attributes:
        facts: the facts.
        items: True if the rule read the list below the sentence as well.
        whole: False if the sentence states more than the facts, so that it stays unread unless another rule reads it.
    """

    facts: tuple[Fact, ...] = ()
    items: bool = False
    whole: bool = True


NOTHING = Reading()
"""The reading of a sentence that is known to promise nothing."""


@dataclass(frozen=True)
class Scope:
    """The context of a sentence for a rule: its file and its operation.

    Attributes:
        context: the file.
        source: the operation; None in a file's preamble.
        enums: name of a request field -> its enumerated values, () if it has none.
    """

    context: FileContext
    source: OperationSource | None = None
    enums: dict[str, tuple[object, ...]] = field(default_factory=dict)

    @property
    def resource(self) -> str:
        """The last resource that the path names."""
        return resources_of(self.source.path)[-1] if self.source else "resource"

    def named(self, phrase: str | None, *, anywhere: bool = False) -> str:
        """Return the resource that a phrase names, in the path's word for it; the path's resource if it names none.

        ``anywhere``: True to search the whole phrase, False to look only at its end.
        """
        found = (last_noun(phrase) if anywhere else self.owner(phrase)) if phrase else None
        if found is None:
            return (self.abbreviated(phrase) if phrase and not anywhere else None) or self.resource
        other = SAME_RESOURCE.get(found)
        return other if other and self.source and other in resources_of(self.source.path) else found

    def abbreviated(self, phrase: str) -> str | None:
        """Return the thing that an abbreviation at the end of a phrase stands for; None if there is none.

        If the operation's title has it, it is the path's only thing with an id; else it is a thing of its own.
        """
        last = re.search(r"\b(?!VM|ID|API|URL|HTTP|JSON)(?P<name>[A-Z]{2,5})s?\W*$", phrase)
        if self.source is None or last is None or SAME_RESOURCE.get(last["name"].lower()):
            return None
        things = re.findall(r"([\w-]+)/\{(?!project|tenant)\w+\}", self.source.path)
        if len(things) == 1 and re.search(rf"\b{last['name']}s?\b", self.source.title):
            return resources_of(f"/{things[0]}/{{id}}")[0]
        return last["name"].lower()

    def owner(self, phrase: str) -> str | None:
        """Return the resource that a phrase ends in: a known noun, or one that the path names; None for another thing.

        The words "resource" and "object" at the end do not count: "the audit resource" is an audit.
        """
        bare = re.sub(r"\s+(?:resource|object|record|entity)s?$", "", phrase.strip(" ."), flags=re.IGNORECASE)
        words = [singular(word) for word in re.findall(r"[a-z]+", bare.lower())]
        named = (
            [name for name in resources_of(self.source.path) if name.split() == words[-len(name.split()) :]]
            if self.source
            else []
        )
        # The longest name counts: of "the firewall group", the path's "firewall group", and not the noun "group".
        return max(
            (name for name in (noun(bare), *reversed(named)) if name), key=lambda name: len(name.split()), default=None
        )

    def field_with(self, value: str) -> str | None:
        """Return the only request field whose enumeration holds a value; None if there is not exactly one.

        If no enumeration is known (a document without its parameter file), the only field that is neither in the path
        nor the action itself.
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


@lru_cache(maxsize=1024)
def resources_of(path: str) -> tuple[str, ...]:
    """Return the resources that a path names, in its order: for ``/servers/{id}/tags``, server and tag."""
    segments = [s for s in path.split("?")[0].strip("/").split("/") if s]
    found: list[str] = []
    for number, segment in enumerate(segments):
        following = segments[number + 1] if number + 1 < len(segments) else ""
        done = number > 0 and segments[number - 1] in ("action", "actions")
        if segment.startswith("{") or done or (number == 0 and segment[:1] == "v" and segment[1:2].isdigit()):
            continue
        plain = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", segment.removeprefix("os-"))
        word = singular(re.sub(r"[-_]", " ", plain if plain == segment.removeprefix("os-") else plain.lower()))
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
        name: name of the rule.
        family: the kind of statement that it reads, such as ``B2``.
        read: reads a sentence; returns None if the sentence does not have the rule's form.
        cues: parts of words in lower case; the rule sees only sentences that hold one of them. Empty: all sentences.
    """

    name: str
    family: str
    read: Read
    cues: tuple[str, ...] = ()
