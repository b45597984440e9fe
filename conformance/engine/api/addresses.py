"""Takes the paths of a reference apart: the version of the API, the project, and the path below them.

A reference writes its paths from the root of the service (``/v3/{project_id}/boats``), or from the root of one version
(``/boats``). The engine knows paths below the version alone: the client puts the root before them, and the project of
the role that asks if the reference has it there. So a description says ``/boats`` for both forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import yaml

from specs.model import Operation, Spec


@cache
def _project() -> str:
    """A pattern for the names of placeholders that stand for a project."""
    text = resources.files("conformance.services").joinpath("conventions.yaml").read_text("utf-8")
    names = "|".join(yaml.safe_load(text)["project_placeholders"])
    return rf"(?:\w*[_-])?(?:{names})(?:[_-]?id)?"


@cache
def _form() -> re.Pattern[str]:
    """A pattern for a path with a version."""
    return re.compile(
        r"(?:/(?P<prefix>[a-z][a-z-]*))?/v(?P<major>\d+)(?:\.\d+)?"
        rf"(?P<project>/\{{{_project()}\}})?(?P<below>/.*)?",
        re.IGNORECASE,
    )


@dataclass(frozen=True)
class Address:
    """A documented path, taken apart.

    Attributes:
        major: the number of its version, 2 for ``/v2.0``; None if it has none.
        project: True if the project follows the version.
        below: the path below version and project; it begins with a slash.
    """

    major: int | None
    project: bool
    below: str


@dataclass(frozen=True)
class Addressed:
    """The specs of one version of an API, with paths that lack version and project.

    Attributes:
        specs: all specs of the reference.
        selected: the specs under test.
        major: the number of the version; None if the paths of the reference have none.
        below_project: the first parts of the paths that stand below the project in the reference.
        elsewhere: other operations -> the number of their version; None if their paths have none.
    """

    specs: tuple[Spec, ...]
    selected: tuple[Spec, ...]
    major: int | None
    below_project: frozenset[str]
    elsewhere: tuple[tuple[Spec, Operation, int | None], ...]


def address(path: str, service: str) -> Address:
    """Take a path apart. Text before the version counts as a prefix only if it is the type of the service.

    A version needs no slash before it: ``v3/boats`` cannot mean anything but ``/v3/boats``.
    """
    found = _form().fullmatch(path if path.startswith("/") else f"/{path}")
    if found is None or found["prefix"] not in (None, service):
        return Address(None, False, path)
    return Address(int(found["major"]), found["project"] is not None, found["below"] or "/")


def majors(specs: Iterable[Spec]) -> tuple[int, ...]:
    """The numbers of the versions in the paths of specs, the lowest first.

    The path of a version document, which ends with the version, does not count.
    """
    known = (address(o.path, spec.service) for spec in specs for o in spec.operations)
    return tuple(sorted({at.major for at in known if at.major is not None and (at.below != "/" or at.project)}))


def addressed(specs: Sequence[Spec], selected: Sequence[Spec] | None = None, major: int | None = None) -> Addressed:
    """Take the paths of specs apart, and keep the operations of one version.

    Args:
        specs: all specs of a reference.
        selected: the specs under test; None for all.
        major: the version to keep; None for the highest.
    """
    chosen = specs if selected is None else selected
    known = majors(specs)
    if not known:
        return Addressed(tuple(specs), tuple(chosen), None, frozenset(), ())
    kept = known[-1] if major is None else major
    by_part: dict[str, set[bool]] = {}
    for spec in specs:
        for operation in spec.operations:
            at = address(operation.path, spec.service)
            if at.major == kept:
                by_part.setdefault(first_part(at.below), set()).add(at.project)
    elsewhere = tuple(
        (spec, o, at.major) for spec in chosen for o in spec.operations if (at := _at(o, spec)).major != kept
    )
    return Addressed(
        tuple(_below(spec, kept) for spec in specs),
        tuple(_below(spec, kept) for spec in chosen),
        kept,
        frozenset(part for part, scoped in by_part.items() if True in scoped),
        elsewhere,
    )


def names_project(placeholder: str) -> bool:
    """Whether a placeholder stands for a project by its name, such as ``project_id``."""
    return re.fullmatch(_project(), placeholder, re.IGNORECASE) is not None


def first_part(path: str) -> str:
    """The first part of a path below the version."""
    return path.lstrip("/").partition("/")[0].partition("?")[0]


def _at(operation: Operation, spec: Spec) -> Address:
    return address(operation.path, spec.service)


def _below(spec: Spec, major: int) -> Spec:
    """The spec with its operations of one version, whose paths lack the version."""
    kept = tuple(replace(o, path=_queried(o, at)) for o in spec.operations if (at := _at(o, spec)).major == major)
    return replace(spec, operations=kept)


def _queried(operation: Operation, at: Address) -> str:
    """The path below the version. ``?{usage}=True`` is ``?usage=True`` where the table has a parameter of that name."""
    documented = {row.name for row in operation.request.parameters if row.location == "query"}
    return re.sub(r"(?<=[?&])\{(\w+)\}(?==)", lambda name: name[1] if name[1] in documented else name[0], at.below)
