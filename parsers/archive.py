"""The archive of a release: what a reference needs of it is unpacked into the cache."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING or sys.version_info >= (3, 11, 4):
    import tarfile
else:  # Debian 12, for one, has a Python whose archives know no filters
    from backports import tarfile

from parsers.errors import DocumentError, HostileError, NotFoundError

_MAX_MEMBERS = 200_000
_MAX_UNPACKED = 1024 * 1024 * 1024
# Only files that documents of a reference include (documents, parameters, samples) are unpacked, and no program code.
_WANTED = frozenset({".rst", ".inc", ".txt", ".yaml", ".yml", ".json", ".http", ".xml", ".html", ".csv"})


def keep(data: bytes, target: Path, url: str) -> None:
    """Unpack an archive beside its final place, then move it there in one step.

    Raises:
        NotFoundError: the cache cannot be written.
        HostileError, DocumentError: as ``unpack``.

    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise _unwritable(error, target) from None
    try:
        unpacked = unpack(data, scratch, url)
        try:
            unpacked.rename(target)
        except OSError:
            if not target.is_dir():  # otherwise another process was quicker
                raise
    except OSError as error:
        raise _unwritable(error, target) from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _unwritable(error: OSError, target: Path) -> NotFoundError:
    return NotFoundError(
        f"the cache cannot be written ({error.strerror})",
        where=str(target.parent),
        mend="free some space, or set APIREF_CONFORMANCE_CACHE to another directory",
    )


def unpack(data: bytes, target: Path, where: str) -> Path:
    """Unpack the files of a source distribution that a reference may need; return its only top directory.

    Raises:
        HostileError: a member leaves the directory, or the archive unpacks to too much data.
        DocumentError: the file is not an archive.

    """
    total = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            for count, member in enumerate(archive):
                total += member.size
                if count > _MAX_MEMBERS or total > _MAX_UNPACKED:
                    raise HostileError("the archive unpacks to more data than allowed", where=where, mend="check it")
                if _wanted(member):
                    archive.extract(tarfile.data_filter(member, str(target)), target, set_attrs=False, filter="data")
    except tarfile.FilterError as error:
        raise HostileError(
            f"the archive contains a dangerous file ({error})", where=where, mend="do not trust its origin"
        ) from None
    except (tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise DocumentError(f"this is not an archive ({error})", where=where, mend="try again") from None
    tops = [path for path in target.iterdir() if path.is_dir()]
    if len(tops) != 1:
        raise DocumentError(
            "the archive is not a source distribution (it has no single top directory)",
            where=where,
            mend="name another release",
        )
    return tops[0]


def _wanted(member: tarfile.TarInfo) -> bool:
    if member.isdir():
        return False  # directories are made as they are needed
    path = PurePosixPath(member.name)
    if len(path.parts) <= 2 or any("api-ref" in part for part in path.parts):
        return True
    return path.suffix in _WANTED and "releasenotes" not in path.parts and "locale" not in path.parts
