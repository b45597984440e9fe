"""The file ``guideline.json`` of a run directory: the guideline of the run, and the cases that it needs.

A certificate is made of this file and of the record beside it, so that anybody can make it again without the specs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import cattrs

from specs.guideline.choice import Choice, Needed
from specs.guideline.load import GuidelineError, Loaded, loads
from specs.guideline.model import Flag, Guideline

FILE = "guideline.json"
FORMAT = 1


@dataclass(frozen=True)
class SpecDigest:
    """The specs of one service, by a digest of their files.

    Attributes:
        package, version: the release of the reference.
        sha256: the SHA-256 sum of the lines that ``sha256sum`` prints for the files of the folder, in order of their
            names.
    """

    service: str
    package: str | None
    version: str | None
    sha256: str


@dataclass(frozen=True)
class Declared:
    """An exception that the user of a run has declared, with the words in which he did."""

    id: str
    reason: str


@dataclass(frozen=True)
class Needs:
    """The guideline of a run, and what it needs of the specs of the run.

    Attributes:
        loaded: the guideline.
        choices: the requirements and cases of each capability, in the order of the guideline.
        specs: the specs of each service.
        declared: the exceptions that the user declared.
        lacking: service -> why nothing of it could be tried.
    """

    loaded: Loaded
    choices: tuple[Choice, ...]
    specs: tuple[SpecDigest, ...] = ()
    declared: tuple[Declared, ...] = ()
    lacking: Mapping[str, str] | None = None

    @property
    def guideline(self) -> Guideline:
        """The content of the guideline."""
        return self.loaded.guideline

    def excepted(self, capability: str) -> Declared | None:
        """Return the declared exception that a capability falls under; None if there is none."""
        of = {one.id: one.capabilities for one in self.guideline.exceptions}
        return next((one for one in self.declared if capability in of.get(one.id, ())), None)

    def flag(self, of: str, day: date) -> Flag | None:
        """Return the flag that holds on a day for a capability, or after it for a requirement or a case; else None."""
        return next((one for one in self.guideline.flags if one.of == of and one.holds(day)), None)

    @property
    def cases(self) -> frozenset[tuple[str, str]]:
        """The service and the id of every case that the run has to try."""
        return frozenset(
            (need.service, case)
            for choice in self.choices
            if choice.capability.status != "removed" and self.excepted(choice.capability.id) is None
            for need in choice.needed
            for case in need.cases
        )

    def dumps(self) -> str:
        """Return the text of the file."""
        data = {
            "format": FORMAT,
            "guideline": self.loaded.text,
            "specs": [asdict(one) for one in self.specs],
            "declared": [asdict(one) for one in self.declared],
            "lacking": dict(self.lacking or {}),
            "capabilities": {
                choice.capability.id: {
                    "needed": [asdict(one) for one in choice.needed],
                    "unknown": [at for at, _ in choice.unknown],
                }
                for choice in self.choices
            },
        }
        return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


@dataclass(frozen=True)
class _Chosen:
    needed: tuple[Needed, ...]
    unknown: tuple[int, ...]


@dataclass(frozen=True)
class _File:
    format: int
    guideline: str
    specs: tuple[SpecDigest, ...]
    declared: tuple[Declared, ...]
    lacking: dict[str, str]
    capabilities: dict[str, _Chosen]


_READER = cattrs.Converter(forbid_extra_keys=True)


def read_needs(directory: Path) -> Needs:
    """Read the file in a run directory.

    Raises:
        GuidelineError: there is none, or it is damaged.
    """
    path = directory / FILE
    try:
        file = _READER.structure(json.loads(path.read_bytes()), _File)
        if file.format != FORMAT:
            raise GuidelineError(f"{path} has the format {file.format!r}: read it with the version that wrote it")
        loaded = loads(file.guideline, f"{path} (its guideline)")
        choices = tuple(
            Choice(one, chosen.needed, tuple((at, one.requirements[at]) for at in chosen.unknown))
            for one in loaded.guideline.capabilities
            for chosen in [file.capabilities[one.id]]
        )
    except FileNotFoundError:
        raise GuidelineError(
            f"{directory} holds no {FILE}, so the run followed no guideline: run `conformance certify`"
        ) from None
    except OSError as error:
        raise GuidelineError(f"{path} cannot be read: {error.strerror}") from None
    except GuidelineError:
        raise
    except (ValueError, KeyError, IndexError, TypeError, RecursionError, cattrs.BaseValidationError):
        raise GuidelineError(f"{path} is damaged: run `conformance certify` again") from None
    return Needs(loaded, choices, file.specs, file.declared, file.lacking)


def digest_of(files: Iterable[Path]) -> str:
    """Return one SHA-256 sum for some files: that of the lines ``<sum>  <name>``, in order of the names."""
    lines = (
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(files, key=lambda path: path.name.encode())
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()
