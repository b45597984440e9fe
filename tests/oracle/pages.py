"""Reads the pages of a repository and writes translated ones, for the translators in this folder."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path


def pages_of(repository: str, *under: str) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each page of restructured text in the newest commit of a repository.

    Args:
        repository: the path of a git directory.
        under: folders, to leave out all others.
    """
    git = ("git", "-C", repository)
    names = subprocess.run(
        (*git, "ls-tree", "-r", "--name-only", "-z", "HEAD", *under), capture_output=True, text=True, check=True
    ).stdout
    for name in names.split("\0"):
        if name.endswith(".rst"):
            page = subprocess.run((*git, "show", f"HEAD:{name}"), capture_output=True, text=True, check=True).stdout
            yield name, page


def begun(target: str, index: str = "API\n===\n") -> Path:
    """Make the folder of an empty reference, and return the path of its documents."""
    top = Path(target) / "api-ref/source"
    top.mkdir(parents=True, exist_ok=True)
    (top / "conf.py").write_text("", encoding="utf-8")
    (top / "index.rst").write_text(index, encoding="utf-8")
    return top


def write(file: Path, text: str) -> None:
    """Write a page, and make the folders that it needs."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def write_included(target: str, files: Mapping[str, Sequence[str]]) -> None:
    """Write files of several pages each, by their names, and an index that includes them."""
    top = begun(target, "API\n###\n\n" + "".join(f".. include:: {name}.inc\n" for name in files))
    for name, parts in files.items():
        write(top / f"{name}.inc", "\n".join(parts))
