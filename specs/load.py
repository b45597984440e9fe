"""Reading specs. Every error is one sentence with the file and the place in it."""

from __future__ import annotations

import re
import typing
from dataclasses import dataclass
from pathlib import Path

import yaml

from specs import quick
from specs.beside import READINGS, is_spec
from specs.codec import PlainError, from_plain
from specs.model import FORMAT, Operation, Spec

MAX_BYTES = 32 * 1024 * 1024
_MAX_DEPTH = 300
_BRACKETS = re.compile(r"[\[\]{}]")


class SpecError(ValueError):
    """A file is not a valid spec. The message names the error, its place and the correction."""

    def __init__(self, what: str, *, where: str, mend: str) -> None:
        self.what, self.where, self.mend = " ".join(what.split()), where, mend
        super().__init__(f"{where}: {self.what}; {mend}.")


@dataclass(frozen=True)
class Specs:
    """All specs of a directory, in the order of their file names; ``paths`` are the files of ``specs``."""

    specs: tuple[Spec, ...]
    paths: tuple[Path, ...]

    @property
    def operations(self) -> tuple[Operation, ...]:
        """All operations of all specs."""
        return tuple(operation for spec in self.specs for operation in spec.operations)


def loads(text: str, where: str = "the spec") -> Spec:
    """Read the text of one spec.

    Raises:
        SpecError: the text is not YAML, has another format version, or does not fit the format.

    """
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth = depth + 1 if found[0] in "[{" else max(0, depth - 1)
        if depth > _MAX_DEPTH:
            raise SpecError("brackets are nested too deeply", where=where, mend="build the specs again")
    try:
        plain = quick.load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error) or type(error).__name__
        raise SpecError(
            f"this is not YAML: {problem}", where=f"{where}{line}", mend="correct it, or build the specs again"
        ) from None
    if not isinstance(plain, dict) or "format" not in plain or "operations" not in plain:
        raise SpecError(
            "this is not a spec: it lacks `format` and `operations`",
            where=where,
            mend="give a directory that `conformance build` has written",
        )
    if plain.pop("format") != FORMAT:
        raise SpecError(
            f"its format is not {FORMAT}, the one that this release reads",
            where=where,
            mend="build the specs again with this release, or use the release that wrote them",
        )
    try:
        spec = from_plain(Spec, plain)
    except PlainError as error:
        raise SpecError(str(error), where=where, mend="correct it, or build the specs again") from None
    return typing.cast("Spec", spec)


def load(path: Path | str) -> Spec:
    """Read one file.

    Raises:
        SpecError: as ``loads``, or the file cannot be read.

    """
    path = Path(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SpecError(f"the file is larger than {MAX_BYTES:,} bytes", where=str(path), mend="give a spec")
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise SpecError(
            f"the file cannot be read ({error.strerror or error})", where=str(path), mend="check the path"
        ) from None
    except UnicodeDecodeError:
        raise SpecError("the file is not UTF-8", where=str(path), mend="build the specs again") from None
    return loads(text, str(path))


def load_directory(path: Path | str) -> Specs:
    """Read all specs (``*.yaml``) of a directory, or the single file ``path``. A file of readings is none.

    Raises:
        SpecError: there is no spec, a spec is broken, or two specs have an operation of the same id.

    """
    path = Path(path)
    if path.is_file():
        return Specs((load(path),), (path,))
    if not path.is_dir():
        raise SpecError(
            "the directory does not exist", where=str(path), mend="check the path, or run `conformance build`"
        )
    paths = tuple(item for item in sorted(path.glob("*.yaml")) if item.name != READINGS or is_spec(item))
    if not paths:
        raise SpecError("the directory contains no specs (*.yaml)", where=str(path), mend="run `conformance build`")
    specs = tuple(load(item) for item in paths)
    seen: dict[str, Path] = {}
    for spec, item in zip(specs, paths, strict=True):
        for operation in spec.operations:
            if operation.id in seen:
                raise SpecError(
                    f"operation {operation.id} is in {seen[operation.id].name} too",
                    where=str(item),
                    mend="remove the older of the two files",
                )
            seen[operation.id] = item
    return Specs(specs, paths)
