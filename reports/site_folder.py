"""The folder of a site: pages are written into it, pages of an earlier site go, and nothing else is touched."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from specs.record import RecordError
from specs.record.directory import unwritable
from specs.record.writer import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PAGES = ".pages.json"
"""The file that lists the pages of a site, so that a later one knows which files are its own."""


def write_site(folder: Path, pages: Iterable[tuple[str, str]], mode: int = 0o666) -> Path:
    """Write the pages of a site, and return the path of its first page.

    Args:
        folder: it is made if it is missing.
        pages: names below the folder, and contents.
        mode: permissions of the files, less the user's mask.

    Raises:
        RecordError: the folder holds files that are of no site, or a file cannot be written.
    """
    earlier = _earlier(folder)
    written: dict[str, None] = {}
    try:
        for name, content in pages:
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(place, content, mode)
            written[name] = None
        write_atomically(folder / PAGES, json.dumps(list(written)) + "\n", mode)
        for name in earlier - written.keys():
            with contextlib.suppress(FileNotFoundError):
                (folder / name).unlink()
    except OSError as error:
        raise unwritable(folder, error) from None
    return folder / next(iter(written))


def _earlier(folder: Path) -> set[str]:
    """The pages of the site that the folder holds.

    Raises:
        RecordError: the folder holds something else.
    """
    try:
        if not folder.exists() or not any(folder.iterdir()):
            return set()
        listed = json.loads((folder / PAGES).read_text("utf-8"))
    except (OSError, ValueError):
        listed = None
    if not isinstance(listed, list):
        raise RecordError(
            "exists", f"{folder} holds files that are no site of this program: name a new or an empty folder"
        )
    # A list that somebody changed must not lead out of the folder.
    return {name for name in listed if isinstance(name, str) and name.endswith(".html") and ".." not in name.split("/")}
