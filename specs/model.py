"""The model of a spec: the promises of one file of an API reference, as facts with lines.

Each object of the file format 1 (``schemas/spec-1.json``) has a class; attribute names are the keys of the file.
``line`` is a line of the file that ``Reference.path`` names; only for a parameter it is the line of its key in the
parameter file. All classes are frozen, and sequences are tuples, so that threads can share a spec.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from specs.microversion import VersionRange

FORMAT = 1

JSONValue = Any
"""A value of a sample body: None, bool, int, float, str, list or dict of these."""

Location = Literal["path", "query", "header", "body", "cookie"]


@dataclass(frozen=True)
class Versions:
    """The microversions in which a thing exists. Ends are strings such as ``2.73``; None is open.

    ``line`` is where the reference says so, None where it says nothing.
    """

    min: str | None = None
    max: str | None = None
    line: int | None = None

    @property
    def range(self) -> VersionRange:
        """The same as comparable versions."""
        return VersionRange.parse(self.min, self.max)


@dataclass(frozen=True)
class Deprecation:
    """That an operation is deprecated; ``since`` is a microversion or a release, where named."""

    line: int
    since: str | None = None
    replacement: str | None = None


@dataclass(frozen=True)
class Removal:
    """That an operation was removed in a release (such as ``22.0.0``), where the reference names one."""

    line: int
    release: str | None = None


@dataclass(frozen=True)
class Policy:
    """Who may use an operation by the documented defaults.

    ``roles`` holds ``admin``, ``owner``, ``any`` (every authenticated user) or names of roles as the reference writes
    them. ``provider_may_change`` says that the reference leaves the choice to the provider.
    """

    roles: tuple[str, ...]
    line: int
    provider_may_change: bool = False


@dataclass(frozen=True)
class When:
    """What qualifies a fact: all given parts must hold.

    Attributes:
        request: field of the action's or the resource's body -> the value that it has, as sorted pairs.
        present: names of request fields of which at least one is given.
        absent: names of request fields none of which is given.
        min, max: microversions.
        status: the status of the resource before.
        environment: a trait that cannot be seen or set through the API, in a word (``volume-backed``, a named
            configuration option, ...).
    """

    request: tuple[tuple[str, JSONValue], ...] = ()
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    min: str | None = None
    max: str | None = None
    status: tuple[str, ...] = ()
    environment: str | None = None


@dataclass(frozen=True)
class Code:
    """One documented response code.

    ``when`` is given where the reference explains or qualifies the code; ``listed`` is False for a code that stands in
    running prose only.
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
    """The documented codes of an operation in the order of the reference."""

    normal: tuple[Code, ...] = ()
    error: tuple[Code, ...] = ()


ConditionKind = Literal["exists", "status", "locked_requires_admin", "quota", "environment", "effect"]


@dataclass(frozen=True)
class Condition:
    """A precondition or a postcondition.

    Attributes:
        kind: ``exists`` (the resource must exist), ``status``, ``locked_requires_admin``, ``quota``,
            ``environment`` (not checkable through the API), ``effect`` (something appears, goes or changes).
        resource: what it speaks of: ``server``, ``image``, ``migration``, ``volume``, ...
        attribute: the field it speaks of where that is not ``status`` (``OS-EXT-STS:vm_state``).
        any_of: of a precondition, the values one of which the attribute must have.
        becomes: of a postcondition, the values one of which it reaches.
        unchanged: of a postcondition, that the attribute returns to what it was.
        on_failure: values it takes if the operation fails.
        transient: values it may pass through.
        effect: ``created``, ``deleted``, ``unlisted``, ... for kind ``effect``.
        code: the error code of a violation, where the sentence names one.
        as_written: the reference's own words, where names were normalised.
        when: what qualifies it.
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


@dataclass(frozen=True)
class Parameter:
    """One row of a request or response table, resolved.

    ``name`` is the row's name, dotted where the reference nests (``flavor.links``); ``ref`` the key in the parameter
    file; ``line`` the line of that key. ``type`` is the reference's own word in lower case (``string``, ``none``,
    ``uuid``, ...), None where the parameter file has none or is missing. ``location`` is the key ``in``.
    ``required_min`` is the microversion from which on it is required, where that is not the first that has it.
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

    @property
    def range(self) -> VersionRange:
        """The microversions in which the parameter exists."""
        return VersionRange.parse(self.min, self.max)


@dataclass(frozen=True)
class Sample:
    """A sample body. ``file`` is relative to the root of the source distribution; ``body`` is None if not JSON.

    ``valid`` tells a JSON null apart from a file that is missing or is no JSON.
    """

    file: str
    line: int
    microversion: str | None = None
    body: JSONValue = None
    valid: bool = True


@dataclass(frozen=True)
class Request:
    """What the reference says of the request."""

    parameters: tuple[Parameter, ...] = ()
    samples: tuple[Sample, ...] = ()


BodyContent = Literal["empty", "described", "unspecified"]


@dataclass(frozen=True)
class Body:
    """Whether a successful response has a body.

    ``min`` and ``max`` bound the microversions for which ``empty`` holds.
    """

    content: BodyContent = "unspecified"
    line: int | None = None
    min: str | None = None
    max: str | None = None


@dataclass(frozen=True)
class Response:
    """What the reference says of the successful response."""

    body: Body = field(default_factory=Body)
    parameters: tuple[Parameter, ...] = ()
    samples: tuple[Sample, ...] = ()


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
    responses: Responses = field(default_factory=Responses)
    preconditions: tuple[Condition, ...] = ()
    postconditions: tuple[Condition, ...] = ()
    request: Request = field(default_factory=Request)
    response: Response = field(default_factory=Response)
    unread: tuple[int, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """The documented values of an attribute of a resource, in the order of the reference."""

    resource: str
    attribute: str
    values: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Common:
    """Parameters that the reference documents for every operation, outside of any (request identifiers)."""

    request: tuple[Parameter, ...] = ()
    response: tuple[Parameter, ...] = ()


@dataclass(frozen=True)
class Reference:
    """Where the facts were read.

    ``path`` is relative to the root of the source distribution; ``inputs`` maps ``parameters.yaml`` and ``samples`` to
    SHA-256 sums. ``package`` and ``version`` are None where the source is a bare file.
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
