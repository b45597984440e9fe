"""The argument SOURCE: a requirement, a directory or a single document; each becomes a ``Layout``."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

from parsers.cachedir import cache_directory
from parsers.errors import HostileError, NotFoundError
from parsers.files import MAX_FILE_BYTES, Root
from parsers.layout import Layout, find_layout
from parsers.parameters import ParameterFile, read_parameters

DOCUMENT_SUFFIXES = (".inc", ".rst", ".txt")
_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:(?:===|==|~=|!=|<=|>=|<|>)\s*[^\s,;]+\s*,?\s*)*\Z")


def open_source(source: str, *, parameters: str | None = None) -> tuple[Layout, ParameterFile | None]:
    """Find the reference that ``source`` names.

    Args:
        source: a directory, a document, or a requirement such as ``name==1.0``.
        parameters: for a document: the parameter file for its rows, or a requirement whose release contains one.

    Returns:
        The layout, and the parameter file to use in place of the one that documents name.

    Raises:
        ReferenceError: the source does not exist, or cannot be fetched or read.

    """
    path = Path(source).expanduser()
    if path.is_dir():
        return find_layout(path), _given(parameters)
    if path.is_file():
        return _document(path, parameters)
    if _is_requirement(source):
        return _release(source), _given(parameters)
    kind = "file" if path.suffix in DOCUMENT_SUFFIXES else "directory or file"
    raise NotFoundError(
        f"the {kind} does not exist, and is not a requirement either",
        where=source,
        mend="give a directory, a document, or a requirement such as name==1.0",
    )


def _is_requirement(text: str) -> bool:
    return (
        os.sep not in text
        and bool(_REQUIREMENT.match(text))
        and not text.endswith((*DOCUMENT_SUFFIXES, ".yaml", ".yml"))
    )


def _given(parameters: str | None) -> ParameterFile | None:
    """Read ``--parameters``: a file, or the parameter file of a release."""
    if parameters is None:
        return None
    path = Path(parameters).expanduser()
    if path.is_file():
        root = Root(path.parent)
        return read_parameters(root, path.name, where=parameters)
    layout = _release_of(parameters)
    return read_parameters(layout.root, _parameter_file(layout, parameters), where=parameters)


def _release(requirement: str) -> Layout:
    directory = fetch(requirement)
    try:
        return find_layout(directory)
    except NotFoundError as error:
        raise NotFoundError(
            error.what.replace("the directory", "the release"),
            where=requirement,
            mend="give a release that contains its API reference",
        ) from None


def _release_of(parameters: str) -> Layout:
    path = Path(parameters).expanduser()
    if path.is_dir():
        return find_layout(path)
    if not _is_requirement(parameters):
        raise NotFoundError(
            "the parameter file does not exist, and is not a requirement either",
            where=parameters,
            mend="give a parameters.yaml, or a requirement such as name==1.0",
        )
    return _release(parameters)


def _parameter_file(layout: Layout, where: str) -> str:
    top = layout.root.directory / layout.top
    for name in ("parameters.yaml", "parameters.yml"):
        found = sorted(top.rglob(name), key=lambda item: (len(item.parts), str(item)))
        if found:
            return found[0].relative_to(layout.root.directory).as_posix()
    raise NotFoundError("the release contains no parameters.yaml", where=where, mend="give a file instead")


def _document(path: Path, parameters: str | None) -> tuple[Layout, ParameterFile | None]:
    """Lay out a single document: as a part of the reference around it, or by itself."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise HostileError(
            f"the file has more than {MAX_FILE_BYTES:,} bytes", where=str(path), mend="give one document"
        )
    path = path.resolve()
    given = _given(parameters)
    root, top = Root(path.parent), ""
    bare = True
    for above in list(path.parents)[:4]:
        if "api-ref" in above.name:
            root = Root(above.parent)
            top = path.parent.relative_to(above.parent).as_posix()
            bare = False
            break
    own = path.relative_to(root.directory).as_posix()
    text = root.text(own)
    if "rest_method::" not in text:
        raise NotFoundError(
            "the document contains no operation (no rest_method)",
            where=str(path),
            mend="give a document of an API reference of the os-api-ref dialect",
        )
    layout = Layout(root, top, (own,), bare=bare)
    if parameters is not None and bare and not Path(parameters).expanduser().is_file():
        # Samples and status files are taken from the named release as well.
        release = _release_of(parameters)
        layout = Layout(
            release.root,
            release.top,
            (f"{release.top}/{path.name}".lstrip("/"),),
            project=release.project or release.package,
            bare=True,
        )
        layout.root.sums[layout.documents[0]] = root.sums[own]
    from parsers.repair import repaired  # a single document alone may be damaged

    mended = repaired(text)
    if mended is not None:
        return replace(
            layout, texts={layout.documents[0]: mended.text}, lines={layout.documents[0]: mended.lines}
        ), given
    return replace(layout, texts={layout.documents[0]: text}), given


def fetch(text: str) -> Path:
    """Return the directory of a release's source distribution, fetched through pip's indexes and cached.

    Raises:
        NotFoundError: there is no such release.
        NetworkError: the indexes cannot be reached.
        HostileError: the archive does not have the index's checksum, or contains something dangerous.

    """
    # These are slow to import, and only releases need them.
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name
    from packaging.version import Version

    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise NotFoundError(
            f"this is not a requirement ({str(error).splitlines()[0]})", where=text, mend="write it as name==1.0"
        ) from None
    releases = cache_directory() / "releases"
    specifiers = list(requirement.specifier)
    if len(specifiers) == 1 and specifiers[0].operator == "==" and "*" not in specifiers[0].version:
        kept = releases / f"{canonicalize_name(requirement.name)}-{specifiers[0].version}"
        if kept.is_dir():
            return kept
    from parsers.archive import keep  # these are slow to import, too
    from parsers.index import Indexes
    from parsers.pipconfig import read_pip_config

    with Indexes(read_pip_config()) as indexes:
        package = indexes.find(requirement)
        kept = releases / f"{canonicalize_name(package.name)}-{Version(str(package.version))}"
        if not kept.is_dir():
            keep(indexes.download(package), kept, package.link.redacted)
    return kept
