"""Candidates: the things of a cloud that a request can name, where they are listed, and which of them will do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.engine.cloud.fields import Condition
from conformance.engine.cloud.roles import Role
from specs.microversion import Microversion


@dataclass(frozen=True)
class Lookup:
    """A list of what a cloud has.

    Attributes:
        path: below the versioned root.
        key: the member of the answer that holds the list.
        service: another service of the catalogue, that is asked; empty for the service itself.
        root: the last part of that service's versioned root, which catalogues may leave out.
        query: names and values.
        where: what must be so of an entry that counts.
        microversion: at which it is asked for, where the cloud knows it.
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
    """A value of what discovery finds.

    Attributes:
        fields: of which the first that is there and filled gives it.
        number: whether it is a whole number, 0 where no field gives it.
        at_least: the least that it is taken for; times: by which it is multiplied.
        test: it is not a field's value, but whether this holds.
        members: patterns: it is the number of members whose names fit one, of the object in the field or else of all.
    """

    fields: tuple[str, ...] = ()
    number: bool = False
    at_least: int | None = None
    times: int = 1
    test: Condition | None = None
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fit:
    """An attribute that must not be below that of something else that was found; 0 fits where ``zero_fits``."""

    attribute: str
    least: str
    zero_fits: bool = False


@dataclass(frozen=True)
class Other:
    """The conditions on a second thing, beside the first.

    Attributes:
        differs_in: attributes of which one at least is not that of the first.
        at_least: attributes of which none is below that of the first.
        larger_by: attributes by which one that is larger is taken before all others; none for any.
        prefers: attributes by which it is chosen, the smallest first; the order where there are none.
        fits: name of something else -> what of it must fit this.
        missing: why there is none; ``{first}`` stands for the first one's name.
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
        lists: where they are listed; the first that shows any counts.
        id, name: what names one, and what a person calls it.
        attributes: what else of one is of use.
        order: attributes by which they are sorted, the smallest first.
        prefers: attributes by which the first one is chosen, the smallest first; the order where there are none.
        fits: name of something else -> what of this must fit it.
        unfit: why none is fit; ``{name}`` stands for that of what it should fit.
        empty: why there is none.
        other: what a second one must be.
        unlisted: whether one that the user names need not be shown in the lists.
        role: as whom they are looked for, and why_role: why nobody else can; asked for anew each time where it is said.
        in_use: field of the resource under test -> the attribute of the one that it uses.
        spare: whether the one in use is taken by no relation but ``own``.
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
        limit, used: fields that show it, and what is used of it.
        kind, attribute: what one more thing takes of it: an attribute of what discovery finds; one where there is none.
    """

    limit: str
    used: str
    kind: str = ""
    attribute: str = ""


@dataclass(frozen=True)
class Room:
    """Where the limits of a project are shown: path, field of the answer that holds them, and which count."""

    path: str
    field: str
    limits: tuple[Limit, ...]
