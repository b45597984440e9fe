"""The specs of a run: the specs to test, and all other specs of the same reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.engine.api.description import DescriptionError
from conformance.engine.api.load import check_service
from conformance.plugin.find import SUFFIXES, looks_like_spec
from conformance.plugin.trouble import Trouble
from conformance.sandbox.process import SERVICES
from specs import model
from specs.load import SpecError, load
from specs.model import Spec


@dataclass(frozen=True)
class Reference:
    """Specs of one service.

    Attributes:
        specs: all specs in the same directories; they give the vocabulary and the ways from status to status.
        selected: the specs to test.
        files: the file of each operation under test, by the operation's id.
        undocumented: sentences about operations that the service description names and the specs lack.
    """

    specs: tuple[Spec, ...]
    selected: tuple[Spec, ...]
    files: Mapping[str, Path]
    undocumented: tuple[str, ...] = ()

    @property
    def service(self) -> str:
        """The service, by os-service-types."""
        return self.specs[0].service


def packaged() -> Path:
    """Return the directory of the specs to test if the user names none: those of the sandbox's first service.

    Raises:
        Trouble: this installation has no specs.
    """
    path = shipped_specs(SERVICES[0])
    if not any(path.glob("*.yaml")):
        raise Trouble(f"this installation contains no specs ({path}): give a directory that `conformance build` wrote")
    return path


def shipped_specs(service: str) -> Path:
    """Return the folder of the specs of a service in this installation, or None."""
    # Found next to a module of this project: a user's own folder `specs` on the path may have merged into the package.
    return Path(model.__file__).parent / service


def given_specs(place: Path | None) -> list[Path]:
    """Find the specs of a directory or a file (None: the shipped specs). Raises Trouble: there are none."""
    place = place or packaged()
    if place.is_file():
        return [place]
    found = sorted(place.glob("*")) if place.is_dir() else []
    files = [path for path in found if path.suffix in SUFFIXES and looks_like_spec(path)]
    if not files:
        raise Trouble(f"no specs (YAML with `format` and `operations`) are in {place}: run `conformance build`")
    return files


def read_reference(files: Sequence[Path]) -> Reference:
    """Read the specs to test and the other specs of the same directories.

    Raises:
        Trouble: a spec is broken, the specs do not fit together, or the service description is broken.
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
    services = sorted({spec.service for spec in read.values()})
    if len(services) > 1:
        raise Trouble(f"the specs are of {' and '.join(services)}: a run tests one service, so give the specs of one")
    holders: dict[str, Path] = {}
    for path, spec in sorted(read.items()):
        for operation in spec.operations:
            if operation.id in holders:
                raise Trouble(
                    f"operation {operation.id} is in {holders[operation.id]} and in {path}: remove the older file"
                )
            holders[operation.id] = path
    in_order = [read[path] for path in sorted(read)]
    selected = [read[path] for path in chosen]
    tried = {o.id for spec in selected for o in spec.operations}
    tried_in = {k: v for k, v in holders.items() if k in tried}
    shipped = {path.name for path in shipped_specs(services[0]).glob("*.yaml")}
    try:
        undocumented = check_service(services[0], in_order, whole=shipped <= {path.name for path in read})
    except DescriptionError as error:
        raise Trouble(str(error)) from None
    return Reference(tuple(in_order), tuple(selected), tried_in, undocumented)
