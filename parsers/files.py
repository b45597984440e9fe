"""Reading the files of a reference: never outside of its root, and only up to a size limit.

Every path in a document (``include``, ``literalinclude``, parameter and status files) is resolved by ``Root.resolve``;
every file is read by ``Root.text``.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import stat
from dataclasses import dataclass, field
from pathlib import Path

from parsers.errors import DocumentError, HostileError, NotFoundError

MAX_FILE_BYTES = 8 * 1024 * 1024
"""The size limit of a file, in bytes; the largest known parameter file has less than 1 MB."""

MAX_LINE_CHARS = 200_000
"""The limit of a line, in characters; regular expressions over longer lines would take long."""

MAX_TOTAL_BYTES = 64 * 1024 * 1024
"""The size limit of all files read for one reference, in bytes."""


@dataclass
class Root:
    """The root: the directory that a reference may read, and the files read so far.

    Attributes:
        directory: absolute path of the root of the source distribution.
        sums: relative path -> SHA-256 of every file read so far.

    """

    directory: Path
    sums: dict[str, str] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict, repr=False)
    _total: int = field(default=0, repr=False)

    def __post_init__(self) -> None:
        self.directory = self.directory.resolve()

    def resolve(self, target: str, *, beside: str, top: str, where: str) -> str:
        """Return ``target`` as a path relative to the root.

        Args:
            target: the path as a document writes it; a leading slash means ``top``.
            beside: the document (relative to the root) against which it resolves.
            top: the directory of the reference's documents, relative to the root.
            where: file and line of the directive, for the message.

        Raises:
            HostileError: the path leaves the root.

        """
        target = target.replace("\\", "/").strip()
        if "\0" in target or "\n" in target or len(target) > 1024:
            raise HostileError("a path contains invalid characters", where=where, mend="write the path of a file")
        if "://" in target:
            raise HostileError(
                f"{target!r} is a network address",
                where=where,
                mend="copy the file into the reference; network addresses are never fetched",
            )
        start = top if target.startswith("/") else posixpath.dirname(beside)
        path = posixpath.normpath(posixpath.join(start, target.lstrip("/")))
        if path == ".." or path.startswith("../") or posixpath.isabs(path):
            raise HostileError(
                f"{target!r} leaves the root of the reference", where=where, mend="name a file inside of it"
            )
        return path

    def exists(self, path: str) -> bool:
        """True if a file of this relative path lies inside the root."""
        try:
            return self._locate(path, path).is_file()
        except HostileError:
            return False

    def text(self, path: str, *, where: str | None = None) -> str:
        """Read a file (relative path) as UTF-8, with line feeds as its only line ends; cached.

        Raises:
            NotFoundError: there is no such file.
            HostileError: it lies outside (through a link), is no regular file, or is too large.
            DocumentError: it is not UTF-8, or holds NULs.

        """
        if path not in self._texts:
            self._texts[path] = self._read(path, where or path)
        return self._texts[path]

    def _read(self, path: str, where: str) -> str:
        full = self._locate(path, where)
        try:
            info = full.stat()
            if not stat.S_ISREG(info.st_mode):
                raise HostileError(f"{path} is not a regular file", where=where, mend="name a regular file")
            if info.st_size > MAX_FILE_BYTES:
                raise HostileError(
                    f"{path} has {info.st_size:,} bytes, more than the {MAX_FILE_BYTES:,} allowed",
                    where=where,
                    mend="split it, or leave it out",
                )
            with full.open("rb") as stream:
                data = stream.read(MAX_FILE_BYTES + 1)
        except FileNotFoundError:
            raise NotFoundError(
                f"there is no file {path}",
                where=where if where != path else None,
                mend="correct the path, or add the file",
            ) from None
        except OSError as error:
            raise NotFoundError(
                f"{path} cannot be read ({error.strerror or error})", where=where, mend="check its permissions"
            ) from None
        self._total += len(data)
        if self._total > MAX_TOTAL_BYTES or len(data) > MAX_FILE_BYTES:
            raise HostileError(
                f"all files together have more than the {MAX_TOTAL_BYTES:,} bytes allowed",
                where=where,
                mend="point at one reference, not at a collection",
            )
        self.sums[path] = hashlib.sha256(data).hexdigest()
        return decode(data, path)

    def _locate(self, path: str, where: str) -> Path:
        full = self.directory / path
        real = os.path.realpath(full)
        if real != str(self.directory) and not real.startswith(f"{str(self.directory).rstrip(os.sep)}{os.sep}"):
            raise HostileError(
                f"{path} leads outside of the root of the reference", where=where, mend="name a file inside of it"
            )
        return Path(real)


def decode(data: bytes, path: str) -> str:
    """Decode the bytes of a document.

    Raises:
        DocumentError: not UTF-8, or a NUL in it; the message names the line.
        HostileError: a line of it is too long.

    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentError(
            f"byte 0x{data[error.start]:02x} is not UTF-8", where=f"{path}:{line}", mend="save the file as UTF-8"
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DocumentError("the text holds a NUL character", where=f"{path}:{line}", mend="remove it")
    if len(text) > MAX_LINE_CHARS and any(len(line) > MAX_LINE_CHARS for line in text.split("\n")):
        number = next(n for n, line in enumerate(text.split("\n"), 1) if len(line) > MAX_LINE_CHARS)
        raise HostileError(
            f"a line is longer than {MAX_LINE_CHARS:,} characters", where=f"{path}:{number}", mend="break it"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")
