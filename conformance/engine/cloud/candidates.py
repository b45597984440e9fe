"""Candidates: the things of a cloud that a request can name, the lists that show them, and the choice among them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.engine.cloud.fields import Condition
from conformance.engine.cloud.roles import Role
from specs.microversion import Microversion


@dataclass(frozen=True)
class Lookup:
    """A list of things of the cloud.

    Attributes:
        path: the path below the versioned root.
        key: the member of the response that holds the list.
        service: another service of the catalogue that has the list; empty for the service itself.
        root: the last part of that service's versioned root, which catalogues may leave out.
        query: names and values of the query.
        where: conditions that an entry must fulfil.
        microversion: the microversion of the request, if the cloud supports it.
    """

    path: str
    key: str
    service: str = ""
    root: str = ""
    query: tuple[tuple[str, str], ...] = ()
    where: tuple[Condition, ...] = ()
    microversion: Microversion | None = None


@dataclass(frozen=True)
class Attribute:
    """A value of a discovered thing.

    Attributes:
        fields: the first of these fields with a value gives it.
        number: True for a whole number, which is 0 without such a field.
        at_least: the lower bound of the value; times: its factor.
        test: a condition; the value is whether the condition holds.
        members: patterns; the value is the number of members with a fitting name, in the object of the field or in all.
    """

    fields: tuple[str, ...] = ()
    number: bool = False
    at_least: int | None = None
    times: int = 1
    test: Condition | None = None
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fit:
    """An attribute that must not be below that of another discovered thing; with ``zero_fits``, 0 always fits."""

    attribute: str
    least: str
    zero_fits: bool = False


@dataclass(frozen=True)
class Other:
    """The conditions on a second thing, beside the first.

    Attributes:
        differs_in: attributes; at least one must differ from the first thing.
        at_least: attributes; none may be below that of the first thing.
        larger_by: attributes; a thing that is larger in them is taken before all others.
        prefers: attributes that decide the choice, the smallest first; by default ``order``.
        fits: name of another discovered thing -> its attribute that must fit.
        missing: the reason if there is none; ``{first}`` stands for the name of the first thing.
    """

    differs_in: tuple[str, ...] = ()
    at_least: tuple[str, ...] = ()
    larger_by: tuple[str, ...] = ()
    prefers: tuple[str, ...] = ()
    fits: Mapping[str, tuple[Fit, ...]] = field(default_factory=dict)
    missing: str = ""


@dataclass(frozen=True)
class Candidates:
    """The things of a cloud that a request can name, and the choice among them.

    Attributes:
        lists: the lists that show them; the first one with an entry counts.
        id, name: the values that identify a thing, and that people call it by.
        attributes: further values of a thing.
        order: attributes that sort the things, the smallest first.
        prefers: attributes that decide the choice, the smallest first; by default ``order``.
        fits: name of another discovered thing -> the attribute of this one that must fit it.
        unfit: the reason if none fits; ``{name}`` stands for the name of the other thing.
        empty: the reason if there is none.
        optional_part: True if a cloud with none of them lacks an optional part.
        other: the conditions on a second thing.
        unlisted: True if a thing that the user names need not be in the lists.
        role: the role that looks for them, and why_role: the reason why only it can; each look is then new.
        in_use: field of the resource under test -> the attribute of the thing that it uses.
        spare: True if only the relation ``own`` takes the thing in use.
    """

    lists: tuple[Lookup, ...]
    id: Attribute = field(default_factory=lambda: Attribute(("id",)))
    name: Attribute = field(default_factory=lambda: Attribute(("name",)))
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    prefers: tuple[str, ...] = ()
    fits: Mapping[str, tuple[Fit, ...]] = field(default_factory=dict)
    unfit: str = ""
    empty: str = ""
    optional_part: bool = False
    other: Other | None = None
    unlisted: bool = False
    role: Role | None = None
    why_role: str = ""
    in_use: Mapping[str, str] = field(default_factory=dict)
    spare: bool = False


@dataclass(frozen=True)
class Limit:
    """A limit of a project.

    Attributes:
        limit, used: the fields with the limit, and with the used amount.
        kind, attribute: the amount that one more thing uses: an attribute of a discovered thing; by default one.
    """

    limit: str
    used: str
    kind: str = ""
    attribute: str = ""


@dataclass(frozen=True)
class Room:
    """Where the limits of a project are shown.

    Attributes:
        path: the path of a GET; ``{project_id}`` in it stands for the project of the run.
        field: the field of the answer that holds the limits.
        limits: the limits on the resource under test.
        others: the limits on other things, by the last part of the path of their collection.
    """

    path: str
    field: str
    limits: tuple[Limit, ...] = ()
    others: Mapping[str, Limit] = dataclasses.field(default_factory=dict)  # a bare `field` is an attribute here
