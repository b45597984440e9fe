"""Strict reading of a description: everything unknown to the schema or the reference is one sentence.

The schema (``conformance/services/schema.json``) says which keys there are. Its formats say what a text refers to:
``kind``, ``source`` and ``status`` to other sections of the description; ``operation``, ``operation-pattern``,
``collection``, ``path`` and ``step`` to the reference, so that they are checked where specs are at hand.
"""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from importlib import resources
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from conformance.engine.api.addresses import addressed
from conformance.engine.api.description import Description, DescriptionError
from conformance.engine.api.grouped import kinds_of
from conformance.engine.api.patterns import means, names_of
from conformance.engine.api.producers import form
from conformance.engine.api.same import Same
from specs.fitting import surely_fits
from specs.model import Operation, Spec
from specs.placed import Path

if TYPE_CHECKING:
    from jsonschema import ValidationError

GENERATED = ("name", "uuid", "password", "project", "user", "token")
"""Sources of values that every service has: fresh ones, and the member's own project, user and token."""

OF_THE_TRIAL = ("path", "shown", "sent", "before", "answered")
"""Sources of values in the trial: its path, the view at the path, its body, the steps before it and their answers."""

_NEAR = 0.5
"""The least similarity of a wrong word and its correction (``difflib``)."""

_ALIKE = 0.8
"""The least similarity of a key and the word of which it is a misspelling, where any other key is right."""

_FEW = 12
"""The largest number of right words in a message without a near word."""

_NOUNS = {
    "kind": "kind of thing",
    "source": "kind of thing",
    "status": "stable status",
    "operation": "operation",
    "operation-pattern": "operation",
    "collection": "collection",
    "path": "path",
    "step": "operation or collection",
}
"""Format of the schema -> the kind of name in a text of this format."""


@dataclass(frozen=True, order=True)
class _Problem:
    """A fault of a description. Faults are ordered, and the causes come before their consequences.

    Attributes:
        rank: 0 for a wrong word, 1 for a possible consequence of one.
        file, line: its place.
        what: the fault, and mend: its correction.
    """

    rank: int
    file: str
    line: int
    what: str
    mend: str

    @property
    def sentence(self) -> str:
        """The place and what is wrong there."""
        return f"{self.file}:{self.line}: {self.what}; {self.mend}"


@cache
def schema() -> Mapping[str, Any]:
    """The JSON Schema (2020-12) of a description."""
    return dict(json.loads(resources.files("conformance.services").joinpath("schema.json").read_text("utf-8")))


def validate(description: Description) -> None:
    """Check a description by itself.

    Raises:
        DescriptionError: it has an unknown section, key or word; the first one in the order of the files.
    """
    _words(Same(description))


@lru_cache(maxsize=64)
def _words(of: Same[Description]) -> Mapping[str, Collection[str]]:
    """Check a description by itself, and return the names in it by their format. Raises as ``validate`` does."""
    description = of.value
    kinds = tuple(_kinds(description.data))
    resources = description.data.get("resources")
    entries = resources.values() if isinstance(resources, dict) else ()
    statuses = [s for entry in entries if isinstance(entry, dict) for s in entry.get("stable_statuses") or ()]
    names = {"kind": kinds, "source": (*kinds, *GENERATED, *OF_THE_TRIAL), "status": tuple(statuses)}
    known = {name: _among(words) for name, words in names.items()}
    known["source"] = lambda word: word.startswith("/") or word in names["source"]
    said: dict[str, dict[str, None]] = {name: {} for name in _NOUNS}

    def noted(name: str, word: str) -> bool:
        said[name][word] = None
        return name not in known or known[name](word)

    tests = {name: partial(noted, name) for name in _NOUNS}
    found = [] if _fits(description, tests) else [*_problems(description, tests, names)]
    found += [*_misspelt(description, known["source"]), *_not_ready(description)]
    if found:
        raise DescriptionError(min(found).sentence)
    return said


def _kinds(data: Mapping[str, Any]) -> Iterable[str]:
    """The names of the kinds of a description, as far as its sections have the right form."""
    forms = {"kinds": dict, "plain_kinds": list, "nameless_kinds": list, "parts_of_kinds": dict}
    return kinds_of({name: data[name] for name, form in forms.items() if isinstance(data.get(name), form)})


