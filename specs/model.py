"""The model of a spec: the promises of one file of an API reference, as facts with lines.

Each object of the file format 1 (``schemas/spec-1.json``) has a class; attribute names are the keys of the file.
``line`` is a line of the file that ``Reference.path`` names; only for a parameter it is the line of its key in the
parameter file. All classes are frozen, and sequences are tuples, so that threads can share a spec.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from specs.microversion import VersionRange
from specs.refusals import Blank, Refusal

FORMAT = 1

JSONValue = Any
"""A value of a sample body: None, bool, int, float, str, list or dict of these."""

Location = Literal["path", "query", "header", "body", "cookie"]


@dataclass(frozen=True)
class Versions:
    """The microversions in which a thing exists. Ends are strings such as ``2.73``; None is an open end.

    ``line`` is the line that states them; None if the reference states none.
    """

    min: str | None = None
    max: str | None = None
    line: int | None = None

    @property
    def range(self) -> VersionRange:
        """The range as versions that can be compared."""
        return VersionRange.parse(self.min, self.max)


@dataclass(frozen=True)
class Deprecation:
    """The deprecation of an operation; ``since`` is a microversion or a release, None if the reference names none."""

    line: int
    since: str | None = None
    replacement: str | None = None


@dataclass(frozen=True)
class Removal:
    """The removal of an operation; ``release`` (such as ``22.0.0``) is None if the reference names none."""

    line: int
    release: str | None = None


@dataclass(frozen=True)
class Policy:
    """The roles that may use an operation by the documented defaults.

    ``roles`` holds ``admin``, ``owner``, ``any`` (every authenticated user) or names of roles as the reference writes
    them. ``provider_may_change`` is True if the reference leaves the choice to the provider.
    """

    roles: tuple[str, ...]
    line: int
    provider_may_change: bool = False


@dataclass(frozen=True)
class When:
    """The qualification of a fact: all given attributes must hold.

    Attributes:
        request: sorted pairs of a field of the action's or the resource's body and its value.
        present: names of request fields; at least one of them is given.
        absent: names of request fields; none of them is given.
        min, max: the lowest and the highest microversion.
        status: statuses of the resource before the request.
        environment: name of a trait that cannot be seen or set through the API (``volume-backed``, a configuration
            option, ...).
        exists, missing: things, by the reference's words, that are there, or are not there, before the request.
        line: the line of the sentence; None if the line of the fact is that of the sentence.
    """

    request: tuple[tuple[str, JSONValue], ...] = ()
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    min: str | None = None
    max: str | None = None
    status: tuple[str, ...] = ()
    environment: str | None = None
    exists: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    line: int | None = None


@dataclass(frozen=True)
class Code:
    """One documented status code.

    ``when`` is given if the reference explains or qualifies the code; ``listed`` is False for a code that only a
    sentence names.
    """

    code: int
    line: int
    name: str | None = None
    min: str | None = None
    max: str | None = None
    when: When | None = None
    listed: bool = True

    @property
    def range(self) -> VersionRange:
        """The microversions for which the reference gives this code."""
        return VersionRange.parse(self.min, self.max)


@dataclass(frozen=True)
class Responses:
    """The documented status codes of an operation, in the order of the reference."""

    normal: tuple[Code, ...] = ()
    error: tuple[Code, ...] = ()


ConditionKind = Literal["exists", "status", "locked_requires_admin", "quota", "environment", "effect"]


@dataclass(frozen=True)
class Condition:
    """A precondition or a postcondition.

    Attributes:
        kind: ``exists`` (the resource must exist), ``status``, ``locked_requires_admin``, ``quota``,
            ``environment`` (not checkable through the API), ``effect`` (a resource appears, goes or changes).
        resource: the resource that it is about: ``server``, ``image``, ``migration``, ``volume``, ...
        attribute: the field that it is about, such as ``OS-EXT-STS:vm_state``; None for ``status``.
        any_of: of a precondition, the permitted values of the attribute.
        becomes: of a postcondition, the final values of the attribute; it reaches one of them.
        unchanged: of a postcondition, True if the attribute returns to its value before the request.
        on_failure: values of the attribute if the operation fails.
        transient: values that the attribute may have for a time.
        effect: for kind ``effect``: ``created``, ``deleted``, ``unlisted``, ...
        code: the error code of a violation; None if the sentence names none.
        as_written: the reference's own words, if names were normalised.
        when: the qualification; None if there is none.
        declared: True if the user's file of readings states it, and not the grammar.
    """

    kind: ConditionKind
    resource: str
    line: int
    attribute: str | None = None
    any_of: tuple[str, ...] = ()
    becomes: tuple[str, ...] = ()
    unchanged: bool = False
    on_failure: tuple[str, ...] = ()
    transient: tuple[str, ...] = ()
    effect: str | None = None
    code: int | None = None
    as_written: tuple[str, ...] = ()
    when: When | None = None
    declared: bool = False


Omitted = Literal["generated", "chosen", "caller", "all", "now"]
"""What a service does about a field that a request leaves out: it makes a new value, chooses one, takes that of the
caller, applies no limit, or takes the current time."""


@dataclass(frozen=True)
class Parameter:
    """One row of a request or response table, resolved.

    ``name`` is the row's name, dotted for a nested field (``flavor.links``); ``ref`` is the key in the parameter file,
    and ``line`` the line of that key. ``type`` is the reference's own word in lower case (``string``, ``none``,
    ``uuid``, ...), None if the parameter file has none or is missing. ``location`` is the key ``in``.
    ``required_min`` is the first microversion in which it is required, if that is not the first one that has it.
    ``reserved_to`` is the role that alone may use it in a request, ``reserved_max`` the last microversion in which that
    holds. ``omitted`` is the effect if a request leaves it out and no default is named. ``max_items`` is
    the greatest number of entries of a list or an object, ``max_part_length`` the greatest length of one of them.
    ``refusals`` are those that its description states. ``blanks`` say when the field of an answer is null, empty
    or absent. ``declared`` is True if the user's file of readings states one of the constraints.
    """

    name: str
    location: str | None
    type: str | None
    required: bool
    ref: str
    line: int | None
    min: str | None = None
    max: str | None = None
    enum: tuple[JSONValue, ...] = ()
    max_length: int | None = None
    min_length: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    format: str | None = None
    nullable: bool | None = None
    default: JSONValue = None
    visible_to: str | None = None
    required_min: str | None = None
    reserved_to: str | None = None
    reserved_max: str | None = None
    omitted: Omitted | None = None
    max_items: int | None = None
    max_part_length: int | None = None
    refusals: tuple[Refusal, ...] = ()
    blanks: tuple[Blank, ...] = ()
    declared: bool = False

    @property
    def range(self) -> VersionRange:
        """The microversions in which the parameter exists."""
        return VersionRange.parse(self.min, self.max)


@dataclass(frozen=True)
class Sample:
    """A sample body. ``file`` is relative to the root of the source distribution.

    ``body`` is None for a JSON null, and for a file that is missing or not JSON; ``valid`` is False for the latter.
    """

    file: str
    line: int
    microversion: str | None = None
    body: JSONValue = None
    valid: bool = True


@dataclass(frozen=True)
class Header:
    """A header that a request has to carry with a fixed value, by a sentence about the operation or all of its group.

    ``min`` and ``max`` are the microversions in which it has to. ``path`` is the file with the sentence, relative to
    the root of the source distribution, if that is another one than the spec's.
    """

    name: str
    value: str
    line: int
    min: str | None = None
    max: str | None = None
    path: str | None = None

    @property
    def range(self) -> VersionRange:
        """The microversions in which requests have to carry it."""
        return VersionRange.parse(self.min, self.max)


@dataclass(frozen=True)
class Request:
    """The documented parameters and samples of the request, and the headers that it has to carry."""

    parameters: tuple[Parameter, ...] = ()
    samples: tuple[Sample, ...] = ()
    headers: tuple[Header, ...] = ()


BodyContent = Literal["empty", "described", "unspecified"]


@dataclass(frozen=True)
class Body:
    """The kind of body of a successful response: empty, described by the reference, or unspecified.

    ``min`` and ``max`` are the lowest and the highest microversion for which ``empty`` holds.
    """

    content: BodyContent = "unspecified"
    line: int | None = None
    min: str | None = None
    max: str | None = None


@dataclass(frozen=True)
class Response:
    """The documented body, parameters and samples of the successful response."""

    body: Body = field(default_factory=Body)
    parameters: tuple[Parameter, ...] = ()
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True)
class Counterpart:
    """The operation of the same file whose request, response and codes another one has, by a sentence of the latter."""

    operation: str
    line: int


@dataclass(frozen=True)
class Operation:
    """One documented method and URL, and for ``.../action`` the action that the body names."""

    id: str
    title: str
    method: str
    path: str
    line: int
    action: str | None = None
    microversions: Versions = field(default_factory=Versions)
    deprecated: Deprecation | None = None
    removed: Removal | None = None
    policy: Policy | None = None
    same_as: Counterpart | None = None
    responses: Responses = field(default_factory=Responses)
    preconditions: tuple[Condition, ...] = ()
    postconditions: tuple[Condition, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    request: Request = field(default_factory=Request)
    response: Response = field(default_factory=Response)
    unread: tuple[int, ...] = ()

    def declares(self, kind: str, line: int | None, in_parameters: bool = False) -> bool:
        """Whether the user's file of readings states a promise of a kind (``precondition``, ...) at a line."""
        facts: Sequence[Condition | Refusal | Parameter] = ()
        if in_parameters and kind in ("constraint", "refusal"):
            facts = (*self.request.parameters, *self.response.parameters)
        elif kind == "refusal":
            facts = self.refusals
        elif kind in ("precondition", "postcondition"):
            facts = self.preconditions if kind == "precondition" else self.postconditions
        return any(fact.declared and fact.line == line for fact in facts)


@dataclass(frozen=True)
class Vocabulary:
    """The documented values of an attribute of a resource, in the order of the reference."""

    resource: str
    attribute: str
    values: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Common:
    """Parameters that the reference documents for every operation, such as request ids."""

    request: tuple[Parameter, ...] = ()
    response: tuple[Parameter, ...] = ()


@dataclass(frozen=True)
class Reference:
    """The source of the facts.

    ``path`` is relative to the root of the source distribution; ``inputs`` maps ``parameters.yaml`` and ``samples`` to
    SHA-256 sums. ``package`` and ``version`` are None if the source is a single file.
    """

    path: str
    sha256: str
    package: str | None = None
    version: str | None = None
    inputs: tuple[tuple[str, str], ...] = ()
    parameters_path: str | None = None


@dataclass(frozen=True)
class Spec:
    """The facts of one source file of a reference."""

    service: str
    reference: Reference
    operations: tuple[Operation, ...] = ()
    vocabulary: tuple[Vocabulary, ...] = ()
    common: Common = field(default_factory=Common)
    unread: tuple[int, ...] = ()
