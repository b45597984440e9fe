"""Reads a guideline. Every error is one sentence with file, line and correction."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import cattrs
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

from specs import placed
from specs.guideline.model import Guideline, OldTest, Selector

_SCHEMA = "guideline-1.json"


class GuidelineError(ValueError):
    """A guideline cannot be used. The message is one sentence with file, line and correction."""


@dataclass(frozen=True)
class Loaded:
    """A guideline with its text.

    Attributes:
        guideline: the content.
        text: the file as it was read.
        places: ``file:line`` of each key and each element of a list, by its path.
    """

    guideline: Guideline
    text: str
    places: Mapping[placed.Path, str]

    @property
    def sha256(self) -> str:
        """The SHA-256 sum of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def place(self, *path: str | int) -> str:
        """``file:line`` of a value, or of the nearest value around it."""
        return placed.place(self.places, path)


def load(path: Path) -> Loaded:
    """Read a file.

    Raises:
        GuidelineError: the file cannot be read, or is no guideline.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise GuidelineError(f"the guideline {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise GuidelineError(f"the guideline {path} is not UTF-8: save the file as UTF-8") from None
    return loads(text, str(path))


def loads(text: str, name: str = "the guideline") -> Loaded:
    """Read the text of a guideline; ``name`` stands in messages. Raises GuidelineError: it is none."""
    try:
        read = placed.read(name, text)
    except placed.PlacedError as error:
        raise GuidelineError(str(error)) from None
    data = _plain(read.data)
    wrong = best_match(_validator().iter_errors(data))
    if wrong is not None:
        where, message = read.place(tuple(wrong.absolute_path)), wrong.message
        message = message if len(message) < 200 else f"{message[:200]}..."
        raise GuidelineError(f"{where}: {message}; correct it by the schema of guidelines")
    data.pop("format")
    loaded = Loaded(_READER.structure(data, Guideline), text, read.places)
    for path, problem in _contradictions(loaded.guideline):
        raise GuidelineError(f"{read.place(path)}: {problem}")
    return loaded


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    schema = json.loads((resources.files("specs.schemas") / _SCHEMA).read_text("utf-8"))
    return Draft202012Validator(schema, format_checker=FormatChecker(("date",)))


def _plain(value: Any) -> Any:
    """Turn dates into texts: YAML reads an unquoted date as a date."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


_READER = cattrs.Converter(forbid_extra_keys=True)
_READER.register_structure_hook(date, lambda given, _: date.fromisoformat(given))
_READER.register_structure_hook_func(
    lambda type_: type_ == tuple[tuple[str, str], ...], lambda given, _: tuple(given.items())
)


def _contradictions(guideline: Guideline) -> Iterator[tuple[placed.Path, str]]:
    """Yield the faults of a guideline that its schema cannot tell, with their places."""
    services = set(guideline.services)
    capabilities = {one.id: one for one in guideline.capabilities}
    yield from _twice("applies_to", guideline.services, "the service")
    yield from _twice("capabilities", [one.id for one in guideline.capabilities], "the capability")
    yield from _twice("exceptions", [one.id for one in guideline.exceptions], "the exception")
    for at, capability in enumerate(guideline.capabilities):
        path: placed.Path = ("capabilities", at)
        named = [((*path, "service"), capability.service)]
        for number, one in enumerate(capability.requirements):
            if (one.id is None) == (one.operation is None):
                yield (
                    (*path, "requirements", number),
                    "a requirement has either an id or an operation: give one of them",
                )
            named += [((*path, "requirements", number, "service"), one.service)] if one.service else []
        for place, service in named:
            if service not in services:
                yield place, f"the service {service} is not in applies_to: add it there, with a release"
    yield from _of_tests(guideline, {key for key, _ in guideline.reasons})
    for at, exception in enumerate(guideline.exceptions):
        for name in exception.capabilities:
            if name not in capabilities:
                yield ("exceptions", at), f"there is no capability {name}: name one of the guideline"
    for at, flag in enumerate(guideline.flags):
        name, mark, requirement = flag.of.partition(":")
        requirement = requirement.partition("[")[0]
        if name not in capabilities:
            yield ("flags", at, "of"), f"there is no capability {name}: name one of the guideline"
        elif mark and not any(one.chooses(requirement) for one in capabilities[name].requirements):
            yield ("flags", at, "of"), f"{requirement} is no requirement of the capability {name}: correct the flag"


def _of_tests(guideline: Guideline, reasons: set[str]) -> Iterator[tuple[placed.Path, str]]:
    before: dict[str, str] = {}
    groups: list[tuple[placed.Path, str, tuple[Selector, ...], tuple[OldTest, ...]]] = [
        (("capabilities", at, "tests"), f"the capability {one.id}", one.requirements, one.tests)
        for at, one in enumerate(guideline.capabilities)
    ]
    for path, holder, selectors, tests in (*groups, (("left_out",), "left_out", (), guideline.left_out)):
        for number, old in enumerate(tests):
            here = (*path, number)
            if old.test in before:
                yield here, f"the test {old.test} stands in {before[old.test]} too: keep one of the two"
            before[old.test] = holder
            if not old.by and not old.beyond:
                yield here, f"nothing covers the test {old.test}, and it has no reason: give it `by` or `beyond`"
            for name in old.by:
                if not any(one.chooses(name) for one in selectors):
                    yield (*here, "by"), f"{name} is no requirement of {holder}: add it there"
            for key in old.beyond:
                if key not in reasons:
                    yield (*here, "beyond"), f"there is no reason {key}: write it under reasons"


def _twice(section: str, names: Iterable[str], what: str) -> Iterator[tuple[placed.Path, str]]:
    names = list(names)
    for name, count in Counter(names).items():
        if count > 1:
            at = len(names) - 1 - names[::-1].index(name)
            yield (section, at), f"{what} {name} stands there twice: keep one of the two"