def _misspelt(description: Description, known: Callable[[str], bool]) -> Iterator[_Problem]:
    """Yield the objects that are values of the cloud but for one letter of the key ``resource``.

    The schema takes such an object for a constant, in which any key is right.
    """

    def walk(value: Any, path: Path) -> Iterator[_Problem]:
        for key, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
            here = (*path, key)
            if (
                isinstance(key, str)
                and key != "resource"
                and isinstance(inner, str)
                and known(inner)
                and difflib.get_close_matches(key, ("resource",), 1, _ALIKE)
            ):
                file, _, line = description.place(here).rpartition(":")
                yield _Problem(
                    0, file, int(line), f"there is no key {key} in {_dotted(path)}", "did you mean resource?"
                )
            if isinstance(inner, Mapping | list):
                yield from walk(inner, here)

    return walk(description.data, ())


def _not_ready(description: Description) -> Iterator[_Problem]:
    """Yield the statuses in which a new resource would be ready, and which are no stable statuses of it."""
    kinds, found = description.data.get("kinds"), description.data.get("resources")
    for name, entry in found.items() if isinstance(found, Mapping) and isinstance(kinds, Mapping) else ():
        stable: Any = entry.get("stable_statuses") if isinstance(entry, Mapping) else None
        path: Path = ("kinds", name, "status", "ready")
        ready: Any = kinds
        for key in path[1:]:
            ready = ready.get(key) if isinstance(ready, Mapping) else None
        for number, status in enumerate(ready) if isinstance(ready, list) and isinstance(stable, list) else ():
            if status not in stable:
                file, _, line = description.place((*path, number)).rpartition(":")
                yield _Problem(1, file, int(line), f"there is no stable status {status}", _hint(str(status), stable))


def check_against(description: Description, specs: Iterable[Spec], whole: bool) -> tuple[str, ...]:
    """Check that the reference has every operation and path that a description names.

    A description is written for one release. In specs of another release, operations may be missing: this is noted, and
    is not an error. If only some files of a reference are given, missing operations mean nothing.

    Args:
        description: the description of the service of the specs.
        specs: the given specs.
        whole: True if they are all specs of their release.

    Returns:
        A sentence with its place for each operation or path that another release lacks.

    Raises:
        DescriptionError: the release that the description is written for lacks an operation or a path.
    """
    specs = tuple(specs)
    written_for = description.data.get("reference")
    releases = {(spec.reference.package, spec.reference.version) for spec in specs}
    other = written_for is not None and releases != {(written_for["package"], written_for["version"])}
    if not whole and not other:
        return ()
    lacking = _undocumented(description, specs)
    if other:
        had = " and ".join(sorted(f"{package} {version}" for package, version in releases))
        return tuple(f"{one.what} in {had} ({PurePath(one.file).name}:{one.line})" for one in lacking)
    if lacking:
        raise DescriptionError(lacking[0].sentence)
    return ()


def _undocumented(description: Description, specs: Iterable[Spec]) -> list[_Problem]:
    """Return the operations and kinds that a description names and the specs lack."""
    operations = {o.id: o for spec in addressed(tuple(specs)).specs for o in spec.operations}
    meant = Counter(name for id_ in operations for name in names_of(id_))
    paths = [form(o.path) for o in operations.values()]
    known: dict[str, Callable[[str], bool]] = {
        "operation": lambda name: name in operations or meant[name] == 1,
        "operation-pattern": lambda name: any(means(name, id_) for id_ in operations),
        "collection": lambda name: any(path == form(name) or path.startswith(f"{form(name)}/") for path in paths),
        "path": lambda name: form(name) in paths,
    }
    known["step"] = lambda name: known["collection" if name.startswith("/") else "operation"](name)
    known["source"] = lambda name: not name.startswith("/") or known["collection"](name)
    said = _words(Same(description))
    if all(is_known(word) for name, is_known in known.items() for word in said[name]):
        return []  # so it nearly always is, and the schema takes a while to tell the places
    names = {name: _near_names(name, operations) for name in known}
    return sorted(_problems(description, known, names))


