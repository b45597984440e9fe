"""Writing specs: a reader never sees an incomplete file."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from parsers.errors import DocumentError, NotFoundError
from specs.beside import READINGS, is_spec


def write_specs(target: Path, texts: dict[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write files into a directory: first all of them beside it, then move each to its place. Remove outdated specs.

    Other files of the directory are not changed.

    Returns:
        Names of the files that changed, and of those that were removed.

    Raises:
        ReferenceError: the directory cannot be written, or a spec would replace the user's readings; then nothing in it
            has changed.

    """
    readings = target / READINGS
    if READINGS in texts and readings.exists() and not is_spec(readings):
        raise DocumentError(
            "a file of the reference has a spec of the name of your readings",
            where=str(readings),
            mend="move your readings away, or give another directory with --output",
        )
    scratch: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        changed = []
        for name, text in texts.items():
            data = text.encode("utf-8")
            place = target / name
            if place.is_file() and place.read_bytes() == data:
                continue
            (scratch / name).write_bytes(data)
            changed.append(name)
        stale = [path.name for path in sorted(target.glob("*.yaml")) if path.name not in texts and is_spec(path)]
        target.mkdir(exist_ok=True)
        for name in changed:
            (scratch / name).replace(target / name)
        for name in stale:
            (target / name).unlink()
    except OSError as error:
        raise NotFoundError(
            f"the specs cannot be written ({error.strerror or error})",
            where=str(target),
            mend="give a writable directory with --output",
        ) from None
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)
    return tuple(changed), tuple(stale)


def write_text(path: Path, text: str) -> None:
    """Write one file atomically.

    Raises:
        ReferenceError: it cannot be written.

    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(scratch).chmod(0o644)
        Path(scratch).replace(path)
    except OSError as error:
        raise NotFoundError(
            f"the file cannot be written ({error.strerror or error})", where=str(path), mend="give another file"
        ) from None
