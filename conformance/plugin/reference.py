"""The specs of a run: for each service, the specs to test and all other specs of the same reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.engine.api.description import DescriptionError
from conformance.engine.api.load import check_service
from conformance.plugin.find import SUFFIXES, looks_like_spec
from conformance.plugin.trouble import Trouble
from conformance.sandbox.process import SERVICES
from reports.words import listed
from specs import model
from specs.load import SpecError, load
from specs.model import Spec

EVERY = "all"
"""The value of the option for services that stands for every service."""


@dataclass(frozen=True)
class Reference:
    """Specs of one service.

    Attributes:
        specs: all specs in the same directories; they give the vocabulary and the ways from status to status.
        selected: the specs to test.
        files: the file of each operation under test, by the operation's id.
        folder: the directory of the first of the specs to test.
        undocumented: sentences about operations that the service description names and the specs lack.
    """

    specs: tuple[Spec, ...]
    selected: tuple[Spec, ...]
    files: Mapping[str, Path]
    folder: Path
    undocumented: tuple[str, ...] = ()

    @property
    def service(self) -> str:
        """The service, by os-service-types."""
        return self.specs[0].service

    @property
    def package(self) -> str:
        """The package that contains the reference, such as ``widgets``; ``None`` as text if it is unknown."""
        return str(self.specs[0].reference.package)


def shipped() -> dict[str, Path]:
    """Return the services with specs in this installation, and the folder of the specs of each."""
    folders = sorted(path for path in Path(model.__file__).parent.iterdir() if path.is_dir())
    return {path.name: path for path in folders if any(map(looks_like_spec, path.glob("*.yaml")))}


def shipped_folders(services: Sequence[str]) -> list[Path]:
    """Return the folders of the specs of some services in this installation; ``all`` stands for every service.

    Raises:
        Trouble: this installation has no specs of one of them.
    """
    known = shipped()
    for service in services:
        if service != EVERY and service not in known:
            raise Trouble(
                f"--service {service}: this installation contains no specs of it, only of {listed(known)}; write them "
                "with `conformance build`, and name them with --spec"
            )
    return list(dict.fromkeys(known[one] for name in services for one in (known if name == EVERY else [name])))


def packaged() -> Path:
    """Return the directory of the specs to test if the user names none: those of the sandbox's first service.

    Raises:
        Trouble: this installation has no specs.
    """
    path = _shipped(SERVICES[0])
    if not any(path.glob("*.yaml")):
        raise Trouble(f"this installation contains no specs ({path}): give a directory that `conformance build` wrote")
    return path


def _shipped(service: str) -> Path:
    """Return the folder of the specs of a service in this installation, or None."""
    # Found next to a module of this project: a user's own folder `specs` on the path may have merged into the package.
    return Path(model.__file__).parent / service


def given_files_of(places: Sequence[Path], services: Sequence[str]) -> list[Path]:
    """Find the specs of places and of shipped services; without any, those of this suite. Raises Trouble."""
    every = [*places, *shipped_folders(services)] or [packaged()]
    return list(dict.fromkeys(path for place in every for path in given_specs(place)))


def given_specs(place: Path) -> list[Path]:
    """Find the specs of a directory or a file. Raises Trouble: there are none."""
    if place.is_file():
        return [place]
    found = sorted(place.glob("*")) if place.is_dir() else []
    files = [path for path in found if path.suffix in SUFFIXES and looks_like_spec(path)]
    if not files:
        raise Trouble(f"no specs (YAML with `format` and `operations`) are in {place}: run `conformance build`")
    return files


def read_references(files: Sequence[Path]) -> tuple[Reference, ...]:
    """Read the specs to test, and the other specs of the same directories.

    Returns:
        The reference of each service, in the order of the first file of each.

    Raises:
        Trouble: a spec is broken, specs of one service do not fit together, or a service description is broken.
    """
    chosen = list(dict.fromkeys(files))
    beside = [
        path
        for folder in dict.fromkeys(path.parent for path in chosen)
        for path in sorted(folder.iterdir())
        if path.suffix in SUFFIXES and path not in chosen and looks_like_spec(path)
    ]
    try:
        read = {path: load(path) for path in (*chosen, *beside)}
    except SpecError as error:
        raise Trouble(str(error)) from None
    services = dict.fromkeys(read[path].service for path in chosen)
    return tuple(
        _reference({path: spec for path, spec in read.items() if spec.service == service}, chosen)
        for service in services
    )


def read_reference(files: Sequence[Path]) -> Reference:
    """Read the specs of one service, as ``read_references`` does.

    Raises:
        Trouble: as there, or the specs are of several services.
    """
    first, *more = read_references(files)
    if more:
        services = listed(one.service for one in (first, *more))
        raise Trouble(f"the specs are of {services}: give the specs of one service")
    return first


def _reference(read: Mapping[Path, Spec], files: Sequence[Path]) -> Reference:
    """The reference of one service, of all its specs that were read. Raises Trouble."""
    holders: dict[str, Path] = {}
    for path, spec in sorted(read.items()):
        for operation in spec.operations:
            if operation.id in holders:
                raise Trouble(
                    f"operation {operation.id} is in {holders[operation.id]} and in {path}: remove the older file"
                )
            holders[operation.id] = path
    in_order = [read[path] for path in sorted(read)]
    selected = [read[path] for path in files if path in read]
    tried = {o.id for spec in selected for o in spec.operations}
    tried_in = {k: v for k, v in holders.items() if k in tried}
    service = in_order[0].service
    known = {path.name for path in _shipped(service).glob("*.yaml")}
    try:
        undocumented = check_service(service, in_order, whole=known <= {path.name for path in read})
    except DescriptionError as error:
        raise Trouble(str(error)) from None
    folder = next(path for path in files if path in read).parent
    return Reference(tuple(in_order), tuple(selected), tried_in, folder, undocumented)