def _near_names(name: str, operations: Mapping[str, Operation]) -> Collection[str]:
    if name in ("operation", "operation-pattern", "step"):
        return (*operations, *dict.fromkeys(f"{id_.partition('.')[0]}.*" for id_ in operations))
    whole = [operation.path for operation in operations.values()]
    return whole if name == "path" else list(dict.fromkeys(path.rpartition("/{")[0] or path for path in whole))


def _among(words: Collection[str]) -> Callable[[str], bool]:
    return lambda word: word in words


def _fits(description: Description, known: Mapping[str, Callable[[str], bool]]) -> bool:
    """Whether a description has no fault by the schema for certain. ``known``: as for ``_problems``."""
    return surely_fits(dict(description.data), dict(schema()), {**known, "regex": _is_pattern})


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def _problems(
    description: Description, known: Mapping[str, Callable[[str], bool]], names: Mapping[str, Collection[str]]
) -> Iterator[_Problem]:
    """Yield the faults of a description by the schema.

    Args:
        description: to check.
        known: format of the schema -> a test whether a name exists.
        names: format of the schema -> all existing names, for hints.
    """
    from jsonschema import Draft202012Validator, FormatChecker  # takes a moment, and only a run has a description

    checker = FormatChecker(("regex",))
    for name, is_known in known.items():
        checker.checks(name)(lambda word, is_known=is_known: not isinstance(word, str) or is_known(word))
    for error in Draft202012Validator(schema(), format_checker=checker).iter_errors(dict(description.data)):
        rank, path, what, mend = _said(error, names)
        file, _, line = description.place(path).rpartition(":")
        yield _Problem(rank, file, int(line), what, mend)


def _said(error: ValidationError, names: Mapping[str, Collection[str]]) -> tuple[int, Path, str, str]:
    """Return the rank of an error of the schema, the path of the fault, the fault, and its correction."""
    path: Path = tuple(error.absolute_path)
    value: Any = error.instance
    limit: Any = error.validator_value
    if error.validator == "additionalProperties":
        own: Any = error.schema
        right = list(own.get("properties", ()))
        key = next(key for key in value if key not in right)
        return 0, (*path, key), f"there is no {_of('key' if path else 'section', key, path)}", _hint(key, right)
    if error.validator == "enum":
        return 0, path, f"there is no {_last(path)} {value}", _hint(str(value), list(map(str, limit)))
    if error.validator == "format" and limit in _NOUNS:
        if "propertyNames" in error.absolute_schema_path:
            path = (*path, value)
        # A status is also unknown where the key that lists the statuses is misspelt: that key comes first.
        rank = int(limit == "status")
        return rank, path, f"there is no {_NOUNS[limit]} {value}", _hint(value, list(names.get(limit, ())))
    if error.validator == "required":
        key = next(key for key in limit if key not in value)
        return 1, path, f"there is no {_of('key' if path else 'section', key, path)}", "add it"
    if error.validator == "dependentRequired":
        lacking = ((key, need) for key, needs in limit.items() if key in value for need in needs if need not in value)
        key, needed = next(lacking)
        return 1, (*path, key), f"the key {key} needs {needed} beside it", "add it"
    if error.validator == "not":
        one, other = limit["required"]
        return 1, (*path, one), f"the keys {one} and {other} exclude each other", "remove one of them"
    message = error.message if len(error.message) < 200 else f"{error.message[:200]}..."
    return 1, path, f"{_last(path)}: {message}", "correct it"


def _of(noun: str, key: str, path: Path) -> str:
    return f"{noun} {key} in {_dotted(path)}" if _dotted(path) else f"{noun} {key}"


def _dotted(path: Path) -> str:
    return ".".join(part for part in path if isinstance(part, str))


def _last(path: Path) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "the description")


def _hint(word: str, right: Collection[str]) -> str:
    near = difflib.get_close_matches(word, right, 1, _NEAR)
    if near:
        return f"did you mean {near[0]}?"
    return f"there are {', '.join(right)}" if 0 < len(right) <= _FEW else "correct it, or remove it"
