"""The layout of a reference on disk: its place in a directory, its documents and its release."""

from __future__ import annotations

import ast
import fnmatch
import posixpath
import re
from dataclasses import dataclass, field
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from parsers.errors import NotFoundError
from parsers.files import Root

_MARKERS = ("PKG-INFO", "setup.cfg", "pyproject.toml", ".git")
_SUFFIXES = (".rst",)
_MAX_DOCUMENTS = 2_000
_TOCTREE = re.compile(r"^([ \t]*)\.\.[ \t]+toctree::.*$", re.MULTILINE)
_ENTRY = re.compile(r"(?:.*<(?P<target>[^<>]+)>|(?P<bare>\S.*?))\s*\Z")


@dataclass(frozen=True)
class Layout:
    """A reference on disk.

    Attributes:
        root: the directory that may be read: the root of the distribution, or the directory of a single file.
        top: directory of the documents, relative to the root ("" if both are the same).
        documents: paths of the documents, relative to the root, in reading order.
        package, version: the name and version of the distribution, or None if unknown.
        project: the repository's name in the reference's configuration.
        bare: True for a single document without the rest of a reference.
        texts: repaired texts to read in place of files, by path.
        lines: the line of the file for each line of a repaired text, by path.

    """

    root: Root
    top: str
    documents: tuple[str, ...]
    package: str | None = None
    version: str | None = None
    project: str | None = None
    bare: bool = False
    texts: dict[str, str] = field(default_factory=dict)
    lines: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The size of all documents, those that others include as well, in bytes."""
        below = (self.root.directory / self.top).rglob("*")
        return sum(path.stat().st_size for path in below if path.suffix in (".inc", ".rst") and path.is_file())

    @property
    def service(self) -> str | None:
        """The service type by os-service-types; None if the project is not in that list."""
        from os_service_types import ServiceTypes

        for name in (self.project, self.package, (self.package or "").removeprefix("openstack-")):
            data = ServiceTypes().get_service_data_for_project(name) if name else None
            if data:
                return str(data["service_type"])
        return None


def find_layout(directory: Path) -> Layout:
    """Find the reference in a directory: the root of a distribution, or the directory of the documents itself.

    Raises:
        NotFoundError: there is no such directory, or no reference in it.

    """
    if not directory.is_dir():
        raise NotFoundError("the directory does not exist", where=str(directory), mend="check the path")
    directory = directory.resolve()
    for candidate in _candidates(directory):
        configuration = _configuration(candidate)
        documents = _documents(candidate, configuration)
        if documents:
            above = _root_of(candidate, directory)
            root = Root(above)
            top = candidate.relative_to(above).as_posix()
            top = "" if top == "." else top
            package, version = _release(above)
            project = str(configuration.get("openstackdocs_repo_name", "")).rsplit("/", 1)[-1] or None
            ordered = _ordered(root, top, documents, str(configuration.get("master_doc", "index")))
            return Layout(root, top, ordered, package, version, project)
    raise NotFoundError(
        "the directory contains no API reference (no api-ref/source with documents)",
        where=str(directory),
        mend="give the root of a source distribution or its api-ref/source",
    )


def _candidates(directory: Path) -> list[Path]:
    found = [directory / "api-ref" / "source"]
    found += sorted(path for path in directory.glob("*api-ref*/source") if path not in found)
    found += [directory / "source", directory]
    return [path for path in found if path.is_dir() and _looks_right(path)]


def _looks_right(path: Path) -> bool:
    """True if a directory contains documents of a reference: at least one uses a directive of the dialect."""
    if (path / "conf.py").is_file() and any(path.glob("*.rst")):
        return True
    for document in [*path.glob("*.rst"), *path.glob("*.inc")]:
        try:
            if document.is_file() and b"rest_method::" in document.read_bytes()[:1_000_000]:
                return True
        except OSError:
            continue
    return False


def _root_of(source: Path, given: Path) -> Path:
    """Return the directory that the documents may read."""
    if given != source:
        return given
    for above in [source, *source.parents][:4]:
        if any((above / marker).exists() for marker in _MARKERS):
            return above
    if source.name == "source" and "api-ref" in source.parent.name:
        return source.parent.parent
    return source


def _configuration(source: Path) -> dict[str, Any]:
    """Read the plain values of ``conf.py`` without running it."""
    try:
        text = (source / "conf.py").read_bytes()[:1_000_000]
        tree = ast.parse(text)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[str, Any] = {}
    for statement in tree.body:
        if (
            isinstance(statement, ast.Assign)
            and len(statement.targets) == 1
            and isinstance(statement.targets[0], ast.Name)
        ):
            try:
                found[statement.targets[0].id] = ast.literal_eval(statement.value)
            except (ValueError, TypeError, RecursionError, MemoryError):
                continue
    return found


def _documents(source: Path, configuration: dict[str, Any]) -> list[str]:
    suffixes = configuration.get("source_suffix", _SUFFIXES)
    suffixes = (suffixes,) if isinstance(suffixes, str) else tuple(suffixes)
    excluded = configuration.get("exclude_patterns", [])
    excluded = [str(item) for item in excluded] if isinstance(excluded, list | tuple) else []
    found = []
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source).as_posix()
        if path.suffix in suffixes and path.is_file() and not any(_excludes(item, name) for item in excluded):
            found.append(name)
            if len(found) > _MAX_DOCUMENTS:
                raise NotFoundError(
                    f"the directory contains more than {_MAX_DOCUMENTS:,} documents",
                    where=str(source),
                    mend="give the directory of one reference",
                )
    if not found:
        # A directory of parts without a document that includes them: each part counts as a document.
        found = sorted(path.name for path in source.glob("*.inc") if path.is_file())
    return found


def _excludes(pattern: str, name: str) -> bool:
    return fnmatch.fnmatch(name, pattern) or name.startswith(f"{pattern.rstrip('/')}/")


def _ordered(root: Root, top: str, documents: list[str], master: str) -> tuple[str, ...]:
    """Sort documents in the order of their tables of contents; the others follow by name."""
    left = dict.fromkeys(documents)
    order: list[str] = []
    by_name = {posixpath.splitext(name)[0]: name for name in documents}

    def visit(name: str) -> None:
        stack = [name]
        while stack:
            current = stack.pop()
            if current not in left:
                continue
            del left[current]
            order.append(current)
            text = root.text(posixpath.join(top, current)) if root.exists(posixpath.join(top, current)) else ""
            stack += reversed([found for entry in _toc(text) for found in _matching(entry, current, by_name)])

    visit(by_name.get(master, documents[0]))
    return tuple(posixpath.join(top, name) for name in [*order, *left])


def _matching(entry: str, beside: str, by_name: dict[str, str]) -> list[str]:
    base = "" if entry.startswith("/") else posixpath.dirname(beside)
    name = posixpath.normpath(posixpath.join(base, entry.lstrip("/")))
    name = name.removesuffix(".rst")
    if any(char in name for char in "*?["):
        return [by_name[key] for key in sorted(by_name) if fnmatch.fnmatch(key, name)]
    return [by_name[name]] if name in by_name else []


def _toc(text: str) -> list[str]:
    """Return the entries of all tables of contents of a text."""
    entries = []
    for found in _TOCTREE.finditer(text):
        for line in text[found.end() :].split("\n")[1:]:
            if line.strip() and len(line) - len(line.lstrip()) <= len(found[1]):
                break
            match = _ENTRY.match(line.strip())
            if match and not line.strip().startswith(":"):
                entries.append(match["target"] or match["bare"])
    return entries


def _release(root: Path) -> tuple[str | None, str | None]:
    try:
        text = (root / "PKG-INFO").read_bytes()[:65_536].decode("utf-8", "replace")
    except OSError:
        return None, None
    headers = HeaderParser().parsestr(text)
    return headers.get("Name"), headers.get("Version")
